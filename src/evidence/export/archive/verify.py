"""Verifies an export of evidence, with Python's standard library alone.

usage: python3 verify.py [NAME+ID+KEY]

The argument is the key of the log that you trust. Run it where the archive was unpacked. Ends with 0
when all is well, and with 2 after the first thing that is wrong. The signature of the checkpoint is for
openssl to verify: see VERIFY.md.
"""

import base64
import hashlib
import json
import os
import re
import sys
from datetime import datetime, timezone


class Fault(Exception):
    """Something is wrong."""


def demand(holds, what):
    if not holds:
        raise Fault(what)


def sha256(data):
    return hashlib.sha256(data).digest()


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        raise Fault("%s is missing" % path)


def hash_file(path):
    """SHA-256 in hex, and size, of a file of any size."""
    digest, size = hashlib.sha256(), 0
    try:
        with open(path, "rb") as file:
            for chunk in iter(lambda: file.read(1 << 20), b""):
                digest.update(chunk)
                size += len(chunk)
    except FileNotFoundError:
        raise Fault("%s is missing" % path)
    return digest.hexdigest(), size


def read_checkpoint(trusted):
    """The log's name, size and root; the key that the signature names is the one of the archive."""
    key_lines = read("log/public-key").decode().split("\n")
    demand(trusted in (None, key_lines[0]), "the key is %s, which is not trusted" % key_lines[0])
    name, key_id, key = key_lines[0].split("+", 2)
    public_key = base64.b64decode(key)
    expected = sha256(name.encode() + b"\n" + public_key)[:4]
    demand(key_id == expected.hex(), "the id of the key is not its own")
    pem = base64.b64decode("".join(line for line in key_lines[1:] if "-----" not in line))
    demand(pem[-32:] == public_key[1:], "the key in PEM is another than the one in the first line")
    note = read("log/checkpoint").decode()
    text, _, signatures = note.partition("\n\n")
    last = signatures.rstrip("\n").split("\n")[-1].split(" ")
    demand(last[1] == name, "the checkpoint is signed by %s" % last[1])
    demand(base64.b64decode(last[2])[:4] == expected, "the checkpoint is signed by another key")
    origin, size, root = text.split("\n")[:3]
    demand(origin == name, "the checkpoint is of the log %s" % origin)
    return note, origin, int(size), base64.b64decode(root)


def root_of(index, size, leaf, hashes):
    """The root that a leaf and the hashes beside its way lead to. RFC 9162, section 2.1.3.2."""
    demand(index < size, "event %d is not in a log of %d" % (index, size))
    node, last, root = index, size - 1, sha256(b"\x00" + leaf)
    for beside in hashes:
        demand(last > 0, "the proof of event %d is too long" % index)
        if node % 2 == 1 or node == last:
            root = sha256(b"\x01" + beside + root)
            while node % 2 == 0 and node != 0:
                node, last = node // 2, last // 2
        else:
            root = sha256(b"\x01" + root + beside)
        node, last = node // 2, last // 2
    demand(last == 0, "the proof of event %d is too short" % index)
    return root


RECORD = re.compile(
    rb'\{"event":(\{.*\}),"event_hash":"([0-9a-f]{64})","prev_hash":"([0-9a-f]{64})"\}', re.S
)


def read_event(line, checkpoint):
    """An event whose hash is right and which is in the log, with both of its hashes."""
    note, _, size, root = checkpoint
    match = RECORD.fullmatch(line)
    demand(match, "log/events.jsonl has a line that is no record")
    text, event_hash, prev_hash = match.groups()
    event = json.loads(text)
    seq = event["seq"]
    demand(
        hashlib.sha256(prev_hash + text).hexdigest() == event_hash.decode(),
        "event %d has been changed" % seq,
    )
    written = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    demand(written.encode() == text, "event %d is not written as the log writes it" % seq)
    proof = read("log/proofs/%d.tlog-proof" % seq).decode()
    head, _, proven_note = proof.partition("\n\n")
    lines = head.split("\n")
    demand(lines[0] == "c2sp.org/tlog-proof@v1", "the proof of event %d is none" % seq)
    demand(lines[1] == "index %d" % seq, "the proof of event %d is about another one" % seq)
    demand(proven_note == note, "the proof of event %d is of another checkpoint" % seq)
    hashes = [base64.b64decode(each) for each in lines[2:]]
    demand(root_of(seq, size, line, hashes) == root, "event %d is not in the log" % seq)
    return event, event_hash, prev_hash


def instant(text):
    """A time, in UTC where it names no zone."""
    text = re.sub(r"[zZ]$", "+00:00", text)
    text = re.sub(r"\.(\d+)", lambda match: "." + match.group(1)[:6].ljust(6, "0"), text)
    time = datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)


LINK = ("version", "key", "checksum")


def link_of(bundle):
    """What a correction says of the version before it."""
    return (bundle.get("metadata") or {}).get("previous")


def verify_checksum(key, bundle):
    text = json.dumps(bundle["evidence_data"], sort_keys=True)
    checksum = hashlib.sha256(text.encode()).hexdigest()
    demand(bundle["checksum"] == checksum, "%s: the checksum of its evidence is %s" % (key, checksum))


def verify_bundle(stored):
    """That a bundle says what its event says, and has the checksum of its evidence."""
    key = stored["key"]
    bundle = json.loads(read(key))
    verify_checksum(key, bundle)
    for member in ("checksum", "decision_id", "evidence_type", "version"):
        demand(bundle[member] == stored[member], "%s: its event says another %s" % (key, member))
    created, told = instant(bundle["created_at"]), instant(stored["created_at"])
    # The log may have cut a time to milliseconds.
    demand(abs((created - told).total_seconds()) < 0.001, "%s: its event says another time" % key)
    previous = link_of(bundle)
    demand(previous == stored.get("previous"), "%s: its event says another link" % key)
    correction = "@" + stored["version"] if previous else ""
    place = "evidence/%s/%s/%s%s.json" % (
        stored["evidence_type"],
        created.strftime("%Y/%m") if created.year > 999 else "%04d/%02d" % created.timetuple()[:2],
        stored["decision_id"],
        correction,
    )
    demand(key == place, "%s ought to be at %s" % (key, place))


def read_older():
    """Keys of what is older than the log, and what the last of these bundles say by their decisions."""
    if not os.path.exists("log/not-in-the-log"):
        return [], {}
    keys, last = read("log/not-in-the-log").decode().split("\n")[:-1], {}
    for key in keys:
        read(key)
        if key.startswith("evidence/"):
            bundle = json.loads(read(key))
            verify_checksum(key, bundle)
            before = last.get(bundle["decision_id"])
            if not before or link_of(bundle) == {name: before[name] for name in LINK}:
                last[bundle["decision_id"]] = dict(bundle, key=key)
    return keys, last


def follow(events, last):
    """What events say that is there: bundles and attachments by their keys; how many were deleted."""
    bundles, attachments, deleted = {}, {}, 0
    for event in events:
        kind, payload, decision = event["type"], event["payload"], event["aggregate_id"]
        what = "event %d" % event["seq"]
        if kind in ("EvidenceStored", "AttachmentStored", "EvidenceDeleted"):
            demand(payload["decision_id"] == decision, "%s is about two decisions" % what)
        if kind == "EvidenceStored":
            before = last.get(decision)
            link = before and {name: before[name] for name in LINK}
            demand(payload.get("previous") == link, "%s does not correct what was before" % what)
            demand(payload["key"] not in bundles, "%s stores what was stored before" % what)
            last[decision] = bundles[payload["key"]] = payload
        if kind == "AttachmentStored":
            demand(payload["key"] not in attachments, "%s stores what was stored before" % what)
            attachments[payload["key"]] = payload
        if kind == "EvidenceDeleted":
            there = bundles if payload["key"] in bundles else attachments
            stored = there.get(payload["key"])
            # What was stored before there was a log may be deleted as well.
            if stored:
                demand(stored["sha256"] == payload["sha256"], "%s deletes something else" % what)
                there[payload["key"]] = None
            deleted += 1
    kept = [{key: one for key, one in each.items() if one} for each in (bundles, attachments)]
    return kept[0], kept[1], deleted


def verify(trusted):
    checkpoint = read_checkpoint(trusted)
    events, behind = [], (-1, b"0" * 64)
    for line in read("log/events.jsonl").split(b"\n")[:-1]:
        event, event_hash, prev_hash = read_event(line, checkpoint)
        seq = event["seq"]
        demand(seq > behind[0], "event %d is not where the log has it" % seq)
        demand(seq > behind[0] + 1 or prev_hash == behind[1], "event %d follows another" % seq)
        events.append(event)
        behind = (seq, event_hash)
    older, last = read_older()
    demand(events or older, "there is no event, so nothing is proven")
    bundles, attachments, deleted = follow(events, last)
    for key in older:
        demand(key not in bundles and key not in attachments, "%s is in the log after all" % key)
    for key, stored in list(bundles.items()) + list(attachments.items()):
        found, size = hash_file(key)
        demand(size == stored["size"], "%s has %d bytes, not %d" % (key, size, stored["size"]))
        demand(found == stored["sha256"], "%s has the SHA-256 %s, not %s" % (key, found, stored["sha256"]))
    for stored in bundles.values():
        verify_bundle(stored)
    expected = {"VERIFY.md", "verify.py", "SHA256SUMS", "log/public-key", "log/checkpoint"}
    expected |= {"log/events.jsonl"} | set(bundles) | set(attachments)
    if older:
        expected |= {"log/not-in-the-log"} | set(older)
    expected |= {"log/proofs/%d.tlog-proof" % event["seq"] for event in events}
    for directory, _, names in os.walk("."):
        for name in names:
            path = os.path.join(directory, name)[2:].replace(os.sep, "/")
            demand(path in expected, "%s is there, and no event says so" % path)
    print(
        "verified: %d events about %d decisions, %d bundles, %d attachments, %d deletions; log %s of %d events"
        % (
            len(events),
            len({event["aggregate_id"] for event in events}),
            len(bundles),
            len(attachments),
            deleted,
            checkpoint[1],
            checkpoint[2],
        )
    )
    if older:
        print("NOT PROVEN: %d files are older than the log, which says nothing of them" % len(older))


def main():
    try:
        verify(sys.argv[1] if len(sys.argv) > 1 else None)
    except Fault as fault:
        print("WRONG: %s" % fault)
        return 2
    except (KeyError, ValueError, IndexError, TypeError, AttributeError, RecursionError) as error:
        print("WRONG: something is not what an archive has: %s: %s" % (type(error).__name__, error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
