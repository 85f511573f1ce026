/**
 * Competes for a lease and says on standard output when it leads, `leading EPOCH`, and when it does
 * not any more, `stopped`; SIGTERM has it give the lease back and end. Arguments and lines are those
 * of `lease_contender/main.go`:
 * `lease_contender.ts KUBECONFIG NAMESPACE NAME IDENTITY LEASE RENEW RETRY`
 *
 * @module
 */
import { parseDuration } from "../../src/config/duration.ts";
import { KubeClient } from "../../src/operator/kube/kube_client.ts";
import { kubeconfigAccess } from "../../src/operator/kube/kubeconfig.ts";
import { LeaderElection } from "../../src/operator/lease/leader_election.ts";

const [kubeconfig = "", namespace = "", leaseName = "", identity = "", ...times] = Deno.args;
const [lease = 0, renewDeadline = 0, retryPeriod = 0] = times.map(parseDuration);
const stop = new AbortController();
Deno.addSignalListener("SIGTERM", () => stop.abort());
using api = new KubeClient(await kubeconfigAccess([kubeconfig]));
const durations = { lease, renewDeadline, retryPeriod };
const election = new LeaderElection({ api, namespace, leaseName, identity, durations });
await election.run(stop.signal, async (term) => {
  console.log(`leading ${term.demand().epoch}`);
  const ends = AbortSignal.any([term.signal, stop.signal]);
  await new Promise((resolve) => ends.addEventListener("abort", resolve));
});
console.log("stopped");
Deno.exit(0);
