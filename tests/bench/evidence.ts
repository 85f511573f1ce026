/**
 * What evidence costs: beside its object and its event written by themselves, and as there comes to
 * be more of it.
 *
 * @module
 */
import { join } from "node:path";
import { EventIndex } from "../../src/api/log/event_index.ts";
import { EventReader } from "../../src/api/log/event_reader.ts";
import { LogPublisher } from "../../src/api/log/publishing.ts";
import { ServedLog } from "../../src/api/log/served_log.ts";
import { parseJson } from "../../src/eventlog/json.ts";
import { openLog } from "../../src/eventlog/open_log.ts";
import { SigningKey } from "../../src/eventlog/signing_key.ts";
import { EvidenceStore } from "../../src/evidence/evidence_store.ts";
import { buildProof } from "../../src/evidence/proof/build_proof.ts";
import { LocalStore } from "../../src/objectstore/local.ts";
import { proofSources } from "../../src/api/evidence/proof_routes.ts";
import { openStorage } from "../harness/storage.ts";
import { type Figure, figure, median, rate } from "./figure.ts";

/** Decisions whose evidence is there, and whose events are in the log. */
const [FEW, MANY] = [1_000, 100_000];

const ROUNDS = 3;
const STORES = 300;
const READS = 300;
const AT_ONCE = 16;

/** All figures of evidence. */
export async function* evidenceFigures(): AsyncGenerator<Figure> {
  await using small = await openEvidence(FEW);
  yield await besideItsParts(small);
  await using large = await openEvidence(MANY);
  const grown = `with ${MANY.toLocaleString("en")} decisions | with ${FEW.toLocaleString("en")}`;
  for (const [what, count, once, least] of OPERATIONS) {
    const [few, many]: [number[], number[]] = [[], []];
    for (const evidence of [small, large]) await atOnce(count, (each) => once(evidence, each));
    for (let round = 0; round < ROUNDS; round++) {
      few.push(await rate(count, () => atOnce(count, (each) => once(small, each))));
      many.push(await rate(count, () => atOnce(count, (each) => once(large, each))));
    }
    yield requests(`${what}, ${grown}`, median(few), median(many), { least });
  }
}

type Evidence = Awaited<ReturnType<typeof openEvidence>>;

/** What is done, how often and how, and the least ratio. The way to a root grows as a logarithm. */
const OPERATIONS: readonly (readonly [
  what: string,
  count: number,
  once: (evidence: Evidence, index: number) => Promise<unknown>,
  least: number,
])[] = [
  ["store", STORES, ({ store }) => store.store(bundle(crypto.randomUUID()), "bench"), 0.8],
  ["read", READS, ({ store }, index) => store.read(id(index % FEW)), 0.8],
  ["list a page", READS, ({ store }) => store.list({ limit: 100 }), 0.8],
  ["prove", READS, (evidence, index) => prove(evidence, id(index % FEW)), 0.5],
];

/** The object and the event of a bundle, one after the other, and nothing that makes them one. */
async function besideItsParts({ log, objects, store }: Evidence): Promise<Figure> {
  const [parts, whole]: [number[], number[]] = [[], []];
  const bytes = new TextEncoder().encode("x".repeat(600));
  for (let round = 0; round < ROUNDS; round++) {
    parts.push(
      await rate(STORES, () =>
        atOnce(STORES, async () => {
          const key = crypto.randomUUID();
          await objects.putObject(key, bytes, { ifAbsent: true });
          await log.append({ type: "Bench", aggregate_id: key, payload: { key } });
        })),
    );
    whole.push(
      await rate(
        STORES,
        () => atOnce(STORES, () => store.store(bundle(crypto.randomUUID()), "bench")),
      ),
    );
  }
  const name = `store, ${AT_ONCE} at once | its object and its event by themselves`;
  return requests(name, median(parts), median(whole), { least: 0.4 });
}

async function prove(evidence: Evidence, decisionId: string): Promise<void> {
  await buildProof(proofSources(evidence), decisionId, { limit: 100 });
}

/** Evidence with the rows and the events of so many decisions, and the objects of the first few. */
async function openEvidence(decisions: number) {
  const resources = new AsyncDisposableStack();
  const { sql, storage } = resources.use(await openStorage());
  const directory = await Deno.makeTempDir({ prefix: "holdfast-bench-" });
  resources.defer(() => Deno.remove(directory, { recursive: true }));
  const log = resources.use(
    new ServedLog({
      open: () => openLog({ kind: "file", path: join(directory, "events.jsonl") }),
      hashVersion: "v2",
    }),
  );
  const objects = resources.use(new LocalStore({ storage, bucket: "b", region: "r" }));
  const store = new EvidenceStore({ objects, sql, log, retention: { retainDays: new Map() } });
  await atOnce(FEW, (index) => store.store(bundle(id(index)), "bench"));
  await atOnce(decisions - FEW, (index) =>
    log.append({
      type: "EvidenceStored",
      aggregate_id: id(FEW + index),
      payload: { key: `evidence/decision/2026/01/${id(FEW + index)}.json` },
    }));
  await sql`
    INSERT INTO evidence_bundles (decision_id, ordinal, evidence_type, version, object_key,
      created_at, created_text, stored_at, checksum, sha256, fingerprint, size_bytes, state, seq,
      event_hash)
    SELECT 'decision-' || number, 1, evidence_type, version, 'evidence/decision/2026/01/' || number,
      created_at + number * interval '1 second', created_text, stored_at, checksum, sha256,
      fingerprint, size_bytes, state, number, event_hash
    FROM evidence_bundles, generate_series(${FEW}::int, ${decisions - 1}::int) AS number
    WHERE decision_id = ${id(0)}`;
  await sql`ANALYZE evidence_bundles`;
  const publisher = new LogPublisher(log, {
    key: SigningKey.generate(),
    origin: "example.com/bench",
  });
  await publisher.publish();
  const reader = new EventReader(log, new EventIndex(sql, log));
  return {
    log,
    objects,
    publisher,
    reader,
    store,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

function bundle(decisionId: string) {
  const evidenceData = parseJson('{"score":0.75,"reasons":["income","history"],"limit":12000}');
  return { decisionId, evidenceType: "decision", metadata: {}, evidenceData };
}

function id(index: number): string {
  return `decision-${index}`;
}

async function atOnce(count: number, run: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let index; (index = next++) < count;) await run(index);
  }));
}

function requests(name: string, few: number, many: number, goal: Figure["goal"]): Figure {
  return figure(name, few, many, goal, "requests/s");
}
