/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * Tries what an operator beside a server could be talked into.
 *
 * @module
 */

/** What to try. */
export interface Probes {
  /** URLs to ask. */
  readonly urls: readonly string[];
  /** Files to read. */
  readonly reads: readonly string[];
  /** Files to write. */
  readonly writes: readonly string[];
  /** Variables to read. */
  readonly variables: readonly string[];
  /** Programs to start. */
  readonly programs: readonly string[];
}

self.addEventListener("message", async ({ data }: MessageEvent<Probes>) => {
  const { urls, reads, writes, variables, programs } = data;
  self.postMessage([
    ...await Promise.all(urls.map((url) => attempt(url, () => fetch(url).then((it) => it.text())))),
    ...await Promise.all(reads.map((path) => attempt(path, () => Deno.readTextFile(path)))),
    ...await Promise.all(writes.map((path) => attempt(path, () => Deno.writeTextFile(path, "")))),
    ...await Promise.all(
      variables.map((name) => attempt(name, () => Promise.resolve(Deno.env.get(name)))),
    ),
    ...await Promise.all(
      programs.map((name) => attempt(name, () => new Deno.Command(name).output())),
    ),
  ]);
});

/** @returns `NAME: allowed`, or the name of what it was refused with */
async function attempt(name: string, act: () => Promise<unknown>): Promise<string> {
  try {
    await act();
    return `${name}: allowed`;
  } catch (error) {
    return `${name}: ${error instanceof Error ? error.name : error}`;
  }
}
