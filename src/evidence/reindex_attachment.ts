import { indexAttachment } from "../metadata/evidence_index.ts";
import { findBundles } from "../metadata/evidence.ts";
import { statement } from "../metadata/sql.ts";
import { isNotFound } from "../objectstore/object_store_error.ts";
import { faultOfName } from "./attachment_name.ts";
import { digestOf } from "./content_digest.ts";
import type { EvidenceContext } from "./context.ts";
import { attachmentKey } from "./names.ts";
import type { Found, ListedObject } from "./reindex_objects.ts";

/** What the key of an attachment is made of. */
const KEY = /^attachments\/\d{4}\/\d\d\/([^/]+)\/([^/]+)$/;

/** Puts an attachment of no event into the index. All of it is read. */
export async function indexFoundAttachment(
  context: EvidenceContext,
  { key, lastModified }: ListedObject,
): Promise<Found> {
  const { sql } = context;
  const [, decisionId = "", name = ""] = KEY.exec(key) ?? [];
  const isName = faultOfName(name) === undefined && name.normalize("NFC") === name;
  if (!isName) return { problem: "it is no attachment" };
  const [first] = await statement("evidence.find", () => findBundles(sql, decisionId));
  if (first === undefined) return { problem: "there is no evidence that it is attached to" };
  const expected = attachmentKey(decisionId, first.createdAt, name);
  if (key !== expected) return { problem: `its place is ${expected}` };
  const object = await readWhole(context, key);
  // It has been deleted since it was listed.
  if (object === undefined) return "indexed";
  const { contentType, digest } = object;
  const outcome = await indexAttachment(sql, {
    decisionId,
    name,
    key,
    contentType,
    operation: undefined,
    storedAt: lastModified,
    ...digest,
    event: undefined,
  });
  return outcome === "indexed" ? "indexed" : { problem: "there is another one of that name" };
}

async function readWhole({ objects }: EvidenceContext, key: string) {
  try {
    const { body, contentType } = await objects.getObjectStream(key);
    return { contentType, digest: await digestOf(body) };
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
