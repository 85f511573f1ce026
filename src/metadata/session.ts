import {
  CONNECTION_LOST,
  errorMessage,
  messagesIn,
  type ProtocolMessage,
  readyMessage,
  type SessionStatus,
  textAt,
} from "./protocol_messages.ts";

/**
 * What is known of a session with PostgreSQL from the messages that pass: whether it is in a
 * transaction, and what still waits for its answer. Once the connection is lost, it answers in the
 * server's place: everything fails, in the form that the protocol has for it, until the client has
 * ended its transaction.
 */
export class Session {
  /** For each `Sync` and `Query` without its `ReadyForQuery`: whether it ends a transaction. */
  readonly #unanswered: boolean[] = [];
  /** Names of prepared statements that end a transaction. */
  readonly #endings = new Set<string>();
  #started = false;
  #status: SessionStatus = "I";
  #endsTransaction = false;
  #unsynced = false;
  #failed = false;

  /** Whether the server has taken the client in. */
  get started(): boolean {
    return this.#started;
  }

  /** Whether nothing waits for an answer, and no transaction is open. */
  get idle(): boolean {
    return this.#status === "I" && this.#unanswered.length === 0 && !this.#unsynced;
  }

  /** Takes notice of whole messages from the client. */
  sent(bytes: Uint8Array): void {
    if (!this.#started) return;
    for (const message of messagesIn(bytes)) {
      if (this.#isSynced(message)) this.#unanswered.push(this.#takeEnding());
    }
  }

  /** Takes notice of whole messages from the server. */
  received(bytes: Uint8Array): void {
    for (const { type, body } of messagesIn(bytes)) {
      // A server that shuts down also tells those who have asked for nothing.
      if (type === "E") this.#failed = this.#unanswered.length > 0 || this.#unsynced;
      if (type === "Z") this.#ready(body);
    }
  }

  /** What the client must be told when the connection is lost. */
  lost(): readonly Uint8Array[] {
    const answers = this.#unanswered.splice(0).flatMap((ends) =>
      this.#fail(CONNECTION_LOST.after, ends)
    );
    if (this.#unsynced && !this.#failed) answers.push(...this.#error(CONNECTION_LOST.after));
    return answers;
  }

  /** Answers whole messages that the client sends in a transaction that was lost. */
  answer(bytes: Uint8Array): readonly Uint8Array[] {
    const answers: Uint8Array[] = [];
    for (const message of messagesIn(bytes)) {
      if (this.#isSynced(message)) {
        // What a Sync ends has failed before; a Query fails by itself.
        if (message.type === "S") this.#failed = true;
        answers.push(...this.#fail(CONNECTION_LOST.within, this.#takeEnding()));
      } else if (this.#unsynced && !this.#failed) {
        answers.push(...this.#error(CONNECTION_LOST.within));
      }
    }
    return answers;
  }

  /** Whether a message makes the server answer with `ReadyForQuery`; reads what it is about. */
  #isSynced({ type, body }: ProtocolMessage): boolean {
    switch (type) {
      case "Q":
        this.#endsTransaction ||= endsTransaction(textAt(body, 0).text);
        break;
      case "S":
        break;
      case "P": {
        const name = textAt(body, 0);
        if (endsTransaction(textAt(body, name.next).text)) this.#endings.add(name.text);
        else this.#endings.delete(name.text);
        break;
      }
      case "B":
        if (this.#endings.size > 0) {
          const portal = textAt(body, 0);
          this.#endsTransaction ||= this.#endings.has(textAt(body, portal.next).text);
        }
        break;
      case "C":
      case "D":
      case "E":
      case "H":
        break;
      default:
        return false;
    }
    this.#unsynced = type !== "Q" && type !== "S";
    return !this.#unsynced;
  }

  #takeEnding(): boolean {
    const ends = this.#endsTransaction;
    this.#endsTransaction = false;
    return ends;
  }

  #ready(body: Uint8Array): void {
    if (this.#started) this.#unanswered.shift();
    this.#started = true;
    this.#failed = false;
    this.#status = body[0] === "I".charCodeAt(0) ? "I" : "T";
  }

  #fail(sqlState: string, ends: boolean): readonly Uint8Array[] {
    this.#status = this.#status === "I" || ends ? "I" : "E";
    const answers = [...(this.#failed ? [] : this.#error(sqlState)), readyMessage(this.#status)];
    this.#failed = false;
    return answers;
  }

  #error(sqlState: string): readonly Uint8Array[] {
    this.#failed = true;
    return [errorMessage(sqlState, "the connection to the database was lost")];
  }
}

/** `rollback to` a savepoint ends none. */
function endsTransaction(statement: string): boolean {
  return /^\s*(commit|rollback)\s*;?\s*$/i.test(statement);
}
