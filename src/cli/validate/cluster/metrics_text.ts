/**
 * The sum of all samples of a metric.
 * Source: Prometheus documentation, "Text-based format".
 *
 * @param text of an exposition
 * @returns `undefined` where there are none
 */
export function sumOf(text: string, metric: string): number | undefined {
  let sum: number | undefined;
  for (const line of text.split("\n")) {
    const [, name, value] = SAMPLE.exec(line) ?? [];
    if (name === metric) sum = (sum ?? 0) + Number(value);
  }
  return sum;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{.*\})?\s+(\S+)(?:\s+-?\d+)?\s*$/;
