import type { Page } from "./bucket_calls.ts";

/** The items of all pages. No page is asked for before it is needed. */
export async function* everything<Item>(
  pageAfter: (after: string | undefined) => Promise<Page<Item>>,
): AsyncGenerator<Item, void, void> {
  let after: string | undefined;
  do {
    const { items, next } = await pageAfter(after);
    yield* items;
    after = next;
  } while (after !== undefined);
}
