import assert from "node:assert/strict";
import { openS3Client } from "../../src/objectstore/s3_client.ts";
import { webIdentity } from "../../src/objectstore/web_identity.ts";

const GRANTED =
  `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult>
    <Credentials>
      <AccessKeyId>ASIA123</AccessKeyId>
      <SecretAccessKey>0123</SecretAccessKey>
      <SessionToken>session</SessionToken>
      <Expiration>2030-01-02T03:04:05Z</Expiration>
    </Credentials>
  </AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>`;

const REFUSED = "<ErrorResponse><Error><Code>ExpiredTokenException</Code></Error></ErrorResponse>";

/** With an STS that answers so, and variables that lead there. */
async function withService(
  [status, body]: readonly [number, string],
  act: (variables: Record<string, string>, asked: URLSearchParams[]) => Promise<void>,
): Promise<void> {
  const asked: URLSearchParams[] = [];
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  const server = Deno.serve(options, async (request) => {
    asked.push(new URLSearchParams(await request.text()));
    return new Response(body, { status });
  });
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "the-token\n");
    await act({
      AWS_ROLE_ARN: "arn:aws:iam::1:role/operator",
      AWS_WEB_IDENTITY_TOKEN_FILE: file,
      AWS_ENDPOINT_URL_STS: `http://127.0.0.1:${server.addr.port}`,
    }, asked);
  } finally {
    await server.shutdown();
    await Deno.remove(file);
  }
}

Deno.test("the token of a service account is changed for credentials of its role", async () => {
  await withService([200, GRANTED], async (variables, asked) => {
    const credentials = await webIdentity((name) => variables[name], "eu-west-1")?.();
    assert.deepEqual(credentials, {
      accessKeyId: "ASIA123",
      secretAccessKey: "0123",
      sessionToken: "session",
      expiration: new Date("2030-01-02T03:04:05Z"),
    });
    assert.deepEqual(asked.map((each) => Object.fromEntries(each)), [{
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: "arn:aws:iam::1:role/operator",
      RoleSessionName: "holdfast",
      WebIdentityToken: "the-token",
    }]);
  });
});

Deno.test("a client of S3 signs with what it was given for the token", async () => {
  await withService([200, GRANTED], async (variables) => {
    for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
    try {
      const client = openS3Client({ endpoint: "http://127.0.0.1:9" });
      const { accessKeyId, sessionToken } = await client.config.credentials();
      assert.deepEqual([accessKeyId, sessionToken], ["ASIA123", "session"]);
      client.destroy();
    } finally {
      for (const name of Object.keys(variables)) Deno.env.delete(name);
    }
  });
});

const FAULTS: readonly (readonly [what: string, number, string, RegExp])[] = [
  ["a token that has expired", 400, REFUSED, /answers 400 ExpiredTokenException$/],
  ["an answer without credentials", 200, "<html></html>", /cannot be read$/],
];

for (const [what, status, body, message] of FAULTS) {
  Deno.test(`${what} gives no credentials, and the token is not told`, async () => {
    await withService([status, body], async (variables) => {
      const provide = webIdentity((name) => variables[name], "eu-west-1");
      await assert.rejects(provide!(), (error: Error) => {
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /the-token/);
        return true;
      });
    });
  });
}

Deno.test("a key or a profile goes before a role, and without a role there is none", () => {
  const role = { AWS_ROLE_ARN: "arn", AWS_WEB_IDENTITY_TOKEN_FILE: "/token" };
  const cases: readonly Readonly<Record<string, string>>[] = [
    {},
    { AWS_ROLE_ARN: "arn" },
    { ...role, AWS_ACCESS_KEY_ID: "key" },
    { ...role, AWS_PROFILE: "mine" },
  ];
  for (const variables of cases) {
    assert.equal(webIdentity((name) => variables[name], "eu-west-1"), undefined);
  }
});
