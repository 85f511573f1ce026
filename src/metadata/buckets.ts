import { z } from "zod";
import type { Bucket, GovernedBucket, PublicAccessBlock } from "../storage/model.ts";
import { isSqlState, type Sql, SQLSTATE, statement } from "./sql.ts";

interface BucketRow {
  name: string;
  owner: string;
  created_at: Date;
}

interface GovernedBucketRow extends BucketRow {
  policy: string | null;
  public_access_block: unknown;
}

const publicAccessBlockSchema: z.ZodType<PublicAccessBlock> = z.object({
  blockPublicAcls: z.boolean(),
  ignorePublicAcls: z.boolean(),
  blockPublicPolicy: z.boolean(),
  restrictPublicBuckets: z.boolean(),
});

function toBucket(row: BucketRow): Bucket {
  return { name: row.name, owner: row.owner, createdAt: row.created_at };
}

/** The bucket of that name, or `undefined`. */
export async function findBucket(sql: Sql, name: string): Promise<GovernedBucket | undefined> {
  const [row] = await statement(
    "buckets.find",
    () =>
      sql<GovernedBucketRow[]>`
        SELECT name, owner, created_at, policy, public_access_block
        FROM buckets WHERE name = ${name}`,
  );
  return row && {
    ...toBucket(row),
    policy: row.policy ?? undefined,
    publicAccessBlock: row.public_access_block === null
      ? undefined
      : publicAccessBlockSchema.parse(row.public_access_block),
  };
}

/** Replaces a bucket's policy; `undefined` for none. Returns whether there is such a bucket. */
export async function setBucketPolicy(
  sql: Sql,
  name: string,
  policy: string | undefined,
): Promise<boolean> {
  const changed = await statement(
    "buckets.set_policy",
    () => sql`UPDATE buckets SET policy = ${policy ?? null} WHERE name = ${name}`,
  );
  return changed.count > 0;
}

/** Replaces a bucket's public access block; `undefined` for none. Returns whether there is such a bucket. */
export async function setPublicAccessBlock(
  sql: Sql,
  name: string,
  block: PublicAccessBlock | undefined,
): Promise<boolean> {
  const json = block === undefined ? null : sql.json({ ...block });
  const changed = await statement(
    "buckets.set_public_access_block",
    () => sql`UPDATE buckets SET public_access_block = ${json} WHERE name = ${name}`,
  );
  return changed.count > 0;
}

/** All buckets in the order of their names. */
export async function listBuckets(sql: Sql): Promise<readonly Bucket[]> {
  const rows = await statement(
    "buckets.list",
    () => sql<BucketRow[]>`SELECT name, owner, created_at FROM buckets ORDER BY name`,
  );
  return rows.map(toBucket);
}

/** Inserts a bucket, or returns `undefined` when the name is taken. */
export async function insertBucket(
  sql: Sql,
  name: string,
  owner: string,
): Promise<Bucket | undefined> {
  const [row] = await statement(
    "buckets.insert",
    () =>
      sql<BucketRow[]>`
        INSERT INTO buckets (name, owner) VALUES (${name}, ${owner})
        ON CONFLICT (name) DO NOTHING RETURNING name, owner, created_at`,
  );
  return row && toBucket(row);
}

/** Makes sure that the buckets of the configuration exist. */
export async function ensureBuckets(sql: Sql, names: readonly string[]): Promise<void> {
  await statement("buckets.ensure", () =>
    sql`
      INSERT INTO buckets (name, owner) SELECT unnest(${[...names]}::text[]), ''
      ON CONFLICT (name) DO NOTHING`);
}

/** Deletes an empty bucket. Objects and uploads refer to their bucket, so a race cannot orphan one. */
export async function deleteBucket(
  sql: Sql,
  name: string,
): Promise<"deleted" | "absent" | "not-empty"> {
  try {
    const gone = await statement(
      "buckets.delete",
      () => sql`DELETE FROM buckets WHERE name = ${name}`,
    );
    return gone.count === 0 ? "absent" : "deleted";
  } catch (error) {
    if (isSqlState(error, SQLSTATE.foreignKeyViolation)) return "not-empty";
    throw error;
  }
}
