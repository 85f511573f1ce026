/**
 * A client of the API of evidence, for Deno, Node, workers at the edge and browsers: nothing here comes
 * from `node:`, and nothing asks for Deno.
 *
 * @module
 */
import { hc } from "hono/client";
import type { z } from "zod";
import type { attachmentAnswer } from "../api/evidence/attachment_answer.ts";
import type { EvidenceApi } from "../api/evidence/routes.ts";
import { type AttachmentContent, attachmentRequest } from "./client/attachment_request.ts";
import { withEncodedPaths } from "./client/encoded_paths.ts";
import { demandAnswer } from "./client/evidence_problem.ts";
import { readBundle } from "./bundle.ts";
import type { Bundle } from "./model.ts";
import { readEvidenceProof } from "./proof/evidence_proof.ts";
import { type TrustOptions, type VerifiedEvidence, verifyBundle } from "./verify_bundle.ts";

export { EvidenceProblem } from "./client/evidence_problem.ts";
export type { AttachmentContent } from "./client/attachment_request.ts";
export { JsonNumber, parseJson } from "../eventlog/json.ts";
export type { Json, JsonObject } from "../eventlog/json.ts";
export type { Bundle } from "./model.ts";
export { evidenceChecksum } from "./python_json.ts";
export * from "./verify_bundle.ts";

/** How a service is reached. */
export interface EvidenceClientOptions {
  /** Sent as `Authorization: Bearer TOKEN`. */
  readonly token?: string;
  /** Further headers of every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of the runtime's own: to sign requests, to retry them, or to reach a bound service. */
  readonly fetch?: typeof fetch;
}

/** What is known of a request that was answered. */
type Routes = ReturnType<typeof hc<EvidenceApi>>["-"]["api"]["v1"];

/** Evidence of a service. */
export interface EvidenceClient {
  /** Every route, typed: `client.api.evidence[":decision_id"].$get({ param: { decision_id } })`. */
  readonly api: Routes;
  /**
   * The evidence for a decision with the text that it came with: its numbers are `JsonNumber`s, of any
   * size and precision.
   *
   * @param version the last one without it
   * @throws {EvidenceProblem}
   */
  bundle(
    decisionId: string,
    version?: string,
  ): Promise<{ readonly bundle: Bundle; readonly text: string }>;
  /**
   * A proof about the evidence for a decision, to be kept: all of its pages.
   *
   * @throws {EvidenceProblem}
   */
  proof(decisionId: string): Promise<readonly string[]>;
  /**
   * Gets a proof and verifies it.
   *
   * @param trustedKey `name+keyid+key`, from elsewhere than the service
   * @throws {EvidenceProblem}
   */
  verify(
    decisionId: string,
    trustedKey: string,
    options?: TrustOptions,
  ): Promise<VerifiedEvidence>;
  /**
   * Stores an attachment, as a stream where it is one.
   *
   * @throws {EvidenceProblem}
   */
  attach(decisionId: string, name: string, content: AttachmentContent): Promise<StoredAttachment>;
}

/** What the service says of an attachment that it has stored. */
export type StoredAttachment = z.infer<typeof attachmentAnswer>;

/**
 * A client.
 *
 * @param baseUrl of the service, such as `https://evidence.example`
 */
export function evidenceClient(
  baseUrl: string | URL,
  options: EvidenceClientOptions = {},
): EvidenceClient {
  const { fetch: send = fetch, token } = options;
  const base = String(baseUrl).replace(/\/+$/, "");
  const headers = {
    ...options.headers,
    ...token !== undefined && { authorization: `Bearer ${token}` },
  };
  const evidenceUrl = `${base}/-/api/v1/evidence`;

  /** Paths are written here: what is sent as a stream, or read as a text, has no type to infer. */
  async function text(path: string): Promise<string> {
    return await (await demandAnswer(await send(`${evidenceUrl}/${path}`, { headers }))).text();
  }

  async function proof(decisionId: string): Promise<readonly string[]> {
    const pages: string[] = [];
    for (let from: number | null = 0; from !== null;) {
      const page = await text(`${encodeURIComponent(decisionId)}/proof?from_seq=${from}`);
      pages.push(page);
      from = readEvidenceProof(page).next_from_seq;
    }
    return pages;
  }

  return {
    api: withEncodedPaths(hc<EvidenceApi>(base, { headers, fetch: send })["-"].api.v1),
    proof,
    async bundle(decisionId, version) {
      const query = version === undefined ? "" : `?version=${encodeURIComponent(version)}`;
      const read = await text(`${encodeURIComponent(decisionId)}${query}`);
      return { bundle: readBundle(read), text: read };
    },
    async verify(decisionId, trustedKey, options) {
      return await verifyBundle(await proof(decisionId), trustedKey, options);
    },
    async attach(decisionId, name, content) {
      const path = `${encodeURIComponent(decisionId)}/attachments/${encodeURIComponent(name)}`;
      const request = attachmentRequest(content, headers);
      const answer = await send(`${evidenceUrl}/${path}`, request);
      return await (await demandAnswer(answer)).json();
    },
  };
}
