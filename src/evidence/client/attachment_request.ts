/** What an attachment is stored from. */
export interface AttachmentContent {
  /**
   * The bytes. A stream goes out as it is read; browsers send one over HTTP/2 only, and take a `Blob`
   * or a `File` over any.
   */
  readonly body: ReadableStream<Uint8Array> | Blob | Uint8Array<ArrayBuffer> | string;
  /** That of the blob without it, or `application/octet-stream`. */
  readonly contentType?: string;
  /** Of the bytes, in hex: what comes in must have it, or nothing is stored. */
  readonly sha256?: string;
  readonly signal?: AbortSignal;
}

/** Some runtimes take a stream only where it is said that the answer comes after it. */
type StreamingRequest = RequestInit & { readonly duplex?: "half" };

/** How an attachment is sent. */
export function attachmentRequest(
  { body, contentType, sha256, signal }: AttachmentContent,
  headers: Readonly<Record<string, string>>,
): StreamingRequest {
  const type = contentType || (body instanceof Blob && body.type) ||
    "application/octet-stream";
  return {
    method: "PUT",
    headers: {
      ...headers,
      "content-type": type,
      ...sha256 !== undefined && { "x-amz-checksum-sha256": base64OfHex(sha256) },
    },
    body,
    ...body instanceof ReadableStream && { duplex: "half" },
    ...signal && { signal },
  };
}

/** @throws {RangeError} for what is no SHA-256 */
function base64OfHex(hex: string): string {
  if (!/^[0-9a-fA-F]{64}$/.test(hex)) throw new RangeError("sha256 must be 64 digits of hex");
  const bytes = hex.match(/../g) ?? [];
  return btoa(bytes.map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join(""));
}
