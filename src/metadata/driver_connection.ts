import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";
import { CONNECTION_LOST, endOfWhole } from "./protocol_messages.ts";
import { Session } from "./session.ts";

/** Carries bytes to a server. */
export interface Wire {
  /** Takes bytes; answers whether more can come before the next {@link WireEvents.drained}. */
  write(bytes: Uint8Array): boolean;
  /** Sends what it has taken, and closes. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
  pause(): void;
  resume(): void;
}

/** What a wire tells of. */
export interface WireEvents {
  received(bytes: Uint8Array): void;
  drained(): void;
  /** The wire is closed, for whatever reason. */
  closed(error?: Error): void;
}

/** Opens a wire. */
export type OpenWire = (events: WireEvents) => Promise<Wire>;

/** Rejects a statement that met a connection which had been lost before; it was not sent. */
class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
  readonly code: string = CONNECTION_LOST.before;

  constructor(cause?: Error) {
    super("the connection to the database was lost", { cause });
  }
}

/**
 * A connection as the driver (postgres.js) wants a socket to be, which it can lose.
 *
 * The driver cannot lose a socket of its own: a write that is scheduled when the socket closes either
 * throws where nobody catches it or leaves the connection unusable for good, and a transaction that
 * outlives its connection goes on within another one's (porsager/postgres #1208, #1216). So what is
 * under way when a connection is lost fails here as on a server that refuses. The driver hears of
 * the loss the next time that it asks for something, outside a transaction and right after a write,
 * when nothing can be scheduled.
 */
export class DriverConnection extends EventEmitter {
  readonly #session = new Session();
  #state: "opening" | "open" | "ending" | "lost" | "closed" = "opening";
  #wire: Wire | undefined;
  #failure: Error | undefined;
  #waiting: Uint8Array[] = [];
  #partial: Buffer = Buffer.alloc(0);

  constructor(open: OpenWire) {
    super();
    open({
      received: (bytes) => this.#received(bytes),
      drained: () => this.emit("drain"),
      closed: (error) => this.#lost(error),
    }).then((wire) => this.#opened(wire), (error) => this.#lost(error));
  }

  /** As of a socket: the driver asks for it before it ends one. */
  get readyState(): "open" | "closed" {
    return this.#state === "closed" ? "closed" : "open";
  }

  /** Takes whole messages; that is how the driver writes. */
  write(bytes: Uint8Array, done?: () => void): boolean {
    if (done !== undefined) queueMicrotask(done);
    if (this.#state === "lost") return this.#writeToLost(bytes);
    if (this.#state === "closed") return false;
    this.#session.sent(bytes);
    if (this.#wire !== undefined) return this.#wire.write(bytes);
    // The driver goes on writing into the buffer that this is a part of.
    this.#waiting.push(new Uint8Array(bytes));
    return true;
  }

  end(bytes: Uint8Array): void {
    if (this.#state === "closed") return;
    if (this.#wire === undefined || this.#state === "lost") return this.destroy();
    this.#state = "ending";
    this.#wire.write(bytes);
    this.#wire.end();
  }

  destroy(): void {
    this.#wire?.destroy();
    queueMicrotask(() => this.#close());
  }

  pause(): void {
    this.#wire?.pause();
  }

  resume(): void {
    this.#wire?.resume();
  }

  #opened(wire: Wire): void {
    if (this.#state !== "opening") return wire.destroy();
    this.#state = "open";
    this.#wire = wire;
    for (const bytes of this.#waiting) wire.write(bytes);
    this.#waiting = [];
  }

  #received(bytes: Uint8Array): void {
    if (this.#state === "lost" || this.#state === "closed") return;
    const fresh = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const all = this.#partial.length === 0 ? fresh : Buffer.concat([this.#partial, fresh]);
    const end = endOfWhole(all);
    this.#partial = all.subarray(end);
    if (end === 0) return;
    const whole = all.subarray(0, end);
    this.#session.received(whole);
    this.emit("data", whole);
  }

  #lost(error?: Error): void {
    if (this.#state === "ending") return this.#close();
    if (this.#state === "lost" || this.#state === "closed") return;
    this.#state = "lost";
    this.#failure = error;
    if (!this.#session.started) {
      this.emit("error", error ?? new Error("the database closed the connection"));
      setTimeout(() => this.#close());
      return;
    }
    this.#deliver(this.#session.lost());
  }

  #writeToLost(bytes: Uint8Array): boolean {
    if (!this.#session.idle) {
      this.#deliver(this.#session.answer(bytes));
      return true;
    }
    queueMicrotask(() => {
      this.emit("error", new ConnectionLost(this.#failure));
      this.#close();
    });
    return false;
  }

  /** Not within the driver's own call: it has not noted yet what it asked for. */
  #deliver(answers: readonly Uint8Array[]): void {
    if (answers.length > 0) queueMicrotask(() => this.emit("data", Buffer.concat(answers)));
  }

  #close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.emit("close");
  }
}
