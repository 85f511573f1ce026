import { Buffer } from "node:buffer";

/** An answer whose body is an XML document, with the length that logs and metrics are told. */
export function xmlAnswer(document: string, status: number, headers: Headers): Response {
  headers.set("content-type", "application/xml");
  headers.set("content-length", String(Buffer.byteLength(document)));
  return new Response(document, { status, headers });
}
