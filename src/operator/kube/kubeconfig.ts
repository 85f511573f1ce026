import { dirname, resolve } from "node:path";
import { z } from "zod";
import { ConfigError } from "../../config/config_error.ts";
import { faultOf } from "../../config/issue.ts";
import { addressOf, type ClusterAccess } from "./access.ts";
import {
  type CredentialSources,
  filesOf,
  fileSource,
  heldSource,
  readCredentials,
  type TextSource,
} from "./credential_sources.ts";
import {
  type Entry,
  entryFault,
  isSaid,
  type Kubeconfig,
  readKubeconfig,
} from "./kubeconfig_files.ts";
import { refuseFields } from "./refused_fields.ts";

const text = z.string().optional();

const contextSchema = z.looseObject({ cluster: z.string(), user: text, namespace: text });

const clusterSchema = z.looseObject({
  server: z.string(),
  "certificate-authority": text,
  "certificate-authority-data": text,
});

const userSchema = z.looseObject({
  token: text,
  tokenFile: text,
  "client-certificate": text,
  "client-certificate-data": text,
  "client-key": text,
  "client-key-data": text,
});

/**
 * The way that kubectl takes. Fields that would need a program to be started, or that would make it less
 * certain who is spoken to, are refused. Source: Kubernetes reference, "kubeconfig (v1)".
 *
 * @param files absolute paths; the first that says something counts
 * @param contextName instead of `current-context`
 * @throws {ConfigError} that names the file and the field
 */
export async function kubeconfigAccess(
  files: readonly string[],
  contextName?: string,
): Promise<ClusterAccess> {
  const config = await readKubeconfig(files);
  const entry = contextOf(config, contextName);
  const context = checked(entry, contextSchema);
  const cluster = chosen(config.clusters, entry, "cluster", context.cluster);
  refuseFields("cluster", cluster);
  const user = isSaid(context.user) ? chosen(config.users, entry, "user", context.user) : undefined;
  if (user !== undefined) refuseFields("user", user);
  const sources = { ...authorityOf(cluster), ...(user && identityOf(user)) };
  await readCredentials(sources);
  return {
    ...serverOf(cluster),
    ...(isSaid(context.namespace) ? { namespace: context.namespace } : {}),
    readFiles: [...files, ...filesOf(sources)],
    credentials: () => readCredentials(sources),
  };
}

function contextOf(config: Kubeconfig, wanted: string | undefined): Entry {
  const name = wanted ?? config.currentContext;
  const entry = name === undefined ? undefined : config.contexts.get(name);
  if (entry !== undefined) return entry;
  const message = name === undefined ? "is required" : `there is no context "${name}"`;
  throw new ConfigError(config.source, [{ path: "current-context", message }]);
}

function chosen(
  entries: ReadonlyMap<string, Entry>,
  context: Entry,
  field: "cluster" | "user",
  name: string,
): Entry {
  const entry = entries.get(name);
  if (entry !== undefined) return entry;
  throw entryFault(context, field, `there is no ${field} "${name}"`);
}

function serverOf(cluster: Entry) {
  const address = addressOf(checked(cluster, clusterSchema).server);
  if ("server" in address) return address;
  throw entryFault(cluster, "server", address.fault);
}

function authorityOf(cluster: Entry): Pick<CredentialSources, "authority"> {
  const fields = checked(cluster, clusterSchema);
  const authority = fileOrData(cluster, "certificate-authority", fields);
  return authority === undefined ? {} : { authority };
}

function identityOf(user: Entry): Pick<CredentialSources, "token" | "certificate"> {
  const fields = checked(user, userSchema);
  const chain = fileOrData(user, "client-certificate", fields);
  const key = fileOrData(user, "client-key", fields);
  if ((chain === undefined) !== (key === undefined)) {
    const missing = key === undefined ? "client-key" : "client-certificate";
    throw entryFault(user, missing, "is required, because the other half is there");
  }
  const token = tokenOf(user, fields);
  return {
    ...(token && { token }),
    ...(chain && key && { certificate: { chain, key } }),
  };
}

/** Of both, the file counts. */
function tokenOf(
  user: Entry,
  { token, tokenFile }: z.infer<typeof userSchema>,
): TextSource | undefined {
  if (isSaid(tokenFile)) return fileSource(beside(user, tokenFile));
  return isSaid(token) ? heldSource(`${user.file}: token`, token) : undefined;
}

/** Of both, the data count. */
function fileOrData<Field extends string>(
  entry: Entry,
  field: Field,
  fields: { readonly [Name in Field | `${Field}-data`]?: string | undefined },
): TextSource | undefined {
  const [file, data] = [fields[field], fields[`${field}-data`]];
  if (isSaid(data)) {
    return heldSource(`${entry.file}: ${field}-data`, decoded(entry, field, data));
  }
  return isSaid(file) ? fileSource(beside(entry, file)) : undefined;
}

function decoded(entry: Entry, field: string, data: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(data));
  } catch {
    throw entryFault(entry, `${field}-data`, "is not in base64");
  }
}

function beside({ file }: Entry, path: string): string {
  return resolve(dirname(file), path);
}

function checked<T>(entry: Entry, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(entry.value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({
    ...issue,
    path: [...entry.path, ...issue.path],
  }));
  throw new ConfigError(entry.file, issues.flatMap(faultOf));
}
