import { answerHead } from "../object_answer.ts";
import type { Handler } from "../operation.ts";
import { demandReadConditions } from "../preconditions.ts";
import { selectBytes, type Selection } from "../selection.ts";
import { guardAgainstStall } from "../stall_guard.ts";

/** A smaller body fits into the buffers between us and the client, so that it cannot be stalled. */
const GUARDED_BYTES = 256 * 1_024;

/** GetObject: all of an object, a range of it, or a part of it. */
export const getObject: Handler = async (request, { storage, stallTimeout }) => {
  const { bucket, key, headers, signal } = request;
  let selection: Selection = {};

  const { object, body } = await storage.getObject(bucket, key, async (found) => {
    demandReadConditions(headers, found);
    selection = await selectBytes(request, found, storage);
    return selection.range;
  }, signal);

  const { contentLength, ...head } = answerHead(request, object, selection);
  const guarded = contentLength > GUARDED_BYTES ? guardAgainstStall(body, stallTimeout) : body;
  return new Response(guarded, head);
};
