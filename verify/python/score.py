"""Evidence, rows, weights and exact tails, written from EVIDENCE.md and docs/contest-pack.md."""

import math
import struct
from collections import Counter

import blake3
from record import Refused

UNITS, CLIP, MASS = 64, 512, 256
CHARACTER_SITES, PAGE_SITES, LINE_SITES = 2**20, 2**21, 2**22
EPSILON = 2.0**-52
ROUNDOFF = EPSILON / 2
LEAST_TAIL = 1e-280
NOISE_FLOOR = 0.02
COALITIONS = [(c, attack) for c in (3, 5, 8) for attack in ("interleave", "majority", "minority")]
FIRST = [((1, "interleave"), 640), ((2, "interleave"), 90)] + [(m, 30) for m in COALITIONS]
LATER = [((2, "interleave"), 280)] + [(m, 80) for m in COALITIONS]
ROUNDS = [800, 150, 50]


def split():
    """The shares of alpha as the record states them."""
    def bank(members):
        return [[{"coalition": c, "attack": a}, share] for (c, a), share in members]
    return {"first": bank(FIRST), "later": bank(LATER), "rounds": ROUNDS}


# --- Evidence -----------------------------------------------------------------------------------------

def extraction(data):
    """Log-likelihoods by site, from the canonical form of an extraction."""
    header = b"chancery/extraction/v1\n"
    if not data.startswith(header):
        raise Refused("not an extraction")
    at = len(header)

    def take(form):
        nonlocal at
        size = struct.calcsize("<" + form)
        if at + size > len(data):
            raise Refused("an extraction ends early")
        values = struct.unpack_from("<" + form, data, at)
        at += size
        return values

    def spans():
        (count,) = take("I")
        take(f"{2 * count}Q")

    _version, count = take("II")
    sites = {}
    for _ in range(count):
        site, readings = take("II")
        log2 = take(f"{readings}h")
        take("BI")
        spans()
        if site in sites or not 2 <= readings <= 24 or any(abs(v) > CLIP for v in log2):
            raise Refused("an extraction has an impossible site")
        sites[site] = log2
    take("5I")
    spans()
    take("4I")
    if at != len(data):
        raise Refused("an extraction goes on")
    return dict(sorted(sites.items()))


def layout(data):
    """Log-likelihoods of the places of words on pages, from the canonical form of evidence."""
    return evidence(data, ((PAGE_SITES, LINE_SITES),))


def picture(data):
    """Log-likelihoods of what a picture said: wording, and the places of words on pages."""
    return evidence(data, ((0, CHARACTER_SITES), (PAGE_SITES, LINE_SITES)))


def evidence(data, ranges):
    header = b"chancery/evidence/v1\n"
    sites = {}
    at = len(header) + 4
    if not data.startswith(header) or len(data) < at:
        raise Refused("no places of words")
    (count,) = struct.unpack_from("<I", data, at - 4)
    for _ in range(count):
        site, readings = struct.unpack_from("<IB", data, at)
        log2 = struct.unpack_from(f"<{readings}h", data, at + 5)
        at += 5 + 2 * readings
        known = any(low <= site < high for low, high in ranges) and site > max(sites, default=-1)
        if not known or not 2 <= readings <= 24 or any(abs(v) > CLIP for v in log2):
            raise Refused("an impossible place of a word")
        sites[site] = log2
    if at != len(data):
        raise Refused("places of words go on")
    return sites


def merge(leaks):
    """Several leaks of one paper: sums by site, the best moved to 0, then clipped."""
    sums = {}
    for leak in leaks:
        for site, log2 in leak.items():
            old = sums.setdefault(site, [0] * len(log2))
            if len(old) != len(log2):
                raise Refused("leaks contradict each other")
            sums[site] = [a + b for a, b in zip(old, log2)]
    best = {site: max(values) for site, values in sums.items()}
    return {s: [max(v - best[s], -CLIP) for v in sums[s]] for s in sorted(sums)}


def canonical(evidence):
    out = b"chancery/evidence/v1\n" + struct.pack("<I", len(evidence))
    for site, log2 in evidence.items():
        out += struct.pack(f"<IB{len(log2)}h", site, len(log2), *log2)
    return out


# --- Rows ---------------------------------------------------------------------------------------------

def reading(law, byte):
    for value, share in enumerate(law[:-1]):
        if byte < share:
            return value
        byte -= share
    return len(law) - 1


def row_bytes(key, sites):
    stream = blake3.keyed(key, b"chancery/row/v1")
    blocks = {}
    out = []
    for site in sites:
        number = site // 64
        if number not in blocks:
            blocks[number] = stream.read_block(number)
        out.append(blocks[number][site % 64])
    return out


# --- Weights ------------------------------------------------------------------------------------------

def fillings(q, places):
    n = 1
    for i in range(1, places + 1):
        n = n * (q - 1 + i) // i
    return n


def channel(member, law, known):
    """P(leak has r | candidate has v), a row for each v."""
    coalition, attack = member
    q = len(law)
    p = [share / MASS for share in law]
    accused = sum(known)
    size = max(coalition, accused + 1)
    unknown = size - 1 - accused
    if attack == "interleave" or fillings(q, unknown) > 2000:
        return [[(float(known[r] + (r == v)) + unknown * p[r]) / size for r in range(q)] for v in range(q)]
    matrix = [[0.0] * q for _ in range(q)]
    counts = list(known)

    def visit(probability):
        for v in range(q):
            counts[v] += 1
            present = [count for count in counts if count > 0]
            chosen = max(present) if attack == "majority" else min(present)
            ties = counts.count(chosen)
            for r in range(q):
                if counts[r] == chosen:
                    matrix[v][r] += probability / ties
            counts[v] -= 1

    def fill(first, places, probability):
        if first + 1 == q:
            counts[first] += places
            for _ in range(places):
                probability = probability * p[first]
            visit(probability)
            counts[first] -= places
            return
        weight = probability
        for taken in range(places + 1):
            counts[first] += taken
            fill(first + 1, places - taken, weight)
            counts[first] -= taken
            weight = weight * (p[first] * float(places - taken) / float(taken + 1))

    fill(0, unknown, 1.0)
    return matrix


def weights(matrix, law, log2):
    q = len(law)
    best = max(log2)
    raw = [2.0 ** ((value - best) / UNITS) for value in log2]
    total = sum(raw)
    stated = 1.0 - 1.0 / total
    mixed = (NOISE_FLOOR - stated) / (1.0 / total - 1.0 / q) if stated < NOISE_FLOOR else 0.0
    likely = [(1.0 - mixed) * value / total + mixed / q for value in raw]
    explained = [sum(a * b for a, b in zip(line, likely)) for line in matrix]
    mean = sum(share / MASS * x for share, x in zip(law, explained))
    return [math.floor(UNITS * math.log2(x / mean)) for x in explained]


# --- Laws and tails -----------------------------------------------------------------------------------

def score_law(sites):
    """Classes of like sites: sorted points (weight, share), and how many there are."""
    classes = Counter()
    for values, law in sites:
        points = {}
        for value, share in zip(values, law):
            points[value] = points.get(value, 0) + share
        classes[tuple(sorted(points.items()))] += 1
    return classes


def cumulant(law, tilt):
    total = 0.0
    for points, count in law:
        top = float(points[-1][0])
        mean = sum(share * math.exp(tilt * (weight - top)) for weight, share in points)
        total += count * (math.log(mean / MASS) + tilt * top)
    return total


def chernoff(law, score):
    """An upper bound of P(S >= score)."""
    tilt, best = math.log(2) / (32.0 * UNITS), 0.0
    for _ in range(22):
        k = cumulant(law, tilt)
        best = min(best, k + 1e-9 * (1.0 + abs(k)) - tilt * score)
        tilt *= 1.25
    return min(max(math.exp(best), LEAST_TAIL), 1.0)


def tail(law, score):
    """P(S >= score), by convolution with positive terms only; partial sums that cannot reach it are left out."""
    remaining = sum(count * points[-1][0] for points, count in law)
    if score > remaining:
        return 0.0
    start, cells, pruned, roundings = 0, [1.0], 0.0, 8.0
    for points, count in law:
        low, top = points[0][0], points[-1][0]
        shares = [(weight, share / MASS) for weight, share in points]
        for _ in range(count):
            remaining -= top
            end = start + len(cells) + top
            begin = min(max(start + low, score - remaining), end - 1)
            new = [0.0] * (end - begin)
            for weight, p in shares:
                shifted = start + weight
                skip, place = max(begin - shifted, 0), max(shifted - begin, 0)
                for at, cell in enumerate(cells[skip:], place):
                    if at < len(new):
                        new[at] += p * cell
            first, last = 0, len(new) - 1
            while first < last and new[first] < 1e-290:
                first += 1
            while last > first and new[last] < 1e-290:
                last -= 1
            pruned += (first + len(new) - 1 - last) * 1e-290
            start, cells = begin + first, new[first:last + 1]
            roundings += len(points) + 1.0
    total, lost = 0.0, 0.0
    for at in range(len(cells) - 1, max(score - start, 0) - 1, -1):
        term = cells[at] - lost
        following = total + term
        lost = (following - total) - term
        total = following
    return min(total * (1.0 + 1.01 * roundings * ROUNDOFF) + pruned + LEAST_TAIL, 1.0)


def round_down(log2, terms):
    return log2 - (terms + 8.0 + abs(log2)) * 4.0 * EPSILON


def upper_log2_mean(law):
    total = 0.0
    for points, count in law:
        mean = sum(share * 2.0 ** (weight / UNITS) for weight, share in points)
        total += count * math.log2(mean / MASS)
    return -round_down(-total, float(sum(count for _, count in law)))


def mixture(parts):
    top = max((log2 for weight, log2 in parts if weight > 0), default=-math.inf)
    if top == -math.inf:
        return top
    total = sum(weight * 2.0 ** (log2 - top) for weight, log2 in parts if weight > 0)
    return round_down(top + math.log2(total), 1.0)


# --- The inquiry --------------------------------------------------------------------------------------

class Paper:
    """One paper: laws by site, evidence without erasures."""

    def __init__(self, laws, evidence):
        self.laws = laws
        for site, log2 in evidence.items():
            if site not in laws or len(laws[site]) != len(log2):
                raise Refused("the evidence speaks of sites that the paper does not have")
        self.read = {s: v for s, v in evidence.items() if any(x != v[0] for x in v)}
        self.sites = [site for site in laws if site in self.read]


class Round:
    """Weights and laws of one round."""

    def __init__(self, number, papers, known):
        self.number, self.papers = number, papers
        self.bank = FIRST if number == 1 else LATER
        self.tables, self.laws = [], []
        for paper, rows in zip(papers, known):
            table, channels, cache = [], {}, {}
            for site in paper.sites:
                law, log2 = paper.laws[site], tuple(paper.read[site])
                counts = [0] * len(law)
                for row in rows:
                    counts[row[site]] += 1
                kind = (tuple(law), tuple(counts))
                if kind not in channels:
                    channels[kind] = [channel(m, law, counts) for m, _ in self.bank]
                if (kind, log2) not in cache:
                    cache[kind, log2] = [weights(c, law, log2) for c in channels[kind]]
                table.append(cache[kind, log2])
            self.tables.append(table)
            lanes = range(len(self.bank))
            each = [paper.laws[site] for site in paper.sites]
            self.laws.append([score_law(zip((cell[lane] for cell in table), each)) for lane in lanes])
        self.means = [[upper_log2_mean(sorted(law.items())) for law in laws] for laws in self.laws]

    def score_bytes(self, paper, row):
        laws, sites = self.papers[paper].laws, self.papers[paper].sites
        sums = [0] * len(self.bank)
        for site, byte, cell in zip(sites, row, self.tables[paper]):
            value = reading(laws[site], byte)
            for lane, column in enumerate(cell):
                sums[lane] += column[value]
        return sums

    def e_value(self, scores, held):
        parts = []
        for lane, (_, share) in enumerate(self.bank):
            score = sum(scores[p][lane] for p in held)
            mean = sum(self.means[p][lane] for p in held)
            parts.append((share / 1000, score / UNITS - mean))
        return mixture(parts)

    def bound(self, scores, held, readers, route, share):
        cheap = []
        for lane, (_, part) in enumerate(self.bank):
            joined = Counter()
            for p in held:
                joined.update(self.laws[p][lane])
            law = sorted(joined.items())
            score = sum(scores[p][lane] for p in held)
            factor = readers / (part / 1000 * (ROUNDS[self.number - 1] / 1000) * share)
            cheap.append((law, score, factor, chernoff(law, score)))
        worth = min(32.0, min(p * factor for _, _, factor, p in cheap) * 1024.0)
        best = None
        for lane, (law, score, factor, p) in enumerate(cheap):
            if p * factor <= worth:
                p = min(p, tail(law, score))
            adjusted = min(p * factor, 1.0)
            if best is None or adjusted < best["p_adjusted"]:
                best = {"p": p, "p_adjusted": adjusted, "member": self.bank[lane][0], "score": score,
                        "round": self.number, "route": route}
        return best


def routes(kind, papers):
    if papers == 1:
        return [(0, 1.0)]
    single = (0.5 if kind == "pooled" else 1.0) / papers
    return [(p, single) for p in range(papers)] + ([("pooled", 0.5)] if kind == "pooled" else [])


def run(alpha, readers, papers, kind, holders, decoys):
    """Scores the holders round by round. Persons with their bounds, and the decoys' best log2 e-value."""
    ways = routes(kind, len(papers))
    rows = [[None if key is None else row_bytes(key, papers[p].sites) for p, key in enumerate(h)] for h in holders]

    def scores(round_, person):
        return [[0] * len(round_.bank) if row is None else round_.score_bytes(p, row)
                for p, row in enumerate(rows[person])]

    def held(person, route=None):
        own = [p for p, row in enumerate(rows[person]) if row is not None]
        return [p for p in own if route in (None, "pooled", p)]

    first = Round(1, papers, [[] for _ in papers])
    persons = []
    for person in range(len(holders)):
        lanes = scores(first, person)
        e_value = mixture([(share, first.e_value(lanes, held(person, way)) if held(person, way) else 0.0)
                           for way, share in ways])
        by_paper = [first.e_value(lanes, [p]) if row is not None else None for p, row in enumerate(rows[person])]
        persons.append({"best": None, "named": False, "e": e_value, "papers": by_paper})
    best = None
    if decoys:
        count, salt, evidence = decoys
        material = salt + b"".join(struct.pack("<Q", len(data)) + data for data in evidence)
        stream = blake3.derive("chancery 2026 decoy rows v1", material)
        width = sum(len(paper.sites) for paper in papers)
        for decoy in range(count):
            row, lanes, at = stream.read(decoy * width, width), [], 0
            for p, paper in enumerate(papers):
                lanes.append(first.score_bytes(p, row[at:at + len(paper.sites)]))
                at += len(paper.sites)
            every = list(range(len(papers)))
            value = mixture([(share, first.e_value(lanes, [p for p in every if way in ("pooled", p)]))
                             for way, share in ways])
            best = value if best is None else max(best, value)
    for number in (1, 2, 3):
        if number == 1:
            round_ = first
        else:
            known = []
            for p, paper in enumerate(papers):
                own = [i for i, person in enumerate(persons)
                       if person["named"] and person["papers"][p] is not None and person["papers"][p] > 0.0]
                known.append([{site: reading(paper.laws[site], byte)
                               for site, byte in zip(paper.sites, rows[i][p])} for i in own])
            round_ = Round(number, papers, known)
        anyone = False
        for person, state in enumerate(persons):
            if state["named"]:
                continue
            lanes = scores(round_, person)
            for way, share in ways:
                if held(person, way):
                    found = round_.bound(lanes, held(person, way), readers, way, share)
                    if state["best"] is None or found["p_adjusted"] < state["best"]["p_adjusted"]:
                        state["best"] = found
        for state in persons:
            if not state["named"] and state["best"] and state["best"]["p_adjusted"] <= alpha:
                state["named"] = anyone = True
        if not anyone:
            break
    return persons, best
