import { CreateBucketCommand } from "@aws-sdk/client-s3";
import { s3Client } from "../harness/client.ts";
import { presignedUrl } from "../harness/raw_signing.ts";
import { compare, type Comparison } from "./comparison.ts";
import { type Load, send } from "./load.ts";
import type { Side, Sides } from "./sides.ts";
import type { Effort } from "./transfers.ts";

/** Keys are `dNNN/fNNNNNN`: a thousand prefixes, so that both buckets answer with 1,000 entries. */
const PREFIXES = 1_000;
const BUCKETS = { "thousand-keys": 1_000, "million-keys": 1_000_000 };

/** The queries: from the start, from the middle, and by prefix up to a delimiter; a page in both. */
const QUERIES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "flat": { "list-type": "2" },
  "of 400 from the middle": { "list-type": "2", "start-after": "d500", "max-keys": "400" },
  "with a delimiter": { "list-type": "2", "delimiter": "%2F" },
};
const CONNECTIONS = [1, 16];

/** LIST in a bucket of a million keys against one of a thousand, and that against MinIO's own. */
export async function* listings(sides: Sides, effort: Effort): AsyncGenerator<Comparison> {
  const { direct, holdfast } = sides;
  await fillHoldfast(sides);
  await fillMinio(direct);
  for (const [query, parameters] of Object.entries(QUERIES)) {
    for (const connections of CONNECTIONS) {
      const list = (side: Side, bucket: string): Load => ({
        method: "GET",
        urls: [presignedUrl(side, "GET", `/${bucket}`, parameters)],
        size: 0,
        connections,
        seconds: effort.seconds,
        requests: 1,
      });
      const name = `LIST ${query}, ${connections} connection${connections === 1 ? "" : "s"}`;
      const thousand = list(holdfast, "thousand-keys");
      yield await compare({
        name: `${name}: 1,000 keys, against MinIO`,
        unit: "requests/s",
        baseline: list(direct, direct.bucket),
        measured: thousand,
        rounds: effort.rounds,
      });
      yield await compare({
        name: `${name}: 1,000,000 keys against 1,000`,
        unit: "requests/s",
        baseline: thousand,
        measured: list(holdfast, "million-keys"),
        rounds: effort.rounds,
        goal: 1 / 1.5,
      });
    }
  }
}

/** The rows without the bytes: LIST never asks a backend. */
async function fillHoldfast({ holdfast, sql }: Sides): Promise<void> {
  const client = s3Client(holdfast);
  for (const [bucket, keys] of Object.entries(BUCKETS)) {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    await sql`
      INSERT INTO object_locations
        (bucket, object_key, backend_name, backend_key, version, size_bytes, etag, owner)
      SELECT ${bucket}, key, 'minio', ${bucket} || '/' || key, '0', 1024, md5(key), 'bench'
      FROM (
        SELECT format('d%s/f%s', lpad((i % ${PREFIXES}::int)::text, 3, '0'),
                      lpad((i / ${PREFIXES}::int)::text, 6, '0')) AS key
        FROM generate_series(0, ${keys - 1}::int) AS i
      ) AS keys`;
  }
  await sql`VACUUM ANALYZE object_locations`;
  client.destroy();
}

async function fillMinio(direct: Side): Promise<void> {
  const urls = Array.from({ length: PREFIXES }, (_, index) => {
    const key = `d${String(index).padStart(3, "0")}/f000000`;
    return presignedUrl(direct, "PUT", `/${direct.bucket}/${key}`);
  });
  await send({ method: "PUT", urls, size: 1_024, connections: 16, seconds: 0, requests: PREFIXES });
}
