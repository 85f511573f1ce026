import type { Handler } from "../operation.ts";

/** HeadBucket. That the bucket exists, and may be seen, has been checked for every operation. */
export const headBucket: Handler = (_request, { region }) =>
  Promise.resolve(new Response(null, { status: 200, headers: { "x-amz-bucket-region": region } }));
