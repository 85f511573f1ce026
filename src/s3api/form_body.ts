/**
 * Takes a browser form apart while it arrives.
 *
 * @module
 */
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { S3Error } from "./errors.ts";

/** A form whose fields have been read, and whose file has not. */
export interface FormBody {
  /** The fields before the file, names in lower case. */
  readonly fields: ReadonlyMap<string, string>;
  /** As the browser names the file, without directories; `""` where it does not. */
  readonly fileName: string;
  /**
   * The file's bytes, to be read once. Throws what the source throws, and `MalformedPOSTRequest`
   * when the form does not end as it should.
   */
  readonly file: AsyncIterable<Uint8Array>;
  /** Gives up what has not been read. */
  close(): void;
}

/** Bytes of everything but the file. Source: "HTML form declaration" in the Amazon S3 user guide. */
const MAX_FIELD_BYTES = 20_000;

const LIMITS = { fieldSize: MAX_FIELD_BYTES, fields: 1_000, files: 1, headerPairs: 100 };

/** The name of the field that carries the file; what follows it is passed over. */
const FILE_FIELD = "file";

/**
 * Reads a form up to its file.
 *
 * @param contentType of the request, with the boundary
 * @throws {S3Error} `RequestIsNotMultiPartContent`, `MalformedPOSTRequest`,
 * `MaxPostPreDataLengthExceededError`, `InvalidArgument` for a form without a file; and what the
 * source throws
 */
export function readForm(
  contentType: string | null,
  source: AsyncIterable<Uint8Array>,
): Promise<FormBody> {
  return new FormReader(openParser(contentType)).read(source);
}

class FormReader {
  readonly #parser: BusboyInstance;
  readonly #fields = new Map<string, string>();
  readonly #opened = Promise.withResolvers<FormBody>();
  readonly #ended = Promise.withResolvers<void>();
  readonly #abandoned = new AbortController();
  #fieldBytes = 0;
  #file: Readable | undefined;

  constructor(parser: BusboyInstance) {
    this.#parser = parser;
    // Where nobody reads the file, nobody waits for the end of the form either.
    this.#ended.promise.catch(() => {});
    // A part without a name is a field without one, whatever the parser's types say.
    parser.on("field", (name: string | undefined, value: string, nameCut, valueCut) => {
      if (name === undefined) this.#fail(malformed());
      else if (nameCut || valueCut) this.#fail(tooLarge());
      else this.#takeField(name.toLowerCase(), value);
    });
    parser.on("file", (_name, file, fileName?: string) => this.#takeFile(file, fileName ?? ""));
    parser.on("fieldsLimit", () => this.#fail(tooLarge()));
    parser.on("error", (error) => this.#fail(error));
    parser.on("finish", () => this.#finish());
  }

  read(source: AsyncIterable<Uint8Array>): Promise<FormBody> {
    this.#feed(source).catch((error) => this.#fail(error));
    return this.#opened.promise;
  }

  async #feed(source: AsyncIterable<Uint8Array>): Promise<void> {
    const { signal } = this.#abandoned;
    for await (const chunk of source) {
      if (signal.aborted) return;
      if (!this.#parser.write(chunk)) await once(this.#parser, "drain", { signal });
    }
    this.#parser.end();
  }

  #takeField(name: string, value: string): void {
    if (this.#file !== undefined) return;
    this.#fieldBytes += name.length + value.length;
    if (this.#fieldBytes > MAX_FIELD_BYTES) this.#fail(tooLarge());
    else if (!this.#fields.has(name)) this.#fields.set(name, value);
  }

  #takeFile(file: Readable, fileName: string): void {
    this.#file = file;
    // Whoever reads the file gets its error; without a reader it would end the process.
    file.on("error", () => {});
    this.#opened.resolve({
      fields: this.#fields,
      fileName: fileName.slice(Math.max(fileName.lastIndexOf("/"), fileName.lastIndexOf("\\")) + 1),
      file: this.#content(file),
      close: () => this.#abandoned.abort(),
    });
  }

  async *#content(file: Readable): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of file) yield chunk;
      // The file is only as good as the end of the form.
      await this.#ended.promise;
    } catch (error) {
      throw asS3Error(error);
    } finally {
      this.#abandoned.abort();
    }
  }

  #finish(): void {
    this.#opened.reject(withoutFile());
    this.#ended.resolve();
  }

  #fail(cause: unknown): void {
    const error = asS3Error(cause);
    this.#opened.reject(error);
    this.#ended.reject(error);
    this.#file?.destroy(error);
    this.#abandoned.abort();
  }
}

function openParser(contentType: string | null): BusboyInstance {
  if (!contentType?.toLowerCase().startsWith("multipart/form-data")) {
    throw new S3Error("RequestIsNotMultiPartContent");
  }
  try {
    return new Busboy({
      headers: { "content-type": contentType },
      limits: LIMITS,
      isPartAFile: (name) => name?.toLowerCase() === FILE_FIELD,
    });
  } catch (cause) {
    throw asS3Error(cause);
  }
}

function asS3Error(cause: unknown): S3Error {
  return cause instanceof S3Error ? cause : malformed(cause);
}

function malformed(cause?: unknown): S3Error {
  return new S3Error("MalformedPOSTRequest", undefined, { cause });
}

function tooLarge(): S3Error {
  return new S3Error("MaxPostPreDataLengthExceededError");
}

function withoutFile(): S3Error {
  return new S3Error("InvalidArgument", "POST requires exactly one file upload per request.", {
    detail: { ArgumentName: FILE_FIELD, ArgumentValue: "0" },
  });
}
