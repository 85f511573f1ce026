import { isJsonObject, JsonError, type JsonObject, parseJson } from "../../eventlog/json.ts";

/** What a service answered in place of what it was asked for. Source: RFC 9457. */
export class EvidenceProblem extends Error {
  override readonly name = "EvidenceProblem";
  /** Of HTTP. */
  readonly status: number;
  /** Such as `evidenceConflict`; `undefined` for what is no problem document. */
  readonly code: string | undefined;
  /** All that it says. */
  readonly problem: JsonObject;

  constructor(status: number, problem: JsonObject) {
    const { code, detail } = problem;
    super(typeof detail === "string" ? detail : `the service answered with status ${status}`);
    this.status = status;
    this.code = typeof code === "string" ? code : undefined;
    this.problem = problem;
  }
}

/** Most characters of an answer that are looked at for what is wrong. */
const MOST_READ = 65_536;

/**
 * An answer, unless it tells of a failure.
 *
 * @throws {EvidenceProblem}
 */
export async function demandAnswer(answer: Response): Promise<Response> {
  if (answer.ok) return answer;
  throw new EvidenceProblem(answer.status, problemOf(await answer.text()));
}

function problemOf(text: string): JsonObject {
  try {
    const problem = text.length > MOST_READ ? null : parseJson(text);
    return isJsonObject(problem) ? problem : {};
  } catch (error) {
    if (error instanceof JsonError) return {};
    throw error;
  }
}
