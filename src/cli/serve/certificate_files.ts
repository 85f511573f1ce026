import type { Certificate } from "./listener.ts";

/** As `server.tls` of the configuration. */
export interface CertificateFiles {
  readonly cert_file: string;
  readonly key_file: string;
}

/** Between looks at the files. Milliseconds. */
const INTERVAL = 5_000;

/** @throws {Error} that names the file which cannot be read, or is not what it should be */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  // One after the other, so that of two faults it is always the same that is named.
  const cert = await readPem(files.cert_file, "CERTIFICATE");
  const key = await readPem(files.key_file, "PRIVATE KEY");
  return { cert, key };
}

/**
 * Calls `changed` with the new certificate each time that the files have changed. One that cannot be
 * read yet, because it is being written, is looked at again.
 *
 * @returns stops it
 */
export function watchCertificate(
  files: CertificateFiles,
  changed: (certificate: Certificate) => void,
  failed: (error: unknown) => void,
): () => void {
  let seen = fingerprint(files);
  let looking = false;
  async function look(): Promise<void> {
    if (looking) return;
    looking = true;
    try {
      const now = await fingerprint(files);
      if (now === await seen) return;
      changed(await readCertificate(files));
      seen = Promise.resolve(now);
    } catch (error) {
      failed(error);
    } finally {
      looking = false;
    }
  }
  const timer = setInterval(look, INTERVAL);
  return () => clearInterval(timer);
}

/** Kubernetes replaces a symbolic link, others the file, or what is in it: all of that shows here. */
async function fingerprint({ cert_file, key_file }: CertificateFiles): Promise<string> {
  const stats = await Promise.all([cert_file, key_file].map((path) => Deno.stat(path)));
  return stats.map(({ ino, mtime, size }) => `${ino} ${mtime?.getTime()} ${size}`).join("\n");
}

async function readPem(path: string, kind: string): Promise<string> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "there is no such file" : String(error);
    throw new Error(`${path}: ${reason}`, { cause: error });
  }
  if (!text.includes(`${kind}-----`)) throw new Error(`${path}: holds no ${kind} in PEM`);
  return text;
}
