import { type KubeConnection, type KubeRequest, textOf } from "./connection.ts";
import type { Deadline } from "./deadline.ts";
import { exchange } from "./exchange.ts";
import type { Listed, Selection } from "./kube_api.ts";
import { AnswerTooLongError, KubeError } from "./kube_error.ts";
import type { KubeObject, ResourceKind } from "./kube_object.ts";
import { type Page, receivedPage } from "./received.ts";
import { collectionPath } from "./resource_path.ts";

/** Objects of a page; and of one where that many were too long: an object has at most 3 MiB. */
const [PAGE, SMALL_PAGE] = [500, 10];

/** Longest page that is read, in bytes. */
const LONGEST_PAGE = 32 * 1_024 * 1_024;

/**
 * Lists page by page. All pages are of the same time, which the server may have forgotten before the
 * last of them is read: then it is begun again, once. So it is with smaller pages where one was too
 * long: whoever makes large objects must not keep others from being listed.
 *
 * @throws as `KubeApi.list`
 */
export async function listPages<T extends KubeObject>(
  connection: KubeConnection,
  kind: ResourceKind<T>,
  selection: Selection,
  deadline: Deadline,
): Promise<Listed<T>> {
  const read = (size: number) => readAll(connection, kind, selection, size, deadline);
  try {
    return await read(PAGE);
  } catch (error) {
    if (error instanceof AnswerTooLongError) return await read(SMALL_PAGE);
    if (!(error instanceof KubeError && error.status === 410)) throw error;
    return await read(PAGE);
  }
}

/** The part of a query that selects. */
export function queryOf({ labelSelector }: Selection): Readonly<Record<string, string>> {
  return labelSelector === undefined ? {} : { labelSelector };
}

async function readAll<T extends KubeObject>(
  connection: KubeConnection,
  kind: ResourceKind<T>,
  selection: Selection,
  size: number,
  deadline: Deadline,
): Promise<Listed<T>> {
  const path = collectionPath(kind, selection.namespace);
  const query = { ...queryOf(selection), limit: String(size) };
  const readPage = async (rest?: string): Promise<Page<T>> => {
    const request: KubeRequest = {
      method: "GET",
      path,
      query: rest === undefined ? query : { ...query, continue: rest },
    };
    const { text } = await exchange(connection, request, deadline, LONGEST_PAGE);
    return receivedPage(textOf(request), kind, text);
  };
  const first = await readPage();
  const items = [...first.items];
  for (let { rest } = first; rest !== undefined;) {
    const page = await readPage(rest);
    items.push(...page.items);
    rest = page.rest;
  }
  return { items, resourceVersion: first.resourceVersion };
}
