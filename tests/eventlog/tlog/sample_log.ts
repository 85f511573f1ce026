import { join } from "node:path";
import type { NewEvent } from "../../../src/eventlog/event_log.ts";
import { JsonNumber } from "../../../src/eventlog/json.ts";
import { openLog } from "../../../src/eventlog/open_log.ts";
import { SigningKey } from "../../../src/eventlog/signing_key.ts";
import { publish, type PublishOptions } from "../../../src/eventlog/tlog/publisher.ts";
import { PublishedLog } from "../../../src/eventlog/tlog/published_log.ts";
import { verifierKey, verifierKeyText } from "../../../src/eventlog/verify/note.ts";

/** Name of the log. */
export const ORIGIN = "holdfast.example/log";

/** An event with the text of a number in it. */
export function sampleEvent(number: number, more = ""): NewEvent {
  return {
    type: "Decided",
    aggregateId: `agent-${number % 7}`,
    ts: new JsonNumber(String(1_700_000_000 + number)),
    payload: { number: new JsonNumber(String(number)), text: `é ${number}${more}` },
    hashVersion: number % 2 === 0 ? "v1" : "v2",
  };
}

/** A log in a directory of its own, with its objects beside it, and a key that publishes it. */
export async function sampleLog(count = 0) {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-tlog-" });
  const path = join(directory, "events.jsonl");
  const opened = openLog({ kind: "file", path });
  const { log, objects, prefix } = opened;
  const key = SigningKey.generate();
  const verifier = await verifierKey(ORIGIN, key.publicKey.raw);
  let [appended, end] = [0, 0];

  /** Appends further events. */
  async function grow(more: number): Promise<void> {
    for (end += more; appended < end;) {
      const batch = Array.from({ length: Math.min(1_000, end - appended) }, () => appended++);
      await Promise.all(batch.map((number) => log.append(sampleEvent(number))));
    }
  }

  await grow(count);
  return {
    path,
    log,
    objects,
    prefix,
    key,
    verifier,
    verifierKey: verifierKeyText(verifier),
    grow,
    /** Of the directory with what is published. */
    published: join(`${path}.objects`, "_tlog"),
    publish: (options: Partial<PublishOptions> = {}) =>
      publish({ log, objects, prefix, origin: ORIGIN, key, ...options }),
    async open(): Promise<PublishedLog> {
      const published = await PublishedLog.open({ objects, prefix, verifierKey: verifier });
      if (published === undefined) throw new Error("nothing is published");
      return published;
    },
    /** The records, byte by byte. */
    records: () => Array.fromAsync(log.read(), ({ bytes }) => bytes.slice()),
    async [Symbol.asyncDispose]() {
      await opened[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}
