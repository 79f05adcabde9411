"""How text becomes words and how words are compared: the two first sections of the alert language, done the obvious way.

Nothing here was taken from common/text*.c: the two are only worth comparing while they share no mistake. The one
thing they share is data, OpenCC's table of Han characters (common/text_han.txt).
"""

import functools
import pathlib
import re
import typing
import unicodedata

WIDE = {"＃": "#", "＠": "@", "＄": "$"}
WORD, TAG, HANDLE, CASH, EMOJI, LINK = "word", "#", "@", "$", "emoji", "link"


def ranges(text):
    """A class of a regular expression from lines of code points and ranges of them, in hexadecimal."""
    return "".join("-".join(f"\\U{int(end, 16):08x}" for end in part.split("-")) for part in text.split())


# Han, Kana (also of half width), Thai, Lao, Burmese, Khmer: a word a character.
SOLID = ranges("""2e80-2fd5 3005 3007 3021-3029 3031-3035 3038-303b 3400-4dbf 4e00-9fff f900-faff 20000-3134f
                  3041-3096 309d-309f 1b000-1b122 1b150-1b167 30a1-30fa 30fc-30ff 31f0-31ff ff66-ff9d
                  e01-e3a e40-e4e e50-e59 e81-edf 1000-1049 1050-109d a9e0-a9fe aa60-aa76 aa7a-aa7f 1780-17d3 17d7 17dc-17e9""")
# Default_Ignorable_Code_Point: not seen. Marks among them go on with a word but begin none.
UNSEEN = ranges("""ad 34f 61c 115f-1160 17b4-17b5 180b-180f 200b-200f 202a-202e 2060-206f 3164 fe00-fe0f feff ffa0 fff0-fff8
                   1bca0-1bca3 1d173-1d17a e0000-e0fff""")
# Extended_Pictographic of Unicode, without ℹ, which is a letter, and without signs that nobody takes for an emoji
# unless a selector says so: © ® ™ ‼ ⁉ arrows, Ⓜ, 〰 〽 ㊗ ㊙.
PICTURE = ranges("""231a-231b 2328 2388 23cf 23e9-23f3 23f8-23fa 25aa-25ab 25b6 25c0 25fb-25fe 2600-2605 2607-2612 2614-2685 2690-2705
                    2708-2712 2714 2716 271d 2721 2728 2733-2734 2744 2747 274c 274e 2753-2755 2757 2763-2767 2795-2797 27a1 27b0 27bf
                    2b1b-2b1c 2b50 2b55 1f000-1f0ff 1f10d-1f10f 1f12f 1f16c-1f171 1f17e-1f17f 1f18e 1f191-1f19a 1f1ad-1f1e5 1f201-1f20f
                    1f21a 1f22f 1f232-1f23a 1f23c-1f23f 1f249-1f53d 1f546-1f64f 1f680-1f6ff 1f774-1f77f 1f7d5-1f7ff 1f90c-1f93a
                    1f93c-1f945 1f947-1faff""")
SIGN = ranges("a9 ae 203c 2049 2122 2194-2199 21a9-21aa 24c2 2934-2935 2b05-2b07 3030 303d 3297 3299")
MODIFIED = "[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]*"
ONE_EMOJI = f"(?:[{PICTURE}][\U000e0020-\U000e007f]+|[{PICTURE}]{MODIFIED}\u20e3?|[{SIGN}]\ufe0f{MODIFIED}\u20e3?)"
KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")
EMOJI_RUN = re.compile(f"[\U0001f1e6-\U0001f1ff]{{1,2}}{MODIFIED}|{KEYCAP.pattern}|{ONE_EMOJI}(?:\u200d(?:{ONE_EMOJI}|[{SIGN}]))*")
TONES = dict.fromkeys([0xfe0e, 0xfe0f, *range(0x1f3fb, 0x1f400)])

LINK_RUN = re.compile(r"(?:https?://|www\.)\S*", re.I)
SOLID_LETTER = re.compile(f"[{SOLID}]")
UNSEEN_LETTER = re.compile(f"[{UNSEEN}]")
LATIN = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"}
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
SHORT_VOWELS = {chr(c) for c in range(0x64b, 0x653)} | {"\u0670", "\u0640"}


def han_table():
    path = pathlib.Path(__file__).resolve().parents[2] / "common" / "text_han.txt"
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {int(row[0], 16): int(row[1], 16) for row in rows if row}


HAN = han_table()


# Characters ----------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=None)
def is_mark(c):
    """A mark; the voicing marks of half-width Katakana too, which are one after NFKC."""
    return unicodedata.category(c)[0] == "M" or c in "\uff9e\uff9f"


@functools.lru_cache(maxsize=None)
def is_solid(c):
    return bool(SOLID_LETTER.match(c)) and not is_mark(c)


@functools.lru_cache(maxsize=None)
def is_letter(c):
    """A letter, digit or `_`. 〇 and the numerals beside it are numbers to Unicode, but characters of Han."""
    return c == "_" or unicodedata.category(c) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Nd") and not is_mark(c) or is_solid(c)


def in_word(c):
    return is_letter(c) or is_mark(c)


@functools.lru_cache(maxsize=None)
def script(c):
    """LATIN, GREEK, …: the first word of the character's name."""
    return c and unicodedata.name(c, "").replace("FULLWIDTH ", "").replace("HALFWIDTH ", "").split(" ")[0]


# Text becomes words --------------------------------------------------------------------------------------------------


class Token(typing.NamedTuple):
    """One position of a text: from start to end in characters, first to last in bytes."""
    kind: str
    text: str
    start: int
    end: int
    first: int
    last: int


def run_end(text, at, accepts):
    """Up to a keycap (1 and U+20E3), which is an emoji."""
    while at < len(text) and accepts(text[at]) and not KEYCAP.match(text, at):
        at += 1
    return at


def name_end(text, at):
    """The end of a handle's name or host from `at`: letters, marks, digits, `_`, and single `.` or `-` inside."""
    end = run_end(text, at, in_word) if text[at:at + 1] and is_letter(text[at]) else at
    while end > at and text[end:end + 1] in (".", "-") and end + 1 < len(text) and is_letter(text[end + 1]):
        part = run_end(text, end + 1, in_word)
        if part == end + 1:
            break
        end = part
    return end


def entity_end(text, at):
    """The end of the tag, handle or cashtag that begins at `at`, or None."""
    sign = WIDE.get(text[at], text[at])
    if sign == HANDLE:
        end = name_end(text, at + 1)
        if end > at + 1 and text[end:end + 1] == "@":
            host = name_end(text, end + 1)
            end = host if host > end + 1 else end
        return end if end > at + 1 else None
    end = run_end(text, at + 1, in_word)
    name = text[at + 1:end]
    if UNSEEN_LETTER.match(name):
        return None
    if sign == TAG:
        return end if any(unicodedata.category(c) != "Nd" for c in name) else None
    return end if re.fullmatch("[A-Za-z]{1,8}", name) else None


def word_end(text, at, extra):
    """The end of the word that begins at `at`; `extra`: more characters that are letters (the wildcards of a query)."""
    if is_solid(text[at]):
        return run_end(text, at + 1, lambda c: c in extra or is_mark(c))
    return run_end(text, at, lambda c: c in extra or in_word(c) and not is_solid(c))


def spans(text, extra=""):
    """(kind, start, end) of all positions, in characters."""
    at, last_end = 0, None  # last_end: where the last word, tag or handle ended
    while at < len(text):
        c, kind, end = text[at], None, None
        link = LINK_RUN.match(text, at) if c in "hHwW" else None
        emoji = EMOJI_RUN.match(text, at)
        if link:
            kind, end = LINK, link.end()
        elif WIDE.get(c, c) in (TAG, HANDLE, CASH) and at != last_end and not emoji:
            kind, end = WIDE.get(c, c), entity_end(text, at)
            if kind == CASH and end and end < len(text) and text[end] in extra:
                end = None  # $ac* is no cashtag, as $acmecorps is none
        elif emoji:
            kind, end = EMOJI, emoji.end()
        elif is_letter(c) or is_mark(c) and not UNSEEN_LETTER.match(c) or c in extra:
            kind, end = WORD, word_end(text, at, extra)
        if end is None:
            at += 1
            continue
        yield kind, at, end
        at = end
        last_end = last_end if kind == EMOJI else end


def tokens(text, extra=""):
    """The positions of a text as Tokens."""
    out, byte, last = [], 0, 0
    for kind, start, end in spans(text, extra):
        byte += len(text[last:start].encode())
        length = len(text[start:end].encode())
        out.append(Token(kind, text[start:end], start, end, byte, byte + length))
        byte, last = byte + length, end
    return out


# Words are compared --------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=200000)
def form_e(word):
    """NFKC and full case folding, without what is not seen; Han in simplified characters."""
    seen = UNSEEN_LETTER.sub("", word)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    return folded.translate(HAN)


@functools.lru_cache(maxsize=200000)
def form_s(word):
    """E without accents of Latin and Greek letters, without short vowels and tatweel of Arabic."""
    out, base = [], ""
    for c in unicodedata.normalize("NFD", form_e(word)):
        if unicodedata.category(c) == "Mn":
            if script(base) not in ("LATIN", "GREEK") and c not in SHORT_VOWELS:
                out.append(c)
        elif c not in SHORT_VOWELS:
            base = c
            out.append(LATIN.get(c, c))
    return unicodedata.normalize("NFC", "".join(out))


@functools.lru_cache(maxsize=200000)
def form_g(word):
    """E with umlauts written out."""
    return form_e(word).translate(UMLAUTS)


@functools.lru_cache(maxsize=200000)
def same_emoji(emoji):
    """An emoji without what does not matter: its skin tone and its variation selectors."""
    bare = emoji.translate(TONES)
    return bare or emoji


@functools.lru_cache(maxsize=1000000)
def same_word(query, word):
    """Whether a word of a query finds a word of a text."""
    if form_e(query) == form_s(query):
        return form_e(query) in (form_e(word), form_s(word), form_g(word))
    return form_e(word) in (form_e(query), form_g(query))


def edits(a, b):
    """Insertions, deletions, replacements and swaps of two neighbours, no character edited twice."""
    rows = [list(range(len(b) + 1))]
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
