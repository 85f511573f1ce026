"""Verifies a log of events in JSON Lines with nothing but Python: verify_log.py PATH

Prints how many events it has and the hash of the last; ends with 1 at the first that is wrong.
"""
import hashlib
import json
import sys


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def surface(event):
    names = {"type", "aggregate_id", "seq", "ts", "payload"}
    if event.get("hash_version") == "v2":
        names |= {"hash_version"} | ({"meta"} if event.get("meta") else set())
    else:
        names |= {"meta"}
    return {name: event[name] for name in names}


prev_hash, count = "0" * 64, 0
with open(sys.argv[1], encoding="utf-8", newline="\n") as lines:
    for line in lines:
        record = json.loads(line)
        hashed = prev_hash + canonical(surface(record["event"]))
        event_hash = hashlib.sha256(hashed.encode()).hexdigest()
        expected = {"prev_hash": prev_hash, "event_hash": event_hash, "event": surface(record["event"])}
        if record["event"]["seq"] != count or line != canonical(expected) + "\n":
            sys.exit(f"seq {count} is wrong")
        prev_hash, count = event_hash, count + 1
print(count, prev_hash)
