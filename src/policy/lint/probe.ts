/**
 * Asking statements about a request that is made up to find out what they do.
 *
 * @module
 */
import type { PolicyDocument, Statement } from "../document.ts";
import { compilePolicy } from "../evaluate.ts";
import { SOMEBODY } from "./objects.ts";

/** A request of somebody who has the bucket, and is not named by its policy. */
export interface Probe {
  readonly action: string;
  /** ARN. */
  readonly resource: string;
  readonly createsObject?: boolean;
}

/** Whether one of the statements denies a request without any header. */
export function isDenied(
  { version }: Pick<PolicyDocument, "version">,
  statements: readonly Statement[],
  { action, resource, createsObject }: Probe,
): boolean {
  const denials = statements.filter(({ effect }) => effect === "Deny");
  const { outcome } = compilePolicy({ version, statements: denials }).decide({
    principal: { kind: "user", account: ACCOUNT, name: SOMEBODY, isMember: true },
    action,
    resource,
    circumstances: {
      receivedAt: SOME_DAY,
      sourceIp: SOME_ADDRESS,
      secureTransport: true,
      signature: { type: "REST-HEADER", signedAt: SOME_DAY },
      createsObject,
      header: () => undefined,
      query: () => undefined,
    },
  });
  return outcome === "deny";
}

/** Whether a policy denies an object to be put without any condition. */
export function refusesUnconditional(document: PolicyDocument, resource: string): boolean {
  const probe = { action: "s3:PutObject", resource, createsObject: true };
  return isDenied(document, document.statements, probe);
}

const ACCOUNT = "000000000000";
const SOME_DAY = new Date("2026-01-01T00:00:00Z");
/** Kept for documentation by RFC 5737, so no range of a policy is about it. */
const SOME_ADDRESS = "192.0.2.1";
