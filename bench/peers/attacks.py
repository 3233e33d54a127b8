"""The ten attacks on a marked copy, and the reading that OCR gives of a printed one.

An attack is a function of one copy (two for the splice), the untouched original and a seeded
random source, so that every tool meets the same excerpt, the same dropped words and the same coin
tosses. Nothing here knows any tool.
"""

import difflib
import hashlib
import pathlib
import re
import subprocess
import threading
import unicodedata

PAGE, MARGIN, SIZE, LEADING = (1240, 1754), 148, 25, 30  # A4 at 150 dots an inch, 12 point type
FONT = pathlib.Path("/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf")
PLAIN = str.maketrans(
    {
        "\u2018": "'",
        "\u2019": "'",
        "\u02bc": "'",
        "\u00b4": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u2044": "/",
        "\u00ad": "",
    }
)


def ascii_fold(text):
    """Printable ASCII and line ends: typography to its plain form, accents and unknowns dropped."""
    decomposed = unicodedata.normalize("NFKD", text.translate(PLAIN)).translate(PLAIN)
    return "".join(c for c in decomposed if c == "\n" or " " <= c <= "~")


def collapse(text):
    """One blank between words, one line a paragraph, no blank at either end of a line."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def exact(copy, original, rng):
    return copy


def nfkc(copy, original, rng):
    return unicodedata.normalize("NFKC", copy)


def fold(copy, original, rng):
    return collapse(ascii_fold(copy))


def retyped(copy, original, rng):
    """As a typist would: plain ASCII, and the usual blanks around punctuation."""
    text = re.sub(r"``|''", '"', fold(copy, original, rng))
    text = re.sub(r" +([,.;:!?)\]])", r"\1", re.sub(r"([(\[]) +", r"\1", text))
    return re.sub(r" *-- *", " - ", text)


def excerpt(words):
    def attack(copy, original, rng):
        """Consecutive words of the retyped text, from the same relative place for every tool."""
        text = retyped(copy, original, rng)
        spans = [m.span() for m in re.finditer(r"\S+", text)]
        first = int(rng.random() * max(1, len(spans) - words + 1))
        last = spans[min(first + words, len(spans)) - 1]
        return text[spans[first][0] : last[1]] + "\n"

    return attack


def bare(copy, original, rng):
    """Lower case; letters, digits and single blanks alone."""
    return collapse(re.sub(r"[^a-z0-9 \n]", "", ascii_fold(copy).lower()))


def dropped(copy, original, rng):
    """One word in twenty is cut out of the pasted copy, with the blank that follows it."""
    return re.sub(r"\S+[^\S\n]*", lambda m: "" if rng.random() < 0.05 else m.group(), copy)


def splice(first, second, original, rng):
    """Sentence by sentence from one copy or the other, cut only where both end the sentence."""
    a, b = (re.findall(r"\S+\s*", t) for t in (first, second))
    key_a, key_b = ([ascii_fold(w).strip().lower() for w in t] for t in (a, b))
    cuts = [(0, 0)]
    matcher = difflib.SequenceMatcher(None, key_a, key_b, autojunk=False)
    for block in matcher.get_matching_blocks():
        for k in range(block.size):
            i, j = block.a + k, block.b + k
            if re.search(r"[.?!:;][\"')\]]*$", key_a[i]) or "\n" in a[i] and "\n" in b[j]:
                cuts.append((i + 1, j + 1))
    cuts.append((len(a), len(b)))
    out = []
    for (i, j), (k, m) in zip(cuts, cuts[1:]):
        out += a[i:k] if rng.random() < 0.5 else b[j:m]
    return "".join(out)


class Ocr:
    """Prints a text in Liberation Serif, reads the pages with tesseract, and remembers each page
    set: copies that look alike on paper (invisible marks) are read once."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.locks, self.guard = {}, threading.Lock()

    def __call__(self, copy, original, rng):
        seen = "".join(
            c if c == "\n" or not c.isspace() else " "
            for c in copy
            if unicodedata.category(c) != "Cf"
        )
        name = hashlib.sha256(seen.encode()).hexdigest()[:24]
        with self.guard:
            lock = self.locks.setdefault(name, threading.Lock())
        with lock:
            kept = self.folder / f"{name}.txt"
            if not kept.exists():
                kept.write_text(self.read(seen, name), encoding="utf-8")
            return kept.read_text(encoding="utf-8")

    def read(self, text, name):
        found = []
        for n, page in enumerate(self.pages(text)):
            path = self.folder / f"{name}-{n}.png"
            page.save(path, dpi=(150, 150))
            run = subprocess.run(
                ["tesseract", path, "-", "-l", "eng", "--dpi", "150"],
                text=True,
                capture_output=True,
                check=True,
                env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/bin:/bin"},
            )
            found.append(run.stdout)
            path.unlink()
        paragraphs = re.split(r"\n\s*\n", "\n\n".join(found).replace("\f", "\n\n"))
        return "\n".join(" ".join(p.split("\n")).strip() for p in paragraphs if p.strip()) + "\n"

    @staticmethod
    def pages(text):
        from PIL import Image, ImageDraw, ImageFont

        font = ImageFont.truetype(str(FONT), SIZE)
        width = PAGE[0] - 2 * MARGIN
        lines = []
        for paragraph in text.splitlines():
            line = ""
            for token in re.findall(r"\s*\S+", paragraph):
                if line and font.getlength(line + token) > width:
                    lines.append(line)
                    token, line = token.lstrip(), ""
                line += token
            lines += [line, ""]
        per_page = (PAGE[1] - 2 * MARGIN) // LEADING
        for start in range(0, len(lines), per_page):
            page = Image.new("L", PAGE, 255)
            draw = ImageDraw.Draw(page)
            for n, line in enumerate(lines[start : start + per_page]):
                draw.text((MARGIN, MARGIN + n * LEADING), line, font=font, fill=0)
            yield page


SPLICE, CONTROL = "two copies spliced by sentence", "control: the unmarked original"


def ten(folder):
    """Name -> attack, in the order of the table. The splice takes two copies; see `splice`."""
    return {
        "exact paste": exact,
        "NFKC": nfkc,
        "white space collapsed, ASCII-folded": fold,
        "retyped in plain ASCII": retyped,
        "150 words of the retyped text": excerpt(150),
        "40 words of the retyped text": excerpt(40),
        "lower case, no punctuation": bare,
        "5 % of the words dropped": dropped,
        "printed, OCR at 150 dpi": Ocr(folder),
        SPLICE: splice,
    }
