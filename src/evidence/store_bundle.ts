import { beginBundle, findBundles } from "../metadata/evidence.ts";
import { type OutboxEntry, takeEntryBack } from "../metadata/evidence_outbox.ts";
import { statement } from "../metadata/sql.ts";
import { isRefused } from "../objectstore/object_store_error.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";
import { examine } from "./examined.ts";
import { toKept } from "./find.ts";
import type { EventPlace, KeptBundle, NewBundle } from "./model.ts";
import { newVersion } from "./new_version.ts";
import { placeOf } from "./next_version.ts";
import { demandRoom, giveUp, recordAndEnd } from "./outbox.ts";
import { putOnce } from "./put_once.ts";
import { busy, settle } from "./settle.ts";

/** What became of a request to store evidence; `created`: it was stored by this call. */
export interface StoreOutcome {
  readonly created: boolean;
  readonly kept: KeptBundle;
}

/** So often somebody else may be faster. */
const MOST_ATTEMPTS = 10;

/**
 * Stores evidence together with its event. Who comes while another request for the same decision is
 * under way waits for its end, or helps it on, and then sees what is there.
 *
 * @param actor who stores it, for the event
 * @throws {EvidenceError} `conflict`, `gone`, `busy`, `invalid`, `notFound` for a correction of nothing
 * @throws what storing throws; then what was begun may be stored yet, and the same call tells
 */
export async function store(
  context: EvidenceContext,
  bundle: NewBundle,
  actor: string,
): Promise<StoreOutcome> {
  const { now, recorder, sql } = context;
  const said = examine(bundle);
  const { decisionId } = said;
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    await settle(context, decisionId, ["EvidenceStored"]);
    const rows = await statement("evidence.find", () => findBundles(sql, decisionId));
    // Somebody has begun it since.
    if (rows.some(({ state }) => state === "pending")) continue;
    const place = placeOf(said, rows);
    if (place.kind === "there") return { created: false, kept: toKept(place.row) };
    await demandRoom(context);
    const fromSeq = await recorder.fromSeq();
    const { entry, row } = newVersion(said, place, { actor, fromSeq, storedAt: now() });
    if (!await beginBundle(sql, row, entry)) continue;
    const event = await carryOut(context, entry);
    const { createdText: _, fingerprint: __, ...kept } = row;
    return { created: true, kept: { ...kept, event } };
  }
  throw busy(decisionId);
}

async function carryOut(
  context: EvidenceContext,
  entry: OutboxEntry,
): Promise<EventPlace | undefined> {
  try {
    await putOnce(context, entry);
  } catch (error) {
    if (error instanceof EvidenceError || isRefused(error)) {
      await takeEntryBack(context.sql, entry.id);
    }
    await giveUp(context, entry);
    throw error;
  }
  try {
    return await recordAndEnd(context, entry);
  } catch (error) {
    await giveUp(context, entry);
    throw error;
  }
}
