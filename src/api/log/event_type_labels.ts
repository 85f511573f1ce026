/** Most types that have a label of their own, and their longest, in UTF-16 units. */
const [MOST, LONGEST] = [100, 128];

/** The label of all others. */
const OTHER = "other";

/** Types of events as labels of a metric: clients choose types, so there are not more than 100. */
export class EventTypeLabels {
  readonly #known = new Set<string>();

  /** The label of events of a type. */
  of(type: string): string {
    if (this.#known.has(type)) return type;
    if (this.#known.size >= MOST || type.length > LONGEST) return OTHER;
    this.#known.add(type);
    return type;
  }
}
