"""Writes a log of pseudo-random events in JSON Lines: write_log.py PATH SEED COUNT v1|v2|mixed"""
import hashlib
import json
import math
import random
import struct
import sys

path, seed, count, versions = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
chance = random.Random(seed)

NUMBERS = [1e16, 1e-7, 1e-5, 1e15, -0.0, 0.0, 5e-324, 1.7976931348623157e308, 0.1 + 0.2, 2**70, -(2**63), 0]
TEXTS = ["", "\x00\x1f\x7f\x80\u2028", '"\\/', "ünï", "\U0001f600", "\ue000", "\uffff", "e\u0301", "__proto__"]


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def number():
    kind = chance.randrange(4)
    if kind == 0:
        return chance.choice(NUMBERS)
    if kind == 1:
        return chance.getrandbits(chance.randrange(1, 300)) * chance.choice([1, -1])
    if kind == 2:
        return chance.randrange(10**6) / 10 ** chance.randrange(12)
    value = struct.unpack("<d", chance.getrandbits(64).to_bytes(8, "little"))[0]
    return value if math.isfinite(value) else 1.5


def text():
    points = (chance.choice([chance.randrange(0xD800), chance.randrange(0xE000, 0x110000)]) for _ in range(4))
    return chance.choice(TEXTS) + "".join(map(chr, points))


def value(depth):
    kind = chance.randrange(7 if depth < 4 else 4)
    if kind < 2:
        return number()
    if kind == 2:
        return text()
    if kind == 3:
        return chance.choice([None, True, False])
    if kind == 4:
        return [value(depth + 1) for _ in range(chance.randrange(5))]
    return {text(): value(depth + 1) for _ in range(chance.randrange(6))}


prev_hash = "0" * 64
with open(path, "w", encoding="utf-8", newline="\n") as lines:
    for seq in range(count):
        event = {"type": text(), "aggregate_id": text(), "seq": seq, "payload": value(0)}
        event["ts"] = chance.choice([seq, -(2**80), 1767225600000])
        meta = chance.choice([{}, {text(): value(2)}])
        if versions == "v2" or (versions == "mixed" and chance.random() < 0.5):
            event |= {"hash_version": "v2"} | ({"meta": meta} if meta else {})
        else:
            event["meta"] = meta
        event_hash = hashlib.sha256((prev_hash + canonical(event)).encode()).hexdigest()
        record = {"prev_hash": prev_hash, "event_hash": event_hash, "event": event}
        lines.write(canonical(record) + "\n")
        prev_hash = event_hash
print(count, prev_hash)
