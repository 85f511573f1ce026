import assert from "node:assert/strict";
import { createHash } from "node:crypto";

/** What a key may hold: the SHA-256 of an object's bytes, or nothing. */
type State = string | "absent";

/**
 * What a bucket must hold after writes of which some were never answered. Writes to one key must
 * not overlap. After an acknowledged write the key holds just that; after one without an answer it
 * holds that or what it could have held before.
 */
export class ExpectedObjects {
  readonly #states = new Map<string, Set<State>>();

  /** Keys that have been written to. */
  keys(): string[] {
    return [...this.#states.keys()];
  }

  /** Whether the key certainly holds, or certainly does not hold, an object; or neither. */
  presence(key: string): "present" | "absent" | "unknown" {
    const states = this.#possible(key);
    if (!states.has("absent")) return "present";
    return states.size === 1 ? "absent" : "unknown";
  }

  /** A write of `content` (`undefined`: a deletion) that was answered with success. */
  acknowledged(key: string, content: Uint8Array | undefined): void {
    this.#states.set(key, new Set([stateOf(content)]));
  }

  /** A write of `content` (`undefined`: a deletion) that got no answer. */
  unanswered(key: string, content: Uint8Array | undefined): void {
    this.#states.set(key, new Set([...this.#possible(key), stateOf(content)]));
  }

  /** Fails unless `content` (`undefined`: no object) is something that the key may hold. */
  check(key: string, content: Uint8Array | undefined): void {
    const state = stateOf(content);
    assert(
      this.#possible(key).has(state),
      `${key} holds ${state} (${content?.length} bytes), not ${
        [...this.#possible(key)].join(" or ")
      }`,
    );
  }

  #possible(key: string): ReadonlySet<State> {
    return this.#states.get(key) ?? new Set<State>(["absent"]);
  }
}

function stateOf(content: Uint8Array | undefined): State {
  return content === undefined ? "absent" : createHash("sha256").update(content).digest("hex");
}
