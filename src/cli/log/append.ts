import { appendWithRetry } from "../../eventlog/append_with_retry.ts";
import type { Appended, EventLog, NewEvent } from "../../eventlog/event_log.ts";
import { HASH_VERSION_VARIABLE, hashVersion } from "../../config/hash_version.ts";
import { isJsonObject, type Json, JsonError, JsonNumber, parseJson } from "../../eventlog/json.ts";
import { LogStoreError } from "../../eventlog/log_objects.ts";
import {
  type Command,
  type CommandOptions,
  EXIT,
  type ExitCode,
  requiredOption,
  textOption,
  UsageError,
} from "../command.ts";
import { hashOption } from "./hash_option.ts";
import { factLines } from "./printable.ts";
import { runOnLog } from "./run_on_log.ts";
import { JSON_OPTION, LOG_OPTIONS, openGivenLog, WHICH_LOG_HELP } from "./which_log.ts";

export const command: Command = {
  summary: "Append an event to a log.",
  description: [
    "A log in a file is made with its first event. Numbers in JSON are kept as they are written.",
    `${HASH_VERSION_VARIABLE} says how the event is hashed: v1 (default) or v2.`,
    "Exit code 1 with --expected-prev-hash when the log ends with another hash, which is told.",
    WHICH_LOG_HELP,
  ].join("\n"),
  options: {
    ...LOG_OPTIONS,
    type: { value: "TYPE", meaning: "What has happened: AgentObserved.", required: true },
    "aggregate-id": { value: "ID", meaning: "What it has happened to.", required: true },
    payload: { value: "JSON", meaning: "More of it; - reads standard input. Default: {}." },
    meta: { value: "JSON", meaning: "An object about the event. Default: {}." },
    ts: { value: "N", meaning: "An integer. Default: milliseconds since 1970." },
    "expected-prev-hash": { value: "HASH", meaning: "Append only behind this event." },
    ...JSON_OPTION,
  },
  async run(options) {
    const expectedPrevHash = hashOption(options, "expected-prev-hash");
    const event = await givenEvent(options);
    return await runOnLog(openGivenLog(options), async ({ log }) => {
      const appended = await append(log, event, expectedPrevHash);
      return tell(appended, options["json"] === true);
    });
  },
};

/** Longest JSON that is read from standard input, in bytes: several times the longest record. */
const LONGEST_INPUT = 1_024 * 1_024;

async function givenEvent(options: CommandOptions): Promise<NewEvent> {
  const meta = json(textOption(options, "meta") ?? "{}", "--meta");
  if (!isJsonObject(meta)) throw new UsageError("--meta must be an object");
  const payload = textOption(options, "payload") ?? "{}";
  return {
    type: named(options, "type"),
    aggregateId: named(options, "aggregate-id"),
    ts: timestamp(textOption(options, "ts")),
    payload: json(payload === "-" ? await standardInput() : payload, "--payload"),
    meta,
    hashVersion: hashVersion(Deno.env.get(HASH_VERSION_VARIABLE)),
  };
}

function named(options: CommandOptions, name: string): string {
  const value = requiredOption(options, name);
  if (value === "") throw new UsageError(`--${name} must not be empty`);
  return value;
}

function timestamp(written = String(Date.now())): JsonNumber {
  if (!/^-?\d+$/.test(written)) throw new UsageError("--ts must be an integer");
  return new JsonNumber(String(BigInt(written)));
}

function json(text: string, option: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new UsageError(`${option}: ${error.message}`, { cause: error });
  }
}

async function standardInput(): Promise<string> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of Deno.stdin.readable) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_INPUT) {
      throw new UsageError(`--payload: standard input has more than ${LONGEST_INPUT} bytes`);
    }
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await new Blob(chunks).arrayBuffer());
  } catch (cause) {
    throw new UsageError("--payload: standard input is not UTF-8 text", { cause });
  }
}

async function append(
  log: EventLog,
  event: NewEvent,
  expectedPrevHash: string | undefined,
): Promise<Appended> {
  try {
    if (expectedPrevHash !== undefined) return await log.append(event, { expectedPrevHash });
    return { kind: "committed", record: await appendWithRetry(log, event) };
  } catch (error) {
    if (!(error instanceof LogStoreError) || error.type === "NoSuchBucket") throw error;
    const advice = "whether the event was appended is not known: look at the end of the log";
    throw new Error(`${error.message}; ${advice}`, { cause: error });
  }
}

function tell(appended: Appended, asJson: boolean): ExitCode {
  if (appended.kind === "conflict") {
    const { kind, observedPrevHash } = appended;
    if (asJson) console.log(JSON.stringify({ kind, observed_prev_hash: observedPrevHash }));
    else console.error(`nothing was appended: the log ends with ${observedPrevHash}`);
    return EXIT.failed;
  }
  const { kind, record: { prevHash, eventHash, event: { seq } } } = appended;
  console.log(
    asJson
      ? JSON.stringify({ kind, seq, prev_hash: prevHash, event_hash: eventHash })
      : factLines([["seq", String(seq)], ["hash", eventHash]]).join("\n"),
  );
  return EXIT.ok;
}
