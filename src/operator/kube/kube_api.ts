/**
 * What the operator asks of an API server.
 *
 * @module
 */
import type { KubeObject, ObjectRef, ResourceKind } from "./kube_object.ts";

/** What every call may be given. */
export interface CallOptions {
  /** Ends the call; beside it every call has a bound of its own. */
  readonly signal?: AbortSignal;
}

/** Which objects of a kind. */
export interface Selection {
  /** All namespaces without it. */
  readonly namespace?: string;
  /** As in a query: `app=x,tier in (a,b)`. */
  readonly labelSelector?: string;
}

/** Objects as they were at one point in time. */
export interface Listed<T> {
  readonly items: readonly T[];
  /** From where to watch. */
  readonly resourceVersion: string;
}

/** A change that was watched. */
export type WatchEvent<T> =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: T }
  /** Nothing changed up to this version. */
  | { readonly type: "BOOKMARK"; readonly resourceVersion: string };

/** What an apply came to. */
export interface Applied<T> {
  readonly object: T;
  /** Whether it was not there before. */
  readonly isCreated: boolean;
}

/** How to apply. */
export interface ApplyOptions extends CallOptions {
  readonly fieldManager: string;
  /** Take over fields that others manage, instead of failing with `Conflict`. */
  readonly force?: boolean;
}

/**
 * The verbs. All throw `KubeError` where the server refuses, and `KubeUnreachableError` where it does
 * not answer in time. Reading calls are repeated once where that can help; writing ones never.
 */
export interface KubeApi {
  /** @returns `undefined` where there is none */
  get<T extends KubeObject>(
    kind: ResourceKind<T>,
    ref: ObjectRef,
    options?: CallOptions,
  ): Promise<T | undefined>;
  /** Reads page by page. */
  list<T extends KubeObject>(
    kind: ResourceKind<T>,
    selection?: Selection,
    options?: CallOptions,
  ): Promise<Listed<T>>;
  /**
   * Changes after a version, with bookmarks, until the server ends the answer or is silent for so long
   * that only to ask again can tell whether it is still there. The first bookmark is of the version that
   * was asked for, and says that the server has begun to answer.
   *
   * @throws {KubeError} with status 410 where the version is too old: list again
   */
  watch<T extends KubeObject>(
    kind: ResourceKind<T>,
    selection: Selection & { readonly resourceVersion: string },
    options?: CallOptions,
  ): AsyncIterable<WatchEvent<T>>;
  /** @throws {KubeError} with reason `AlreadyExists` */
  create<T extends KubeObject>(
    kind: ResourceKind<T>,
    object: T,
    options?: CallOptions,
  ): Promise<T>;
  /**
   * Puts an object in place of the one with the same `metadata.resourceVersion`.
   *
   * @throws {KubeError} with reason `Conflict` where that is not the newest
   */
  replace<T extends KubeObject>(
    kind: ResourceKind<T>,
    object: T,
    options?: CallOptions,
  ): Promise<T>;
  /** Server-side apply: the fields of the manifest become as it says, and belong to the manager. */
  apply<T extends KubeObject>(
    kind: ResourceKind<T>,
    manifest: T,
    options: ApplyOptions,
  ): Promise<Applied<T>>;
  /** Server-side apply of `status`. */
  applyStatus<T extends KubeObject>(
    kind: ResourceKind<T>,
    manifest: KubeObject & { readonly status: unknown },
    options: ApplyOptions,
  ): Promise<T>;
  /** @returns whether there was one */
  delete(kind: ResourceKind, ref: ObjectRef, options?: CallOptions): Promise<boolean>;
}
