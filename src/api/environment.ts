import type { RequestInfo } from "../telemetry/observed_requests.ts";
import type { Caller } from "./authentication.ts";

/** What handlers of the API find in their context. */
export interface ApiEnvironment {
  Bindings: { readonly info: RequestInfo };
  Variables: { caller: Caller };
}
