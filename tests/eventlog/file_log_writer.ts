/**
 * Appends events to a file log and says which were committed, one hash a line:
 * `file_log_writer.ts PATH NAME COUNT`
 *
 * @module
 */
import { FileLog } from "../../src/eventlog/file_log.ts";
import { JsonNumber } from "../../src/eventlog/json.ts";

const [path = "", name = "", count = "0"] = Deno.args;
await using log = new FileLog({ path, maxBytes: 20_000 });
for (let number = 0; number < Number(count); number++) {
  const appended = await log.append({
    type: "Written",
    aggregateId: name,
    ts: new JsonNumber(String(number)),
    payload: null,
    hashVersion: "v2",
  });
  if (appended.kind === "committed") console.log(appended.record.eventHash);
}
