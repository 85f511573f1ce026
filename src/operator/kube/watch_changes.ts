import { readLines } from "./answer_body.ts";
import { type KubeConnection, type KubeRequest, textOf } from "./connection.ts";
import { Deadline } from "./deadline.ts";
import { accepted } from "./exchange.ts";
import type { Selection, WatchEvent } from "./kube_api.ts";
import type { KubeObject, ResourceKind } from "./kube_object.ts";
import { queryOf } from "./list_pages.ts";
import { receivedEvent } from "./received.ts";
import { collectionPath } from "./resource_path.ts";

/** How long a watch lasts. */
export interface WatchLimits {
  /** Milliseconds without an event or a bookmark after which it is over; 90 s without it. */
  readonly silence?: number;
  /** Seconds after which the server is to end it; 300 to 600 at random without it. */
  readonly length?: () => number;
}

/**
 * Servers send a bookmark about every minute, but none where nothing of the kind has changed in the
 * whole cluster since the watch began: silence is no sign of death, and no sign of life. Milliseconds.
 */
const SILENCE = 90_000;

/** Longest line that is read, in bytes: an object and a little more. */
const LONGEST_LINE = 8 * 1_024 * 1_024;

/** Watches that end at different times do not come back all at once. Seconds. */
const [SHORTEST, LONGEST] = [300, 600];

/**
 * Watches, until the server ends the answer or is silent for too long. Source: Kubernetes API concepts,
 * "Efficient detection of changes".
 *
 * @param limits `begin` is how long the answer may take to begin, in milliseconds
 * @throws as `KubeApi.watch`
 */
export async function* watchChanges<T extends KubeObject>(
  connection: KubeConnection,
  kind: ResourceKind<T>,
  { namespace, resourceVersion, ...selection }: Selection & { readonly resourceVersion: string },
  { begin, silence = SILENCE, length = someLength }: WatchLimits & { readonly begin: number },
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchEvent<T>, void, void> {
  const query = {
    ...queryOf(selection),
    watch: "true",
    allowWatchBookmarks: "true",
    resourceVersion,
    timeoutSeconds: String(length()),
  };
  const request: KubeRequest = { method: "GET", path: collectionPath(kind, namespace), query };
  using deadline = new Deadline(begin, signal);
  const answer = await accepted(request, await connection.send(request, deadline), deadline);
  yield { type: "BOOKMARK", resourceVersion };
  const stillThere = () => deadline.restart(silence);
  stillThere();
  const lines = readLines(answer, LONGEST_LINE, stillThere);
  for await (const line of untilOver(textOf(request), lines, deadline)) {
    yield receivedEvent(textOf(request), kind, line);
  }
}

async function* untilOver(
  what: string,
  lines: AsyncIterable<string>,
  deadline: Deadline,
): AsyncGenerator<string, void, void> {
  try {
    yield* lines;
  } catch (failure) {
    if (deadline.isOver) return;
    throw deadline.explain(what, failure);
  }
}

function someLength(): number {
  return SHORTEST + Math.floor(Math.random() * (LONGEST - SHORTEST + 1));
}
