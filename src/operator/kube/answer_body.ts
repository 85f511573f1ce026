import { AnswerTooLongError, KubeUnreachableError } from "./kube_error.ts";

const LINE_END = 0x0a;

/**
 * Reads an answer's text.
 *
 * @param most longest text that is read, in bytes
 * @throws {AnswerTooLongError} for a longer one
 */
export async function readText(answer: Response, most: number): Promise<string> {
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > most) throw tooLong("answer", most);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * The lines of an answer, as they come. Whoever stops early ends the answer.
 *
 * @param most longest line that is read, in bytes
 * @param onBytes told whenever something came
 * @throws {AnswerTooLongError} for a longer one
 * @throws {KubeUnreachableError} for a last one without an end
 */
export async function* readLines(
  answer: Response,
  most: number,
  onBytes: () => void,
): AsyncGenerator<string, void, void> {
  let pieces: Uint8Array[] = [];
  let held = 0;
  for await (const chunk of answer.body ?? []) {
    onBytes();
    let from = 0;
    for (let to = chunk.indexOf(LINE_END); to >= 0; to = chunk.indexOf(LINE_END, from)) {
      pieces.push(chunk.subarray(from, to));
      yield textOf(pieces);
      [pieces, held, from] = [[], 0, to + 1];
    }
    held += chunk.length - from;
    if (held > most) throw tooLong("line", most);
    if (from < chunk.length) pieces.push(chunk.subarray(from));
  }
  if (held > 0) throw new KubeUnreachableError("the answer ends within a line");
}

function textOf(pieces: readonly Uint8Array[]): string {
  const decoder = new TextDecoder();
  return pieces.map((piece) => decoder.decode(piece, { stream: true })).join("") + decoder.decode();
}

function tooLong(what: string, most: number): AnswerTooLongError {
  return new AnswerTooLongError(`the ${what} is longer than ${most} bytes`);
}
