"""Random queries and mentions from a seed.

A batch draws from one small set of words that are alike (accents, case, widths, typing errors, what normalisation
changes), so that matches and near misses are frequent.
"""

import random
import re

import grammar

ALIKE = [
    # Latin: accents, umlauts, ligatures, widths, what folds to more than one letter
    "acme Acme ACME ácme acmé a\u0301cme Ａｃｍｅ acmes acm acme_1 acme2 amce acne ac",
    "cafe café cafe\u0301 CAFÉ Cafè caf cafés kafe cafe\u0301s",
    "müller Mueller muller MÜLLER mu\u0308ller müllers mullerin Mülle muler",
    "straße STRASSE strasse ſtraße strase Straße\u0301 strassen ẞ ss",
    "łódź lodz ŁÓDŹ lódź Lodzi łodz gęś ges gęsi zażółć zazolc",
    "æon aeon Æon œuvre oeuvre ŒUVRE ørsted orsted đuro duro ħal hal ǿ ø o",
    "istanbul İstanbul ISTANBUL ıstanbul i\u0307stanbul I i ı İ",
    "ﬁn fin FIN ﬀ ff ª a K k Å å Å ǆ ǅ dž m² m2 x² ①2 ½ 12 Ⅷ viii ℹ i",
    "a b c á B ä ae A\u0308 aa ab ba bb é",
    "öl oel ol Öl o\u0308l ö oe o ölkanne",
    # Greek, Cyrillic, Arabic, Hebrew, Devanagari
    "σοφος σοφός ΣΟΦΟΣ Σοφόσ σοφο ὀδυσσεύς ΐ ϊ ᾳ αι ά α",
    "йод ЙОД иод и\u0306од еж ёж ЁЖ её ее мир Мір міръ",
    "محمد مُحَمَّد محمّد محـمد أحمد احمد آن ان مَ م ١٢ 12 سلام",
    "שלום שָׁלוֹם कमल क़मल क\u093cमल हिन्दी हिंदी",
    # Without spaces: Han both ways, Kana of both widths, Thai, Lao, Khmer, Burmese
    "社交聆聽 社交聆听 社 交 聆 聽 听 社交 交社 聽聆 臺灣 台湾 〇 二〇 々 豈 更 (社)",
    "カタカナ ｶﾀｶﾅ ガ ｶﾞ カ\u3099 が か ひらがな ー カー ゞ ヽ カ ナ",
    "ไทย ไ ท ย น้ำ นำ น ๑ 1 ກ ກາ ខ្មែរ ខ မြန်မာ မ",
    "社x x社 x 社 交1 1交 1 カx xカ ไx xไ",
    # Hangul, also in single letters
    "한국 한국어 \u1112\u1161\u11ab국 한 국 어 ㅎ ﾡ",
    # Separators inside, words of operators, digits
    "acme-corp acme.corp acme corp acme's don't don t u.s. U.S. us a&b a/b C++ c AT&T and or near 10:30 10 30",
]
EMOJI = ["😡", "😡🏽", "👍", "👍🏿", "👍🏻", "👨\u200d👩\u200d👧", "👩🏽\u200d💻", "👩\u200d💻", "👩", "💻",
         "🇩🇪", "🇩", "🇪🇩", "❤", "❤\ufe0f", "☺", "1\ufe0f\u20e3", "#\ufe0f\u20e3", "🏴\U000e0067\U000e0062\U000e007f", "🏴",
         "🏴\u200d☠\ufe0f", "©", "™", "™\ufe0f", "🏽", "✈\ufe0f"]
HOSTS = ["example.social", "x.y", "host", "a-b.c", "EXAMPLE.social"]
LINKS = ["http://acme.example/acme", "https://a.b/社", "www.acme.com", "HTTPS://X", "www.", "xhttp://acme", "awww.acme", "http:/acme"]
GAPS = [" ", " ", " ", " ", " ", "  ", ", ", ". ", "-", ".", "'", "’", "/",
        "\n", "\u3000", "\xa0", "", "", "! ", "? ", ": ", "&", "_", "(", ") ", "“", "…", "、", "。"]
# What is easily taken for something else: unseen characters, marks that stand on the wrong letter, signs with no name.
ODD = ["\u200b", "\u200c", "\u200d", "\xad", "\ufe0f", "\u0301", "\u20e3", "\u0308", "\u064b", "#", "@", "$", "##", "@@", "+", "*", "~",
       "·", "\u2028", "\x85", "²", "ﾞ", "\u0e31", "\x01", "\u0130",
       "\u3164", "\u034f", "\u180b", "\u2060", "\u115f", "\u20dd", "＃", "＠", "＄", "\u30fb", "\u0640", "⼈"]


class Generator:
    """`operators`: "words" (words, phrases, tags, emoji, AND, OR, NOT, parentheses), "all", or "long": all, and mentions
    that repeat few words some hundred times."""

    def __init__(self, seed, operators="words"):
        self.chance = random.Random(seed)
        self.everything, self.long = operators in ("all", "long"), operators == "long"
        chosen = self.chance.sample(ALIKE, self.chance.choice([1, 1, 2, 3]))
        pool = [word for line in chosen for word in line.split(" ")]
        self.words = self.chance.sample(pool, min(len(pool), self.chance.randrange(2, 5) if self.long else self.chance.randrange(3, 13)))
        self.emoji = self.chance.sample(EMOJI, self.chance.randrange(1, 5))
        self.odd = self.chance.choice([0, 0, 0.02, 0.15])  # how often something odd stands between

    def one(self, choices):
        return self.chance.choice(choices)

    def often(self, part):
        return self.chance.random() < part

    # Mentions --------------------------------------------------------------------------------------------------------

    def word(self):
        return self.one(self.words)

    def handle(self):
        return self.word() + ("@" + self.one(HOSTS) if self.often(0.3) else "")

    def piece(self):
        kind = self.chance.random()
        if kind < 0.68:
            return self.word() + (self.word() if self.often(0.05) else "")
        if kind < 0.76:
            return "#" + self.word()
        if kind < 0.84:
            return "@" + self.handle()
        if kind < 0.87:
            return "$" + self.word()
        return self.one(self.emoji) if kind < 0.96 else self.one(LINKS)

    def repeated(self):
        """A few pieces again and again, with slips."""
        count = self.one([20, 40, 100, 300])
        parts = [self.piece() for _ in range(self.chance.randrange(1, 6))] * count
        parts = parts[:count]
        for _ in range(self.chance.randrange(5)):
            parts[self.chance.randrange(count)] = self.piece()
        return self.one([" ", " ", ", ", "-", ""]).join(parts)

    def text(self, most):
        if self.long and self.often(0.6):
            return self.repeated()
        parts = []
        for _ in range(self.chance.randrange(most + 1)):
            parts += [self.piece(), self.one(GAPS)]
            if self.often(self.odd):
                parts.append(self.one(ODD))
        return "".join(parts)

    def mention(self, name):
        record = {"id": name, "source": {"platform": "mastodon"}, "created_at": "2026-11-21T20:25:55Z", "text": self.text(self.one([3, 8, 16]))}
        if self.often(0.3):
            record["title"] = self.text(5)
        if self.often(0.3):
            record["hashtags"] = [self.one(["", "", "", "#", "＃"]) + self.word() for _ in range(self.chance.randrange(3))]
        if self.often(0.3):
            record["mentions"] = [self.one(["", "", "", "@", "＠"]) + self.handle() for _ in range(self.chance.randrange(3))]
        return self.described(record) if self.everything else record

    def described(self, record):
        """With what the fields look at, each known or not."""
        chance = self.chance
        record["source"] |= {"platform": self.one(["mastodon", "bluesky"]), "kind": self.one(["social", "news"]),
                             "host": self.one(["example.social", "b.example"])}
        record |= {"type": self.one(["post", "comment", "repost"]), "language": self.one(["de", "nl", "de-AT", None]),
                   "geo": {"country": self.one(["DE", "NL", None])},
                   "url": self.one(["https://www.b.example/x", "https://c.example:80/", None]), "in_reply_to": self.one(["x", None]),
                   "links": [link for link in LINKS[:4] if self.often(0.2)], "rating": {"value": self.one([None, 1, 4.5]), "scale": 5},
                   "author": {"id": "1", "handle": re.sub("[&/:'+()\\s]", "", self.handle()), "name": self.text(3), "followers": self.one([None, 0, 10, 1000])},
                   "engagement": {name: self.one([None, 0, 5]) for name in ("likes", "reposts", "replies")}}
        record["attachments"] = [{"type": "image", "url": "https://a.example/i"}] if chance.random() < 0.3 else []
        return record

    # Queries ---------------------------------------------------------------------------------------------------------

    def phrase(self):
        parts = [self.word() if self.often(0.85) else self.one([self.one(self.emoji), "#" + self.word(), "@" + self.handle()])
                 for _ in range(self.chance.randrange(1, 6 if self.long else 4))]
        if self.everything and self.often(0.2):
            parts[0] = self.loose()
        return '"' + self.one([" ", " ", "-", "  "]).join(parts) + '"'

    def loose(self):
        """A word with a wildcard or within some edits."""
        word = self.word()
        cut = self.chance.randrange(len(word) + 1)
        return self.one([word[:cut] + "*", word[:cut] + self.one("*?") + word[cut + 1:], word + self.one(["~1", "~1", "~2"])])

    def term(self):
        kind = self.chance.random()
        if self.everything and kind < 0.3:
            return self.one([self.loose, self.loose, lambda: "{" + self.word() + self.one(["", "", " " + self.word()]) + "}",
                             lambda: self.phrase() + f"~{self.chance.randrange(4)}"])()
        if kind < 0.6:
            return self.word() + (self.word() if self.often(0.05) else "")
        if kind < 0.8:
            return self.phrase()
        return self.one(["#" + self.word(), "@" + self.handle(), "$" + self.word(), self.one(self.emoji)])

    def near(self):
        def operand():
            return self.term() if self.often(0.7) else "(" + " OR ".join(self.term() for _ in range(2)) + ")"
        operator = self.one(["NEAR/0", "NEAR/1", "NEAR/3", "NEAR/2f", "ONEAR/1", "ONEAR/0f"])
        return f" {operator} ".join(operand() for _ in range(self.one([2, 2, 2, 3])))

    def field(self):
        name = self.one(["title", "author", "site", "link", "source", "type", "lang", "country", "is", "has", "followers", "engagement", "rating"])
        values = {"title": [self.term(), f"({self.term()} OR {self.term()})"], "author": [self.word(), "@" + self.handle(), self.phrase()],
                  "site": ["example.social", "b.example", "EXAMPLE"], "link": ["acme", "HTTP"], "source": ["social", "mastodon", "(news OR bluesky)"],
                  "type": ["post", "(comment OR repost)"], "lang": ["de", "(nl OR en)"], "country": ["DE", "nl"], "is": ["reply", "repost"],
                  "has": ["link", "media", "question"], "followers": ["[10 TO *]", "[* TO 10]"],
                  "engagement": ["[5 TO 10]", "[0 TO *]"], "rating": ["[1 TO 4]", "[4.5 TO 5]"]}
        return f"{name}:{self.one(values[name])}"

    def tree(self, depth):
        kind = self.chance.random()
        if depth == 0 or kind < 0.3:
            if self.everything and self.often(0.7 if self.long else 0.3):
                return self.one([self.near, self.near if self.long else self.field])()
            return self.term()
        if kind < 0.4:
            return self.one(["NOT ", "-"]) + (self.term() if self.often(0.5) else f"({self.tree(depth - 1)})")
        joined = self.one([" AND ", " OR ", " NOT ", " -", " OR ", " AND "]).join(self.tree(depth - 1) for _ in range(self.one([2, 2, 3])))
        return joined if self.often(0.4) else f"({joined})"

    def query(self):
        """One that the grammar takes; others are drawn again."""
        while True:
            query = self.tree(self.one([0, 1, 2, 3]))
            if not self.everything and any(c in query for c in "*?~{}"):
                continue
            try:
                return query, grammar.parse(query)
            except grammar.Refused:
                pass
