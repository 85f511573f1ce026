import assert from "node:assert/strict";
import { LogStoreError } from "../../src/eventlog/log_objects.ts";
import { LogOutage } from "../../src/operator/log_outage.ts";
import { logPutErrorsTotal } from "../../src/telemetry/metrics.ts";
import { when } from "./when.ts";

Deno.test("while a log is away errors are counted, by what was met last, and not afterwards", async () => {
  const before = await counted();
  let after = before;
  {
    using outage = new LogOutage(5);
    outage.note(new LogStoreError("NetworkError", "no answer"));
    await whenCounted("NetworkError", before, 2);
    outage.note(new LogStoreError("AccessDenied", "no longer"));
    await whenCounted("AccessDenied", before, 2);
    after = await counted();
  }
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.deepEqual(await counted(), after);
});

Deno.test("a log that was never away counts nothing", async () => {
  const before = await counted();
  {
    using _ = new LogOutage(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.deepEqual(await counted(), before);
});

type Counts = Readonly<Record<string, number>>;

async function whenCounted(type: string, before: Counts, times: number): Promise<void> {
  let now = before;
  await when(() => {
    counted().then((counts) => now = counts);
    return (now[type] ?? 0) - (before[type] ?? 0) >= times;
  });
}

async function counted(): Promise<Counts> {
  const { values } = await logPutErrorsTotal.get();
  return Object.fromEntries(values.map(({ labels, value }) => [labels.error_type, value]));
}
