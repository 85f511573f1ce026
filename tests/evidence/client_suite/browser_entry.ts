/**
 * What a page runs: it verifies proofs that it is given, and proofs that somebody has changed.
 *
 * @module
 */
import { evidenceClient, type EvidenceProof, verifyBundle } from "../../../src/evidence/client.ts";
import { TAMPERINGS } from "./tamperings.ts";

/** What becomes of each change: its reason, or `verified`. */
export type Verdicts = Readonly<Record<string, string>>;

Object.assign(globalThis, {
  /** Asks a service as the page of another origin would, and verifies what it says. */
  verifyFrom: async (url: string, token: string, decisionId: string, key: string) =>
    await evidenceClient(url, { token }).verify(decisionId, key),

  /** Verifies proofs as they are, without asking anybody. */
  verifyGiven: async (proof: EvidenceProof, key: string) => await verifyBundle(proof, key),

  /** Verifies a proof with every change that there is. */
  async verifyChanged(
    given: Record<"earlier" | "other" | "whole", EvidenceProof>,
    key: string,
  ): Promise<Verdicts> {
    const verdicts: Record<string, string> = {};
    for (const { change, what } of TAMPERINGS) {
      const verified = await verifyBundle(await change(given), key);
      verdicts[what] = verified.ok ? "verified" : verified.reason;
    }
    return verdicts;
  },
});
