import { z } from "zod";
import { circumstancesOfEntry } from "../circumstances.ts";
import { unquoteEntityTag } from "../entity_tag.ts";
import { S3_ERRORS } from "../error_codes.ts";
import { S3Error } from "../errors.ts";
import { demandObjectKey } from "../object_key.ts";
import type { Handler, S3Request, Services } from "../operation.ts";
import { readSmallBody } from "../small_body.ts";
import { parseXml, type XmlChildren, xmlList, xmlObject, xmlResponse } from "../xml.ts";

/** Source: "DeleteObjects" in the Amazon S3 API reference. */
const MAX_OBJECTS = 1_000;

/** Room for that many of the longest keys, each byte escaped. */
const MAX_DOCUMENT_SIZE = 8 * 1_024 * 1_024;

const deleteSchema = xmlObject({
  Quiet: z.string().optional(),
  Object: xmlList(xmlObject({
    Key: z.string().min(1),
    ETag: z.string().optional(),
    VersionId: z.string().optional(),
    LastModifiedTime: z.string().optional(),
    Size: z.string().optional(),
  })),
});

type DeleteEntry = z.output<typeof deleteSchema>["Object"][number];

/** DeleteObjects: each key succeeds or fails by itself. */
export const deleteObjects: Handler = async (request, services) => {
  const body = await readSmallBody(request, services, MAX_DOCUMENT_SIZE, "required");
  const { Object: entries, Quiet } = parseXml(body, "Delete", deleteSchema);
  if (entries.length === 0 || entries.length > MAX_OBJECTS) throw new S3Error("MalformedXML");
  entries.forEach(demandSupported);

  const impossible = entries.flatMap(({ Key }) => keyError(Key));
  const unnameable = new Set(impossible.map((error) => error.Key));
  const nameable = entries.filter(({ Key }) => !unnameable.has(Key));
  const denied = await deniedEntries(nameable, request, services);
  const possible = nameable.filter((entry) => !denied.has(entry));
  const failed = await services.storage.deleteObjects(
    request.bucket,
    possible.map(({ Key, ETag }) => ({
      key: Key,
      ifMatch: ETag === undefined ? undefined : unquoteEntityTag(ETag.trim()),
    })),
  );

  const remaining = new Set(failed.map(({ key }) => key));
  const deleted = possible.filter(({ Key }) => !remaining.has(Key));
  return xmlResponse("DeleteResult", {
    Deleted: isTrue(Quiet) ? [] : deleted.map(({ Key }) => ({ Key })),
    Error: [
      ...impossible,
      ...[...denied].map(({ Key }) => ({
        Key,
        Code: "AccessDenied",
        Message: S3_ERRORS.AccessDenied.message,
      })),
      ...failed.map(({ key, code }) => ({
        Key: key,
        Code: code,
        Message: S3_ERRORS[code].message,
      })),
    ],
  });
};

function demandSupported({ VersionId = "null", LastModifiedTime, Size }: DeleteEntry): void {
  const unsupported = VersionId !== "null"
    ? "VersionId"
    : LastModifiedTime !== undefined
    ? "LastModifiedTime"
    : Size !== undefined
    ? "Size"
    : undefined;
  if (unsupported === undefined) return;
  throw new S3Error("NotImplemented", `DeleteObjects with ${unsupported} is not implemented.`);
}

/** The error of a key that no object can have; none otherwise. */
function keyError(key: string): (XmlChildren & { readonly Key: string })[] {
  try {
    demandObjectKey(key);
    return [];
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return [{ Key: key, Code: error.code, Message: error.message }];
  }
}

/** Keys that are decided before others may have their turn. */
const DECIDED_AT_ONCE = 20;

function othersTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Each key is decided by itself. */
async function deniedEntries(
  entries: readonly DeleteEntry[],
  request: S3Request,
  { access }: Services,
): Promise<ReadonlySet<DeleteEntry>> {
  const denied = new Set<DeleteEntry>();
  for (const [index, entry] of entries.entries()) {
    if (index % DECIDED_AT_ONCE === DECIDED_AT_ONCE - 1) await othersTurn();
    const permitted = await access.permits(request, {
      action: "s3:DeleteObject",
      bucket: request.bucket,
      key: entry.Key,
      circumstances: circumstancesOfEntry(request, entry.ETag),
    });
    if (!permitted) denied.add(entry);
  }
  return denied;
}

function isTrue(text: string | undefined): boolean {
  return text?.trim().toLowerCase() === "true";
}
