/** Of what was sent without a type, and of everything that a browser might run. */
export const UNKNOWN_TYPE = "application/octet-stream";

/** Types in which nothing can be a program. SVG is none of them: it can have scripts in it. */
const HARMLESS: ReadonlySet<string> = new Set([
  "application/json",
  "application/pdf",
  "application/zip",
  "audio/mpeg",
  "audio/ogg",
  "audio/wav",
  "image/avif",
  "image/bmp",
  "image/gif",
  "image/jpeg",
  "image/png",
  "image/tiff",
  "image/webp",
  "text/csv",
  "text/plain",
  "video/mp4",
  "video/webm",
]);

/**
 * The content type that something is served as, so that it cannot run in the page's origin: the one
 * that its sender gave, where that is harmless, without its parameters.
 */
export function servedType(contentType: string): string {
  const [type = ""] = contentType.split(";");
  const essence = type.trim().toLowerCase();
  if (!HARMLESS.has(essence)) return UNKNOWN_TYPE;
  return essence.startsWith("text/") ? `${essence}; charset=utf-8` : essence;
}
