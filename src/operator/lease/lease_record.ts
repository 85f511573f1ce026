/**
 * What a lease says, and what a leader writes into it, so that programs with client-go understand it.
 *
 * Source: https://pkg.go.dev/k8s.io/client-go/tools/leaderelection/resourcelock#LeaderElectionRecord
 *
 * @module
 */
import { z } from "zod";
import { LEASE, type LeaseObject } from "../kinds.ts";
import { apiVersionOf, type ObjectRef } from "../kube/kube_object.ts";

/** What a lease says, with what client-go makes of fields that are not there. */
export interface LeaseRecord {
  /** `""` where nobody has it. */
  readonly holder: string;
  /** Milliseconds. */
  readonly duration: number;
  /** How often it was taken from one by another; counted from 0. */
  readonly transitions: number;
  readonly acquireTime: string | null;
  readonly renewTime: string | null;
}

/** The taking of a lease, as it can be told in the lease afterwards. */
export interface Claim {
  readonly holder: string;
  readonly transitions: number;
  /** It has random microseconds: so it is told from a claim of somebody with the same name. */
  readonly acquireTime: string;
}

const LEASE_SPEC = z.object({
  holderIdentity: z.string().nullish(),
  leaseDurationSeconds: z.int().nullish(),
  leaseTransitions: z.int().nullish(),
  acquireTime: z.string().nullish(),
  renewTime: z.string().nullish(),
});

/** @throws {z.ZodError} where it is no lease */
export function recordOf(lease: LeaseObject): LeaseRecord {
  const spec = LEASE_SPEC.parse(lease.spec ?? {});
  return {
    holder: spec.holderIdentity ?? "",
    duration: (spec.leaseDurationSeconds ?? 0) * 1_000,
    transitions: spec.leaseTransitions ?? 0,
    acquireTime: spec.acquireTime ?? null,
    renewTime: spec.renewTime ?? null,
  };
}

/** Whether a lease is what somebody made of it with that claim. */
export function isClaimedBy(record: LeaseRecord, claim: Claim): boolean {
  return record.holder === claim.holder && record.transitions === claim.transitions &&
    record.acquireTime === claim.acquireTime;
}

/** A lease that is not there yet. */
export function newLease({ namespace, name }: ObjectRef): LeaseObject {
  return {
    apiVersion: apiVersionOf(LEASE),
    kind: "Lease",
    metadata: {
      name,
      namespace,
      labels: { "app.kubernetes.io/managed-by": "holdfast-operator" },
    },
  };
}

/**
 * The lease, taken or renewed. What else is in it stays.
 *
 * @param duration milliseconds; what is written is not less
 * @param renewTime as {@link microTime} has it
 */
export function heldLease(
  lease: LeaseObject,
  { holder, transitions, acquireTime }: Claim,
  duration: number,
  renewTime: string,
): LeaseObject {
  const spec = {
    ...lease.spec,
    holderIdentity: holder,
    leaseDurationSeconds: Math.ceil(duration / 1_000),
    acquireTime,
    renewTime,
    leaseTransitions: transitions,
  };
  return { ...lease, spec };
}

/** The lease, given back: anybody may take it at once. */
export function releasedLease(lease: LeaseObject, now: string): LeaseObject {
  const spec = {
    ...lease.spec,
    holderIdentity: "",
    leaseDurationSeconds: 1,
    acquireTime: now,
    renewTime: now,
  };
  return { ...lease, spec };
}

/**
 * A time as `MicroTime` of Kubernetes: `2006-01-02T15:04:05.000000Z`.
 *
 * @param time milliseconds since 1970
 * @param microseconds of the last millisecond, 0 to 999
 */
export function microTime(time: number, microseconds = 0): string {
  const digits = String(microseconds).padStart(3, "0");
  return new Date(time).toISOString().replace("Z", `${digits}Z`);
}
