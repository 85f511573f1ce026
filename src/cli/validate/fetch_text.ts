import { readText } from "../../operator/kube/answer_body.ts";

/** Longest answer that is read, in bytes. */
const LONGEST = 8 * 1024 * 1024;

/**
 * Reads what is at a URL.
 *
 * @throws {Error} that says why there is nothing
 */
export async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  let answer: Response;
  try {
    answer = await fetch(url, { signal, redirect: "manual" });
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new Error(`${shown(url)} cannot be reached`, { cause });
  }
  if (answer.ok) return await readText(answer, LONGEST);
  await answer.body?.cancel();
  throw new Error(`${shown(url)} answers ${answer.status}`);
}

/** Without its query, where there might be a secret. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
