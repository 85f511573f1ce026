import assert from "node:assert/strict";
import { compilePolicy } from "../../src/policy/evaluate.ts";
import { parsePolicy } from "../../src/policy/parse.ts";
import { type CommandOptions, UsageError } from "../../src/cli/command.ts";
import { questionOf } from "../../src/cli/policy/question.ts";
import { readTestRequest } from "../../src/cli/policy/test_request.ts";
import { holdfast, inDirectory } from "./holdfast.ts";

const POLICY = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "DenyUnconditional",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::BUCKET/events/*",
      Condition: {
        Null: { "s3:if-none-match": "true" },
        Bool: { "s3:ObjectCreationOperation": "true" },
      },
    },
    {
      Sid: "AllowOperator",
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam:::user/operator" },
      Action: ["s3:PutObject", "s3:GetObject"],
      Resource: "arn:aws:s3:::BUCKET/events/*",
    },
    {
      Sid: "AllowListing",
      Effect: "Allow",
      Principal: "*",
      Action: "s3:ListBucket",
      Resource: "arn:aws:s3:::BUCKET",
      Condition: {
        StringLike: { "s3:prefix": "events/*" },
        IpAddress: { "aws:SourceIp": "10.0.0.0/8" },
        Bool: { "aws:SecureTransport": "true" },
        DateLessThan: { "aws:CurrentTime": "2026-06-01T00:00:00Z" },
      },
    },
    {
      Sid: "DenyOldSignatures",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:DeleteObject",
      Resource: "arn:aws:s3:::BUCKET/*",
      Condition: { NumericGreaterThan: { "s3:signatureAge": "600000" } },
    },
    {
      Sid: "DenyPresigned",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:GetObjectAcl",
      Resource: "arn:aws:s3:::BUCKET/*",
      Condition: { StringEquals: { "s3:authType": "REST-QUERY-STRING" } },
    },
    {
      Sid: "DenyLifting",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:DeleteBucketPolicy",
      Resource: "arn:aws:s3:::BUCKET",
    },
  ],
};

/** The policy as it is for the bucket `ledger`. */
const COMPILED = compilePolicy(parsePolicy(JSON.stringify(POLICY).replaceAll("BUCKET", "ledger")));

const NOW = new Date("2026-05-01T12:00:00Z");

/** What is asked, and the outcomes with the statements that decide. */
async function decide(options: CommandOptions): Promise<readonly string[]> {
  const { requests } = questionOf(await readTestRequest(options), NOW);
  return requests.map((request) => {
    const decision = COMPILED.decide(request);
    const by = decision.outcome === "default" ? "" : ` ${decision.statement.sid}`;
    return `${request.action} ${decision.outcome}${by}`;
  });
}

const UNCONDITIONAL = "s3:PutObject deny DenyUnconditional";
const LISTING = { request: "GET s3://ledger", query: ["prefix=events/"], ip: "10.1.2.3" };

const DECISIONS: readonly (readonly [string, CommandOptions, readonly string[]])[] = [
  ["a method and a key", { request: "PUT s3://ledger/events/1.json" }, [UNCONDITIONAL]],
  ["a header", {
    request: "PUT s3://ledger/events/1.json",
    header: ["If-None-Match: *"],
  }, ["s3:PutObject default"]],
  ["a user's name", {
    request: "PUT s3://ledger/events/1.json",
    header: ["if-none-match:*"],
    as: "operator",
    outsider: true,
  }, ["s3:PutObject allow AllowOperator"]],
  ["a user as in an ARN", {
    request: "GET s3://ledger/events/1.json",
    as: "user/operator",
  }, ["s3:GetObject allow AllowOperator"]],
  ["a user's ARN of another account", {
    request: "GET s3://ledger/events/1.json",
    as: "arn:aws:iam::111122223333:user/operator",
  }, ["s3:GetObject allow AllowOperator"]],
  ["an operation by its name, in any case", {
    request: "completemultipartupload s3://ledger/events/1.json",
  }, [UNCONDITIONAL]],
  ["an operation that makes a part", {
    request: "UploadPart s3://ledger/events/1.json",
  }, ["s3:PutObject default"]],
  ["an action", { request: "s3:DeleteBucketPolicy s3://ledger" }, [
    "s3:DeleteBucketPolicy deny DenyLifting",
  ]],
  ["an action that no operation is called by", {
    request: "s3:DeleteObjectVersion s3://ledger/events/1.json",
  }, ["s3:DeleteObjectVersion default"]],
  ["a method whose parameters make the operation", {
    request: "PUT s3://ledger/events/1.json",
    query: ["partNumber=1", "uploadId=u"],
  }, ["s3:PutObject default"]],
  ["a parameter without a value", {
    request: "GET s3://ledger",
    query: ["policy"],
  }, ["s3:GetBucketPolicy default"]],
  ["a key with a question mark, a space and slashes at its end", {
    request: "PUT s3://ledger/events/a?b c//",
  }, [UNCONDITIONAL]],
  ["an operation that needs two actions", {
    request: "GetObjectAttributes s3://ledger/events/1.json",
    as: "operator",
  }, ["s3:GetObjectAttributes default", "s3:GetObject allow AllowOperator"]],
  ["a copy within the bucket, which reads its source", {
    request: "CopyObject s3://ledger/other/1.json",
    header: ["x-amz-copy-source: /ledger/events/1.json"],
    as: "operator",
  }, ["s3:PutObject default", "s3:GetObject allow AllowOperator"]],
  ["a copy from another bucket, whose policy decides on reading", {
    request: "CopyObject s3://ledger/events/1.json",
    header: ["x-amz-copy-source: attic/1.json"],
  }, [UNCONDITIONAL]],
  ["one of the keys of DeleteObjects", {
    request: "DeleteObjects s3://ledger/events/1.json",
  }, ["s3:DeleteObject default"]],
  ["nobody in particular", { ...LISTING, as: "anonymous" }, ["s3:ListBucket allow AllowListing"]],
  ["another address", { ...LISTING, ip: "2001:db8::1" }, ["s3:ListBucket default"]],
  ["plain HTTP", { ...LISTING, "plain-http": true }, ["s3:ListBucket default"]],
  ["another time", { ...LISTING, at: "2026-07-01T00:00:00Z" }, ["s3:ListBucket default"]],
  ["JSON", {
    request: JSON.stringify({
      operation: "PutObject",
      bucket: "ledger",
      key: "events/1.json",
      headers: { "If-None-Match": "*" },
      as: "operator",
      member: false,
    }),
  }, ["s3:PutObject allow AllowOperator"]],
  ["JSON that options overrule", {
    request: '{"operation":"GET","bucket":"ledger","query":{"prefix":"x"},"ip":"192.0.2.1"}',
    query: ["prefix=events/"],
    ip: "10.1.2.3",
  }, ["s3:ListBucket allow AllowListing"]],
  ["a signature and its age", {
    request: '{"operation":"DELETE","bucket":"ledger","key":"a","signature_age":601}',
  }, ["s3:DeleteObject deny DenyOldSignatures"]],
  ["how it was signed", {
    request:
      '{"operation":"GetObjectAcl","bucket":"ledger","key":"a","signature":"REST-QUERY-STRING"}',
  }, ["s3:GetObjectAcl deny DenyPresigned"]],
];

for (const [name, options, expected] of DECISIONS) {
  Deno.test(`policy test understands ${name}`, async () => {
    assert.deepEqual(await decide(options), expected);
  });
}

const MISUSES: readonly (readonly [CommandOptions, RegExp])[] = [
  [{ request: "s3://ledger/a" }, /write it as 'PUT s3:\/\/BUCKET\/KEY'/],
  [{ request: "PUT ledger/a" }, /write it as/],
  [{ request: "FetchObject s3://ledger/a" }, /there is no operation FetchObject/],
  [{ request: "s3:Fetch s3://ledger/a" }, /there is no operation s3:Fetch/],
  [{ request: "PutObject s3://ledger" }, /PutObject is about an object/],
  [{ request: "HeadBucket s3://ledger/a" }, /HeadBucket is about a bucket/],
  [{ request: "ListBuckets s3://ledger" }, /no bucket's policy decides on ListBuckets/],
  [{ request: "POST s3://ledger/a" }, /--request: MethodNotAllowed/],
  [{ request: "PUT s3://ledger/a", header: ["If-None-Match"] }, /write it as 'NAME: VALUE'/],
  [{ request: "PUT s3://ledger/a", ip: "10.0.0.256" }, /ip: must be an IPv4 or IPv6 address/],
  [{ request: "PUT s3://ledger/a", at: "tomorrow" }, /at: must be a time such as/],
  [{ request: "{operation}" }, /is not JSON/],
  [{ request: '{"operation":"PUT","bucket":"b","kee":"a"}' }, /kee: is not a known key/],
  [{ request: '{"operation":"PUT","bucket":"b","signature":"NONE"}' }, /signature: must be one of/],
];

for (const [options, message] of MISUSES) {
  Deno.test(`policy test does not take ${JSON.stringify(options)}`, async () => {
    const asked = (async () => questionOf(await readTestRequest(options), NOW))();
    await assert.rejects(asked, (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  });
}

async function withPolicy(run: (...args: readonly string[]) => Promise<void>): Promise<void> {
  await inDirectory(async (directory) => {
    const file = `${directory}/policy.json`;
    await Deno.writeTextFile(file, JSON.stringify(POLICY));
    await Deno.writeTextFile(
      `${directory}/request.json`,
      '{"operation":"GET","bucket":"b","key":"a"}',
    );
    await run(file, `${directory}/request.json`);
  });
}

Deno.test("policy test prints the decision and the statement, and exits with 0 for a deny too", async () => {
  await withPolicy(async (file) => {
    const args = ["policy", "test", file, "--request", "PUT s3://ledger/events/1.json"];
    const { code, stdout } = await holdfast(args);
    assert.equal(
      stdout,
      "deny: PutObject\n  deny: s3:PutObject on arn:aws:s3:::ledger/events/1.json: " +
        "Statement[0] (DenyUnconditional) denies it\n",
    );
    assert.equal(code, 0);
  });
});

Deno.test("policy test says what holds where no statement applies", async () => {
  await withPolicy(async (file, request) => {
    const owner = await holdfast(["policy", "test", file, "--request", `@${request}`]);
    assert.match(owner.stdout, /^allow: .*\n.*no statement applies, and who has the bucket may$/m);
    const other = await holdfast([
      ...["policy", "test", file, "--request", `@${request}`],
      ...["--as", "somebody", "--outsider"],
    ]);
    assert.match(other.stdout, /^deny: .*\n.*no statement applies, and others may not$/m);
  });
});

Deno.test("policy test --expect exits with 2 when the decision is another", async () => {
  await withPolicy(async (file) => {
    const args = ["policy", "test", file, "--request", "PUT s3://ledger/events/1.json", "--expect"];
    assert.equal((await holdfast([...args, "deny"])).code, 0);
    assert.equal((await holdfast([...args, "allow"])).code, 2);
    assert.equal((await holdfast([...args, "maybe"])).code, 64);
  });
});

Deno.test("policy test --json prints an object with every question", async () => {
  await withPolicy(async (file) => {
    const { stdout } = await holdfast([
      ...["policy", "test", file, "--json", "--as", "operator"],
      ...["--request", "CopyObject s3://ledger/events/2.json"],
      ...["--header", "If-None-Match: *", "--header", "x-amz-copy-source: attic/1.json"],
    ]);
    assert.deepEqual(JSON.parse(stdout), {
      operation: "CopyObject",
      decision: "allow",
      because: [{
        decision: "allow",
        action: "s3:PutObject",
        resource: "arn:aws:s3:::ledger/events/2.json",
        statement: { path: "Statement[1]", sid: "AllowOperator" },
        reason: "Statement[1] (AllowOperator) allows it",
      }],
      elsewhere: "s3:GetObject on arn:aws:s3:::attic/1.json",
    });
  });
});

Deno.test("policy test tells that a Deny does not bind the owner where no policy may", async () => {
  await withPolicy(async (file) => {
    const args = ["policy", "test", file, "--request", "DeleteBucketPolicy s3://ledger"];
    assert.match(
      (await holdfast(args)).stdout,
      /\(DenyLifting\) denies it; who owns the bucket may/,
    );
  });
});

Deno.test("policy test names every fault of a policy that it cannot use, and exits with 1", async () => {
  const text = JSON.stringify(POLICY).replace("s3:DeleteObject", "s3:Forget").replace(
    "Null",
    "Nul",
  );
  const args = ["policy", "test", "-", "--request", "PUT s3://ledger/a"];
  const { code, stdout, stderr } = await holdfast(args, {}, text);
  assert.equal(code, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /-: Statement\[0\]\.Condition\.Nul.*\n-: Statement\[3\]\.Action: /);
});
