/** Something that is wrong with a policy. */
export interface PolicyFault {
  /** Such as `Statement[2].Condition.IpAddress.aws:SourceIp`; `""` for the whole document. */
  readonly path: string;
  readonly message: string;
}

/** A policy that cannot be used. Its message names the first fault. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";

  /** @param faults one or more */
  constructor(readonly faults: readonly PolicyFault[]) {
    super(faults.map(faultText)[0]);
  }
}

/** A fault as one line. */
export function faultText({ path, message }: PolicyFault): string {
  return path === "" ? message : `${path}: ${message}`;
}
