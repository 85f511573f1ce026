import { createHash, timingSafeEqual } from "node:crypto";

/** A token for the API alone, and who goes by it. */
export interface ApiToken {
  /** For logs and events; what it may do goes by it. */
  readonly name: string;
  readonly token: string;
}

/** The tokens of a deployment. */
export class ApiTokens {
  readonly #tokens: readonly { readonly name: string; readonly digest: Uint8Array }[];

  constructor(tokens: readonly ApiToken[]) {
    this.#tokens = tokens.map(({ name, token }) => ({ name, digest: digest(token) }));
  }

  /** Who goes by a token; takes the same time for every one, known or not. */
  nameOf(token: string): string | undefined {
    const sent = digest(token);
    let found: string | undefined;
    for (const known of this.#tokens) {
      if (timingSafeEqual(sent, known.digest)) found = known.name;
    }
    return found;
  }
}

function digest(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
