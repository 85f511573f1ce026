import { type BundleQuery, listBundles } from "../metadata/evidence.ts";
import type { EvidenceContext } from "./context.ts";
import { toKept } from "./find.ts";
import type { KeptBundle } from "./model.ts";

/** Which evidence to list. */
export type ListQuery = BundleQuery;

/** A page of evidence, by the time when it was created, its decision and its version. */
export async function list(
  { sql }: EvidenceContext,
  query: ListQuery,
): Promise<readonly KeptBundle[]> {
  return (await listBundles(sql, query)).map(toKept);
}
