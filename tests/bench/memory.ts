import { presignedUrl } from "../harness/raw_signing.ts";
import { send } from "./load.ts";
import type { Sides } from "./sides.ts";

const TRANSFERS = 16;
const SIZE = 512 * 1024 * 1024;
/** How often the server's memory is looked at. Milliseconds. */
const INTERVAL = 200;

/** How far resident memory rose above what it was before, in bytes. */
export interface MemoryGrowth {
  readonly before: number;
  readonly peak: number;
  readonly growth: number;
  readonly goal: number;
}

/** 16 uploads of 512 MiB at once, and then 16 downloads while another 16 are uploaded. */
export async function memoryGrowth({ holdfast, server }: Sides): Promise<MemoryGrowth> {
  const transfer = (method: "GET" | "PUT", name: string) =>
    send({
      method,
      urls: Array.from({ length: TRANSFERS }, (_, index) =>
        presignedUrl(holdfast, method, `/${holdfast.bucket}/${name}/${index}`)),
      size: SIZE,
      connections: TRANSFERS,
      seconds: 0,
      requests: TRANSFERS,
    });
  const before = await server.residentBytes();
  let peak = before;
  const watching = setInterval(async () => {
    peak = Math.max(peak, await server.residentBytes());
  }, INTERVAL);
  try {
    await transfer("PUT", "first");
    await Promise.all([transfer("GET", "first"), transfer("PUT", "second")]);
  } finally {
    clearInterval(watching);
  }
  return { before, peak, growth: peak - before, goal: 150 * 1024 * 1024 };
}
