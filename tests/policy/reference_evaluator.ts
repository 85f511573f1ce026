/**
 * What a policy of {@link "./generated_policies.ts"} says, worked out in the plainest way: straight
 * from its JSON, with regular expressions, and slowly. It shares nothing with what it checks.
 *
 * @module
 */
import { ACCOUNT, type RequestSketch } from "./policy_request.ts";
import type { PolicyJson, StatementJson } from "./generated_policies.ts";

/** Whether a pattern matches a text; every part of it that is in `⟦⟧` is literal. */
export function likeReference(pattern: string, text: string): boolean {
  const source = pattern.split(/(⟦[^⟧]*⟧|[*?])/).map((part) => {
    if (part === "*") return ".*";
    if (part === "?") return ".";
    return RegExp.escape(part.replace(/^⟦([^⟧]*)⟧$/, "$1"));
  }).join("");
  return new RegExp(`^(?:${source})$`, "su").test(text);
}

/** The outcome of a policy for a request, and the place of the statement that decides. */
export function decideReference(
  policy: PolicyJson,
  request: RequestSketch,
): { outcome: "deny" | "allow" | "default"; index: number } {
  const applying = policy.Statement.map((statement, index) => ({ statement, index }))
    .filter(({ statement }) => applies(statement, request, policy.Version === "2012-10-17"));
  const deny = applying.find(({ statement }) => statement.Effect === "Deny");
  if (deny !== undefined) return { outcome: "deny", index: deny.index };
  const allow = applying.find(({ statement }) => statement.Effect === "Allow");
  if (allow !== undefined) return { outcome: "allow", index: allow.index };
  return { outcome: "default", index: -1 };
}

type Context = ReadonlyMap<string, string>;

function applies(statement: StatementJson, request: RequestSketch, hasVariables: boolean): boolean {
  const context = contextOf(request);
  const resource = `arn:aws:s3:::bucket${request.key === undefined ? "" : `/${request.key}`}`;
  const substituted = (pattern: string) => hasVariables ? substitute(pattern, context) : pattern;
  const action = (pattern: string) =>
    likeReference(pattern.toLowerCase(), request.action.toLowerCase());
  const onResource = (pattern: string) => matches("StringLike", substituted(pattern), resource);
  return names(statement.Principal, request) &&
    (statement.Action?.some(action) ?? true) &&
    !(statement.NotAction?.some(action) ?? false) &&
    (statement.Resource?.some((pattern) => onResource(pattern) === true) ?? true) &&
    (statement.NotResource?.every((pattern) => onResource(pattern) === false) ?? true) &&
    Object.entries(statement.Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) =>
        holds(operator, values.map(substituted), context.get(key.toLowerCase()))
      )
    );
}

function names(principal: StatementJson["Principal"], { as }: RequestSketch): boolean {
  if (principal === "*" || principal.AWS.includes("*")) return true;
  return typeof as === "object" &&
    principal.AWS.includes(`arn:aws:iam::${ACCOUNT}:user/${as.name}`);
}

function contextOf({ as, action, headers = {}, query = {} }: RequestSketch): Context {
  const entries: readonly (readonly [string, string | undefined])[] = [
    ["s3:prefix", action === "s3:ListBucket" ? query.prefix : undefined],
    ["aws:useragent", headers["user-agent"]],
    ["aws:referer", headers.referer],
    ["aws:username", typeof as === "object" ? as.name : undefined],
  ];
  return new Map(entries.flatMap(([key, value]) => value === undefined ? [] : [[key, value]]));
}

/** Variables replaced by `⟦value⟧`; `undefined` where one stands for nothing. */
function substitute(pattern: string, context: Context): string | undefined {
  let isComplete = true;
  const text = pattern.replace(
    /\$\{([^},]+)(?:, '(.*)')?\}/g,
    (_, key: string, fallback?: string) => {
      if (["*", "?", "$"].includes(key)) return `⟦${key}⟧`;
      const value = context.get(key.toLowerCase()) ?? fallback;
      if (value === undefined) isComplete = false;
      return `⟦${value}⟧`;
    },
  );
  return isComplete ? text : undefined;
}

function holds(
  operator: string,
  values: readonly (string | undefined)[],
  actual: string | undefined,
): boolean {
  if (operator === "Null") return values.includes(actual === undefined ? "true" : "false");
  const name = operator.replace(/^.*:/, "").replace(/IfExists$/, "");
  const positive = name.replace("Not", "");
  if (operator.startsWith("ForAllValues:") && (actual ?? "") === "") return true;
  if (operator.startsWith("ForAnyValue:") && (actual ?? "") === "") return false;
  if (actual === undefined) return name !== positive || operator.endsWith("IfExists");
  const results = values.map((value) => matches(positive, value, actual));
  return name === positive ? results.includes(true) : results.every((result) => result === false);
}

function matches(operator: string, value: string | undefined, actual: string): boolean | undefined {
  if (value === undefined) return undefined;
  if (operator === "StringLike") return likeReference(value, actual);
  const plain = value.replace(/[⟦⟧]/g, "");
  return operator === "StringEquals"
    ? plain === actual
    : plain.toLowerCase() === actual.toLowerCase();
}
