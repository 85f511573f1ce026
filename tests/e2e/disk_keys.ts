import { basename, relative } from "node:path";
import { decodeHeader, HEADER_BYTES } from "../../src/backends/disk_format.ts";
import { files } from "./sample_tree.ts";

/**
 * The keys of the objects that lie in a disk backend's directory. What belongs to no object (an
 * upload, something staged) is there under its path, so that it shows up as an orphan.
 */
export async function diskKeys(root: string): Promise<string[]> {
  const found: string[] = [];
  for await (const path of files(root)) {
    const place = relative(root, path);
    const isLock = place === "lock" || /^staging\/[^/]+\.lock$/.test(place);
    const isPart = /^objects\/..\/[0-9a-f]+\.parts\//.test(place) && basename(path) !== "parts";
    if (isLock || isPart) continue;
    found.push(place.startsWith("objects/") ? await keyInHeader(path) ?? place : place);
  }
  return found;
}

async function keyInHeader(path: string): Promise<string | undefined> {
  using file = await Deno.open(path);
  const header = new Uint8Array(HEADER_BYTES);
  let filled = 0;
  for (;;) {
    const read = await file.read(header.subarray(filled));
    if (!read) break;
    filled += read;
  }
  return decodeHeader(header.subarray(0, filled))?.key;
}
