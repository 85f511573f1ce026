/**
 * What a decision was made upon, and what came of each of its actions.
 *
 * @module
 */
import { asJson } from "../as_json.ts";
import type { EventLog } from "../event_log.ts";
import type { LogEvent } from "../event.ts";
import { isJsonObject, type Json, type JsonObject, parseJson } from "../json.ts";
import { eachRecord } from "./audit.ts";
import type { CheckpointSummary } from "./checkpoint_summary.ts";
import { actionIds } from "./decisions.ts";
import { ACTIONS_DECIDED, disagreements, PointerVerifier, triggerSeq } from "./pointers.ts";
import type { Trigger } from "./trigger_index.ts";

/** A decision in its log. */
export interface FoundDecision {
  readonly payload: JsonObject;
  /** What it was made upon; absent where it points at nothing. */
  readonly trigger?: Trigger;
  /** What came of its actions, by their ids; absent where nothing did. */
  readonly results: ReadonlyMap<string, JsonObject>;
  /** What is wrong with the log or with any of its pointers. */
  readonly logError: string | null;
}

/** What there is to say of a decision, in the shape that existing operators know. */
export interface DecisionProof {
  readonly valid: boolean;
  /** Everything that speaks against it. */
  readonly errors: readonly string[];
  readonly json: JsonObject;
}

/**
 * Reads a log once, and finds a decision.
 *
 * @param atSeq the event that it was made upon; the first decision of the log without it
 * @returns `undefined` where there is no such decision
 * @throws {LogStoreError} where the log cannot be read
 */
export async function findDecision(
  log: Pick<EventLog, "read">,
  atSeq?: number,
): Promise<FoundDecision | undefined> {
  const pointers = new PointerVerifier();
  const results = new Map<string, JsonObject>();
  let payload: JsonObject | undefined;
  const fault = await eachRecord(log, undefined, (record) => {
    const { event } = record;
    pointers.accept(record);
    if (payload === undefined && isDecision(event, atSeq)) {
      payload = isJsonObject(event.payload) ? event.payload : {};
    }
    const result = resultOf(event);
    if (result !== undefined) results.set(...result);
  });
  if (payload === undefined) return undefined;
  const trigger = pointers.trigger(triggerSeq(payload) ?? -1);
  return { payload, trigger, results, logError: pointers.report(fault).error };
}

/** Holds a decision against its log. */
export function decisionProof(
  { payload, trigger, results, logError }: FoundDecision,
  checkpoint?: CheckpointSummary,
): DecisionProof {
  const ids = actionIds(payload);
  const errors = [
    ...(logError === null ? [] : [logError]),
    ...disagreements(payload, trigger ?? {}).map(({ error }) => error),
    ...ids.filter((id) => !results.has(id)).map((id) => `missing action_result for ${id}`),
  ];
  const valid = errors.length === 0;
  const specHash = trigger?.specHash;
  return {
    valid,
    errors,
    json: {
      valid,
      verification: { valid, errors },
      trigger_event: {
        seq: payload["trigger_event_seq"] ?? null,
        hash: trigger?.hash ?? null,
        type: trigger?.type ?? null,
        spec_hash: specHash === undefined ? null : parseJson(specHash),
      },
      actions_decided: pick(payload, DECIDED),
      action_results: Object.fromEntries(
        ids.map((id) => [id, results.get(id) ?? { missing: true }]),
      ),
      checkpoint: asJson(checkpoint ?? null),
    },
  };
}

/** Fields of a decision that are shown, with what stands for an absent one. */
const DECIDED: readonly (readonly [string, Json])[] = [
  ["actions_hash", null],
  ["action_ids", []],
  ["actions", []],
  ["trigger_event_hash", null],
  ["trigger_event_type", null],
  ["trigger_spec_hash", null],
];

/** Fields of a result that are shown. */
const RESULT: readonly (readonly [string, Json])[] = [
  ["result_code", null],
  ["resource_ref", null],
  ["operation", null],
  ["noop", null],
  ["status_code", null],
  ["desired_hash", null],
  ["observed_hash", null],
  ["error", null],
];

function pick(payload: JsonObject, fields: typeof DECIDED): JsonObject {
  return Object.fromEntries(fields.map(([name, absent]) => [name, payload[name] ?? absent]));
}

function isDecision({ type, payload }: LogEvent, atSeq: number | undefined): boolean {
  if (type !== ACTIONS_DECIDED) return false;
  return atSeq === undefined || isJsonObject(payload) && triggerSeq(payload) === atSeq;
}

function resultOf({ type, payload }: LogEvent): readonly [string, JsonObject] | undefined {
  if (type !== "ActionApplied" && type !== "ActionFailed" || !isJsonObject(payload)) {
    return undefined;
  }
  const { action_id: id } = payload;
  if (typeof id !== "string" || id === "") return undefined;
  return [id, { type, ...pick(payload, RESULT) }];
}
