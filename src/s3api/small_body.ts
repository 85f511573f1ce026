import { Buffer } from "node:buffer";
import { BodyVerifier } from "./body_verifier.ts";
import { decodeBody } from "./decoded_body.ts";
import type { DeclaredDigests } from "./declared_digests.ts";
import { S3Error } from "./errors.ts";
import type { Services } from "./operation.ts";
import { type BodyRequest, declaredDigests, withoutChecksum } from "./upload.ts";

/**
 * What the digests in a request's headers are about: its body, which `required` makes the client
 * vouch for; or, with `of-object`, the object that the request is about, apart from `Content-MD5`.
 */
export type BodyDigest = "optional" | "required" | "of-object";

/**
 * Reads a body that is a document, whole, and verifies it like an upload's. No body is empty bytes.
 *
 * @throws {S3Error} `MaxMessageLengthExceeded`, before anything is read where its length was
 * declared; `InvalidRequest` where a digest is missing; what `receiveUpload` throws for a body that
 * is not what it was declared to be
 */
export async function readSmallBody(
  request: BodyRequest,
  { stallTimeout }: Pick<Services, "stallTimeout">,
  maxBytes: number,
  digest: BodyDigest = "optional",
): Promise<Uint8Array> {
  demandRoom(request, maxBytes);
  const verifier = new BodyVerifier(bodyDigests(request, digest), {
    declared: undefined,
    most: maxBytes,
  });
  const body = decodeBody(request, undefined, stallTimeout);
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body.content) {
      verifier.update(chunk);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof S3Error && error.code === "EntityTooLarge" ? tooLong(maxBytes) : error;
  }
  verifier.finish(body.trailers());
  return Buffer.concat(chunks);
}

/** Of chunks only their end tells how long they are without their framing. */
function demandRoom({ headers, payload }: BodyRequest, maxBytes: number): void {
  if (payload.kind === "chunked") return;
  if (Number(headers.get("content-length")) > maxBytes) throw tooLong(maxBytes);
}

function bodyDigests(request: BodyRequest, digest: BodyDigest): DeclaredDigests {
  if (digest === "of-object") return withoutChecksum(request);
  const declared = declaredDigests(request);
  if (digest === "required" && declared.md5 === undefined && declared.checksum === undefined) {
    throw new S3Error(
      "InvalidRequest",
      "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
    );
  }
  return declared;
}

function tooLong(maxBytes: number): S3Error {
  return new S3Error("MaxMessageLengthExceeded", undefined, {
    detail: { MaxMessageLengthBytes: String(maxBytes) },
  });
}
