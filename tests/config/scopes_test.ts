import assert from "node:assert/strict";
import { ConfigError, faultLine, parseConfig } from "../../src/config/config.ts";
import { authenticationIsOff } from "../../src/config/identities.ts";

const ANN = "name: ann, credentials: [{access_key_id: a1, secret_access_key: s}]";
const BOB = "name: bob, credentials: [{access_key_id: b1, secret_access_key: s}]";
const TOKEN = "token: 0123456789abcdef";

function faultsOf(yaml: string): readonly string[] {
  try {
    parseConfig(yaml, {}, "config.yaml");
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults.map(faultLine);
  }
}

/** Who may do what with the API. */
const GRANTS: readonly (readonly [yaml: string, grants: Readonly<Record<string, string>>])[] = [
  ["", {}],
  [`users: [{${ANN}}]`, { ann: "admin" }],
  ["auth: {token: t}", { token: "admin" }],
  [`users: [{${ANN}}, {${BOB}}]`, {}],
  [
    `users: [{${ANN}, scopes: ['evidence:read', 'log:read']}, {${BOB}}]`,
    { ann: "evidence:read log:read" },
  ],
  [
    `users: [{${ANN}}]\nlog: {readers: [ann]}`,
    { ann: "log:read evidence:read evidence:write evidence:delete evidence:share" },
  ],
  [
    `users: [{${ANN}, scopes: ['evidence:write']}]\nlog: {writers: [ann]}`,
    { ann: "evidence:write log:append" },
  ],
  [
    `users: [{${ANN}}]\napi: {tokens: [{name: app, ${TOKEN}, scopes: ['evidence:write']}]}`,
    { app: "evidence:write" },
  ],
  [
    "buckets: [{name: bbb, credentials: [{access_key_id: k, secret_access_key: s, " +
    "scopes: ['evidence:share']}]}]",
    { k: "evidence:share" },
  ],
  [
    "auth: {access_key_id: k, secret_access_key: s, token: t, scopes: ['log:append']}",
    { k: "log:append" },
  ],
];

for (const [yaml, expected] of GRANTS) {
  Deno.test(`who may use the API with ${yaml.replaceAll("\n", "; ") || "nobody"}`, () => {
    const { grants } = parseConfig(yaml, {}, "config.yaml");
    const found = Object.fromEntries(grants.map(({ name, scopes }) => [name, scopes.join(" ")]));
    assert.deepEqual(found, expected);
  });
}

/** What cannot be meant, and how it is told. */
const FAULTS: readonly (readonly [yaml: string, fault: string])[] = [
  [
    `users: [{${ANN}}]\napi: {tokens: [{name: ann, ${TOKEN}, scopes: []}]}`,
    'api.tokens[0].name: "ann" is somebody already',
  ],
  [
    `api: {tokens: [{name: x, ${TOKEN}, scopes: []}, {name: y, ${TOKEN}, scopes: []}]}`,
    "api.tokens[1].token: is a token already",
  ],
  [
    "api: {tokens: [{name: x, token: short, scopes: []}]}",
    "api.tokens[0].token: must be at least 16 of A-Z, a-z, 0-9 and -._~+/",
  ],
  [
    "api: {cors_origins: ['https://a.example.com/app']}",
    "api.cors_origins[0]: must be an origin, such as https://app.example.com",
  ],
  [
    "api: {max_body: 10}",
    "api.max_body: must be a whole number, at least 1024 and at most 67108864",
  ],
];

for (const [yaml, fault] of FAULTS) {
  Deno.test(`the API is refused: ${fault}`, () => assert.deepEqual(faultsOf(yaml), [fault]));
}

Deno.test("a token of the API puts authentication on", () => {
  const yaml = `api: {tokens: [{name: app, ${TOKEN}, scopes: []}]}`;
  assert.equal(authenticationIsOff(parseConfig(yaml, {}, "config.yaml")), false);
  assert.equal(authenticationIsOff(parseConfig("", {}, "config.yaml")), true);
});
