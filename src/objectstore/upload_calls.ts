/**
 * What a store has to do by itself of uploads in parts.
 *
 * @module
 */
import type { CopySource, Page } from "./bucket_calls.ts";
import type { ObjectDescription, WriteCondition } from "./object_store.ts";

/** An upload in parts that is under way. */
export interface UploadUnderWay {
  readonly key: string;
  readonly uploadId: string;
}

/** A part that a store has. */
export interface KeptPart {
  readonly partNumber: number;
  readonly size: number;
  /** Unquoted. */
  readonly etag: string;
}

/** The uploads of one bucket. Its calls are like those of `BucketCalls`. */
export interface UploadCalls {
  create(key: string, description: ObjectDescription, signal?: AbortSignal): Promise<string>;
  putPart(
    upload: UploadUnderWay,
    partNumber: number,
    bytes: Uint8Array<ArrayBuffer>,
    signal?: AbortSignal,
  ): Promise<string>;
  /** @param range both ends included */
  copyPart(
    upload: UploadUnderWay,
    partNumber: number,
    source: CopySource,
    range: { readonly start: number; readonly end: number },
    signal?: AbortSignal,
  ): Promise<string>;
  listParts(upload: UploadUnderWay, after?: string, signal?: AbortSignal): Promise<Page<KeptPart>>;
  /** @returns the object's entity tag */
  complete(
    upload: UploadUnderWay,
    parts: readonly Pick<KeptPart, "partNumber" | "etag">[],
    condition: WriteCondition,
    signal?: AbortSignal,
  ): Promise<string>;
  abort(upload: UploadUnderWay, signal?: AbortSignal): Promise<void>;
  list(prefix: string, after?: string, signal?: AbortSignal): Promise<Page<UploadUnderWay>>;
}
