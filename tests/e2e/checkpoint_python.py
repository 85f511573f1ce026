"""State checkpoints by way of Python's cryptography package.

checkpoint_python.py write KEY LOG INDEX DIRECTORY   signs what LOG has come to at INDEX
checkpoint_python.py verify PUBLIC_KEY LOG FILE      verifies FILE, and that it is of LOG

Prints the file's name, or "ok"; ends with a message and 1 where something does not agree.
"""
import base64
import hashlib
import json
import os
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization

SIGNED = ("version", "event_index", "event_hash", "state_hash", "created_at_logical", "pubkey_id")
DECIDED = (
    "actions_hash", "trigger_event_hash", "trigger_event_type", "trigger_spec_hash",
    "trigger_event_seq",
)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(*parts):
    return hashlib.sha256(b"".join(parts)).hexdigest()


def key_id(public):
    pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return digest(pem)[:16]


def read(path, mode="rb"):
    with open(path, mode) as file:
        return file.read()


def action_entry(action):
    parts = (action["action_type"], action["target"], canonical(action["params"]).decode())
    name = digest("|".join(parts).encode())
    kind = {"action_type": action["action_type"], "target": action["target"]}
    return name, {**kind, "fingerprint": name}


def take(universe, event):
    said, agent = event["payload"] or {}, event["aggregate_id"]
    if event["type"] == "AgentObserved":
        model = {name: said.get(name) for name in ("name", "namespace", "spec", "spec_hash")}
        universe["agents"][agent] = {**model, "labels": said.get("labels", {})}
        universe["last_seen_spec_hash"][agent] = said.get("spec_hash", "")
    elif event["type"] == "ActionsDecided":
        decided = {name: said.get(name) for name in DECIDED}
        actions = dict(map(action_entry, said["actions"]))
        universe["desired"][said["agent_id"]] = {**decided, "actions": actions}
    elif event["type"] == "ActionApplied" and said.get("action_id"):
        universe["applied"][said["action_id"]] = {
            "action_type": said.get("action_type"),
            "target": said.get("target"),
            "result_code": said.get("result_code", "OK"),
            "applied_seq": event["seq"],
        }
    elif event["type"] == "ActionFailed":
        error = said.get("error") or {}
        about = {f"error_{name}": error.get(name) for name in ("code", "type", "status", "reason")}
        code = said.get("result_code") or error.get("code")
        failed = {"action_id": said.get("action_id"), "result_code": code}
        universe["failures"].append({**failed, **about, "failed_seq": event["seq"]})


def replayed(path, index):
    """The record at INDEX, and the bytes of the state behind it; the chain is verified."""
    universe = {"agents": {}, "last_seen_spec_hash": {}, "desired": {}, "applied": {}, "failures": []}
    before = "0" * 64
    for number, line in enumerate(read(path).splitlines()[: index + 1]):
        record = json.loads(line)
        hashed = digest(before.encode(), canonical(record["event"]))
        if (record["prev_hash"], record["event_hash"]) != (before, hashed):
            sys.exit(f"the log does not verify at {number}")
        take(universe, record["event"])
        before = hashed
    state = {"version": index + 1, "aggregates": {"universe": universe}}
    return record, canonical(state)


def write(key_path, log, index, directory):
    key = serialization.load_pem_private_key(read(key_path), password=None)
    record, state = replayed(log, int(index))
    signed = dict(zip(SIGNED, (
        1, int(index), record["event_hash"], digest(state), record["event"]["ts"],
        key_id(key.public_key()),
    )))
    signature = base64.b64encode(key.sign(canonical(signed))).decode()
    encoded = base64.b64encode(state).decode()
    checkpoint = {**signed, "state_bytes": encoded, "signature": signature, "meta": {"by": "Pythön"}}
    name = f"cp_{index}_{record['event_hash'][:8]}.json"
    with open(os.path.join(directory, name), "w") as file:
        file.write(json.dumps(checkpoint, indent=2))
    print(name)


def verify(key_path, log, path):
    public = serialization.load_pem_public_key(read(key_path))
    checkpoint = json.loads(read(path, "r"))
    if checkpoint["pubkey_id"] != key_id(public):
        sys.exit("another key")
    try:
        signed = canonical({name: checkpoint[name] for name in SIGNED})
        public.verify(base64.b64decode(checkpoint["signature"]), signed)
    except InvalidSignature:
        sys.exit("no signature")
    state = base64.b64decode(checkpoint["state_bytes"])
    if digest(state) != checkpoint["state_hash"]:
        sys.exit("another state")
    record, expected = replayed(log, checkpoint["event_index"])
    if record["event_hash"] != checkpoint["event_hash"] or state != expected:
        sys.exit("another log")
    print("ok")


if __name__ == "__main__":
    {"write": write, "verify": verify}[sys.argv[1]](*sys.argv[2:])
