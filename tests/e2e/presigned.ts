import { PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { s3Client, type S3Target } from "../harness/client.ts";

/** One URL per key with which anybody may PUT it for an hour; signing costs nothing later. */
export async function presignedPuts(
  target: S3Target,
  bucket: string,
  keys: readonly string[],
): Promise<string[]> {
  // A checksum that is computed when the URL is signed would be that of no bytes.
  const client = s3Client(target, { requestChecksumCalculation: "WHEN_REQUIRED" });
  try {
    return await Promise.all(
      keys.map((Key) =>
        getSignedUrl(client, new PutObjectCommand({ Bucket: bucket, Key }), { expiresIn: 3600 })
      ),
    );
  } finally {
    client.destroy();
  }
}
