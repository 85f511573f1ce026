/** What the main thread and the operator beside it tell each other. @module */
import type { LogAccess } from "../operator/run_operator.ts";

/** To the operator's thread. */
export type CompanionCommand =
  | {
    readonly kind: "start";
    /** The variables that an operator reads: the thread may not read those of the process. */
    readonly environment: Readonly<Record<string, string>>;
    /** Where its log is, where that is not what the variables say. */
    readonly log?: LogAccess;
  }
  | { readonly kind: "stop" };

/** From it. */
export type CompanionReport =
  | { readonly kind: "ready"; readonly url: string }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "stopped" };
