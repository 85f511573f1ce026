import assert from "node:assert/strict";
import { TlogFault } from "../../../src/eventlog/tlog/tlog_fault.ts";
import { verifyProof } from "../../../src/eventlog/verify.ts";
import { sampleLog } from "./sample_log.ts";

Deno.test("records of the log itself are proven, and no others", async () => {
  await using sample = await sampleLog(300);
  await sample.publish();
  const published = await sample.open();
  const records = await Array.fromAsync(
    sample.log.read(),
    ({ bytes, seq }) => ({ seq, bytes: bytes.slice() }),
  );
  for (const { bytes, seq } of records.filter(({ seq }) => seq % 37 === 0)) {
    const proof = await published.proofTextOf({ bytes, seq });
    assert.equal(proof, await published.proofText(seq));
    const record = new TextDecoder().decode(bytes);
    const verified = await verifyProof({ record, proof, verifierKey: sample.verifierKey });
    assert.ok(verified.ok);
    await assert.rejects(published.proofTextOf({ seq, bytes: bytes.with(20, 0) }), TlogFault);
    await assert.rejects(published.proofTextOf({ seq: (seq + 1) % 300, bytes }), TlogFault);
  }
  await sample.grow(1);
  const [next] = await Array.fromAsync(sample.log.read({ fromSeq: 300 }));
  assert.ok(next);
  await assert.rejects(published.proofTextOf(next), RangeError);
});
