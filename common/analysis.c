/* The one place where the scorer meets JSON. Places in hashtags and mentions have no position in the text, so
 * only those in title and text say where to look. */
#include "earshot/analysis.h"

#include "language.h"
#include "opinion.h"

#include <inttypes.h>

static const char *const FIELDS[FIELD_COUNT] = {[FIELD_TITLE] = "title", [FIELD_TEXT] = "text"};

static size_t places_read(struct span at, struct arena *arena, struct place places[OPINION_PLACES_MAX]) {
    const struct mention_range *ranges;
    size_t range_count = mention_ranges(at, arena, &ranges), count = 0;
    for (size_t i = 0; i < range_count; i++)
        for (size_t field = 0; field < FIELD_COUNT; field++)
            if (count < OPINION_PLACES_MAX && span_eq(ranges[i].field, span_of(FIELDS[field])))
                places[count++] = (struct place){.field = (enum field)field, .byte = ranges[i].start};
    return count;
}

static void print_thousandths(struct buf *out, int value) {
    int size = value < 0 ? -value : value;
    buf_printf(out, "%s%d.%03d", value < 0 ? "-" : "", size / 1000, size % 1000);
}

static void print_opinion(struct buf *out, struct span id, const struct opinion *opinion) {
    buf_add_str(out, "{\"id\":");
    buf_add_json(out, id);
    buf_printf(out, ",\"label\":\"%s\",\"score\":", label_name(opinion->label));
    print_thousandths(out, opinion->score);
    buf_add_str(out, ",\"words\":[");
    for (size_t i = 0; i < opinion->word_count; i++) {
        const struct opinion_word *word = &opinion->words[i];
        buf_printf(out, "%s[\"%s\",%" PRIu32 ",%" PRIu32 ",", i ? "," : "", FIELDS[word->field], word->start,
                   word->end);
        print_thousandths(out, word->weight);
        buf_add_char(out, ']');
    }
    buf_add_str(out, "]}");
}

/* The letters of ISO 639-1 or -3 that a code begins with ("de" of "de-AT"); 0: it is none. */
static size_t code_letters(struct span code) {
    size_t letters = 0;
    while (letters < code.len && (code.ptr[letters] | 0x20) >= 'a' && (code.ptr[letters] | 0x20) <= 'z')
        letters++;
    bool ends = letters == code.len || code.ptr[letters] == '-' || code.ptr[letters] == '_';
    bool undetermined = letters == 3 && strncasecmp(code.ptr, "und", 3) == 0;
    return ends && !undetermined && (letters == 2 || letters == 3) ? letters : 0;
}

/* The mention's own language in lower case without its region; else the guess; else null. */
static enum language print_language(const struct lexicon *lexicon, const struct mention *mention,
                                    struct buf *out) {
    size_t letters = code_letters(mention->language);
    if (letters > 0) {
        buf_add_char(out, '"');
        for (size_t i = 0; i < letters; i++)
            buf_add_char(out, (char)(mention->language.ptr[i] | 0x20));
        buf_add_char(out, '"');
        return language_of(mention->language);
    }
    enum language guess = language_guess(lexicon, mention->title, mention->text);
    if (guess == LANGUAGE_ANY)
        buf_add_str(out, "null");
    else
        buf_printf(out, "\"%s\"", language_code(guess));
    return guess;
}

void analysis_write(const struct lexicon *lexicon, const struct mention *mention, struct arena *arena,
                    struct buf *out) {
    buf_add_str(out, "{\"language\":");
    enum language language = print_language(lexicon, mention, out);
    const struct reading *reading = reading_of(lexicon, language, mention->title, mention->text, arena);
    struct opinions *opinions = opinions_new(reading, arena);
    buf_add_str(out, ",\"alerts\":[");
    for (size_t i = 0; i < mention->match_count; i++) {
        struct place places[OPINION_PLACES_MAX];
        struct opinion opinion;
        opinions_ask(opinions, places, places_read(mention->matches[i].at, arena, places), &opinion);
        if (i)
            buf_add_char(out, ',');
        print_opinion(out, mention->matches[i].id, &opinion);
    }
    buf_add_str(out, "]}");
}
