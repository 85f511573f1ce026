"""Reads and verifies the first events of a log in S3, one GET after the other, and says how many
seconds that took: read_s3_log.py ENDPOINT BUCKET PREFIX COUNT"""
import hashlib
import json
import sys
import time

import boto3

endpoint, bucket, prefix, count = sys.argv[1:]
client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
begin = time.perf_counter()
prev_hash = "0" * 64
for seq in range(int(count)):
    body = client.get_object(Bucket=bucket, Key=f"{prefix}/{seq:010d}.json")["Body"].read()
    record = json.loads(body)
    event = record["event"]
    surface = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256((prev_hash + surface).encode()).hexdigest()
    if event["seq"] != seq or record["prev_hash"] != prev_hash or record["event_hash"] != digest:
        sys.exit(f"seq {seq} is wrong")
    prev_hash = digest
print(time.perf_counter() - begin)
