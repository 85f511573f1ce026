import { JsonNumber, type JsonObject } from "../eventlog/json.ts";
import { contentDisposition } from "./content_disposition.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";
import { find } from "./find.ts";
import { findAttachment } from "./read_attachment.ts";
import { servedType } from "./served_type.ts";

/** What is to be shared, and how. */
export interface LinkRequest {
  readonly decisionId: string;
  /** Nothing else: by no link may evidence be overwritten. */
  readonly method: "GET" | "HEAD";
  /** Seconds: 1 to 604,800. */
  readonly expiresIn: number;
  /** The name of an attachment; the bundle without it. */
  readonly attachment?: string;
  /** Of the bundle; the last one without it. */
  readonly version?: string;
  readonly actor: string;
  /** URL of the store as those reach it whom the link is for. */
  readonly endpoint?: string;
}

/** By which whoever has it reads one object, for a while. */
export interface Link {
  readonly url: string;
  readonly method: "GET" | "HEAD";
  readonly expiresAt: Date;
}

/** What a link leads to. */
interface Shared {
  readonly key: string;
  readonly checksum: string;
  readonly sha256: string;
  readonly size: number;
  readonly contentType: string;
  /** As which it is saved. */
  readonly fileName: string;
  /** What the event says of it besides. */
  readonly of: JsonObject;
}

/**
 * Signs a link. That it was is in the log before anybody has it; the link itself is not.
 *
 * @throws {EvidenceError} `invalid`, `notFound`, `gone`
 */
export async function createLink(context: EvidenceContext, request: LinkRequest): Promise<Link> {
  const { actor, decisionId, endpoint, expiresIn, method } = request;
  const shared = await findShared(context, request);
  const { checksum, contentType, fileName, key, of, sha256, size } = shared;
  const fromSeq = await context.recorder.fromSeq();
  const expiresAt = new Date(context.now().getTime() + expiresIn * 1_000);
  const url = await context.objects.generatePresignedUrl(method, key, {
    expiresIn,
    responseContentType: servedType(contentType),
    responseContentDisposition: contentDisposition(fileName),
    endpoint,
  });
  await context.recorder.record({
    operation: crypto.randomUUID(),
    type: "EvidenceShared",
    decisionId,
    payload: {
      ...{ decision_id: decisionId, key, checksum, sha256, size: new JsonNumber(String(size)) },
      ...{ actor, method, expires_at: expiresAt.toISOString(), ...of },
    },
    fromSeq,
  });
  return { url, method, expiresAt };
}

async function findShared(
  context: EvidenceContext,
  { attachment, decisionId, version }: LinkRequest,
): Promise<Shared> {
  if (attachment === undefined) {
    const kept = await find(context, decisionId, version);
    const { version: found } = kept;
    return {
      ...kept,
      contentType: "application/json",
      fileName: kept.key.slice(kept.key.lastIndexOf("/") + 1),
      of: { version: found },
    };
  }
  if (version !== undefined) {
    throw new EvidenceError("invalid", "An attachment has no version.");
  }
  const kept = await findAttachment(context, decisionId, attachment);
  return { ...kept, checksum: kept.sha256, fileName: kept.name, of: { name: kept.name } };
}
