import { growReservation } from "../metadata/quotas.ts";
import type { StorageContext } from "./context.ts";
import { insufficientStorage } from "./placement.ts";

/** What a write of unknown length reserves ahead, in bytes. */
const STEP = 8 * 1024 * 1024;

/**
 * Passes content of unknown length on, and reserves for each byte before it is passed on. Close to
 * the end of a quota it reserves only what it needs.
 *
 * Throws `InsufficientStorage`.
 */
export async function* reserveAsItGrows(
  ctx: StorageContext,
  intent: string,
  content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let reserved = 0;
  let passed = 0;
  for await (const chunk of content) {
    passed += chunk.length;
    const missing = passed - reserved;
    if (missing > 0) {
      const step = Math.max(missing, STEP);
      if (await growReservation(ctx.sql, intent, step)) reserved += step;
      else if (await growReservation(ctx.sql, intent, missing)) reserved += missing;
      else throw insufficientStorage();
    }
    yield chunk;
  }
}
