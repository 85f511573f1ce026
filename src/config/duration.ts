const MILLISECONDS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3,
  "μs": 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

const TERM = /([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Reads a duration as Go writes it: `30s`, `1h30m`, `1.5s`. Only `0` may come without a unit.
 *
 * Source: https://pkg.go.dev/time#ParseDuration, without negative durations.
 *
 * @returns milliseconds, or `undefined` when it is not a duration
 */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (text === "") return undefined;
  let total = 0;
  let end = 0;
  while (end < text.length) {
    TERM.lastIndex = end;
    const term = TERM.exec(text);
    if (term === null) return undefined;
    const [whole, amount = "", unit = ""] = term;
    total += Number(amount) * (MILLISECONDS[unit] ?? NaN);
    end += whole.length;
  }
  return total;
}
