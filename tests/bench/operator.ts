/**
 * How long an operator takes to know its log again, as the log grows.
 *
 * @module
 */
import { join } from "node:path";
import { CheckpointStore } from "../../src/eventlog/checkpoint/checkpoint_store.ts";
import { createCheckpoint } from "../../src/eventlog/checkpoint/create_checkpoint.ts";
import { JsonNumber } from "../../src/eventlog/json.ts";
import { openLog } from "../../src/eventlog/open_log.ts";
import { SigningKey } from "../../src/eventlog/signing_key.ts";
import { Journal } from "../../src/operator/journal.ts";
import { standingTerm } from "../../src/operator/lease/standing_term.ts";
import { type Figure, figure, median, rate } from "./figure.ts";

/** Events of the log. */
const [FEW, MANY] = [1_000, 50_000];

/** Events behind the last checkpoint: half of what there is between two by default. */
const BEHIND = 500;

const AGENTS = 100;
const REPLAYS = 5;
const ROUNDS = 3;

/** All figures of the operator. */
export async function* operatorFigures(): AsyncGenerator<Figure> {
  await using small = await writtenLog(FEW);
  await using large = await writtenLog(MANY);
  const grown = `with ${MANY.toLocaleString("en")} events | with ${FEW.toLocaleString("en")}`;
  for (const [what, trusting, least] of REPLAYED) {
    const [few, many]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      few.push(await rate(REPLAYS, () => replays(small, trusting)));
      many.push(await rate(REPLAYS, () => replays(large, trusting)));
    }
    const goal = least === undefined ? undefined : { least };
    yield figure(`${what}, ${grown}`, median(few), median(many), goal, "replays/s");
  }
}

/** From where the log is replayed, and the least ratio where it is not to grow. */
const REPLAYED: readonly (readonly [what: string, trusting: boolean, least?: number])[] = [
  ["replay from the last checkpoint", true, 0.7],
  ["replay from the beginning", false],
];

type Written = Awaited<ReturnType<typeof writtenLog>>;

async function replays({ open, key }: Written, trusting: boolean): Promise<void> {
  for (let count = 0; count < REPLAYS; count++) {
    const checkpoints = trusting ? { key, every: Infinity } : undefined;
    await using journal = new Journal({ open, hashVersion: "v2", checkpoints });
    await journal.follow(standingTerm("bench"));
  }
}

/** A log with so many events, a checkpoint, and some more. */
async function writtenLog(events: number) {
  const resources = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir({ prefix: "holdfast-bench-" });
  resources.defer(() => Deno.remove(directory, { recursive: true }));
  const open = () => openLog({ kind: "file", path: join(directory, "events.jsonl") });
  const key = SigningKey.generate();
  await using opened = open();
  await append(opened.log, 0, events);
  const store = new CheckpointStore(opened.objects, opened.prefix);
  await store.save(await createCheckpoint({ log: opened.log, key }));
  await append(opened.log, events, BEHIND);
  return { open, key, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

async function append(log: ReturnType<typeof openLog>["log"], from: number, count: number) {
  // What waits together is written together.
  await Promise.all(Array.from({ length: count }, (_, index) => {
    const name = `agent-${(from + index) % AGENTS}`;
    return log.append({
      type: "AgentObserved",
      aggregateId: `bench/${name}`,
      ts: new JsonNumber(String(from + index)),
      payload: { name, namespace: "bench", labels: {}, spec: {}, spec_hash: String(from + index) },
      hashVersion: "v2",
    });
  }));
}
