import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { findRecord, lastSeq } from "../../src/eventlog/find_record.ts";
import { JsonNumber } from "../../src/eventlog/json.ts";
import { chain, FIRST_PREV_HASH, recordText } from "../../src/eventlog/record.ts";

/** Lines from a few bytes to several times what is read at once. */
const PADDING = fc.oneof(fc.nat(40), fc.nat(2_000), fc.integer({ min: 3_000, max: 20_000 }));

/** What a log may have come to hold where nobody verifies it any more. */
const GARBAGE = ["", "{}", "\0\0\0", `{"event":"${"x".repeat(9_000)}"}`];

Deno.test("every record of a file is found, and no other", async () => {
  await inFile(async (write) => {
    await fc.assert(
      fc.asyncProperty(fc.array(PADDING, { minLength: 1, maxLength: 60 }), async (paddings) => {
        const lines = recordLines(paddings);
        using file = await write(lines);
        const end = (await file.stat()).size;
        let begin = 0;
        for (const [seq, line] of lines.entries()) {
          const found = await findRecord(file, 0, end, seq);
          assert.deepEqual([found?.begin, found?.behind], [begin, begin + line.length + 1]);
          assert.equal(new TextDecoder().decode(found?.stored), line);
          begin += line.length + 1;
        }
        assert.equal(await findRecord(file, 0, end, lines.length), undefined);
        assert.equal(await lastSeq(file, end), lines.length - 1);
      }),
      { numRuns: 25 },
    );
  });
});

Deno.test("records of the same length are found, of which some begin right where it is halved", async () => {
  await inFile(async (write) => {
    for (const count of [2, 4, 8, 10]) {
      const lines = recordLines(Array.from({ length: count }, () => 4_000));
      using file = await write(lines);
      const end = (await file.stat()).size;
      for (const [seq, line] of lines.entries()) {
        const found = await findRecord(file, 0, end, seq);
        assert.equal(new TextDecoder().decode(found?.stored), line, `${seq} of ${count}`);
      }
    }
  });
});

Deno.test("a record is found where halving comes upon its very beginning", async () => {
  await inFile(async (write) => {
    for (const padding of [900, 1_000, 1_800, 3_000]) {
      const lines = recordLines(Array.from({ length: 10 }, () => padding));
      using file = await write(lines);
      const end = (await file.stat()).size;
      for (const seq of lines.keys()) {
        assert.ok(await findRecord(file, 0, end, seq), `${padding} ${seq}`);
      }
    }
  });
});

Deno.test("a record is found among lines that cannot be read", async () => {
  await inFile(async (write) => {
    const records = recordLines(Array.from({ length: 60 }, (_, index) => index * 37));
    for (const garbage of GARBAGE) {
      const lines = records.flatMap((line, seq) => seq % 3 === 1 ? [garbage, line] : [line]);
      using file = await write(lines);
      const end = (await file.stat()).size;
      for (const [seq, line] of records.entries()) {
        const found = await findRecord(file, 0, end, seq);
        assert.equal(new TextDecoder().decode(found?.stored), line, `${garbage} ${seq}`);
      }
    }
  });
});

Deno.test("what is looked for lies between two places", async () => {
  await inFile(async (write) => {
    const lines = recordLines(Array.from({ length: 40 }, () => 500));
    using file = await write(lines);
    const end = (await file.stat()).size;
    const tenth = await findRecord(file, 0, end, 10);
    const thirtieth = await findRecord(file, 0, end, 30);
    assert.ok(tenth && thirtieth);
    assert.deepEqual(await findRecord(file, tenth.begin, thirtieth.behind, 30), thirtieth);
    assert.equal(await findRecord(file, tenth.behind, end, 10), undefined);
    assert.equal(await findRecord(file, 0, thirtieth.begin, 30), undefined);
    assert.equal(await findRecord(file, 0, 0, 0), undefined);
    assert.equal(await lastSeq(file, 0), undefined);
  });
});

function recordLines(paddings: readonly number[]): readonly string[] {
  let prevHash = FIRST_PREV_HASH;
  return paddings.map((padding, seq) => {
    const record = chain(prevHash, {
      type: "Test",
      aggregateId: "a",
      seq,
      ts: new JsonNumber(String(seq)),
      payload: "x".repeat(padding),
      meta: {},
      hashVersion: "v2",
    });
    prevHash = record.eventHash;
    return recordText(record);
  });
}

type Write = (lines: readonly string[]) => Promise<Deno.FsFile>;

async function inFile(work: (write: Write) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-records-" });
  const path = join(directory, "log");
  try {
    await work(async (lines) => {
      await Deno.writeTextFile(path, lines.map((line) => `${line}\n`).join(""));
      return await Deno.open(path);
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
