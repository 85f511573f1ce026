/**
 * A text as Python's `json.dumps` writes it: whatever is not ASCII is escaped, and DEL as well. Half
 * of a surrogate pair is escaped by itself.
 */
export function asciiText(value: string): string {
  // JavaScript escapes control characters in the same way.
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
