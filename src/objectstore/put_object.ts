import type { StoreContext } from "./context.ts";
import { demandDescription, demandKey } from "./demand.ts";
import type { ObjectBody, WriteOptions, Written } from "./object_store.ts";
import { type RepeatableBody, SentBody } from "./sent_body.ts";
import { settledWrite } from "./settled_write.ts";
import { WRITE_MARK } from "./write_mark.ts";

/** Stores an object in one piece: again and again where the body allows it. */
export async function putObject(
  ctx: StoreContext,
  key: string,
  body: ObjectBody | RepeatableBody,
  { signal, ...write }: WriteOptions = {},
): Promise<Written> {
  demandKey(key);
  const mark = isConditional(write) ? crypto.randomUUID() : undefined;
  const metadata = mark === undefined ? write.metadata : { ...write.metadata, [WRITE_MARK]: mark };
  demandDescription({ ...write, metadata });
  const sent = await SentBody.of(body, signal);
  return await settledWrite(ctx, {
    key,
    signal,
    isRepeatable: () => !sent.isSpent,
    isOurs: ({ metadata }) => mark !== undefined && metadata[WRITE_MARK] === mark,
    send: async () => {
      try {
        return await ctx.calls.put(key, sent.begin(), { ...write, metadata }, signal);
      } catch (error) {
        throw sent.faultOf(error);
      }
    },
  });
}

function isConditional({ ifAbsent, ifMatch }: WriteOptions): boolean {
  return ifAbsent === true || ifMatch !== undefined;
}
