import { checksumHeader } from "../checksum_fields.ts";
import { decidedAtItsEnd } from "../decided_upload.ts";
import { parseObjectHeaders } from "../object_headers.ts";
import type { Handler } from "../operation.ts";
import { ownerName } from "../owner.ts";
import { receiveUpload } from "../upload.ts";
import { writeCondition } from "../write_condition.ts";

/** PutObject. */
export const putObject: Handler = async (request, services) => {
  const { bucket, key, headers, principal, signal } = request;
  const condition = writeCondition(headers);
  const kept = parseObjectHeaders(headers);
  const upload = await decidedAtItsEnd(
    await receiveUpload(request, services),
    () => services.access.authorize(request),
  );

  const object = await services.storage.putObject({
    bucket,
    key,
    owner: ownerName(principal),
    headers: kept,
    condition,
    upload,
    signal,
  });

  const answer = new Headers({ etag: `"${object.etag}"` });
  if (object.checksum !== undefined) {
    answer.set(checksumHeader(object.checksum.algorithm), object.checksum.value);
    answer.set("x-amz-checksum-type", object.checksum.type);
  }
  return new Response(null, { status: 200, headers: answer });
};
