import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { parseIpAddress } from "../policy/ip_range.ts";
import { ProblemError } from "./problem.ts";

/** Seconds in which requests are counted together. */
const WINDOW = 1;

/** 16-bit words of an IPv6 address that name a network: whoever has one has all its addresses. */
const NETWORK_WORDS = 4;

/** Headers that tell a client how much it may ask. */
export type RateHeaders = Readonly<Record<string, string>>;

/**
 * Counts the requests of each, in this thread.
 * Source: draft-ietf-httpapi-ratelimit-headers-10, "RateLimit header fields for HTTP".
 */
export class RateLimit {
  readonly #limiter: RateLimiterMemory | undefined;
  readonly #policy: RateHeaders;

  /** @param requestsPerSecond of each; 0: as many as come */
  constructor(requestsPerSecond = 0) {
    this.#limiter = requestsPerSecond === 0
      ? undefined
      : new RateLimiterMemory({ points: requestsPerSecond, duration: WINDOW });
    this.#policy = { "ratelimit-policy": `"second";q=${requestsPerSecond};w=${WINDOW}` };
  }

  /**
   * Counts a request.
   *
   * @throws {ProblemError} `tooManyRequests`
   */
  async count(who: string): Promise<RateHeaders> {
    if (this.#limiter === undefined) return {};
    try {
      return this.#headers(await this.#limiter.consume(who));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      throw this.#tooMany(error);
    }
  }

  /**
   * Only looks.
   *
   * @throws {ProblemError} `tooManyRequests`
   */
  async demandRoom(who: string): Promise<void> {
    const counted = await this.#limiter?.get(who);
    if (counted && counted.remainingPoints <= 0) throw this.#tooMany(counted);
  }

  #headers({ msBeforeNext, remainingPoints }: RateLimiterRes): RateHeaders {
    const left = `"second";r=${Math.max(remainingPoints, 0)};t=${inSeconds(msBeforeNext)}`;
    return { ...this.#policy, ratelimit: left };
  }

  #tooMany(counted: RateLimiterRes): ProblemError {
    const headers = {
      ...this.#headers(counted),
      "retry-after": String(inSeconds(counted.msBeforeNext)),
    };
    return new ProblemError("tooManyRequests", "Ask again a little later.", {}, headers);
  }
}

/** What those are counted under who say not who they are. */
export function addressKey(address: string): string {
  const { family, words = [] } = parseIpAddress(address) ?? {};
  const network = family === 6 ? words.slice(0, NETWORK_WORDS).join(":") : address;
  return `address ${network}`;
}

/** What somebody with a name is counted under. */
export function nameKey(name: string): string {
  return `name ${name}`;
}

function inSeconds(milliseconds: number): number {
  return Math.max(Math.ceil(milliseconds / 1_000), 1);
}
