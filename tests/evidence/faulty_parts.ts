/**
 * Parts that evidence is kept with, which fail at a chosen point.
 *
 * @module
 */
import type { Sql } from "../../src/metadata/sql.ts";
import type { ObjectStore } from "../../src/objectstore/object_store.ts";
import {
  ObjectStoreError,
  type ObjectStoreErrorKind,
} from "../../src/objectstore/object_store_error.ts";

/** What becomes of a call: it fails before it has an effect, or after that. */
export type CallFate = "done" | "before" | "after";

/** The error of the driver for a statement of which nobody knows what became. */
export class ConnectionFault extends Error {
  readonly code = "08007";
}

/** A store that fails: `fate` is asked for each call that changes something. */
export function faultyObjects(
  objects: ObjectStore,
  fate: (method: "putObject" | "deleteObject", key: string) => CallFate,
  kind: ObjectStoreErrorKind = "Unavailable",
): ObjectStore {
  return overriding(objects, {
    async putObject(key, body, options) {
      return await fated(fate("putObject", key), kind, () => objects.putObject(key, body, options));
    },
    async deleteObject(key, options) {
      await fated(fate("deleteObject", key), kind, () => objects.deleteObject(key, options));
    },
  });
}

/** A store with some methods replaced. */
export function overriding(objects: ObjectStore, replaced: Partial<ObjectStore>): ObjectStore {
  return new Proxy(objects, {
    get(target, name) {
      const value = Reflect.get(replaced, name) ?? Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/**
 * A database whose statements fail: `fate` is asked for each statement and each transaction, with its
 * number from 1 on. A transaction that fails `before` is rolled back, one that fails `after` is not.
 */
export function faultySql(sql: Sql, fate: (statement: number) => CallFate): Sql {
  let count = 0;
  const run = async (execute: () => Promise<unknown>) => {
    const fated = fate(++count);
    if (fated === "before") throw new ConnectionFault("lost before it came to the database");
    const result = await execute();
    if (fated === "after") throw new ConnectionFault("lost on the way back");
    return result;
  };
  return new Proxy(sql, {
    apply(target, self, args) {
      const query = Reflect.apply(target, self, args);
      if (!isStatement(args[0])) return query;
      return lazily(query, () => run(() => query));
    },
    get(target, name) {
      if (name !== "begin") return Reflect.get(target, name);
      return (work: Parameters<Sql["begin"]>[1]) => run(() => target.begin(work));
    },
  });
}

async function fated<T>(
  fate: CallFate,
  kind: ObjectStoreErrorKind,
  execute: () => Promise<T>,
): Promise<T> {
  const fault = () => new ObjectStoreError(kind, `it failed ${fate} it was done`, { code: "Test" });
  if (fate === "before") throw fault();
  const result = await execute();
  if (fate === "after") throw fault();
  return result;
}

/** `sql` is called for fragments and for identifiers as well. */
function isStatement(strings: unknown): boolean {
  return Array.isArray(strings) && "raw" in strings &&
    /^\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b/.test(String(strings[0]));
}

/** A statement is sent when somebody waits for it; one that is part of another one never is. */
function lazily(query: object, run: () => Promise<unknown>): unknown {
  let running: Promise<unknown> | undefined;
  return new Proxy(query, {
    get(target, name) {
      if (name !== "then" && name !== "catch" && name !== "finally") {
        const value = Reflect.get(target, name);
        return typeof value === "function" ? value.bind(target) : value;
      }
      running ??= run();
      return Reflect.get(running, name).bind(running);
    },
  });
}
