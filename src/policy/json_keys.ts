/**
 * What `JSON.parse` passes over in silence.
 *
 * @module
 */
import type { PolicyFault } from "./policy_error.ts";

/**
 * Faults in the names of a JSON text: one that comes twice in an object, of which a reader sees the
 * last only (a Deny may hide behind it), and `__proto__`, which readers leave out.
 *
 * @param json a text that `JSON.parse` takes
 */
export function nameFaults(json: string): readonly PolicyFault[] {
  const faults: PolicyFault[] = [];
  const open: Level[] = [];
  let text = "";
  for (const [token] of json.matchAll(TOKEN)) {
    const level = open.at(-1);
    if (token === "{" || token === "[") open.push({ names: new Set(), step: "", index: 0 });
    else if (token === "}" || token === "]") open.pop();
    else if (level === undefined || token.startsWith('"')) text = token;
    else if (token === ",") level.index++;
    else faults.push(...enter(level, nameOf(text), open));
  }
  return faults;
}

/** An object or a list that is not closed yet. */
interface Level {
  readonly names: Set<string>;
  /** Name of the member that is being read; `""` in a list. */
  step: string;
  /** Number of the entry that is being read. */
  index: number;
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:,]/g;

function* enter(level: Level, name: string, open: readonly Level[]): Iterable<PolicyFault> {
  level.step = name;
  if (name === "__proto__") yield { path: pathOf(open), message: `Unknown field ${name}` };
  if (level.names.has(name)) {
    yield { path: pathOf(open), message: `Duplicate field ${name}: only one of them could hold` };
  }
  level.names.add(name);
}

function nameOf(token: string): string {
  return String(JSON.parse(token));
}

/** Such as `Statement[0].Condition.Null`. */
function pathOf(open: readonly Level[]): string {
  return open.map(({ step, index }) => step === "" ? `[${index}]` : `.${step}`).join("").slice(1);
}
