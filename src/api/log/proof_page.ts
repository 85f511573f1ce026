/**
 * The page that verifies a proof in the browser, offline.
 *
 * @module
 */
import { stripTypeScriptTypes } from "node:module";
import verifyScript from "../../eventlog/verify.ts" with { type: "text" };
import bytesScript from "../../eventlog/verify/bytes.ts" with { type: "text" };
import checkpointScript from "../../eventlog/verify/checkpoint.ts" with { type: "text" };
import merkleScript from "../../eventlog/verify/merkle.ts" with { type: "text" };
import noteScript from "../../eventlog/verify/note.ts" with { type: "text" };
import proofScript from "../../eventlog/verify/proof.ts" with { type: "text" };
import recordScript from "../../eventlog/verify/record.ts" with { type: "text" };
import verifyProofScript from "../../eventlog/verify/verify_proof.ts" with { type: "text" };
import page from "./page/proof.html" with { type: "text" };
import pageScript from "./page/proof.js" with { type: "text" };
import style from "./page/proof.css" with { type: "text" };

/** Where the page is. */
export const PROOF_PAGE = "/-/ui/proof/";

const HTML = "text/html; charset=utf-8";
const CSS = "text/css; charset=utf-8";
const JAVASCRIPT = "text/javascript; charset=utf-8";

/** A file of the page. */
interface PageFile {
  readonly type: string;
  /** TypeScript where the type is that of JavaScript. */
  readonly source: string;
}

/** By path behind {@link PROOF_PAGE}. Scripts lie as in the source, so that they find each other. */
const FILES: ReadonlyMap<string, PageFile> = new Map([
  ["", { type: HTML, source: page }],
  ["proof.css", { type: CSS, source: style }],
  ["api/log/page/proof.js", { type: JAVASCRIPT, source: pageScript }],
  ["eventlog/verify.js", { type: JAVASCRIPT, source: verifyScript }],
  ["eventlog/verify/bytes.js", { type: JAVASCRIPT, source: bytesScript }],
  ["eventlog/verify/checkpoint.js", { type: JAVASCRIPT, source: checkpointScript }],
  ["eventlog/verify/merkle.js", { type: JAVASCRIPT, source: merkleScript }],
  ["eventlog/verify/note.js", { type: JAVASCRIPT, source: noteScript }],
  ["eventlog/verify/proof.js", { type: JAVASCRIPT, source: proofScript }],
  ["eventlog/verify/record.js", { type: JAVASCRIPT, source: recordScript }],
  ["eventlog/verify/verify_proof.js", { type: JAVASCRIPT, source: verifyProofScript }],
]);

/** What the page may do: run its own scripts. Above all, it may not send anything anywhere. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'none'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};

/** Scripts as browsers take them, each made when it is first asked for. */
const scripts = new Map<string, string>();

/**
 * The page, or one of its files.
 *
 * @param path of the request
 * @returns `undefined` where it is none of them
 */
export function proofPage(path: string): Response | undefined {
  if (path === PROOF_PAGE.slice(0, -1)) {
    return new Response(null, { status: 308, headers: { location: PROOF_PAGE } });
  }
  if (!path.startsWith(PROOF_PAGE)) return undefined;
  const name = path.slice(PROOF_PAGE.length);
  const file = FILES.get(name);
  if (file === undefined) return undefined;
  const body = file.type === JAVASCRIPT ? scriptOf(name, file.source) : file.source;
  return new Response(body, { headers: { ...HEADERS, "content-type": file.type } });
}

function scriptOf(name: string, source: string): string {
  const made = scripts.get(name);
  if (made !== undefined) return made;
  const script = stripTypeScriptTypes(source).replaceAll(/(\bfrom "\.[^"]*)\.ts"/g, '$1.js"');
  scripts.set(name, script);
  return script;
}
