/**
 * Compares a signature with what its access key would have signed, and gives nothing away.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import type { HmacKey } from "./hmac.ts";
import { SignatureError } from "./signature_error.ts";
import { deriveSigningKey, SigningKeyCache } from "./signing_key.ts";
import type { Verifier } from "./wire_request.ts";

/** Whose signature something claims to bear. */
export interface Claim {
  readonly accessKeyId: string;
  /** Scope date, `YYYYMMDD`. */
  readonly date: string;
  /** As the client sent it. */
  readonly signature: string;
}

/** A string to sign, and the canonical request in it where there is one. */
export interface Signable {
  readonly stringToSign: string;
  readonly canonical?: string;
}

const SIGNATURE_LENGTH = 64;

/** Stands in for the secret of an access key that does not exist. */
const NO_SECRET = "no access key has this secret, and it opens nothing";

const keys = new SigningKeyCache();

/**
 * Returns the key of a claim, if its signature is that of `usual` or of one of the `others`.
 *
 * An unknown access key costs what a wrong signature costs: the same hashes are computed and the
 * same error is built.
 *
 * @throws {SignatureError} `InvalidAccessKeyId`, `SignatureDoesNotMatch`
 */
export function checkSignature(
  claim: Claim,
  verifier: Verifier,
  usual: Signable,
  others: Iterable<Signable> = [],
): HmacKey {
  const { accessKeyId, date, signature } = claim;
  const { region } = verifier;
  const secret = verifier.secretFor(accessKeyId);
  const cached = secret === undefined ? undefined : keys.get(accessKeyId, secret, date, region);
  const key = cached ?? deriveSigningKey(secret ?? NO_SECRET, date, region);
  const matches = isSigned(usual, signature, key) || anySigned(others, signature, key);
  if (secret !== undefined && matches) {
    if (cached === undefined) keys.set(accessKeyId, secret, date, region, key);
    return key;
  }
  // The cache may save time only where the signature holds: that a failure was quick would tell
  // that the key exists.
  if (cached !== undefined) deriveSigningKey(NO_SECRET, date, region);
  const mismatch = signatureMismatch(accessKeyId, signature, usual);
  throw secret === undefined ? unknownAccessKey(accessKeyId) : mismatch;
}

/** Compares two signatures in constant time; the first comes from the client. */
export function signaturesEqual(claimed: string, computed: string): boolean {
  const padded = Buffer.alloc(SIGNATURE_LENGTH);
  padded.write(claimed, "latin1");
  return timingSafeEqual(padded, Buffer.from(computed, "latin1")) &&
    claimed.length === SIGNATURE_LENGTH;
}

/** `SignatureDoesNotMatch` with what was signed, from which a client finds its own mistake. */
export function signatureMismatch(
  accessKeyId: string,
  provided: string,
  { stringToSign, canonical }: Signable,
): SignatureError {
  const detail: Record<string, string> = {
    AWSAccessKeyId: accessKeyId,
    StringToSign: stringToSign,
    SignatureProvided: provided,
    StringToSignBytes: hexDump(stringToSign),
  };
  if (canonical !== undefined) {
    detail.CanonicalRequest = Buffer.from(canonical, "latin1").toString("utf8");
    detail.CanonicalRequestBytes = hexDump(canonical);
  }
  return new SignatureError(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your " +
      "key and signing method.",
    detail,
  );
}

function isSigned({ stringToSign }: Signable, signature: string, key: HmacKey): boolean {
  return signaturesEqual(signature, key.hex(stringToSign));
}

function anySigned(others: Iterable<Signable>, signature: string, key: HmacKey): boolean {
  for (const other of others) if (isSigned(other, signature, key)) return true;
  return false;
}

function unknownAccessKey(accessKeyId: string): SignatureError {
  return new SignatureError(
    "InvalidAccessKeyId",
    "The AWS Access Key Id you provided does not exist in our records.",
    { AWSAccessKeyId: accessKeyId },
  );
}

function hexDump(text: string): string {
  return Buffer.from(text, "latin1").toString("hex").replace(/..(?!$)/g, "$& ");
}
