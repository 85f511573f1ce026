import assert from "node:assert/strict";
import { DownloadWatch } from "../../src/s3api/download_watch.ts";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const nobody = () => new AbortController().signal;

Deno.test("a download is given up when it falls behind the slowest rate, and not before", async () => {
  const watch = new DownloadWatch({ patience: 50, slowest: 1_000 });
  const [over, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const long = watch.begin(60_000, nobody(), over.promise);
  const short = watch.begin(1, nobody(), end.promise);
  await wait(200);
  assert(short.signal.aborted);
  assert(!long.signal.aborted);
  over.resolve();
  end.resolve();
  await over.promise;
});

Deno.test("a download that is over is never given up", async () => {
  const watch = new DownloadWatch({ patience: 20, slowest: 1_000_000 });
  const download = watch.begin(1, nobody(), Promise.resolve());
  await wait(100);
  assert(!download.signal.aborted);
});

Deno.test("of too many late downloads the oldest is given up", async () => {
  const watch = new DownloadWatch({ patience: 20, slowest: 1, mostLate: 2 });
  const over = Promise.withResolvers<void>();
  const downloads = [];
  for (let i = 0; i < 4; i++) {
    downloads.push(watch.begin(1_000, nobody(), over.promise));
    await wait(5);
  }
  await wait(100);
  assert.deepEqual(downloads.map((download) => download.signal.aborted), [
    true,
    true,
    false,
    false,
  ]);
  over.resolve();
  await over.promise;
});

Deno.test("a download ends with its client", () => {
  const client = new AbortController();
  const watch = new DownloadWatch({ patience: 60_000 });
  const download = watch.begin(1, client.signal, Promise.resolve());
  client.abort();
  assert(download.signal.aborted);
});
