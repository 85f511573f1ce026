/**
 * Writes under a condition, whose answer may be lost on the way.
 *
 * @module
 */
import { retrying } from "../../backends/retry.ts";
import { logPutErrorsTotal } from "../../telemetry/metrics.ts";
import { LogStoreError, type LogStoreErrorType } from "../log_objects.ts";

/** What a failed attempt says of another one. */
export interface Prospect {
  /** Whether the same attempt may succeed a moment later. */
  readonly isPassing: boolean;
  /** Whether it may have been carried out all the same. */
  readonly mayBeDone: boolean;
}

/** An attempt that failed. */
export class AttemptFault extends LogStoreError {
  constructor(
    type: LogStoreErrorType,
    message: string,
    readonly prospect: Prospect,
    options?: ErrorOptions,
  ) {
    super(type, message, options);
  }
}

/** A write under a condition, with a mark of its own in it. */
export interface ConditionalWrite {
  /** Sends it once. `false` where the condition does not hold. */
  readonly send: () => Promise<boolean>;
  /** Whether the object that is there bears the mark. */
  readonly isOurs: () => Promise<boolean>;
}

/** Between attempts. */
const POLICY = { attempts: 4, baseDelay: 100, maxDelay: 2_000, random: Math.random };

/** Calls `send` until it succeeds, cannot succeed, or has been tried often enough. */
export function attempting<T>(send: () => Promise<T>): Promise<T> {
  return retrying(send, undefined, isPassing, POLICY);
}

/**
 * Carries a write out. The object that is in the way is looked at before it is taken for somebody
 * else's.
 *
 * @returns `false` where the condition does not hold
 * @throws {LogStoreError} it is counted
 */
export async function writeConditionally(write: ConditionalWrite): Promise<boolean> {
  try {
    return await carryOut(write);
  } catch (error) {
    if (error instanceof LogStoreError) logPutErrorsTotal.inc({ error_type: error.type });
    throw error;
  }
}

async function carryOut({ send, isOurs }: ConditionalWrite): Promise<boolean> {
  let mayBeDone = false;
  try {
    const isDone = await attempting(async () => {
      try {
        return await send();
      } catch (error) {
        mayBeDone ||= !(error instanceof AttemptFault) || error.prospect.mayBeDone;
        throw error;
      }
    });
    // What lies between may have sent it twice, of which it tells the second answer.
    return isDone || await isOurs();
  } catch (error) {
    // That this cannot be found out either is no news.
    if (mayBeDone && await isOurs().catch(() => false)) return true;
    throw error;
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof AttemptFault && error.prospect.isPassing;
}
