import { randomBytes } from "node:crypto";
import { rawPath } from "../../server.ts";
import { errorResponse, S3Error } from "../../s3api/errors.ts";

/** Answers a request that comes when this process takes no more: S3's clients try again. */
export function turnAway(request: Request): Response {
  const id = randomBytes(8).toString("hex").toUpperCase();
  const response = errorResponse(new S3Error("ServiceUnavailable"), {
    id,
    hostId: "",
    method: request.method,
    rawPath: rawPath(request.url),
    bucket: "",
    key: "",
  });
  response.headers.set("x-amz-request-id", id);
  response.headers.set("connection", "close");
  return response;
}
