import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { s3Client } from "../harness/client.ts";
import { assertBooksBalance } from "./accounts.ts";
import { type Deployment, DEPLOYMENTS } from "./deployments.ts";
import { eventually } from "./eventually.ts";
import { ExpectedObjects } from "./expected_objects.ts";
import { PseudoRandom } from "./pseudo_random.ts";

const WRITES = 500;
const WRITERS = 12;
const KEYS_OF_A_WRITER = 6;
const MIB = 1024 * 1024;

/** Short, so that what a killed process leaves is swept while the test waits. */
const WORKERS = {
  sweep_interval: "1s",
  intent_max_age: "4s",
  deletion_interval: "1s",
  cleanup_interval: "2s",
  multipart_max_age: "15s",
};

for (const kind of DEPLOYMENTS) {
  Deno.test(`kill -9 among ${WRITES} writes loses and leaks nothing, in front of ${kind.name}`, async () => {
    const seed = Math.floor(Math.random() * 2 ** 32);
    console.log(`seed ${seed}`);
    await using deployment = await kind.start({ servers: 2, threads: 1, workers: WORKERS });
    using storm = new Storm(deployment, new PseudoRandom(seed));
    await storm.run();
    console.log(
      `${storm.kills} kills, ${storm.acknowledged} writes acknowledged, ` +
        `${storm.unanswered} without an answer`,
    );
    assert(storm.acknowledged > WRITES / 2, "too few writes were answered to say anything");
    assert(storm.unanswered > 0, "no kill met a write");

    await Promise.all(deployment.servers.map((server) => server.kill9()));
    await Promise.all(deployment.servers.map((_, index) => deployment.restart(index)));
    await storm.checkEveryObject();
    await eventually(() => assertBooksBalance(deployment), 90_000);
    await storm.checkEveryObject();
  });
}

type Write = (client: S3Client, key: string) => Promise<void>;

/** Writers that each own some keys, over servers that are killed under them. */
class Storm {
  acknowledged = 0;
  unanswered = 0;
  kills = 0;
  #begun = 0;
  readonly #objects = new ExpectedObjects();
  readonly #clients: readonly S3Client[];
  readonly #writes: readonly Write[];

  constructor(readonly deployment: Deployment, readonly random: PseudoRandom) {
    this.#clients = deployment.servers.map(({ endpoint }) =>
      s3Client({ ...deployment, endpoint }, { maxAttempts: 1 })
    );
    const [put, remove] = [this.#put.bind(this), this.#remove.bind(this)];
    const [create, multipart] = [this.#putIfAbsent.bind(this), this.#multipart.bind(this)];
    this.#writes = [put, put, put, remove, create, create, multipart, this.#copy.bind(this)];
  }

  async run(): Promise<void> {
    const storm = Promise.all(Array.from({ length: WRITERS }, (_, index) => this.#writer(index)));
    let over = false;
    const end = () => void (over = true);
    storm.then(end, end);
    while (!over) await this.#killOne();
    await storm;
  }

  [Symbol.dispose](): void {
    for (const client of this.#clients) client.destroy();
  }

  async checkEveryObject(): Promise<void> {
    const [client] = this.#clients;
    assert(client);
    for (const key of this.#objects.keys()) {
      this.#objects.check(key, await this.#read(client, key));
    }
  }

  async #writer(index: number): Promise<void> {
    while (this.#begun++ < WRITES) {
      const key = `writer-${index}/${this.random.below(KEYS_OF_A_WRITER)}`;
      const living = this.#clients.filter((_, server) => !this.deployment.servers[server]?.ended());
      await this.random.pick(this.#writes)(this.random.pick(living), key);
    }
  }

  async #killOne(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 100 + this.random.below(900)));
    const victim = this.random.below(this.deployment.servers.length);
    await this.deployment.servers[victim]?.kill9();
    this.kills++;
    await this.deployment.restart(victim);
  }

  async #put(client: S3Client, key: string): Promise<void> {
    const content = this.random.bytes(this.#size());
    await this.#record(key, content, async () => {
      await client.send(new PutObjectCommand({ ...this.#place(key), Body: content }));
    });
  }

  async #putIfAbsent(client: S3Client, key: string): Promise<void> {
    const content = this.random.bytes(this.#size());
    const presence = this.#objects.presence(key);
    await this.#record(key, content, async () => {
      await client.send(
        new PutObjectCommand({ ...this.#place(key), Body: content, IfNoneMatch: "*" }),
      );
      assert.notEqual(presence, "present", `${key} was overwritten`);
    }, presence === "absent" ? undefined : 412);
  }

  async #remove(client: S3Client, key: string): Promise<void> {
    await this.#record(key, undefined, async () => {
      await client.send(new DeleteObjectCommand(this.#place(key)));
    });
  }

  async #copy(client: S3Client, key: string): Promise<void> {
    const from = `${key}-source`;
    const content = this.random.bytes(this.#size());
    const stored = await this.#record(from, content, async () => {
      await client.send(new PutObjectCommand({ ...this.#place(from), Body: content }));
    });
    if (!stored) return;
    const CopySource = `${this.deployment.bucket}/${from}`;
    await this.#record(key, content, async () => {
      await client.send(new CopyObjectCommand({ ...this.#place(key), CopySource }));
    });
  }

  async #multipart(client: S3Client, key: string): Promise<void> {
    const contents = [this.random.bytes(5 * MIB), this.random.bytes(this.#size())];
    await this.#record(key, new Uint8Array(Buffer.concat(contents)), async () => {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand(this.#place(key)));
      const upload = { ...this.#place(key), UploadId };
      if (this.random.below(8) === 0) await client.send(new AbortMultipartUploadCommand(upload));
      const Parts = await Promise.all(contents.map(async (Body, index) => {
        const PartNumber = index + 1;
        const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
        return { PartNumber, ETag };
      }));
      await client.send(
        new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
      );
    }, 404);
  }

  /** Whether the write was acknowledged. A refusal with `refusal` leaves everything as it was. */
  async #record(
    key: string,
    content: Uint8Array | undefined,
    write: () => Promise<void>,
    refusal?: number,
  ): Promise<boolean> {
    try {
      await write();
      this.#objects.acknowledged(key, content);
      this.acknowledged++;
      return true;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      const status = error instanceof S3ServiceException && error.$metadata.httpStatusCode;
      if (refusal !== undefined && status === refusal) return false;
      // An answer that was cut off has a status of success, and is none.
      if (status && status >= 300) throw error;
      this.#objects.unanswered(key, content);
      this.unanswered++;
      return false;
    }
  }

  async #read(client: S3Client, key: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await client.send(new GetObjectCommand(this.#place(key)));
      return await Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 404) {
        return undefined;
      }
      throw error;
    }
  }

  #place(key: string) {
    return { Bucket: this.deployment.bucket, Key: key };
  }

  #size(): number {
    return this.random.pick([0, 1_000, 40_000, 250_000, 300_000, 700_000]);
  }
}
