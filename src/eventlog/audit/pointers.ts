/**
 * Whether decisions were made upon what they say: each `ActionsDecided` points at an earlier event.
 *
 * @module
 */
import type { EventLog } from "../event_log.ts";
import { isJsonObject, type Json, JsonNumber, type JsonObject, parseJson } from "../json.ts";
import type { StoredRecord } from "../stored_record.ts";
import { LogFault } from "../verifier.ts";
import { chainError } from "./chain_error.ts";
import { specHashText, type Trigger, TriggerIndex } from "./trigger_index.ts";

/** The type of events that point at others. */
export const ACTIONS_DECIDED = "ActionsDecided";

/** A pointer that does not point at what it says. */
export interface PointerFault {
  /** Of the decision. */
  readonly seq: number;
  /** Such as `trigger_event_hash mismatch`. */
  readonly error: string;
  readonly expected: Json;
  readonly actual: Json;
}

/** What was found, with names as existing operators know them. */
export interface PointerReport {
  readonly valid: boolean;
  /** Decisions before the first fault, or all. */
  readonly checked: number;
  readonly error: string | null;
  /** The event that is at fault. */
  readonly mismatch_seq: number | null;
  readonly expected: Json;
  readonly actual: Json;
}

/** Goes along a log from its beginning, and keeps the first fault. */
export class PointerVerifier {
  readonly #index = new TriggerIndex();
  #checked = 0;
  #fault: PointerFault | undefined;

  /** Takes the next record, which must be verified. */
  accept(record: StoredRecord): void {
    const { event, seq } = record;
    if (event.type === ACTIONS_DECIDED && this.#fault === undefined) {
      const payload = isJsonObject(event.payload) ? event.payload : {};
      this.#fault = pointerFault(seq, payload, this.#index);
      if (this.#fault === undefined) this.#checked++;
    }
    this.#index.add(record);
  }

  /** Whether no pointer was at fault so far. */
  get isValid(): boolean {
    return this.#fault === undefined;
  }

  /** What is known of an event so far. */
  trigger(seq: number): Trigger | undefined {
    return this.#index.get(seq);
  }

  /** What was found so far; a fault of the log itself comes first. */
  report(logFault?: LogFault): PointerReport {
    const fault = this.#fault ?? (logFault && chainError(logFault));
    return {
      valid: fault === undefined,
      checked: this.#checked,
      error: fault?.error ?? null,
      mismatch_seq: fault?.seq ?? null,
      expected: fault?.expected ?? null,
      actual: fault?.actual ?? null,
    };
  }
}

/**
 * Verifies a log and its pointers, and stops at the first fault.
 *
 * @throws {LogStoreError} where the log cannot be read
 */
export async function verifyPointers(log: Pick<EventLog, "read">): Promise<PointerReport> {
  const verifier = new PointerVerifier();
  try {
    for await (const record of log.read()) {
      verifier.accept(record);
      if (!verifier.isValid) break;
    }
    return verifier.report();
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    return verifier.report(error);
  }
}

/** The place that a decision points at; `undefined` where it names none. */
export function triggerSeq(payload: JsonObject): number | undefined {
  const seq = payload["trigger_event_seq"];
  return seq instanceof JsonNumber && /^\d+$/.test(seq.text) ? Number(seq.text) : undefined;
}

/** What a decision says of an event, held against the event; names of what does not agree. */
export function disagreements(
  payload: JsonObject,
  trigger: Partial<Trigger>,
): readonly Omit<PointerFault, "seq">[] {
  const { trigger_event_hash, trigger_event_type, trigger_spec_hash } = payload;
  const pairs: readonly (readonly [string, Json | undefined, Json | undefined])[] = [
    ["trigger_event_hash", trigger_event_hash, trigger.hash],
    ["trigger_event_type", trigger_event_type, trigger.type],
  ];
  const faults = pairs.filter(([, said, is]) => said !== is)
    .map(([name, said = null, is = null]) => fault(`${name} mismatch`, is, said));
  const specHash = specHashText(trigger_spec_hash);
  // Decisions upon events without a spec have none.
  if (specHash === undefined || specHash === trigger.specHash) return faults;
  const expected = trigger.specHash === undefined ? null : parseJson(trigger.specHash);
  return [...faults, fault("trigger_spec_hash mismatch", expected, trigger_spec_hash ?? null)];
}

function pointerFault(
  seq: number,
  payload: JsonObject,
  index: TriggerIndex,
): PointerFault | undefined {
  const said = payload["trigger_event_seq"] ?? null;
  if (said === null) return { seq, ...fault("missing trigger_event_seq", null, null) };
  const trigger = index.get(triggerSeq(payload) ?? -1);
  if (trigger === undefined) {
    const written = said instanceof JsonNumber ? said.text : said;
    return { seq, ...fault("trigger_seq not found", written, null) };
  }
  const [first] = disagreements(payload, trigger);
  return first && { seq, ...first };
}

function fault(error: string, expected: Json, actual: Json): Omit<PointerFault, "seq"> {
  return { error, expected, actual };
}
