/**
 * Deletes keys of an S3 store, 1,000 at a time where it can.
 * Source: "DeleteObjects", Amazon S3 API reference.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { BackendError, type BackendKey, type DeletionFailure } from "./backend.ts";
import { concurrently } from "./concurrently.ts";
import { retrying } from "./retry.ts";
import { isUnsupported } from "./s3_fault.ts";
import { documentBody, type S3Connection, XML_HEADERS } from "./s3_request.ts";
import { deleteSchema, escapeXml, isXmlText } from "./s3_xml.ts";

/** Most keys in one request. */
const BATCH = 1_000;

/** Single deletions under way at the same time. */
const CONCURRENCY = 8;

/** Deletes keys of one store, and knows whether it takes batches. */
export class Deleter {
  #takesBatches = true;

  constructor(private readonly connection: S3Connection) {}

  /** Deletes keys; resolves with those that remain. Throws when the store does not answer. */
  async delete(
    keys: readonly BackendKey[],
    signal: AbortSignal | undefined,
  ): Promise<readonly DeletionFailure[]> {
    const single = keys.length === 1 ? keys : keys.filter((key) => !isXmlText(key));
    const batched = keys.length === 1 ? [] : keys.filter(isXmlText);
    const failures = await this.#deleteSingly(single, signal);
    for (let at = 0; at < batched.length; at += BATCH) {
      failures.push(...await this.#deleteBatch(batched.slice(at, at + BATCH), signal));
    }
    return failures;
  }

  async #deleteBatch(
    keys: readonly BackendKey[],
    signal: AbortSignal | undefined,
  ): Promise<DeletionFailure[]> {
    if (!this.#takesBatches) return await this.#deleteSingly(keys, signal);
    try {
      return await this.#sendBatch(keys, signal);
    } catch (error) {
      if (!isUnsupported(error)) throw error;
      this.#takesBatches = false;
      return await this.#deleteSingly(keys, signal);
    }
  }

  async #sendBatch(
    keys: readonly BackendKey[],
    signal: AbortSignal | undefined,
  ): Promise<DeletionFailure[]> {
    const objects = keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`).join("");
    const body = documentBody(
      `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects}</Delete>`,
    );
    const digest = createHash("md5").update(body.content).digest("base64");
    const headers = { ...XML_HEADERS, "content-md5": digest };
    const request = { method: "POST", query: "delete=", headers, body, signal } as const;
    const { value } = await retrying(
      () => this.connection.sendForDocument(request, deleteSchema),
      signal,
    );
    const { name } = this.connection;
    return value.Error
      .filter(({ Code }) => Code !== "NoSuchKey")
      .map(({ Key, Code, Message }) => {
        const message = `${Code}: ${Message}`;
        const error = new BackendError("unavailable", name, message, { status: 200, code: Code });
        // One of the keys above, repeated by the store.
        return { key: Key as BackendKey, error };
      });
  }

  async #deleteSingly(
    keys: readonly BackendKey[],
    signal: AbortSignal | undefined,
  ): Promise<DeletionFailure[]> {
    const failures: DeletionFailure[] = [];
    await concurrently(keys, CONCURRENCY, async (key) => {
      try {
        await retrying(() => this.connection.send({ method: "DELETE", key, signal }), signal);
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        if (error.detail.code === "NoSuchBucket" || isUnanswered(error)) throw error;
        if (error.kind !== "not-found") failures.push({ key, error });
      }
    });
    return failures;
  }
}

/** Whether there was no answer at all: the next key would wait for one as long. */
function isUnanswered(error: BackendError): boolean {
  return error.kind === "unavailable" && error.detail.status === undefined;
}
