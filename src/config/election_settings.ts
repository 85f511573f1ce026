/**
 * What the environment says of the election of a leader. Names are those of the operators that ran
 * before.
 *
 * @module
 */
import type { Environment } from "./environment.ts";
import { VariableError, Variables } from "./variables.ts";

/** How to elect. */
export interface ElectionSettings {
  /** Whether one of several leads; without it whoever runs does. */
  readonly enabled: boolean;
  /** Who this is, to the others. */
  readonly identity: string;
  /** `metadata.name` of the lease. */
  readonly leaseName: string;
  readonly durations: ElectionDurations;
}

/**
 * Milliseconds. Source:
 * https://pkg.go.dev/k8s.io/client-go/tools/leaderelection#LeaderElectionConfig
 */
export interface ElectionDurations {
  /** How long others wait after the last change of the lease before they take it. */
  readonly lease: number;
  /** How long a leader goes on without having renewed the lease. */
  readonly renewDeadline: number;
  /** How often a leader renews the lease, and others look at it. */
  readonly retryPeriod: number;
}

/** By how much waits between attempts differ; as much as client-go demands of a deadline. */
export const RETRY_JITTER = 1.2;

/** Where the identity is, the first that is set. */
const IDENTITY_VARIABLES = ["RYNXS_LEADER_ID", "RYNXS_WRITER_ID", "POD_NAME", "HOSTNAME"] as const;

/** Who writes where nobody is elected and nothing says who it is. */
const NAMELESS = "rynxs-operator";

/** Longest time that may be asked for. Seconds. */
const LONGEST = 3_600;

/** Source: RFC 1123, section 2.1, as Kubernetes has it for names of objects. */
const OBJECT_NAME =
  /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Reads `RYNXS_LEADER_ELECTION_ENABLED`, `RYNXS_LEASE_NAME`, `RYNXS_LEASE_DURATION_SECONDS`,
 * `RYNXS_RENEW_DEADLINE_SECONDS`, `RYNXS_RETRY_PERIOD_SECONDS`, and who this is:
 * `RYNXS_LEADER_ID`, `RYNXS_WRITER_ID`, `POD_NAME` or `HOSTNAME`. An empty variable is one that is
 * not set.
 *
 * @throws {VariableError}
 */
export function electionSettings(environment: Environment): ElectionSettings {
  const variables = new Variables(environment);
  const enabled = variables.flag("RYNXS_LEADER_ELECTION_ENABLED", false);
  const identity = IDENTITY_VARIABLES.map((name) => variables.text(name))
    .find((name) => name !== undefined);
  if (enabled && identity === undefined) {
    throw new VariableError(
      `RYNXS_LEADER_ELECTION_ENABLED needs to know who this is: set ${
        IDENTITY_VARIABLES.join(", ")
      }, one of them, to a name that no other replica has`,
    );
  }
  const durations = {
    lease: seconds(variables, "RYNXS_LEASE_DURATION_SECONDS", 30),
    renewDeadline: seconds(variables, "RYNXS_RENEW_DEADLINE_SECONDS", 20),
    retryPeriod: seconds(variables, "RYNXS_RETRY_PERIOD_SECONDS", 5),
  };
  demandOrder(durations);
  return {
    enabled,
    identity: identity ?? NAMELESS,
    leaseName: leaseName(variables.text("RYNXS_LEASE_NAME")),
    durations,
  };
}

function leaseName(written = "rynxs-operator-leader"): string {
  if (OBJECT_NAME.test(written)) return written;
  throw new VariableError(
    `RYNXS_LEASE_NAME must be the name of an object of Kubernetes, not ${JSON.stringify(written)}`,
  );
}

/** @returns milliseconds */
function seconds(variables: Variables, name: string, otherwise: number): number {
  return variables.wholeNumber(name, { otherwise, least: 1, most: LONGEST }) * 1_000;
}

/** As client-go demands it: a leader has to know that it is none before others think so. */
function demandOrder({ lease, renewDeadline, retryPeriod }: ElectionDurations): void {
  if (lease <= renewDeadline) {
    throw new VariableError(
      "RYNXS_LEASE_DURATION_SECONDS must be more than RYNXS_RENEW_DEADLINE_SECONDS",
    );
  }
  if (renewDeadline <= retryPeriod * RETRY_JITTER) {
    throw new VariableError(
      `RYNXS_RENEW_DEADLINE_SECONDS must be more than ${RETRY_JITTER} times ` +
        "RYNXS_RETRY_PERIOD_SECONDS",
    );
  }
}
