import type { BackendKey } from "../../src/backends/backend.ts";
import type { StoredObject } from "../../src/storage/model.ts";

/** A row as storage would give it, with what a test cares about. */
export function storedObject(part: Partial<StoredObject> = {}): StoredObject {
  return {
    bucket: "photos",
    key: "a.jpg",
    version: "v1",
    backend: "b1",
    // A key that no backend is asked for.
    backendKey: "photos/a.jpg@v1" as BackendKey,
    size: 10,
    etag: "9a0364b9e99bb480dd25e1f0284c8555",
    lastModified: new Date("2024-05-05T10:00:00Z"),
    owner: "",
    headers: { metadata: {} },
    ...part,
  };
}
