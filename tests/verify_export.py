#!/usr/bin/env python3
"""Checks an export of one organisation's log. Written from api-spec/log-format.md alone; standard library only.

    verify_export.py FILE [HEAD_POSITION HEAD_HASH]

Prints the head and exits 0, or names the first bad line and exits 1.
"""
import hashlib
import json
import sys

LINE_BYTES_MAX = 262_144
MEMBERS = ["actor", "events", "hash", "organisation", "position", "previous", "recorded_at"]


def check(line, position, previous, recorded_at, organisation):
    """The commit in the line; ValueError says what is wrong with it."""
    if len(line) > LINE_BYTES_MAX:
        raise ValueError("too long")
    commit = json.loads(line)
    if list(commit) != MEMBERS or not commit["events"]:
        raise ValueError("not the members of a commit, in their order")
    canonical = json.dumps(commit, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if canonical.encode() != line:
        raise ValueError("not canonical JSON")
    if commit["position"] != position:
        raise ValueError(f"position {commit['position']} where {position} comes next")
    if commit["previous"] != previous:
        raise ValueError("does not follow the commit before it")
    if commit["recorded_at"] < recorded_at:
        raise ValueError("recorded before the commit before it")
    if organisation not in (None, commit["organisation"]):
        raise ValueError("of another organisation")
    at = line.rindex(b'"hash":"')
    sha = hashlib.sha256(bytes.fromhex(previous))
    sha.update(line[:at] + line[at + 74 :])
    if sha.hexdigest() != commit["hash"]:
        raise ValueError("its hash does not belong to it")
    return commit


def main(path, *head):
    position, previous, recorded_at, organisation = 1, "0" * 64, "", None
    with open(path, "rb") as export:
        for number, line in enumerate(export, 1):
            try:
                if not line.endswith(b"\n"):
                    raise ValueError("cut off")
                commit = check(line[:-1], position, previous, recorded_at, organisation)
            except (ValueError, KeyError, TypeError) as wrong:
                print(f"line {number}: {wrong}", file=sys.stderr)
                return 1
            position += len(commit["events"])
            previous, recorded_at = commit["hash"], commit["recorded_at"]
            organisation = commit["organisation"]
    if head and head != (str(position - 1), previous):
        print(f"ends at position {position - 1}, hash {previous}: not the head named", file=sys.stderr)
        return 1
    print(f"{organisation} position {position - 1} hash {previous}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
