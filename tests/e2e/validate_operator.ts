import { asJson } from "../../src/eventlog/as_json.ts";
import type { EventLog } from "../../src/eventlog/event_log.ts";
import { isJsonObject, JsonNumber } from "../../src/eventlog/json.ts";
import { S3Objects } from "../../src/eventlog/objects/s3.ts";
import { S3Log } from "../../src/eventlog/s3_log.ts";
import { clusterAccess } from "../../src/operator/kube/cluster_access.ts";
import { KubeClient } from "../../src/operator/kube/kube_client.ts";
import { AGENT } from "../../src/operator/kinds.ts";
import type { S3Target } from "../harness/client.ts";
import type { Kubernetes } from "../harness/kubernetes.ts";

/** How often it looks for new agents. Milliseconds. */
const PERIOD = 100;

/** What an operator does for the checks: each Agent that it sees becomes events in the log. */
export class SmallOperator implements AsyncDisposable {
  /** Whether it does anything. */
  isAwake = true;
  /** Whether its events say who wrote them. */
  isNamed = true;
  readonly log: EventLog;
  readonly #objects: S3Objects;
  readonly #client: KubeClient;
  readonly #holder: string;
  readonly #seen = new Set<string>();
  readonly #stopping = new AbortController();
  #work: Promise<void> | undefined;

  private constructor(client: KubeClient, target: S3Target & { bucket: string }, holder: string) {
    const { bucket, endpoint, ...credentials } = target;
    this.#client = client;
    this.#holder = holder;
    this.#objects = new S3Objects({ bucket, endpoint, credentials });
    this.log = new S3Log({ objects: this.#objects, prefix: "events" });
  }

  static async start(
    { kubeconfig }: Kubernetes,
    target: S3Target & { bucket: string },
    holder: string,
  ): Promise<SmallOperator> {
    const client = new KubeClient(await clusterAccess({ KUBECONFIG: kubeconfig }));
    const operator = new SmallOperator(client, target, holder);
    operator.#work = operator.#run();
    return operator;
  }

  /** Appends an event about an agent, as this operator does. */
  async append(type: string, aggregateId: string): Promise<void> {
    const token = {
      holder_identity: this.#holder,
      resource_version: "17",
      renew_time: "2026-01-01T00:00:00.000000Z",
      epoch: 5,
    };
    const meta = asJson(this.isNamed ? { fencing_token: token } : {});
    if (!isJsonObject(meta)) throw new Error("meta is an object");
    const { nextSeq } = await this.log.head();
    const ts = new JsonNumber(String(nextSeq));
    await this.log.append({ type, aggregateId, ts, payload: {}, meta, hashVersion: "v2" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#work;
    await this.log[Symbol.asyncDispose]();
    await this.#objects[Symbol.asyncDispose]();
    this.#client[Symbol.dispose]();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const { items } = this.isAwake ? await this.#client.list(AGENT) : { items: [] };
      for (const { metadata: { uid = "", namespace, name } } of items) {
        if (this.#seen.has(uid)) continue;
        this.#seen.add(uid);
        await this.append("AgentObserved", `${namespace}/${name}`);
        await this.append("ActionsDecided", `${namespace}/${name}`);
      }
      await new Promise((resolve) => setTimeout(resolve, PERIOD));
    }
  }
}
