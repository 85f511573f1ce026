import { KubeError, KubeUnreachableError } from "../kube/kube_error.ts";

/**
 * An error as events have it: the same fault gives the same, so there is no message in it, no stack
 * and no time.
 */
export interface StableError {
  /** Name of the class of the error. */
  readonly type: string;
  /** Such as `K8S_FORBIDDEN`. */
  readonly code: string;
  /** Of HTTP; `null` where there was no answer, or none to blame. */
  readonly status: number | null;
  /** Of the API server's `Status`. */
  readonly reason: string | null;
}

/** An object that has a name that we need and is somebody else's. */
export class ForeignObjectError extends Error {
  override readonly name = "ForeignObjectError";

  /** @param resource `Kind/namespace/name` */
  constructor(resource: string) {
    super(`${resource} is there already and is not this agent's; remove or rename it`);
  }
}

const CODES: ReadonlyMap<number, string> = new Map([
  [400, "K8S_BAD_REQUEST"],
  [401, "K8S_UNAUTHORIZED"],
  [403, "K8S_FORBIDDEN"],
  [404, "K8S_NOT_FOUND"],
  [409, "K8S_CONFLICT"],
  [413, "K8S_TOO_LARGE"],
  [422, "K8S_INVALID"],
  [429, "K8S_TOO_MANY_REQUESTS"],
]);

/** What events say of an error; `undefined` where it is none that applying an action has. */
export function stableError(error: unknown): StableError | undefined {
  if (error instanceof KubeError) {
    const { name: type, status, reason } = error;
    const other = status >= 500 ? "K8S_SERVER_ERROR" : "K8S_ERROR";
    return { type, code: CODES.get(status) ?? other, status, reason };
  }
  if (error instanceof KubeUnreachableError) {
    return { type: error.name, code: "K8S_UNREACHABLE", status: null, reason: null };
  }
  if (error instanceof ForeignObjectError) {
    return { type: error.name, code: "K8S_FOREIGN_OBJECT", status: null, reason: null };
  }
  return undefined;
}
