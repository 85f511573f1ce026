import { z } from "zod";
import { PROBLEM_KINDS } from "../problem.ts";

/** A problem, as clients see it. Source: RFC 9457, section 3. */
export const problemJson = z.looseObject({
  type: z.string().describe("Where the problem is explained: the same for all of its kind."),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe("What is wrong with this very request."),
  code: z.enum(PROBLEM_KINDS),
  request_id: z.string().describe("As in `x-request-id`."),
  errors: z.array(z.object({ field: z.string(), detail: z.string() })).optional().describe(
    "What is wrong with what was sent, field by field.",
  ),
}).meta({ id: "Problem" });
