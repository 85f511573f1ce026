import fc from "fast-check";
import assert from "node:assert/strict";
import { BackendError } from "../../src/backends/backend.ts";
import { ContentFailure, exactly } from "../../src/backends/content.ts";

const chunkLists = fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 8 });

function joined(chunks: readonly Uint8Array[]): number[] {
  return chunks.flatMap((chunk) => [...chunk]);
}

async function* yielding(
  chunks: readonly Uint8Array[],
  fault?: Error,
): AsyncGenerator<Uint8Array> {
  yield* chunks;
  if (fault) throw fault;
}

/** What comes out, and what is thrown in the end. */
async function collect(
  content: AsyncIterable<Uint8Array>,
): Promise<{ bytes: number[]; error?: unknown }> {
  const bytes: number[] = [];
  try {
    for await (const chunk of content) bytes.push(...chunk);
    return { bytes };
  } catch (error) {
    return { bytes, error };
  }
}

Deno.test("exactly passes on content of the right size, and of any size where none is asked for", () =>
  fc.assert(fc.asyncProperty(chunkLists, async (chunks) => {
    const bytes = joined(chunks);
    for (const size of [bytes.length, undefined]) {
      assert.deepEqual(await collect(exactly(yielding(chunks), size, "b")), { bytes });
    }
  })));

Deno.test("exactly never completes content of another size", () =>
  fc.assert(fc.asyncProperty(chunkLists, fc.nat(70), async (chunks, size) => {
    const all = joined(chunks);
    fc.pre(all.length !== size);
    const { bytes, error } = await collect(exactly(yielding(chunks), size, "b"));
    assert(error instanceof BackendError && error.kind === "rejected");
    assert(size === 0 ? bytes.length === 0 : bytes.length < size || all.length < size);
    assert.deepEqual(bytes, all.slice(0, bytes.length));
  })));

Deno.test("exactly never completes content that throws, not even after its last byte", () =>
  fc.assert(fc.asyncProperty(chunkLists, async (chunks) => {
    const fault = new Error("bad");
    const size = joined(chunks).length;
    const { bytes, error } = await collect(exactly(yielding(chunks, fault), size, "b"));
    assert(error instanceof ContentFailure && error.cause === fault);
    assert(size === 0 || bytes.length < size);
  })));

Deno.test("exactly tells the content when its reader leaves", async () => {
  let left = false;
  const content = async function* () {
    try {
      while (true) yield new Uint8Array(1);
    } finally {
      left = true;
    }
  };
  for await (const _chunk of exactly(content(), undefined, "b")) break;
  assert(left);
});
