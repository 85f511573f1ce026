import { LogStoreError } from "../log_objects.ts";

/** Largest object that is read, in bytes. */
export const LARGEST_OBJECT = 64 * 1_024 * 1_024;

/** An object that is larger. */
export class ObjectTooLargeError extends LogStoreError {
  constructor(key: string, size: number) {
    super("Other", `${key}: it has ${size} bytes; at most ${LARGEST_OBJECT} are read`);
  }
}
