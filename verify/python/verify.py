#!/usr/bin/env python3
"""Recomputes the finding of a contest pack, off line, with nothing but Python's standard library.

    python3 verify.py PACK [--trust POLICY] [--decoys]

A second program written from docs/contest-pack.md, so that nobody has to trust the first. It checks every
signature and proof, derives the row from the opened key, and computes weights and bound again. It does not read
the leak again: that evidence follows from leak and text is checked by `chancery finding verify`; here it is bound
to the record by its hash. Decoys, an illustration, are scored only with --decoys (slow).
Exit code 0 when the pack holds, 1 when it does not.
"""

import argparse
import json
import struct
import sys

import score
from record import Key, Policy, Receipt, Checkpoint, Refused, included, sha256, unbase64

# The version of rows, weights, tails, rounds and shares that is written down here.
DECODER = 1
CLOSE = 1e-6
LIMIT = 128 << 20
FORM = {
    "pack": ["schema", "inquiry", "redacted", "log", "entries", "leaks", "papers", "accused", "decoys"],
    "entries": ["opened", "approved", "frozen", "result"],
    "entered": ["body", "receipt"],
    "leak": ["file", "bytes"],
    "paper": ["release", "master", "laws", "page", "readings"],
    "reading": ["leak", "extraction", "layout"],
    "page": ["leak", "picture", "evidence"],
    "accused": ["copies"],
    "copy": ["number", "key", "path"],
    "decoys": ["count", "checkpoint"],
}


def check(condition, why):
    if not condition:
        raise Refused(why)


def is_count(value, most=2**63):
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < most


def parse(data):
    """The pack, in its one canonical spelling."""
    check(len(data) <= LIMIT, "the pack is too long")

    def once(pairs):
        check(len({name for name, _ in pairs}) == len(pairs), "a member stands twice")
        return dict(pairs)

    try:
        text = data.decode("utf-8")
        pack = json.loads(text, object_pairs_hook=once)
        again = json.dumps(pack, separators=(",", ":"), ensure_ascii=False) + "\n"
    except (ValueError, RecursionError) as error:
        raise Refused(f"not a pack: {error}") from None
    check(again == text, "not in the canonical spelling")

    def form(value, kind):
        check(isinstance(value, dict) and list(value) == FORM[kind], f"not a {kind}")

    form(pack, "pack")
    check(pack["schema"] == "chancery/contest-pack/v1", "another schema")
    check(isinstance(pack["redacted"], bool), "redacted")
    form(pack["entries"], "entries")
    for kind, items in (("leak", "leaks"), ("paper", "papers"), ("accused", "accused")):
        check(isinstance(pack[items], list) and 1 <= len(pack[items]) <= 64, items)
        for item in pack[items]:
            if kind == "paper" and item.get("pages"):
                # Papers that no picture shows do not have this member.
                check(list(item) == [*FORM[kind], "pages"], f"not a {kind}")
            else:
                form(item, kind)
    for entered in [*pack["entries"].values(), *(paper["release"] for paper in pack["papers"])]:
        form(entered, "entered")
    for hidden in [leak["bytes"] for leak in pack["leaks"]] + [paper["master"] for paper in pack["papers"]]:
        check((hidden is None) == pack["redacted"], "neither whole nor redacted")
    for paper in pack["papers"]:
        for read in paper["readings"]:
            form(read, "reading")
        for page in paper.get("pages", []):
            form(page, "page")
            check(is_count(page["picture"], 2**32), "a picture's number")
    for accused in pack["accused"]:
        for copy in accused["copies"]:
            if copy is not None:
                form(copy, "copy")
                check(is_count(copy["number"], 2**32), "a copy's number")
    form(pack["decoys"], "decoys")
    check(is_count(pack["decoys"]["count"], 2**32), "the count of decoys")
    return pack


def digits(value):
    """Like 1.234e-7."""
    mantissa, exponent = f"{value:.3e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def upward(p):
    return digits(min(p * 1.0005, 1.0))


class Record:
    """The entries of a pack, each proved."""

    def __init__(self, pack, policy):
        self.policy = policy
        self.key = Key(pack["log"], 1)
        self.witnesses = []
        if policy:
            trusted = policy.logs.get(self.key.name)
            check(trusted is not None and trusted.text == self.key.text, "the policy does not name this log's key")
            self.witnesses = policy.witnesses()

    def entry(self, entered, kind):
        receipt = Receipt(entered["receipt"], entered["body"].encode(), self.key, self.witnesses)
        body = json.loads(entered["body"])
        check(body["kind"] == kind, f"an entry is not {kind}")
        checkpoint = receipt.checkpoint
        time = self.policy.reached(checkpoint.signed) if self.policy else None
        return {"fields": body["fields"], "index": receipt.index, "size": checkpoint.size,
                "text": checkpoint.text, "witnessed": time}


def decoder(fields):
    """The decoder that an entry names; entries of earlier editions name none, and theirs is the first."""
    version = fields.get("decoder_version", 1)
    check(is_count(version, 2**32) and version == DECODER, f"version {version} of the decoder is not known here")
    return version


def commitment(parts):
    data = b"chancery/release-commitment/v1" + len(parts).to_bytes(8, "little")
    for label in sorted(parts):
        for piece in (label.encode(), parts[label]):
            data += len(piece).to_bytes(8, "little") + piece
    return sha256(data).hex()


def paper_of(pack, paper, release, frozen, leaks):
    name = frozen["paper"]
    check(release["paper"] == name, f"{name}: another paper's release")
    check(release["master_sha256"] == frozen["master_sha256"], f"{name}: another text was compared")
    laws_json = paper["laws"].encode()
    check(release["laws_sha256"] == sha256(laws_json).hex(), f"{name}: other laws")
    version = decoder(release)
    if paper["master"] is not None:
        master = unbase64(paper["master"])
        check(sha256(master).hex() == release["master_sha256"], f"{name}: another text")
        parts = {"master": master, "laws": laws_json, "copies-root": bytes.fromhex(release["copies_root"]),
                 "copies-leaves": release["copies_leaves"].to_bytes(4, "big"),
                 "text-version": release["text_version"].to_bytes(4, "big"), "alpha": release["alpha"].encode()}
        if "decoder_version" in release:
            parts["decoder-version"] = version.to_bytes(4, "big")
        if paper["page"] is not None:
            parts["page"] = paper["page"].encode()
        check(commitment(parts) == release["commitment"], f"{name}: the release committed to something else")
    laws = {}
    for site, law in json.loads(paper["laws"]):
        good = site not in laws and 2 <= len(law) <= 24 and sum(law) == 256 and min(law) > 0
        check(good, f"{name}: an impossible law")
        laws[site] = law
    laws = dict(sorted(laws.items()))
    expected = [(at, read) for at, leak in enumerate(leaks) for read in leak["readings"] if read["paper"] == name]
    check(len(expected) == len(paper["readings"]), f"{name}: not all readings are here")
    read = []
    for (leak, frozen_reading), given in zip(expected, paper["readings"]):
        data = unbase64(given["extraction"])
        same = given["leak"] == leak and sha256(data).hex() == frozen_reading["extraction_sha256"]
        check(same, f"{name}: another extraction was frozen")
        sites = score.extraction(data)
        if given["layout"] is None:
            check(frozen_reading.get("layout_sha256") is None, f"{name}: places of words are missing")
        else:
            data = unbase64(given["layout"])
            check(sha256(data).hex() == frozen_reading.get("layout_sha256"), f"{name}: other places of words")
            places = score.layout(data)
            check(not set(places) & set(sites), f"{name}: a place was read twice")
            sites = dict(sorted({**sites, **places}.items()))
        read.append(sites)
    expected = [(at, page) for at, leak in enumerate(leaks) for page in leak.get("pages", []) if page["paper"] == name]
    check(len(expected) == len(paper.get("pages", [])), f"{name}: not all pictures are here")
    for (leak, page), given in zip(expected, paper.get("pages", [])):
        data = unbase64(given["evidence"])
        same = given["leak"] == leak and given["picture"] == page["picture"]
        check(same and sha256(data).hex() == page["evidence_sha256"], f"{name}: a picture said something else")
        read.append(score.picture(data))
    evidence = score.merge(read)
    data = score.canonical(evidence)
    check(sha256(data).hex() == frozen["evidence_sha256"], f"{name}: other evidence was frozen")
    return score.Paper(laws, evidence), data


def key_of(copy, release):
    key, path = unbase64(copy["key"]), [unbase64(node) for node in copy["path"]]
    leaf = sha256(b"\x00" + sha256(b"chancery/copy-key-hash/v1" + key))
    root = bytes.fromhex(release["copies_root"])
    good = len(key) == 32 and all(len(node) == 32 for node in path)
    good = good and included(leaf, copy["number"], release["copies_leaves"], path, root)
    check(good, f"the key of copy {copy['number']} is not under the released root")
    return key


def chain(pack, record):
    """Authority, the time of the witnesses, and the entries in order."""
    kinds = [(name, record.entry(pack["entries"][name], f"inquiry.{name}")) for name in FORM["entries"]]
    entries = dict(kinds)
    releases = [record.entry(paper["release"], "paper.released") for paper in pack["papers"]]
    for entry in entries.values():
        check(entry["fields"]["inquiry"] == pack["inquiry"], "an entry of another inquiry")
        check(entry["text"] == entries["result"]["text"], "entries in different trees")
    officers = [entries[name]["fields"]["officer"] for name in ("opened", "approved")]
    check(officers[0] != officers[1], "one officer opened and approved")
    order = [entry["index"] for _, entry in kinds]
    check(order == sorted(set(order)), "the order of acts")
    check(all(r["index"] < order[0] for r in releases), "a paper was released after the leak")
    if record.policy and record.policy.quorum is not None:
        check(entries["result"]["witnessed"] is not None, "the inquiry is not witnessed")
        for release in releases:
            check(release["witnessed"] is not None, "a release is not witnessed")
            check(release["size"] <= order[0], "the marks were not witnessed before the leak was received")
        return "witnessed", max(release["witnessed"] for release in releases), entries, releases
    if record.policy:
        check(all(r["text"] == entries["result"]["text"] for r in releases), "releases in another tree")
    return "log" if record.policy else "consistent", None, entries, releases


def model(member):
    coalition, attack = member
    if coalition == 1:
        return "lone reader"
    return f"{'interleaving' if attack == 'interleave' else attack} of {coalition}"


def verify(data, policy, with_decoys):
    pack = parse(data)
    record = Record(pack, policy)
    authority, witnessed_at, entries, releases = chain(pack, record)
    opened, frozen, result = (entries[name]["fields"] for name in ("opened", "frozen", "result"))
    check(len(opened["leaks"]) == len(frozen["leaks"]) == len(pack["leaks"]), "the number of leaks")
    for leak, first, fixed in zip(pack["leaks"], opened["leaks"], frozen["leaks"]):
        check(leak["file"] == first["file"] and first["sha256"] == fixed["sha256"], "another leak was entered")
        if leak["bytes"] is not None:
            check(sha256(unbase64(leak["bytes"])).hex() == first["sha256"], "another leak was entered")
    check(len(frozen["papers"]) == len(pack["papers"]), "the number of papers")
    papers, evidence = [], []
    for paper, release, fixed in zip(pack["papers"], releases, frozen["papers"]):
        scored, canonical = paper_of(pack, paper, release["fields"], fixed, frozen["leaks"])
        papers.append(scored)
        evidence.append(canonical)
    holders, names = [], []
    for accused in pack["accused"]:
        check(len(accused["copies"]) == len(papers), "copies by paper")
        pairs = list(zip(accused["copies"], releases))
        holders.append([None if copy is None else key_of(copy, release["fields"]) for copy, release in pairs])
        names.append([None if copy is None else f"{fixed['paper']}/{copy['number']:04}"
                      for copy, fixed in zip(accused["copies"], frozen["papers"])])
    decoder(frozen)
    check(frozen["split"] == score.split(), "the shares of alpha are not the standard ones")
    alpha, readers, before = frozen["alpha"], frozen["readers"], frozen["spent_before"]
    check(0.0 < alpha <= 0.5 and readers >= len(holders), "no usable level, or more copies than readers")
    check(not frozen["spent"] or frozen["exercise"], "the papers were spent before")
    seed = Checkpoint(pack["decoys"]["checkpoint"], record.key, record.witnesses)
    plan = (pack["decoys"]["count"], sha256(seed.text.encode()), evidence) if with_decoys else None
    persons, best = score.run(alpha, readers, papers, frozen["routes"], holders, plan)

    check(result["verdict"] == "identified", "nobody was identified")
    check(len(result["named"]) == len(persons) and all(p["named"] for p in persons), "others are named")
    close = lambda a, b: abs(a - b) <= CLOSE * abs(b)
    worst = 0.0
    for person, stated, own in zip(persons, result["named"], names):
        p = min(person["best"]["p_adjusted"] + before, 1.0)
        worst = max(worst, person["best"]["p_adjusted"] + before)
        check(stated["copies"] == own, "other copies are named")
        same = close(stated["p_adjusted"], p) and close(stated["log2_e"], person["e"])
        check(same and stated["round"] == person["best"]["round"], "a bound is another one")
    stated = result["decoys"]
    check(stated["count"] == pack["decoys"]["count"], "the count of decoys")
    if with_decoys:
        check((best is None) == (stated["best_log2"] is None), "the decoys score otherwise")
        check(best is None or close(stated["best_log2"], best), "the decoys score otherwise")
    best = stated["best_log2"] if not with_decoys else best
    named = [{
        "copies": [copy for copy in own if copy is not None],
        "p_adjusted": upward(person["best"]["p_adjusted"] + before),
        "p": upward(person["best"]["p"]),
        "score": person["best"]["score"],
        "model": model(person["best"]["member"]),
        "round": person["best"]["round"],
        "route": "pooled" if person["best"]["route"] == "pooled" else frozen["papers"][person["best"]["route"]]["paper"],
        "log2_e": f"{person['e']:.1f}",
    } for person, own in zip(persons, names)]
    return {
        "schema": "chancery/verified-finding/v1",
        "pack_sha256": sha256(data).hex(),
        "authority": authority,
        "log": record.key.name,
        "witnessed_at": witnessed_at,
        "extracted_again": False,
        "page_engine": next((read["page_engine"] for leak in frozen["leaks"] for read in leak["readings"]
                             if read.get("page_engine")), None),
        "finding": {
            "inquiry": pack["inquiry"],
            "exercise": frozen["exercise"],
            "readers": readers,
            "alpha": digits(alpha),
            "spent_before": digits(before),
            "attempt": frozen["attempt"],
            "summed_alpha": digits(frozen["summed_alpha"]),
            "exports": len(frozen["exports"]),
            "papers": [{"paper": fixed["paper"], "offered": len(paper.laws), "read": len(paper.read)}
                       for paper, fixed in zip(papers, frozen["papers"])],
            "named": named,
            "decoys": {"count": stated["count"], "best_log2": None if best is None else f"{best:.1f}",
                       "seeded_after": seed.size > entries["frozen"]["index"]},
            "statement": "Had these marks been drawn afresh, independently of the text, the chance that any of "
                         f"{readers} such copies agreed this well is at most {upward(worst)}, under the conditions "
                         "listed. It says nothing about who held them.",
        },
    }


def main():
    parser = argparse.ArgumentParser(description="Recomputes the finding of a contest pack.")
    parser.add_argument("pack")
    parser.add_argument("--trust", metavar="POLICY", help="a trust policy (C2SP tlog-policy)")
    parser.add_argument("--decoys", action="store_true", help="score the invented readers, too (slow)")
    arguments = parser.parse_args()
    try:
        with open(arguments.pack, "rb") as file:
            data = file.read(LIMIT + 1)
        policy = None
        if arguments.trust:
            with open(arguments.trust, encoding="utf-8") as file:
                policy = Policy(file.read())
        report = verify(data, policy, arguments.decoys)
    except (Refused, OSError) as error:
        sys.exit(f"the pack does not hold: {error}")
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError, OverflowError, struct.error) as error:
        sys.exit(f"the pack does not hold: it has not the form of one ({error!r})")
    print(json.dumps(report, separators=(",", ":"), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
