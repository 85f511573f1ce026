/**
 * The few messages of PostgreSQL's protocol that are read or made here.
 * Source: PostgreSQL, "Message Formats".
 *
 * @module
 */

/** A message: its type's character, and where its body lies. */
export interface ProtocolMessage {
  readonly type: string;
  /** The body, without type and length. */
  readonly body: Uint8Array;
}

/** SQLSTATEs of a connection that was lost. Source: PostgreSQL, Appendix A, class 08. */
export const CONNECTION_LOST = {
  /** Before the statement, or the transaction, began: it can be run on another. */
  before: "08003",
  /** Within a transaction, which is therefore rolled back. */
  within: "08006",
  /** After the statement was sent: nobody knows what became of it. */
  after: "08007",
} as const;

/** Whether a session is idle, or in a transaction that goes on or has failed. */
export type SessionStatus = "I" | "T" | "E";

const HEADER = 5;

/** The end of the last whole message in `bytes`. */
export function endOfWhole(bytes: Uint8Array): number {
  let end = 0;
  for (;;) {
    const next = endOfMessage(bytes, end);
    if (next === undefined) return end;
    end = next;
  }
}

/** The messages in `bytes`, which holds whole ones only. */
export function* messagesIn(bytes: Uint8Array): Generator<ProtocolMessage> {
  for (let begin = 0;;) {
    const end = endOfMessage(bytes, begin);
    if (end === undefined) return;
    yield {
      type: String.fromCharCode(bytes[begin] ?? 0),
      body: bytes.subarray(begin + HEADER, end),
    };
    begin = end;
  }
}

function endOfMessage(bytes: Uint8Array, begin: number): number | undefined {
  if (bytes.length < begin + HEADER) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset + begin + 1).getUint32(0);
  const end = begin + 1 + length;
  return end <= bytes.length ? end : undefined;
}

/** The text from `begin` to the next NUL, and where what follows begins. */
export function textAt(body: Uint8Array, begin: number): { readonly text: string; next: number } {
  const end = body.indexOf(0, begin);
  const stop = end < 0 ? body.length : end;
  return { text: decoder.decode(body.subarray(begin, stop)), next: stop + 1 };
}

/** `ErrorResponse`. */
export function errorMessage(sqlState: string, text: string): Uint8Array {
  return message("E", encoder.encode(`SERROR\0VERROR\0C${sqlState}\0M${text}\0\0`));
}

/** `ReadyForQuery`. */
export function readyMessage(status: SessionStatus): Uint8Array {
  return message("Z", encoder.encode(status));
}

function message(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER + body.length);
  bytes.set(encoder.encode(type));
  new DataView(bytes.buffer).setUint32(1, 4 + body.length);
  bytes.set(body, HEADER);
  return bytes;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
