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
