import type { z } from "zod";
import type { ProblemKind } from "../problem.ts";

/** What the document says of an operation that its route does not say itself. */
export interface OperationText {
  /** What it does, in a few words. */
  readonly summary: string;
  /** What else has to be known, in Markdown. */
  readonly description?: string;
  /** Part of the API. */
  readonly tag: Tag;
  /** Answers to what succeeds, by status. */
  readonly answers: Readonly<Record<number, AnswerText>>;
  /** What can go wrong, besides what can with every operation. */
  readonly problems?: readonly ProblemKind[];
  /** Headers that it obeys, and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Media type of a body that is no JSON. */
  readonly sends?: string;
}

/** An answer. */
export interface AnswerText {
  readonly description: string;
  /** What it is, where it is JSON. */
  readonly schema?: z.ZodType;
  /** Media type of what is no JSON. */
  readonly type?: string;
  /** Headers of the answer, and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What can be asked next, by operation: its parameters, out of the answer. */
  readonly links?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Parts of the API, in their order. */
export const TAGS = {
  evidence: "Bundles of evidence for decisions: written once, corrected by further versions.",
  attachments: "Files beside a bundle, and links and forms for those without a credential.",
  proofs: "What shows, without asking this service, that nothing changed.",
  log: "The log of events: append-only, hash-chained, signed.",
  api: "The API itself.",
} as const;

/** A part of the API. */
export type Tag = keyof typeof TAGS;
