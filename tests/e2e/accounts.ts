import assert from "node:assert/strict";
import type { Deployment } from "./deployments.ts";

/**
 * Fails unless the books are right and nothing is left over: quota as used is the sum of the rows'
 * sizes, nothing is reserved, and the backends hold exactly the keys that the rows name.
 */
export async function assertBooksBalance(deployment: Deployment): Promise<void> {
  const { sql } = deployment;
  const drift = await sql`
    SELECT q.backend_name, q.bytes_used, q.bytes_reserved, q.objects_count,
           coalesce(sum(o.size_bytes), 0) AS bytes_stored, count(o.object_key) AS objects_stored
    FROM backend_quotas AS q LEFT JOIN object_locations AS o USING (backend_name)
    GROUP BY q.backend_name
    HAVING q.bytes_reserved <> 0 OR q.bytes_used <> coalesce(sum(o.size_bytes), 0)
        OR q.objects_count <> count(o.object_key)`;
  assert.deepEqual([...drift], [], "quotas differ from what is stored");
  const [pending] = await sql`
    SELECT (SELECT count(*)::int FROM write_intents) AS intents,
           (SELECT count(*)::int FROM deletion_queue) AS deletions,
           (SELECT count(*)::int FROM multipart_uploads) AS uploads`;
  assert.deepEqual(pending, { intents: 0, deletions: 0, uploads: 0 });
  assert.deepEqual(await deployment.heldKeys(), await deployment.knownKeys());
}
