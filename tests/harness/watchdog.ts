/** What is left to do when the process that started another one is gone. */
export interface Orphan {
  readonly pid: number;
  /** How it is ended: `KILL`, or `QUIT` for a PostgreSQL server with its children. */
  readonly signal: "KILL" | "QUIT";
  /** Removed afterwards. */
  readonly directory: string;
}

/**
 * A process group of its own, so that what ends a test run (a timeout, an interrupt) does not end
 * the watchdog first. It ends by itself when the process that it watches over has.
 */
const SCRIPT = `
set -m
(
  trap '' INT TERM HUP
  while kill -0 "$1"; do
    kill -0 "$2" || exit
    sleep 1
  done
  kill -"$3" "$2"
  while kill -0 "$2"; do sleep 1; done
  rm -rf "$4"
) >/dev/null 2>&1 </dev/null &`;

/** Has a process ended, and its directory removed, when this process ends without doing so. */
export async function watchOver({ pid, signal, directory }: Orphan): Promise<void> {
  const args = ["-c", SCRIPT, "watchdog", String(Deno.pid), String(pid), signal, directory];
  const { success } = await new Deno.Command("sh", { args, stdin: "null" }).output();
  if (!success) throw new Error("the watchdog did not start");
}
