import assert from "node:assert/strict";
import { S3ServiceException } from "@aws-sdk/client-s3";

/** For `assert.rejects()`: S3 refused with that code and HTTP status. */
export function refusal(code: string, status: number) {
  return (error: unknown) => {
    assert.ok(error instanceof S3ServiceException, String(error));
    assert.equal(error.name, code);
    assert.equal(error.$metadata.httpStatusCode, status);
    return true;
  };
}
