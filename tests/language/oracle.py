"""The reference evaluator of the alert language: slow, obvious, and written from the language's page alone.

`parse(query)` gives a tree or raises Refused; `match(tree, Mention(dict))` gives None, or what the matcher writes as
`at`: the sorted byte ranges of every occurrence of the words that made the query match.
"""

import dataclasses
import re
import typing
import urllib.parse

import words
from words import EMOJI, HANDLE, LINK, TAG, WORD

# Mentions ------------------------------------------------------------------------------------------------------------


def without(name, signs):
    return name[1:] if name and name[0] in signs else name


class Mention:
    """A mention of the contracts' JSON, with its title and text as positions."""

    def __init__(self, record):
        self.record = record
        self.raw = {name: record.get(name) or "" for name in ("title", "text")}
        self.tokens = {name: words.tokens(text) for name, text in self.raw.items()}
        self.hashtags = [without(name, "#＃") for name in record.get("hashtags") or ()]
        self.mentions = [without(name, "@＠") for name in record.get("mentions") or ()]

    def links(self):
        """Those it lists and those in its words."""
        inside = [token.text for tokens in self.tokens.values() for token in tokens if token.kind == LINK]
        return [*(self.record.get("links") or ()), *inside]

    def without_links(self, name):
        text, out, at = self.raw[name], "", 0
        for token in self.tokens[name]:
            if token.kind == LINK:
                out, at = out + text[at:token.start] + " ", token.end
        return out + text[at:]

    def part(self, *path):
        value = self.record
        for name in path:
            value = (value or {}).get(name)
        return value


class Found(typing.NamedTuple):
    """An occurrence: its first and last position in a field, and the ranges to be shown."""
    first: int
    last: int
    ranges: tuple


# What is at one position ---------------------------------------------------------------------------------------------


class Spelling:
    """What stands for words: it finds hashtags that are such a word too, never handles."""

    def is_at(self, token):
        return token.kind == WORD and self.names(token.text) or token.kind == TAG and self.names(token.text[1:])

    def handles(self, handle):
        return False


@dataclasses.dataclass(frozen=True)
class Word(Spelling):
    text: str

    def names(self, word):
        return words.same_word(self.text, word)


@dataclasses.dataclass(frozen=True)
class Pattern(Spelling):
    """A word with wildcards."""
    text: str

    def names(self, word):
        pattern = "".join({"*": ".*", "?": "."}.get(part) or re.escape(words.form_e(part)) for part in re.split("([*?])", self.text) if part)
        return any(re.fullmatch(pattern, form, re.S) for form in (words.form_e(word), words.form_s(word)))


@dataclasses.dataclass(frozen=True)
class Fuzzy(Spelling):
    text: str
    most: int

    def names(self, word):
        return any(words.edits(words.form_e(self.text), form) <= self.most for form in {words.form_e(word), words.form_s(word)})


class Entity(typing.NamedTuple):
    """A hashtag, handle, cashtag or emoji; `text` without the sign."""
    kind: str
    text: str

    def is_at(self, token):
        if token.kind != self.kind:
            return False
        if self.kind == EMOJI:
            return words.same_emoji(self.text) == words.same_emoji(token.text)
        return self.handles(token.text[1:]) if self.kind == HANDLE else words.form_e(self.text) == words.form_e(token.text[1:])

    def names(self, hashtag):
        return self.kind == TAG and words.form_e(self.text) == words.form_e(hashtag)

    def handles(self, handle):
        return self.kind == HANDLE and words.form_e(self.text) in (words.form_e(handle), words.form_e(handle).split("@")[0])


# Terms: what has occurrences -----------------------------------------------------------------------------------------


class Phrase(typing.NamedTuple):
    """Pieces next to each other. A piece is a list of ways to write it, each a list of what is at a position: 社交 is
    two characters, or a hashtag of both."""
    pieces: tuple

    def found(self, mention, field):
        """All of them, also those that overlap: which of two stands near another word is not known here."""
        tokens = mention.tokens[field]
        for start in range(len(tokens)):
            for end in self.ends(tokens, start, self.pieces):
                yield Found(start, end - 1, ((field, tokens[start].first, tokens[end - 1].last),))

    def ends(self, tokens, at, pieces):
        if not pieces:
            return {at}
        out = set()
        for way in pieces[0]:
            if at + len(way) <= len(tokens) and all(one.is_at(tokens[at + i]) for i, one in enumerate(way)):
                out |= self.ends(tokens, at + len(way), pieces[1:])
        return out

    def elements(self, mention):
        """The ranges of the elements of hashtags and mentions that are all of it."""
        singles = [way[0] for way in self.pieces[0] if len(way) == 1] if len(self.pieces) == 1 else []
        tags = [("hashtags", i, i + 1) for i, name in enumerate(mention.hashtags) if any(one.names(name) for one in singles)]
        return tags + [("mentions", i, i + 1) for i, name in enumerate(mention.mentions) if any(one.handles(name) for one in singles)]


class Bag(typing.NamedTuple):
    """Words in any order, each at its own position, with at most `gap` other positions among them."""
    ones: tuple
    gap: int

    def found(self, mention, field):
        tokens = mention.tokens[field]
        places = [[i for i, token in enumerate(tokens) if one.is_at(token)] for one in self.ones]
        for taken in self.choices(places, ()):
            if max(taken) - min(taken) + 1 - len(taken) <= self.gap:
                yield Found(min(taken), max(taken), tuple((field, tokens[i].first, tokens[i].last) for i in sorted(taken)))

    def choices(self, places, taken):
        if not places:
            yield taken
            return
        for place in places[0]:
            reach = abs(place - taken[0]) if taken else 0
            if place not in taken and reach <= self.gap + len(self.ones) - 1:
                yield from self.choices(places[1:], (*taken, place))

    def elements(self, mention):
        return []


class Exact(typing.NamedTuple):
    """Exactly these characters, whole words; the `#` of a hashtag may be left out."""
    text: str

    def found(self, mention, field):
        raw, tokens = mention.raw[field], mention.tokens[field]
        start = raw.find(self.text)
        while start >= 0:
            end = start + len(self.text)
            inside = [i for i, token in enumerate(tokens) if token.start < end and token.end > start]
            if all(tokens[i].start + (tokens[i].kind == TAG) >= start and tokens[i].end <= end for i in inside):
                first, length = len(raw[:start].encode()), len(self.text.encode())
                yield Found(inside[0] if inside else None, inside[-1] if inside else None, ((field, first, first + length),))
            start = raw.find(self.text, start + 1)

    def elements(self, mention):
        return []


class Either(typing.NamedTuple):
    """An OR group as an operand of NEAR."""
    terms: tuple

    def found(self, mention, field):
        for term in self.terms:
            yield from term.found(mention, field)


# Conditions: None, or the ranges that made them true -----------------------------------------------------------------


class Term(typing.NamedTuple):
    term: typing.Any

    def match(self, mention, fields):
        ranges = set()
        for field in fields:
            last = -1
            for found in self.term.found(mention, field):
                if not isinstance(self.term, Phrase) or found.first > last:  # of a phrase, from the left
                    ranges |= set(found.ranges)
                    last = found.last
        if fields == ("title", "text"):
            ranges |= set(self.term.elements(mention))
        return ranges or None

    def positive(self):
        return True


class Near(typing.NamedTuple):
    a: typing.Any
    b: typing.Any
    most: int
    forward: bool

    def match(self, mention, fields):
        ranges = set()
        for field in fields:
            left, right = ([f for f in term.found(mention, field) if f.first is not None] for term in (self.a, self.b))
            for x in left:
                for y in right:
                    if self.close(x, y) or not self.forward and self.close(y, x):
                        ranges |= {*x.ranges, *y.ranges}
        return ranges or None

    def close(self, x, y):
        return 0 <= y.first - x.last - 1 <= self.most

    def positive(self):
        return True


class And(typing.NamedTuple):
    parts: tuple

    def match(self, mention, fields):
        results = [part.match(mention, fields) for part in self.parts]
        return None if None in results else set().union(*results)

    def positive(self):
        return any(part.positive() for part in self.parts)


class Or(typing.NamedTuple):
    parts: tuple

    def match(self, mention, fields):
        results = [result for part in self.parts if (result := part.match(mention, fields)) is not None]
        return set().union(*results) if results else None

    def positive(self):
        return all(part.positive() for part in self.parts)


class Not(typing.NamedTuple):
    part: typing.Any

    def match(self, mention, fields):
        return set() if self.part.match(mention, fields) is None else None

    def positive(self):
        return False


class Title(typing.NamedTuple):
    part: typing.Any

    def match(self, mention, fields):
        return self.part.match(mention, ("title",))

    def positive(self):
        return self.part.positive()


class Field(typing.NamedTuple):
    """A field whose operand is no word of the text: it gives no ranges."""
    name: str
    value: typing.Any

    def match(self, mention, fields):
        return set() if FIELDS[self.name](mention, self.value) else None

    def positive(self):
        return self.name in ("author", "site", "link")


# Fields --------------------------------------------------------------------------------------------------------------


def author(mention, value):
    """The author's handle, or words of the author's name, which is looked at as if it were a title. @jane: only the handle."""
    text, phrase = value
    handle = without(mention.part("author", "handle") or "", "@＠")
    only = [one for piece in phrase.pieces for way in piece for one in way]
    if len(only) == 1 and isinstance(only[0], Entity) and only[0].kind == HANDLE:
        return bool(handle) and only[0].handles(handle)
    found = words.tokens(text)
    covered = without(text[found[0].start:found[-1].end], "@＠")  # without what separates words at its ends
    whole = next(words.spans("@" + covered))
    if handle and whole == (HANDLE, 0, len(covered) + 1) and Entity(HANDLE, covered).handles(handle):
        return True
    return any(True for _ in phrase.found(Mention({"title": mention.part("author", "name")}), "title"))


def host(url):
    return (urllib.parse.urlsplit(url if "//" in url else "//" + url).hostname or "").rstrip(".")


def site(mention, value):
    hosts = [host(mention.part("url") or ""), (mention.part("source", "host") or "").lower()]
    return any(one == value.lower() or one.endswith("." + value.lower()) for one in hosts)


def same(mention, value, *paths):
    return any(str(mention.part(*path) or "").lower() == value.lower() for path in paths)


# ? of ASCII, Greek, Armenian, Arabic, Ethiopic, Vai, Bamum, inverted, doubled, of full and small width.
QUESTION = re.compile("[?\xbf\u037e\u055e\u061f\u1367\u2047\u2048\u2049\u2e2e\ua60f\ua6f7\ufe16\ufe56\uff1f]")
CONDITIONS = {
    "reply": lambda m: m.part("in_reply_to") is not None,
    "repost": lambda m: m.part("type") == "repost" or m.part("repost_of") is not None,
    "link": lambda m: bool(m.links()),
    "media": lambda m: bool(m.part("attachments")),
    "question": lambda m: any(QUESTION.search(m.without_links(name)) for name in m.raw),
}


def number_in(value, bounds):
    low, high = bounds
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def engagement(mention):
    """Likes, reposts and replies, as far as they are known."""
    known = [n for name in ("likes", "reposts", "replies") if (n := mention.part("engagement", name)) is not None]
    return sum(known) if known else None


FIELDS = {
    "author": author,
    "site": site,
    "link": lambda m, value: any(value.casefold() in link.casefold() for link in m.links()),
    "source": lambda m, value: same(m, value, ("source", "kind"), ("source", "platform")),
    "type": lambda m, value: same(m, value, ("type",)),
    "lang": lambda m, value: (m.part("language") or "").split("-")[0].lower() == value.lower(),
    "country": lambda m, value: same(m, value, ("geo", "country")),
    "is": lambda m, value: CONDITIONS[value](m),
    "has": lambda m, value: CONDITIONS[value](m),
    "followers": lambda m, bounds: number_in(m.part("author", "followers"), bounds),
    "engagement": lambda m, bounds: number_in(engagement(m), bounds),
    "rating": lambda m, bounds: number_in(m.part("rating", "value"), bounds),
}


# The answer ----------------------------------------------------------------------------------------------------------


ORDER = ("title", "text", "hashtags", "mentions")


def merged(ranges):
    """By field, then start; those that overlap as one."""
    out = []
    for name, start, end in sorted(ranges, key=lambda one: (ORDER.index(one[0]), one)):
        if out and out[-1][0] == name and start < out[-1][2]:
            out[-1][2] = max(out[-1][2], end)
        else:
            out.append([name, start, end])
    return out


def match(tree, mention):
    """None, or the ranges: [[field, first byte, byte behind the last], …]."""
    ranges = tree.match(mention, ("title", "text"))
    return None if ranges is None else merged(ranges)
