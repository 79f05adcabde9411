"""The parser of the reference evaluator: recursive descent, a method for each strength of binding."""

import re

import words
from oracle import And, Bag, Either, Entity, Exact, Field, Fuzzy, Near, Not, Or, Pattern, Phrase, Term, Title, Word
from words import EMOJI, LINK, WORD

MOST_BYTES, MOST_OPERANDS, MOST_DEPTH, MOST_NEAR = 64 * 1024, 4096, 64, 100
LEXEME = re.compile(r"""\s+ | <<<(?s:.*?)>>> | (?P<open>\() | (?P<close>\))
    | (?P<near>O?NEAR(?=[\s/(){}"]|$)(?:(?!<<<)[^\s(){}"])*) | (?P<operator>AND|OR|NOT)(?=[\s(){}"]|$) | (?P<minus>-)(?=\S)
    | (?P<field>(?!https?://)[A-Za-z]+:) | (?P<range>\[\s*\S+\s+TO\s+[^\s\]]+\s*\])
    | "(?P<quoted>[^"]*)"(?:~(?P<gap>(?:(?!<<<)[^\s()"{}])*))? | \{(?P<exact>[^}]*)\} | (?P<word>(?:(?!<<<)[^\s()"{}])+)""", re.X)
# What stands behind the name of a field other than title:, and behind an OR inside its parentheses.
VALUE = re.compile(r"""(?P<range>\[[^\]]*\]) | "(?P<quoted>[^"]*)" | (?P<word>(?!(?:AND|OR|NOT)(?:[\s(){}"]|$))(?:(?!<<<)[^\s()"{}])+)""", re.X)
COUNT, NUMBER = re.compile("[0-9]{1,18}"), re.compile("[0-9]{1,9}(\\.[0-9]{1,6})?")
PLATFORM = re.compile("[a-z0-9][a-z0-9._-]{0,63}", re.I | re.A)
HOST = re.compile(r"[\w\u0080-\U0010ffff-]+(?:\.[\w\u0080-\U0010ffff-]+)*")
VALUES = {
    "type": {"post", "comment", "review", "article", "repost"},
    "is": {"reply", "repost"},
    "has": {"link", "media", "question"},
}
RANGED = ("followers", "engagement", "rating")
FIELD_NAMES = {"title", "author", "site", "link", "source", "type", "lang", "country", "is", "has", *RANGED}


class Refused(Exception):
    """A query that is no query; `at`: the byte."""

    def __init__(self, at, text):
        super().__init__(f"byte {at}: {text}")
        self.at = at


def one_letter_will_do(c):
    return words.is_solid(c) or words.script(c) == "HANGUL"


class Parser:
    def __init__(self, query):
        self.query, self.depth, self.operands, self.in_title = query, 0, 0, False
        self.parts, at = [], 0
        if len(query.encode()) > MOST_BYTES:
            raise Refused(MOST_BYTES, "longer than 64 KiB")
        while at < len(query):
            name = self.value_is_next()
            lexeme = VALUE.match(query, at) if name else None
            if lexeme and lexeme.lastgroup == "range" and name not in RANGED:
                lexeme = None
            lexeme = lexeme or LEXEME.match(query, at)
            if not lexeme or lexeme.end() == at:
                raise Refused(self.byte(at), "a quote or brace without its end")
            if lexeme.lastgroup:
                kind = "quoted" if lexeme.lastgroup == "gap" else lexeme.lastgroup
                self.parts.append((kind, lexeme))
            at = lexeme.end()
        self.parts.append(("end", None))
        self.next = 0

    def value_is_next(self):
        """The field's name, where the parts so far end with it, or inside its parentheses where a value may stand."""
        kinds = [kind if kind != "operator" else lexeme.group() for kind, lexeme in self.parts]
        last = len(kinds) - 1
        while last > 0 and kinds[last] == "OR" and kinds[last - 1] in ("word", "quoted", "range"):
            last -= 2
        if last != len(kinds) - 1 and kinds[last] != "open":
            return None
        last -= kinds[last] == "open" if kinds else 0
        name = self.parts[last][1].group()[:-1] if last >= 0 and kinds[last] == "field" else "title"
        return name if name != "title" else None

    def byte(self, at):
        return len(self.query[:at].encode())

    def peek(self):
        kind, lexeme = self.parts[self.next]
        return kind if kind != "operator" else lexeme.group()

    def take(self):
        self.next += 1
        return self.parts[self.next - 1][1]

    def refuse(self, text):
        lexeme = self.parts[min(self.next, len(self.parts) - 1)][1]
        raise Refused(self.byte(lexeme.start() if lexeme else len(self.query)), text)

    # Operators, weakest first ----------------------------------------------------------------------------------------

    def whole(self):
        tree = self.either()
        if self.peek() != "end":
            self.refuse("two side by side: AND or quotes between them" if self.peek() != "close" else "nothing was opened")
        if not tree.positive():
            self.refuse("nothing positive")
        return tree

    def either(self):
        parts = [self.both()]
        while self.peek() == "OR":
            self.take()
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self):
        parts = [self.close()]
        while self.peek() in ("AND", "NOT", "minus"):
            if self.peek() == "AND":
                self.take()
            parts.append(self.close())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def close(self):
        """a NEAR/n b NEAR/m c: each with its neighbour."""
        left, pairs = self.negated(), []
        first = left
        while self.peek() == "near":
            operator = re.fullmatch(r"(O?)NEAR/(\d+)(f?)", self.take().group())
            if not operator:
                self.refuse("NEAR/n")
            if int(operator[2]) > MOST_NEAR:
                self.refuse("NEAR up to 100")
            right = self.negated()
            pairs.append(Near(self.place(left), self.place(right), int(operator[2]), bool(operator[1] or operator[3])))
            left = right
        if not pairs:
            return first
        return pairs[0] if len(pairs) == 1 else And(tuple(pairs))

    def place(self, tree):
        """What may stand beside NEAR: a term, or an OR group of terms."""
        if isinstance(tree, Term):
            return tree.term
        if isinstance(tree, Or):
            return Either(tuple(self.place(part) for part in tree.parts))
        self.refuse("NEAR takes words, phrases and OR groups of them")

    def negated(self):
        if self.peek() in ("NOT", "minus"):
            minus = self.peek() == "minus"
            self.take()
            if minus and self.peek() in ("NOT", "minus"):
                self.refuse("- stands right before what it excludes")
            return Not(self.deeper(self.negated))
        return self.operand()

    def deeper(self, method):
        self.depth += 1
        if self.depth > MOST_DEPTH:
            self.refuse("deeper than 64")
        tree = method()
        self.depth -= 1
        return tree

    def operand(self):
        kind = self.peek()
        if kind == "open":
            self.take()
            tree = self.deeper(self.either)
            if self.peek() != "close":
                self.refuse("an open parenthesis")
            self.take()
            return tree
        self.operands += 1
        if self.operands > MOST_OPERANDS:
            self.refuse("more than 4096 operands")
        if kind == "field":
            return self.field()
        if kind not in ("quoted", "exact", "word"):
            self.refuse("an operand is missing")
        return Term(self.term())

    # Words -----------------------------------------------------------------------------------------------------------

    def term(self):
        kind, lexeme = self.peek(), self.take()
        if kind == "exact":
            if not lexeme["exact"].strip():
                self.refuse("nothing in the braces")
            return Exact(lexeme["exact"])
        text = lexeme["quoted"] if kind == "quoted" else lexeme["word"]
        pieces = [piece for part in text.split() if (piece := self.piece(part, kind == "quoted"))]
        if not pieces:
            self.refuse("no word")
        if kind == "quoted" and lexeme.groupdict().get("gap") is not None:
            parts = tuple(one for piece in pieces for one in piece[0])
            if not re.fullmatch("[0-9]+", lexeme["gap"]) or int(lexeme["gap"]) > MOST_NEAR or len(parts) < 2:
                self.refuse("two words or more, up to 100 between them")
            return Bag(parts, int(lexeme["gap"]))
        return Phrase(tuple(pieces) if len(pieces) == 1 else tuple(piece[:1] for piece in pieces))

    def piece(self, text, quoted):
        """The ways to write what stands between spaces: its positions, and one hashtag if all of it could be one."""
        found = words.tokens(text, extra="*?")
        if found and not quoted and text[0] in "#@$＃＠＄" and (found[0].start > 0 or found[0].kind == WORD):
            self.refuse(f"no name behind {text[0]}")
        if any(re.match("~[0-9]", text[token.end:]) for token in found):
            if not quoted and text.count("~") > 1 or len(found) != 2 or found[1].start != found[0].end + 1 or not re.fullmatch("[0-9]+", found[1].text):
                self.refuse("~ takes one word and a number")
            return [[self.fuzzy(found[0], int(found[1].text))]]
        if not quoted and "~" in text:
            self.refuse("~ stands right behind a word, with a number")
        if not found:
            return None
        way = [self.one(token) for token in found]
        run = "".join(token.text for token in found)
        joined = len(found) > 1 and all(token.kind == WORD for token in found) and found[-1].end - found[0].start == len(run)
        return [way, [Pattern(run) if re.search("[*?]", run) else Word(run)]] if joined else [way]

    def one(self, token):
        if token.kind == LINK:
            self.refuse("links are looked into by link:")
        if token.kind == WORD:
            return self.pattern(token.text) if re.search("[*?]", token.text) else Word(token.text)
        return Entity(token.kind, token.text if token.kind == EMOJI else token.text[1:])

    def pattern(self, text):
        letters, rest = re.fullmatch("([^*?]*)(.*)", text, re.S).groups()
        least = 3 if "*" in rest and not rest.strip("*?") else 2
        if len(words.form_e(letters)) < (1 if letters and one_letter_will_do(letters[0]) else least):
            self.refuse("too few letters before the wildcard")
        return Pattern(text)

    def fuzzy(self, token, most):
        if token.kind != WORD or re.search("[*?]", token.text):
            self.refuse("~ takes a word")
        if most not in (1, 2) or len(words.form_e(token.text)) < 4 * most:
            self.refuse("~1 from 4 characters, ~2 from 8")
        return Fuzzy(token.text, most)

    # Fields ----------------------------------------------------------------------------------------------------------

    def field(self):
        name = self.take().group()[:-1]
        if name not in FIELD_NAMES or self.in_title:
            self.refuse("no such field" if not self.in_title else "a field inside title:")
        if name == "title":
            if self.peek() == "end" or self.parts[self.next][1].start() != self.parts[self.next - 1][1].end():
                self.refuse("the word stands right behind the colon")
            self.in_title = True
            tree = Title(self.operand())
            self.in_title = False
            return tree
        if self.peek() != "open":
            return Field(name, self.value(name))
        self.take()
        parts = [Field(name, self.value(name))]
        while self.peek() == "OR":
            self.take()
            parts.append(Field(name, self.value(name)))
        if self.peek() != "close":
            self.refuse("a field takes one operand or an OR group")
        self.take()
        return Or(tuple(parts))

    def value(self, name):
        kind, lexeme = self.parts[self.next]
        if lexeme is None or lexeme.start() != self.parts[self.next - 1][1].end() and self.parts[self.next - 1][0] == "field":
            self.refuse("the value stands right behind the colon")
        if name in RANGED:
            if kind != "range":
                self.refuse("a range [1000 TO *]")
            return self.bounds(name, self.take().group())
        if kind not in ("word", "quoted"):
            self.refuse("a value is missing")
        if name == "author":
            return self.author(lexeme)
        self.take()
        value = lexeme["quoted"].strip() if kind == "quoted" else lexeme["word"]
        if not self.is_value(name, value, kind):
            self.refuse(f"no value of {name}")
        return value

    def author(self, lexeme):
        value, term = lexeme.group(lexeme.lastgroup), self.term()
        if any(isinstance(one, (Pattern, Fuzzy)) for piece in term.pieces for way in piece for one in way):
            self.refuse("no wildcards in author:")
        return value, term

    def is_value(self, name, value, kind):
        if name in VALUES:
            return value.lower() in VALUES[name]
        if name in ("lang", "country"):
            return re.fullmatch("[A-Za-z]{2}", value)
        if name == "site":
            return HOST.fullmatch(value)
        if name == "source":
            return PLATFORM.fullmatch(value)
        return value and (kind == "quoted" or "*" not in value)

    def bounds(self, name, text):
        found = re.fullmatch(r"\[\s*(\S+)\s+TO\s+(\S+)\s*\]", text)
        one = NUMBER if name == "rating" else COUNT
        if not found or any(bound != "*" and not one.fullmatch(bound) for bound in found.groups()):
            self.refuse("numbers or * with TO between")
        out = tuple(None if bound == "*" else float(bound) for bound in found.groups())
        if None not in out and out[0] > out[1]:
            self.refuse("the ends are in the wrong order")
        return out


def parse(query):
    return Parser(query).whole()
