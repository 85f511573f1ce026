"""Writes and verifies bundles of evidence with json and hashlib alone.

write:  reads lines of JSON {decision_id, evidence_data} and writes each as a bundle, in the layout that
        the arguments name: indent=2 or compact, and ascii or utf-8.
verify: reads files, one path a line, and prints for each its checksum, or what is wrong.
sum:    reads lines of JSON and prints the checksum of each.
"""

import hashlib
import json
import sys
from datetime import datetime


def checksum(evidence):
    return hashlib.sha256(json.dumps(evidence, sort_keys=True).encode()).hexdigest()


def write(directory, layout, characters):
    for line in sys.stdin:
        given = json.loads(line)
        bundle = {
            "decision_id": given["decision_id"],
            "evidence_type": "decision",
            "version": "1.0",
            "created_at": datetime.utcnow().isoformat(),
            "checksum": checksum(given["evidence_data"]),
            "metadata": {"source": "python"},
            "evidence_data": given["evidence_data"],
        }
        options = {"indent": 2} if layout == "indent=2" else {}
        text = json.dumps(bundle, ensure_ascii=characters == "ascii", **options)
        with open("%s/%s.json" % (directory, given["decision_id"]), "w", encoding="utf-8") as file:
            file.write(text)


def verify():
    for line in sys.stdin:
        with open(line.rstrip("\n"), encoding="utf-8") as file:
            bundle = json.load(file)
        found = checksum(bundle["evidence_data"])
        # What Python writes of what it has read means the same.
        again = checksum(json.loads(json.dumps(bundle))["evidence_data"])
        print(found if found == bundle["checksum"] == again else "wrong: %s" % found)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write(*sys.argv[2:])
    elif sys.argv[1] == "verify":
        verify()
    else:
        for line in sys.stdin:
            print(checksum(json.loads(line)))
