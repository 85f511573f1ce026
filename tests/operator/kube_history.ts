/**
 * A server of ConfigMaps with a history that can be forgotten, and watches that can be broken.
 *
 * @module
 */
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";

/** What a server does next instead of answering. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly retryAfter?: number;
}

interface Change {
  readonly version: number;
  readonly line: string;
}

export class KubeHistory implements AsyncDisposable {
  /** What was asked: `list`, or `watch` and from which version. */
  readonly asked: string[] = [];
  readonly #server: Server;
  readonly #objects = new Map<
    string,
    { readonly metadata: { readonly resourceVersion: string } }
  >();
  readonly #watches = new Set<ServerResponse>();
  readonly #refusals = { list: [] as Refusal[], watch: [] as Refusal[] };
  #changes: Change[] = [];
  #version = 1;
  #oldest = 0;

  private constructor() {
    this.#server = createServer(({ url }, answer) =>
      this.#answer(new URL(url!, "http://x"), answer)
    );
  }

  static async start(): Promise<KubeHistory> {
    const history = new KubeHistory();
    history.#server.listen(0, "127.0.0.1");
    await once(history.#server, "listening");
    return history;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("it does not listen");
    return `http://127.0.0.1:${address.port}`;
  }

  /** Version of each object by name. */
  get versions(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.#objects].map(([name, { metadata }]) => [name, metadata.resourceVersion]),
    );
  }

  put(name: string): void {
    const object = this.#next(name);
    const type = this.#objects.has(name) ? "MODIFIED" : "ADDED";
    this.#objects.set(name, object);
    this.#publish({ type, object });
  }

  remove(name: string): void {
    if (this.#objects.delete(name)) this.#publish({ type: "DELETED", object: this.#next(name) });
  }

  bookmark(): void {
    const metadata = { resourceVersion: String(this.#version) };
    this.#tell(lineOf({ type: "BOOKMARK", object: { kind: "ConfigMap", metadata } }));
  }

  /** Forgets how it came to what is there. */
  compact(): void {
    this.#changes = [];
    this.#oldest = ++this.#version;
  }

  /** Closes the connections of watches, as a rule within a line. */
  breakWatches(): void {
    for (const watch of this.#watches) {
      watch.write('{"type":"MODI');
      watch.destroy();
    }
    this.#watches.clear();
  }

  endWatches(): void {
    for (const watch of this.#watches) watch.end();
    this.#watches.clear();
  }

  /** How many watches are open. */
  get watches(): number {
    return this.#watches.size;
  }

  refuseNext(what: "list" | "watch", refusal: Refusal): void {
    this.#refusals[what].push(refusal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  #next(name: string) {
    const resourceVersion = String(++this.#version);
    return { kind: "ConfigMap", metadata: { name, namespace: "default", resourceVersion } };
  }

  #publish(event: unknown): void {
    const line = lineOf(event);
    this.#changes.push({ version: this.#version, line });
    this.#tell(line);
  }

  #tell(line: string): void {
    for (const watch of this.#watches) watch.write(line);
  }

  #answer({ searchParams }: URL, answer: ServerResponse): void {
    const isWatch = searchParams.get("watch") === "true";
    const from = searchParams.get("resourceVersion") ?? "";
    this.asked.push(isWatch ? `watch ${from}` : "list");
    const refusal = this.#refusals[isWatch ? "watch" : "list"].shift();
    if (refusal !== undefined) return refuse(answer, refusal);
    if (isWatch) return this.#watch(Number(from), answer);
    const metadata = { resourceVersion: String(this.#version) };
    answer.end(JSON.stringify({ metadata, items: [...this.#objects.values()] }));
  }

  #watch(from: number, answer: ServerResponse): void {
    if (from < this.#oldest) return refuse(answer, { status: 410, reason: "Expired" });
    answer.flushHeaders();
    for (const { version, line } of this.#changes) if (version > from) answer.write(line);
    this.#watches.add(answer);
    answer.on("close", () => this.#watches.delete(answer));
  }
}

function lineOf(event: unknown): string {
  return JSON.stringify(event) + "\n";
}

function refuse(answer: ServerResponse, { status, reason, retryAfter }: Refusal): void {
  answer.writeHead(status, retryAfter === undefined ? {} : { "retry-after": String(retryAfter) });
  answer.end(JSON.stringify({ kind: "Status", code: status, reason }));
}
