import { type Backend, BackendError } from "./backends/backend.ts";
import type { Database } from "./metadata/connect.ts";
import { statement } from "./metadata/sql.ts";
import type { ObjectStore } from "./objectstore/object_store.ts";

/** Whether something can be used. */
export type Condition = "ok" | "failed";

/** How the service is, for `/health?verbose`. Says nothing that a stranger must not know. */
export interface HealthReport {
  readonly status: Condition;
  readonly database: { readonly status: Condition; readonly embedded: boolean };
  readonly backends: Readonly<
    Record<string, { readonly status: Condition; readonly reason?: string }>
  >;
  /** Where evidence is kept. */
  readonly evidence: { readonly status: Condition };
}

/** A look is good for this long, so that looking often costs nothing. Milliseconds. */
const GOOD_FOR = 5_000;

/** How long the database or a backend may take to answer. Milliseconds. */
const PATIENCE = 5_000;

/** Looks at the database, every backend and the evidence, at most once in a few seconds. */
export function healthCheck(
  database: Database,
  backends: readonly Backend[],
  evidence: Pick<ObjectStore, "healthCheck">,
): () => Promise<HealthReport> {
  let latest: Promise<HealthReport> | undefined;
  let until = 0;
  return () => {
    if (latest === undefined || Date.now() >= until) {
      latest = look(database, backends, evidence);
      until = Date.now() + GOOD_FOR;
    }
    return latest;
  };
}

async function look(
  database: Database,
  backends: readonly Backend[],
  evidence: Pick<ObjectStore, "healthCheck">,
): Promise<HealthReport> {
  const [evidenceStatus, databaseStatus, ...conditions] = await Promise.all([
    evidence.healthCheck({ signal: AbortSignal.timeout(PATIENCE) }).then(
      ({ healthy }): Condition => healthy ? "ok" : "failed",
    ),
    within(statement("health", () => database.sql`SELECT 1`)).then(
      () => "ok" as const,
      () => "failed" as const,
    ),
    ...backends.map(lookAt),
  ]);
  const healthy = databaseStatus === "ok" && evidenceStatus === "ok" &&
    conditions.every(([, { status }]) => status === "ok");
  return {
    status: healthy ? "ok" : "failed",
    database: { status: databaseStatus, embedded: database.embedded },
    backends: Object.fromEntries(conditions),
    evidence: { status: evidenceStatus },
  };
}

async function lookAt(
  backend: Backend,
): Promise<readonly [string, { status: Condition; reason?: string }]> {
  try {
    await within(backend.check({ signal: AbortSignal.timeout(PATIENCE) }));
    return [backend.name, { status: "ok" }];
  } catch (error) {
    const reason = error instanceof BackendError ? error.kind : "unavailable";
    return [backend.name, { status: "failed", reason }];
  }
}

async function within<T>(work: PromiseLike<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("no answer")), PATIENCE);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
