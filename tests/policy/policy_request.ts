import type { PolicyPrincipal, PolicyRequest } from "../../src/policy/request.ts";

/** A request as tests write it down: what is not said is as plain as can be. */
export interface RequestSketch {
  /** Who asks; without it a user `alice` who needs a policy to be let in. */
  readonly as?: "anonymous" | {
    readonly name: string;
    readonly isMember?: boolean;
    /** Twelve digits; {@link ACCOUNT} without it. */
    readonly account?: string;
  };
  /** Such as `s3:PutObject`. */
  readonly action: string;
  /** `bucket` without it. */
  readonly bucket?: string;
  /** Decoded; a request without it is about the bucket. */
  readonly key?: string;
  /** Names in any case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Decoded. */
  readonly query?: Readonly<Record<string, string>>;
  /** `203.0.113.7` without it. */
  readonly ip?: string;
  /** `true` without it. */
  readonly tls?: boolean;
  /** When it came, ISO 8601; `2026-01-15T12:00:00Z` without it. */
  readonly at?: string;
  /**
   * How it was signed, and how many milliseconds before it came: in its header and at once without
   * it, and not at all where it is `null` or the request is anonymous.
   */
  readonly signature?: {
    readonly type?: "REST-HEADER" | "REST-QUERY-STRING" | "POST";
    readonly age?: number;
  } | null;
  /** `true` for `s3:PutObject` without it, and absent for all other actions. */
  readonly createsObject?: boolean;
}

/** Account of whoever names none. */
export const ACCOUNT = "111122223333";

/** The request that a sketch means. */
export function policyRequest(sketch: RequestSketch): PolicyRequest {
  const { action, bucket = "bucket", key, ip = "203.0.113.7", tls = true } = sketch;
  const headers = new Map(
    Object.entries(sketch.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const query = new Map(Object.entries(sketch.query ?? {}));
  const receivedAt = new Date(sketch.at ?? "2026-01-15T12:00:00Z");
  return {
    principal: principalOf(sketch),
    action,
    resource: `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${key}`}`,
    circumstances: {
      receivedAt,
      sourceIp: ip,
      secureTransport: tls,
      signature: signatureOf(sketch, receivedAt),
      createsObject: sketch.createsObject ?? (action === "s3:PutObject" ? true : undefined),
      header: (name) => headers.get(name),
      query: (name) => query.get(name),
    },
  };
}

function principalOf({ as = { name: "alice" } }: RequestSketch): PolicyPrincipal {
  if (as === "anonymous") return { kind: "anonymous" };
  const { name, isMember = false, account = ACCOUNT } = as;
  return { kind: "user", account, name, isMember };
}

function signatureOf(
  { as, signature = {} }: RequestSketch,
  receivedAt: Date,
): PolicyRequest["circumstances"]["signature"] {
  if (signature === null || as === "anonymous") return undefined;
  const { type = "REST-HEADER", age = 0 } = signature;
  return { type, signedAt: new Date(receivedAt.getTime() - age) };
}
