/**
 * The bytes of an upload on their way to a backend: counted, and never completed when they are not
 * what was announced.
 *
 * @module
 */
import { BackendError } from "./backend.ts";

/**
 * Carries an error that the content's own iterator threw through whatever reads the content, so
 * that it can be told from a fault of the reader and passed on unchanged.
 */
export class ContentFailure extends Error {
  override readonly name = "ContentFailure";

  constructor(override readonly cause: unknown) {
    super("the content could not be read", { cause });
  }
}

/** What a backend throws for `error`: the content's own error where that is what it carries. */
export function unwrapContentFailure(error: unknown): unknown {
  return error instanceof ContentFailure ? error.cause : error;
}

/**
 * Passes chunks on, exactly `size` bytes of them. The chunk that makes `size` full is held back
 * until the content has ended, so that a reader which counts to `size` never has all bytes of a
 * content that turns out to be longer, or to be bad.
 *
 * @param size in bytes; `undefined`: any number, passed on as they come
 * @param backend name for the error
 * @throws {ContentFailure} when reading the content throws
 * @throws {BackendError} `rejected` when the content is shorter or longer
 */
export async function* exactly(
  content: AsyncIterable<Uint8Array>,
  size: number | undefined,
  backend: string,
): AsyncGenerator<Uint8Array, void, void> {
  const chunks = content[Symbol.asyncIterator]();
  let passed = 0;
  let last: Uint8Array | undefined;
  let reading = true;
  try {
    while (true) {
      const next = await nextOf(chunks).catch((failure) => {
        reading = false;
        throw failure;
      });
      reading = next.done !== true;
      if (next.done) break;
      if (next.value.length === 0) continue;
      passed += next.value.length;
      if (size !== undefined && passed > size) throw wrongSize(backend, size, `at least ${passed}`);
      if (passed === size) last = next.value;
      else yield next.value;
    }
    if (size !== undefined && passed < size) throw wrongSize(backend, size, `${passed}`);
    if (last !== undefined) yield last;
  } finally {
    // As `for await` has it: an iterator that ended or threw is not told to return.
    if (reading) await chunks.return?.();
  }
}

/** Throws as {@link exactly} does when bytes in memory are not `size` long. */
export function requireSize(content: Uint8Array, size: number | undefined, backend: string): void {
  if (size !== undefined && content.length !== size) {
    throw wrongSize(backend, size, `${content.length}`);
  }
}

async function nextOf(chunks: AsyncIterator<Uint8Array>): Promise<IteratorResult<Uint8Array>> {
  try {
    return await chunks.next();
  } catch (cause) {
    throw new ContentFailure(cause);
  }
}

function wrongSize(backend: string, expected: number, found: string): BackendError {
  return new BackendError(
    "rejected",
    backend,
    `the content should have ${expected} bytes and has ${found}`,
    { code: "IncompleteBody" },
  );
}
