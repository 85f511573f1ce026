import type { StoredObject } from "../../storage/model.ts";
import { encodePath } from "../../sigv4/uri_encoding.ts";
import { decidedAtItsEnd } from "../decided_upload.ts";
import { declaredChecksum, declaredMd5 } from "../declared_digests.ts";
import { S3Error } from "../errors.ts";
import { parseObjectHeaders } from "../object_headers.ts";
import type { Handler, S3Request } from "../operation.ts";
import { ownerName } from "../owner.ts";
import type { PostForm } from "../post_form.ts";
import { demandSupportedHeaders } from "../unsupported_headers.ts";
import { openUpload } from "../upload.ts";
import { xmlAnswer } from "../xml_answer.ts";
import { writeXml } from "../xml_writer.ts";

/** PostObject: an upload from a browser's form. */
export const postObject: Handler = async (request, services) => {
  const { bucket, principal, form, signal } = request;
  if (form === undefined) throw new S3Error("RequestIsNotMultiPartContent");
  demandSupportedHeaders({ name: "PostObject", method: "POST" }, form.headers);
  const headers = parseObjectHeaders(form.headers);
  const upload = await openUpload(
    { content: form.file, trailers: () => new Map() },
    undefined,
    { md5: declaredMd5(form.headers), checksum: declaredChecksum(form.headers) },
    sizeLimits(form, services.maxObjectSize),
  );

  const decided = await decidedAtItsEnd(upload, () => services.access.authorize(request));
  const object = await services.storage.putObject({
    bucket,
    key: form.key,
    owner: ownerName(principal),
    headers,
    condition: { kind: "none" },
    upload: decided,
    signal,
  });

  return answer(request, form, object);
};

function sizeLimits({ contentLengthRange }: PostForm, maxObjectSize: number) {
  return {
    minObjectSize: contentLengthRange?.min ?? 0,
    maxObjectSize: Math.min(contentLengthRange?.max ?? maxObjectSize, maxObjectSize),
  };
}

function answer(request: S3Request, { fields }: PostForm, object: StoredObject): Response {
  const etag = `"${object.etag}"`;
  const location = `${request.origin}${withSlash(request.rawPath)}${encodePath(object.key)}`;
  const redirect = redirection(fields, object);
  if (redirect !== undefined) {
    return new Response(null, { status: 303, headers: { location: redirect, etag } });
  }
  const headers = new Headers({ location, etag });
  switch (fields.get("success_action_status")) {
    case "200":
      return new Response(null, { status: 200, headers });
    case "201": {
      const document = { Location: location, Bucket: object.bucket, Key: object.key, ETag: etag };
      return xmlAnswer(writeXml("PostResponse", document), 201, headers);
    }
    default:
      return new Response(null, { status: 204, headers });
  }
}

/** Where the browser shall go, told what was stored; a URL that is none is passed over. */
function redirection(
  fields: ReadonlyMap<string, string>,
  { bucket, key, etag }: StoredObject,
): string | undefined {
  const url = URL.parse(fields.get("success_action_redirect") ?? fields.get("redirect") ?? "");
  if (url === null || !["http:", "https:"].includes(url.protocol)) return undefined;
  url.searchParams.append("bucket", bucket);
  url.searchParams.append("key", key);
  url.searchParams.append("etag", `"${etag}"`);
  return url.href;
}

function withSlash(path: string): string {
  return path.endsWith("/") ? path : `${path}/`;
}
