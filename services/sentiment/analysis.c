/* The one place where the scorer meets JSON. Places in hashtags and mentions have no position in the text, so
 * only those in title and text say where to look. */
#include "analysis.h"

#include "earshot/json.h"
#include "language.h"
#include "opinion.h"

#include <inttypes.h>

static const char *const FIELDS[FIELD_COUNT] = {[FIELD_TITLE] = "title", [FIELD_TEXT] = "text"};

struct places {
    struct place items[OPINION_PLACES_MAX];
    size_t count; /* the first ones: the rest of a long list changes little */
};

static void place_add(struct places *places, struct span name, int64_t byte) {
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (places->count < OPINION_PLACES_MAX && span_eq(name, span_of(FIELDS[i])))
            places->items[places->count++] = (struct place){.field = (enum field)i, .byte = (uint32_t)byte};
}

/* [field, start, end] */
static bool place_read(struct json *json, struct places *places) {
    struct json_scope scope;
    struct span name = {NULL, 0};
    int64_t start = 0, end = 0;
    size_t members = 0;
    for (bool ok = json_array(json, &scope); ok && json_element(json, &scope); members++) {
        if (members == 0)
            ok = json_string(json, &name);
        else if (members < 3)
            ok = json_integer(json, 0, UINT32_MAX, members == 1 ? &start : &end);
        else
            ok = json_expected(json, "three elements");
    }
    if (json_ok(json) && members != 3)
        return json_fault(json, FAULT_TYPE, json_byte(json), "expected [field, start, end]");
    if (json_ok(json))
        place_add(places, name, start);
    return json_ok(json);
}

static bool places_read(struct span at, struct arena *arena, struct places *places, struct fault *fault) {
    struct json json;
    struct json_scope scope;
    places->count = 0;
    json_begin(&json, at, arena, fault);
    for (bool ok = json_array(&json, &scope); ok && json_element(&json, &scope);)
        ok = place_read(&json, places);
    return json_ok(&json) && json_end(&json);
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

bool analysis_write(const struct lexicon *lexicon, const struct mention *mention, struct arena *arena,
                    struct buf *out, struct fault *fault) {
    buf_add_str(out, "{\"language\":");
    enum language language = print_language(lexicon, mention, out);
    const struct reading *reading = reading_of(lexicon, language, mention->title, mention->text, arena);
    struct opinions *opinions = opinions_new(reading, arena);
    buf_add_str(out, ",\"alerts\":[");
    for (size_t i = 0; i < mention->match_count; i++) {
        const struct mention_match *match = &mention->matches[i];
        struct places places;
        struct opinion opinion;
        if (!places_read(match->at, arena, &places, fault))
            return false;
        opinions_ask(opinions, places.items, places.count, &opinion);
        if (i)
            buf_add_char(out, ',');
        print_opinion(out, match->id, &opinion);
    }
    buf_add_str(out, "]}");
    return true;
}
