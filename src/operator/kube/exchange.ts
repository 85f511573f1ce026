import { readText } from "./answer_body.ts";
import { type KubeConnection, type KubeRequest, textOf } from "./connection.ts";
import type { Deadline } from "./deadline.ts";
import { AnswerTooLongError, KubeError, KubeUnreachableError } from "./kube_error.ts";
import { errorOfAnswer } from "./refusal.ts";

/** What a server agreed to. */
export interface Accepted {
  readonly status: number;
  readonly text: string;
}

/** Longest refusal that is read, in bytes. */
const LONGEST_REFUSAL = 1_024 * 1_024;

/**
 * Sends a request and reads its answer. What only reads is sent once more where the server failed or
 * could not be reached, if there is time left; a server that asks for patience is left alone.
 *
 * @param most longest answer that is read, in bytes
 * @throws {KubeError}
 * @throws {KubeUnreachableError}
 */
export async function exchange(
  connection: KubeConnection,
  request: KubeRequest,
  deadline: Deadline,
  most: number,
): Promise<Accepted> {
  try {
    return await once(connection, request, deadline, most);
  } catch (error) {
    if (request.method !== "GET" || deadline.signal.aborted || !isPassing(error)) throw error;
  }
  return await once(connection, request, deadline, most);
}

/**
 * Lets answers pass that are no refusals; their text has not been read.
 *
 * @throws {KubeError}
 */
export async function accepted(
  request: KubeRequest,
  answer: Response,
  deadline: Deadline,
): Promise<Response> {
  if (answer.ok) return answer;
  const what = textOf(request);
  throw errorOfAnswer(what, answer, await textWithin(what, answer, deadline, LONGEST_REFUSAL));
}

async function once(
  connection: KubeConnection,
  request: KubeRequest,
  deadline: Deadline,
  most: number,
): Promise<Accepted> {
  const answer = await accepted(request, await connection.send(request, deadline), deadline);
  return { status: answer.status, text: await textWithin(textOf(request), answer, deadline, most) };
}

async function textWithin(
  what: string,
  answer: Response,
  deadline: Deadline,
  most: number,
): Promise<string> {
  try {
    return await readText(answer, most);
  } catch (failure) {
    throw deadline.explain(what, failure);
  }
}

function isPassing(error: unknown): boolean {
  if (error instanceof KubeError) return error.status >= 500 && error.retryAfter === undefined;
  return error instanceof KubeUnreachableError && !(error instanceof AnswerTooLongError);
}
