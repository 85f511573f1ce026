/**
 * A conversation with a page of a browser, in the browser's own debugging protocol.
 * Source: Chrome DevTools Protocol (https://chromedevtools.github.io/devtools-protocol).
 *
 * @module
 */
import { z } from "zod";

/** How long a step may take. Milliseconds. */
const LIMIT = 30_000;

const TARGET = z.object({ targetId: z.string() });
const ATTACHED = z.object({ sessionId: z.string() });

/** An answer to a call, or an event. */
const MESSAGE = z.object({
  id: z.number().optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

/** What is written down of events, by their name. */
const NOTED: Readonly<Record<string, (params: unknown, session: DevToolsSession) => void>> = {
  "Network.requestWillBeSent": (params, { requests }) =>
    requests.push(z.object({ request: z.object({ url: z.string() }) }).parse(params).request.url),
  "Log.entryAdded": (params, { complaints }) =>
    complaints.push(z.object({ entry: z.object({ text: z.string() }) }).parse(params).entry.text),
  "Runtime.consoleAPICalled": (params, { complaints }) => complaints.push(JSON.stringify(params)),
  "Runtime.exceptionThrown": (params, { complaints }) => complaints.push(JSON.stringify(params)),
};

/** A conversation with a page of the browser. */
export class DevToolsSession {
  readonly requests: string[] = [];
  readonly complaints: string[] = [];
  readonly #socket: WebSocket;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #awaited = new Map<string, PromiseWithResolvers<unknown>>();
  #sessionId: string | undefined;
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#take(String(data)));
    socket.addEventListener("close", () => {
      for (const { reject } of this.#calls.values()) reject(new Error("the browser has ended"));
    });
  }

  static async open(address: string): Promise<DevToolsSession> {
    const socket = new WebSocket(address);
    const opened = new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", () => reject(new Error(`${address} does not answer`)));
    });
    await within(opened, `${address} does not answer`);
    const session = new DevToolsSession(socket);
    const target = TARGET.parse(await session.send("Target.createTarget", { url: "about:blank" }));
    const attached = await session.send("Target.attachToTarget", { ...target, flatten: true });
    session.#sessionId = ATTACHED.parse(attached).sessionId;
    for (const domain of ["Page", "Runtime", "Network", "Log", "DOM"]) {
      await session.send(`${domain}.enable`);
    }
    return session;
  }

  send(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const call = Promise.withResolvers<unknown>();
    const id = ++this.#lastId;
    this.#calls.set(id, call);
    this.#socket.send(JSON.stringify({ id, method, params, sessionId: this.#sessionId }));
    return within(call.promise, `${method} was not answered`);
  }

  /** The next event of that name. */
  event(name: string): Promise<unknown> {
    const awaited = Promise.withResolvers<unknown>();
    this.#awaited.set(name, awaited);
    return awaited.promise;
  }

  close(): void {
    this.#socket.close();
  }

  #take(text: string): void {
    const { id, method, params, result, error } = MESSAGE.parse(JSON.parse(text));
    if (method !== undefined) {
      NOTED[method]?.(params, this);
      this.#awaited.get(method)?.resolve(params);
    }
    const call = id === undefined ? undefined : this.#calls.get(id);
    if (id === undefined || call === undefined) return;
    this.#calls.delete(id);
    if (error === undefined) call.resolve(result);
    else call.reject(new Error(error.message));
  }
}

/** What a promise resolves with, if it does so soon enough. */
export async function within<T>(promise: Promise<T>, otherwise: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(otherwise)), LIMIT);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
