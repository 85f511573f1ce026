import { KubeUnreachableError } from "../kube/kube_error.ts";
import type { ElectionClock } from "./election_clock.ts";

/** For how long. */
export interface Bounds {
  readonly clock: Pick<ElectionClock, "sleep">;
  /** Milliseconds. */
  readonly limit: number;
  /** Ends it before that, with its own reason. */
  readonly outer?: AbortSignal;
}

/** Makes a call with a signal that is aborted when its time is over. */
export async function within<T>(
  { clock, limit, outer }: Bounds,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const done = new AbortController();
  outer?.addEventListener("abort", () => ended.abort(outer.reason), {
    once: true,
    signal: done.signal,
  });
  if (outer?.aborted === true) ended.abort(outer.reason);
  const timer = clock.sleep(limit, done.signal).then(() =>
    ended.abort(new KubeUnreachableError(`no answer within ${Math.round(limit)} ms`))
  );
  try {
    return await call(ended.signal);
  } finally {
    done.abort();
    await timer;
  }
}
