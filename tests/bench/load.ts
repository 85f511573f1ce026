/** What to send. */
export interface Load {
  readonly method: "GET" | "HEAD" | "PUT";
  /** Sent in turn. */
  readonly urls: readonly string[];
  /** Bytes of the body of a PUT. */
  readonly size: number;
  readonly connections: number;
  /** Requests are begun until both are reached. */
  readonly seconds: number;
  readonly requests: number;
}

/** What came of it. */
export interface LoadResult {
  readonly requests: number;
  readonly bytes: number;
  readonly seconds: number;
  /** Milliseconds. */
  readonly median: number;
  readonly p99: number;
}

/** Sends a load from a thread of its own. Throws when any answer is not a success. */
export function send(load: Load): Promise<LoadResult> {
  const { promise, resolve, reject } = Promise.withResolvers<LoadResult>();
  const worker = new Worker(new URL("load_worker.ts", import.meta.url), { type: "module" });
  const { port1: answers, port2: port } = new MessageChannel();
  const end = () => {
    answers.close();
    worker.terminate();
  };
  answers.onmessage = ({ data }: MessageEvent<LoadResult | string>) => {
    end();
    if (typeof data === "string") reject(new Error(data));
    else resolve(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    end();
    reject(new Error(event.message));
  };
  worker.postMessage({ load, port }, [port]);
  return promise;
}
