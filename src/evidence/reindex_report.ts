/** Something that is not as it ought to be. */
export interface ReindexFault {
  /** Of an object; of an event its place, as `seq 12`. */
  readonly key: string;
  readonly problem: string;
}

/** Most faults that are told of. */
const MOST_FAULTS = 1_000;

/** What is wrong with what an index is made of. */
export class ReindexReport {
  readonly faults: ReindexFault[] = [];
  #wrong = 0;

  /** How much is wrong, told of or not. */
  get wrong(): number {
    return this.#wrong;
  }

  add(key: string, problem: string): void {
    this.#wrong++;
    if (this.faults.length < MOST_FAULTS) this.faults.push({ key, problem });
  }

  /** Takes over what another one has. */
  addAll(other: ReindexReport): void {
    this.#wrong += other.wrong;
    this.faults.push(...other.faults.slice(0, MOST_FAULTS - this.faults.length));
  }
}
