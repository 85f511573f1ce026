/**
 * Whether a store's entity tags are the MD5 of the bytes, learnt from its answers, so that MD5 is
 * computed only where the store does not do it anyway.
 *
 * Amazon S3 answers MD5 unless an object is encrypted with SSE-KMS or SSE-C; other stores answer
 * what they like. So MD5 is computed until one upload's entity tag was found equal to it. From then
 * on the entity tag is believed, until an answer says that it is something else.
 * Source: "Checking object integrity in Amazon S3", section on entity tags.
 *
 * @module
 */

/** What is known of a store's entity tags. */
type Knowledge = "nothing" | "md5" | "other";

/** The part of an answer that tells about its entity tag. */
export interface TaggedAnswer {
  /** Unquoted. */
  readonly etag: string;
  /** `x-amz-server-side-encryption` */
  readonly encryption?: string;
  /** `x-amz-server-side-encryption-customer-algorithm` */
  readonly customerEncryption?: string;
}

/** What an upload's answer says of its MD5. */
export type Verdict =
  | { readonly kind: "known"; readonly md5: string }
  /** It was not computed, and the entity tag can no longer be believed. */
  | { readonly kind: "unknown" }
  /** What the store has is not what was sent. */
  | { readonly kind: "corrupt" };

/** Learns about the entity tags of one kind of request to one store. */
export class EntityTags {
  #knowledge: Knowledge = "nothing";

  /** Whether the entity tag is believed to be MD5; otherwise MD5 must be computed. */
  get areMd5(): boolean {
    return this.#knowledge === "md5";
  }

  /** The MD5 in the answer to a copy, if it has one that can be believed. */
  believe(answer: TaggedAnswer): string | undefined {
    return this.areMd5 ? md5Of(answer) : undefined;
  }

  /** Judges the answer to an upload, and learns from it. @param computed the MD5 in hex, where it was computed */
  judge(answer: TaggedAnswer, computed: string | undefined): Verdict {
    const tag = md5Of(answer);
    if (tag === undefined) {
      this.#knowledge = "other";
      return computed === undefined ? { kind: "unknown" } : { kind: "known", md5: computed };
    }
    if (computed === undefined) {
      return this.#knowledge === "md5" ? { kind: "known", md5: tag } : { kind: "unknown" };
    }
    if (tag === computed) {
      if (this.#knowledge === "nothing") this.#knowledge = "md5";
      return { kind: "known", md5: tag };
    }
    if (this.#knowledge === "md5") {
      // If it was no accident, the next upload finds that these are no MD5s.
      this.#knowledge = "nothing";
      return { kind: "corrupt" };
    }
    this.#knowledge = "other";
    return { kind: "known", md5: computed };
  }
}

/** The MD5 that an answer's entity tag may be. */
function md5Of({ etag, encryption, customerEncryption }: TaggedAnswer): string | undefined {
  const plain = (encryption === undefined || encryption === "AES256") &&
    customerEncryption === undefined;
  return plain && /^[0-9a-f]{32}$/i.test(etag) ? etag.toLowerCase() : undefined;
}
