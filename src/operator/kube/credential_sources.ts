import { ConfigError } from "../../config/config_error.ts";
import type { Credentials } from "./access.ts";

/** Where a text comes from, each time that it is needed. */
export interface TextSource {
  /** Absolute path, where it is in a file of its own. */
  readonly file?: string;
  /** What messages call it. */
  readonly name: string;
  /** @throws {ConfigError} */
  read(): Promise<string>;
}

/** Where credentials come from. */
export interface CredentialSources {
  readonly token?: TextSource;
  readonly authority?: TextSource;
  readonly certificate?: { readonly chain: TextSource; readonly key: TextSource };
}

/** A text in a file that may change. */
export function fileSource(file: string): TextSource {
  return { file, name: file, read: () => readFile(file) };
}

/** A text that stays the same. */
export function heldSource(name: string, text: string): TextSource {
  return { name, read: () => Promise.resolve(text) };
}

/** The files among them. */
export function filesOf({ token, authority, certificate }: CredentialSources): readonly string[] {
  return [token, authority, certificate?.chain, certificate?.key]
    .flatMap((source) => source?.file === undefined ? [] : [source.file]);
}

/**
 * Reads credentials.
 *
 * @throws {ConfigError} for what cannot be read, and for what is no token and no PEM; it repeats nothing of them
 */
export async function readCredentials(
  { token, authority, certificate }: CredentialSources,
): Promise<Credentials> {
  return {
    ...(token && { token: await readToken(token) }),
    ...(authority && { authority: await readPem(authority, "CERTIFICATE") }),
    ...(certificate && {
      certificate: {
        chain: await readPem(certificate.chain, "CERTIFICATE"),
        key: await readPem(certificate.key, "PRIVATE KEY"),
      },
    }),
  };
}

/**
 * Reads a file of text.
 *
 * @throws {ConfigError}
 */
async function readFile(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound ? "is not there" : "cannot be read";
    throw new ConfigError(file, [{ path: "", message: why }]);
  }
}

/** What a header can hold. Source: RFC 6750, section 2.1. */
const TOKEN = /^[\x21-\x7e]+$/;

async function readToken(source: TextSource): Promise<string> {
  const token = (await source.read()).trim();
  if (TOKEN.test(token)) return token;
  throw new ConfigError(source.name, [{ path: "", message: "is no bearer token" }]);
}

/** @param label as in `-----BEGIN CERTIFICATE-----`; of a key, its end */
async function readPem(source: TextSource, label: string): Promise<string> {
  const text = await source.read();
  if (new RegExp(`-----BEGIN [A-Z ]*${label}-----`).test(text)) return text;
  throw new ConfigError(source.name, [{ path: "", message: `has no ${label} in PEM` }]);
}
