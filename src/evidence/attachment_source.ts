/**
 * Where the bytes of an attachment come from, to be written to its object.
 *
 * @module
 */
import type { MultipartOptions, ObjectStore } from "../objectstore/object_store.ts";
import { unshared } from "../objectstore/unshared.ts";
import { type Content, type ContentDigest, digestOf, Measure } from "./content_digest.ts";

/** How its object is to be written. */
export type AttachmentWrite = Pick<
  MultipartOptions,
  "contentType" | "contentDisposition" | "ifAbsent" | "metadata"
>;

/** Bytes, to be written or to be compared. */
export interface AttachmentSource {
  /** What was said of them before any was read. */
  readonly declared: Partial<ContentDigest>;
  /** Whether they broke off, or were not what was said of them: then there is no object of them. */
  readonly hasFailed: boolean;
  /** Writes all of them. Throws what the store throws. */
  write(objects: ObjectStore, key: string, options: AttachmentWrite): Promise<unknown>;
  /** What they come to: of those that were written, or that are read to their end for it. */
  digest(): Promise<ContentDigest>;
}

/** A body, as somebody sends it. */
export interface SentBody {
  /** `undefined` where only its end will tell. */
  readonly size: number | undefined;
  readonly content: Content;
}

/** Parts of an object that are in memory at once, each of some 8 MiB. */
const CONCURRENCY = 2;

/** What comes in with a request: it can be read once. */
export class SentSource implements AttachmentSource {
  readonly declared: Partial<ContentDigest>;
  readonly #open: () => Promise<SentBody>;
  #digest: ContentDigest | undefined;
  #hasFailed = false;

  /**
   * @param declared what the headers of the request say
   * @param open called when the bytes are wanted
   */
  constructor(declared: Partial<ContentDigest>, open: () => Promise<SentBody>) {
    this.declared = declared;
    this.#open = open;
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  async write(objects: ObjectStore, key: string, options: AttachmentWrite): Promise<unknown> {
    const { content, size } = await this.#opened();
    if (content instanceof Uint8Array) {
      this.#digest = await digestOf(content);
      return await objects.putObject(key, unshared(content), options);
    }
    const bytes = this.#measured(content);
    return await objects.multipartUpload(key, bytes, {
      ...options,
      size,
      concurrency: CONCURRENCY,
    });
  }

  async digest(): Promise<ContentDigest> {
    return this.#digest ??= await digestOf((await this.#opened()).content);
  }

  async #opened(): Promise<SentBody> {
    try {
      return await this.#open();
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }

  async *#measured(
    content: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    const measure = new Measure();
    try {
      for await (const chunk of content) {
        measure.update(chunk);
        yield unshared(chunk);
      }
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
    this.#digest = measure.digest();
  }
}

/** An object that has been read, and is copied as it was then. */
export class CopiedSource implements AttachmentSource {
  readonly hasFailed = false;

  /** @param etag that the object had when it came to `declared` */
  constructor(
    readonly declared: ContentDigest,
    private readonly source: { readonly key: string; readonly etag: string },
  ) {}

  write(objects: ObjectStore, key: string, options: AttachmentWrite): Promise<unknown> {
    return objects.copyObject(this.source.key, key, {
      ...options,
      sourceIfMatch: this.source.etag,
      description: "replace",
    });
  }

  digest(): Promise<ContentDigest> {
    return Promise.resolve(this.declared);
  }
}
