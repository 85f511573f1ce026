import assert from "node:assert/strict";
import {
  bundlePath,
  checkpointKey,
  lastTile,
  publishedKey,
  TILE_WIDTH,
  tileOf,
  tilePath,
} from "../../../src/eventlog/tlog/tile_path.ts";

const PATHS: readonly [level: number, index: number, width: number, path: string][] = [
  [0, 0, TILE_WIDTH, "tile/0/000"],
  [0, 0, 1, "tile/0/000.p/1"],
  [1, 999, 255, "tile/1/999.p/255"],
  [2, 1_000, TILE_WIDTH, "tile/2/x001/000"],
  [0, 1_234_067, TILE_WIDTH, "tile/0/x001/x234/067"],
  [0, 1_234_067, 8, "tile/0/x001/x234/067.p/8"],
  [6, 35_184_372_088_831, 1, "tile/6/x035/x184/x372/x088/831.p/1"],
];

Deno.test("the path of a tile has its index in groups of three digits", () => {
  for (const [level, index, width, path] of PATHS) {
    assert.equal(tilePath({ level, index, width }), path);
    assert.equal(bundlePath({ index, width }), path.replace(/^tile\/\d/, "tile/entries"));
  }
});

Deno.test("what is published is under the prefix of the log", () => {
  assert.equal(checkpointKey("events"), "events/_tlog/checkpoint");
  assert.equal(checkpointKey(""), "_tlog/checkpoint");
  assert.equal(publishedKey("a/b", "tile/0/000"), "a/b/_tlog/tile/0/000");
});

// The example of the specification.
Deno.test("a tree of 70,000 leaves has 273 full tiles, and a partial one on each level", () => {
  const size = 70_000;
  assert.deepEqual(lastTile(size, 0), { level: 0, index: 273, width: 112 });
  assert.deepEqual(lastTile(size, 1), { level: 1, index: 1, width: 17 });
  assert.deepEqual(lastTile(size, 2), { level: 2, index: 0, width: 1 });
  assert.equal(tileOf(size, 0, 272).width, TILE_WIDTH);
  assert.equal(tileOf(size, 1, 0).width, TILE_WIDTH);
  assert.ok(lastTile(size, 3).width <= 0);
});

Deno.test("a tree of 256 leaves has a full tile, and one of width 1 above it", () => {
  assert.equal(lastTile(256, 0).width, 0);
  assert.equal(tileOf(256, 0, 0).width, TILE_WIDTH);
  assert.deepEqual(lastTile(256, 1), { level: 1, index: 0, width: 1 });
});
