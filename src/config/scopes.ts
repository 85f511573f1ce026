import { z } from "zod";
import type { ConfigFault } from "./config_error.ts";
import { yamlPath } from "./config_error.ts";
import { tokenUser, userNames } from "./identities.ts";
import type { WrittenConfig } from "./schema.ts";

/** What somebody may do with the service's own API. `admin` is everything. */
export const SCOPES = [
  "evidence:read",
  "evidence:write",
  "evidence:delete",
  "evidence:share",
  "log:read",
  "log:append",
  "admin",
] as const;

/** One of {@link SCOPES}. */
export type Scope = (typeof SCOPES)[number];

/** Somebody, and what that one may do with the API. */
export interface Grant {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

const OF_EVIDENCE = SCOPES.filter((scope) => scope.startsWith("evidence:"));

/** A list of scopes, as it is written. */
export function scopeList() {
  return z.array(z.enum(SCOPES)).optional().describe(
    `What it may do with the API: any of ${SCOPES.map((scope) => `\`${scope}\``).join(", ")}. ` +
      "Where no `scopes` are written anywhere, a configuration with one user lets that one do " +
      "everything, and one with several nobody.",
  );
}

/** Everybody who may do something with the API. */
export function grants(config: WrittenConfig): readonly Grant[] {
  const scopes = new Map<string, Set<Scope>>();
  const grant = (name: string, granted: readonly Scope[] = []) =>
    scopes.set(name, new Set([...scopes.get(name) ?? [], ...granted]));
  const written = writtenGrants(config);
  for (const { name, scopes } of written) grant(name, scopes);
  const { readers, writers } = config.log;
  for (const name of readers ?? []) grant(name, ["log:read"]);
  for (const name of writers ?? []) grant(name, ["log:append"]);
  const [only, ...others] = userNames(config);
  if (written.length === 0 && only !== undefined && others.length === 0) {
    const isForLogToSay = readers !== undefined || writers !== undefined;
    grant(only, isForLogToSay ? OF_EVIDENCE : ["admin"]);
  }
  return [...scopes].map(([name, granted]) => ({ name, scopes: [...granted] }));
}

/** Tokens that go by a name, or are, what something else is already. */
export function checkTokens(config: WrittenConfig): readonly ConfigFault[] {
  const names = new Set(userNames(config));
  const tokens = new Set(config.auth.token ? [config.auth.token] : []);
  return config.api.tokens.flatMap(({ name, token }, index) => {
    const at = (field: string) => yamlPath(["api", "tokens", index, field]);
    const faults = [
      ...names.has(name) ? [{ path: at("name"), message: `"${name}" is somebody already` }] : [],
      ...tokens.has(token) ? [{ path: at("token"), message: "is a token already" }] : [],
    ];
    names.add(name);
    tokens.add(token);
    return faults;
  });
}

function writtenGrants(config: WrittenConfig): readonly Grant[] {
  const { api, auth, buckets, users } = config;
  const own = tokenUser(config) ?? auth.access_key_id;
  return [
    ...granted(own ?? "", auth.scopes),
    ...buckets.flatMap(({ credentials }) =>
      credentials.flatMap(({ access_key_id, name, scopes }) =>
        granted(name ?? access_key_id, scopes)
      )
    ),
    ...users.flatMap(({ name, scopes }) => granted(name, scopes)),
    ...api.tokens.map(({ name, scopes }) => ({ name, scopes })),
  ];
}

function granted(name: string, scopes: readonly Scope[] | undefined): readonly Grant[] {
  return scopes === undefined ? [] : [{ name, scopes }];
}
