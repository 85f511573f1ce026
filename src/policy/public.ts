import type { PolicyDocument } from "./document.ts";

/** Provisional. */
export function isPublic({ statements }: PolicyDocument): boolean {
  return statements.some(({ effect, principals, conditions }) =>
    effect === "Allow" && conditions.length === 0 &&
    principals.patterns.some(({ kind }) => kind === "everyone")
  );
}
