"""Queries as an analyst writes them, from held-out texts: an alert's text, and its prefix form (neutral.h).

The shares, and how frequent the words may be (documents in a million), make about 0.15, 1.8 and 17 matches a document at 1,000, 10,000
and 100,000 alerts."""

import random

WORDS = ((1, 0.45), (2, 0.35), (3, 0.20))
PHRASES, NOTS, NEARS, VARIANTS = 0.30, 0.10, 0.10, 0.35
PREFIXES, FUZZIES = 0.22, 0.19  # of single words, where they are asked for: a tenth of the queries has either
# A query has a rare word (a brand) and others that narrow it down.
ALONE, RARE, COMMON = 1000, 1500, 50_000
PHRASE_TIMES = 6  # the rarest word of a phrase or NEAR may be so many times as frequent as a rare word
NEAR_MOST = 10

# A clause is (its text in an alert, its neutral form).


def clause_of(unit):
    if len(unit) == 1:
        return unit[0], f"w {unit[0]}"
    name = "".join(unit)  # characters next to each other are also a tag of that name
    return name, f"| 2 p {len(unit)} {' '.join(unit)} w {name}"


def phrase_of(tokens):
    return f'"{" ".join(tokens)}"', f"p {len(tokens)} {' '.join(tokens)}"


def either(clauses):
    return f"({' OR '.join(text for text, _ in clauses)})", f"| {len(clauses)} {' '.join(form for _, form in clauses)}"


def any_of(words):
    return f"w {words[0]}" if len(words) == 1 else f"| {len(words)} {' '.join(f'w {word}' for word in words)}"


class Queries:
    """wild: None, or what prefixes and fuzzy words find."""

    def __init__(self, words, near, wild, seed):
        self.words, self.near, self.wild = words, near, wild
        self.draw = random.Random(f"alerts {seed}")

    def clause(self, unit, most):
        """The unit; or a prefix or a fuzzy word in its place, where it is not too frequent."""
        kind = self.draw.random() if self.wild and len(unit) == 1 else 1
        table = self.wild.prefixes if kind < PREFIXES else self.wild.fuzzy if kind < PREFIXES + FUZZIES else {}
        text, found = table.get(unit[0], (None, ()))
        if not text or sum(self.words.often((word,)) for word in found if self.words.frequency[(word,)]) > most:
            return clause_of(unit)
        return text, any_of(found)

    def pick(self, units, most):
        """A unit that at most so many of a million documents have."""
        for _ in range(12):
            at, unit = self.draw.choice(units)
            if self.words.often(unit) <= most:
                return at, unit
        return None

    def variants(self, unit, most):
        """The word, and others that begin like it, a handle of its name, or a word of another text."""
        clauses = [self.clause(unit, most)]
        for _ in range(self.draw.randint(1, 3)):
            kind, other = self.draw.random(), None
            if len(unit) == 1 and kind < 0.2:
                clauses.append((f"@{unit[0]}", f"w @{unit[0]}"))
                continue
            if len(unit) == 1 and kind < 0.7:
                pool = self.words.neighbours[unit[0][:4]]
                other = (self.draw.choice(pool),) if pool else None
            else:
                picked = self.pick(list(self.words.units(self.draw.choice(self.words.texts))) or [(0, unit)], most)
                other = picked and picked[1]
            if other and self.words.often(other) <= most:
                clauses.append(clause_of(other))
        clauses = list(dict.fromkeys(clauses))
        return either(clauses) if len(clauses) > 1 else clauses[0]

    def phrase(self, line, most):
        """Two or three words next to each other, one of them rare enough."""
        for _ in range(12):
            count = self.draw.randint(2, 3)
            at = self.draw.randrange(max(1, len(line) - count + 1))
            tokens = line[at : at + count]
            if len(tokens) < 2 or not self.words.allowed.issuperset(tokens):
                continue
            units = [unit for _, unit in self.words.units(tokens)]
            if units and min(self.words.often(unit) for unit in units) <= most:
                return phrase_of(tokens)
        return None

    def near_of(self, line, most):
        """Two words of a text that stand as near as the query says."""
        spots = [(at, token) for at, (token, *rest) in self.words.units(line) if not rest]
        for _ in range(12):
            if len(spots) < 2:
                return None
            (at, a), (to, b) = self.draw.sample(spots, 2)
            gap = abs(at - to) - 1
            if a != b and gap <= NEAR_MOST and min(self.words.often((a,)), self.words.often((b,))) <= most:
                most_between = self.draw.randint(gap, NEAR_MOST)
                return f"({a} NEAR/{most_between} {b})", f"n {most_between} {a} {b}"
        return None

    def excluded(self):
        units = list(self.words.units(self.draw.choice(self.words.texts)))
        picked = self.pick(units, COMMON) if units else None
        return picked and clause_of(picked[1])

    def required(self, line, count, phrase, near):
        """Clauses that must all be there. The first carries the weight where there is but one."""
        clauses, used, most = [], set(), ALONE if count == 1 else RARE
        special = self.near_of(line, most * PHRASE_TIMES) if near else self.phrase(line, most * PHRASE_TIMES) if phrase else None
        if special:
            clauses.append(special)
            most = COMMON
            used.update(special[1].split(" ")[2:])
        elif near or phrase:
            return None
        vary = not special and self.draw.random() < VARIANTS / (1 - PHRASES - NEARS)
        units = list(self.words.units(line))
        while len(clauses) < count:
            picked = self.pick(units, most) if units else None
            if not picked or not used.isdisjoint(picked[1]):
                return None
            used.update(picked[1])
            clauses.append(self.variants(picked[1], most) if vary and not clauses else self.clause(picked[1], most))
            most = COMMON
        return clauses

    def query(self):
        draw = self.draw
        count = draw.choices([n for n, _ in WORDS], [share for _, share in WORDS])[0]
        kind, excluding, clauses = draw.random(), draw.random() < NOTS, None
        phrase = kind < PHRASES
        near = self.near and PHRASES <= kind < PHRASES + NEARS
        while not clauses:
            clauses = self.required(draw.choice(self.words.texts), count, phrase, near)
        positive, negative = len(clauses), None
        while excluding and not negative:
            negative = self.excluded()
        text = " AND ".join(text for text, _ in clauses)
        forms = [form for _, form in clauses]
        if negative:
            text += f" NOT {negative[0]}"
            forms.append(f"! {negative[1]}")
        form = forms[0] if len(forms) == 1 else f"& {len(forms)} {' '.join(forms)}"
        marks = {"phrase": phrase, "near": near, "not": bool(negative), "or": " OR " in text, "prefix": "*" in text, "fuzzy": "~" in text}
        return text, form, [f"{positive} required", *(name for name, true in marks.items() if true)]
