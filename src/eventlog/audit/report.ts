/**
 * What an audit of a log found, in the shapes that existing operators know.
 *
 * @module
 */
import { stateBytes, stateHash } from "../checkpoint/state.ts";
import { UNIVERSE, type Universe, universeOf } from "../checkpoint/universe_reducer.ts";
import type { Json } from "../json.ts";
import type { Audit } from "./audit.ts";
import { chainError } from "./chain_error.ts";
import type { CheckpointSummary } from "./checkpoint_summary.ts";
import type { DecisionSummary } from "./decisions.ts";
import { type AgentDrift, driftOf, failureCodes, hasDrifted } from "./drift.ts";
import type { PointerReport } from "./pointers.ts";

/** The whole report. */
export interface AuditReport {
  readonly hash_chain: ChainReport;
  readonly pointers: PointerReport;
  readonly checkpoint: { readonly present: false } | CheckpointSummary & { readonly present: true };
  readonly decisions: DecisionSummary;
  readonly drift: DriftReport;
  readonly log: LogReport;
  readonly state_hash_final: string;
  readonly universe_id: string;
}

/** Whether the log verifies. What follows `checked` is absent where it does. */
export interface ChainReport {
  readonly valid: boolean;
  /** Events that are right. */
  readonly checked: number;
  readonly error?: string;
  readonly seq?: number;
  readonly expected?: Json;
  readonly actual?: Json;
}

/** What was applied, held against what was decided. */
export interface DriftReport {
  readonly agents: readonly string[];
  readonly agents_count: number;
  /** Agents that have drifted. */
  readonly drift_count: number;
  readonly drift: Readonly<Record<string, AgentDrift>>;
  readonly failure_codes: Readonly<Record<string, number>>;
  readonly state_hash_final: string;
}

/** What was counted. */
export interface LogReport {
  readonly events_total: number;
  /** `null` for a log without events; so is `last_seq`. */
  readonly first_seq: number | null;
  readonly last_seq: number | null;
  readonly applied_ok: number;
  readonly applied_failed: number;
}

/** The report in a few fields. */
export interface AuditSummary extends LogReport {
  readonly universe_id: string;
  readonly agents_count: number;
  readonly actions_total: number;
  readonly state_hash_final: string;
  /** How many are shown in the whole report. */
  readonly decision_proofs: number;
  readonly integrity: "ok" | "fail";
  readonly integrity_reason: string | null;
}

/** The whole report. */
export function auditReport(found: Audit, checkpoint?: CheckpointSummary): AuditReport {
  const hash = stateHash(stateBytes(found.state));
  return {
    hash_chain: chainReport(found),
    pointers: found.pointers.report(found.fault),
    checkpoint: checkpoint === undefined ? { present: false } : { present: true, ...checkpoint },
    decisions: found.decisions.summary(),
    drift: driftReport(universeIn(found), hash),
    log: logReport(found),
    state_hash_final: hash,
    universe_id: UNIVERSE,
  };
}

/** The report in a few fields. */
export function auditSummary(found: Audit, checkpoint?: CheckpointSummary): AuditSummary {
  const { actions_total, decision_proofs } = found.decisions.summary();
  const reason = integrityReason(found, checkpoint);
  return {
    universe_id: UNIVERSE,
    agents_count: Object.keys(universeIn(found).agents).length,
    actions_total,
    ...logReport(found),
    state_hash_final: stateHash(stateBytes(found.state)),
    decision_proofs: decision_proofs.length,
    integrity: reason === null ? "ok" : "fail",
    integrity_reason: reason,
  };
}

/** Why a log cannot be relied upon; `null` where nothing speaks against it. */
export function integrityReason(
  { fault, pointers }: Audit,
  checkpoint?: CheckpointSummary,
): string | null {
  const checkpointError = checkpoint?.error ?? null;
  return (fault && chainError(fault).error) ?? pointers.report().error ??
    (checkpointError === null ? null : `checkpoint: ${checkpointError}`);
}

function chainReport({ fault, events }: Audit): ChainReport {
  return fault === undefined
    ? { valid: true, checked: events }
    : { valid: false, checked: events, ...chainError(fault) };
}

function logReport({ events, applied, failed }: Audit): LogReport {
  return {
    events_total: events,
    first_seq: events === 0 ? null : 0,
    last_seq: events === 0 ? null : events - 1,
    applied_ok: applied,
    applied_failed: failed,
  };
}

function driftReport(universe: Universe, hash: string): DriftReport {
  const drift = driftOf(universe);
  const agents = Object.keys(drift);
  return {
    agents,
    agents_count: agents.length,
    drift_count: Object.values(drift).filter(hasDrifted).length,
    drift,
    failure_codes: failureCodes(universe),
    state_hash_final: hash,
  };
}

const NOTHING: Universe = {
  agents: {},
  lastSeenSpecHash: {},
  desired: {},
  applied: {},
  failures: [],
};

function universeIn({ state }: Audit): Universe {
  return universeOf(state) ?? NOTHING;
}
