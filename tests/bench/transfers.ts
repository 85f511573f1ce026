import { presignedUrl } from "../harness/raw_signing.ts";
import { compare, type Comparison } from "./comparison.ts";
import { type Load, send } from "./load.ts";
import type { Side, Sides } from "./sides.ts";

/** How long to measure. */
export interface Effort {
  /** Of each load of each round. */
  readonly seconds: number;
  readonly rounds: number;
}

interface Size {
  readonly name: string;
  readonly bytes: number;
  readonly unit: Comparison["unit"];
  /** Objects that are read in turn, and keys that are written; of those at least one a connection. */
  readonly objects: number;
  /** Ratios to reach. */
  readonly goals: { readonly GET?: number; readonly PUT?: number };
}

const SIZES: readonly Size[] = [
  { name: "1 KiB", bytes: 1_024, unit: "requests/s", objects: 500, goals: { GET: 0.45 } },
  { name: "1 MiB", bytes: 1_048_576, unit: "MB/s", objects: 100, goals: {} },
  { name: "64 MiB", bytes: 67_108_864, unit: "MB/s", objects: 8, goals: { GET: 0.6, PUT: 0.5 } },
];
const CONNECTIONS = [1, 16, 64];

/** GET, PUT and HEAD through Holdfast against the same straight to MinIO. */
export async function* transfers(
  { direct, holdfast }: Sides,
  effort: Effort,
): AsyncGenerator<Comparison> {
  for (const size of SIZES) {
    for (const side of [direct, holdfast]) await send(fill(side, size));
    for (const method of ["GET", "PUT"] as const) {
      for (const connections of CONNECTIONS) {
        const goal = size.goals[method];
        yield await compareSides(method, size, connections, goal);
      }
    }
  }
  const [smallest] = SIZES;
  if (!smallest) return;
  for (const connections of CONNECTIONS) yield await compareSides("HEAD", smallest, connections, 1);

  function compareSides(
    method: Load["method"],
    size: Size,
    connections: number,
    goal: number | undefined,
  ): Promise<Comparison> {
    const load = (side: Side): Load => ({
      method,
      urls: method === "PUT"
        ? urls(side, method, size, "written", Math.max(size.objects, connections))
        : urls(side, method, size, "read", size.objects),
      size: size.bytes,
      connections,
      seconds: effort.seconds,
      requests: connections,
    });
    return compare({
      name: `${method} ${size.name}, ${connections} connection${connections === 1 ? "" : "s"}`,
      unit: method === "HEAD" ? "requests/s" : size.unit,
      baseline: load(direct),
      measured: load(holdfast),
      rounds: effort.rounds,
      goal,
    });
  }
}

function fill(side: Side, size: Size): Load {
  const all = urls(side, "PUT", size, "read", size.objects);
  const { bytes, objects } = size;
  return { method: "PUT", urls: all, size: bytes, connections: 4, seconds: 0, requests: objects };
}

function urls(
  side: Side,
  method: string,
  size: Size,
  use: "read" | "written",
  count: number,
): string[] {
  return Array.from(
    { length: count },
    (_, index) => presignedUrl(side, method, `/${side.bucket}/${use}/${size.bytes}/${index}`),
  );
}
