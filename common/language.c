/* Short posts have few words, so every known word of a language is a point for it, its little words too, and
 * its own letters (ß, ł, ñ) are two. Two points and more than any other language: that is it; else nobody
 * knows, which is an honest answer and costs only the words. */
#include "language.h"

#include "glyph.h"

struct tally {
    int points[LANGUAGE_COUNT];
    int han, kana, words;
};

static enum language language_of_letter(uint32_t letter) {
    switch (glyph_lower(letter)) {
    case 0xDF: /* ß */
        return LANGUAGE_DE;
    case 0xF1: /* ñ */
        return LANGUAGE_ES;
    case 0x105: /* ą */
    case 0x107: /* ć */
    case 0x119: /* ę */
    case 0x142: /* ł */
    case 0x144: /* ń */
    case 0x15B: /* ś */
    case 0x17A: /* ź */
    case 0x17C: /* ż */
        return LANGUAGE_PL;
    default:
        return LANGUAGE_ANY;
    }
}

static void tally_word(const struct lexicon *lexicon, struct span text, size_t start, struct tally *tally) {
    struct lexicon_entry entry;
    tally->words++;
    for (int i = 0; i < LANGUAGE_ZH; i++)
        tally->points[i] += lexicon_find(lexicon, (enum language)i, text, start, &entry);
}

static void tally_field(const struct lexicon *lexicon, struct span text, struct tally *tally) {
    bool inside = false;
    for (size_t at = 0, start = 0; at < text.len && at < LANGUAGE_GUESS_MAX; start = at) {
        uint32_t character = glyph_next(text, &at);
        enum glyph class = glyph_class(character);
        bool kana = character >= 0x3040 && character < 0x3100;
        tally->kana += kana;
        tally->han += class == GLYPH_HAN && !kana;
        if (class == GLYPH_WORD && !inside)
            tally_word(lexicon, text, start, tally);
        if (class == GLYPH_WORD && language_of_letter(character) != LANGUAGE_ANY)
            tally->points[language_of_letter(character)] += 2;
        inside = class == GLYPH_WORD || (inside && class == GLYPH_QUOTE);
    }
}

enum language language_guess(const struct lexicon *lexicon, struct span title, struct span text) {
    struct tally tally = {0};
    tally_field(lexicon, title, &tally);
    tally_field(lexicon, text, &tally);
    if (tally.kana)
        return LANGUAGE_ANY;
    if (tally.han >= tally.words && tally.han > 0)
        return LANGUAGE_ZH;
    enum language best = LANGUAGE_ANY;
    int most = 1;
    bool clear = false;
    for (int i = 0; i < LANGUAGE_ZH; i++) {
        if (tally.points[i] == most)
            clear = false;
        if (tally.points[i] <= most)
            continue;
        most = tally.points[i];
        best = (enum language)i;
        clear = true;
    }
    return clear ? best : LANGUAGE_ANY;
}
