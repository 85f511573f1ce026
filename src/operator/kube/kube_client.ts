import type { ClusterAccess } from "./access.ts";
import { KubeConnection, type KubeRequest, textOf } from "./connection.ts";
import { Deadline } from "./deadline.ts";
import { type Accepted, exchange } from "./exchange.ts";
import type {
  Applied,
  ApplyOptions,
  CallOptions,
  KubeApi,
  Listed,
  Selection,
  WatchEvent,
} from "./kube_api.ts";
import { KubeError } from "./kube_error.ts";
import { type KubeObject, type ObjectRef, refOf, type ResourceKind } from "./kube_object.ts";
import { listPages } from "./list_pages.ts";
import { receivedObject } from "./received.ts";
import { collectionPath, objectPath } from "./resource_path.ts";
import { watchChanges, type WatchLimits } from "./watch_changes.ts";

/** How patient to be. Milliseconds where nothing else is said. */
export interface KubeLimits {
  /** For a call, with its repetition; 10 s without it. */
  readonly call?: number;
  /** For a list, with all of its pages; 30 s without it. */
  readonly list?: number;
  readonly watch?: WatchLimits;
}

const [CALL, LIST] = [10_000, 30_000];

/** Longest object that is read, in bytes. An API server takes none of more than 3 MiB. */
const LONGEST_OBJECT = 8 * 1_024 * 1_024;

/** As the server would have it without them. */
const DELETE_OPTIONS = JSON.stringify({ apiVersion: "v1", kind: "DeleteOptions" });

const JSON_TYPE = "application/json";
/** JSON is YAML. */
const APPLY_TYPE = "application/apply-patch+yaml";

/** The REST API of one server over HTTP. */
export class KubeClient implements KubeApi, Disposable {
  readonly #connection: KubeConnection;
  readonly #limits: KubeLimits;

  constructor(access: ClusterAccess, limits: KubeLimits = {}) {
    this.#connection = new KubeConnection(access);
    this.#limits = limits;
  }

  async get<T extends KubeObject>(
    kind: ResourceKind<T>,
    ref: ObjectRef,
    options?: CallOptions,
  ): Promise<T | undefined> {
    const request = { method: "GET", path: objectPath(kind, ref) } as const;
    const answer = await unlessAbsent(this.#call(request, options));
    return answer && receivedObject(textOf(request), kind, answer.text);
  }

  async list<T extends KubeObject>(
    kind: ResourceKind<T>,
    selection: Selection = {},
    { signal }: CallOptions = {},
  ): Promise<Listed<T>> {
    using deadline = new Deadline(this.#limits.list ?? LIST, signal);
    return await listPages(this.#connection, kind, selection, deadline);
  }

  watch<T extends KubeObject>(
    kind: ResourceKind<T>,
    selection: Selection & { readonly resourceVersion: string },
    options: CallOptions = {},
  ): AsyncIterable<WatchEvent<T>> {
    const limits = { begin: this.#limits.call ?? CALL, ...this.#limits.watch };
    return watchChanges(this.#connection, kind, selection, limits, options.signal);
  }

  async create<T extends KubeObject>(
    kind: ResourceKind<T>,
    object: T,
    options?: CallOptions,
  ): Promise<T> {
    const path = collectionPath(kind, object.metadata.namespace);
    const request = { method: "POST", path, body: bodyOf(JSON_TYPE, object) } as const;
    return receivedObject(textOf(request), kind, (await this.#call(request, options)).text);
  }

  async replace<T extends KubeObject>(
    kind: ResourceKind<T>,
    object: T,
    options?: CallOptions,
  ): Promise<T> {
    const path = objectPath(kind, refOf(object));
    const request = { method: "PUT", path, body: bodyOf(JSON_TYPE, object) } as const;
    return receivedObject(textOf(request), kind, (await this.#call(request, options)).text);
  }

  async apply<T extends KubeObject>(
    kind: ResourceKind<T>,
    manifest: T,
    options: ApplyOptions,
  ): Promise<Applied<T>> {
    return await this.#apply(kind, objectPath(kind, refOf(manifest)), manifest, options);
  }

  async applyStatus<T extends KubeObject>(
    kind: ResourceKind<T>,
    manifest: KubeObject & { readonly status: unknown },
    options: ApplyOptions,
  ): Promise<T> {
    const path = `${objectPath(kind, refOf(manifest))}/status`;
    return (await this.#apply(kind, path, manifest, options)).object;
  }

  async delete(kind: ResourceKind, ref: ObjectRef, options?: CallOptions): Promise<boolean> {
    const body = { type: JSON_TYPE, text: DELETE_OPTIONS };
    const request = { method: "DELETE", path: objectPath(kind, ref), body } as const;
    return await unlessAbsent(this.#call(request, options)) !== undefined;
  }

  /**
   * Reads a path that is no object: `/readyz`, or what a pod answers through the server.
   *
   * @param path from its first slash on, encoded
   * @throws {KubeError} for an answer that is no success, with its text; with reason `BadRequest` for what
   * is no path
   * @throws {KubeUnreachableError}
   */
  async getText(path: string, options?: CallOptions): Promise<string> {
    // Behind the server's address it could name another one.
    if (!path.startsWith("/")) throw new KubeError(400, "BadRequest", `"${path}" is no path`);
    return (await this.#call({ method: "GET", path }, options)).text;
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  async #apply<T extends KubeObject>(
    kind: ResourceKind<T>,
    path: string,
    manifest: KubeObject,
    { fieldManager, force = false, ...options }: ApplyOptions,
  ): Promise<Applied<T>> {
    const query = { fieldManager, force: String(force) };
    const body = bodyOf(APPLY_TYPE, manifest);
    const request = { method: "PATCH", path, query, body } as const;
    const { status, text } = await this.#call(request, options);
    return { object: receivedObject(textOf(request), kind, text), isCreated: status === 201 };
  }

  async #call(request: KubeRequest, { signal }: CallOptions = {}): Promise<Accepted> {
    using deadline = new Deadline(this.#limits.call ?? CALL, signal);
    return await exchange(this.#connection, request, deadline, LONGEST_OBJECT);
  }
}

function bodyOf(type: string, object: KubeObject): NonNullable<KubeRequest["body"]> {
  return { type, text: JSON.stringify(object) };
}

/** A kind that the server does not know is answered by 404 too, but not with this reason. */
async function unlessAbsent(call: Promise<Accepted>): Promise<Accepted | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof KubeError && error.reason === "NotFound") return undefined;
    throw error;
  }
}
