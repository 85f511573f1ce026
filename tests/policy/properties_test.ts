import assert from "node:assert/strict";
import fc from "fast-check";
import { compilePolicy } from "../../src/policy/evaluate.ts";
import { isInRange, parseIpAddress, parseIpRange } from "../../src/policy/ip_range.ts";
import { parsePolicy } from "../../src/policy/parse.ts";
import type { Decision } from "../../src/policy/request.ts";
import { compileWildcard } from "../../src/policy/wildcard.ts";
import {
  policy,
  type PolicyJson,
  request,
  smallPattern,
  smallText,
  statementOf,
} from "./generated_policies.ts";
import { policyRequest, type RequestSketch } from "./policy_request.ts";
import { decideReference, likeReference } from "./reference_evaluator.ts";

const RUNS = { numRuns: 2_000 };

Deno.test("a policy decides as one does who reads it word by word", () => {
  fc.assert(
    fc.property(policy, request, (policy, request) => {
      const { outcome, index } = decideReference(policy, request);
      const decision = decide(policy, request);
      assert.equal(decision.outcome, outcome);
      assert.equal(decision.outcome === "default" ? -1 : decision.statement.index, index);
    }),
    RUNS,
  );
});

Deno.test("an added Deny never allows more: it denies, or changes nothing", () => {
  const deny = statementOf(fc.constant("Deny"));
  fc.assert(
    fc.property(policy, deny, fc.nat(), request, (policy, deny, place, request) => {
      const before = decide(policy, request).outcome;
      const after = decide(withStatement(policy, deny, place), request).outcome;
      assert.ok(after === before || after === "deny", `${before} became ${after}`);
    }),
    RUNS,
  );
});

Deno.test("an added Allow never denies more: it allows what nothing spoke of, or changes nothing", () => {
  const allow = statementOf(fc.constant("Allow"));
  fc.assert(
    fc.property(policy, allow, fc.nat(), request, (policy, allow, place, request) => {
      const before = decide(policy, request).outcome;
      const after = decide(withStatement(policy, allow, place), request).outcome;
      assert.ok(
        after === before || (before === "default" && after === "allow"),
        `${before} became ${after}`,
      );
    }),
    RUNS,
  );
});

Deno.test("the order of statements never matters", () => {
  const shuffled = policy.chain((policy) =>
    fc.tuple(
      fc.constant(policy),
      fc.shuffledSubarray([...policy.Statement], { minLength: policy.Statement.length }),
    )
  );
  fc.assert(
    fc.property(shuffled, request, ([policy, Statement], request) => {
      const other = decide({ ...policy, Statement }, request);
      assert.equal(other.outcome, decide(policy, request).outcome);
    }),
    RUNS,
  );
});

Deno.test("a policy answers the same every time it is asked", () => {
  fc.assert(
    fc.property(policy, fc.array(request, { minLength: 2, maxLength: 5 }), (policy, requests) => {
      const compiled = compilePolicy(parsePolicy(JSON.stringify(policy)));
      for (const request of [...requests, ...requests]) {
        const fresh = decide(policy, request);
        assert.equal(compiled.decide(policyRequest(request)).outcome, fresh.outcome);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("a pattern matches what the regular expression for it matches", () => {
  const part = fc.record({ text: smallPattern, isLiteral: fc.boolean() });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 3 }), smallText, (parts, text) => {
      const marked = parts.map(({ text, isLiteral }) => isLiteral ? `⟦${text}⟧` : text).join("");
      assert.equal(compileWildcard(parts)(text), likeReference(marked, text));
    }),
    { numRuns: 20_000 },
  );
});

Deno.test("so does a long one, which nearly matches in many places", () => {
  const unit = fc.constantFrom("a", "a", "a", "?", "?", "b");
  const piece = fc.string({ unit, minLength: 20, maxLength: 100 });
  const text = fc.string({ unit: fc.constantFrom("a", "a", "a", "a", "b", "😀"), maxLength: 100 });
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 2 }),
      text,
      text,
      (pieces, head, tail) => {
        const text = `${head}${pieces[0]?.replaceAll("?", "x")}${tail}`;
        const pattern = `*${pieces.join("*")}*`;
        assert.equal(
          compileWildcard([{ text: pattern, isLiteral: false }])(text),
          likeReference(pattern, text),
        );
      },
    ),
    RUNS,
  );
});

Deno.test("an address is in a range where their first bits, written out, are the same", () => {
  const bits = (octets: readonly number[]) =>
    octets.map((octet) => octet.toString(2).padStart(8, "0")).join("");
  const octets = fc.array(fc.constantFrom(0, 1, 127, 128, 254, 255), {
    minLength: 4,
    maxLength: 4,
  });
  fc.assert(
    fc.property(octets, octets, fc.nat(32), (one, other, prefix) => {
      const [range, address] = [
        parseIpRange(`${one.join(".")}/${prefix}`),
        parseIpAddress(other.join(".")),
      ];
      assert.ok(range !== undefined && address !== undefined);
      assert.equal(
        isInRange(address, range),
        bits(one).slice(0, prefix) === bits(other).slice(0, prefix),
      );
    }),
    RUNS,
  );
});

function decide(policy: PolicyJson, request: RequestSketch): Decision {
  return compilePolicy(parsePolicy(JSON.stringify(policy))).decide(policyRequest(request));
}

function withStatement(
  policy: PolicyJson,
  statement: PolicyJson["Statement"][number],
  place: number,
): PolicyJson {
  const at = place % (policy.Statement.length + 1);
  return { ...policy, Statement: policy.Statement.toSpliced(at, 0, statement) };
}
