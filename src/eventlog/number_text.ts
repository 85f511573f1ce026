import { JsonError } from "./json.ts";

/**
 * A number of JSON in Python's form: integers of any size exact, floats by the fewest digits that
 * mean the same double.
 * Source: Python, `float.__repr__` (format code `r`): an exponent is written below 1e-4 and from
 * 1e16 on, with a sign and at least two digits.
 *
 * @param text as the grammar of JSON has it
 * @throws {JsonError} for a float that is beyond the largest double
 */
export function numberText(text: string): string {
  if (/^-?\d+$/.test(text)) return text === "-0" ? "0" : text;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new JsonError(`${text.slice(0, 40)} is beyond any float`);
  return floatText(value);
}

/** A finite double in Python's form: `1.0`, `1e-07`, `1e+16`, `-0.0`. */
export function floatText(value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (value === 0) return `${sign}0.0`;
  const [mantissa = "", exponentText] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(exponentText);
  return sign +
    (exponent < -4 || exponent >= 16 ? scientific(digits, exponent) : positional(digits, exponent));
}

function scientific(digits: string, exponent: number): string {
  const [first, rest] = [digits.slice(0, 1), digits.slice(1)];
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return `${first}${rest === "" ? "" : `.${rest}`}e${exponent < 0 ? "-" : "+"}${power}`;
}

function positional(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${whole}.${digits.slice(exponent + 1) || "0"}`;
}
