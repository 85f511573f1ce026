import { html, raw } from "hono/html";

/** Something that is written into a page as it is. */
export type Html = ReturnType<typeof html>;

/** Where the stylesheet is. */
export const STYLE_PATH = "/-/api/page.css";

/** What a page may do: be read. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Headers of a page. */
export const PAGE_HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-cache",
};

/** A whole page. */
export function pageOf(title: string, content: Html): Html {
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title} · Holdfast</title>
        <link rel="stylesheet" href="${STYLE_PATH}">
      </head>
      <body>
        ${content}
      </body>
    </html>
  `;
}

/** A text in which what stands between backquotes is code. */
export function prose(text: string): Html[] {
  return text.split("`").map((part, at) =>
    at % 2 === 0 ? html`${part}` : html`<code>${part}</code>`
  );
}

/** A text in which no line is broken at hyphens, and every line can be broken at slashes. */
export function path(text: string): Html[] {
  return text.split(/(?<=\/)/).map((part) => html`${part}${raw("<wbr>")}`);
}
