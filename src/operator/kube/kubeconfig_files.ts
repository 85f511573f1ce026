/**
 * The files of kubectl, several of them as one. Source: Kubernetes documentation, "Organizing Cluster
 * Access Using kubeconfig Files", "Merging kubeconfig files".
 *
 * @module
 */
import { z } from "zod";
import { ConfigError, yamlPath } from "../../config/config_error.ts";
import { faultOf } from "../../config/issue.ts";
import { parseYaml } from "../../config/yaml.ts";

/** An entry of a list, and where it is. */
export interface Entry {
  readonly file: string;
  /** As in `users[1].user`. */
  readonly path: readonly PropertyKey[];
  readonly value: Readonly<Record<string, unknown>>;
}

/** The first file that says something counts. */
export interface Kubeconfig {
  /** For messages. */
  readonly source: string;
  readonly currentContext: string | undefined;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
  readonly contexts: ReadonlyMap<string, Entry>;
}

const LISTS = { clusters: "cluster", users: "user", contexts: "context" } as const;
type ListName = keyof typeof LISTS;

const mapSchema = z.record(z.string(), z.unknown());

/** What an entry has beside its name is only looked at when it is chosen. */
const fileSchema = z.looseObject({
  "current-context": z.string().optional(),
  clusters: z.array(z.looseObject({ name: z.string(), cluster: mapSchema.default({}) })).default(
    [],
  ),
  users: z.array(z.looseObject({ name: z.string(), user: mapSchema.default({}) })).default([]),
  contexts: z.array(z.looseObject({ name: z.string(), context: mapSchema.default({}) })).default(
    [],
  ),
});

type File = z.infer<typeof fileSchema>;

/**
 * Reads files as one. Those that are not there count as empty, as long as one is there.
 *
 * @throws {ConfigError}
 */
export async function readKubeconfig(files: readonly string[]): Promise<Kubeconfig> {
  const source = files.join(", ");
  const read = await Promise.all(files.map(readFile));
  const found = files.flatMap((file, index) => {
    const content = read[index];
    return content === undefined ? [] : [{ file, content }];
  });
  if (found.length === 0) throw new ConfigError(source, [{ path: "", message: "is not there" }]);
  const entriesOf = (list: ListName) =>
    new Map(found.flatMap(({ file, content }) => entriesIn(file, content, list)).reverse());
  return {
    source,
    currentContext: found.map(({ content }) => content["current-context"]).find(isSaid),
    clusters: entriesOf("clusters"),
    users: entriesOf("users"),
    contexts: entriesOf("contexts"),
  };
}

/** Tools write an empty text for what is not set. */
export function isSaid(text: string | undefined): text is string {
  return text !== undefined && text !== "";
}

/**
 * What is wrong with a field of an entry.
 *
 * @param field as the file names it
 */
export function entryFault({ file, path }: Entry, field: string, message: string): ConfigError {
  return new ConfigError(file, [{ path: yamlPath([...path, field]), message }]);
}

async function readFile(file: string): Promise<File | undefined> {
  let text: string;
  try {
    text = await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new ConfigError(file, [{ path: "", message: "cannot be read" }]);
  }
  const yaml = parseYaml(text);
  if ("faults" in yaml) throw new ConfigError(file, yaml.faults);
  const parsed = fileSchema.safeParse(yaml.value);
  if (!parsed.success) throw new ConfigError(file, parsed.error.issues.flatMap(faultOf));
  return parsed.data;
}

function entriesIn(
  file: string,
  content: File,
  list: ListName,
): readonly (readonly [string, Entry])[] {
  const member = LISTS[list];
  return content[list].map((entry, index) => {
    const value = mapSchema.parse(entry[member]);
    return [entry.name, { file, path: [list, index, member], value }];
  });
}
