import { CheckpointStore } from "../eventlog/checkpoint/checkpoint_store.ts";
import { stateBytes, stateHash } from "../eventlog/checkpoint/state.ts";
import { signCheckpoint, type StateCheckpoint } from "../eventlog/checkpoint/state_checkpoint.ts";
import type { JsonNumber } from "../eventlog/json.ts";
import type { OpenedLog } from "../eventlog/open_log.ts";
import type { SigningKey } from "../eventlog/signing_key.ts";
import { checkpointCreateDuration } from "../telemetry/metrics.ts";
import { log } from "../telemetry/logs.ts";
import type { JournalState } from "./journal_state.ts";
import { TroubleLog } from "./trouble_log.ts";

/** Whose checkpoints are made and trusted, and how often there is one. */
export interface CheckpointPlan {
  readonly key: SigningKey;
  /** Events from one to the next. */
  readonly every: number;
}

/** Makes checkpoints of what is at hand, without reading the log. */
export class JournalCheckpoints {
  readonly #plan: CheckpointPlan;
  readonly #store: CheckpointStore;
  /** How many events were taken in when there was one last. */
  #takenAtLast = 0;
  #saving: Promise<void> | undefined;
  readonly #troubles = new TroubleLog();

  constructor(plan: CheckpointPlan, { objects, prefix }: Pick<OpenedLog, "objects" | "prefix">) {
    this.#plan = plan;
    this.#store = new CheckpointStore(objects, prefix);
  }

  /**
   * Makes one if it is time, and keeps it in the background: the log is whole without it.
   *
   * @param lastType of the last event. Behind an observation comes the decision upon it, which would
   * have to look for it behind a checkpoint.
   */
  consider(state: JournalState, lastType: string): void {
    const { lastTs, taken } = state;
    const isDue = taken - this.#takenAtLast >= this.#plan.every;
    if (!isDue || lastType === "AgentObserved" || this.#saving !== undefined) return;
    if (lastTs === undefined) return;
    this.#takenAtLast = taken;
    this.#saving = this.#make(state, lastTs).finally(() => this.#saving = undefined);
  }

  /** Waits for the one that is being kept. */
  async settled(): Promise<void> {
    await this.#saving;
  }

  #sign({ universe, position }: JournalState, createdAtLogical: JsonNumber): StateCheckpoint {
    const bytes = stateBytes(universe.state());
    return signCheckpoint({
      eventIndex: position.nextSeq - 1,
      eventHash: position.prevHash,
      stateHash: stateHash(bytes),
      stateBytes: bytes,
      createdAtLogical,
      meta: {},
    }, this.#plan.key);
  }

  /** Never throws: what it is made of has been appended. Signs before it returns. */
  async #make(state: JournalState, lastTs: JsonNumber): Promise<void> {
    try {
      const measured = checkpointCreateDuration.startTimer();
      const checkpoint = this.#sign(state, lastTs);
      measured();
      const { key, kind } = await this.#store.save(checkpoint);
      log.info("a checkpoint was made", { key, kind });
    } catch (error) {
      this.#troubles.tell("checkpoint", { message: "no checkpoint could be kept", error });
    }
  }
}
