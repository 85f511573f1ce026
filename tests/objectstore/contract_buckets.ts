import assert from "node:assert/strict";
import { bytes, fault } from "./bytes.ts";
import type { Case } from "./contract.ts";
import { beginUpload } from "./stores.ts";

/** The bucket itself. */
export const bucketCases: readonly Case[] = [
  ["a bucket that is there can be reached, and is told of", async ({ running, store }) => {
    await store.connect();
    assert.deepEqual(await store.healthCheck(), { healthy: true });
    assert.equal(await store.bucketExists(), true);
    assert.equal(await store.createBucketIfNotExists(), false);
    const { name, region, createdAt } = await store.getBucketInfo();
    assert.deepEqual([name, region, store.bucket], [running.bucket, "us-east-1", running.bucket]);
    assert.ok(createdAt instanceof Date);
  }],
  ["a bucket that is not there is told as such, and is no good health", async ({ running }) => {
    await using store = running.open({ bucket: `absent-${crypto.randomUUID()}` });
    await assert.rejects(store.connect(), fault("NotFound"));
    assert.equal(await store.bucketExists(), false);
    const health = await store.healthCheck();
    assert.ok(!health.healthy && health.error.includes(store.bucket));
    await assert.rejects(store.getBucketInfo(), fault("NotFound"));
    await assert.rejects(store.putObject("x", bytes("x")), fault("NotFound", "NoSuchBucket"));
    await assert.rejects(store.deleteBucket(), fault("NotFound", "NoSuchBucket"));
    await assert.rejects(store.getStats(), fault("NotFound", "NoSuchBucket"));
  }],
  ["a bucket is made once, and deleted with what is in it only by force", async ({ running }) => {
    const bucket = `made-${crypto.randomUUID()}`;
    await using store = running.open({ bucket });
    assert.equal(await store.createBucketIfNotExists(), true);
    assert.equal(await store.createBucketIfNotExists(), false);
    await store.putObject("a", bytes("x"));
    await store.putObject("b/c", bytes("x"));
    await assert.rejects(store.deleteBucket(), fault("Refused", "BucketNotEmpty"));
    await beginUpload({ ...running, bucket }, "under way");
    await store.deleteBucket({ force: true });
    assert.equal(await store.bucketExists(), false);
  }],
  ["a store is given up twice without harm", async ({ running }) => {
    const store = running.open();
    await store.disconnect();
    await store.disconnect();
  }],
];
