import type { Upload } from "../storage/storage.ts";

/**
 * An upload that is decided on once more when all of it has come in, before any of its last bytes
 * are passed on: while a slow one was on its way, a policy may have come to forbid it.
 *
 * @param decide throws where it may not be any more
 */
export async function decidedAtItsEnd(
  upload: Upload,
  decide: () => Promise<void>,
): Promise<Upload> {
  const { content, size } = upload;
  if (content instanceof Uint8Array) {
    await decide();
    return upload;
  }
  return { size, content: holdingLast(content, decide), digests: () => upload.digests() };
}

async function* holdingLast(
  content: AsyncIterable<Uint8Array>,
  decide: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  let last: Uint8Array | undefined;
  for await (const chunk of content) {
    if (last !== undefined) yield last;
    last = chunk;
  }
  await decide();
  if (last !== undefined) yield last;
}
