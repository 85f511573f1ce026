import { z } from "zod";
import { ATTACHMENT_OPERATIONS } from "./attachment_operations.ts";
import { EVIDENCE_OPERATIONS } from "./evidence_operations.ts";
import { LOG_OPERATIONS } from "./log_operations.ts";
import type { OperationText } from "./operation_text.ts";
import { PROOF_OPERATIONS } from "./proof_operations.ts";

/** What is said of every operation of the API. */
export const OPERATION_TEXTS: Readonly<Record<string, OperationText>> = {
  ...EVIDENCE_OPERATIONS,
  ...ATTACHMENT_OPERATIONS,
  ...PROOF_OPERATIONS,
  ...LOG_OPERATIONS,
  GetOpenApi: {
    summary: "Get this document",
    tag: "api",
    answers: {
      200: { description: "OpenAPI 3.1.", schema: z.looseObject({ openapi: z.string() }) },
    },
  },
};
