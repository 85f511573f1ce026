import { basename, join } from "node:path";
import { forBucket } from "../../src/policy/template.ts";
import type { S3Target } from "../harness/client.ts";
import type { Minio } from "../harness/minio.ts";
import { REPOSITORY } from "../harness/server.ts";
import { toolPath } from "../harness/tools.ts";
import { succeed } from "./program.ts";

/** Users of a MinIO server, made with the commands of MinIO's own client. */
export class MinioUsers implements AsyncDisposable {
  readonly #program: string;
  readonly #home: string;
  readonly #minio: Minio;

  private constructor(program: string, home: string, minio: Minio) {
    this.#program = program;
    this.#home = home;
    this.#minio = minio;
  }

  static async open(minio: Minio): Promise<MinioUsers> {
    const home = await Deno.makeTempDir({ prefix: "holdfast-mc-" });
    return new MinioUsers(await toolPath("mc"), home, minio);
  }

  /** Adds a user that may use every bucket, as far as policies under `policies/minio/` let it. */
  async add(name: string, bucket: string, policies: readonly string[]): Promise<S3Target> {
    const secretAccessKey = `secret-of-${name}`;
    await this.#mc("admin", "user", "add", SERVER, name, secretAccessKey);
    const attached: string[] = ["readwrite"];
    for (const file of policies) attached.push(await this.#create(file, bucket));
    await this.#mc("admin", "policy", "attach", SERVER, ...attached, "--user", name);
    return { endpoint: this.#minio.endpoint, accessKeyId: name, secretAccessKey };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#home, { recursive: true });
  }

  async #create(file: string, bucket: string): Promise<string> {
    const name = basename(file, ".json");
    const path = join(this.#home, `${name}-for-${bucket}.json`);
    const text = await Deno.readTextFile(`${REPOSITORY}/policies/minio/${file}`);
    await Deno.writeTextFile(path, forBucket(text, bucket));
    await this.#mc("admin", "policy", "create", SERVER, name, path);
    return name;
  }

  async #mc(...args: string[]): Promise<void> {
    const { endpoint, accessKeyId, secretAccessKey } = this.#minio;
    const server = new URL(endpoint);
    server.username = accessKeyId;
    server.password = secretAccessKey;
    await succeed(this.#program, ["--config-dir", this.#home, "--quiet", ...args], {
      env: { HOME: this.#home, [`MC_HOST_${SERVER}`]: server.href },
    });
  }
}

/** What MinIO's client calls the server. */
const SERVER = "store";
