import {
  attachmentAnswer,
  attachmentListAnswer,
  deletionAnswer,
} from "../evidence/attachment_answer.ts";
import { linkAnswer } from "../evidence/link_routes.ts";
import { uploadAnswer } from "../evidence/upload_routes.ts";
import { EVIDENCE_PROBLEMS, WRITE_PROBLEMS } from "./evidence_operations.ts";
import type { AnswerText, OperationText } from "./operation_text.ts";

const kept: AnswerText = {
  description: "What is kept of it, with the place of its event.",
  schema: attachmentAnswer,
  links: {
    GetAttachment: { decision_id: "$request.path.decision_id", name: "$response.body#/name" },
    DeleteAttachment: { decision_id: "$request.path.decision_id", name: "$response.body#/name" },
  },
};

const FILE_HEADERS = {
  etag: "SHA-256 of all of it.",
  "content-disposition": "A browser saves it, and runs none of it.",
  "repr-digest": "SHA-256 of all of it, in base64.",
};

/** The operations on attachments, links and uploads. */
export const ATTACHMENT_OPERATIONS: Readonly<Record<string, OperationText>> = {
  ListAttachments: {
    summary: "List the attachments of a decision",
    tag: "attachments",
    answers: { 200: { description: "A page, by name.", schema: attachmentListAnswer } },
    problems: EVIDENCE_PROBLEMS,
  },
  PutAttachment: {
    summary: "Store an attachment",
    description: "Written once, together with its event in the log. Of any type and size, up to " +
      "what the quotas have room for.",
    tag: "attachments",
    sends: "application/octet-stream",
    answers: {
      201: kept,
      200: { ...kept, description: "The same was there already: nothing was written." },
    },
    problems: [...EVIDENCE_PROBLEMS, ...WRITE_PROBLEMS, "evidenceConflict", "lengthRequired"],
  },
  GetAttachment: {
    summary: "Get an attachment",
    tag: "attachments",
    headers: {
      range: "Which bytes, such as `bytes=0-99`.",
      "if-none-match": "The `etag` of what is known already.",
    },
    answers: {
      200: { description: "Its bytes.", type: "*/*", headers: FILE_HEADERS },
      206: { description: "Some of its bytes.", type: "*/*", headers: FILE_HEADERS },
      304: { description: "It is what is known already." },
    },
    problems: [
      ...EVIDENCE_PROBLEMS,
      "damagedEvidence",
      "preconditionFailed",
      "rangeNotSatisfiable",
      "unavailableStore",
    ],
  },
  DeleteAttachment: {
    summary: "Delete an attachment",
    description: "Under the same conditions as the evidence that it belongs to.",
    tag: "attachments",
    answers: { 200: { description: "It is gone.", schema: deletionAnswer } },
    problems: [...EVIDENCE_PROBLEMS, ...WRITE_PROBLEMS, "evidenceRetained"],
  },
  ShareEvidence: {
    summary: "Make a link to a bundle or an attachment",
    description: "For whoever has it, for at most 7 days. That it was made is an event.",
    tag: "attachments",
    answers: { 201: { description: "The link.", schema: linkAnswer } },
    problems: [...EVIDENCE_PROBLEMS, ...WRITE_PROBLEMS],
  },
  CreateUpload: {
    summary: "Let a browser upload an attachment",
    description:
      "As a form, or with one request: straight to the store, with a bound on type and " +
      "size. What was uploaded becomes an attachment when `complete` is posted to.",
    tag: "attachments",
    answers: {
      201: {
        description: "How to send it.",
        schema: uploadAnswer,
        links: {
          CompleteUpload: {
            decision_id: "$request.path.decision_id",
            upload_id: "$response.body#/upload_id",
          },
        },
      },
    },
    problems: [...EVIDENCE_PROBLEMS, ...WRITE_PROBLEMS, "evidenceConflict"],
  },
  CompleteUpload: {
    summary: "Make an attachment of what a browser has uploaded",
    tag: "attachments",
    answers: {
      201: kept,
      200: { ...kept, description: "That was done before: nothing was written." },
    },
    problems: [...EVIDENCE_PROBLEMS, ...WRITE_PROBLEMS, "contentTooLarge", "evidenceConflict"],
  },
};
