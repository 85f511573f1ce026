import type { MiddlewareHandler } from "hono";
import type { Gate } from "../../s3api/authentication.ts";
import { identify } from "../authentication.ts";
import type { ApiEnvironment } from "../environment.ts";
import { ProblemError } from "../problem.ts";

/** Who may do what with a log: names of users. */
export interface LogRights {
  readonly readers: ReadonlySet<string>;
  readonly writers: ReadonlySet<string>;
}

/** What can be done with a log, and the right that it takes. */
const OPERATIONS = {
  AppendEvent: "writers",
  GetCheckpoint: "readers",
  GetConsistencyProof: "readers",
  GetEvent: "readers",
  GetInclusionProof: "readers",
  GetLogHead: "readers",
  ListEvents: "readers",
} as const satisfies Record<string, keyof LogRights>;

/** An operation on a log. */
export type LogOperation = keyof typeof OPERATIONS;

/** Makes what lets requests through to an operation: those of users who have the right. */
export function permissions(
  gate: Gate,
  rights: LogRights,
): (operation: LogOperation) => MiddlewareHandler<ApiEnvironment> {
  return (operation) => async (context, next) => {
    const { facts } = context.env.info;
    facts.operation = operation;
    const caller = identify(context.req.raw, gate, new Date());
    const { principal } = caller;
    if (principal.kind === "user") {
      facts.user = principal.name;
      if (!rights[OPERATIONS[operation]].has(principal.name)) throw forbidden(principal.name);
    }
    context.set("caller", caller);
    await next();
  };
}

function forbidden(name: string): ProblemError {
  return new ProblemError("forbidden", `${name} may not do this with the log.`);
}
