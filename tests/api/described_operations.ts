import type { OpenApiDocument, Operation } from "../../src/api/openapi/openapi_document.ts";

/** An operation with a URL at which it can be asked. */
export interface DescribedOperation {
  readonly method: string;
  readonly path: string;
  readonly url: string;
  readonly operation: Operation;
}

/** What stands in a path for a parameter. */
const PARAMETERS: Readonly<Record<string, string>> = {
  decision_id: "nobody-knows",
  name: "file.txt",
  seq: "0",
  upload_id: "00000000-0000-4000-8000-000000000000",
};

/** The operations that the document of a server names. */
export async function describedOperations(origin: string): Promise<readonly DescribedOperation[]> {
  const document: OpenApiDocument = await (await fetch(`${origin}/-/api/v1/openapi.json`)).json();
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      url: origin + path.replaceAll(/\{(\w+)\}/g, (_, name: string) => PARAMETERS[name] ?? name),
      operation,
    }))
  );
}
