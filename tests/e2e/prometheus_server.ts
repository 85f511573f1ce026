import { join } from "node:path";
import { z } from "zod";
import { freePort } from "../harness/free_port.ts";
import { toolPath } from "../harness/tools.ts";
import { watchOver } from "../harness/watchdog.ts";
import { eventually } from "./eventually.ts";

/** Something that is scraped. */
export interface ScrapeTarget {
  readonly job: string;
  /** `127.0.0.1:PORT` */
  readonly address: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What is scraped, and the paths of files of rules. */
export interface PrometheusOptions {
  readonly targets: readonly ScrapeTarget[];
  readonly rules: readonly string[];
}

/** A series at a moment. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: string;
}

const RULES = z.object({
  data: z.object({
    groups: z.array(z.object({
      name: z.string(),
      rules: z.array(z.object({
        name: z.string(),
        health: z.enum(["ok", "err", "unknown"]),
        lastError: z.string().optional(),
        state: z.enum(["inactive", "pending", "firing"]),
      })),
    })),
  }),
});

const VECTOR = z.object({
  data: z.object({
    resultType: z.literal("vector"),
    result: z.array(z.object({
      metric: z.record(z.string(), z.string()),
      value: z.tuple([z.number(), z.string()]),
    })),
  }),
});

/** A Prometheus that scrapes twice a second, and evaluates its rules every second. */
export interface Prometheus extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** What it has come to with its rules. */
  rules(): Promise<z.infer<typeof RULES>["data"]["groups"]>;
  /** Evaluates an expression now. Rejects with what Prometheus says of one that it does not take. */
  query(expression: string): Promise<readonly Sample[]>;
}

/** Starts Prometheus on a free port, with a directory of its own, and waits until it is ready. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-prometheus-" });
  const address = `127.0.0.1:${freePort()}`;
  const config = join(directory, "prometheus.yml");
  await Deno.writeTextFile(config, JSON.stringify(configuration(options)));
  const child = new Deno.Command(await toolPath("prometheus"), {
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(directory, "data")}`,
      `--web.listen-address=${address}`,
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await watchOver({ pid: child.pid, signal: "KILL", directory });
  const ask = async (path: string) => {
    const response = await fetch(`http://${address}${path}`, {
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return text;
  };
  await eventually(async () => void await ask("/-/ready"), 30_000);
  return {
    url: `http://${address}`,
    rules: async () => RULES.parse(JSON.parse(await ask("/api/v1/rules"))).data.groups,
    query: async (expression) => {
      const answer = await ask(`/api/v1/query?query=${encodeURIComponent(expression)}`);
      return VECTOR.parse(JSON.parse(answer)).data.result
        .map(({ metric, value: [, value] }) => ({ metric, value }));
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      await child.status;
      await Deno.remove(directory, { recursive: true });
    },
  };
}

function configuration({ targets, rules }: PrometheusOptions) {
  return {
    global: { scrape_interval: "500ms", scrape_timeout: "500ms", evaluation_interval: "1s" },
    rule_files: rules,
    scrape_configs: targets.map(({ job, address, labels }) => ({
      job_name: job,
      static_configs: [{ targets: [address], labels }],
    })),
  };
}
