import { html } from "hono/html";
import type {
  OpenApiDocument,
  Operation,
  OperationParameter,
} from "../openapi/openapi_document.ts";
import { PROBLEM_PAGE } from "../problem.ts";
import { type Html, pageOf, path, prose } from "./layout.ts";
import { answers } from "./answer_lists.ts";
import { membersOf, type NamedSchemas, type SchemaMember, typeOf } from "./schema_text.ts";

/** An operation with where it is. */
interface PlacedOperation {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The page that shows a document to people. */
export function apiPage(document: OpenApiDocument): Html {
  const { components: { schemas }, tags } = document;
  const parts = tags.map((tag) => ({ ...tag, operations: operationsOf(document, tag.name) }))
    .filter(({ operations }) => operations.length > 0);
  return pageOf(
    "API",
    html`
      <div class="columns">
        <nav aria-label="Operations">
          <p class="brand"><a href="#top">Holdfast API</a></p>
          ${parts.map(({ name, operations }) =>
            html`
              <h2><a href="#${name}">${name}</a></h2>
              <ul>
                ${operations.map(({ operation }) =>
                  html`<li><a href="#${operation.operationId}">${operation.summary}</a></li>`
                )}
              </ul>
            `
          )}
        </nav>
        <main id="top">
          ${introduction(document)}
          ${parts.map(({ description, name, operations }) =>
            html`
              <section class="part" aria-labelledby="${name}">
                <h2 id="${name}">${name}</h2>
                <p>${description}</p>
                ${operations.map((placed) => operationSection(placed, schemas))}
              </section>
            `
          )}
        </main>
      </div>
    `,
  );
}

function introduction({ info }: OpenApiDocument): Html {
  return html`
    <header>
      <h1>The API of Holdfast</h1>
      <p class="lead">${String(info["summary"])}</p>
      <p>${prose(String(info["description"]))}</p>
      <ul class="links">
        <li><a href="/-/api/v1/openapi.json">OpenAPI 3.1</a></li>
        <li><a href="${PROBLEM_PAGE}">Problems</a></li>
        <li><a href="/-/ui/proof/">Verify a proof</a></li>
      </ul>
      <h2>Who may</h2>
      <p>
              A request carries a token as <code>Authorization: Bearer TOKEN</code>, or is signed with AWS
              Signature Version 4 for the service <code>s3</code>, as for S3 itself. What one may do is
              said by its scopes; <code>admin</code> is all of them.
            </p>
      <pre><code>curl -H "Authorization: Bearer $TOKEN" \\
    -H 'Content-Type: application/json' -H "Idempotency-Key: $(uuidgen)" \\
    -d '{"decision_id": "loan-4711", "evidence_data": {"score": 0.71}}' \\
    $HOLDFAST/-/api/v1/evidence</code></pre>
    </header>
  `;
}

function operationSection(
  { method, operation, path: where }: PlacedOperation,
  schemas: NamedSchemas,
): Html {
  const { description, operationId, parameters, requestBody, responses, security, summary } =
    operation;
  const scope = Object.values(security[0] ?? {}).flat()[0];
  return html`
    <article id="${operationId}">
      <h3><a href="#${operationId}">${summary}</a></h3>
      <p class="call"><span class="method ${method}">${method.toUpperCase()}</span>
        <code>${path(where)}</code></p>
      <p class="scope">${scope === undefined
        ? "for everybody"
        : html`takes <code>${scope}</code>`}</p>
      ${description === undefined ? "" : html`<p>${prose(description)}</p>`}
      ${parameterList(parameters, schemas)}
      ${Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) =>
        memberList(`Sends ${type}`, membersOf(schema, schemas))
      )}
      ${answers(responses, schemas)}
    </article>
  `;
}

function parameterList(parameters: readonly OperationParameter[], schemas: NamedSchemas): Html {
  return memberList(
    "Parameters",
    parameters.map(({ description = "", in: place, name, required, schema }) => ({
      name,
      required,
      type: `${typeOf(schema, schemas)}, ${place}`,
      description,
    })),
  );
}

function memberList(title: string, members: readonly SchemaMember[]): Html {
  if (members.length === 0) return html``;
  return html`
    <h4>${title}</h4>
    <dl>
      ${members.map(({ description, name, required, type }) =>
        html`
          <div>
            <dt><code>${name}</code>${required
              ? html`
                <em>required</em>
              `
              : ""}</dt>
            <dd><span class="type">${type}</span> ${prose(description)}</dd>
          </div>
        `
      )}
    </dl>
  `;
}

function operationsOf({ paths }: OpenApiDocument, tag: string): readonly PlacedOperation[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation }))
  ).filter(({ operation }) => operation.tags.includes(tag));
}
