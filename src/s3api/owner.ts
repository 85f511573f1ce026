/**
 * Owners, as S3's answers name them.
 *
 * @module
 */
import type { Principal } from "./principal.ts";
import type { XmlChildren } from "./xml.ts";

/** Owner of what nobody in particular owns: a bucket from the configuration, an anonymous upload. */
const SERVICE_OWNER = "holdfast";

/** The name under which a principal owns what it creates; `""` for nobody in particular. */
export function ownerName(principal: Principal): string {
  return principal.kind === "user" ? principal.name : "";
}

/** The content of an `Owner`, `Initiator` or `Grantee` element. */
export function ownerElement(name: string): XmlChildren {
  const id = name === "" ? SERVICE_OWNER : name;
  return { ID: id, DisplayName: id };
}
