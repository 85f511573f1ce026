/**
 * Reading small objects in numbers. The SDK takes longer over a request than a store does, so these
 * are signed and sent without it, to where it would send them and with its credentials.
 *
 * @module
 */
import type { S3Client } from "@aws-sdk/client-s3";
import { EMPTY_SHA256 } from "../../backends/s3_request.ts";
import { isFoldedByUrl } from "../../backends/s3_address.ts";
import { sdkBucketUrl } from "../../objectstore/bucket_url.ts";
import { ANSWER_LIMIT, MOST_REQUESTS } from "../../objectstore/s3_client.ts";
import { signHeaders } from "../../sigv4/sign.ts";
import { encodePath } from "../../sigv4/uri_encoding.ts";
import type { KeptObject } from "../log_objects.ts";
import { LARGEST_OBJECT } from "./object_size.ts";

/** How reading went. */
export type SignedAnswer =
  | { readonly kind: "object"; readonly object: KeptObject }
  | { readonly kind: "absent" }
  /** Whatever else: for the SDK to ask, and to understand. */
  | { readonly kind: "unclear" };

/** Where the objects of a bucket are: its URL ends with a slash. */
interface BucketUrl {
  readonly url: URL;
  readonly region: string;
}

const UNCLEAR: SignedAnswer = { kind: "unclear" };

/** Longest error document that is read, in bytes. */
const LONGEST_DOCUMENT = 16_384;

/** Reads objects of one bucket. Never throws what the store or the network is to blame for. */
export class SignedGets implements Disposable {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #answerLimit: number;
  readonly #http: Deno.HttpClient;
  #url: Promise<BucketUrl | undefined> | undefined;

  /** @param answerLimit how long an answer may take, in milliseconds */
  constructor(client: S3Client, bucket: string, answerLimit = ANSWER_LIMIT) {
    this.#client = client;
    this.#bucket = bucket;
    this.#answerLimit = answerLimit;
    this.#http = Deno.createHttpClient({ poolMaxIdlePerHost: MOST_REQUESTS, http2: false });
  }

  async get(key: string): Promise<SignedAnswer> {
    try {
      const bucket = await (this.#url ??= sdkBucketUrl(this.#client, this.#bucket));
      if (bucket === undefined || isFoldedByUrl(key)) return UNCLEAR;
      const answer = await this.#send(bucket, key);
      if (answer.status === 200) return await this.#read(answer);
      if (answer.status === 404 && await saysNoSuchKey(answer)) return { kind: "absent" };
      if (!answer.bodyUsed) await answer.body?.cancel();
      return UNCLEAR;
    } catch {
      // The SDK meets with the same, and says what it is.
      return UNCLEAR;
    }
  }

  [Symbol.dispose](): void {
    this.#http.close();
  }

  async #send({ url, region }: BucketUrl, key: string): Promise<Response> {
    const rawPath = url.pathname + encodePath(key);
    const headers = signHeaders(
      {
        method: "GET",
        host: url.host,
        rawPath,
        rawQuery: "",
        headers: {},
        payloadSha256: EMPTY_SHA256,
      },
      await this.#client.config.credentials(),
      region,
      new Date(Date.now() + this.#client.config.systemClockOffset),
    );
    // Otherwise what is stored compressed would come decompressed.
    headers["accept-encoding"] = "identity";
    return await fetch(url.origin + rawPath, {
      headers,
      client: this.#http,
      redirect: "manual",
      signal: AbortSignal.timeout(this.#answerLimit),
    });
  }

  async #read(answer: Response): Promise<SignedAnswer> {
    const size = Number(answer.headers.get("content-length") ?? NaN);
    const etag = answer.headers.get("etag");
    if (!(size <= LARGEST_OBJECT) || etag === null) {
      await answer.body?.cancel();
      return UNCLEAR;
    }
    const bytes = await answer.bytes();
    return bytes.length === size ? { kind: "object", object: { bytes, etag } } : UNCLEAR;
  }
}

/** A bucket that is not there is something else. */
async function saysNoSuchKey(answer: Response): Promise<boolean> {
  const length = Number(answer.headers.get("content-length") ?? NaN);
  if (!(length <= LONGEST_DOCUMENT)) return false;
  return (await answer.text()).includes("<Code>NoSuchKey</Code>");
}
