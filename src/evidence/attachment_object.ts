/**
 * What an attachment is: its object, what its event says of it, and that there is none.
 *
 * @module
 */
import { JsonNumber, type JsonObject } from "../eventlog/json.ts";
import { isNotFound } from "../objectstore/object_store_error.ts";
import type { ContentDigest } from "./content_digest.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";

/** An attachment that is to be stored. */
export interface NewAttachment {
  readonly decisionId: string;
  readonly name: string;
  /** As its sender says. */
  readonly contentType: string;
  /** Who stores it, for the event. */
  readonly actor: string;
}

/** What the event about a stored attachment says, besides its operation. */
export function storedPayload(
  attachment: NewAttachment & { readonly key: string },
  { sha256, size }: ContentDigest,
): JsonObject {
  return {
    decision_id: attachment.decisionId,
    name: attachment.name,
    key: attachment.key,
    checksum: sha256,
    sha256,
    size: new JsonNumber(String(size)),
    content_type: attachment.contentType,
    actor: attachment.actor,
  };
}

/** Whether the object at a key is the one that an operation has written. */
export async function isWrittenBy(
  { objects }: Pick<EvidenceContext, "objects">,
  key: string,
  operation: string,
): Promise<boolean> {
  try {
    const { metadata } = await objects.getObjectMetadata(key);
    return metadata["operation"] === operation;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

/** There is none of that name. */
export function noAttachment(): EvidenceError {
  return new EvidenceError("notFound", "There is no attachment of that name.");
}

/** There was, and its name is not given to anything else. */
export function goneAttachment(): EvidenceError {
  return new EvidenceError("gone", "The attachment of that name was deleted.");
}
