/* show_analysis: words are told by what they say in the text, the strongest first; the item has their places
 * and weights. */
#include "show.h"

#include <ctype.h>

enum { WORDS_SHOWN = 3, WORD_COLUMNS = 40 };

struct driving {
    struct span text;
    double weight;
};

/* The item's text at [field,start,end], which stands in `row` from `from` on; {NULL, 0}: behind where the
 * item was cut. */
static struct span text_at(const json_t *item, const json_t *row, size_t from) {
    const char *field = json_string_value(json_array_get(row, from));
    struct span text = field ? show_string(item, field) : (struct span){0};
    json_int_t start = json_integer_value(json_array_get(row, from + 1));
    json_int_t end = json_integer_value(json_array_get(row, from + 2));
    if (start < 0 || end <= start || (size_t)end > text.len)
        return (struct span){0};
    return (struct span){text.ptr + start, (size_t)(end - start)};
}

/* How much it says for the item's label; for a neutral one words of both sides may. */
static struct driving driving_of(const json_t *item, const json_t *word) {
    struct span label = show_string(item, "label");
    double weight = json_number_value(json_array_get(word, 3));
    bool turned = span_eq(label, SPAN("negative")) || (weight < 0 && span_eq(label, SPAN("neutral")));
    return (struct driving){.text = text_at(item, word, 0), .weight = turned ? -weight : weight};
}

static bool is_punctuation(struct span text) {
    return text.len == 1 && ispunct((unsigned char)text.ptr[0]);
}

static bool is_told(const struct driving *top, size_t count, struct span text) {
    for (size_t i = 0; i < count; i++)
        if (span_eq(top[i].text, text))
            return true;
    return false;
}

static size_t find_driving(const json_t *item, struct driving top[WORDS_SHOWN]) {
    const json_t *words = json_object_get(item, "words");
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(words); i++) {
        struct driving one = driving_of(item, json_array_get(words, i));
        size_t at = count;
        if (one.text.len == 0 || one.weight <= 0 || is_punctuation(one.text) || is_told(top, count, one.text))
            continue;
        while (at > 0 && top[at - 1].weight < one.weight)
            at--;
        if (at == WORDS_SHOWN)
            continue;
        count += count < WORDS_SHOWN;
        memmove(&top[at + 1], &top[at], (count - 1 - at) * sizeof *top);
        top[at] = one;
    }
    return count;
}

static void add_part(struct buf *out, const char *name) {
    buf_printf(out, "%s%s: ", out->len ? " · " : "", name);
}

static void add_reasons(struct buf *out, const json_t *item) {
    const json_t *reasons = json_object_get(item, "reasons");
    for (size_t i = 0; i < json_array_size(reasons); i++) {
        const json_t *reason = json_array_get(reasons, i);
        const char *name = json_string_value(json_array_get(reason, 0));
        struct span text = text_at(item, reason, 2);
        if (!name)
            continue;
        buf_printf(out, ", %s", name);
        if (text.len == 0)
            continue;
        buf_add_str(out, " (");
        screen_add_foreign(out, text, WORD_COLUMNS);
        buf_add_char(out, ')');
    }
}

void show_analysis(struct buf *out, const json_t *item) {
    struct driving top[WORDS_SHOWN];
    struct span intent = show_string(item, "intent");
    const json_t *risk = json_object_get(item, "risk");
    /* a person's label is not of these words */
    size_t count = json_is_true(json_object_get(item, "corrected")) ? 0 : find_driving(item, top);
    for (size_t i = 0; i < count; i++) {
        if (i == 0)
            add_part(out, "words");
        else
            buf_add_str(out, ", ");
        screen_add_foreign(out, top[i].text, WORD_COLUMNS);
    }
    if (intent.len) {
        add_part(out, "intent");
        buf_add_span(out, intent);
    }
    if (json_is_number(risk)) {
        add_part(out, "risk");
        buf_printf(out, "%.3f", json_number_value(risk));
        add_reasons(out, item);
    }
}
