import { isJsonObject, JsonError, type JsonObject } from "../eventlog/json.ts";
import type { StoredRecord } from "../eventlog/stored_record.ts";
import {
  indexAttachment,
  indexBundle,
  indexDeletion,
  indexHold,
  indexRelease,
} from "../metadata/evidence_index.ts";
import { attachmentName } from "./attachment_name.ts";
import type { EvidenceContext } from "./context.ts";
import { createdAtInstant } from "./created_at.ts";
import { EvidenceError } from "./evidence_error.ts";
import { countMember, textMember } from "./json_member.ts";
import type { EventPlace, EvidenceEventType } from "./model.ts";
import {
  attachmentKey,
  correctionKey,
  DECISION_ID,
  EVIDENCE_TYPE,
  firstBundleKey,
  SHA256,
  VERSION,
} from "./names.ts";
import type { ReindexReport } from "./reindex_report.ts";

/** An event as it is put into the index. */
interface Told {
  readonly payload: JsonObject;
  readonly decisionId: string;
  readonly place: EventPlace;
  /** When it was appended; now, where its writer counts otherwise than in milliseconds. */
  readonly at: Date;
}

type Outcome = "indexed" | "other" | "taken";

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

const PROBLEMS = {
  other: "the index has another object of that key",
  taken: "the index has another version of that name",
} as const;

/** What an event means for the index. Of others there is nothing in it. */
const MEANINGS: Readonly<
  Partial<Record<string, (context: EvidenceContext, told: Told) => Promise<Outcome>>>
> = {
  EvidenceStored: indexStored,
  AttachmentStored: indexAttached,
  EvidenceDeleted: indexDeleted,
  EvidenceHeld: indexHeld,
  EvidenceReleased: indexReleased,
} satisfies Partial<Record<EvidenceEventType, unknown>>;

/** Goes through the log. An event that cannot be meant, which somebody else has written, is told of. */
export async function indexEvents(context: EvidenceContext, report: ReindexReport): Promise<void> {
  for await (const record of context.log.records(0)) {
    const { event, seq } = record;
    const indexEvent = MEANINGS[event.type];
    if (indexEvent === undefined || !isJsonObject(event.payload)) continue;
    try {
      const outcome = await indexEvent(context, toldBy(record, event.payload, context.now()));
      if (outcome !== "indexed") report.add(`seq ${seq}`, PROBLEMS[outcome]);
    } catch (error) {
      if (!(error instanceof JsonError || error instanceof EvidenceError)) throw error;
      report.add(`seq ${seq}`, `${event.type} cannot be read: ${error.message}`);
    }
  }
}

function toldBy({ event, eventHash, seq }: StoredRecord, payload: JsonObject, now: Date): Told {
  const decisionId = textMember(payload, "decision_id", DECISION_ID);
  const at = new Date(Number(event.ts.text));
  const isPlausible = at.getUTCFullYear() >= 2000 && at <= now;
  return { payload, decisionId, place: { seq, eventHash }, at: isPlausible ? at : now };
}

function indexStored(context: EvidenceContext, told: Told): Promise<Outcome> {
  return indexBundleOf(context, told, told.place);
}

function indexBundleOf(
  { sql }: EvidenceContext,
  { at, decisionId, payload }: Told,
  event: EventPlace | undefined,
): Promise<Outcome> {
  const createdText = textMember(payload, "created_at");
  const createdAt = createdAtInstant(createdText);
  if (createdAt === undefined) throw new JsonError("created_at is no time");
  const name = {
    decisionId,
    evidenceType: textMember(payload, "evidence_type", EVIDENCE_TYPE),
    version: textMember(payload, "version", VERSION),
    createdAt,
  };
  return indexBundle(sql, {
    ...name,
    key: keyOf(payload, [firstBundleKey(name), correctionKey(name)]),
    createdText,
    storedAt: at,
    checksum: textMember(payload, "checksum", SHA256),
    sha256: textMember(payload, "sha256", SHA256),
    fingerprint: undefined,
    size: countMember(payload, "size"),
    event,
  });
}

function indexAttached({ sql }: EvidenceContext, told: Told): Promise<Outcome> {
  const { at, decisionId, payload, place } = told;
  const name = textMember(payload, "name");
  const [, month = ""] = /^attachments\/(\d{4}\/\d\d)\//.exec(textMember(payload, "key")) ?? [];
  const createdAt = createdAtInstant(`${month.replace("/", "-")}-01T00:00:00Z`);
  if (attachmentName(name) !== name || createdAt === undefined) {
    throw new JsonError("key or name has not its form");
  }
  const key = keyOf(payload, [attachmentKey(decisionId, createdAt, name)]);
  return indexAttachment(sql, {
    decisionId,
    name,
    key,
    contentType: textMember(payload, "content_type"),
    operation: textMember(payload, "operation", UUID),
    storedAt: at,
    sha256: textMember(payload, "sha256", SHA256),
    size: countMember(payload, "size"),
    event: place,
  });
}

/** What another program has stored has no other event than this one. */
async function indexDeleted(context: EvidenceContext, told: Told): Promise<Outcome> {
  const { payload } = told;
  const key = textMember(payload, "key");
  const isBundle = payload["evidence_type"] !== undefined;
  const outcome = isBundle ? await indexBundleOf(context, told, undefined) : "indexed";
  await indexDeletion(context.sql, key);
  return outcome;
}

async function indexHeld({ sql }: EvidenceContext, told: Told): Promise<Outcome> {
  const { at, decisionId, payload } = told;
  await indexHold(sql, {
    decisionId,
    operation: textMember(payload, "operation", UUID),
    reason: textMember(payload, "reason"),
    actor: textMember(payload, "actor"),
    placedAt: createdAtInstant(textMember(payload, "placed_at")) ?? at,
  });
  return "indexed";
}

async function indexReleased({ sql }: EvidenceContext, { payload }: Told): Promise<Outcome> {
  await indexRelease(sql, textMember(payload, "hold", UUID));
  return "indexed";
}

function keyOf(payload: JsonObject, possible: readonly string[]): string {
  const key = textMember(payload, "key");
  if (possible.includes(key)) return key;
  throw new JsonError(`key is not ${possible.join(" or ")}`);
}
