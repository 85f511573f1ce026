import { type Sql, statement } from "./sql.ts";

/** How writes choose among backends that have room. */
export type Placement = "pack" | "spread";

/** A backend's quota and what counts against it. All in bytes, save the counts. */
export interface Quota {
  readonly backend: string;
  /** 0: unlimited. */
  readonly limit: number;
  /** Stored, what waits for deletion included. */
  readonly used: number;
  /** Held for writes and parts under way. */
  readonly reserved: number;
  readonly objects: number;
  readonly activeUploads: number;
}

/** Writes the limits of the configuration into the table, and adds backends that are new. */
export async function syncQuotaLimits(
  sql: Sql,
  limits: readonly { readonly backend: string; readonly limit: number }[],
): Promise<void> {
  await statement("quotas.sync", () =>
    sql`
      INSERT INTO backend_quotas (backend_name, bytes_limit)
      SELECT * FROM unnest(${limits.map((l) => l.backend)}::text[], ${
      limits.map((l) => l.limit)
    }::bigint[])
      ON CONFLICT (backend_name) DO UPDATE
      SET bytes_limit = excluded.bytes_limit, updated_at = now()
      WHERE backend_quotas.bytes_limit <> excluded.bytes_limit`);
}

/** The quotas of all backends that were ever configured, by name. */
export async function readQuotas(sql: Sql): Promise<readonly Quota[]> {
  return await statement("quotas.read", () =>
    sql<Quota[]>`
      SELECT q.backend_name AS backend, q.bytes_limit AS "limit", q.bytes_used AS used,
        q.bytes_reserved AS reserved,
        q.objects_count - coalesce(doomed.objects, 0)::bigint AS objects,
        coalesce(active.uploads, 0) AS "activeUploads"
      FROM backend_quotas AS q
      LEFT JOIN (
        SELECT backend_name, sum(objects) AS objects FROM deletion_queue GROUP BY backend_name
      ) AS doomed USING (backend_name)
      LEFT JOIN (
        SELECT backend_name, count(*) AS uploads FROM multipart_uploads GROUP BY backend_name
      ) AS active USING (backend_name)
      ORDER BY q.backend_name`);
}

/** A write that is about to happen; its row in `write_intents` is written with the reservation. */
export interface Reservation {
  /** The intent's id; the version that the object will have. */
  readonly id: string;
  readonly kind: "object" | "part";
  readonly backendKey: string;
  /** Bytes to reserve. */
  readonly bytes: number;
  /** Room that must be there; at least `bytes`. */
  readonly headroom: number;
  /** Backends that may take it, in the order of the configuration. */
  readonly backends: readonly string[];
  /** `roomiest`: the one with the most room, for an upload whose size will only show. */
  readonly placement: Placement | "roomiest";
}

/** The order in which backends with room are preferred. Unlimited ones count as empty. */
function preference(sql: Sql, wanted: Reservation): ReturnType<Sql> {
  switch (wanted.placement) {
    case "pack":
      return sql`array_position(${[...wanted.backends]}::text[], backend_name)`;
    case "spread":
      return sql`coalesce((bytes_used + bytes_reserved)::float8 / nullif(bytes_limit, 0), 0),
        bytes_used + bytes_reserved`;
    case "roomiest":
      return sql`nullif(bytes_limit, 0) - bytes_used - bytes_reserved DESC NULLS FIRST,
        array_position(${[...wanted.backends]}::text[], backend_name)`;
  }
}

/**
 * Reserves room on one backend and records the write intent, in one statement. Returns the
 * backend's name, or `undefined` when none has room.
 *
 * The choice is made on a snapshot, the update checks the row as it is: of many writers that see
 * the last room, one gets it.
 */
export async function reserve(sql: Sql, wanted: Reservation): Promise<string | undefined> {
  const names = [...wanted.backends];
  for (;;) {
    const [held] = await statement("quotas.reserve", () =>
      sql<{ backend_name: string }[]>`
        WITH chosen AS (
          SELECT backend_name FROM backend_quotas
          WHERE backend_name = ANY (${names}::text[])
            AND (bytes_limit = 0 OR bytes_used + bytes_reserved + ${wanted.headroom} <= bytes_limit)
          ORDER BY ${preference(sql, wanted)} LIMIT 1
        ), held AS (
          UPDATE backend_quotas AS q SET bytes_reserved = bytes_reserved + ${wanted.bytes}
          FROM chosen WHERE q.backend_name = chosen.backend_name
            AND (bytes_limit = 0 OR bytes_used + bytes_reserved + ${wanted.headroom} <= bytes_limit)
          RETURNING q.backend_name
        )
        INSERT INTO write_intents (id, kind, backend_name, backend_key, reserved)
        SELECT ${wanted.id}, ${wanted.kind}, backend_name, ${wanted.backendKey}, ${wanted.bytes}
        FROM held RETURNING backend_name`);
    if (held) return held.backend_name;
    if (!await hasRoom(sql, wanted)) return undefined;
  }
}

async function hasRoom(sql: Sql, wanted: Reservation): Promise<boolean> {
  const [room] = await statement("quotas.room", () =>
    sql`
      SELECT 1 FROM backend_quotas WHERE backend_name = ANY (${[...wanted.backends]}::text[])
      AND (bytes_limit = 0 OR bytes_used + bytes_reserved + ${wanted.headroom} <= bytes_limit) LIMIT 1`);
  return room !== undefined;
}

/**
 * Reserves more for a write whose length was not known. `false`: no room, or the intent is gone.
 *
 * The intent is locked before its quota, as a sweep does: what it held cannot grow behind the sweep.
 */
export async function growReservation(sql: Sql, id: string, bytes: number): Promise<boolean> {
  const grown = await statement("quotas.grow", () =>
    sql`
      WITH intent AS (
        SELECT backend_name FROM write_intents WHERE id = ${id} FOR UPDATE
      ), held AS (
        UPDATE backend_quotas AS q SET bytes_reserved = bytes_reserved + ${bytes}
        FROM intent WHERE q.backend_name = intent.backend_name
          AND (bytes_limit = 0 OR bytes_used + bytes_reserved + ${bytes} <= bytes_limit)
        RETURNING 1
      )
      UPDATE write_intents SET reserved = reserved + ${bytes}, touched_at = now()
      WHERE id = ${id} AND EXISTS (SELECT FROM held)`);
  return grown.count === 1;
}
