"""The parser of the reference evaluator: recursive descent, a method for each strength of binding."""

import re

import words
from oracle import And, Bag, Either, Entity, Exact, Field, Fuzzy, Near, Not, Or, Pattern, Phrase, Term, Title, Word
from words import EMOJI, LINK, WORD

MOST_BYTES, MOST_OPERANDS, MOST_DEPTH, MOST_NEAR = 64 * 1024, 4096, 64, 100
LEXEME = re.compile(r"""\s+ | <<<(?s:.*?)>>> | (?P<open>\() | (?P<close>\))
    | (?P<near>O?NEAR/\d+f?)(?=[\s()"]|$) | (?P<operator>AND|OR|NOT)(?=[\s()"]|$) | (?P<minus>-)(?=[^\s-])
    | (?P<field>[A-Za-z]+:)(?=\S) | (?P<range>\[\s*\S+\s+TO\s+[^\s\]]+\s*\])
    | "(?P<quoted>[^"]*)"(?:~(?P<gap>\d+))? | \{(?P<exact>[^}]*)\} | (?P<word>(?:(?!<<<)[^\s()"{}])+)""", re.X)
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
            lexeme = LEXEME.match(query, at)
            if not lexeme or lexeme.end() == at:
                raise Refused(self.byte(at), "a quote or brace without its end")
            if lexeme.lastgroup:
                kind = "quoted" if lexeme.lastgroup == "gap" else lexeme.lastgroup
                self.parts.append((kind, lexeme))
            at = lexeme.end()
        self.parts.append(("end", None))
        self.next = 0

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
        pieces = [piece for part in text.split() if (piece := self.piece(part))]
        if not pieces:
            self.refuse("no word")
        if kind == "quoted" and lexeme["gap"]:
            if int(lexeme["gap"]) > MOST_NEAR:
                self.refuse("up to 100")
            return Bag(tuple(one for piece in pieces for one in piece[0]), int(lexeme["gap"]))
        return Phrase(tuple(pieces) if len(pieces) == 1 else tuple(piece[:1] for piece in pieces))

    def piece(self, text):
        """The ways to write what stands between spaces: its positions, and one hashtag if all of it could be one."""
        fuzzy = re.fullmatch(r"(.*)~(\d+)", text, re.S)
        found = words.tokens(fuzzy[1] if fuzzy else text, extra="*?")
        if not found:
            return None
        if text[0] in "#@$＃＠＄" and found[0].start > 0:
            self.refuse(f"no name behind {text[0]}")
        if fuzzy:
            return [[self.fuzzy(found, int(fuzzy[2]))]]
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
        letters = re.match("[^*?]*", text).group()
        least = 3 if re.fullmatch(r"[^*?]*\*", text) else 2
        if len(letters) < (1 if letters and one_letter_will_do(letters[0]) else least):
            self.refuse("too few letters before the wildcard")
        return Pattern(text)

    def fuzzy(self, found, most):
        if len(found) != 1 or found[0].kind != WORD or re.search("[*?]", found[0].text):
            self.refuse("~ takes one word")
        if most not in (1, 2) or len(words.form_e(found[0].text)) < 4 * most:
            self.refuse("~1 from 4 characters, ~2 from 8")
        return Fuzzy(found[0].text, most)

    # Fields ----------------------------------------------------------------------------------------------------------

    def field(self):
        name = self.take().group()[:-1]
        if name not in FIELD_NAMES or self.in_title:
            self.refuse("no such field" if not self.in_title else "a field inside title:")
        if name == "title":
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
        kind = self.peek()
        if name in RANGED:
            if kind != "range":
                self.refuse("a range [1000 TO *]")
            return self.bounds(self.take().group())
        if kind not in ("word", "quoted"):
            self.refuse("a value is missing")
        lexeme = self.parts[self.next][1]
        value = lexeme["quoted"] if kind == "quoted" else lexeme["word"]
        if name == "author":
            return value, self.term()
        self.take()
        if name in VALUES and value not in VALUES[name]:
            self.refuse(f"one of {sorted(VALUES[name])}")
        if name in ("lang", "country") and not re.fullmatch("[A-Za-z]{2}", value):
            self.refuse("two letters")
        return value

    def bounds(self, text):
        low, high = re.fullmatch(r"\[\s*(\S+)\s+TO\s+(\S+?)\s*\]", text).groups()
        try:
            out = tuple(None if bound == "*" else float(bound) for bound in (low, high))
        except ValueError:
            self.refuse("numbers or *")
        if None not in out and out[0] > out[1]:
            self.refuse("the ends are in the wrong order")
        return out


def parse(query):
    return Parser(query).whole()
