/**
 * Reports as text, line by line as existing operators know them.
 *
 * @module
 */
import type { AuditReport, AuditSummary } from "../../../eventlog/audit/report.ts";
import { type Json, JsonNumber } from "../../../eventlog/json.ts";
import { printable } from "../printable.ts";

/** The whole report in Markdown. */
export function markdownLines(report: AuditReport): readonly string[] {
  const { hash_chain, pointers, checkpoint, decisions, drift } = report;
  return [
    "# Audit Report",
    ...section("Hash Chain", validity(hash_chain)),
    ...section("Decision Ledger Pointers", validity(pointers)),
    ...section("Checkpoint", Object.entries(checkpoint)),
    ...section("Decisions", [
      ["actions_decided_count", decisions.actions_decided_count],
      ["action_type_counts", counts(decisions.action_type_counts)],
    ]),
    "",
    "decision_proofs:",
    ...decisions.decision_proofs.map((proof, index) => {
      const { trigger_event_seq, trigger_event_hash, actions_hash, status } = proof;
      return line(
        `proof_${index + 1}`,
        `trigger_seq=${shown(trigger_event_seq)}, trigger_hash=${shown(trigger_event_hash)}, ` +
          `actions_hash=${shown(actions_hash)}, status=${shown(status)}`,
      );
    }),
    ...section("Drift", [
      ["drift_count", drift.drift_count],
      ["failure_codes", counts(drift.failure_codes)],
    ]),
  ];
}

/** The report in a few fields, one a line. */
export function summaryLines(summary: AuditSummary): readonly string[] {
  const { universe_id, agents_count, events_total, actions_total, integrity_reason } = summary;
  const { applied_ok, applied_failed, first_seq, last_seq, state_hash_final } = summary;
  const { decision_proofs, integrity } = summary;
  const fields = {
    universe_id,
    agents_count,
    events_total,
    actions_total,
    applied_ok,
    applied_failed,
    first_seq,
    last_seq,
    state_hash_final,
    decision_proofs,
    integrity,
    ...(integrity_reason === null ? {} : { integrity_reason }),
  };
  return Object.entries(fields).map(([name, value]) => line(name, value));
}

/** A value that a line can show. */
type Shown = Json | number | undefined;

function section(title: string, fields: readonly (readonly [string, Shown])[]): readonly string[] {
  return ["", `## ${title}`, ...fields.map(([name, value]) => line(name, value))];
}

function validity(
  { valid, checked, error }: Pick<AuditReport["pointers"], "valid" | "checked"> & {
    readonly error?: string | null;
  },
): readonly (readonly [string, Shown])[] {
  const fields = [["valid", valid], ["checked", checked]] as const;
  return error === undefined || error === null ? fields : [...fields, ["error", error]];
}

function counts(counted: Readonly<Record<string, number>>): string {
  const all = Object.entries(counted).map(([name, count]) => `${name}=${count}`);
  return all.length === 0 ? "none" : all.join(", ");
}

function line(name: string, value: Shown): string {
  return `${name}: ${shown(value)}`;
}

/** As Python prints it. */
function shown(value: Shown): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  return printable(value instanceof JsonNumber ? value.text : String(value));
}
