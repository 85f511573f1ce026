import type postgres from "postgres";
import { withSpan } from "../telemetry/tracing.ts";
import { CONNECTION_LOST } from "./protocol_messages.ts";

/** A pool of connections whose `bigint` columns arrive as numbers. */
export type Sql = postgres.Sql<{ bigint: number }>;

/** A connection inside a transaction. */
export type Transaction = postgres.TransactionSql<{ bigint: number }>;

/** PostgreSQL's SQLSTATE codes that are acted upon. Source: PostgreSQL, Appendix A. */
export const SQLSTATE = {
  foreignKeyViolation: "23503",
  uniqueViolation: "23505",
  serializationFailure: "40001",
  deadlockDetected: "40P01",
} as const;

/** Whether PostgreSQL refused a statement with this SQLSTATE. */
export function isSqlState(error: unknown, state: string): boolean {
  return error instanceof Error && "code" in error && error.code === state;
}

/**
 * Whether a statement failed because the database cannot be reached, or answers nobody now: by
 * SQLSTATE, what the driver says, or what the system says.
 */
export function isDatabaseAway(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" &&
    AWAY.test(error.code);
}

/** Classes 08, 53 and 57P; `CONNECT_TIMEOUT` and its like; `ECONNREFUSED` and its like. */
const AWAY = /^(?:08|53|57P)|^CONNECT|^E[A-Z_]+$/;

const MOST_ATTEMPTS = 5;

/**
 * Runs one statement, or one transaction, as a span named after it. PostgreSQL ends one of two
 * transactions that wait for each other: that one is simply run again, so `run` must be repeatable.
 */
export function statement<T>(name: string, run: () => Promise<T>): Promise<T> {
  return withSpan(
    `SQL ${name}`,
    { "db.system.name": "postgresql", "db.operation.name": name },
    async () => {
      for (let attempt = 1;; attempt++) {
        try {
          return await run();
        } catch (error) {
          // Each such connection is met once, and one that cannot be opened fails otherwise.
          if (isSqlState(error, CONNECTION_LOST.before)) continue;
          const lostARace = isSqlState(error, SQLSTATE.deadlockDetected) ||
            isSqlState(error, SQLSTATE.serializationFailure);
          if (!lostARace || attempt === MOST_ATTEMPTS) throw error;
        }
      }
    },
  );
}
