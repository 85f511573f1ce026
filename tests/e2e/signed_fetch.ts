import { signHeaders } from "../../src/sigv4/sign.ts";

/** Who sends requests, and where to. */
export interface Caller {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** A request as tests write it. */
export interface SentRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: Readonly<Record<string, unknown>> | ReadableStream<Uint8Array> | string;
}

/** Sends a request that is signed, its body left out of the signature. */
export function signedFetch(
  { endpoint, ...credentials }: Caller,
  target: string,
  { method = "GET", headers = {}, body }: SentRequest = {},
): Promise<Response> {
  const { host, pathname, search } = new URL(target, endpoint);
  const isJson = typeof body === "object" && !(body instanceof ReadableStream);
  const typed = isJson ? { "content-type": "application/json", ...headers } : headers;
  const signed = signHeaders(
    {
      method,
      host,
      rawPath: pathname,
      rawQuery: search.slice(1),
      headers: {},
      payloadSha256: "UNSIGNED-PAYLOAD",
    },
    credentials,
    "us-east-1",
    new Date(),
  );
  return fetch(new URL(target, endpoint), {
    method,
    headers: { ...typed, ...signed },
    body: isJson ? JSON.stringify(body) : body,
  });
}
