/**
 * The page that verifies a proof: in the browser, asking nobody.
 *
 * @module
 */
import { verifyProof } from "../../../eventlog/verify.ts";

/** The ids of the three texts. */
const FIELDS = ["record", "tlog-proof", "verifier-key"];

/** By what a text that is dropped begins with. */
const KINDS = [
  [/^\s*\{/, "record"],
  [/^\s*c2sp\.org\/tlog-proof@/, "tlog-proof"],
  [/^\s*[^\s+]+\+[0-9a-f]{8}\+/, "verifier-key"],
];

/** What is shown for each reason: in a few words, in full, and the field that it is about. */
const REFUSALS = {
  "malformed-record": {
    title: "This is not a record",
    text:
      "A record must be pasted byte by byte as the log stores it, with nothing added, left out " +
      "or formatted anew.",
    field: "record",
  },
  "wrong-event-hash": {
    title: "The record has been changed",
    text: "What it says does not have the hash that it carries.",
    field: "record",
  },
  "wrong-index": {
    title: "The proof is about another event",
    text: "The record stands at another place in the log than the one that the proof is about.",
    field: "tlog-proof",
  },
  "not-included": {
    title: "This record is not in the log",
    text:
      "The log signed another record at this place, or the proof has been changed: the hashes " +
      "do not lead from this record to the root that was signed.",
    field: "record",
  },
  "malformed-proof": {
    title: "This is not a proof",
    text: "The text of the proof is incomplete, or is something else.",
    field: "tlog-proof",
  },
  "malformed-checkpoint": {
    title: "The proof has no proper checkpoint",
    text:
      "Behind the hashes there must be the checkpoint that the log has signed, to the last line.",
    field: "tlog-proof",
  },
  unsigned: {
    title: "This key did not sign",
    text: "The checkpoint in the proof is signed by others only.",
    field: "verifier-key",
  },
  "forged-signature": {
    title: "The signature is wrong",
    text: "The checkpoint says that this key signed it, but it has been changed or was forged.",
    field: "tlog-proof",
  },
  "wrong-origin": {
    title: "The proof is of another log",
    text: "The checkpoint is not of the log that the key is named after.",
    field: "tlog-proof",
  },
  "malformed-key": {
    title: "This is not a key",
    text: "A key reads name+id+key, and all three must fit together.",
    field: "verifier-key",
  },
};

const form = element("proof", HTMLFormElement);
const verdict = element("verdict", HTMLElement);
const files = element("files", HTMLInputElement);

/** Rises whenever something is changed, so that no verdict stands beside texts it is not about. */
let edition = 0;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  verify();
});
form.addEventListener("input", forget);
form.addEventListener("reset", forget);
element("choose", HTMLButtonElement).addEventListener("click", () => files.click());
files.addEventListener("change", () => take(files.files));
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) document.body.classList.remove("dropping");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  take(event.dataTransfer?.files ?? null);
});

/** Puts each file where it belongs, and verifies when nothing is missing. */
async function take(list) {
  for (const file of list ?? []) {
    const text = await file.text();
    const [, field] = KINDS.find(([begin]) => begin.test(text)) ?? [];
    if (field !== undefined) textArea(field).value = text;
  }
  files.value = "";
  forget();
  if (FIELDS.every((field) => textArea(field).value.trim() !== "")) await verify();
}

async function verify() {
  forget();
  const current = edition;
  const missing = FIELDS.find((field) => textArea(field).value.trim() === "");
  if (missing !== undefined) {
    textArea(missing).focus();
    return refuse({ title: "Something is missing", text: "All three are needed.", field: missing });
  }
  const record = textArea("record").value.trim();
  const given = { record, proof: proofAsPasted(), verifierKey: textArea("verifier-key").value };
  const result = await verifyProof(given).catch(() => undefined);
  if (current !== edition) return;
  if (result === undefined) {
    show("bad", "This browser cannot verify", "It knows no Ed25519 signatures; newer ones do.", []);
  } else if (result.ok) {
    accept(result, record);
  } else {
    refuse(REFUSALS[result.reason], result.message);
  }
}

/** Pasting can lose the end of the last line, or add some. */
function proofAsPasted() {
  return `${textArea("tlog-proof").value.trim()}\n`;
}

function accept({ seq, size, origin, eventHash }, record) {
  const text = `The log ${origin} has exactly this record as event ${seq}. Whoever holds the key ` +
    `signed for it when the log had ${size} ${size === 1 ? "event" : "events"}.`;
  const { event } = JSON.parse(record);
  show("good", "Verified", text, [
    ["Log", origin],
    ["Event", `seq ${seq}, in a log of ${size}`],
    ["Type", String(event.type)],
    ["About", String(event.aggregate_id)],
    ["Hash", eventHash],
  ]);
}

function refuse({ title, text, field }, detail) {
  textArea(field).setAttribute("aria-invalid", "true");
  show("bad", title, text, detail === undefined ? [] : [["In detail", detail]]);
}

/** Shows a verdict, `good` or `bad`, with the names and values of some facts. */
function show(kind, title, text, facts) {
  verdict.className = kind;
  verdict.hidden = false;
  element("verdict-title", HTMLElement).textContent = title;
  element("verdict-text", HTMLElement).textContent = text;
  element("facts", HTMLElement).replaceChildren(
    ...facts.flatMap(([name, value]) => [textElement("dt", name), textElement("dd", value)]),
  );
  verdict.scrollIntoView({ block: "nearest" });
}

/** A verdict is about the texts as they were. */
function forget() {
  edition += 1;
  verdict.hidden = true;
  for (const field of FIELDS) textArea(field).removeAttribute("aria-invalid");
}

function textArea(field) {
  return element(field, HTMLTextAreaElement);
}

function textElement(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function element(id, kind) {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${id}`);
}
