/**
 * Names of attachments: what a person may see as the name of a file, and nothing that could be taken
 * for anything else.
 *
 * @module
 */
import { EvidenceError } from "./evidence_error.ts";

/** Most bytes of a name, in UTF-8: what file systems take. */
export const LONGEST_NAME = 255;

/** What no name may have in it, or be. */
const FAULTS: readonly { readonly pattern: RegExp; readonly said: string }[] = [
  { pattern: /^$/, said: "must not be empty" },
  { pattern: /[/\\]/, said: "must not have a slash or a backslash in it" },
  { pattern: /^\.\.?$/, said: "must not stand for a directory" },
  // Those of Unicode, too: U+0085 and the separators of lines and paragraphs end a line.
  { pattern: /[\p{Cc}\u2028\u2029]/u, said: "must not have a control character in it" },
  { pattern: /^\p{White_Space}|\p{White_Space}$/u, said: "must not begin or end with a space" },
  // Behind one of these `gnp.exe` is shown as `exe.png`.
  { pattern: /[\u202a-\u202e\u2066-\u2069]/u, said: "must not turn the direction of text" },
  { pattern: /\p{Surrogate}/u, said: "must not have half of a surrogate pair in it" },
  // In XML, in which stores list their keys, there is no such character.
  { pattern: /[\ufffe\uffff]/u, said: "must not have a character in it that is none" },
];

/** What is wrong with a name, as it follows "a name"; `undefined` for one that an attachment may have. */
export function faultOfName(name: string): string | undefined {
  const fault = FAULTS.find(({ pattern }) => pattern.test(name));
  if (fault !== undefined) return fault.said;
  const bytes = new TextEncoder().encode(name.normalize("NFC")).length;
  return bytes > LONGEST_NAME ? `must not have more than ${LONGEST_NAME} bytes` : undefined;
}

/**
 * A name as attachments are found by it: in Unicode's form NFC, since the same text comes in other
 * forms from other systems.
 *
 * @throws {EvidenceError} `invalid`
 */
export function attachmentName(name: string): string {
  const fault = faultOfName(name);
  if (fault !== undefined) throw new EvidenceError("invalid", `The name ${fault}.`);
  return name.normalize("NFC");
}
