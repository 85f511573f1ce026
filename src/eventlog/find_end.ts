/** How much farther each step goes than the one before, until it goes too far. */
const STRIDE = 16;

/** What is known of a sequence before it is searched. */
export interface Bounds {
  /** Everything before it is there. */
  readonly floor: number;
  /** It and everything after it is not there. */
  readonly ceiling: number;
  /** The last that may be there: somebody said so. */
  readonly hint?: number;
}

/**
 * How many of 0, 1, 2, … are there, where nothing is there after the first that is not: in ever
 * longer steps, then by halves. Takes about log₁₆ n + log₂ n questions; two with a true hint.
 */
export async function findEnd(
  { floor, ceiling, hint }: Bounds,
  isThere: (number: number) => Promise<boolean>,
): Promise<number> {
  let [known, absent] = [floor, ceiling];
  const ask = async (number: number) => {
    if (await isThere(number)) known = number + 1;
    else absent = number;
  };
  if (hint !== undefined && hint >= known && hint < absent) await ask(hint);
  const begin = known;
  for (let step = 1; begin + step - 1 < absent; step *= STRIDE) await ask(begin + step - 1);
  while (known < absent) await ask(Math.floor((known + absent) / 2));
  return known;
}
