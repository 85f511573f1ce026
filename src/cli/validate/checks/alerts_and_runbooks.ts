import { count } from "../../policy/findings.ts";
import { type AlertRule, readRules, rulesIn } from "../chart/rules.ts";
import { findRunbook, type RunbookSection } from "../chart/runbook.ts";
import type { Check } from "../check.ts";
import type { Context } from "../context.ts";
import { failed, judged } from "../finding.ts";

const ALERT = "RynxsEventStoreErrorsHigh";

const EXPRESSION = "rate(rynxs_s3_put_errors_total[5m]) > 0.05";

/** The expression by itself, or in brackets of others: `> 0.055` and what stands under `and` are not. */
const ASKED = new RegExp(`^(?:\\w*\\()*${RegExp.escape(tight(EXPRESSION))}0*\\)*$`);

/** The errors that ask for different answers. */
const ERRORS = ["AccessDenied", "PreconditionFailed", "NoSuchBucket"];

export const alertsAndRunbooks: Check = {
  id: "alerts-and-runbooks",
  number: "6",
  objective: "Somebody is told when events cannot be written, and finds out what to do.",
  remedy:
    `Define ${ALERT} as deploy/prometheus has it, and give it a runbook with a diagnosis and ` +
    `a table that begins its rows with ${ERRORS.join(", ")}.`,
  parts: [
    {
      phase: "pre",
      async run(context) {
        const rules = await rulesOf(context);
        const defined = rules.filter(({ alert }) => alert === ALERT);
        if (defined.length === 0) {
          return failed(
            `${ALERT} is not among ${count(rules.length, "alert")} of ${sourceOf(context)}`,
          );
        }
        return judged(
          defined.map(({ expression }) => `${ALERT}: ${expression.trim()}`),
          defined.filter(({ expression }) => !ASKED.test(tight(expression)))
            .map(({ expression }) => `${ALERT} is ${expression.trim()}, not ${EXPRESSION}`),
        );
      },
    },
    {
      phase: "pre",
      async run({ runbooks }) {
        if (runbooks === undefined) return failed("there are no runbooks; name them by --runbooks");
        const section = await findRunbook(runbooks, ALERT);
        return section === undefined
          ? failed(`no runbook under ${runbooks} is about ${ALERT}`)
          : judged([`${section.path} is about ${ALERT}`], sectionFaults(section));
      },
    },
  ],
};

/** Rules that are named, or those of the chart. */
async function rulesOf({ rules, renderings }: Context): Promise<readonly AlertRule[]> {
  return rules === undefined ? rulesIn(renderings) : await readRules(rules);
}

function sourceOf({ rules }: Context): string {
  return rules ?? "the renderings; name files of rules by --rules";
}

function sectionFaults({ titles, rows }: RunbookSection): readonly string[] {
  const missing = ERRORS.filter((error) =>
    !rows.some((row) => new RegExp(`\\b${error}\\b`).test(row))
  );
  return [
    ...titles.some((title) => /diagnos/i.test(title)) ? [] : ["its runbook has no diagnosis"],
    ...missing.length === 0 ? [] : [`its runbook's tables have no row for ${missing.join(", ")}`],
  ];
}

/** White space means nothing in an expression. */
function tight(expression: string): string {
  return expression.replace(/\s+/g, "");
}
