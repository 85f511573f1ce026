/**
 * Attachments that are as large as one likes.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Holdfast } from "../harness/server.ts";
import { CREDENTIALS } from "./evidence_places.ts";
import { signedFetch } from "./signed_fetch.ts";

export const MIB = 1_048_576;

/** Bytes of one that nobody would keep in memory. */
export const LARGE = 200 * MIB;

/** What a server says of an attachment that it took. */
export interface Uploaded {
  readonly status: number;
  readonly checksum: string;
  readonly seq: number;
}

/** Stores the bundle that attachments are put to. */
export async function storeBundle({ endpoint }: Holdfast): Promise<void> {
  const stored = await signedFetch({ endpoint, ...CREDENTIALS }, "/-/api/v1/evidence", {
    method: "POST",
    body: { decision_id: "d", evidence_data: {} },
  });
  assert.equal(stored.status, 201, await stored.text());
}

/** Puts an attachment to it. */
export function put(
  { endpoint }: Holdfast,
  name: string,
  body: ReadableStream<Uint8Array> | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return signedFetch({ endpoint, ...CREDENTIALS }, `/-/api/v1/evidence/d/attachments/${name}`, {
    method: "PUT",
    headers,
    body,
  });
}

/** Asks for one. */
export function get({ endpoint }: Holdfast, name: string): Promise<Response> {
  return signedFetch({ endpoint, ...CREDENTIALS }, `/-/api/v1/evidence/d/attachments/${name}`);
}

/** So many bytes; `reached` is told when `at` of them have been taken. */
export function content(
  size: number,
  reached: () => void = () => {},
  at = size,
): ReadableStream<Uint8Array> {
  const block = new Uint8Array(65_536).map((_, place) => place * 31);
  let given = 0;
  return new ReadableStream({
    pull(controller) {
      if (given >= size) return controller.close();
      controller.enqueue(block.slice());
      given += block.length;
      if (given >= at) reached();
    },
  });
}
