"""What a prefix and a fuzzy word find among the words of all documents: so that engines that know neither get the words instead, and
show whether Earshot found all of them and no other.

A query's word has no accents, and Earshot compares it with a text's word in form E and in form S, where peers have S alone. A prefix or
fuzzy word that some form E would find and its S would not is left out."""

import bisect
import collections
import re
import unicodedata

LEAST_PREFIX, KEPT = 4, 0.6  # a prefix is that much of a word
LEAST_FUZZY, LEAST_TWO = 5, 8  # letters of a word with ~1, ~2
SPELLED = re.compile(r"[a-z]+\Z|[\u03b1-\u03c9]+\Z|[\u0430-\u044f]+\Z")  # scripts in which a character is a letter


def edits(a, b, most):
    """Whether at most so many characters are inserted, deleted, replaced or swapped with their neighbour, none edited twice."""
    if abs(len(a) - len(b)) > most:
        return False
    before, row = [], list(range(len(b) + 1))
    for i, c in enumerate(a, 1):
        before2, before, row = before, row, [i] + [0] * len(b)
        for j, d in enumerate(b, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (c != d))
            if i > 1 and j > 1 and c == b[j - 2] and a[i - 2] == d:
                row[j] = min(row[j], before2[j - 2] + 1)
        if min(row) > most:
            return False
    return row[-1] <= most


def deletions(word, most):
    """The word, and what is left of it without at most so many characters: two words within as many edits have one in common."""
    found = layer = {word}
    for _ in range(most):
        layer = {part[:at] + part[at + 1 :] for part in layer for at in range(len(part))}
        found = found | layer
    return found


class Wild:
    """words: those that queries may ask for; vocabulary: those of the documents; forms: (E, S) where they differ."""

    def __init__(self, words, vocabulary, forms):
        self.vocabulary = sorted(vocabulary)
        self.accented = sorted((e, s) for e, s in forms if e != s)
        spelled = [word for word in words if SPELLED.match(word)]
        self.fuzzy = self.near({word: 2 if len(word) >= LEAST_TWO and number % 5 == 0 else 1 for number, word in enumerate(spelled) if len(word) >= LEAST_FUZZY})
        self.prefixes = {}
        for word in spelled:
            stem = word[: max(LEAST_PREFIX, round(len(word) * KEPT))]
            found = self.beginning(stem) if len(word) > len(stem) else None
            if found:
                self.prefixes[word] = f"{stem}*", found

    def beginning(self, stem):
        """None where a form E begins so and its S does not."""
        at = bisect.bisect_left(self.accented, (stem,))
        while at < len(self.accented) and self.accented[at][0].startswith(stem):
            if not self.accented[at][1].startswith(stem):
                return None
            at += 1
        first = bisect.bisect_left(self.vocabulary, stem)
        last = bisect.bisect_left(self.vocabulary, stem + "\U0010ffff")
        return self.vocabulary[first:last]

    def near(self, most):
        """By word of `most`: its text in a query, and what it finds."""
        asked = collections.defaultdict(list)
        for word, edited in most.items():
            for part in deletions(word, edited):
                asked[part].append(word)
        found, refused = collections.defaultdict(set), set()
        for word, plain in self.candidates():
            for other in {other for part in deletions(word, 2 if len(word) >= LEAST_TWO - 2 else 1) for other in asked.get(part, ())}:
                if not edits(other, word, most[other]):
                    continue
                found[other].add(plain)
                marked = any(unicodedata.combining(character) for character in word)
                if marked or (word != plain and not edits(other, plain, most[other])):
                    refused.add(other)
        return {word: (f"{word}~{most[word]}", sorted(found[word])) for word in most if found[word] and word not in refused}

    def candidates(self):
        """(a form, the S that peers have)."""
        longest = 64  # a longer word is near none
        yield from ((word, word) for word in self.vocabulary if len(word) <= longest)
        yield from self.accented
