import { compilePolicy } from "../../policy/evaluate.ts";
import { parsePolicy } from "../../policy/parse.ts";
import { faultText, PolicyError } from "../../policy/policy_error.ts";
import type { Decision, PolicyRequest } from "../../policy/request.ts";
import { forBucket } from "../../policy/template.ts";
import { OWNERS_ACTIONS } from "../../s3api/access.ts";
import { type Command, EXIT, textOption, UsageError } from "../command.ts";
import { readGivenText } from "../text_file.ts";
import { type Question, questionOf } from "./question.ts";
import { readTestRequest, REQUEST_FORMS, REQUEST_OPTIONS } from "./test_request.ts";

export const command: Command = {
  summary: "Say how a policy decides on one request, and by which statement.",
  description: REQUEST_FORMS,
  operands: { name: "FILE", meaning: "Policy in JSON; - reads standard input." },
  options: {
    ...REQUEST_OPTIONS,
    expect: { value: "allow|deny", meaning: "Exit code 2 when the decision is another." },
    json: { meaning: "Print an object." },
  },
  async run(options, [file = ""]) {
    const expected = readExpected(textOption(options, "expect"));
    const request = await readTestRequest(options);
    const question = questionOf(request, new Date());
    const verdict = decide(await readGivenText(file), request.bucket, file, question);
    console.log(
      options["json"] === true ? JSON.stringify(verdict, null, 2) : sentences(verdict).join("\n"),
    );
    return expected === undefined || expected === verdict.decision
      ? EXIT.ok
      : EXIT.verificationFailed;
  },
};

/** What comes of a request. */
interface Verdict {
  readonly operation: string;
  readonly decision: "allow" | "deny";
  /** One for each question; all have to be `allow`. */
  readonly because: readonly Answer[];
  /** What the policy of another bucket decides. */
  readonly elsewhere?: string;
}

interface Answer {
  readonly decision: "allow" | "deny";
  readonly action: string;
  readonly resource: string;
  /** The statement that decided; absent where none did. */
  readonly statement?: { readonly path: string; readonly sid?: string };
  readonly reason: string;
}

function readExpected(text: string | undefined): Verdict["decision"] | undefined {
  if (text === undefined || text === "allow" || text === "deny") return text;
  throw new UsageError("--expect must be allow or deny");
}

function decide(text: string, bucket: string, file: string, question: Question): Verdict {
  const policy = compilePolicy(parse(text, bucket, file));
  const because = question.requests.map((request) => answer(request, policy.decide(request)));
  const isAllowed = because.every(({ decision }) => decision === "allow");
  return {
    operation: question.operation,
    decision: isAllowed ? "allow" : "deny",
    because,
    elsewhere: question.elsewhere,
  };
}

function parse(text: string, bucket: string, file: string) {
  try {
    return parsePolicy(forBucket(text, bucket), { bucket });
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const faults = error.faults.map((fault) => `${file}: ${faultText(fault)}`);
    throw new Error(`the policy cannot be used\n${faults.join("\n")}`, { cause: error });
  }
}

function answer({ action, resource, principal }: PolicyRequest, decided: Decision): Answer {
  const asked = { action, resource };
  if (decided.outcome !== "default") {
    const { path, sid } = decided.statement;
    const name = sid === undefined ? path : `${path} (${sid})`;
    const verb = decided.outcome === "allow" ? "allows" : "denies";
    const exemption = decided.outcome === "deny" && OWNERS_ACTIONS.has(action)
      ? "; who owns the bucket may all the same, so that no policy locks everybody out"
      : "";
    return {
      decision: decided.outcome,
      ...asked,
      statement: { path, sid },
      reason: `${name} ${verb} it${exemption}`,
    };
  }
  return principal.kind === "user" && principal.isMember
    ? { decision: "allow", ...asked, reason: "no statement applies, and who has the bucket may" }
    : { decision: "deny", ...asked, reason: "no statement applies, and others may not" };
}

function sentences({ operation, decision, because, elsewhere }: Verdict): readonly string[] {
  return [
    `${decision}: ${operation}`,
    ...because.map((each) =>
      `  ${each.decision}: ${each.action} on ${each.resource}: ${each.reason}`
    ),
    ...elsewhere === undefined ? [] : [`  ${elsewhere}: the policy of that bucket decides`],
  ];
}
