import { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import fc from "fast-check";
import { MessageFrames } from "../../src/metadata/message_frames.ts";

function message(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(type.length + 4 + body.length);
  bytes.set(new TextEncoder().encode(type));
  new DataView(bytes.buffer).setUint32(type.length, 4 + body.length);
  bytes.set(body, type.length + 4);
  return bytes;
}

const bodies = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 });
const cuts = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 50 });

Deno.test("however the bytes arrive, every run is whole messages and nothing is lost", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 50 }), bodies, cuts, (startup, rest, sizes) => {
    const messages = [message("", startup), ...rest.map((body) => message("Q", body))];
    const stream = Buffer.concat(messages);
    const ends = new Set<number>();
    messages.reduce((at, { length }) => (ends.add(at + length), at + length), 0);
    const frames = new MessageFrames();
    let passed = 0;
    for (let at = 0, piece = 0; at < stream.length; piece++) {
      const size = sizes[piece % sizes.length] ?? 1;
      for (const run of frames.take(stream.subarray(at, at + size))) {
        assert.deepEqual(Buffer.from(run), stream.subarray(passed, passed + run.length));
        passed += run.length;
        assert.ok(ends.has(passed));
      }
      at += size;
    }
    assert.equal(passed, stream.length);
  }));
});

Deno.test("the end of a session is told apart, and what precedes it is passed on", () => {
  const frames = new MessageFrames();
  const query = message("Q", new Uint8Array(3));
  const runs = frames.take(
    Buffer.concat([message("", new Uint8Array(4)), query, message("X", new Uint8Array(0)), query]),
  );
  assert.equal(runs.length, 2);
  assert.deepEqual(Buffer.from(runs[1]!), Buffer.from(query));
  assert.equal(frames.terminated, true);
});
