import { randomBytes } from "node:crypto";
import { ProblemError, problemResponse } from "../../api/problem.ts";
import { isForApi, rawPath } from "../../server.ts";
import { errorResponse, S3Error } from "../../s3api/errors.ts";

/**
 * Answers a request that comes when this process takes no more: clients try again.
 *
 * @param domain `server.domain`
 */
export function turnAway(request: Request, domain: string | undefined): Response {
  const response = isForApi(request, domain)
    ? problemResponse(new ProblemError("unavailable", "The service is about to end. Try again."))
    : s3Refusal(request);
  response.headers.set("connection", "close");
  return response;
}

function s3Refusal({ method, url }: Request): Response {
  const id = randomBytes(8).toString("hex").toUpperCase();
  const response = errorResponse(new S3Error("ServiceUnavailable"), {
    id,
    hostId: "",
    method,
    rawPath: rawPath(url),
    bucket: "",
    key: "",
  });
  response.headers.set("x-amz-request-id", id);
  return response;
}
