/**
 * Statements that no request can meet, because their conditions contradict each other.
 *
 * @module
 */
import { findConditionKey } from "../condition_keys.ts";
import type { Condition, Statement } from "../document.ts";
import { findOperator } from "../operators.ts";
import { byKey, hasVariable, holdsWithoutKey, valueTest, wantsKeyAway } from "./conditions.ts";
import type { Remark, Rule } from "./rule.ts";

/** A Deny that denies nothing: what it should protect is open. */
export const denyNeverMatches: Rule = {
  name: "deny-never-matches",
  severity: "error",
  check: ({ statements }) => statements.flatMap((statement) => contradictions(statement, "Deny")),
};

/** An Allow that allows nothing. */
export const allowNeverMatches: Rule = {
  name: "allow-never-matches",
  severity: "warning",
  check: ({ statements }) => statements.flatMap((statement) => contradictions(statement, "Allow")),
};

function contradictions(statement: Statement, effect: Statement["effect"]): readonly Remark[] {
  if (statement.effect !== effect) return [];
  return [...byKey(statement.conditions).values()].flatMap((conditions) => {
    const reason = contradiction(conditions);
    return reason === undefined ? [] : [{
      path: conditions[0].path,
      message: `this ${effect} can never match: ${reason}; conditions of a statement all have to ` +
        "hold, so put alternatives into statements of their own",
    }];
  });
}

/** Why no request can meet these conditions on one key; `undefined` where one may. */
function contradiction(conditions: readonly Condition[]): string | undefined {
  const [{ key }] = conditions;
  if (conditions.every(holdsWithoutKey)) return undefined;
  const away = conditions.find(wantsKeyAway);
  if (away !== undefined) {
    const present = conditions.find((each) => !holdsWithoutKey(each));
    return `${away.operator} asks for requests without ${key}, ${present?.operator} for such with it`;
  }
  // Several values at once, and values that only a request tells, are beyond a list of candidates.
  if (findConditionKey(key)?.isMultivalued) return undefined;
  const single = conditions.filter(isAboutOneValue);
  const candidates = candidateValues(key, single);
  if (candidates === undefined) return undefined;
  const tests = single.map(valueTest);
  if (candidates.some((value) => tests.every((holds) => holds(value)))) return undefined;
  const values = domainOf(key);
  return values === undefined
    ? `no value of ${key} fits all of ${single.map(({ operator }) => operator).join(", ")}`
    : `${key} is only ever ${values.join(" or ")}`;
}

function isAboutOneValue({ operator, values }: Condition): boolean {
  return findOperator(operator)?.quantifier === undefined && !values.some(hasVariable);
}

/** Values among which one fits if any does; `undefined` where no such list is at hand. */
function candidateValues(
  key: string,
  conditions: readonly Condition[],
): readonly string[] | undefined {
  const domain = domainOf(key);
  if (domain !== undefined) return domain;
  const exact = conditions.find(({ operator }) => EXACT.has(findOperator(operator)?.name ?? ""));
  if (exact !== undefined) return exact.values;
  const orders = conditions.filter(({ operator }) => ORDER.test(operator));
  return orders.length < 2 ? undefined : orders.flatMap(({ values }) => values.flatMap(neighbours));
}

/** All that a key can be, where that is little. */
function domainOf(key: string): readonly string[] | undefined {
  return DOMAINS[key.toLowerCase()] ??
    (findConditionKey(key)?.type === "bool" ? ["true", "false"] : undefined);
}

/** By keys in lower case. S3 takes no other `If-None-Match` on a write than `*`. */
const DOMAINS: Readonly<Record<string, readonly string[] | undefined>> = {
  "s3:if-none-match": ["*"],
  "s3:authtype": ["REST-HEADER", "REST-QUERY-STRING", "POST"],
};

/** Operators that name the values they hold for. */
const EXACT: ReadonlySet<string> = new Set(["StringEquals", "NumericEquals", "DateEquals", "Bool"]);

const ORDER = /^(?:Numeric|Date)(?:Less|Greater)Than/;

/** A number or a date, with what is just below and above it. */
function neighbours(value: string): readonly string[] {
  const number = Number(value);
  if (!Number.isNaN(number)) return [-1, -0.5, 0, 0.5, 1].map((step) => String(number + step));
  const time = Date.parse(value);
  return Number.isNaN(time)
    ? []
    : [-1_000, 0, 1_000].map((step) => new Date(time + step).toISOString());
}
