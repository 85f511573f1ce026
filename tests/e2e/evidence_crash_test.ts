import assert from "node:assert/strict";
import { assertWhole, expireClaims } from "../evidence/evidence_fixture.ts";
import type { Holdfast } from "../harness/server.ts";
import {
  type EvidenceDeployment,
  getEvidence,
  IN_ITSELF,
  REPLICAS,
  sendEvidence,
} from "./evidence_deployments.ts";
import { PseudoRandom } from "./pseudo_random.ts";

const STORES = 300;
const SENDERS = 6;

/** Of those whose answer did not come, one in so many is not sent again. */
const GIVEN_UP = 3;

for (const kind of [IN_ITSELF, REPLICAS]) {
  Deno.test(`kill -9 among ${STORES} stores leaves no evidence without its event, in ${kind.name}`, async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    await using deployment = await kind.start();
    const storm = new Storm(deployment, new PseudoRandom(seed));
    await storm.run();
    console.log(
      `seed ${seed}: ${storm.kills} kills, ${storm.acknowledged.size} acknowledged, ` +
        `${storm.unanswered} answers lost`,
    );
    assert.ok(storm.unanswered > 0, "no kill met a request");
    await Promise.all(deployment.servers.map((server) => server.kill9()));
    await letTimePass(deployment);
    await Promise.all(deployment.servers.map((_, index) => deployment.restart(index)));
    await storm.checkAcknowledged();
    // What a server finishes when it starts is finished before it ends.
    await Promise.all(deployment.servers.map((server) => server.stop()));

    await using kept = await deployment.open();
    const { evidence, log } = kept;
    const { objects, sql } = evidence.context;
    await assertWhole({ log, objects, sql });
    for (const [decisionId, { eventHash, seq }] of storm.acknowledged) {
      const { kept: bundle } = await evidence.read(decisionId);
      assert.deepEqual(bundle.event, { seq, eventHash });
    }
  });
}

/** As if those who began what is under way had been dead for long enough. */
async function letTimePass(deployment: EvidenceDeployment): Promise<void> {
  await using kept = await deployment.open();
  const { sql } = kept.evidence.context;
  const [left] = await sql<{ count: number }[]>`SELECT count(*) FROM evidence_outbox`;
  console.log(`${left?.count} stores are under way`);
  await expireClaims(sql);
}

interface Acknowledged {
  readonly seq: number;
  readonly eventHash: string;
}

/** Senders of evidence, over servers that are killed under them. */
class Storm {
  readonly acknowledged = new Map<string, Acknowledged>();
  unanswered = 0;
  kills = 0;
  #begun = 0;

  constructor(readonly deployment: EvidenceDeployment, readonly random: PseudoRandom) {}

  async run(): Promise<void> {
    const sending = Promise.all(Array.from({ length: SENDERS }, () => this.#sender()));
    let isOver = false;
    const end = () => void (isOver = true);
    sending.then(end, end);
    while (!isOver) await this.#killOne();
    await sending;
  }

  async checkAcknowledged(): Promise<void> {
    for (const [index, decisionId] of [...this.acknowledged.keys()].entries()) {
      const { servers } = this.deployment;
      const { json, status } = await getEvidence(servers[index % servers.length]!, decisionId);
      assert.equal(status, 200, `${decisionId}: ${JSON.stringify(json)}`);
      assert.equal(json["decision_id"], decisionId);
    }
  }

  async #sender(): Promise<void> {
    while (this.#begun < STORES) {
      const decisionId = `decision-${this.#begun++}`;
      while (!await this.#send(decisionId) && this.random.below(GIVEN_UP) > 0);
      await this.#pause(0, 200);
    }
  }

  /** Whether there was an answer. */
  async #send(decisionId: string): Promise<boolean> {
    const bundle = {
      decision_id: decisionId,
      evidence_type: "decision",
      metadata: { sender: "storm" },
      evidence_data: { score: 0.5, filling: "x".repeat(decisionId.length * 97 % 3_000) },
    };
    const answer = await sendEvidence(await this.#living(), bundle).catch(() => undefined);
    if (answer === undefined) this.unanswered++;
    if (answer === undefined) return false;
    const { json, status } = answer;
    assert.ok(status === 200 || status === 201, `${status}: ${JSON.stringify(json)}`);
    this.acknowledged.set(decisionId, {
      seq: Number(json["seq"]),
      eventHash: String(json["event_hash"]),
    });
    return true;
  }

  async #living(): Promise<Holdfast> {
    while (true) {
      const living = this.deployment.servers.filter((server) => !server.ended());
      if (living.length > 0) return this.random.pick(living);
      await this.#pause(10, 30);
    }
  }

  async #killOne(): Promise<void> {
    // Longer than who sends again waits for a process that is dead.
    await this.#pause(200, 3_000);
    const victim = this.random.below(this.deployment.servers.length);
    await this.deployment.servers[victim]?.kill9();
    this.kills++;
    await this.deployment.restart(victim);
  }

  #pause(from: number, to: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, from + this.random.below(to - from)));
  }
}
