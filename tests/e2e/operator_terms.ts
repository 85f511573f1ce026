/**
 * What a log says of those who wrote it, and whether anything was lost or doubled.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FencingRuns } from "../../src/eventlog/audit/fencing.ts";
import { isJsonObject, type Json, JsonNumber, type JsonObject } from "../../src/eventlog/json.ts";
import type { StoredRecord } from "../../src/eventlog/stored_record.ts";

/** The agent and the spec that was decided upon, and what came of it. */
interface Decision {
  readonly seq: number;
  readonly actions: readonly string[];
  readonly applied: string[];
}

/** Sees to it that no two wrote in one epoch, and that no older term wrote after a newer one. */
export function assertOneWriterPerEpoch(records: readonly StoredRecord[]): void {
  const holders = new Map<string, string>();
  const runs = new FencingRuns();
  for (const record of records) {
    const token = objectOf(record.event.meta["fencing_token"]);
    const [epoch, holder] = [textOf(token["epoch"]), textOf(token["holder_identity"])];
    assert.notEqual(holder, "", `event ${record.seq} says who wrote it`);
    assert.equal(holders.get(epoch) ?? holder, holder, `epoch ${epoch} has one writer`);
    holders.set(epoch, holder);
    const run = runs.accept(record);
    assert.equal(run?.overlap, undefined, `before event ${record.seq}`);
  }
  assert.equal(runs.end()?.overlap, undefined);
}

/**
 * Sees to it that every spec that was observed was decided upon once, and every action of the last
 * decision of each agent was recorded as applied, once.
 *
 * @returns how many specs were observed
 */
export function assertNothingLostOrDoubled(records: readonly StoredRecord[]): number {
  const observed = new Map<string, string>();
  const last = new Map<string, Decision>();
  const decidedUpon = new Set<string>();
  let count = 0;
  for (const { event, seq } of records) {
    const payload = objectOf(event.payload);
    if (event.type === "AgentObserved") {
      const spec = textOf(payload["spec_hash"]);
      assert.notEqual(observed.get(event.aggregateId), spec, `event ${seq} says nothing new`);
      observed.set(event.aggregateId, spec);
      count++;
    }
    if (event.type === "ActionsDecided") {
      const trigger = textOf(payload["trigger_event_seq"]);
      assert.ok(!decidedUpon.has(trigger), `event ${trigger} was decided upon once`);
      decidedUpon.add(trigger);
      const actions = list(payload["action_ids"]).map(textOf);
      last.set(event.aggregateId, { seq, actions, applied: [] });
    }
    if (event.type === "ActionApplied") {
      const id = textOf(payload["action_id"]);
      const decision = [...last.values()].find(({ actions }) => actions.includes(id));
      assert.ok(decision, `event ${seq} belongs to a decision`);
      decision.applied.push(id);
    }
  }
  for (const [agent, { actions, applied, seq }] of last) {
    assert.deepEqual(applied.toSorted(), actions.toSorted(), `${agent}, decided in event ${seq}`);
  }
  assert.deepEqual([...last.keys()].toSorted(), [...observed.keys()].toSorted());
  return count;
}

/** How many terms have written. */
export function termsOf(records: readonly StoredRecord[]): number {
  const epochs = records.map(({ event }) => objectOf(event.meta["fencing_token"])["epoch"]);
  return new Set(epochs.map(textOf)).size;
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: Json | undefined): string {
  if (typeof value === "string") return value;
  return value instanceof JsonNumber ? value.text : "";
}
