/**
 * What an S3 operation is: how a request for it is recognised, which IAM action it needs, and the
 * function that answers it. `operations.ts` is the table of all of them.
 *
 * @module
 */
import type { PayloadMode } from "../sigv4/authenticate.ts";
import type { Circumstances } from "../policy/request.ts";
import type { Access } from "./access.ts";
import type { ClientAddress } from "./client_address.ts";
import type { DownloadWatch } from "./download_watch.ts";
import type { Storage } from "../storage/storage.ts";
import type { PostForm } from "./post_form.ts";
import type { Principal } from "./principal.ts";

/** A request after it was recognised, authenticated and allowed. */
export interface S3Request {
  /** Sent as `x-amz-request-id`; the same in logs and traces. */
  readonly id: string;
  readonly operation: Operation;
  readonly method: string;
  /** `""` for the service itself. */
  readonly bucket: string;
  /** Decoded, exactly as the client means it; `""` for a bucket. */
  readonly key: string;
  /** Path on the wire, for the `Resource` of an error and the `Location` of an answer. */
  readonly rawPath: string;
  /** `http://host[:port]` as the client sees it. */
  readonly origin: string;
  /** Decoded; the first value where a name comes twice. A name without `=` has the value `""`. */
  readonly query: ReadonlyMap<string, string>;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
  readonly payload: PayloadMode;
  /** The browser form, with its file still unread; only PostObject has one. */
  readonly form?: PostForm;
  readonly principal: Principal;
  /** Absent for an anonymous request, and for the legacy token. */
  readonly signature?: Circumstances["signature"];
  readonly client: ClientAddress;
  readonly receivedAt: Date;
  /**
   * Of a read: aborts when its client goes away. A write is finished once its body is there,
   * whoever still listens; a client that goes away before is noticed by its body.
   */
  readonly signal: AbortSignal;
  /** Settles when the answer was sent to its end, or no more of it will be. */
  readonly completed: Promise<unknown>;
  /** Writes into the request's log line why something was refused; no client sees it. */
  explain(refusal: string): void;
}

/** What handlers stand on. */
export interface Services {
  readonly storage: Storage;
  readonly access: Access;
  readonly region: string;
  /** Bytes; a larger single PUT is `EntityTooLarge`. */
  readonly maxObjectSize: number;
  /** A body that brings no byte for this long is given up. Milliseconds. */
  readonly stallTimeout: number;
  readonly downloads: DownloadWatch;
}

export type Handler = (request: S3Request, services: Services) => Promise<Response>;

/** A row of the table. */
export interface Operation {
  /** As in the Amazon S3 API reference: `PutObject`. */
  readonly name: string;
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE" | "OPTIONS";
  readonly on: "service" | "bucket" | "object";
  /** Query parameters that must be there, with a value where the value matters (`list-type=2`). */
  readonly query?: readonly string[];
  /**
   * Subresources that may come besides, and only refine the operation. Any other subresource makes
   * it another operation.
   */
  readonly optional?: readonly string[];
  /** Headers that must be there: `x-amz-copy-source`. */
  readonly headers?: readonly string[];
  /** The IAM action, e.g. `s3:PutObject`. Source: "Actions, resources, and condition keys for Amazon S3". */
  readonly action: string;
  /** Further actions that it needs. */
  readonly alsoNeeds?: readonly string[];
  /** Each key that its body names is decided by itself, by the handler. */
  readonly decidedByKey?: true;
  /** What it makes; absent for what makes nothing that objects consist of. */
  readonly creates?: "object" | "part";
  /** Whether it obeys `If-Match` and `If-None-Match` for what is in the key's place. */
  readonly conditional?: true;
  /** `undefined`: answered with `501 NotImplemented` and the operation's name. */
  readonly handler?: Handler;
  /** For the coverage table in the README: what is different from AWS, in a few words. */
  readonly note?: string;
}
