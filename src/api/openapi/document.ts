/**
 * The document that describes the API. It is made of the routes that answer, and of the schemas that
 * they hold requests to, so it says what they do.
 * Source: OpenAPI Specification 3.1.1.
 *
 * @module
 */
import { IDEMPOTENCY_KEY, IDEMPOTENCY_KEY_FORM } from "../once.ts";
import { PROBLEM_PAGE, type ProblemKind, PROBLEMS } from "../problem.ts";
import { VERSION } from "../../version.ts";
import { type AnswerText, type OperationText, TAGS } from "./operation_text.ts";
import { problemJson } from "./problem_json.ts";
import type {
  AnswerJson,
  OpenApiDocument,
  Operation,
  OperationParameter,
} from "./openapi_document.ts";
import type { ApiRoute } from "./route_table.ts";
import { type JsonSchema, Schemas } from "./schemas.ts";

const DESCRIPTION = `Faults are problems of RFC 9457: each \`type\` is ` +
  `explained at \`${PROBLEM_PAGE}\`. Hashes are hex, times are of ISO 8601 in UTC, sizes are bytes.`;

const SECURITY_SCHEMES = {
  bearer: {
    type: "http",
    scheme: "bearer",
    description: "A token of the API, or the legacy token.",
  },
  signature: {
    type: "apiKey",
    in: "header",
    name: "Authorization",
    description: "AWS Signature Version 4 for the service `s3`, as for S3 itself.",
  },
  legacy: {
    type: "apiKey",
    in: "header",
    name: "X-Proxy-Token",
    description: "The legacy token.",
  },
};

/** What can go wrong with every operation. */
const OF_ALL: readonly ProblemKind[] = [
  "unauthorized",
  "forbidden",
  "badRequest",
  "invalidRequest",
  "tooManyRequests",
  "internal",
  "unavailable",
];

const OF_BODIES: readonly ProblemKind[] = ["requestTimeout", "contentTooLarge"];
const OF_JSON: readonly ProblemKind[] = [...OF_BODIES, "unsupportedMediaType"];
const OF_KEYS: readonly ProblemKind[] = ["stillRunning", "reusedKey"];

/** Describes routes. */
export function openApiDocument(
  routes: readonly ApiRoute[],
  texts: Readonly<Record<string, OperationText>>,
): OpenApiDocument {
  const schemas = new Schemas();
  const problem = schemas.of(problemJson, "output");
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const text = texts[route.operation];
    if (text === undefined) throw new Error(`${route.operation} is not described`);
    const operation = operationOf(route, text, schemas, problem);
    paths[route.path] = { ...paths[route.path], [route.method]: operation };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Holdfast",
      version: VERSION,
      summary: "Evidence for decisions, and the log of events that proves it.",
      description: DESCRIPTION,
      license: { name: "MIT", identifier: "MIT" },
    },
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: schemas.named,
      securitySchemes: SECURITY_SCHEMES,
      headers: { "x-request-id": stringHeader("For whoever runs the service: stands in its log.") },
    },
  };
}

function operationOf(
  route: ApiRoute,
  text: OperationText,
  schemas: Schemas,
  problem: JsonSchema,
): Operation {
  const { operation: operationId, scope } = route;
  const { description, summary, tag } = text;
  return {
    operationId,
    summary,
    description,
    tags: [tag],
    security: scope === undefined
      ? []
      : Object.keys(SECURITY_SCHEMES).map((name) => ({ [name]: [scope] })),
    parameters: parametersOf(route, text, schemas),
    requestBody: bodyOf(route, text, schemas),
    responses: {
      ...Object.fromEntries(
        Object.entries(text.answers).map(([status, answer]) => [status, answerOf(answer, schemas)]),
      ),
      ...problemsOf(route, text, problem),
    },
  };
}

function parametersOf(
  { isIdempotent, parameters, query }: ApiRoute,
  { headers = {} }: OperationText,
  schemas: Schemas,
): readonly OperationParameter[] {
  const of = (place: "path" | "query", schema: ApiRoute["parameters" | "query"]) =>
    schema === undefined
      ? []
      : schemas.parameters(schema).map((parameter) => ({ in: place, ...parameter }));
  const named = Object.entries(headers).map(([name, description]) =>
    headerParameter(name, description, { type: "string" })
  );
  const key = headerParameter(
    IDEMPOTENCY_KEY,
    "Chosen by the sender for one request: it is answered once, and the same answer is given to " +
      "whoever sends it again within 24 hours.",
    { type: "string", pattern: IDEMPOTENCY_KEY_FORM.source },
  );
  return [...of("path", parameters), ...of("query", query), ...named, ...isIdempotent ? [key] : []];
}

function headerParameter(name: string, description: string, schema: JsonSchema) {
  return { in: "header", name, required: false, description, schema } as const;
}

function bodyOf({ body }: ApiRoute, { sends }: OperationText, schemas: Schemas) {
  if (body !== undefined) {
    const content = { "application/json": { schema: schemas.of(body, "input") } };
    return { required: true, content } as const;
  }
  if (sends === undefined) return undefined;
  return { required: true, content: { [sends]: { schema: {} } } } as const;
}

function answerOf(
  { description, headers = {}, links, schema, type = "application/json" }: AnswerText,
  schemas: Schemas,
): AnswerJson {
  const isText = type.startsWith("text/");
  const body = schema === undefined
    ? (isText ? { type: "string" } : {})
    : schemas.of(schema, "output");
  return {
    description,
    headers: {
      "x-request-id": { $ref: "#/components/headers/x-request-id" },
      ...Object.fromEntries(
        Object.entries(headers).map(([name, said]) => [name, stringHeader(said)]),
      ),
    },
    content: schema === undefined && type === "application/json"
      ? undefined
      : { [type]: { schema: body } },
    links: links && Object.fromEntries(
      Object.entries(links).map((
        [operationId, parameters],
      ) => [operationId, { operationId, parameters }]),
    ),
  };
}

/** One answer for each status, which tells which problems can be meant. */
function problemsOf(
  { body, isIdempotent, scope }: ApiRoute,
  { problems = [], sends }: OperationText,
  schema: JsonSchema,
): Readonly<Record<string, AnswerJson>> {
  const kinds = [
    ...scope === undefined ? ["internal" as const] : OF_ALL,
    ...body === undefined ? [] : OF_JSON,
    ...sends === undefined ? [] : OF_BODIES,
    ...isIdempotent ? OF_KEYS : [],
    ...problems,
  ];
  const byStatus = Map.groupBy(kinds, (kind) => PROBLEMS[kind].status);
  return Object.fromEntries(
    [...byStatus].map(([status, kinds]) => [status, {
      description: kinds.map((kind) => `\`${kind}\`: ${PROBLEMS[kind].title}.`).join(" "),
      headers: { "x-request-id": { $ref: "#/components/headers/x-request-id" } },
      content: { "application/problem+json": { schema } },
    }]),
  );
}

function stringHeader(description: string) {
  return { description, schema: { type: "string" } };
}
