import assert from "node:assert/strict";
import { canonicalJson } from "../../../src/eventlog/canonical_json.ts";
import { parseJson } from "../../../src/eventlog/json.ts";
import { project } from "../../../src/operator/agent/projection.ts";

/** A manifest, what is found, and what the one has of the other. */
const CASES: Readonly<Record<string, readonly [string, string, string]>> = {
  "members that nobody spoke of are left out": ['{"a":1}', '{"a":2,"b":3}', '{"a":2}'],
  "members that are gone are not there": ['{"a":1,"b":{"c":1}}', '{"a":1}', '{"a":1}'],
  "items are found by their names": [
    '{"env":[{"name":"A","value":"1"}]}',
    '{"env":[{"name":"B","value":"2"},{"name":"A","value":"3","more":0}]}',
    '{"env":[{"name":"A","value":"3"}]}',
  ],
  "mounts are found by their paths": [
    '[{"name":"w","mountPath":"/w"}]',
    '[{"name":"w","mountPath":"/x"},{"name":"v","mountPath":"/w"}]',
    '[{"mountPath":"/w","name":"v"}]',
  ],
  "an item that is gone is missed": ['[{"name":"A"}]', "[]", "[null]"],
  "a list of values is taken as it is": ['["ALL"]', '["ALL","MORE"]', '["ALL","MORE"]'],
  "a list that ought to be empty is not when it is not": [
    '{"egress":[]}',
    '{"egress":[{}]}',
    '{"egress":[{}]}',
  ],
  "an empty list that is left out is empty": ['{"egress":[]}', "{}", '{"egress":[]}'],
  "another kind of value is taken as it is": ['{"a":{"b":1}}', '{"a":"x"}', '{"a":"x"}'],
};

for (const [name, [manifest, found, expected]] of Object.entries(CASES)) {
  Deno.test(name, () => {
    const projected = project(parseJson(manifest), parseJson(found));
    assert.equal(canonicalJson(projected ?? null), expected);
  });
}
