import { html } from "hono/html";
import { PROBLEM_KINDS, type ProblemKind, PROBLEMS } from "../problem.ts";
import { type Html, pageOf, prose } from "./layout.ts";
import { PROBLEM_TEXTS } from "./problem_texts.ts";

/** The page that explains every problem, each in a section with its name. */
export function problemPage(): Html {
  return pageOf(
    "Problems",
    html`
      <main class="narrow">
        <header>
          <p class="up"><a href="/-/api/">The API</a></p>
          <h1>Problems</h1>
          <p>
            What goes wrong is told as <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a> has
            it. The <code>type</code> of a problem leads to its section here, <code>detail</code> is
            about the very request, and <code>request_id</code> finds it in the log of the service.
          </p>
        </header>
        ${PROBLEM_KINDS.map(section)}
      </main>
    `,
  );
}

function section(kind: ProblemKind): Html {
  const { status, title } = PROBLEMS[kind];
  return html`
    <section id="${kind}" class="problem">
      <h2><a href="#${kind}">${title}</a></h2>
      <p class="facts"><span class="status s${String(status).slice(0, 1)}">${status}</span>
        <code>${kind}</code></p>
      <p>${prose(PROBLEM_TEXTS[kind])}</p>
    </section>
  `;
}
