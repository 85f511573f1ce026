import { createTarPacker } from "modern-tar";
import type { ArchiveEntry } from "./archive_entries.ts";

/**
 * Files as a tar, made as fast as it is taken and no faster. One whose making fails breaks off in an
 * error: it has no end that could be taken for one.
 *
 * @param modified the time that all files have
 */
export function tarStream(
  entries: AsyncIterable<ArchiveEntry>,
  modified: Date,
): ReadableStream<Uint8Array> {
  const { controller, readable } = createTarPacker();
  const pack = async () => {
    for await (const { content, name, size } of entries) {
      const file = controller.add({ name, size, mtime: modified, mode: 0o644 }).getWriter();
      for await (const chunk of content) await file.write(chunk);
      await file.close();
    }
    controller.finalize();
  };
  // Whoever takes the tar is told; when nobody does any more there is nobody to tell.
  pack().catch((error) => controller.error(error));
  return readable;
}
