import type { Content } from "../backends/backend.ts";

/** What became of a content that a backend was given. */
export interface WatchedContent {
  readonly content: Content;
  /** Whether it can be given to another backend from its first byte. */
  replayable(): boolean;
  /** Whether its own iterator failed: the backend has seen an incomplete body and stored nothing. */
  failed(): boolean;
}

/** Passes content on, and remembers how far it got. */
export function watch(content: Content): WatchedContent {
  if (content instanceof Uint8Array) {
    return { content, replayable: () => true, failed: () => false };
  }
  const stream = content;
  let state: "untouched" | "read" | "failed" = "untouched";
  async function* pass(): AsyncGenerator<Uint8Array> {
    state = "read";
    try {
      for await (const chunk of stream) yield chunk;
    } catch (error) {
      state = "failed";
      throw error;
    }
  }
  return {
    // An iterator that is closed before its first byte leaves the content as it is, for the next.
    content: { [Symbol.asyncIterator]: pass },
    replayable: () => state === "untouched",
    failed: () => state === "failed",
  };
}
