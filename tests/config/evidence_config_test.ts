import assert from "node:assert/strict";
import { type Config, ConfigError, faultLine, parseConfig } from "../../src/config/config.ts";

type Environment = Readonly<Record<string, string>>;

function evidenceOf(yaml: string, environment: Environment = {}): Config["evidence"] {
  return parseConfig(yaml, environment, "config.yaml").evidence;
}

function faultsOf(yaml: string): readonly string[] {
  try {
    evidenceOf(yaml);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults.map(faultLine);
  }
}

Deno.test("evidence is kept in a bucket of the service where nothing says otherwise", () => {
  assert.deepEqual(evidenceOf(""), {
    store: { kind: "holdfast", bucket: "holdfast-evidence" },
    publicUrl: undefined,
    maxAttachmentSize: undefined,
    types: [],
  });
});

const S3: Environment = {
  S3_BUCKET_NAME: "proofs",
  S3_ENDPOINT_URL: "http://store:9000",
  AWS_ACCESS_KEY_ID: "k",
  AWS_SECRET_ACCESS_KEY: "s",
  S3_MAX_RETRIES: "5",
  PATH: "/bin",
};

Deno.test("the environment of the object store client says where evidence is, and nothing else of it is kept", () => {
  const { PATH: _, ...settings } = S3;
  assert.deepEqual(evidenceOf("", S3).store, { kind: "s3", settings });
});

Deno.test("the file wins over the environment of the object store client", () => {
  const yaml = "evidence: {store: s3, bucket: own-bucket, region: eu-1, access_key_id: a, " +
    "secret_access_key: b, endpoint: 'http://other/'}";
  const { store } = evidenceOf(yaml, S3);
  assert.deepEqual(store, {
    kind: "s3",
    settings: {
      S3_BUCKET_NAME: "own-bucket",
      S3_ENDPOINT_URL: "http://other",
      AWS_REGION: "eu-1",
      AWS_ACCESS_KEY_ID: "a",
      AWS_SECRET_ACCESS_KEY: "b",
      S3_MAX_RETRIES: "5",
    },
  });
  const own = evidenceOf("evidence: {store: holdfast}", S3).store;
  assert.deepEqual(own, { kind: "holdfast", bucket: "holdfast-evidence" });
});

Deno.test("what links begin with, how large attachments are, and how long evidence is kept is configured", () => {
  const yaml = "evidence: {public_url: 'https://s3.example.com/', max_attachment_size: 1000, " +
    "types: [{type: decision, retain_days: 365}]}";
  const { maxAttachmentSize, publicUrl, types } = evidenceOf(yaml);
  assert.equal(publicUrl, "https://s3.example.com");
  assert.equal(maxAttachmentSize, 1000);
  assert.deepEqual(types, [{ type: "decision", retain_days: 365 }]);
});

/** What cannot be meant, and how it is told. */
const FAULTS: readonly (readonly [yaml: string, fault: string])[] = [
  ["evidence: {store: tape}", "evidence.store: must be one of holdfast, s3"],
  ["evidence: {store: holdfast, endpoint: 'http://s'}", "evidence.endpoint: is for store s3"],
  [
    "evidence: {store: s3, bucket: bbb, access_key_id: a}",
    "evidence.secret_access_key: is required with its other half",
  ],
  [
    "evidence: {types: [{type: a, retain_days: 1}, {type: a, retain_days: 2}]}",
    'evidence.types[1].type: "a" is there already',
  ],
  [
    "evidence: {types: [{type: A/b, retain_days: 1}]}",
    "evidence.types[0].type: must be 1 to 64 of a-z, 0-9, _ and -",
  ],
  [
    "buckets: [{name: holdfast-evidence}]",
    'buckets[0].name: "holdfast-evidence" is the bucket of evidence, and nobody else\'s',
  ],
  [
    "evidence: {bucket: proofs}\nusers: [{name: ann, buckets: [other, proofs], " +
    "credentials: [{access_key_id: a, secret_access_key: s}]}]",
    'users[0].buckets[1]: "proofs" is the bucket of evidence, and nobody else\'s',
  ],
  [
    "users: [{name: evidence-links, credentials: [{access_key_id: a, secret_access_key: s}]}]",
    "nobody can be called evidence-links: that is who signs links",
  ],
  [
    "server: {virtual_bucket: holdfast-evidence}",
    'server.virtual_bucket: "holdfast-evidence" is the bucket of evidence, and nobody else\'s',
  ],
];

for (const [yaml, fault] of FAULTS) {
  Deno.test(`evidence is refused: ${fault}`, () => assert.deepEqual(faultsOf(yaml), [fault]));
}
