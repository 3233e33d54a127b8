"""The record: signed checkpoints, receipts and trust policies, in the formats of C2SP."""

import base64
import hashlib
import re

import ed25519


class Refused(Exception):
    """A pack that does not hold, and why."""


def sha256(data):
    return hashlib.sha256(data).digest()


def unbase64(text):
    """Canonical base64 only."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, UnicodeEncodeError) as error:
        raise Refused(f"not base64: {error}") from None
    if base64.b64encode(data).decode() != text:
        raise Refused("base64 in another spelling")
    return data


def decimal(text):
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text):
        raise Refused(f"not a number: {text[:20]!r}")
    return int(text)


class Key:
    """A verifier key: name+id+base64(type || public key)."""

    def __init__(self, text, kind):
        parts = text.split("+", 2)
        if len(parts) != 3:
            raise Refused("not a verifier key")
        self.text, self.name = text, parts[0]
        material = unbase64(parts[2])
        if len(material) != 33 or material[0] != kind:
            raise Refused("a key of another kind")
        self.public = material[1:]
        self.id = sha256(self.name.encode() + b"\n" + material)[:4]
        point = ed25519.decode(self.public)
        if parts[1] != self.id.hex() or point is None or ed25519.small(point):
            raise Refused("not a verifier key")


class Policy:
    """C2SP tlog-policy."""

    def __init__(self, text):
        self.logs, self.parties, self.quorum = {}, {}, None
        seen, grouped = False, set()
        for line in text.splitlines():
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            if words[0] == "log" and len(words) in (2, 3):
                key = Key(words[1], 1)
                if key.name in self.logs:
                    raise Refused("policy: a log is named twice")
                self.logs[key.name] = key
            elif words[0] == "witness" and len(words) in (3, 4):
                self.add(words[1], Key(words[2], 4))
            elif words[0] == "group" and len(words) >= 4:
                members = words[3:]
                needed = {"any": 1, "all": len(members)}.get(words[2])
                needed = decimal(words[2]) if needed is None else needed
                unknown = any(member not in self.parties or member in grouped for member in members)
                grouped.update(members)
                if not 1 <= needed <= len(members) or unknown or len(set(members)) != len(members):
                    raise Refused("policy: a group does not fit its members")
                self.add(words[1], (needed, members))
            elif words[0] == "quorum" and len(words) == 2 and not seen:
                seen = True
                if words[1] != "none":
                    if words[1] not in self.parties:
                        raise Refused("policy: the quorum is not named")
                    self.quorum = words[1]
            else:
                raise Refused(f"policy: {line[:60]!r}")
        if not self.logs or not seen:
            raise Refused("policy: no log or no quorum")

    def add(self, name, party):
        if name == "none" or name in self.parties:
            raise Refused("policy: a name is taken")
        self.parties[name] = party

    def witnesses(self):
        return [party for party in self.parties.values() if isinstance(party, Key)]

    def reached(self, signed):
        """When the last of the witnesses signed, if enough did; `signed` has times by name and public key."""
        def has(name):
            party = self.parties[name]
            if isinstance(party, Key):
                return (party.name, party.public) in signed
            needed, members = party
            return sum(map(has, members)) >= needed
        return max(signed.values()) if self.quorum is not None and has(self.quorum) else None


class Checkpoint:
    """A signed checkpoint whose log has signed; `signed` has the times of known witnesses."""

    def __init__(self, text, log, witnesses):
        body, cut, rest = text.rpartition("\n\n")
        body += "\n"
        lines = body.split("\n")
        if not cut or len(lines) != 4 or lines[3] or not rest.endswith("\n"):
            raise Refused("not a checkpoint")
        if lines[0] != log.name:
            raise Refused("a checkpoint of another log")
        self.text, self.size, self.root = text, decimal(lines[1]), unbase64(lines[2])
        if len(self.root) != 32:
            raise Refused("not a root")
        self.signed, by_log = {}, False
        for line in rest[:-1].split("\n"):
            match = re.fullmatch("\u2014 ([^ +]+) ([A-Za-z0-9+/=]+)", line)
            if not match:
                raise Refused("not a signature line")
            data = unbase64(match[2])
            for key in [log, *witnesses]:
                if match[1] != key.name or data[:4] != key.id:
                    continue
                message, signature, time = body.encode(), data[4:], None
                if key is not log:
                    time, signature = int.from_bytes(data[4:12], "big"), data[12:]
                    message = f"cosignature/v1\ntime {time}\n".encode() + message
                if not ed25519.verify(key.public, message, signature):
                    raise Refused(f"the signature of {key.name} is false")
                if key is log:
                    by_log = True
                else:
                    self.signed.setdefault((key.name, key.public), time)
        if not by_log:
            raise Refused("the log has not signed")


def included(leaf, index, size, path, root):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        return False
    node, last, value = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            value = sha256(b"\x01" + sibling + value)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            value = sha256(b"\x01" + value + sibling)
        node >>= 1
        last >>= 1
    return last == 0 and value == root


class Receipt:
    """A tlog-proof with the salt of one entry, verified."""

    def __init__(self, text, body, log, witnesses):
        lines = text.split("\n")
        if len(lines) < 4 or lines[0] != "c2sp.org/tlog-proof@v1":
            raise Refused("not a receipt")
        if not lines[1].startswith("extra ") or not lines[2].startswith("index "):
            raise Refused("a receipt without salt or index")
        salt = unbase64(lines[1][6:])
        self.index = decimal(lines[2][6:])
        at = 3
        path = []
        while at < len(lines) and lines[at]:
            path.append(unbase64(lines[at]))
            at += 1
        if len(salt) != 32 or len(path) > 63 or any(len(node) != 32 for node in path):
            raise Refused("a receipt of another form")
        self.checkpoint = Checkpoint("\n".join(lines[at + 1:]), log, witnesses)
        entry = sha256(salt + body)
        leaf = sha256(b"\x00" + entry)
        if not included(leaf, self.index, self.checkpoint.size, path, self.checkpoint.root):
            raise Refused("an entry does not stand in the record")
