/**
 * What a policy is asked, and what it answers.
 *
 * @module
 */
import type { Statement } from "./document.ts";

/** One question: may this principal do this to that, under these circumstances? */
export interface PolicyRequest {
  readonly principal: PolicyPrincipal;
  /** As in the table of actions: `s3:PutObject`. */
  readonly action: string;
  /** `arn:aws:s3:::bucket` or `arn:aws:s3:::bucket/key`; the key is decoded. */
  readonly resource: string;
  readonly circumstances: Circumstances;
}

/** Who asks. */
export type PolicyPrincipal =
  | { readonly kind: "anonymous" }
  | {
    readonly kind: "user";
    /** Twelve digits. */
    readonly account: string;
    readonly name: string;
    /**
     * Whether it may use the bucket without any policy. An Allow for a whole account delegates to
     * what that account says of its users, so it reaches those alone; a Deny reaches every user.
     */
    readonly isMember: boolean;
  };

/** What conditions are about. */
export interface Circumstances {
  readonly receivedAt: Date;
  /** Address of the client: IPv4 or IPv6, as text. */
  readonly sourceIp: string;
  /** Whether the client came over TLS. */
  readonly secureTransport: boolean;
  /** How it was authenticated; absent for an anonymous request, and for the legacy token. */
  readonly signature?: {
    readonly type: "REST-HEADER" | "REST-QUERY-STRING" | "POST";
    readonly signedAt: Date;
  };
  /**
   * Whether the operation makes an object: `true` for PutObject, CopyObject, PostObject and
   * CompleteMultipartUpload; `false` for the rest of a multipart upload; absent for all others.
   */
  readonly createsObject?: boolean;
  /** The header of that name (lower case) as the operation obeys it; `undefined` without it. */
  header(name: string): string | undefined;
  /** The decoded query parameter of that name; `undefined` without it. */
  query(name: string): string | undefined;
}

/** What a policy says. */
export type Decision =
  | { readonly outcome: "deny" | "allow"; readonly statement: Statement }
  /** No statement applies: the bucket's owner may, others may not. */
  | { readonly outcome: "default" };
