/** What can be wrong with a published log. */
export type TlogFaultKind =
  /** An object that its size asks for is not there. */
  | "missing"
  /** An object that cannot be what its key says. */
  | "malformed"
  /** Tiles and bundles are not those of the root that was signed. */
  | "root"
  /** The checkpoint is not one of this log and key. */
  | "checkpoint"
  /** The checkpoint does not go on from the one that is remembered. */
  | "not-consistent"
  /** Another object is published under a key where nothing may ever change. */
  | "changed"
  /** A record that is too long for an entry bundle. */
  | "too-long";

/** A published log that is not what it ought to be: nothing is signed on top of it. */
export class TlogFault extends Error {
  override readonly name = "TlogFault";

  /** @param key of the object that it was seen at */
  constructor(readonly kind: TlogFaultKind, readonly key: string, message: string) {
    super(`${key}: ${message}`);
  }
}
