/**
 * The credential that a signature names: `AKID/20130524/us-east-1/s3/aws4_request`.
 *
 * @module
 */
import { SERVICE, TERMINAL } from "./signing_key.ts";

/** What a credential says, once its scope is known to be ours. */
export interface Credential {
  readonly accessKeyId: string;
  /** `YYYYMMDD`. */
  readonly date: string;
}

/** Why a credential is refused; `Region` names the right one to a client that follows it. */
export interface CredentialFault {
  readonly message: string;
  readonly detail?: Readonly<Record<string, string>>;
}

/** Reads a credential and checks its scope, except for its date. */
export function parseCredential(
  text: string,
  region: string,
): { readonly credential: Credential } | { readonly fault: CredentialFault } {
  const segments = text.split("/");
  // An access key id may itself hold slashes; the scope is always the last four segments.
  const [date, scopeRegion, service, terminal] = segments.slice(-4);
  const accessKeyId = segments.slice(0, -4).join("/");
  if (segments.length < 5 || accessKeyId === "") return { fault: { message: MALFORMED } };
  if (!/^\d{8}$/.test(date)) {
    return {
      fault: {
        message: `incorrect date format "${date}". This date in the credential must be in the ` +
          `format "yyyyMMdd".`,
      },
    };
  }
  if (terminal !== TERMINAL) {
    return {
      fault: { message: `incorrect terminal "${terminal}". This endpoint uses "${TERMINAL}".` },
    };
  }
  if (service !== SERVICE) {
    return {
      fault: { message: `incorrect service "${service}". This endpoint belongs to "${SERVICE}".` },
    };
  }
  if (scopeRegion !== region) {
    return {
      fault: {
        message: `the region '${scopeRegion}' is wrong; expecting '${region}'`,
        detail: { Region: region },
      },
    };
  }
  return { credential: { accessKeyId, date } };
}

const MALFORMED =
  `the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/${TERMINAL}".`;
