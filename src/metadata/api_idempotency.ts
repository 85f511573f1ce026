/**
 * Requests that clients can send again, and their answers. Hashes are hex.
 *
 * @module
 */
import { type Sql, statement } from "./sql.ts";

/** A request that names a key. */
export interface IdempotentRequest {
  /** Whose key it is. */
  readonly actor: string;
  readonly keyHash: string;
  /** Of everything that makes it another request. */
  readonly request: string;
}

/** An answer. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** How long something counts, in milliseconds. */
export interface ClaimOptions {
  /** For those who find that they are not the first. */
  readonly fromSeq?: number;
  /** After so long a request that was not answered is taken for dead. */
  readonly lockedFor: number;
  readonly keptFor: number;
}

/** What has become of a request. */
export type Claim =
  /** It is to be answered; `fromSeq` is that of the first attempt. */
  | { readonly kind: "begun"; readonly fromSeq: number | undefined }
  | { readonly kind: "answered"; readonly answer: KeptAnswer }
  /** Somebody is answering it. */
  | { readonly kind: "running" }
  /** The key is that of another request. */
  | { readonly kind: "other" };

interface Row {
  readonly is_same: boolean;
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>> | null;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** Begins a request, unless it has been begun. */
export async function claimRequest(
  sql: Sql,
  request: IdempotentRequest,
  options: ClaimOptions,
): Promise<Claim> {
  while (true) {
    const begun = await begin(sql, request, options);
    if (begun !== undefined) return { kind: "begun", fromSeq: begun.from_seq ?? undefined };
    const row = await find(sql, request);
    if (row === undefined) continue;
    if (!row.is_same) return { kind: "other" };
    const { body, headers, status } = row;
    if (status === null || headers === null || body === null) return { kind: "running" };
    return { kind: "answered", answer: { status, headers, body: new Uint8Array(body) } };
  }
}

/** Keeps the answer to a request; the first one, where there are several. */
export async function keepAnswer(
  sql: Sql,
  { actor, keyHash }: IdempotentRequest,
  { body, headers, status }: KeptAnswer,
): Promise<void> {
  await statement("api_idempotency.keep", () =>
    sql`
      UPDATE api_idempotency SET status = ${status}, headers = ${sql.json(headers)}, body = ${body}
      WHERE actor = ${actor} AND key_hash = decode(${keyHash}, 'hex') AND status IS NULL`);
}

/** Lets the next attempt begin at once. */
export async function releaseRequest(
  sql: Sql,
  { actor, keyHash }: IdempotentRequest,
): Promise<void> {
  await statement("api_idempotency.release", () =>
    sql`
      UPDATE api_idempotency SET locked_until = now()
      WHERE actor = ${actor} AND key_hash = decode(${keyHash}, 'hex') AND status IS NULL`);
}

/** Forgets requests older than so many milliseconds. */
export async function sweepRequests(sql: Sql, keptFor: number): Promise<void> {
  await statement(
    "api_idempotency.sweep",
    () => sql`DELETE FROM api_idempotency WHERE created_at < now() - ${age(keptFor)}::interval`,
  );
}

async function begin(
  sql: Sql,
  { actor, keyHash, request }: IdempotentRequest,
  { fromSeq, keptFor, lockedFor }: ClaimOptions,
): Promise<{ readonly from_seq: number | null } | undefined> {
  const isOld = sql`kept.created_at < now() - ${age(keptFor)}::interval`;
  const [row] = await statement("api_idempotency.begin", () =>
    sql<{ from_seq: number | null }[]>`
      INSERT INTO api_idempotency AS kept (actor, key_hash, request, from_seq, locked_until)
      VALUES (${actor}, decode(${keyHash}, 'hex'), decode(${request}, 'hex'), ${fromSeq ?? null},
        now() + ${age(lockedFor)}::interval)
      ON CONFLICT (actor, key_hash) DO UPDATE SET
        request = excluded.request,
        from_seq = CASE WHEN ${isOld} THEN excluded.from_seq ELSE kept.from_seq END,
        created_at = CASE WHEN ${isOld} THEN now() ELSE kept.created_at END,
        status = NULL, headers = NULL, body = NULL,
        locked_until = excluded.locked_until
      WHERE ${isOld} OR (
        kept.status IS NULL AND kept.locked_until <= now() AND kept.request = excluded.request)
      RETURNING from_seq`);
  return row;
}

async function find(
  sql: Sql,
  { actor, keyHash, request }: IdempotentRequest,
): Promise<Row | undefined> {
  const [row] = await statement("api_idempotency.find", () =>
    sql<Row[]>`
      SELECT request = decode(${request}, 'hex') AS is_same, status, headers, body
      FROM api_idempotency
      WHERE actor = ${actor} AND key_hash = decode(${keyHash}, 'hex')`);
  return row;
}

function age(milliseconds: number): string {
  return `${milliseconds} milliseconds`;
}
