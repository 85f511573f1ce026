import { answerHead } from "../object_answer.ts";
import type { Handler } from "../operation.ts";
import { demandReadConditions } from "../preconditions.ts";
import { selectBytes } from "../selection.ts";

/** HeadObject: what GetObject would answer, without the bytes. No backend is asked. */
export const headObject: Handler = async (request, { storage }) => {
  const object = await storage.headObject(request.bucket, request.key);
  demandReadConditions(request.headers, object);
  const selection = await selectBytes(request, object, storage);
  return new Response(null, answerHead(request, object, selection));
};
