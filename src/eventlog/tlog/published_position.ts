import type { PublicKey } from "../signing_key.ts";
import { verifierKey } from "../verify/note.ts";
import { BEGINNING, type LogPosition } from "../verifier.ts";
import { readCheckpoint } from "./published_checkpoint.ts";
import { publishedEnd } from "./published_end.ts";
import type { OpenPublishedLog } from "./published_log.ts";

/**
 * How far a log is published: what its own key has signed was verified before it was signed.
 *
 * @param origin name of the log
 * @returns the beginning where nothing is published
 * @throws {TlogFault} where what is published is wrong, or not of that key
 */
export async function publishedPosition(
  { objects, prefix }: Pick<OpenPublishedLog, "objects" | "prefix">,
  origin: string,
  key: PublicKey,
): Promise<LogPosition> {
  const signer = await verifierKey(origin, key.raw);
  const published = await readCheckpoint(objects, prefix, signer);
  if (published === undefined) return BEGINNING;
  return (await publishedEnd({ objects, prefix }, published.checkpoint)).position;
}
