import assert from "node:assert/strict";
import { jsonLine, type LogLine, textLine } from "../../src/telemetry/log_lines.ts";
import { LineWriter } from "../../src/telemetry/line_writer.ts";

function line(
  properties: Record<string, unknown>,
  message: readonly unknown[] = ["stored"],
): LogLine {
  return { timestamp: Date.UTC(2030, 0, 2, 3, 4, 5, 6), level: "warning", message, properties };
}

Deno.test("a line of JSON has the time, the level, the message and every property", () => {
  assert.deepEqual(JSON.parse(jsonLine(line({ key: 'a "b"\n', bytes: 3 }))), {
    time: "2030-01-02T03:04:05.006Z",
    level: "warning",
    message: "stored",
    key: 'a "b"\n',
    bytes: 3,
  });
});

Deno.test("an error is logged with its stack and its cause", () => {
  const error = new TypeError("no", { cause: new Error("because") });
  const { error: logged } = JSON.parse(jsonLine(line({ error })));
  assert.equal(logged.name, "TypeError");
  assert.match(logged.stack, /logs_test/);
  assert.equal(logged.cause.message, "because");
});

Deno.test("whatever a key holds, a log entry stays on one line and cannot paint the terminal", () => {
  const nasty = "a\nb\r\x1b[2J\u2028";
  for (const written of [jsonLine(line({ nasty })), textLine(line({ nasty }), true)]) {
    // deno-lint-ignore no-control-regex -- the control characters are what must not be there
    assert.doesNotMatch(written.replaceAll(/\x1b\[\d+m/g, ""), /[\x00-\x1f]/);
  }
});

Deno.test("a terminal obeys no C1 control and no change of direction in a readable line", () => {
  const written = textLine(line({ key: "a\u009b2Jb\u202ec\u2028ü" }), false);
  assert.match(written, / key="a\\u009b2Jb\\u202ec\\u2028ü"$/);
});

Deno.test("a readable line leaves out what is empty", () => {
  const written = textLine(line({ user: "", status: 200, key: "a b" }), false);
  assert.equal(written, '03:04:05.006 WARN  stored status=200 key="a b"');
});

Deno.test("lines are gathered into few writes, none of which ends within a line", () => {
  const writes: string[] = [];
  const writer = new LineWriter((bytes) => {
    writes.push(new TextDecoder().decode(bytes));
    return bytes.length;
  });
  const lines = Array.from({ length: 200 }, (_, number) => `${number}: ${"ü".repeat(number)}`);
  for (const each of lines) writer.write(each);
  assert.equal(writes.length, 0);
  writer.flush();
  assert.ok(writes.length < 60, `${writes.length} writes`);
  assert.ok(writes.every((written) => written.endsWith("\n")));
  assert.equal(writes.join(""), lines.map((each) => `${each}\n`).join(""));
});

Deno.test("a write that takes only a part is continued", () => {
  let written = "";
  const writer = new LineWriter((bytes) => {
    written += new TextDecoder().decode(bytes.subarray(0, 3));
    return Math.min(3, bytes.length);
  });
  writer.write("one line of text");
  writer.flush();
  assert.equal(written, "one line of text\n");
});
