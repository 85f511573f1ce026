import type { z } from "zod";
import { type ConfigFault, yamlPath } from "./config_error.ts";

/** Says what a schema found, in the words of someone who writes YAML. */
export function faultOf(issue: z.core.$ZodIssue): readonly ConfigFault[] {
  const path = yamlPath(issue.path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        path: yamlPath([...issue.path, key]),
        message: "is not a known key",
      }));
    case "invalid_type":
      return [{ path, message: typeMessage(issue) }];
    case "invalid_value":
      return [{ path, message: `must be one of ${issue.values.map(String).join(", ")}` }];
    case "invalid_union":
      return [{ path, message: `must be one of ${discriminators(issue)}` }];
    default:
      return [{ path, message: issue.message }];
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  array: "must be a list",
  object: "must be a map of keys",
  string: "must be a single value",
};

/** Only an absent value has `undefined` as its input. */
function typeMessage(issue: z.core.$ZodIssueInvalidType): string {
  if (issue.message.endsWith("received undefined")) return "is required";
  return EXPECTED[issue.expected] ?? issue.message;
}

function discriminators(issue: z.core.$ZodIssueInvalidUnion): string {
  const options = "options" in issue && Array.isArray(issue.options) ? issue.options : [];
  return options.filter((option) => typeof option === "string").join(", ");
}
