/** What the threads of the embedded database tell each other. @module */

/** To the database's thread. */
export type DatabaseCommand =
  | { readonly kind: "open"; readonly directory: string }
  /** A client's connection: bytes of PostgreSQL's protocol in both directions. */
  | { readonly kind: "connect"; readonly port: MessagePort }
  | { readonly kind: "close" };

/** From the database's thread. */
export type DatabaseReport =
  | { readonly kind: "opened" }
  | { readonly kind: "closed" }
  /** It cannot go on; nothing that was committed is lost. */
  | { readonly kind: "failed"; readonly message: string };
