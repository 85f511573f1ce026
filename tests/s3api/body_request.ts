import type { BodyRequest } from "../../src/s3api/upload.ts";
import type { PayloadMode } from "../../src/sigv4/authenticate.ts";

/** The part of a request that its body depends on; the body in the pieces that are given. */
export function bodyRequest(
  pieces: readonly (string | Uint8Array)[],
  headers: Record<string, string> = {},
  payload: PayloadMode = { kind: "unsigned" },
): BodyRequest {
  const encoder = new TextEncoder();
  const bytes = pieces.map((piece) => typeof piece === "string" ? encoder.encode(piece) : piece);
  const length = bytes.reduce((sum, piece) => sum + piece.length, 0);
  return {
    body: ReadableStream.from(bytes),
    headers: new Headers({ "content-length": String(length), ...headers }),
    payload,
  };
}
