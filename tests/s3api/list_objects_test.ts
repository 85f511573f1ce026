import assert from "node:assert/strict";
import {
  CreateBucketCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { type Service, serviceTest } from "../harness/service.ts";

/** A bucket with these keys, each with its own name as content. */
async function bucketWith({ client }: Service, keys: readonly string[]): Promise<string> {
  const Bucket = `list-${crypto.randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  for (const Key of keys) await client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
  return Bucket;
}

interface Listed {
  readonly keys: readonly string[];
  readonly prefixes: readonly string[];
}

/** Every page of a listing, put together. */
async function listAll({ client }: Service, input: ListObjectsV2CommandInput): Promise<Listed> {
  const keys: string[] = [];
  const prefixes: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ ...input, ContinuationToken }));
    const contents = page.Contents ?? [];
    const groups = page.CommonPrefixes ?? [];
    assert.equal(page.KeyCount, contents.length + groups.length);
    assert.ok(page.KeyCount <= (input.MaxKeys ?? 1_000));
    keys.push(...contents.map(({ Key }) => decodeForm(Key)));
    prefixes.push(...groups.map(({ Prefix }) => decodeForm(Prefix)));
    assert.equal(page.IsTruncated, page.NextContinuationToken !== undefined);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  return { keys, prefixes };
}

function decodeForm(name = ""): string {
  return decodeURIComponent(name.replaceAll("+", " "));
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** What S3 is documented to list, by plain sorting and grouping. */
function model(
  keys: readonly string[],
  { Prefix = "", Delimiter = "", StartAfter = "" }: Partial<ListObjectsV2CommandInput>,
): Listed {
  const found: Listed & { keys: string[]; prefixes: string[] } = { keys: [], prefixes: [] };
  for (const key of keys.toSorted(compareBytes)) {
    if (!key.startsWith(Prefix)) continue;
    const cut = Delimiter === "" ? -1 : key.indexOf(Delimiter, Prefix.length);
    if (cut < 0 && compareBytes(key, StartAfter) > 0) found.keys.push(key);
    const group = key.slice(0, cut + Delimiter.length);
    if (cut < 0 || found.prefixes.includes(group)) continue;
    if (compareBytes(group, StartAfter) > 0) found.prefixes.push(group);
  }
  return found;
}

serviceTest(
  "keys are listed in the order of their UTF-8 bytes, not of UTF-16 units",
  async (service) => {
    const keys = ["a", "b", "\u{ff5e}", "\u{ffee}", "\u{1f600}", "\u{1f600}/b", "é", "~"];
    const bucket = await bucketWith(service, keys.toReversed());
    const { keys: listed } = await listAll(service, { Bucket: bucket, EncodingType: "url" });
    assert.deepEqual(listed, [
      "a",
      "b",
      "~",
      "é",
      "\u{ff5e}",
      "\u{ffee}",
      "\u{1f600}",
      "\u{1f600}/b",
    ]);
  },
);

serviceTest("pages of any size put together are the whole listing", async (service) => {
  const letters = ["a", "b/", "/", "\u{1f600}", "\u{ffff}", "é+ "];
  const keys = letters.flatMap((one) => [
    one,
    ...letters.flatMap((
      two,
    ) => [one + two, ...letters.slice(0, 4).map((three) => one + two + three)]),
  ]);
  const unique = [...new Set(keys)];
  const bucket = await bucketWith(service, unique);
  const text = fc.array(fc.constantFrom(...letters), { maxLength: 3 }).map((all) => all.join(""));
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        Prefix: text,
        Delimiter: fc.constantFrom("", "/", "//", "b/", "\u{1f600}", "é+ ", "a/", "+"),
        StartAfter: text,
        MaxKeys: fc.integer({ min: 1, max: 40 }),
      }),
      async (input) => {
        const listed = await listAll(service, { Bucket: bucket, EncodingType: "url", ...input });
        assert.deepEqual(listed, model(unique, input));
      },
    ),
    { numRuns: 60 },
  );
});

serviceTest("max-keys of 0 lists nothing and is not truncated", async (service) => {
  const bucket = await bucketWith(service, ["a"]);
  const page = await service.client.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 0 }));
  assert.equal(page.KeyCount, 0);
  assert.equal(page.IsTruncated, false);
  assert.equal(page.MaxKeys, 0);
  assert.equal(page.Contents, undefined);
});

serviceTest("max-keys above 1,000 becomes 1,000", async (service) => {
  const bucket = await bucketWith(service, ["a"]);
  const page = await service.client.send(
    new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 5_000 }),
  );
  assert.equal(page.MaxKeys, 1_000);
});

serviceTest(
  "an entry says what HEAD would: size, ETag, whole seconds, storage class, checksum",
  async (service) => {
    const bucket = await bucketWith(service, []);
    await service.client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: "k",
        Body: "hello",
        StorageClass: "STANDARD_IA",
        ChecksumAlgorithm: "SHA256",
      }),
    );
    const { Contents } = await service.client.send(new ListObjectsV2Command({ Bucket: bucket }));
    const entry = Contents?.[0];
    assert.equal(entry?.Size, 5);
    assert.equal(entry?.ETag, '"5d41402abc4b2a76b9719d911017c592"');
    assert.equal(entry?.LastModified?.getUTCMilliseconds(), 0);
    assert.equal(entry?.StorageClass, "STANDARD_IA");
    assert.deepEqual(entry?.ChecksumAlgorithm, ["SHA256"]);
    assert.equal(entry?.ChecksumType, "FULL_OBJECT");
    assert.equal(entry?.Owner, undefined);
  },
);

serviceTest("ListObjectsV2 names owners only when asked, ListObjects always", async (service) => {
  const bucket = await bucketWith(service, ["k"]);
  const v2 = await service.client.send(
    new ListObjectsV2Command({ Bucket: bucket, FetchOwner: true }),
  );
  assert.ok(v2.Contents?.[0].Owner?.ID);
  const v1 = await service.client.send(new ListObjectsCommand({ Bucket: bucket }));
  assert.ok(v1.Contents?.[0].Owner?.ID);
});

serviceTest(
  "ListObjects gives NextMarker only with a delimiter, and goes on after either marker",
  async (service) => {
    const bucket = await bucketWith(service, ["a", "b/1", "b/2", "c"]);
    const flat = await service.client.send(new ListObjectsCommand({ Bucket: bucket, MaxKeys: 2 }));
    assert.equal(flat.IsTruncated, true);
    assert.equal(flat.NextMarker, undefined);
    const rest = await service.client.send(
      new ListObjectsCommand({ Bucket: bucket, Marker: flat.Contents?.at(-1)?.Key }),
    );
    assert.deepEqual(rest.Contents?.map(({ Key }) => Key), ["b/2", "c"]);

    const grouped = { Bucket: bucket, Delimiter: "/", MaxKeys: 2 };
    const first = await service.client.send(new ListObjectsCommand(grouped));
    assert.equal(first.NextMarker, "b/");
    const second = await service.client.send(
      new ListObjectsCommand({ ...grouped, Marker: first.NextMarker }),
    );
    assert.deepEqual(second.Contents?.map(({ Key }) => Key), ["c"]);
    assert.equal(second.CommonPrefixes, undefined);
    assert.equal(second.IsTruncated, false);
  },
);

serviceTest("a continuation token takes precedence over start-after", async (service) => {
  const bucket = await bucketWith(service, ["a", "b", "c"]);
  const first = await service.client.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 }));
  const second = await service.client.send(
    new ListObjectsV2Command({
      Bucket: bucket,
      ContinuationToken: first.NextContinuationToken,
      StartAfter: "b",
    }),
  );
  assert.deepEqual(second.Contents?.map(({ Key }) => Key), ["b", "c"]);
  assert.equal(second.ContinuationToken, first.NextContinuationToken);
  assert.equal(second.StartAfter, "b");
});

serviceTest(
  "names come as they are in XML, or encoded where encoding-type asks for it",
  async (service) => {
    const bucket = await bucketWith(service, ["dir one/a+b %&<>\"'~.txt"]);
    const raw = await service.client.send(new ListObjectsV2Command({ Bucket: bucket }));
    assert.equal(raw.Contents?.[0].Key, "dir one/a+b %&<>\"'~.txt");
    assert.equal(raw.EncodingType, undefined);
    const url = await service.client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        EncodingType: "url",
        Prefix: "dir one/",
        StartAfter: "a b",
        Delimiter: " %",
      }),
    );
    assert.equal(url.EncodingType, "url");
    assert.equal(url.Prefix, "dir+one/");
    assert.equal(url.StartAfter, "a+b");
    assert.equal(url.Delimiter, "+%25");
    assert.deepEqual(url.CommonPrefixes, [{ Prefix: "dir+one/a%2Bb+%25" }]);
  },
);

for (
  const [parameters, code, named] of [
    ["max-keys=-1", "InvalidArgument", "max-keys"],
    ["max-keys=many", "InvalidArgument", "max-keys"],
    ["encoding-type=base64", "InvalidArgument", "encoding-type"],
    ["continuation-token=aWrongToken2", "InvalidArgument", "continuation-token"],
    ["prefix=a%00b", "InvalidArgument", "prefix"],
    ["start-after=%00", "InvalidArgument", "start-after"],
  ] as const
) {
  serviceTest(`ListObjectsV2 answers ${code} to ${parameters}`, async (service) => {
    const bucket = await bucketWith(service, []);
    const answer = await fetch(`${service.endpoint}/${bucket}?list-type=2&${parameters}`);
    const body = await answer.text();
    assert.equal(answer.status, 400);
    assert.match(body, new RegExp(`<Code>${code}</Code>`));
    assert.match(body, new RegExp(`<ArgumentName>${named}</ArgumentName>`));
  });
}

serviceTest(
  "empty parameters are as if they were not given, and repeated where S3 repeats them",
  async (service) => {
    const bucket = await bucketWith(service, ["a/b"]);
    const parameters =
      "list-type=2&prefix=&delimiter=&start-after=&max-keys=&encoding-type=&continuation-token=";
    const answer = await fetch(`${service.endpoint}/${bucket}?${parameters}`);
    const body = await answer.text();
    assert.equal(answer.status, 200);
    assert.match(body, /<Prefix><\/Prefix>/);
    assert.match(body, /<StartAfter><\/StartAfter>/);
    assert.match(body, /<MaxKeys>1000<\/MaxKeys>/);
    assert.match(body, /<Key>a\/b<\/Key>/);
    assert.doesNotMatch(body, /<Delimiter>|<EncodingType>|<CommonPrefixes>/);
  },
);
