import { type Sql, statement } from "./sql.ts";

/** An upload that a browser was let make. */
export interface UploadRow {
  readonly uploadId: string;
  readonly decisionId: string;
  /** Of the attachment that it becomes. */
  readonly name: string;
  /** Where it lands. */
  readonly key: string;
  readonly contentType: string;
  readonly maxBytes: number;
  readonly actor: string;
  readonly expiresAt: Date;
  /** When it became the attachment. */
  readonly completedAt: Date | undefined;
}

interface Columns {
  id: string;
  decision_id: string;
  name: string;
  object_key: string;
  content_type: string;
  max_bytes: number;
  actor: string;
  expires_at: Date;
  completed_at: Date | null;
}

/** Inserts an upload. Somebody looks after it once it has expired. */
export async function insertEvidenceUpload(
  sql: Sql,
  upload: Omit<UploadRow, "completedAt">,
): Promise<void> {
  await statement("evidence-uploads.insert", () =>
    sql`
      INSERT INTO evidence_uploads (id, decision_id, name, object_key, content_type, max_bytes,
        actor, expires_at, not_before)
      VALUES (${upload.uploadId}, ${upload.decisionId}, ${upload.name}, ${upload.key},
        ${upload.contentType}, ${upload.maxBytes}, ${upload.actor}, ${upload.expiresAt},
        ${upload.expiresAt})`);
}

/** The upload of that id, when it is for that decision. */
export async function findEvidenceUpload(
  sql: Sql,
  decisionId: string,
  uploadId: string,
): Promise<UploadRow | undefined> {
  const [row] = await statement("evidence-uploads.find", () =>
    sql<Columns[]>`
      SELECT * FROM evidence_uploads WHERE id = ${uploadId} AND decision_id = ${decisionId}`);
  return row && toUpload(row);
}

/** Says that an upload has become its attachment. */
export async function completeEvidenceUpload(
  sql: Sql,
  uploadId: string,
  completedAt: Date,
): Promise<void> {
  await statement(
    "evidence-uploads.complete",
    () => sql`UPDATE evidence_uploads SET completed_at = ${completedAt} WHERE id = ${uploadId}`,
  );
}

/**
 * Takes the upload that somebody has to look after next; nobody else does for `pause` seconds.
 *
 * @param now what has expired by then
 */
export async function takeDueUpload(
  sql: Sql,
  now: Date,
  pause: number,
): Promise<UploadRow | undefined> {
  const [row] = await statement("evidence-uploads.take", () =>
    sql<Columns[]>`
      UPDATE evidence_uploads SET not_before = ${now}::timestamptz + ${pause} * interval '1 second'
      WHERE id = (
        SELECT id FROM evidence_uploads WHERE not_before <= ${now}
        ORDER BY not_before LIMIT 1 FOR UPDATE SKIP LOCKED
      )
      RETURNING *`);
  return row && toUpload(row);
}

/** Forgets an upload. */
export async function deleteEvidenceUpload(sql: Sql, uploadId: string): Promise<void> {
  await statement(
    "evidence-uploads.delete",
    () => sql`DELETE FROM evidence_uploads WHERE id = ${uploadId}`,
  );
}

function toUpload(row: Columns): UploadRow {
  return {
    uploadId: row.id,
    decisionId: row.decision_id,
    name: row.name,
    key: row.object_key,
    contentType: row.content_type,
    maxBytes: row.max_bytes,
    actor: row.actor,
    expiresAt: row.expires_at,
    completedAt: row.completed_at ?? undefined,
  };
}
