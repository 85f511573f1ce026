/**
 * How an S3 store is reached: its configuration, and the host and paths of its requests.
 *
 * @module
 */
import { isIP } from "node:net";
import { encodePath } from "../sigv4/uri_encoding.ts";

/** An S3 store. */
export interface S3BackendConfig {
  /** Label in metrics and errors. */
  readonly name: string;
  /** `https://s3.eu-central-1.amazonaws.com`, `http://127.0.0.1:9000`; may have a path. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Puts the bucket into the path; otherwise it goes into the host name. */
  readonly forcePathStyle: boolean;
  /** Time to the first byte of an answer, from the end of the request. Milliseconds. */
  readonly timeout: number;
  /** Time that the body of an answer may bring no byte. Milliseconds. */
  readonly stallTimeout: number;
  /** Frames uploads in `aws-chunked` with a CRC32 trailer, for stores that ask for it. */
  readonly awsChunked: boolean;
}

/** Host and paths of a bucket. */
export class S3Address {
  /** `https://bucket.example.com`, without a path. */
  readonly origin: string;
  /** As the `Host` header says it. */
  readonly host: string;
  /** Path of the bucket itself. */
  readonly bucketPath: string;
  readonly #keyPrefix: string;
  readonly #bucket: string;

  constructor(config: Pick<S3BackendConfig, "endpoint" | "bucket" | "forcePathStyle">) {
    const { protocol, host, hostname, pathname } = new URL(config.endpoint);
    const base = pathname.replace(/\/+$/, "");
    // An address of numbers has no names below it.
    const inPath = config.forcePathStyle || isIP(hostname.replace(/^\[|\]$/g, "")) !== 0;
    this.host = inPath ? host : `${config.bucket}.${host}`;
    this.origin = `${protocol}//${this.host}`;
    this.bucketPath = inPath ? `${base}/${encodePath(config.bucket)}` : base || "/";
    this.#keyPrefix = inPath ? `${this.bucketPath}/` : `${base}/`;
    this.#bucket = config.bucket;
  }

  /** Path of a key, encoded as it goes on the wire. */
  objectPath(key: string): string {
    return this.#keyPrefix + encodePath(key);
  }

  /** A key as `x-amz-copy-source` names it. */
  copySource(key: string): string {
    return encodePath(`/${this.#bucket}/${key}`);
  }
}

/**
 * Whether a URL parser would change the path of a key: it folds `.` and `..`, so that the request
 * would be for another key than the one that was signed.
 */
export function isFoldedByUrl(key: string): boolean {
  return key.includes(".") && /(?:^|\/)\.\.?(?:\/|$)/.test(key);
}
