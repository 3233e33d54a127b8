"""One adapter a tool, all with the same three methods:

    prepare(docs)        mark every paper for every reader
    mark(doc, reader)    that reader's copy; raises Refused if the tool would not mark the paper
    trace(doc, leak)     the set of readers named; empty when the tool names nobody

`doc` in `trace` is the paper the leak comes from. Snowdrop and canarytrap need to be told it;
StegCloak and Chancery do not look at it. `self.faults` counts runs that ended in an error.
"""

import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import threading

CPU_SECONDS = 6  # for one Snowdrop trace; its search for lost synchronisation can run for minutes


class Refused(Exception):
    """The tool would not mark this paper."""


class Tool:
    def __init__(self, work, readers, seed):
        self.work, self.readers, self.seed = work, readers, seed
        self.faults = collections.Counter()
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)

    def close(self):
        pass


class Snowdrop(Tool):
    """sd-eng or sd-engf with its default 32-bit mark. Files are read and written as Latin-1, which
    is what Snowdrop writes; what a leak holds beyond Latin-1 is left out."""

    def __init__(self, work, readers, seed, program):
        super().__init__(work, readers, seed)
        self.program = program

    def run(self, folder, *args):
        return subprocess.run(
            ["prlimit", f"--cpu={CPU_SECONDS}", self.program, *args],
            cwd=folder,
            env={"HOME": str(folder), "PATH": os.environ["PATH"]},
            capture_output=True,
            stdin=subprocess.DEVNULL,
        )

    def prepare(self, docs):
        for doc in docs:
            folder = self.work / doc.name
            folder.mkdir()
            (folder / "original.txt").write_text(doc.text, encoding="latin-1")
            for reader in self.readers:
                done = self.run(folder, "-i", "original.txt", f"{reader}.txt", reader)
                if done.returncode:
                    (folder / "refused").write_bytes(done.stderr)
                    break

    def mark(self, doc, reader):
        folder = self.work / doc.name
        if (folder / "refused").exists():
            raise Refused(
                (folder / "refused").read_text(encoding="latin-1").strip().split("\n")[-1]
            )
        return (folder / f"{reader}.txt").read_text(encoding="latin-1")

    def trace(self, doc, leak):
        folder = self.work / doc.name
        name = f"leak-{threading.get_ident()}.txt"
        (folder / name).write_text(leak, encoding="latin-1", errors="ignore")
        done = self.run(folder, "-e", "original.txt", name)
        if done.returncode not in (0, 1):
            self.faults[
                f"ended by signal {-done.returncode}"
                if done.returncode < 0
                else f"exit code {done.returncode}"
            ] += 1
        said = (done.stdout + done.stderr).decode("latin-1")
        return (
            {
                line.split(":")[1].strip()
                for line in said.splitlines()
                if line.strip().startswith("Recipient ")
            }
            if "matches entry" in said
            else set()
        )


class Canarytrap(Tool):
    """The package gives a score per issued bit string. `exact` names whoever scores 1.0, as its
    README says an unmodified text should; otherwise the best score wins, the only rule that can
    name anybody once a text was edited. A tie names nobody."""

    def __init__(self, work, readers, seed, exact):
        super().__init__(work, readers, seed)
        self.exact, self.copies, self.bits = exact, {}, {}

    def prepare(self, docs):
        from canarytrap.text import unicode_space_encode

        random.seed(self.seed)  # the package draws from the module's own generator
        for doc in docs:
            for reader in self.readers:
                self.copies[doc.name, reader], self.bits[doc.name, reader] = unicode_space_encode(
                    doc.text
                )

    def mark(self, doc, reader):
        return self.copies[doc.name, reader]

    def trace(self, doc, leak):
        from canarytrap.text import unicode_space_match

        try:
            scores = {r: unicode_space_match(leak, self.bits[doc.name, r]) for r in self.readers}
        except ZeroDivisionError:
            self.faults["division by zero"] += 1
            return set()
        best = max(scores.values())
        named = {r for r, s in scores.items() if s == best}
        return named if len(named) == 1 and (not self.exact or best == 1.0) else set()


class StegCloak(Tool):
    """The reader's name, encrypted and with an HMAC, hidden in the copy. The password is all that
    tracing needs."""

    def __init__(self, work, readers, seed, here, modules):
        super().__init__(work, readers, seed)
        self.copies, self.lock = {}, threading.Lock()
        self.node = subprocess.Popen(
            ["node", here / "stegcloak.cjs"],
            text=True,
            encoding="utf-8",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PATH": os.environ["PATH"], "NODE_PATH": str(modules)},
        )

    def ask(self, **job):
        with self.lock:
            self.node.stdin.write(json.dumps(job) + "\n")
            self.node.stdin.flush()
            answer = self.node.stdout.readline()
        if not answer:
            raise SystemExit("the StegCloak process ended; its error is above")
        return json.loads(answer)

    def prepare(self, docs):
        for doc in docs:
            for reader in self.readers:
                answer = self.ask(op="hide", message=reader, cover=doc.text)
                self.copies[doc.name, reader] = answer.get("text")

    def mark(self, doc, reader):
        if self.copies[doc.name, reader] is None:
            raise Refused("hide failed")
        return self.copies[doc.name, reader]

    def trace(self, doc, leak):
        found = self.ask(op="reveal", text=leak).get("text")
        return {found} if found in self.readers else set()

    def close(self):
        self.node.stdin.close()
        try:
            self.node.wait(10)
        except subprocess.TimeoutExpired:
            self.node.kill()


class Chancery(Tool):
    """An exercise archive of all papers. Every trace goes over the whole archive; whether it found
    the paper by itself is counted in `found_paper`. `alpha` is the bound a name must keep.

    Once a finding has shown whose copy it was, later leaks of that paper carry no bound. So each
    leak is traced as the first of its paper: in a copy of the archive as it stood when all copies
    were out, thrown away afterwards. A finding that has no bound all the same ends the run."""

    def __init__(self, work, readers, seed, binary, alpha):
        super().__init__(work, readers, seed)
        self.binary, self.alpha, self.lock = binary, alpha, threading.Lock()
        self.papers, self.found_paper, self.inquiries = {}, 0, 0

    def run(self, *args, archive="archive"):
        return subprocess.run(
            [str(self.binary), "--archive", str(self.work / archive), *map(str, args)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
        )

    def must(self, *args):
        done = self.run(*args)
        if done.returncode:
            raise SystemExit(
                f"chancery {' '.join(map(str, args))} ended with exit code "
                f"{done.returncode}:\n{done.stderr.strip()[-2000:]}"
            )
        return done.stdout

    def prepare(self, docs):
        self.must("init", self.work / "archive")
        source = self.work / "cables.jsonl"
        source.write_text("".join(json.dumps(d.record) + "\n" for d in docs), encoding="utf-8")
        self.must("import", "cables", source, "--exercise", len(self.readers))
        ids = {p["source_id"]: p["paper"] for p in json.loads(self.must("paper", "list", "--json"))}
        for doc in docs:
            if doc.id not in ids:
                raise SystemExit(f"chancery paper list --json has no paper with source_id {doc.id}")
            self.papers[doc.name] = ids[doc.id]
            self.must(
                "copy",
                "export",
                ids[doc.id],
                "--all",
                "--format",
                "txt",
                "-o",
                self.work / "copies" / doc.name,
            )

    def mark(self, doc, reader):
        copy = (self.work / "copies" / doc.name / f"{reader}.txt").read_text(encoding="utf-8")
        return body_of(copy, doc)

    def trace(self, doc, leak):
        name = f"fresh-{threading.get_ident()}"
        fresh, path = self.work / name, self.work / f"{name}.txt"
        shutil.copytree(self.work / "archive", fresh)
        path.write_text(leak, encoding="utf-8")
        done = self.run("trace", path, "--alpha", self.alpha, "--json", archive=name)
        shutil.rmtree(fresh)
        if done.returncode:
            with self.lock:
                self.inquiries += 1
                self.faults[f"exit code {done.returncode}: {done.stderr.strip()[:120]}"] += 1
            return set()
        finding = json.loads(done.stdout)
        if finding["spent"] or finding["looks"]["before"]:
            raise SystemExit(f"{doc.id}: a paper was looked into before, so its finding has no bound")
        paper = self.papers[doc.name]
        with self.lock:
            self.inquiries += 1
            self.found_paper += any(p.get("paper") == paper for p in finding.get("papers", []))
        if finding["verdict"] != "identified":
            return set()
        return {n["reader"] for n in finding["named"] if n["reader"]}


def body_of(copy, doc):
    """The lines of an exported copy from the paper's first paragraph to its last: the peers mark
    the body alone, so headings are not leaked either. The whole copy if they cannot be told."""

    def near(line, words):
        present = set(line.lower().split())
        return sum(w in present for w in words) >= max(1, len(words) * 6 // 10)

    lines = copy.splitlines(keepends=True)
    first, last = doc.paragraphs[0].lower().split()[:10], doc.paragraphs[-1].lower().split()[-10:]
    starts = [i for i, line in enumerate(lines) if near(line, first)]
    ends = [i for i, line in enumerate(lines) if near(line, last)]
    return (
        "".join(lines[starts[0] : ends[-1] + 1])
        if starts and ends and starts[0] <= ends[-1]
        else copy
    )


def make(name, work, readers, seed, here, binary):
    """The adapter for one of the names in `NAMES`."""
    folder = work / "tools" / name
    if name.startswith("snowdrop"):
        return Snowdrop(folder, readers, seed, name.replace("snowdrop", "sd"))
    if name.startswith("canarytrap"):
        return Canarytrap(folder, readers, seed, exact=name.endswith("exact"))
    if name == "stegcloak":
        return StegCloak(folder, readers, seed, here, work / "node_modules")
    return Chancery(
        folder, readers, seed, pathlib.Path(binary), "1e-3" if name.endswith("1e-3") else "1e-6"
    )


NAMES = [
    "chancery",
    "chancery-1e-3",
    "snowdrop-eng",
    "snowdrop-engf",
    "canarytrap",
    "canarytrap-exact",
    "stegcloak",
]
