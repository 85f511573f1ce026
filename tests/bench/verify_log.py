"""Verifies a log as a plain loop would, and says how many seconds that took: verify_log.py PATH"""
import hashlib
import json
import sys
import time

begin = time.perf_counter()
prev_hash = "0" * 64
with open(sys.argv[1], encoding="utf-8") as lines:
    for seq, line in enumerate(lines):
        record = json.loads(line)
        event = record["event"]
        surface = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        digest = hashlib.sha256((prev_hash + surface).encode()).hexdigest()
        if event["seq"] != seq or record["prev_hash"] != prev_hash or record["event_hash"] != digest:
            sys.exit(f"seq {seq} is wrong")
        prev_hash = digest
print(time.perf_counter() - begin)
