import type { LeaseObject } from "../kinds.ts";
import { recordOf } from "./lease_record.ts";

/**
 * When a lease was last seen to change, by the clock of whoever looks: so it does not matter what the
 * clocks of others say. Source:
 * https://pkg.go.dev/k8s.io/client-go/tools/leaderelection, on clock skew.
 */
export class LastChange {
  #seen = "";
  #expiresAt = 0;

  /** Until when the lease is somebody's, unless it changes before; monotonic milliseconds. */
  get expiresAt(): number {
    return this.#expiresAt;
  }

  /** @param now when the answer was there, which is after the change */
  note(lease: LeaseObject, now: number): void {
    const { uid, resourceVersion } = lease.metadata;
    const seen = JSON.stringify([uid, resourceVersion, lease.spec]);
    if (seen === this.#seen) return;
    this.#seen = seen;
    this.#expiresAt = now + recordOf(lease).duration;
  }
}
