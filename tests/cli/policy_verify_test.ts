import assert from "node:assert/strict";
import { holdfast } from "./holdfast.ts";
import { variables, withPolicyServer } from "./policy_server.ts";
import { refusal, type ToldRequest, withStore } from "./told_store.ts";

const STRANGER = { AWS: "arn:aws:iam::000000000000:user/stranger" };

/** Everybody may write new objects under events/ only, and nobody but a stranger may otherwise. */
function writeOnce(bucket: string): object {
  const objects = `arn:aws:s3:::${bucket}/events/*`;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AllowNewEvents",
        Effect: "Allow",
        Principal: STRANGER,
        Action: "s3:PutObject",
        Resource: objects,
        Condition: { Null: { "s3:if-none-match": "false" } },
      },
      {
        Sid: "DenyOtherWrites",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: objects,
        Condition: {
          Null: { "s3:if-none-match": "true" },
          Bool: { "s3:ObjectCreationOperation": "true" },
        },
      },
    ],
  };
}

Deno.test("verify tries a bucket and says whether it is write-once", async (t) => {
  const buckets = ["bare", "ledger"];
  await withPolicyServer(buckets, writeOnce("BUCKET"), async (policyServer) => {
    const { run, keysOf, directory, server } = policyServer;
    const verify = async (who: "owner" | "stranger", ...args: readonly string[]) => {
      const tried = await run(who, "policy", "verify", ...args);
      assert.equal(tried.stderr, "");
      return tried;
    };

    await t.step("without a policy it is not, and what was made is removed", async () => {
      const { code, stdout } = await verify("owner", "--bucket", "bare");
      assert.match(stdout, /^bare\/events\/\* at http:\S+:\n/);
      assert.match(
        stdout,
        /FAILS: a PUT without a condition is refused: 200 instead of 403 AccessDenied/,
      );
      assert.match(stdout, /holds: a PUT with If-None-Match: \* goes through: 200/);
      assert.match(stdout, /holds: the same PUT again is refused: 412 PreconditionFailed/);
      assert.equal(stdout.match(/made events\/holdfast-verify-\S+: removed again/g)?.length, 2);
      assert.match(
        stdout,
        /It does not hold: bare has no policy; put one with "holdfast policy apply"/,
      );
      assert.equal(code, 2);
      assert.deepEqual(await keysOf("bare"), []);
    });

    await t.step("with one it is, and who may write is named", async () => {
      const { code, stdout } = await verify("owner", "--bucket", "kept");
      assert.match(stdout, /holds: a PUT without a condition is refused: 403 AccessDenied/);
      assert.match(stdout, /made events\/holdfast-verify-\S+-write-once: removed again/);
      assert.match(
        stdout,
        /arn:aws:iam::000000000000:user\/stranger \(Statement\[0\] AllowNewEvents, on conditions; limited by Statement\[1\] DenyOtherWrites\)/,
      );
      assert.match(stdout, /It holds\.\n$/);
      assert.equal(code, 0);
      assert.deepEqual(await keysOf("kept"), []);
    });

    await t.step("who may not read the policy can try it, and what stays is named", async () => {
      const { code, stdout } = await verify("stranger", "--bucket", "kept");
      assert.match(
        stdout,
        /made events\/holdfast-verify-\S+-write-once: it stays, for its deletion is denied/,
      );
      assert.match(stdout, /Whom it lets write is not known: .*AccessDenied/);
      assert.match(stdout, /It holds\./);
      assert.equal(code, 0);
      assert.match(
        (await keysOf("kept")).join(),
        /^events\/holdfast-verify-[0-9a-f-]{36}-write-once$/,
      );
    });

    await t.step("another prefix is not protected by it", async () => {
      const { code, stdout } = await verify("owner", "--bucket", "kept", "--prefix", "notes/");
      assert.match(
        stdout,
        /the policy of kept does not refuse writes without a condition under notes\//,
      );
      assert.match(stdout, /besides those who have the bucket without it:\n {2}nobody\n/);
      assert.equal(code, 2);
    });

    await t.step("a credential that may not write proves nothing", async () => {
      const { code, stdout } = await verify("stranger", "--bucket", "ledger");
      assert.match(
        stdout,
        /FAILS: a PUT with If-None-Match: \* goes through: 403 AccessDenied instead of 200/,
      );
      assert.doesNotMatch(stdout, /the same PUT again/);
      assert.match(stdout, /this credential may not write under ledger\/events\/ at all/);
      assert.equal(code, 2);
    });

    await t.step("--json prints all of it as an object", async () => {
      const { code, stdout } = await verify("owner", "--bucket", "kept", "--json");
      const { attempts, objects, ...rest } = JSON.parse(stdout);
      assert.deepEqual(rest, {
        bucket: "kept",
        store: server.endpoint,
        prefix: "events/",
        holds: true,
        policy: { kind: "known" },
        writers: [{
          principal: "arn:aws:iam::000000000000:user/stranger",
          allowedBy: "Statement[0] AllowNewEvents",
          isConditional: true,
          limitedBy: ["Statement[1] DenyOtherWrites"],
        }],
      });
      assert.deepEqual(
        attempts.map(({ got, holds }: { got: string; holds: boolean }) => [got, holds]),
        [["403 AccessDenied", true], ["200", true], ["412 PreconditionFailed", true]],
      );
      assert.deepEqual(objects.map(({ removed }: { removed: boolean }) => removed), [true]);
      assert.equal(code, 0);
    });

    await t.step("a bucket that is not there cannot be tried", async () => {
      const { code, stdout, stderr } = await run("owner", "policy", "verify", "--bucket", "attic");
      assert.equal(stdout, "");
      assert.match(stderr, /could not be tried: http:\S+ has no bucket attic/);
      assert.equal(code, 1);
    });

    await t.step("what apply puts, verify finds", async () => {
      const path = `${directory}/policy.json`;
      await Deno.writeTextFile(path, JSON.stringify(writeOnce("BUCKET")));
      assert.equal((await run("owner", "policy", "apply", "--bucket", "bare", path)).code, 0);
      assert.equal((await verify("owner", "--bucket", "bare")).code, 0);
    });
  });
});

const CREDENTIAL = { accessKeyId: "told", secretAccessKey: "told-secret" };

/** Answers to writes and deletions of objects; the bucket has the policy that it should have. */
function storeWith(
  write: (request: ToldRequest, conditional: boolean) => Response,
  remove: () => Response = () => new Response(null, { status: 204 }),
) {
  return (request: ToldRequest): Response => {
    if (request.query.has("policy")) return new Response(JSON.stringify(writeOnce("b")));
    if (request.method === "DELETE") return remove();
    return write(request, request.headers.has("if-none-match"));
  };
}

/** A store, and what verify says of it. */
const STORES: readonly (readonly [string, ReturnType<typeof storeWith>, 1 | 2, RegExp])[] = [
  [
    "keeps the policy and does not enforce it",
    storeWith(() => new Response(null)),
    2,
    /keeps the policy of b but does not enforce it on this credential.*put Holdfast in front/,
  ],
  [
    "passes over If-None-Match",
    storeWith((_, conditional) => conditional ? new Response(null) : refusal(403, "AccessDenied")),
    2,
    /FAILS: the same PUT again is refused: 200 instead of 412[^]*passes over If-None-Match and overwrites; put Holdfast/,
  ],
  [
    "does not know If-None-Match",
    storeWith((_, conditional) =>
      conditional ? refusal(501, "NotImplemented") : refusal(403, "AccessDenied")
    ),
    2,
    /does not take If-None-Match on a PUT; put Holdfast/,
  ],
  [
    "does not know the credential",
    storeWith(() => refusal(403, "InvalidAccessKeyId")),
    1,
    /could not be tried: .*does not know AWS_ACCESS_KEY_ID/,
  ],
];

for (const [name, store, code, message] of STORES) {
  Deno.test(`verify says what to do about a store that ${name}`, async () => {
    await withStore(store, async (endpoint) => {
      const args = ["policy", "verify", "--bucket", "b"];
      const run = await holdfast(args, variables({ endpoint, ...CREDENTIAL }));
      assert.match(run.stdout + run.stderr, message);
      assert.equal(run.code, code);
    });
  });
}

Deno.test("verify sends each write once, to keys of this run alone", async () => {
  const keys: string[] = [];
  await withStore(storeWith(() => refusal(403, "AccessDenied")), async (endpoint, seen) => {
    const env = variables({ endpoint, ...CREDENTIAL });
    for (let run = 0; run < 2; run++) await holdfast(["policy", "verify", "--bucket", "b"], env);
    keys.push(...seen.filter(({ method }) => method === "PUT").map(({ path }) => path));
  });
  assert.equal(keys.length, 4);
  assert.equal(new Set(keys).size, 4);
  for (const key of keys) assert.match(key, /^\/b\/events\/holdfast-verify-[0-9a-f-]{36}-/);
});

Deno.test("verify removes what a store that failed may have taken", async () => {
  const store = storeWith(() => refusal(500, "InternalError"));
  await withStore(store, async (endpoint, seen) => {
    const env = variables({ endpoint, ...CREDENTIAL });
    const { code, stderr } = await holdfast(["policy", "verify", "--bucket", "b"], env);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /made events\/\S+-unconditional: removed again\n.*could not be tried: InternalError/,
    );
    const [put, remove] = seen.filter(({ query }) => !query.has("policy"));
    assert.deepEqual([put.method, remove.method, remove.path], ["PUT", "DELETE", put.path]);
    assert.equal(seen.filter(({ method }) => method === "PUT").length, 1);
  });
});

Deno.test("verify removes the very version that it made", async () => {
  const made = { headers: { "x-amz-version-id": "v1" } };
  await withStore(storeWith(() => new Response(null, made)), async (endpoint, seen) => {
    const env = variables({ endpoint, ...CREDENTIAL });
    await holdfast(["policy", "verify", "--bucket", "b"], env);
    const removed = seen.filter(({ method }) => method === "DELETE");
    assert.deepEqual(removed.map(({ query }) => query.get("versionId")), ["v1", "v1"]);
  });
});

Deno.test("an object that cannot be removed is no fault of the policy", async () => {
  const written = new Set<string>();
  const store = storeWith(({ path }, conditional) => {
    if (!conditional) return refusal(403, "AccessDenied");
    if (written.has(path)) return refusal(412, "PreconditionFailed");
    written.add(path);
    return new Response(null);
  }, () => refusal(409, "ObjectLocked"));
  await withStore(store, async (endpoint) => {
    const env = variables({ endpoint, ...CREDENTIAL });
    const { code, stdout } = await holdfast(["policy", "verify", "--bucket", "b"], env);
    assert.match(stdout, /-write-once: it stays, for ObjectLocked: told so/);
    assert.equal(code, 0);
  });
});
