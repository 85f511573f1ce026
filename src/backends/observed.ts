/**
 * Lets someone watch the calls to a backend, without the backend knowing.
 *
 * @module
 */
import type { Backend, Held } from "./backend.ts";

/** What a backend is asked to do, under the names of the Amazon S3 API. */
export type BackendOperation =
  | "AbortMultipartUpload"
  | "CompleteMultipartUpload"
  | "CopyObject"
  | "CreateMultipartUpload"
  | "DeleteObject"
  | "GetObject"
  | "HeadObject"
  | "ListMultipartUploads"
  | "ListObjectsV2"
  | "PutObject"
  | "UploadPart"
  | "UploadPartCopy";

/** Watches calls: counts them, times them, puts a span around them. */
export interface Observer {
  /**
   * Makes a call and passes on what it resolves with or throws. A call for bytes ends when they can
   * be read, not when they have been; each page of a listing is a call.
   *
   * @param backend {@link Backend.name}
   */
  call<Result>(
    operation: BackendOperation,
    backend: string,
    run: () => Promise<Result>,
  ): Promise<Result>;
}

/** The same backend, with each of its calls made by the observer. */
export function observe(backend: Backend, observer: Observer): Backend {
  const { name } = backend;
  /** The method, its calls made by the observer. */
  const watched = <Arguments extends unknown[], Result>(
    operation: BackendOperation,
    method: (...args: Arguments) => Promise<Result>,
  ) =>
  (...args: Arguments): Promise<Result> =>
    observer.call(operation, name, () => method.apply(backend, args));
  return {
    name,
    put: watched("PutObject", backend.put),
    get: watched("GetObject", backend.get),
    head: watched("HeadObject", backend.head),
    copy: watched("CopyObject", backend.copy),
    delete: watched("DeleteObject", backend.delete),
    list: (...args) => watchedPages(observer, name, backend.list(...args)),
    createUpload: watched("CreateMultipartUpload", backend.createUpload),
    putPart: watched("UploadPart", backend.putPart),
    forgetPart: (...args) => backend.forgetPart(...args),
    copyPart: watched("UploadPartCopy", backend.copyPart),
    completeUpload: watched("CompleteMultipartUpload", backend.completeUpload),
    abortUpload: watched("AbortMultipartUpload", backend.abortUpload),
    abortUploads: watched("ListMultipartUploads", backend.abortUploads),
    check: (...args) => backend.check(...args),
    close: () => backend.close(),
  };
}

async function* watchedPages(
  observer: Observer,
  backend: string,
  pages: AsyncIterable<readonly Held[]>,
): AsyncGenerator<readonly Held[], void, void> {
  const iterator = pages[Symbol.asyncIterator]();
  try {
    while (true) {
      const page = await observer.call("ListObjectsV2", backend, () => iterator.next());
      if (page.done) return;
      yield page.value;
    }
  } finally {
    await iterator.return?.();
  }
}
