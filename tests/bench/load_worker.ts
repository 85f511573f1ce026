/**
 * The load generator: a Worker that sends pre-signed requests over a number of connections and
 * counts. It is the same for every side of a comparison, and signs nothing itself.
 *
 * @module
 */
import { Readable } from "node:stream";
import { Pool } from "undici";
import type { Load, LoadResult } from "./load.ts";

/** Bodies up to this size are sent from memory, longer ones as a stream of chunks. */
const WHOLE = new Uint8Array(1024 * 1024).fill(0x61);
const CHUNK = WHOLE.subarray(0, 256 * 1024);

globalThis.addEventListener("message", async (event) => {
  if (!(event instanceof MessageEvent)) return;
  const { load, port }: { load: Load; port: MessagePort } = event.data;
  port.postMessage(await generate(load).catch((error: unknown) => String(error)));
});

/** Sends one request and resolves with the bytes of the body that went either way. */
type Sender = (url: string) => Promise<number>;

async function generate(load: Load): Promise<LoadResult> {
  const { origin } = new URL(load.urls[0] ?? "");
  const pool = new Pool(origin, { connections: load.connections });
  const sender: Sender = load.method === "PUT"
    ? (url) => put(pool, url, load.size)
    : (url) => get(url, load.method);
  const latencies: number[] = [];
  let [bytes, begun] = [0, 0];
  const start = performance.now();
  const isOver = () => begun >= load.requests && performance.now() - start >= load.seconds * 1000;
  await Promise.all(Array.from({ length: load.connections }, async () => {
    while (!isOver()) {
      const url = load.urls[begun++ % load.urls.length] ?? "";
      const began = performance.now();
      const moved = await sender(url);
      bytes += moved;
      latencies.push(performance.now() - began);
    }
  }));
  const seconds = (performance.now() - start) / 1000;
  await pool.destroy();
  latencies.sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.floor(latencies.length * share)] ?? NaN;
  return { requests: latencies.length, bytes, seconds, median: at(0.5), p99: at(0.99) };
}

async function get(url: string, method: string): Promise<number> {
  const answer = await fetch(url, { method });
  if (!answer.ok) throw new Error(`${method} ${answer.status}: ${await answer.text()}`);
  let bytes = 0;
  for await (const chunk of answer.body ?? []) bytes += chunk.length;
  return bytes;
}

/** `fetch` would send a stream without its length. */
async function put(pool: Pool, url: string, size: number): Promise<number> {
  const { pathname, search } = new URL(url);
  const answer = await pool.request({
    method: "PUT",
    path: pathname + search,
    headers: { "Content-Length": String(size) },
    body: size <= WHOLE.length ? WHOLE.subarray(0, size) : Readable.from(content(size)),
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`PUT ${answer.statusCode}: ${text}`);
  return size;
}

function* content(size: number): Generator<Uint8Array> {
  for (let left = size; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, left);
}
