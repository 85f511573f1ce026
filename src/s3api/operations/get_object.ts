import { type AnswerHead, answerHead } from "../object_answer.ts";
import type { Handler } from "../operation.ts";
import { demandReadConditions } from "../preconditions.ts";
import { selectBytes } from "../selection.ts";

/** A smaller body fits into the buffers between us and the client, so that it cannot be stalled. */
const WATCHED_BYTES = 256 * 1_024;

/** GetObject: all of an object, a range of it, or a part of it. */
export const getObject: Handler = async (request, { storage, downloads }) => {
  const { bucket, key, headers } = request;
  let head: AnswerHead | undefined;

  const { body } = await storage.getObject(bucket, key, async (object) => {
    demandReadConditions(headers, object);
    const selection = await selectBytes(request, object, storage);
    head = answerHead(request, object, selection);
    const { range } = selection;
    if (head.contentLength <= WATCHED_BYTES) return { range };
    const { signal } = downloads.begin(head.contentLength, request.signal, request.completed);
    return { range, signal };
  });

  return new Response(body, head);
};
