import assert from "node:assert/strict";
import { assertWhole } from "../evidence/evidence_fixture.ts";
import { REPLICAS, sendEvidence } from "./evidence_deployments.ts";

const ROUNDS = 60;

Deno.test("the same decision at the same moment on two replicas is stored once, with one event", async () => {
  await using deployment = await REPLICAS.start();
  const { servers } = deployment;
  for (let round = 0; round < ROUNDS; round++) {
    const isSame = round % 2 === 0;
    const answers = await Promise.all(servers.map((server, index) =>
      sendEvidence(server, {
        decision_id: `decision-${round}`,
        evidence_type: "decision",
        metadata: {},
        evidence_data: { round, by: isSame ? "both" : index },
      })
    ));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, isSame ? [200, 201] : [201, 409], JSON.stringify(answers));
    if (!isSame) continue;
    const [first, second] = answers.map(({ json }) => json);
    assert.deepEqual(first, second);
  }
  await Promise.all(servers.map((server) => server.stop()));
  await using kept = await deployment.open();
  const { evidence, log } = kept;
  await assertWhole({ log, objects: evidence.context.objects, sql: evidence.context.sql });
  let stored = 0;
  for await (const { event } of log.records(0)) if (event.type === "EvidenceStored") stored++;
  assert.equal(stored, ROUNDS);
});

Deno.test("of corrections at the same moment on two replicas one is stored", async () => {
  await using deployment = await REPLICAS.start();
  const { servers } = deployment;
  const [first] = servers;
  assert.ok(first);
  for (let round = 0; round < ROUNDS / 3; round++) {
    const bundle = {
      decision_id: `decision-${round}`,
      evidence_type: "decision",
      evidence_data: { round },
    };
    const { json } = await sendEvidence(first, bundle);
    const answers = await Promise.all(servers.map((server, index) =>
      sendEvidence(server, {
        ...bundle,
        evidence_data: { round, corrected: index },
        corrects: json["checksum"],
      })
    ));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409]);
  }
  await Promise.all(servers.map((server) => server.stop()));
  await using kept = await deployment.open();
  const { evidence, log } = kept;
  await assertWhole({ log, objects: evidence.context.objects, sql: evidence.context.sql });
});
