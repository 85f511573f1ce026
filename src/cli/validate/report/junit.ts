import { XMLBuilder } from "fast-xml-parser";
import { printable } from "../../log/printable.ts";
import type { Outcome } from "../run_checks.ts";
import { type Report, signOffOf } from "./sign_off.ts";

/**
 * A report in JUnit's XML, as test reporters of continuous integration read it.
 * Source: https://github.com/testmoapp/junitxml
 */
export function junitReport(report: Report): string {
  const { outcomes, occasion: { at, version, cluster = "", namespace, log } } = report;
  const { counts } = signOffOf(report);
  const totals = {
    "@tests": outcomes.length,
    "@failures": counts.fail,
    "@skipped": counts["not-applicable"],
    "@errors": 0,
    "@time": seconds(outcomes.reduce((sum, { took }) => sum + took, 0)),
  };
  const properties = { version, cluster, namespace, log };
  const document = {
    "?xml": { "@version": "1.0", "@encoding": "UTF-8" },
    testsuites: {
      ...totals,
      testsuite: {
        "@name": SUITE,
        ...totals,
        "@timestamp": at.toISOString(),
        properties: {
          property: Object.entries(properties).map(([name, value]) => ({
            "@name": name,
            "@value": printable(value),
          })),
        },
        testcase: outcomes.map(testCase),
      },
    },
  };
  return new XMLBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    suppressBooleanAttributes: false,
    format: true,
  }).build(document);
}

const SUITE = "holdfast validate";

function testCase({ check, verdict, seen, reasons, took }: Outcome): object {
  const [reason] = oneLine(reasons);
  return {
    "@classname": SUITE,
    "@name": `${check.number} ${check.id}`,
    "@time": seconds(took),
    ...verdict === "fail"
      ? {
        failure: {
          "@message": reason,
          "@type": "check",
          "#text": oneLine([check.objective, ...reasons, check.remedy]).join("\n"),
        },
      }
      : {},
    ...verdict === "not-applicable" ? { skipped: { "@message": reason } } : {},
    "system-out": oneLine(seen).join("\n"),
  };
}

/** What XML cannot carry is escaped. */
function oneLine(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => text.split("\n")).map(printable);
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(3);
}
