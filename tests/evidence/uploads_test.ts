import assert from "node:assert/strict";
import type { EvidenceStore } from "../../src/evidence/evidence_store.ts";
import type { GrantedUpload, UploadRequest } from "../../src/evidence/uploads.ts";
import {
  attachment,
  bytes,
  isFault,
  openRoom,
  overridden,
  type Room,
  type RoomOptions,
  sent,
  sha256,
} from "./attachment_room.ts";
import { sendFile, type ServedObjects, serveObjects } from "./served_objects.ts";

const HOUR = 3_600_000;

function roomTest(
  name: string,
  run: (room: Room, door: ServedObjects) => Promise<void>,
  options?: RoomOptions,
): void {
  Deno.test(name, async () => {
    await using room = await openRoom(options);
    await using door = serveObjects(room);
    await run(room, door);
  });
}

function request(door: ServedObjects, more: Partial<UploadRequest> = {}): UploadRequest {
  return {
    ...attachment("photo.png", "image/png"),
    maxBytes: 100,
    method: "POST",
    expiresIn: 3_600,
    endpoint: door.endpoint,
    ...more,
  };
}

function complete(store: EvidenceStore, { uploadId }: GrantedUpload, decisionId = "d") {
  return store.completeUpload({ decisionId, uploadId, actor: "bob" });
}

for (const method of ["POST", "PUT"] as const) {
  roomTest(`what a browser sends with ${method} becomes an attachment`, async (room, door) => {
    const granted = await room.store.createUpload(request(door, { method, maxBytes: 5 }));
    assert.ok([200, 201].includes(await sendFile(granted, "hello")));
    assert.deepEqual(await room.keys(), [`uploads/${granted.uploadId}`]);
    await assert.rejects(room.store.findAttachment("d", "photo.png"), isFault("notFound"));

    const { created, kept } = await complete(room.store, granted);
    assert.equal(created, true);
    assert.deepEqual([kept.sha256, kept.size], [await sha256(bytes("hello")), 5]);
    assert.equal(kept.contentType, "image/png");
    assert.deepEqual(await room.keys(), [kept.key]);
    const [, event] = await room.events();
    assert.deepEqual([event?.type, event?.payload["actor"]], ["AttachmentStored", "bob"]);
    const row = await room.store.findAttachment("d", "photo.png");
    assert.equal(await new Response(await room.store.readAttachment(row)).text(), "hello");

    const again = await complete(room.store, granted);
    assert.equal(again.created, false);
    assert.deepEqual(again.kept.event, kept.event);
    assert.equal((await room.events()).length, 2);
  });
}

roomTest("the object of a page is kept as one that no browser runs", async (room, door) => {
  const granted = await room.store.createUpload(request(door, { contentType: "text/html" }));
  assert.equal(await sendFile(granted, "<script>alert(1)</script>"), 201);
  const { kept } = await complete(room.store, granted);
  assert.equal(kept.contentType, "text/html");
  const { contentType } = await room.objects.getObjectMetadata(kept.key);
  assert.equal(contentType, "application/octet-stream");
});

const REFUSED_FORMS: readonly (readonly [string, string, Record<string, string>])[] = [
  ["is too large", "x".repeat(101), {}],
  ["goes elsewhere", "x", { key: "attachments/2026/03/d/photo.png" }],
  ["goes below its place", "x", { key: "uploads/x/${filename}" }],
  ["is of another type", "x", { "Content-Type": "text/html" }],
];

for (const [what, content, changed] of REFUSED_FORMS) {
  roomTest(`a form is refused that ${what}`, async (room, door) => {
    const granted = await room.store.createUpload(request(door));
    const status = await sendFile(granted, content, changed);
    assert.ok(status >= 400 && status < 500, String(status));
    assert.deepEqual(await room.keys(), []);
  });
}

const REFUSED_PUTS: readonly (readonly [string, string, Record<string, string>])[] = [
  ["is longer", "123456", {}],
  ["is shorter", "1234", {}],
  ["is of another type", "12345", { "content-type": "text/html" }],
];

for (const [what, content, changed] of REFUSED_PUTS) {
  roomTest(`a PUT is refused that ${what}`, async (room, door) => {
    const granted = await room.store.createUpload(request(door, { method: "PUT", maxBytes: 5 }));
    assert.equal(await sendFile(granted, content, changed), 403);
    assert.deepEqual(await room.keys(), []);
  });
}

roomTest(
  "nothing is completed before anything has come, and nothing that is not known",
  async (room, door) => {
    const granted = await room.store.createUpload(request(door));
    await assert.rejects(complete(room.store, granted), isFault("conflict"));
    await assert.rejects(complete(room.store, granted, "other"), isFault("notFound"));
    const unknown = { ...granted, uploadId: crypto.randomUUID() };
    await assert.rejects(complete(room.store, unknown), isFault("notFound"));
    assert.equal(await sendFile(granted, "now"), 201);
    assert.equal((await complete(room.store, granted)).created, true);
  },
);

roomTest(
  "nothing may be sent under a name that is taken, or for a decision that is not there",
  async (room, door) => {
    await room.store.putAttachment(attachment("photo.png"), sent(bytes("x")));
    await assert.rejects(room.store.createUpload(request(door)), isFault("conflict"));
    await room.store.removeAttachment("d", "photo.png", "bob");
    await assert.rejects(room.store.createUpload(request(door)), isFault("gone"));
    const stray = request(door, { decisionId: "unknown" });
    await assert.rejects(room.store.createUpload(stray), isFault("notFound"));
    const escaping = request(door, { name: "../x" });
    await assert.rejects(room.store.createUpload(escaping), isFault("invalid"));
  },
);

roomTest("an upload never takes the place of an attachment that came first", async (room, door) => {
  const [one, other, same] = await Promise.all(
    [1, 2, 3].map(() => room.store.createUpload(request(door))),
  );
  assert.ok(one && other && same);
  for (const [granted, content] of [[one, "one"], [other, "two"], [same, "one"]] as const) {
    await sendFile(granted, content);
  }
  const { kept } = await complete(room.store, one);
  await assert.rejects(complete(room.store, other), isFault("conflict"));
  const again = await complete(room.store, same);
  assert.deepEqual([again.created, again.kept.event], [false, kept.event]);
  assert.equal((await room.events()).length, 2);
});

roomTest(
  "what is recorded is what was copied, though the form is sent again meanwhile",
  async (room, door) => {
    const granted = await room.store.createUpload(request(door));
    await sendFile(granted, "first");
    let copies = 0;
    const watched = await room.replica({
      wrap: (objects) =>
        overridden(objects, {
          async copyObject(source, key, options) {
            if (copies++ === 0) await sendFile(granted, "second");
            return await objects.copyObject(source, key, options);
          },
        }),
    });
    const { kept } = await complete(watched, granted);
    assert.equal(copies, 2);
    assert.equal(kept.sha256, await sha256(bytes("second")));
    const row = await room.store.findAttachment("d", "photo.png");
    assert.equal(await new Response(await room.store.readAttachment(row)).text(), "second");
    assert.equal((await room.events()).length, 2);
  },
);

roomTest(
  "a form that is sent again all the time is not waited for for ever",
  async (room, door) => {
    const granted = await room.store.createUpload(request(door));
    await sendFile(granted, "0");
    let copies = 0;
    const watched = await room.replica({
      wrap: (objects) =>
        overridden(objects, {
          async copyObject(source, key, options) {
            await sendFile(granted, String(++copies));
            return await objects.copyObject(source, key, options);
          },
        }),
    });
    await assert.rejects(complete(watched, granted), isFault("busy"));
    assert.equal((await complete(room.store, granted)).created, true);
  },
);

roomTest("two replicas that complete the same upload at once store it once", async (room, door) => {
  const replicas = [room.store, await room.replica()];
  const granted = await room.store.createUpload(request(door));
  await sendFile(granted, "x");
  const completed = await Promise.all(replicas.map((replica) => complete(replica, granted)));
  assert.deepEqual(completed[0]?.kept.event, completed[1]?.kept.event);
  assert.equal((await room.events()).length, 2);
  assert.deepEqual(await room.keys(), [completed[0]?.kept.key]);
});

roomTest(
  "a completion that died before its event is finished by the next one",
  async (room, door) => {
    let isDead = true;
    const dying = await room.replica({
      wrapLog: (log) => ({
        head: () => log.head(),
        records: (from, to) => log.records(from, to),
        append: (event) => isDead ? Promise.reject(new Error("killed")) : log.append(event),
      }),
    });
    const granted = await room.store.createUpload(request(door));
    await sendFile(granted, "x");
    await assert.rejects(complete(dying, granted), /killed/);
    isDead = false;
    const { kept } = await complete(room.store, granted);
    assert.equal(kept.event?.seq, 1);
    assert.deepEqual(await room.keys(), [kept.key]);
    assert.equal((await room.events()).length, 2);
  },
);

async function aheadRoom() {
  const clock = { ahead: 0 };
  const room = await openRoom({ ahead: () => clock.ahead });
  const door = serveObjects(room);
  return {
    clock,
    room,
    door,
    finish: () => room.store.finishExpiredUploads((_, error) => assert.fail(String(error))),
    async [Symbol.asyncDispose]() {
      await door[Symbol.asyncDispose]();
      await room[Symbol.asyncDispose]();
    },
  };
}

Deno.test("what came and was not completed becomes an attachment when its time is over", async () => {
  await using its = await aheadRoom();
  const { clock, door, finish, room } = its;
  const granted = await room.store.createUpload(request(door));
  await sendFile(granted, "x");
  assert.equal(await finish(), 0);
  clock.ahead = HOUR + 1_000;
  assert.equal(await finish(), 1);
  assert.equal((await room.store.findAttachment("d", "photo.png")).size, 1);
  const [, event] = await room.events();
  assert.equal(event?.payload["actor"], "alice");
  assert.equal((await complete(room.store, granted)).created, false);
});

Deno.test("whatever is left of an upload is removed a day after its time is over", async () => {
  await using its = await aheadRoom();
  const { clock, door, finish, room } = its;
  const [sentAgain, neverSent, refused] = await Promise.all([
    room.store.createUpload(request(door)),
    room.store.createUpload(request(door, { name: "never" })),
    room.store.createUpload(request(door, { name: "taken" })),
  ]);
  await sendFile(sentAgain, "x");
  const { kept } = await complete(room.store, sentAgain);
  await sendFile(sentAgain, "another");
  await sendFile(refused, "y");
  const taken = await room.store.putAttachment(
    attachment("taken"),
    sent(bytes("came first")),
  );
  clock.ahead = HOUR + 1_000;
  assert.equal(await finish(), 3);
  assert.equal((await room.keys()).length, 4);
  clock.ahead = 26 * HOUR;
  assert.equal(await finish(), 3);
  assert.deepEqual(await room.keys(), [kept.key, taken.kept.key]);
  assert.equal(await finish(), 0);
  await assert.rejects(complete(room.store, neverSent), isFault("notFound"));
  assert.equal((await room.store.findAttachment("d", "photo.png")).sha256, kept.sha256);
});

roomTest("an upload for evidence that was deleted meanwhile is gone", async (room, door) => {
  const granted = await room.store.createUpload(request(door));
  await sendFile(granted, "x");
  await room.store.remove("d", "carol");
  await assert.rejects(complete(room.store, granted), isFault("gone"));
});
