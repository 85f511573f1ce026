import { StorageError } from "../storage/storage_error.ts";
import { kindOf } from "./fault_kind.ts";
import { ObjectStoreError } from "./object_store_error.ts";

/**
 * What a fault of this process's own storage means.
 *
 * @param name of the object, for the message
 */
export function localFault(name: string, error: unknown): ObjectStoreError {
  if (error instanceof ObjectStoreError) return error;
  if (error instanceof StorageError) {
    const { code, message } = error;
    return new ObjectStoreError(kindOf(code, undefined), `${name}: ${code}: ${message}`, {
      code,
      cause: error,
    });
  }
  // The database or a backend: whether it was committed is not known.
  const said = error instanceof Error ? error : new Error(String(error));
  const code = "code" in said && typeof said.code === "string" ? said.code : said.name;
  return new ObjectStoreError("Unavailable", `${name}: ${said.message}`, { code, cause: error });
}
