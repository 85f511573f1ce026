import assert from "node:assert/strict";
import { LogStoreError } from "../../src/eventlog/log_objects.ts";
import type { ObjectStore } from "../../src/objectstore/object_store.ts";
import { ObjectStoreError } from "../../src/objectstore/object_store_error.ts";
import {
  attachment,
  bytes,
  isFault,
  letBeDue,
  openRoom,
  overridden,
  pieces,
  type Room,
  type RoomOptions,
  sent,
  sha256,
} from "./attachment_room.ts";

/** Bytes that come in parts. */
const LARGE = 9 * 1_024 ** 2 + 1;

function roomTest(name: string, run: (room: Room) => Promise<void>, options?: RoomOptions): void {
  Deno.test(name, async () => {
    await using room = await openRoom(options);
    await run(room);
  });
}

roomTest(
  "an attachment is stored with its digest, and its event says who brought what",
  async (room) => {
    const { created, kept } = await room.store.putAttachment(
      attachment("Prüfbericht.txt"),
      sent(bytes("hello")),
    );
    assert.equal(created, true);
    const digest = await sha256(bytes("hello"));
    assert.equal(kept.key, "attachments/2026/03/d/Prüfbericht.txt");
    assert.deepEqual([kept.sha256, kept.size], [digest, 5]);
    const [, event] = await room.events();
    const { operation, ...payload } = event?.payload ?? {};
    assert.match(String(operation), /^[0-9a-f-]{36}$/);
    assert.equal(event?.type, "AttachmentStored");
    assert.deepEqual(payload, {
      decision_id: "d",
      name: "Prüfbericht.txt",
      key: kept.key,
      checksum: digest,
      sha256: digest,
      size: "5",
      content_type: "text/plain",
      actor: "alice",
    });
    assert.equal(kept.event?.seq, 1);
    const found = await room.store.findAttachment("d", "Pru\u0308fbericht.txt");
    const { operation: _, state, ...index } = found;
    assert.deepEqual([state, index], ["stored", kept]);
  },
);

const CONTENTS: readonly (readonly [string, () => Parameters<typeof sent>])[] = [
  ["nothing at all", () => [bytes("")]],
  ["nothing, in a stream", () => [pieces(0)]],
  ["one byte in a stream of known length", () => [pieces(1), { size: 1 }]],
  ["many parts of known length", () => [pieces(LARGE), { size: LARGE }]],
  ["many parts of unknown length", () => [pieces(LARGE)]],
];

for (const [what, make] of CONTENTS) {
  roomTest(`an attachment of ${what} is read as it was stored`, async (room) => {
    const { kept } = await room.store.putAttachment(attachment("a"), sent(...make()));
    const [content] = make();
    assert.equal(kept.sha256, await sha256(content));
    const row = await room.store.findAttachment("d", "a");
    await room.store.checkAttachment(row);
    assert.equal(await sha256(await room.store.readAttachment(row)), kept.sha256);
  });
}

roomTest("a range of an attachment is read", async (room) => {
  await room.store.putAttachment(attachment("a"), sent(bytes("0123456789")));
  const row = await room.store.findAttachment("d", "a");
  const body = await room.store.readAttachment(row, { range: { start: 2, end: 4 } });
  assert.equal(await new Response(body).text(), "234");
});

roomTest(
  "the same bytes under the same name write nothing, and other bytes are a conflict",
  async (room) => {
    const { kept } = await room.store.putAttachment(attachment("a"), sent(bytes("same")));
    const again = await room.store.putAttachment(attachment("a", "image/png"), sent(bytes("same")));
    assert.equal(again.created, false);
    assert.deepEqual([again.kept.event, again.kept.contentType], [kept.event, "text/plain"]);
    await assert.rejects(
      room.store.putAttachment(attachment("a"), sent(bytes("else"))),
      (error) => isFault("conflict")(error),
    );
    const { length } = await room.events();
    assert.equal(length, 2);
  },
);

for (
  const [what, declared] of [
    ["size", { size: 5 }],
    ["digest", { sha256: "0".repeat(64) }],
  ] as const
) {
  roomTest(
    `other bytes are refused by their declared ${what} before they are read`,
    async (room) => {
      await room.store.putAttachment(attachment("a"), sent(bytes("same")));
      const unread = sent(bytes("same"), { declared });
      unread.digest = () => assert.fail("they were read");
      await assert.rejects(room.store.putAttachment(attachment("a"), unread), isFault("conflict"));
    },
  );
}

roomTest("there are no attachments of decisions that there is no evidence for", async (room) => {
  const stray = { ...attachment("a"), decisionId: "unknown" };
  await assert.rejects(room.store.putAttachment(stray, sent(bytes("x"))), isFault("notFound"));
  await room.store.remove("d", "alice");
  await assert.rejects(
    room.store.putAttachment(attachment("a"), sent(bytes("x"))),
    isFault("gone"),
  );
  assert.deepEqual(await room.keys(), []);
});

for (const size of [undefined, LARGE]) {
  roomTest(
    `a client that goes away half-way leaves nothing (${size ?? "unknown"} bytes)`,
    async (room) => {
      await assert.rejects(
        room.store.putAttachment(
          attachment("a"),
          sent(pieces(LARGE, { failAt: LARGE - 70_000 }), { size }),
        ),
        (error) =>
          error instanceof Error && /the client is gone/.test(String(error) + String(error.cause)),
      );
      await assertNothing(room);
      const { created } = await room.store.putAttachment(attachment("a"), sent(bytes("x")));
      assert.equal(created, true);
    },
  );
}

async function assertNothing({ events, fixture, keys, sql, store }: Room): Promise<void> {
  const [counts] = await sql`
    SELECT (SELECT count(*) FROM evidence_attachments) AS attachments,
      (SELECT count(*) FROM evidence_outbox) AS outbox,
      (SELECT count(*) FROM multipart_uploads) AS uploads`;
  assert.deepEqual({ ...counts }, { attachments: 0, outbox: 0, uploads: 0 });
  assert.deepEqual(await keys(), []);
  assert.equal((await events()).filter(({ type }) => type === "AttachmentStored").length, 0);
  assert.deepEqual((await store.listAttachments("d", { after: "", limit: 10 })).attachments, []);
  await fixture.storage.context.deletions.idle();
}

roomTest("a store that refuses leaves nothing", async (room) => {
  await assert.rejects(
    room.store.putAttachment(attachment("a"), sent(bytes("x"))),
    (error) => error instanceof ObjectStoreError && error.code === "NoRoom",
  );
  await assertNothing(room);
}, { wrap: (objects) => overridden(objects, { putObject: () => fail("Refused", "NoRoom") }) });

function fail(kind: "Refused" | "Unavailable", code: string): Promise<never> {
  return Promise.reject(new ObjectStoreError(kind, "the test says so", { code }));
}

/** The object is written, and nobody is told. */
function unheard(objects: ObjectStore): ObjectStore {
  return overridden(objects, {
    async putObject(key, body, options) {
      await objects.putObject(key, body, options);
      return await fail("Unavailable", "Lost");
    },
  });
}

roomTest("an object whose writing nobody heard of is finished with its event", async (room) => {
  const put = room.store.putAttachment(attachment("a", "image/png"), sent(bytes("x")));
  await assert.rejects(put, ObjectStoreError);
  await letBeDue(room.sql);
  const other = await room.replica();
  assert.equal(await other.finishPending((_, error) => assert.fail(String(error))), 1);
  const row = await other.findAttachment("d", "a");
  assert.deepEqual([row.state, row.size, row.sha256], ["stored", 1, await sha256(bytes("x"))]);
  const [, event] = await room.events();
  assert.deepEqual(
    [event?.type, event?.payload["actor"], event?.payload["content_type"], event?.payload["name"]],
    ["AttachmentStored", "alice", "image/png", "a"],
  );
}, { wrap: unheard });

roomTest("who sends the same again after that finishes it itself", async (room) => {
  await assert.rejects(
    room.store.putAttachment(attachment("a"), sent(bytes("x"))),
    ObjectStoreError,
  );
  await letBeDue(room.sql);
  const other = await room.replica();
  const { created, kept } = await other.putAttachment(attachment("a"), sent(bytes("x")));
  assert.equal(created, false);
  assert.equal(kept.event?.seq, 1);
  assert.equal((await room.events()).length, 2);
}, { wrap: unheard });

roomTest("an upload that died with its process is dropped, and its parts with it", async (room) => {
  const stuck = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const dying = room.store.putAttachment(
    attachment("a"),
    sent((async function* () {
      yield* pieces(LARGE);
      begun.resolve();
      await stuck.promise;
      yield bytes("the end");
    })()),
  );
  // It may learn of its end while a part of it is under way.
  const refused = assert.rejects(dying, isFault("busy"));
  await begun.promise;
  await letBeDue(room.sql);
  const other = await room.replica();
  await other.finishPending((_, error) => assert.fail(String(error)));
  await assertNothing(room);
  const { created } = await other.putAttachment(attachment("a"), sent(bytes("new")));
  assert.equal(created, true);
  // The process was not dead: it has come too late, and takes nothing away.
  stuck.resolve();
  await refused;
  const row = await other.findAttachment("d", "a");
  assert.equal(await new Response(await other.readAttachment(row)).text(), "new");
  assert.equal((await room.events()).length, 2);
});

roomTest(
  "an upload that was taken for dead, and dropped, removes the object that it has written",
  async (room) => {
    const other = await room.replica();
    const slow = await room.replica({
      wrap: (objects) =>
        overridden(objects, {
          async putObject(key, body, options) {
            await letBeDue(room.sql);
            await other.finishPending((_, error) => assert.fail(String(error)));
            return await objects.putObject(key, body, options);
          },
        }),
    });
    await assert.rejects(slow.putAttachment(attachment("a"), sent(bytes("x"))), isFault("busy"));
    await assertNothing(room);
  },
);

roomTest("an upload that was taken for dead, and finished, says what was stored", async (room) => {
  const other = await room.replica();
  const slow = await room.replica({
    wrap: (objects) =>
      overridden(objects, {
        async putObject(key, body, options) {
          const written = await objects.putObject(key, body, options);
          await letBeDue(room.sql);
          await other.finishPending((_, error) => assert.fail(String(error)));
          return written;
        },
      }),
  });
  const { created, kept } = await slow.putAttachment(attachment("a"), sent(bytes("x")));
  assert.deepEqual([created, kept.event?.seq], [true, 1]);
  assert.equal((await room.events()).length, 2);
});

roomTest("an attachment whose event could not be recorded gets it later, once", async (room) => {
  let fails = true;
  const replica = await room.replica({
    wrapLog: (log) => ({
      head: () => log.head(),
      records: (from, to) => log.records(from, to),
      append: (event) => fails ? Promise.reject(new Error("no log")) : log.append(event),
    }),
  });
  await assert.rejects(replica.putAttachment(attachment("a"), sent(bytes("x"))), /no log/);
  await assert.rejects(replica.findAttachment("d", "a"), isFault("notFound"));
  fails = false;
  await letBeDue(room.sql);
  assert.equal(await replica.finishPending(), 1);
  assert.equal((await replica.findAttachment("d", "a")).event?.seq, 1);
  assert.equal((await room.events()).length, 2);
});

roomTest(
  "an event that was recorded while its answer was lost is not recorded again",
  async (room) => {
    let isLost = true;
    const replica = await room.replica({
      wrapLog: (log) => ({
        head: () => log.head(),
        records: (from, to) => log.records(from, to),
        async append(event) {
          const appended = await log.append(event);
          if (isLost) throw new LogStoreError("NetworkError", "the answer is lost");
          return appended;
        },
      }),
    });
    await assert.rejects(
      replica.putAttachment(attachment("a"), sent(bytes("x"))),
      (error) => error instanceof LogStoreError,
    );
    isLost = false;
    const { created, kept } = await room.store.putAttachment(attachment("a"), sent(bytes("x")));
    assert.deepEqual([created, kept.event?.seq], [false, 1]);
    assert.equal((await room.events()).length, 2);
  },
);

roomTest("an object that nobody knows is never overwritten", async (room) => {
  await room.objects.putObject("attachments/2026/03/d/a", bytes("somebody's"));
  await assert.rejects(
    room.store.putAttachment(attachment("a"), sent(bytes("mine"))),
    isFault("conflict"),
  );
  const { bytes: there } = await room.objects.getObject("attachments/2026/03/d/a");
  assert.deepEqual(there, bytes("somebody's"));
  assert.equal((await room.events()).length, 1);
});

roomTest("of two replicas that store a name at once with other bytes, one wins", async (room) => {
  const replicas = [room.store, await room.replica()];
  for (let round = 0; round < 5; round++) {
    const results = await Promise.allSettled(
      replicas.map((replica, place) =>
        replica.putAttachment(attachment(`n${round}`), sent(bytes(`from ${place}`)))
      ),
    );
    const won = results.filter(({ status }) => status === "fulfilled");
    assert.equal(won.length, 1);
    const [lost] = results.filter((result) => result.status === "rejected");
    assert.ok(isFault("conflict")(lost?.reason), String(lost?.reason));
  }
  assert.equal((await room.events()).length, 6);
});

roomTest(
  "of two replicas that store the same at once, one writes and both are told of it",
  async (room) => {
    const replicas = [room.store, await room.replica()];
    const stored = await Promise.all(
      replicas.map((replica) =>
        replica.putAttachment(attachment("a"), sent(pieces(LARGE), { size: LARGE }))
      ),
    );
    assert.deepEqual(
      stored.map(({ created }) => created).sort(),
      [false, true],
    );
    assert.deepEqual(stored[0]?.kept.event, stored[1]?.kept.event);
    assert.equal((await room.events()).length, 2);
  },
);

roomTest("attachments are listed by name, in pages", async (room) => {
  const names = ["b", "a", "ä", "Z", "😀"];
  for (const name of names) await room.store.putAttachment(attachment(name), sent(bytes(name)));
  const seen: string[] = [];
  for (let after: string | undefined = ""; after !== undefined;) {
    const page = await room.store.listAttachments("d", { after, limit: 2 });
    seen.push(...page.attachments.map(({ name }) => name));
    after = page.next;
  }
  assert.deepEqual(seen, ["Z", "a", "b", "ä", "😀"]);
  await assert.rejects(
    room.store.listAttachments("unknown", { after: "", limit: 2 }),
    isFault("notFound"),
  );
});

roomTest(
  "a deleted attachment is gone, with an event, and its name is not given away",
  async (room) => {
    const { kept } = await room.store.putAttachment(attachment("a"), sent(bytes("x")));
    const place = await room.store.removeAttachment("d", "a", "bob");
    assert.equal(place.seq, 2);
    const [, , event] = await room.events();
    assert.deepEqual(
      [event?.type, event?.payload["key"], event?.payload["sha256"], event?.payload["actor"]],
      ["EvidenceDeleted", kept.key, kept.sha256, "bob"],
    );
    assert.deepEqual(await room.keys(), []);
    for (
      const attempt of [
        () => room.store.findAttachment("d", "a"),
        () => room.store.removeAttachment("d", "a", "bob"),
        () => room.store.putAttachment(attachment("a"), sent(bytes("x"))),
      ]
    ) await assert.rejects(attempt(), isFault("gone"));
    await assert.rejects(room.store.removeAttachment("d", "b", "bob"), isFault("notFound"));
    assert.ok(await room.store.read("d"));
  },
);

roomTest("a deletion that broke off is gone on with by who asks again", async (room) => {
  await room.store.putAttachment(attachment("a"), sent(bytes("x")));
  const broken = await room.replica({
    wrap: (objects) => overridden(objects, { deleteObject: () => fail("Unavailable", "Down") }),
  });
  await assert.rejects(broken.removeAttachment("d", "a", "bob"), ObjectStoreError);
  await assert.rejects(room.store.findAttachment("d", "a"), isFault("gone"));
  assert.equal((await room.store.removeAttachment("d", "a", "bob")).seq, 2);
  assert.deepEqual(await room.keys(), []);
  assert.equal((await room.events()).length, 3);
});

Deno.test("an attachment is kept for as long as its type has to be, and while it is held", async () => {
  let ahead = 0;
  await using room = await openRoom({
    retainDays: { decision: 10 },
    ahead: () => ahead * 86_400_000,
  });
  await room.store.putAttachment(attachment("a"), sent(bytes("x")));
  const attempt = () => room.store.removeAttachment("d", "a", "bob");
  ahead = 9.9;
  await assert.rejects(attempt(), isFault("retained"));
  ahead = 10.1;
  await room.store.hold("d", "a court says so", "carol");
  await assert.rejects(attempt(), isFault("retained"));
  await room.store.release("d", "carol");
  await attempt();
});

const DAMAGES:
  readonly (readonly [string, (objects: ObjectStore, key: string) => Promise<unknown>])[] = [
    ["is gone", (objects, key) => objects.deleteObject(key)],
    ["is shorter", (objects, key) => objects.putObject(key, bytes("orig"))],
    ["was written by somebody else", (objects, key) => objects.putObject(key, bytes("original"))],
  ];

for (const [what, damage] of DAMAGES) {
  roomTest(
    `an attachment whose object ${what} is damaged, and no byte of it is given out`,
    async (room) => {
      const { kept } = await room.store.putAttachment(attachment("a"), sent(bytes("original")));
      await damage(room.objects, kept.key);
      const row = await room.store.findAttachment("d", "a");
      await assert.rejects(room.store.checkAttachment(row), isFault("damaged"));
      await assert.rejects(room.store.readAttachment(row), isFault("damaged"));
    },
  );
}

roomTest(
  "an attachment that was deleted since it was found is gone, and not damaged",
  async (room) => {
    await room.store.putAttachment(attachment("a"), sent(bytes("x")));
    const row = await room.store.findAttachment("d", "a");
    await room.store.removeAttachment("d", "a", "bob");
    await assert.rejects(room.store.readAttachment(row), isFault("gone"));
    await assert.rejects(room.store.checkAttachment(row), isFault("gone"));
  },
);

roomTest("a range that is all of an attachment is verified as well", async (room) => {
  const { kept } = await room.store.putAttachment(attachment("a"), sent(bytes("original")));
  const { metadata } = await room.objects.getObjectMetadata(kept.key);
  await room.objects.putObject(kept.key, bytes("0riginal"), { metadata });
  const row = await room.store.findAttachment("d", "a");
  const body = await room.store.readAttachment(row, { range: { start: 0, end: 7 } });
  await assert.rejects(new Response(body).text(), isFault("damaged"));
});

roomTest("an attachment with other bytes of the same length fails before its end", async (room) => {
  const { kept } = await room.store.putAttachment(attachment("a"), sent(pieces(LARGE)));
  const { metadata } = await room.objects.getObjectMetadata(kept.key);
  const forged = pieces(LARGE, { fill: 0x62 });
  await room.objects.multipartUpload(kept.key, forged as AsyncIterable<Uint8Array<ArrayBuffer>>, {
    metadata,
  });
  const row = await room.store.findAttachment("d", "a");
  const body = await room.store.readAttachment(row);
  let received = 0;
  await assert.rejects(async () => {
    for await (const chunk of body) received += chunk.length;
  }, isFault("damaged"));
  assert.ok(received < LARGE);
});
