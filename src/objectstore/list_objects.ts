import type { StoreContext } from "./context.ts";
import type { ListedEntry, ListOptions } from "./object_store.ts";

/** Most entries of a page. Source: "ListObjectsV2" in the API reference. */
const PAGE = 1_000;

/** Lists a bucket, page after page for as long as somebody asks for more. */
export async function* listObjects(
  { calls, attempting }: StoreContext,
  { prefix = "", delimiter = "", startAfter = "", maxKeys = Infinity, signal }: ListOptions = {},
): AsyncGenerator<ListedEntry, void, void> {
  let after: string | undefined;
  for (let wanted = maxKeys; wanted > 0;) {
    const list = { prefix, delimiter, startAfter, limit: Math.min(PAGE, wanted) };
    const page = await attempting(() => calls.list(list, after, signal), signal);
    yield* page.items;
    wanted -= page.items.length;
    after = page.next;
    if (after === undefined) return;
  }
}
