/**
 * How proofs about evidence can be changed, and how each change is found out. Runs wherever the client
 * does.
 *
 * @module
 */
import { sha256, toHex } from "../../../src/eventlog/verify/bytes.ts";
import type {
  EvidenceFault,
  EvidenceProof,
  GivenProof,
} from "../../../src/evidence/verify_bundle.ts";

/** Proofs by one log. */
export interface GivenProofs {
  /** Of a decision with two versions, in one page. */
  readonly whole: EvidenceProof;
  /** Of the same decision, when it had one version. */
  readonly earlier: EvidenceProof;
  /** Of another decision. */
  readonly other: EvidenceProof;
}

/** A change. */
export interface Tampering {
  readonly what: string;
  readonly reason: EvidenceFault;
  readonly change: (given: GivenProofs) => GivenProof | Promise<GivenProof>;
}

/** All changes. */
export const TAMPERINGS: readonly Tampering[] = [
  {
    what: "a letter of a bundle",
    reason: "changed-bundle",
    change: ({ whole }) => withBundle(whole, (text) => text.replace("evidence", "Evidence")),
  },
  {
    what: "a space behind a bundle",
    reason: "changed-bundle",
    change: ({ whole }) => withBundle(whole, (text) => `${text} `),
  },
  {
    what: "a number of a bundle written in another way",
    reason: "changed-bundle",
    change: ({ whole }) => withBundle(whole, (text) => text.replace("1.50", "1.5 ")),
  },
  {
    what: "half of a surrogate pair in a bundle",
    reason: "changed-bundle",
    change: ({ whole }) => withBundle(whole, (text) => `${text}\ud800`),
  },
  {
    what: "bundles under each other's keys",
    reason: "changed-bundle",
    change: ({ whole }) => {
      const texts = whole.bundles.map(({ text }) => text).toReversed();
      const bundles = whole.bundles.map(({ key }, place) => ({ key, text: texts[place] ?? "" }));
      return { ...whole, bundles };
    },
  },
  {
    what: "a bundle less",
    reason: "missing-bundle",
    change: ({ whole }) => ({ ...whole, bundles: whole.bundles.slice(0, 1) }),
  },
  {
    what: "a bundle twice",
    reason: "repeated",
    change: ({ whole }) => ({ ...whole, bundles: [...whole.bundles, ...whole.bundles] }),
  },
  {
    what: "a bundle of another decision",
    reason: "missing-event",
    change: ({ other, whole }) => ({ ...whole, bundles: [...whole.bundles, ...other.bundles] }),
  },
  {
    what: "the event of the first version less",
    reason: "missing-event",
    change: ({ whole }) => ({ ...whole, events: whole.events.slice(1) }),
  },
  {
    what: "no event at all",
    reason: "missing-event",
    change: ({ whole }) => ({ ...whole, events: [] }),
  },
  {
    what: "neither an event nor a bundle",
    reason: "missing-event",
    change: ({ whole }) => ({ ...whole, events: [], bundles: [] }),
  },
  {
    what: "what a record says",
    reason: "wrong-event-hash",
    change: ({ whole }) =>
      withEvent(whole, ({ record }) => ({ record: record.replace('"actor":"', '"actor":"un') })),
  },
  {
    what: "what a record says, and its hash",
    reason: "not-included",
    change: async ({ whole }) => {
      const record = await rehashed(whole.events[0]?.record ?? "");
      return withEvent(whole, () => ({ record }));
    },
  },
  {
    what: "a record in another layout",
    reason: "malformed-record",
    change: ({ whole }) =>
      withEvent(whole, ({ record }) => ({ record: JSON.stringify(JSON.parse(record), null, 1) })),
  },
  {
    what: "an event of another decision",
    reason: "another-decision",
    change: ({ other, whole }) => ({
      ...whole,
      events: [...whole.events, ...other.events].toSorted((one, two) => one.seq - two.seq),
    }),
  },
  {
    what: "events in another order",
    reason: "wrong-order",
    change: ({ whole }) => ({ ...whole, events: whole.events.toReversed() }),
  },
  {
    what: "an event twice",
    reason: "wrong-order",
    change: ({ whole }) => ({
      ...whole,
      events: [...whole.events.slice(0, 1), ...whole.events],
    }),
  },
  {
    what: "the place of an event",
    reason: "wrong-index",
    change: ({ whole }) => withEvent(whole, ({ seq }) => ({ seq: seq + 1 }), -1),
  },
  {
    what: "a hash in a proof",
    reason: "not-included",
    change: ({ whole }) =>
      withEvent(whole, ({ tlog_proof }) => ({
        tlog_proof: tlog_proof.replace(
          /(index \d+\n)(.)/,
          (_, line, digit) => line + (digit === "A" ? "B" : "A"),
        ),
      })),
  },
  {
    what: "a hash less in a proof",
    reason: "not-included",
    change: ({ whole }) =>
      withEvent(whole, ({ tlog_proof }) => ({
        tlog_proof: tlog_proof.replace(/(index \d+\n).*\n/, "$1"),
      })),
  },
  {
    what: "the index in a proof",
    reason: "wrong-index",
    change: ({ whole }) =>
      withEvent(whole, ({ tlog_proof }) => ({
        tlog_proof: tlog_proof.replace(/index \d+/, "index 1000000"),
      })),
  },
  {
    what: "a proof that is none",
    reason: "malformed-proof",
    change: ({ whole }) => withEvent(whole, () => ({ tlog_proof: "" })),
  },
  {
    what: "the size in the checkpoint",
    reason: "forged-signature",
    change: ({ whole }) => ({
      ...whole,
      checkpoint: whole.checkpoint.replace(/\n(\d+)\n/, "\n1$1\n"),
    }),
  },
  {
    what: "the checkpoint of an earlier proof",
    reason: "another-checkpoint",
    change: ({ earlier, whole }) => ({ ...whole, checkpoint: earlier.checkpoint }),
  },
  {
    what: "a checkpoint that is none",
    reason: "malformed-checkpoint",
    change: ({ whole }) => ({ ...whole, checkpoint: "" }),
  },
  {
    what: "a checkpoint without its signature",
    reason: "unsigned",
    change: ({ whole }) => ({
      ...whole,
      checkpoint: whole.checkpoint.replace(/\u2014 \S+/, "\u2014 somebody.example"),
    }),
  },
  {
    what: "the decision",
    reason: "another-decision",
    change: ({ other, whole }) => ({ ...whole, decision_id: other.decision_id }),
  },
  {
    what: "where it begins",
    reason: "missing-page",
    change: ({ whole }) => ({ ...whole, from_seq: 1 }),
  },
  {
    what: "where it ends",
    reason: "wrong-order",
    change: ({ whole }) => ({ ...whole, next_from_seq: whole.events.at(-1)?.seq ?? 0 }),
  },
  {
    what: "the format",
    reason: "malformed-evidence-proof",
    change: ({ whole }) => JSON.stringify({ ...whole, format: "holdfast-evidence-proof@v2" }),
  },
  {
    what: "half of the text",
    reason: "malformed-evidence-proof",
    change: ({ whole }) => JSON.stringify(whole).slice(0, 999),
  },
  { what: "nothing", reason: "missing-page", change: () => [] },
];

function withBundle(whole: EvidenceProof, change: (text: string) => string): EvidenceProof {
  const bundles = whole.bundles.map(({ key, text }, place) =>
    place === 0 ? { key, text: change(text) } : { key, text }
  );
  return { ...whole, bundles };
}

type Event = EvidenceProof["events"][number];

function withEvent(
  whole: EvidenceProof,
  change: (event: Event) => Partial<Event>,
  place = 0,
): EvidenceProof {
  const changed = whole.events.at(place);
  const events = whole.events.map((event) =>
    event === changed ? { ...event, ...change(event) } : event
  );
  return { ...whole, events };
}

/** A record that says something else, with the hash that goes with it. */
async function rehashed(record: string): Promise<string> {
  const [, event = "", prev = ""] =
    /^\{"event":(.*),"event_hash":"[^"]*","prev_hash":"([^"]*)"\}$/s.exec(record) ?? [];
  const changed = event.replace('"actor":"', '"actor":"un');
  const hash = toHex(await sha256(new TextEncoder().encode(prev + changed)));
  return `{"event":${changed},"event_hash":"${hash}","prev_hash":"${prev}"}`;
}
