/** Events of any kind, for properties that all of them have. @module */
import fc from "fast-check";
import type { NewEvent } from "../../src/eventlog/event_log.ts";
import { type Json, JsonNumber, type JsonObject } from "../../src/eventlog/json.ts";

const numbers = fc.oneof(
  fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) =>
    Object.is(value, -0) ? "-0.0" : String(value).replace("+", "")
  ),
  fc.tuple(fc.integer(), fc.nat(99), fc.integer({ min: -300, max: 280 })).map((
    [whole, part, power],
  ) => `${whole}.${part}E${power}`),
).map((text): Json => new JsonNumber(text));

const texts = fc.string({ unit: "binary", maxLength: 12 });

const { value: values } = fc.letrec<{ value: Json; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Json>(null, true, false),
    numbers,
    texts,
    fc.array(tie("value"), { maxLength: 4 }),
    tie("object"),
  ),
  object: fc.array(fc.tuple(texts, tie("value")), { maxLength: 4 }).map(Object.fromEntries),
}));

/** Any event that can be written. */
export const anyEvent: fc.Arbitrary<NewEvent> = fc.record({
  type: texts,
  aggregateId: texts,
  ts: fc.bigInt().map((ts) => new JsonNumber(String(ts))),
  payload: values,
  meta: fc.oneof(fc.constant({}), fc.dictionary(texts, values, { maxKeys: 3 })),
  hashVersion: fc.constantFrom("v1", "v2"),
});
