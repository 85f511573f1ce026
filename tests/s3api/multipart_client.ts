import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Service } from "../harness/service.ts";
import { refusal } from "./refusal.ts";

/** Where the tests of multipart uploads work. */
export const BUCKET = "b";
export const KEY = "dir/big object";

/** The least size of a part that is not the last. Bytes. */
export const LEAST = 5 * 1_024 * 1_024;

/** Of all pieces, one after the other. */
export const md5 = (...pieces: Uint8Array[]) => digest("md5", ...pieces);
/** Of all pieces, one after the other. */
export const sha256 = (...pieces: Uint8Array[]) => digest("sha256", ...pieces);

function digest(algorithm: string, ...pieces: Uint8Array[]): Buffer {
  const hash = createHash(algorithm);
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

/** The entity tag of an object made of these parts. */
export function compositeEtag(...parts: Uint8Array[]): string {
  return `"${md5(...parts.map((part) => md5(part))).toString("hex")}-${parts.length}"`;
}

/** A part of that size, told from others of its size by its seed. */
export function bytes(size: number, seed: number): Uint8Array {
  return new Uint8Array(size).fill(seed);
}

/** Begins an upload, and resolves with its id. */
export async function begin(
  { client }: Service,
  input: Partial<CreateMultipartUploadCommandInput> = {},
): Promise<string> {
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: KEY, ...input }),
  );
  return UploadId ?? "";
}

/** What an UploadPart that went well is completed with. */
export type SentPart = CompletedPart & { readonly ETag: string; readonly PartNumber: number };

/** Sends a part. */
export async function send(
  { client }: Service,
  UploadId: string,
  PartNumber: number,
  Body: Uint8Array,
  Key = KEY,
): Promise<SentPart> {
  const { ETag = "" } = await client.send(
    new UploadPartCommand({ Bucket: BUCKET, Key, UploadId, PartNumber, Body }),
  );
  return { PartNumber, ETag };
}

/** Completes an upload with these parts. */
export function complete(
  { client }: Service,
  UploadId: string,
  Parts: CompletedPart[],
  more: Partial<CompleteMultipartUploadCommandInput> = {},
) {
  const input = { Bucket: BUCKET, Key: KEY, UploadId, MultipartUpload: { Parts }, ...more };
  return client.send(new CompleteMultipartUploadCommand(input));
}

/** The bytes of an object. */
export async function content({ client }: Service, key = KEY): Promise<Uint8Array> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
  return await Body?.transformToByteArray() ?? new Uint8Array();
}

/** For `assert.rejects()`. */
export const noSuchUpload = refusal("NoSuchUpload", 404);

/** Aborts an upload. */
export function abort({ client }: Service, UploadId: string) {
  return client.send(new AbortMultipartUploadCommand({ Bucket: BUCKET, Key: KEY, UploadId }));
}

/** In base64, of all pieces, one after the other. */
export function crc32Of(...pieces: Uint8Array[]): string {
  const value = pieces.reduce((crc, piece) => crc32(piece, crc), 0);
  const out = Buffer.alloc(4);
  out.writeUInt32BE(value);
  return out.toString("base64");
}
