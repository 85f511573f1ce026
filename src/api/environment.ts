import type { RequestInfo } from "../telemetry/observed_requests.ts";
import type { Actor, Caller } from "./caller.ts";
import type { Attempt } from "./once.ts";

/** What handlers of the API find in their context. */
export interface ApiEnvironment {
  /** Absent where routes are mounted in another app. */
  Bindings: { readonly info?: RequestInfo };
  Variables: {
    /** Who sends the request, behind the middleware that lets it in. */
    caller: Caller;
    /** Whom the app has found out that the routes are mounted in. */
    actor: Actor | undefined;
    /** Of a request with an `Idempotency-Key`. */
    attempt: Attempt | undefined;
  };
}
