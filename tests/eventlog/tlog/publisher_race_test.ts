import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { DirectoryObjects } from "../../../src/eventlog/objects/directory.ts";
import { treeHash } from "../rfc6962.ts";
import { sampleLog } from "./sample_log.ts";

const ROUNDS = 12;
const PUBLISHERS = 4;

Deno.test("many publishers at once end in one checkpoint, which only moved forward", async () => {
  await using sample = await sampleLog();
  const seen: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const growing = sample.grow(70);
    const published = await Promise.all(
      Array.from({ length: PUBLISHERS }, () => sample.publish()),
    );
    await growing;
    const log = await sample.open();
    for (const each of published) {
      assert.ok(each.size <= log.checkpoint.size);
      assert.deepEqual((await log.tree(each.size)).root, each.root);
    }
    seen.push(log.checkpoint.size);
  }
  assert.deepEqual(seen, seen.toSorted((one, other) => one - other));
  const { size, root } = await sample.publish();
  assert.equal(size, ROUNDS * 70);
  assert.equal(Buffer.from(root).toString("hex"), treeHash(await sample.records()));
});

/** Objects whose owner is held up once before the checkpoint is moved. */
class HeldUp extends DirectoryObjects {
  constructor(location: string, readonly meanwhile: () => Promise<unknown>) {
    super(location);
  }

  #isHeldUp = false;

  async #hold(key: string): Promise<void> {
    if (this.#isHeldUp || !key.endsWith("checkpoint")) return;
    this.#isHeldUp = true;
    await this.meanwhile();
  }

  override async create(...args: Parameters<DirectoryObjects["create"]>): Promise<boolean> {
    await this.#hold(args[0]);
    return await super.create(...args);
  }

  override async replace(...args: Parameters<DirectoryObjects["replace"]>): Promise<boolean> {
    await this.#hold(args[0]);
    return await super.replace(...args);
  }
}

for (const before of [0, 100]) {
  Deno.test(`who is overtaken with ${before} events published goes on from there`, async () => {
    await using sample = await sampleLog(before);
    if (before > 0) await sample.publish();
    await sample.grow(50);
    const slow = new HeldUp(sample.objects.location, async () => {
      await sample.grow(30);
      assert.equal((await sample.publish()).size, before + 80);
    });
    const published = await sample.publish({ objects: slow });
    assert.equal(published.size, before + 80);
    assert.equal((await sample.open()).note, published.note);
  });
}
