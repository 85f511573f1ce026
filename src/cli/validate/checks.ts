import type { Check } from "./check.ts";
import { alertsAndRunbooks } from "./checks/alerts_and_runbooks.ts";
import { alertsLoaded } from "./checks/alerts_loaded.ts";
import { bucketPolicy } from "./checks/bucket_policy.ts";
import { disruptionBudget } from "./checks/disruption_budget.ts";
import { eventWritten } from "./checks/event_written.ts";
import { fencing } from "./checks/fencing.ts";
import { imagesPinned } from "./checks/images_pinned.ts";
import { oneLeader } from "./checks/one_leader.ts";
import { singleWriter } from "./checks/single_writer.ts";
import { SMOKE_TEST } from "./checks/smoke.ts";
import { zoneSpread } from "./checks/zone_spread.ts";

/** The production checklist, in its order, and the smoke test. */
export const CHECKS: readonly Check[] = [
  bucketPolicy,
  zoneSpread,
  imagesPinned,
  disruptionBudget,
  fencing,
  alertsAndRunbooks,
  singleWriter,
  oneLeader,
  eventWritten,
  alertsLoaded,
  ...SMOKE_TEST,
];
