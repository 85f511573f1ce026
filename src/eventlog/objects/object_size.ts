import { LogStoreError } from "../log_objects.ts";

/** Largest object that is read, in bytes. */
export const LARGEST_OBJECT = 64 * 1_024 * 1_024;

/** The error for an object that is larger. */
export function tooLarge(name: string, size: number): LogStoreError {
  const most = `at most ${LARGEST_OBJECT} are read`;
  return new LogStoreError("Other", `${name}: it has ${size} bytes; ${most}`);
}
