import { createHash } from "node:crypto";
import { EvidenceError } from "../evidence_error.ts";
import type { FactOfObject } from "../proof/evidence_fact.ts";
import verifyGuide from "./archive/VERIFY.md" with { type: "text" };
import verifyScript from "./archive/verify.py" with { type: "text" };
import type { ExportPlan, ExportSources } from "./plan_export.ts";

/** A file of an archive. */
export interface ArchiveEntry {
  readonly name: string;
  /** Bytes of its content. */
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Events that are read at once. */
const AT_ONCE = 32;

/**
 * The files of an archive, to be read one after another. The list of their hashes comes last, so an
 * archive without it is not whole.
 *
 * @throws {EvidenceError} `damaged`, while it is read, for an object that is not what was stored
 */
export async function* archiveEntries(
  sources: ExportSources,
  plan: ExportPlan,
): AsyncGenerator<ArchiveEntry> {
  const sums: string[] = [];
  for await (const entry of files(sources, plan)) yield withSum(entry, sums);
  yield textEntry("SHA256SUMS", sums.join(""));
}

async function* files(sources: ExportSources, plan: ExportPlan): AsyncGenerator<ArchiveEntry> {
  const { events, objects, published, unlogged } = plan;
  yield textEntry("VERIFY.md", verifyGuide);
  yield textEntry("verify.py", verifyScript);
  yield textEntry("log/public-key", `${await sources.verifierKey()}\n${sources.publicKeyPem}`);
  yield textEntry("log/checkpoint", published.note);
  yield {
    name: "log/events.jsonl",
    size: events.reduce((sum, { size }) => sum + size + 1, 0),
    content: lines(sources, events),
  };
  for await (const record of records(sources, events)) {
    const name = `log/proofs/${record.seq}.tlog-proof`;
    yield textEntry(name, await published.proofTextOf(record));
  }
  if (unlogged.length > 0) {
    yield textEntry("log/not-in-the-log", unlogged.map((key) => `${key}\n`).join(""));
  }
  for (const object of objects) {
    yield { name: object.key, size: object.size, content: verified(sources, object) };
  }
}

async function* records(sources: ExportSources, events: ExportPlan["events"]) {
  for (let at = 0; at < events.length; at += AT_ONCE) {
    yield* sources.recordsAt(events.slice(at, at + AT_ONCE).map(({ seq }) => seq));
  }
}

async function* lines(sources: ExportSources, events: ExportPlan["events"]) {
  for await (const { bytes } of records(sources, events)) {
    const line = new Uint8Array(bytes.length + 1);
    line.set(bytes);
    line[bytes.length] = END_OF_LINE;
    yield line;
  }
}

const END_OF_LINE = 0x0a;

/** The bytes of an object, of which it is known only at their end that they are the right ones. */
async function* verified(
  { objects }: Pick<ExportSources, "objects">,
  { key, sha256: expected, size }: FactOfObject,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let bytes = 0;
  const { body } = await objects.getObjectStream(key);
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > size) break;
    hash.update(chunk);
    yield chunk;
  }
  const found = bytes === size
    ? hash.digest("hex")
    : bytes < size
    ? `${bytes} bytes`
    : `more than ${size} bytes`;
  if (found !== expected) {
    throw new EvidenceError("damaged", `${key} is not what was stored.`, { expected, found });
  }
}

/** Adds a line of `sha256sum` to a list when all of a file has been read. */
function withSum({ content, ...entry }: ArchiveEntry, sums: string[]): ArchiveEntry {
  async function* summed() {
    const hash = createHash("sha256");
    for await (const chunk of content) {
      hash.update(chunk);
      yield chunk;
    }
    sums.push(`${hash.digest("hex")}  ${entry.name}\n`);
  }
  return { ...entry, content: summed() };
}

function textEntry(name: string, text: string): ArchiveEntry {
  const bytes = new TextEncoder().encode(text);
  return { name, size: bytes.length, content: [bytes] };
}
