#!/usr/bin/env python3
"""Checks a statement of a closed month. Written from api-spec/log-format.md alone; standard library only.

    verify_statement.py FILE [PUBLIC_KEY_HEX]
    verify_statement.py --export FILE

The first checks one statement, and that the given key is one of those that lead to it. The second checks every
statement in an export: its signature, its place in the chain, and the commit it was counted up to. Prints what holds
and exits 0, or says what is wrong and exits 1.
"""
import hashlib
import json
import sys

# Ed25519 (RFC 8032, section 5.1): the curve, its base point, and what is needed to check a signature.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    """The x of a point on the curve, or None."""
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * ROOT % P
    if (x * x - x2) % P != 0:
        return None
    return P - x if x & 1 != sign else x


def add(a, b):
    """The sum of two points in extended coordinates."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    i, j, k, m = f - e, h - g, h + g, f + e
    return (i * j % P, k * m % P, j * k % P, i * m % P)


def times(number, point):
    """A multiple of a point."""
    total = (0, 1, 1, 0)
    while number > 0:
        if number & 1:
            total = add(total, point)
        point = add(point, point)
        number >>= 1
    return total


def point(data):
    """The point that 32 bytes spell, or None."""
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y, 1, recover_x(BASE_Y, 0) * BASE_Y % P)


def signed(public, message, signature):
    """Whether the holder of a key signed a message; key and signature in hex."""
    public, signature = bytes.fromhex(public), bytes.fromhex(signature)
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r = point(public), point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= L:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    h = int.from_bytes(digest, "little") % L
    left, right = times(s, BASE), add(r, times(h, key))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


def canonical(value):
    """Canonical JSON of what a statement holds: ASCII names, whole numbers, texts."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def without(value, *members):
    """An object without some of its members."""
    return {name: value[name] for name in value if name not in members}


def check(statement):
    """The keys that led to the one that signed, itself last; ValueError says what is wrong."""
    if statement["format"] != "meetellen-statement" or statement["version"] != 1:
        raise ValueError("of another form")
    key = statement["key"]
    if key["id"] != hashlib.sha256(bytes.fromhex(key["public"])).hexdigest()[:32]:
        raise ValueError("the key's id is another key's")
    before = None
    for one in key["introductions"]:
        said = canonical(without(one, "signature", "introducer_signature"))
        if one["format"] != "meetellen-statement-key" or one["version"] != 1:
            raise ValueError("an introduction of another form")
        if not signed(one["public"], said, one["signature"]):
            raise ValueError("an introduction that its own key did not sign")
        if one.get("introduced_by") != before:
            raise ValueError("an introduction by another key than the one before")
        if before and not signed(before, said, one["introducer_signature"]):
            raise ValueError("an introduction that the key before did not sign")
        before = one["public"]
    if before != key["public"]:
        raise ValueError("the introductions lead to another key")
    if not signed(key["public"], canonical(without(statement, "signature")), statement["signature"]):
        raise ValueError("changed since it was signed")
    return [one["public"] for one in key["introductions"]]


def check_file(path, wanted):
    """Checks a file, and that a key is one of those that lead to it."""
    with open(path, "rb") as file:
        text = file.read().rstrip(b"\r\n")
    statement = json.loads(text)
    if canonical(statement) != text:
        raise ValueError("not in the form it was given in")
    keys = check(statement)
    if wanted and wanted not in keys:
        raise ValueError("the given key does not vouch for the one that signed")
    print(statement["organisation"]["slug"], statement["period"]["first_day"][:7], statement["key"]["id"])


def check_export(path):
    """Checks every statement in a log whose own chain holds (verify_export.py)."""
    heads, previous, current, count = {}, "00" * 32, {}, 0
    with open(path, "rb") as file:
        for line in file:
            commit = json.loads(line)
            for event in commit["events"]:
                if event["type"] not in ("month_closed.v1", "month_restated.v1"):
                    continue
                statement = event["statement"]
                month, name = statement["period"]["first_day"], statement["id"]
                check(statement)
                if statement["previous"] != previous:
                    raise ValueError(f"{name} does not follow the statement before it")
                if statement["organisation"]["id"] != commit["organisation"]:
                    raise ValueError(f"{name} is another organisation's")
                if heads.get(statement["as_of"]["position"]) != statement["as_of"]["hash"]:
                    raise ValueError(f"{name} was made of another log")
                restates = statement.get("restates")
                if (restates and (restates["statement"], restates["hash"])) != current.get(month):
                    raise ValueError(f"{name} stands in the place of another than it says")
                previous = hashlib.sha256(canonical(statement)).hexdigest()
                current[month] = (name, previous)
                count += 1
            heads[commit["position"] + len(commit["events"]) - 1] = commit["hash"]
    print(count, previous)


def main(arguments):
    """As the page above says."""
    if len(arguments) == 2 and arguments[0] == "--export":
        check_export(arguments[1])
    elif len(arguments) in (1, 2):
        check_file(arguments[0], arguments[1] if len(arguments) == 2 else None)
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except (ValueError, KeyError, TypeError, OSError) as error:
        sys.exit(f"verify_statement.py: {error!r}")
