import assert from "node:assert/strict";
import { holdfast, inDirectory } from "./holdfast.ts";
import { variables, withPolicyServer } from "./policy_server.ts";
import { refusal, withStore } from "./told_store.ts";

const READ_EVENTS = {
  Version: "2012-10-17",
  Statement: [{
    Effect: "Allow",
    Principal: { AWS: ["arn:aws:iam::000000000000:user/stranger"] },
    Action: ["s3:GetObject", "s3:GetObjectAttributes"],
    Resource: "arn:aws:s3:::BUCKET/events/*",
  }],
};

/** Has an error that a store does not see: no request can meet it. */
const NEVER = {
  ...READ_EVENTS,
  Statement: [{
    ...READ_EVENTS.Statement[0],
    Effect: "Deny",
    Condition: { Null: { "aws:username": "true" }, StringLike: { "aws:username": "a*" } },
  }],
};

const UNKNOWN_ACTION = JSON.stringify(READ_EVENTS).replace('GetObject"', 'Obtain"');

Deno.test("apply puts a policy with the bucket's name in it, and refuses one with an error", async (t) => {
  await withPolicyServer(["ledger"], READ_EVENTS, async ({ run, policyOf, directory }) => {
    const file = async (text: string) => {
      const path = `${directory}/policy.json`;
      await Deno.writeTextFile(path, text);
      return path;
    };
    const expected = JSON.stringify(READ_EVENTS).replaceAll("BUCKET", "ledger");

    await t.step("the bucket has it then", async () => {
      const path = await file(JSON.stringify(READ_EVENTS));
      const { code, stdout, stderr } = await run(
        "owner",
        "policy",
        "apply",
        "--bucket",
        "ledger",
        path,
      );
      assert.equal(stderr, "");
      assert.match(stdout, /^ledger at http:\S+ has the policy of .*policy verify --bucket ledger/);
      assert.equal(code, 0);
      assert.equal(await policyOf("ledger"), expected);
    });

    await t.step("one with an error is not put", async () => {
      const path = await file(JSON.stringify(NEVER));
      const { code, stderr } = await run("owner", "policy", "apply", "--bucket", "ledger", path);
      assert.match(
        stderr,
        /\[deny-never-matches\]\n.*was not put on ledger: 1 error, 0 warnings; --force/,
      );
      assert.equal(code, 1);
      assert.equal(await policyOf("ledger"), expected);
    });

    await t.step("with --force it is", async () => {
      const path = await file(JSON.stringify(NEVER));
      const { code, stderr } = await run(
        ...["owner", "policy", "apply", "--bucket", "ledger", "--force", path] as const,
      );
      assert.match(stderr, /\[deny-never-matches\]/);
      assert.equal(code, 0);
      assert.deepEqual(
        JSON.parse(await policyOf("ledger") ?? ""),
        JSON.parse(JSON.stringify(NEVER).replaceAll("BUCKET", "ledger")),
      );
    });

    await t.step("what the store refuses is told in its words", async () => {
      const before = await policyOf("ledger");
      const path = await file(UNKNOWN_ACTION);
      const { code, stderr } = await run(
        ...["owner", "policy", "apply", "--bucket", "ledger", "--force", path] as const,
      );
      assert.match(
        stderr,
        /not put: http:\S+ does not take this policy \(MalformedPolicy: .*s3:Obtain/,
      );
      assert.equal(code, 1);
      assert.equal(await policyOf("ledger"), before);
    });

    await t.step(
      "one of the configuration is out of reach, and where it is kept is told",
      async () => {
        const path = await file(JSON.stringify(READ_EVENTS));
        const { code, stderr } = await run("owner", "policy", "apply", "--bucket", "kept", path);
        assert.match(stderr, /not put: .*kept in the configuration \(.*kept\.json\)/);
        assert.equal(code, 1);
      },
    );

    await t.step("who may not is told so", async () => {
      const path = await file(JSON.stringify(READ_EVENTS));
      const { code, stderr } = await run("stranger", "policy", "apply", "--bucket", "ledger", path);
      assert.match(stderr, /not put: this credential may not do that \(AccessDenied/);
      assert.equal(code, 1);
    });

    await t.step("a bucket that is not there is named", async () => {
      const path = await file(JSON.stringify(READ_EVENTS));
      const { code, stderr } = await run("owner", "policy", "apply", "--bucket", "attic", path);
      assert.match(stderr, /http:\S+ has no bucket attic \(NoSuchBucket/);
      assert.equal(code, 1);
    });
  });
});

async function withFile(run: (path: string, directory: string) => Promise<void>): Promise<void> {
  await inDirectory(async (directory) => {
    const path = `${directory}/policy.json`;
    await Deno.writeTextFile(path, JSON.stringify(READ_EVENTS));
    await run(path, directory);
  });
}

const CREDENTIAL = { accessKeyId: "told", secretAccessKey: "told-secret" };

Deno.test("apply takes a policy that comes back in another form for the same", async () => {
  let kept = "";
  await withStore(({ method, body }) => {
    if (method === "PUT") kept = body;
    const { Statement: [statement], ...rest } = JSON.parse(kept);
    const form = {
      ...rest,
      Statement: {
        ...statement,
        Action: statement.Action.toReversed(),
        Resource: [statement.Resource],
        Principal: { AWS: statement.Principal.AWS[0] },
      },
    };
    return new Response(method === "PUT" ? null : JSON.stringify(form, null, 2));
  }, async (endpoint) => {
    await withFile(async (path) => {
      const args = ["policy", "apply", "--bucket", "b", "--endpoint", endpoint, path];
      const { code, stderr } = await holdfast(
        args,
        variables({ endpoint: "http://127.0.0.1:1", ...CREDENTIAL }),
      );
      assert.equal(stderr, "");
      assert.equal(code, 0);
    });
  });
});

Deno.test("apply tells when the bucket has another policy afterwards", async () => {
  await withStore(
    ({ method }) => new Response(method === "PUT" ? null : JSON.stringify(NEVER)),
    async (endpoint) => {
      await withFile(async (path) => {
        const { code, stderr } = await holdfast(
          ["policy", "apply", "--bucket", "b", path],
          variables({ endpoint, ...CREDENTIAL }),
        );
        assert.match(stderr, /took the policy, but b has another one now/);
        assert.equal(code, 1);
      });
    },
  );
});

Deno.test("apply looks again where a store shows the old policy for a moment", async () => {
  let [kept, looks] = ["", 0];
  await withStore(({ method, body }) => {
    if (method === "PUT") kept = body;
    if (method === "PUT") return new Response(null);
    return ++looks < 3 ? refusal(404, "NoSuchBucketPolicy") : new Response(kept);
  }, async (endpoint) => {
    await withFile(async (path) => {
      const env = variables({ endpoint, ...CREDENTIAL });
      assert.equal((await holdfast(["policy", "apply", "--bucket", "b", path], env)).code, 0);
      assert.equal(looks, 3);
    });
  });
});

/** What a store answers to the policy, and what the operator is told. */
const REFUSALS: readonly (readonly [number, string, RegExp])[] = [
  [501, "NotImplemented", /has no bucket policies; put Holdfast in front of it \(NotImplemented/],
  [403, "InvalidAccessKeyId", /does not know AWS_ACCESS_KEY_ID/],
  [403, "SignatureDoesNotMatch", /AWS_SECRET_ACCESS_KEY is not the secret/],
  [418, "IAmATeapot", /not put: IAmATeapot: told so/],
];

for (const [status, code, message] of REFUSALS) {
  Deno.test(`apply says what to do about ${code}`, async () => {
    await withStore(() => refusal(status, code), async (endpoint) => {
      await withFile(async (path) => {
        const run = await holdfast(
          ["policy", "apply", "--bucket", "b", path],
          variables({ endpoint, ...CREDENTIAL }),
        );
        assert.match(run.stderr, message);
        assert.equal(run.code, 1);
      });
    });
  });
}

Deno.test("apply gives a store that fails a few attempts and no more", async () => {
  await withStore(() => refusal(503, "SlowDown"), async (endpoint, seen) => {
    await withFile(async (path) => {
      const env = variables({ endpoint, ...CREDENTIAL });
      const { code, stderr } = await holdfast(["policy", "apply", "--bucket", "b", path], env);
      assert.match(stderr, /SlowDown/);
      assert.equal(code, 1);
      assert.equal(seen.length, 3);
    });
  });
});

Deno.test("apply tells that nobody answers at the endpoint", async () => {
  await withFile(async (path) => {
    const env = variables({ endpoint: "http://127.0.0.1:1", ...CREDENTIAL });
    const { code, stderr } = await holdfast(["policy", "apply", "--bucket", "b", path], env);
    assert.match(stderr, /not put: http:\/\/127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED/);
    assert.equal(code, 1);
  });
});

/** No credential that the machine of the test may have. */
const NO_CREDENTIAL = {
  AWS_ACCESS_KEY_ID: "",
  AWS_SECRET_ACCESS_KEY: "",
  AWS_PROFILE: "",
  AWS_EC2_METADATA_DISABLED: "true",
};

Deno.test("apply tells that there are no credentials", async () => {
  await withFile(async (path, directory) => {
    const { code, stderr } = await holdfast(["policy", "apply", "--bucket", "b", path], {
      ...NO_CREDENTIAL,
      AWS_SHARED_CREDENTIALS_FILE: `${directory}/none`,
      AWS_CONFIG_FILE: `${directory}/none`,
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
    });
    assert.match(
      stderr,
      /there are no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/,
    );
    assert.equal(code, 1);
  });
});

Deno.test("apply needs no home directory", async () => {
  await withStore(() => refusal(404, "NoSuchBucket"), async (endpoint) => {
    await withFile(async (path) => {
      const env = { ...variables({ endpoint, ...CREDENTIAL }), HOME: "" };
      const { code, stderr } = await holdfast(["policy", "apply", "--bucket", "b", path], env);
      assert.match(stderr, /has no bucket b \(NoSuchBucket/);
      assert.equal(code, 1);
    });
  });
});

Deno.test("apply finds a credential and a region under a profile, as the AWS CLI does", async () => {
  let kept = "";
  await withStore(({ method, body }) => {
    if (method === "PUT") kept = body;
    return new Response(method === "PUT" ? null : kept);
  }, async (endpoint, seen) => {
    await withFile(async (path, directory) => {
      const credentials =
        "[ops]\naws_access_key_id = of-the-file\naws_secret_access_key = secret\n";
      await Deno.writeTextFile(`${directory}/credentials`, credentials);
      await Deno.writeTextFile(`${directory}/config`, "[profile ops]\nregion = eu-west-1\n");
      const { code, stderr } = await holdfast(["policy", "apply", "--bucket", "b", path], {
        ...NO_CREDENTIAL,
        AWS_PROFILE: "ops",
        AWS_SHARED_CREDENTIALS_FILE: `${directory}/credentials`,
        AWS_CONFIG_FILE: `${directory}/config`,
        AWS_ENDPOINT_URL_S3: endpoint,
        AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      });
      assert.equal(stderr, "");
      assert.equal(code, 0);
      const authorization = seen[0].headers.get("authorization") ?? "";
      assert.match(authorization, /Credential=of-the-file\/\d+\/eu-west-1\/s3\//);
      assert.match(seen[0].path, /^\/b\/?$/);
    });
  });
});
