/**
 * Ed25519 keys as they are kept: PEM, the private one as PKCS#8 and the public one as SPKI.
 * Sources: RFC 8032; RFC 8410, section 10.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";

/** A key that is none, or not of Ed25519. Says nothing of what was read. */
export class KeyError extends Error {
  override readonly name = "KeyError";
}

/** A key that verifies. */
export class PublicKey {
  readonly #key: KeyObject;

  private constructor(key: KeyObject) {
    this.#key = demandEd25519(key);
  }

  /** @throws {KeyError} */
  static fromPem(pem: string): PublicKey {
    return new PublicKey(readKey(() => createPublicKey(pem), "a public key in PEM (SPKI)"));
  }

  /** Of the private key. */
  static of(key: KeyObject): PublicKey {
    return new PublicKey(createPublicKey(key));
  }

  /** `pubkey_id` of checkpoints: the first 16 digits of hex of SHA-256 of the key in PEM. */
  get id(): string {
    return createHash("sha256").update(this.toPem()).digest("hex").slice(0, 16);
  }

  /** The key itself: 32 bytes. */
  get raw(): Uint8Array<ArrayBuffer> {
    const { x } = this.#key.export({ format: "jwk" });
    if (x === undefined) throw new KeyError("the key has no public part");
    return new Uint8Array(Buffer.from(x, "base64url"));
  }

  /** Whether a signature is one of this key over those bytes. */
  verify(bytes: Uint8Array, signature: Uint8Array): boolean {
    return signature.length === 64 && verify(null, bytes, this.#key, signature);
  }

  toPem(): string {
    return String(this.#key.export({ format: "pem", type: "spki" }));
  }
}

/** A key that signs. Whoever prints one prints nothing of it. */
export class SigningKey {
  readonly #key: KeyObject;
  readonly publicKey: PublicKey;

  private constructor(key: KeyObject) {
    this.#key = demandEd25519(key);
    this.publicKey = PublicKey.of(key);
  }

  /** A new one. */
  static generate(): SigningKey {
    return new SigningKey(generateKeyPairSync("ed25519").privateKey);
  }

  /** @throws {KeyError} */
  static fromPem(pem: string): SigningKey {
    return new SigningKey(readKey(() => createPrivateKey(pem), "a private key in PEM (PKCS#8)"));
  }

  /** A signature of 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    return new Uint8Array(sign(null, bytes, this.#key));
  }

  /** The secret itself. */
  toPem(): string {
    return String(this.#key.export({ format: "pem", type: "pkcs8" }));
  }
}

function readKey(read: () => KeyObject, expected: string): KeyObject {
  try {
    return read();
  } catch {
    // What the reader says could quote the secret.
    throw new KeyError(`this is not ${expected}`);
  }
}

function demandEd25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType === "ed25519") return key;
  throw new KeyError(`the key is of ${key.asymmetricKeyType}; it must be of Ed25519`);
}
