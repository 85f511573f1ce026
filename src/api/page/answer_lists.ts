import { html } from "hono/html";
import type { AnswerJson, Operation } from "../openapi/openapi_document.ts";
import { PROBLEM_PAGE } from "../problem.ts";
import { type Html, prose } from "./layout.ts";
import { membersOf, type NamedSchemas } from "./schema_text.ts";

/** What an operation answers, and what can go wrong. */
export function answers(responses: Operation["responses"], schemas: NamedSchemas): Html {
  const all = Object.entries(responses);
  const good = all.filter(([status]) => !isProblem(status));
  const bad = all.filter(([status]) => isProblem(status));
  return html`
    <h4>Answers</h4>
    <dl>
      ${good.map(([status, answer]) =>
        html`
          <div>
            <dt>${statusBadge(status)}</dt>
            <dd>${prose(answer.description)}${answerMembers(answer, schemas)}</dd>
          </div>
        `
      )}
    </dl>
    <h4>Problems</h4>
    <ul class="problems">
      ${bad.map(([status, answer]) =>
        html`
          <li>${statusBadge(status)} ${problemLinks(answer)}</li>
        `
      )}
    </ul>
  `;
}

function isProblem(status: string): boolean {
  return Number(status) >= 400;
}

function statusBadge(status: string): Html {
  return html`<span class="status s${status.slice(0, 1)}">${status}</span>`;
}

function problemLinks({ description }: AnswerJson): Html[] {
  return [...description.matchAll(/`(\w+)`/g)].map(([, kind = ""]) =>
    html`
      <a href="${PROBLEM_PAGE}#${kind}"><code>${kind}</code></a>
    `
  );
}

function answerMembers({ content }: AnswerJson, schemas: NamedSchemas): Html {
  const members = Object.values(content ?? {}).flatMap(({ schema }) => membersOf(schema, schemas));
  if (members.length === 0) return html``;
  return html`
    <details>
      <summary>${members.map(({ name }) => name).join(", ")}</summary>
      <dl>${members.map(({ description, name, type }) =>
        html`
          <div>
            <dt><code>${name}</code></dt>
            <dd><span class="type">${type}</span> ${prose(description)}</dd>
          </div>
        `
      )}</dl>
    </details>
  `;
}
