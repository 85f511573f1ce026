import { networkInterfaces } from "node:os";

/** What a pod of the operator measures, served where an API server finds it. */
export class PodMetrics implements AsyncDisposable {
  /** Not 127.0.0.1: an API server forwards nothing to itself. */
  readonly address = ownAddress();
  readonly port: number;
  /** `host:port`, from this machine. */
  readonly local: string;
  failures = 0;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(readonly name: string, public leads: boolean) {
    this.#server = Deno.serve(
      { hostname: "0.0.0.0", port: 0, onListen: () => {} },
      ({ url }) => {
        const isMetrics = new URL(url).pathname === "/metrics";
        return isMetrics ? new Response(this.text()) : new Response(null, { status: 404 });
      },
    );
    this.port = this.#server.addr.port;
    this.local = `127.0.0.1:${this.port}`;
  }

  text(): string {
    return [
      "# TYPE rynxs_leader_election_status gauge",
      `rynxs_leader_election_status ${this.leads ? 1 : 0}`,
      "# TYPE rynxs_leader_election_failures_total counter",
      `rynxs_leader_election_failures_total{reason="conflict"} ${this.failures}`,
      "",
    ].join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const other = all.find(({ family, internal }) => family === "IPv4" && !internal);
  if (other === undefined) throw new Error("this machine has no address but its own loopback");
  return other.address;
}
