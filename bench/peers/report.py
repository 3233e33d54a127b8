"""Turns the counted outcomes into one Markdown table, and says below it how far they reach."""

import math


def clopper_pearson(k, n, level=0.95):
    """Exact two-sided interval for a share, by bisection on the tails (Clopper, Pearson 1934)."""

    def at_least(p):
        return sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))

    def solve(goes_up, target):
        low, high = 0.0, 1.0
        for _ in range(60):
            mid = (low + high) / 2
            low, high = (mid, high) if goes_up(mid) < target else (low, mid)
        return low

    tail = (1 - level) / 2
    lower = 0.0 if k == 0 else solve(at_least, tail)
    upper = (
        1.0
        if k == n
        else solve(
            lambda p: 1 - sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k + 1)),
            1 - tail,
        )
    )
    return lower, upper


def cell(counts):
    right, wrong, none = (counts.get(k, 0) for k in ("right", "wrong", "none"))
    return f"{right} / {'**' + str(wrong) + '**' if wrong else 0} / {none}"


def render(attacks, results, params, docs, readers):
    """`results`: tool -> {date, seconds, counts: {attack: {right, wrong, none}}, notes: [str]}."""
    tools = list(results)
    lines = [
        "# Side by side: whose copy was it?",
        "",
        "Cell: right copy named / **wrong copy named** / nobody named. In the splice either of the "
        "two copies is right; in the control no name can be right.",
        "",
        "| attack | " + " | ".join(tools) + " |",
        "|---" * (len(tools) + 1) + "|",
    ]
    lines += [
        f"| {a} | " + " | ".join(cell(results[t]["counts"].get(a, {})) for t in tools) + " |"
        for a in attacks
    ]
    words = sorted(d.words for d in docs)
    dates = sorted({r["date"] for r in results.values()})
    lines += [
        "",
        "## How it was measured",
        "",
        f"- `bench/peers/run`, {' and '.join(dates)}, seed {params['seed']}: {len(docs)} cables of "
        f"`../shared/corpus` ({words[0]} to {words[-1]} words, median {words[len(words) // 2]}; drawn "
        "by the seed, one a volume, folded to ASCII, one line a paragraph), "
        f"{readers} readers, {params['leakers']} leaks a cable and attack.",
        "- Dropped words, lower case and splices are made from the pasted copy, excerpts from the "
        "retyped text. OCR: 12 point Liberation Serif, A4, tesseract.",
        "- Snowdrop and canarytrap are handed the exact original of the leak, chosen by hand; "
        "StegCloak needs its password alone; Chancery is told nothing and searches its archive. Each "
        "leak is the first of its paper for it: a finding about a paper that was traced before may "
        "carry no bound, so every trace has a fresh copy of the archive.",
        "- Snowdrop and StegCloak draw their own randomness: a run again moves some cells by a leak "
        f"or two. A Snowdrop trace may take {params['cpu']} CPU seconds. The best score wins in "
        "`canarytrap` (a tie names nobody); in `canarytrap-exact` it must be 1.0.",
        "",
    ]
    for tool in tools:
        extra = "; ".join(results[tool]["notes"]) or "no failures"
        lines.append(f"- {tool} ({results[tool]['seconds']:.0f} s): {extra}.")
    pairs = sorted(
        {
            (c.get(k, 0), sum(c.values()))
            for r in results.values()
            for c in r["counts"].values()
            for k in ("right", "wrong")
            if sum(c.values())
        }
    )
    lines += [
        "",
        "## 95 % intervals (Clopper-Pearson)",
        "",
        "For a cell's right or wrong names; somewhat too narrow, since the leaks of one cable are "
        "not independent.",
        "",
    ]
    spans = [
        f"{k} of {n}: {100 * lo:.1f} to {100 * hi:.1f} %"
        for k, n in pairs
        for lo, hi in [clopper_pearson(k, n)]
    ]
    lines += [";\n".join("; ".join(spans[i : i + 4]) for i in range(0, len(spans), 4)) + ".", ""]
    return "\n".join(lines)
