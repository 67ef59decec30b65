#!/usr/bin/env python3
"""Checks an export of one organisation's log. Written from api-spec/log-format.md alone; standard library only.

    verify_export.py FILE [HEAD_POSITION HEAD_HASH]

Prints the head and exits 0, or names the first bad line and exits 1.
"""
import datetime
import hashlib
import json
import re
import sys

LINE_BYTES_MAX = 262_144
NUMBER_MAX = 2**53 - 1
MEMBERS = ["actor", "events", "hash", "organisation", "position", "previous", "recorded_at"]
HASH = re.compile(r"[0-9a-f]{64}")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NAME = re.compile(r".+\.v[1-9][0-9]*")


def members(pairs):
    """An object whose members stand in the order of RFC 8785, each once."""
    names = [name.encode("utf-16-be") for name, _ in pairs]
    if any(one >= other for one, other in zip(names, names[1:])):
        raise ValueError("not canonical JSON: members out of order, or twice")
    return dict(pairs)


def whole(digits):
    """A whole number that every language can hold."""
    if abs(int(digits)) > NUMBER_MAX:
        raise ValueError(f"not a number under 2^53: {digits}")
    return int(digits)


def not_whole(digits):
    """The log has whole numbers only."""
    raise ValueError(f"not a whole number: {digits}")


def read(line):
    """What a line says; ValueError where it is not canonical JSON."""
    said = json.loads(
        line.decode(),
        object_pairs_hook=members,
        parse_int=whole,
        parse_float=not_whole,
        parse_constant=not_whole,
    )
    if json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode() != line:
        raise ValueError("not canonical JSON")
    return said


def instant(text):
    """A time in UTC with milliseconds, as text: such texts sort as their times do."""
    datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    if len(text) != len("2026-11-02T20:11:05.123Z"):
        raise ValueError(f"not a time with milliseconds: {text}")
    return text


def check(line, position, previous, recorded_at, organisation):
    """The commit in the line; ValueError says what is wrong with it."""
    if len(line) > LINE_BYTES_MAX:
        raise ValueError("too long")
    commit = read(line)
    if type(commit) is not dict or list(commit) != MEMBERS or type(commit["actor"]) is not dict:
        raise ValueError("not the members of a commit")
    if not UUID.fullmatch(commit["organisation"]) or not HASH.fullmatch(commit["hash"]):
        raise ValueError("an id or a hash of another form")
    if type(commit["events"]) is not list or not commit["events"]:
        raise ValueError("no events")
    if not all(NAME.fullmatch(event["type"]) for event in commit["events"]):
        raise ValueError("an event without a name and a version")
    if type(commit["position"]) is not int or commit["position"] != position:
        raise ValueError(f"position {commit['position']} where {position} comes next")
    if commit["previous"] != previous:
        raise ValueError("does not follow the commit before it")
    if instant(commit["recorded_at"]) < recorded_at:
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
    """Checks a file, and that it ends at a head known from elsewhere."""
    position, previous, recorded_at, organisation = 1, "0" * 64, "", None
    with open(path, "rb") as export:
        # A line that never ends is not read to its end.
        lines = iter(lambda: export.readline(LINE_BYTES_MAX + 2), b"")
        for number, line in enumerate(lines, 1):
            try:
                if not line.endswith(b"\n"):
                    raise ValueError("cut off, or too long")
                commit = check(line[:-1], position, previous, recorded_at, organisation)
            except (ValueError, KeyError, TypeError, RecursionError) as wrong:
                print(f"line {number}: {wrong}", file=sys.stderr)
                return 1
            position += len(commit["events"])
            previous, recorded_at = commit["hash"], commit["recorded_at"]
            organisation = commit["organisation"]
    if organisation is None:
        print("no commit in it", file=sys.stderr)
        return 1
    if head and head != (str(position - 1), previous):
        print(f"ends at position {position - 1}, hash {previous}: not the head named", file=sys.stderr)
        return 1
    print(f"{organisation} position {position - 1} hash {previous}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
