import { DeleteObjectsCommand } from "@aws-sdk/client-s3";
import { s3Client } from "../harness/client.ts";
import { presignedUrl } from "../harness/raw_signing.ts";
import { type LoadResult, send } from "./load.ts";
import type { Side, Sides } from "./sides.ts";

const TRANSFERS = 16;
const SIZE = 512 * 1024 * 1024;
/** How often the server's memory is looked at. Milliseconds. */
const INTERVAL = 200;
/** Growth to stay below, in bytes. */
export const MEMORY_GOAL = 150 * 1024 * 1024;

/** What a load did to resident memory; all in bytes. */
export interface MemoryGrowth {
  readonly name: string;
  /** Before the first load of all, just after the start. */
  readonly atStart: number;
  readonly peak: number;
  readonly growth: number;
}

/** 16 uploads of 512 MiB at once, then 16 downloads, then both together. */
export async function* memoryGrowth({ holdfast, server }: Sides): AsyncGenerator<MemoryGrowth> {
  const atStart = await server.residentBytes();
  const transfer = (method: "GET" | "PUT", name: string) =>
    send({
      method,
      urls: Array.from(
        { length: TRANSFERS },
        (_, index) => presignedUrl(holdfast, method, `/${holdfast.bucket}/${name}/${index}`),
      ),
      size: SIZE,
      connections: TRANSFERS,
      seconds: 0,
      requests: TRANSFERS,
    });
  const loads: Readonly<Record<string, () => Promise<LoadResult | LoadResult[]>>> = {
    "16 uploads": () => transfer("PUT", "first"),
    "16 downloads": () => transfer("GET", "first"),
    "both": () => Promise.all([transfer("GET", "first"), transfer("PUT", "second")]),
  };
  for (const [name, load] of Object.entries(loads)) {
    const peak = await peakDuring(load, () => server.residentBytes());
    yield { name: `${name} of 512 MiB`, atStart, peak, growth: peak - atStart };
  }
  await remove(holdfast, ["first", "second"]);
}

async function remove(side: Side, names: readonly string[]): Promise<void> {
  const client = s3Client(side);
  const Objects = names.flatMap((name) =>
    Array.from({ length: TRANSFERS }, (_, index) => ({ Key: `${name}/${index}` }))
  );
  await client.send(new DeleteObjectsCommand({ Bucket: side.bucket, Delete: { Objects } }));
  client.destroy();
}

async function peakDuring(
  load: () => Promise<unknown>,
  look: () => Promise<number>,
): Promise<number> {
  let peak = 0;
  let over = false;
  const watched = (async () => {
    while (!over) {
      peak = Math.max(peak, await look());
      await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    }
  })();
  try {
    await load();
  } finally {
    over = true;
    await watched;
  }
  return peak;
}
