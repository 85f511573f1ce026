import { join } from "node:path";
import type { S3Target } from "../harness/client.ts";
import { run, type RunResult, succeed } from "./program.ts";

/** The AWS CLI with its default settings, pointed at a deployment. */
export class AwsCli {
  readonly #environment: Readonly<Record<string, string>>;

  constructor(readonly program: string, readonly home: string, deployment: S3Target) {
    this.#environment = {
      HOME: home,
      AWS_ACCESS_KEY_ID: deployment.accessKeyId,
      AWS_SECRET_ACCESS_KEY: deployment.secretAccessKey,
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_ENDPOINT_URL: deployment.endpoint,
      AWS_MAX_ATTEMPTS: "1",
    };
  }

  s3(...args: string[]): Promise<string> {
    return succeed(this.program, ["s3", ...args], { env: this.#environment });
  }

  /** Version 1 of the AWS CLI still presigns the old way in us-east-1 unless it is told. */
  async presign(url: string): Promise<string> {
    const AWS_CONFIG_FILE = join(this.home, "s3v4");
    await Deno.writeTextFile(AWS_CONFIG_FILE, "[default]\ns3 =\n  signature_version = s3v4\n");
    const env = { ...this.#environment, AWS_CONFIG_FILE };
    return (await succeed(this.program, ["s3", "presign", url], { env })).trim();
  }

  /** A command of `s3api`, with the JSON that it answers. */
  async api(...args: string[]): Promise<Record<string, unknown>> {
    const output = await succeed(this.program, ["s3api", ...args], { env: this.#environment });
    return output.trim() === "" ? {} : JSON.parse(output);
  }

  attempt(...args: string[]): Promise<RunResult> {
    return run(this.program, args, { env: this.#environment });
  }

  pipe(input: Uint8Array, ...args: string[]): Promise<string> {
    return succeed(this.program, args, { env: this.#environment, stdin: input });
  }
}
