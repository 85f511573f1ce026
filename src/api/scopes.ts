import type { Grant, Scope } from "../config/scopes.ts";

export type { Scope } from "../config/scopes.ts";

/** Who may do what with the API. */
export interface ApiAccess {
  /** What somebody who goes by a name may do; nothing for those whom nobody knows. */
  scopesOf(name: string): ReadonlySet<Scope>;
}

/** Of whoever comes where authentication is off. */
export const EVERYTHING: ReadonlySet<Scope> = new Set(["admin"]);

const NOTHING: ReadonlySet<Scope> = new Set();

/** Access as a configuration grants it. */
export function accessOf(grants: readonly Grant[]): ApiAccess {
  const granted = new Map(grants.map(({ name, scopes }) => [name, new Set(scopes)]));
  return { scopesOf: (name) => granted.get(name) ?? NOTHING };
}

/** Whether somebody with these scopes may do what takes one: `admin` may do everything. */
export function allows(scopes: ReadonlySet<Scope>, scope: Scope): boolean {
  return scopes.has(scope) || scopes.has("admin");
}
