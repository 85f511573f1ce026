import type { LogObjects } from "../../src/eventlog/log_objects.ts";

/** A request that was made. */
export interface CountedRequest {
  readonly method: "get" | "has" | "create" | "replace" | "list";
  readonly key: string;
}

/** Objects that write down what they are asked. */
export function counted(objects: LogObjects) {
  const requests: CountedRequest[] = [];
  const counting: LogObjects = {
    location: objects.location,
    get(key) {
      requests.push({ method: "get", key });
      return objects.get(key);
    },
    has(key) {
      requests.push({ method: "has", key });
      return objects.has(key);
    },
    create(key, ...more) {
      requests.push({ method: "create", key });
      return objects.create(key, ...more);
    },
    replace(key, ...more) {
      requests.push({ method: "replace", key });
      return objects.replace(key, ...more);
    },
    list(prefix, startAfter) {
      requests.push({ method: "list", key: prefix });
      return objects.list(prefix, startAfter);
    },
    [Symbol.asyncDispose]: () => objects[Symbol.asyncDispose](),
  };
  return { objects: counting, requests };
}
