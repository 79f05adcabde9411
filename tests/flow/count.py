"""The independent count: what Redis must hold, from the mentions alone, in another language than Earshot's.

Independent of the programs: which mentions there are, repetitions, words, matching, buckets, joint counters. Taken
from `mentions.enriched`: the label, score and language that the sentiment worker gave (its accuracy is not the
matter here), once per mention, and only after its matches were compared with those computed here.
"""

import collections
import datetime
import json
import re
import unicodedata

LINK = re.compile(r"(?:https?://|www\.)\S*", re.I)
SOLID = re.compile("[\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
LATIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})
UMLAUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
HAN = str.maketrans("聲爾貝電紅燈買", "声尔贝电红灯买")  # no table of all: what the demo's alerts hold


def fold(text):
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).translate(HAN)


def plain(folded):
    bare = "".join(c for c in unicodedata.normalize("NFD", folded.translate(LATIN)) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare)


def wordish(c):
    return c == "_" or unicodedata.category(c)[0] in "LMN" and not unicodedata.category(c) in ("No", "Nl", "Me")


def tokens(text):
    """A set per position: the forms of a word; a tag's too, and its `#tag`; a handle's `@handle`; nothing for a link."""
    out, at = [], 0
    while at < len(text):
        before = text[at - 1] if at else " "
        link = LINK.match(text, at) if not wordish(before) else None
        if link:
            out.append(frozenset())
            at = link.end()
            continue
        c = text[at]
        if c in "#@$" and not wordish(before):
            run = re.compile(r"[\w]+" if c != "@" else r"\w+(?:[.-]\w+)*(?:@[\w.-]*\w)?").match(text, at + 1)
            if run and c == "#" and not run.group().isdigit():
                out.append(tag(run.group()))
                at = run.end()
                continue
            if run and c == "@" or run and c == "$" and re.fullmatch("[A-Za-z]{1,8}", run.group()):
                out.append(handle(run.group()) if c == "@" else frozenset())
                at = run.end()
                continue
        if not wordish(c):
            if unicodedata.category(c) == "So" and ord(c) > 0x2190:
                out.append(frozenset())
            at += 1
            continue
        end = at + 1
        if not SOLID.match(c):
            while end < len(text) and wordish(text[end]) and not SOLID.match(text[end]):
                end += 1
        else:
            while end < len(text) and unicodedata.category(text[end])[0] == "M":
                end += 1
        out.append(forms(text[at:end]))
        at = end
    return out


def tag(name):
    return forms(name) | {"#" + fold(name)}


def handle(name):
    return frozenset({"@" + fold(name), "@" + fold(name).split("@")[0]})


def forms(word):
    folded = fold(word)
    return frozenset((folded, plain(folded), folded.translate(UMLAUT)))


def holds(tree, fields):
    """Whether a tree of hn.py matches; fields: the tokens of title and of text."""
    if isinstance(tree, str):
        return any(tree in position for field in fields for position in field)
    kind, *parts = tree
    if kind == "fuzzy":
        return any(edits(parts[0], form) <= parts[1] for field in fields for position in field for form in position if form[0] not in "#@")
    if kind == "phrase":
        return any(all(part in field[at + i] for i, part in enumerate(parts))
                   for field in fields for at in range(len(field) - len(parts) + 1))
    if kind == "not":
        return not holds(parts[0], fields)
    return (all if kind == "and" else any)(holds(part, fields) for part in parts)


def edits(a, b):
    """The fewest of: insert, delete, replace a character, swap two neighbours; none is edited twice."""
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            row.append(min(row[-1] + 1, rows[-1][j] + 1, rows[-1][j - 1] + (x != y)))
            if i > 1 and j > 1 and a[i - 2:i] == b[j - 2:j][::-1]:
                row[-1] = min(row[-1], rows[-2][j - 2] + 1)
        rows.append(row)
    return rows[-1][-1]


QUERY = re.compile(r'\s*(\(|\)|"[^"]*"|[^\s()"]+)')


def parse(query):
    """A tree of what the demo's alerts use: words, fuzzy words, tags, handles, phrases, AND, OR, NOT, parentheses."""
    parts, at = QUERY.findall(query), 0

    def peek():
        return parts[at] if at < len(parts) else None

    def take():
        nonlocal at
        at += 1
        return parts[at - 1]

    def word(text):
        if fuzzy := re.fullmatch(r"(\w+)~([12])", text):
            return ("fuzzy", fold(fuzzy[1]), int(fuzzy[2]))
        if len(text) > 1 and all(map(SOLID.match, text)):
            return ("or", ("phrase", *map(fold, text)), fold(text))  # a tag of these characters is one word
        return fold(text)

    def one():
        part = take()
        if part == "NOT":
            return ("not", one())
        if part == "(":
            tree = either()
            assert take() == ")", query
            return tree
        return ("phrase", *map(fold, part[1:-1].split())) if part[0] == '"' else word(part)

    def both():
        trees = [one()]
        while peek() in ("AND", "NOT"):
            if peek() == "AND":
                take()
            trees.append(one())
        return trees[0] if len(trees) == 1 else ("and", *trees)

    def either():
        trees = [both()]
        while peek() == "OR":
            take()
            trees.append(both())
        return trees[0] if len(trees) == 1 else ("or", *trees)

    tree = either()
    assert peek() is None, query
    return tree


def seconds(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


class Count:
    """Counters per alert."""

    def __init__(self):
        self.buckets = {grain: collections.defaultdict(lambda: [0, 0, 0, 0, 0]) for grain in (60, 3600, 86400)}
        self.kinds, self.platforms, self.languages, self.countries = (collections.Counter() for _ in range(4))
        self.total = [0, 0, 0, 0, 0]
        self.items = []
        self.ranked = {"riskiest": [], "leads": []}  # the orders that leave mentions out: a rank before each item

    def add(self, mention, analysis, language):
        at = seconds(mention["created_at"])
        label = ("positive", "neutral", "negative").index(analysis["label"])
        thousandths = round(analysis["score"] * 1000)
        for cell in [self.buckets[grain][at // grain * grain] for grain in self.buckets] + [self.total]:
            cell[0] += 1
            cell[1 + label] += 1
            cell[4] += thousandths
        self.items.append((-at, mention["id"].encode(), analysis["label"], thousandths))
        of_mention = mention["analysis"]
        self.ranked["riskiest"] += [(-of_mention["risk"], *self.items[-1])] if of_mention["risk"] > 0 else []
        self.ranked["leads"] += [(0, *self.items[-1])] if of_mention["intent"] == "purchase" else []
        self.kinds[mention["source"].get("kind") or "und"] += 1
        self.platforms[mention["source"]["platform"]] += 1
        self.languages[language or "und"] += 1
        self.countries[(mention.get("geo") or {}).get("country") or "und"] += 1


def matching(mentions, alerts):
    """mention id -> sorted ids of the alerts that match it; the first of each id counts."""
    found = {}
    for mention in mentions:
        if mention["id"] not in found:
            fields = [tokens(mention.get("title") or ""), tokens(mention.get("text") or "")]
            fields += [[tag(name.lstrip("#"))] for name in mention.get("hashtags") or ()]
            fields += [[handle(name.lstrip("@"))] for name in mention.get("mentions") or ()]
            found[mention["id"]] = sorted(name for name, tree in alerts.items() if holds(tree, fields))
    return found


def count(mentions, alerts, enriched):
    """tally() of what matching() finds."""
    return tally(matching(mentions, alerts), alerts, enriched)


def tally(expected, names, enriched, told=lambda match: match["id"]):
    """(alert id -> Count, repetitions in `enriched`). Fails where the matches of the programs, as told() tells each,
    differ from the expected ones (mention id -> list), or a mention is missing."""
    first = {}
    for message in enriched:
        record = json.loads(message.value())
        first.setdefault(record["id"], record)
    want = {name for name, matches in expected.items() if matches}
    assert set(first) == want, f"missing {sorted(want - set(first))[:5]}, too many {sorted(set(first) - want)[:5]}"
    counts = {name: Count() for name in names}
    for name, record in first.items():
        have = [told(match) for match in record["matches"]]
        assert have == expected[name], f"{name} {record.get('title')!r}: matched {have}, expected {expected[name]}"
        assert [a["id"] for a in record["analysis"]["alerts"]] == [match["id"] for match in record["matches"]]
        for analysis in record["analysis"]["alerts"]:
            counts[analysis["id"]].add(record, analysis, record["analysis"]["language"] or record.get("language"))
    return counts, len(enriched) - len(first)


def mean(total, n):
    """Thousandths over n as Redis prints it: three decimals, half away from zero."""
    value = (2 * abs(total) + n) // (2 * n)
    return (-value if total < 0 else value) / 1000


def feed(deployment, name, now, order="newest"):
    """([(-created_at, id, label, thousandths)] as the pages of a feed give them, complete_from)."""
    items, cursor = [], ""
    while cursor is not None:
        page = deployment.ask("earshot_feed", name, 0, now + 60, order, 200, cursor)
        items += [(-seconds(i["created_at"]), i["id"].encode(), i["label"], round(i["score"] * 1000)) for i in page["items"]]
        cursor = page["next"]
    return items, page["complete_from"]


def differences(deployment, counts, now, removed=()):
    """Every counter of every alert that Redis tells otherwise, as text. removed: ids whose feed was lost with a removal."""
    wrong = []
    for name, own in counts.items():
        for grain, word, days in ((86400, "day", 30), (3600, "hour", 20), (60, "minute", 2)):
            start = (now - days * 86400) // grain * grain + grain
            told = deployment.ask("earshot_volume", name, start, now + 1, word)
            for at, mentions, positive, neutral, negative, score in told["buckets"]:
                cell = own.buckets[grain].get(at, [0, 0, 0, 0, 0])
                have = [mentions, positive, neutral, negative, score]
                want = [*cell[:4], mean(cell[4], cell[0]) if cell[0] else None]
                if have != want:
                    wrong.append(f"{name} {word} {at}: Redis {have}, counted {want}")
        told = deployment.ask("earshot_summary", name, now - 30 * 86400, now + 1)
        if [told[k] for k in ("mentions", "positive", "neutral", "negative")] != own.total[:4]:
            wrong.append(f"{name} summary: Redis {told}, counted {own.total}")
        for member in ("kinds", "platforms", "languages", "countries"):
            if dict(told[member]) != dict(getattr(own, member)):
                wrong.append(f"{name} {member}: Redis {told[member]}, counted {getattr(own, member)}")
        items, complete = feed(deployment, name, now)
        want = [item for item in sorted(own.items) if -item[0] >= complete]
        short = name not in removed and len(want) < min(len(own.items), 500)
        if [item for item in items if -item[0] >= complete] != want or short:
            wrong.append(f"{name} feed: Redis has {len(items)}, complete from {complete}; counted {len(want)} since then")
        for order, ranked in own.ranked.items():
            items, complete = feed(deployment, name, now, order)
            want = [item for _, *item in sorted(ranked) if -item[0] >= complete]
            if [list(item) for item in items if -item[0] >= complete] != want:
                wrong.append(f"{name} feed, {order}: Redis has {len(items)}, complete from {complete}; counted {len(want)} since then")
    totals = {row["id"]: row["mentions"] for row in deployment.ask("earshot_alerts")["alerts"]}
    wrong += [f"{name}: earshot_alerts has {totals.get(name)}, counted {own.total[0]}" for name, own in counts.items()
              if totals.get(name) != own.total[0]]
    return wrong
