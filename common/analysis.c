/* The one place where the model meets the mention. */
#include "earshot/analysis.h"

#include "earshot/identify.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

static const char *const FIELDS[AIM_FIELDS] = {[ANALYSIS_TITLE] = "title", [ANALYSIS_TEXT] = "text"};

/* Where a hashtag or a handle begins: behind its # or @. */
struct sign {
    uint32_t field, at;
};

struct analyser {
    struct model *model;
    struct features *features;
    struct aims *aims;
    struct analysis analysis;
    struct sign *signs; /* of the mention that was read last */
    size_t sign_count, sign_cap;
};

struct analyser *analyser_new(const char *path, struct buf *message) {
    struct model *model = model_load(path, message);
    if (!model)
        return NULL;
    struct analyser *analyser = xcalloc(1, sizeof *analyser);
    analyser->model = model;
    analyser->features = features_new();
    analyser->aims = aims_new();
    return analyser;
}

void analyser_free(struct analyser **analyser) {
    if (!*analyser)
        return;
    model_free(&(*analyser)->model);
    features_free(&(*analyser)->features);
    aims_free(&(*analyser)->aims);
    free((*analyser)->signs);
    free(*analyser);
    *analyser = NULL;
}

struct aims *analyser_aims(struct analyser *analyser) {
    return analyser->aims;
}

/* Reading. */

/* The letters of ISO 639-1 or -3 that a code begins with ("de" of "de-AT"); 0: it is none. */
static size_t code_letters(struct span code) {
    size_t letters = 0;
    while (letters < code.len && (code.ptr[letters] | 0x20) >= 'a' && (code.ptr[letters] | 0x20) <= 'z')
        letters++;
    bool ends = letters == code.len || code.ptr[letters] == '-' || code.ptr[letters] == '_';
    bool undetermined = letters == 3 && strncasecmp(code.ptr, "und", 3) == 0;
    return ends && !undetermined && (letters == 2 || letters == 3) ? letters : 0;
}

static bool is_other(const struct model_language *language) {
    return strcmp(language->code, MODEL_OTHER) == 0;
}

static void find_reasons(struct analyser *analyser) {
    struct analysis *analysis = &analyser->analysis;
    analysis->reason_count = 0;
    for (int i = 0; i < REASONS; i++) {
        if (analysis->intents.reasons[i] < ANALYSIS_REASON_AT)
            continue;
        uint32_t at = intents_token(analyser->model, analyser->features, (enum reason)i);
        const struct feature_token *token = &analyser->features->tokens[at];
        analysis->reasons[analysis->reason_count++] = (struct analysis_reason){
            .reason = (enum reason)i,
            .likely = analysis->intents.reasons[i],
            .word = {.field = token->field, .start = token->start, .end = token->end}};
    }
}

const struct analysis *analyser_read(struct analyser *analyser, const struct span fields[AIM_FIELDS],
                                     struct span claim, int64_t followers) {
    struct features *features = analyser->features;
    struct analysis *analysis = &analyser->analysis;
    const struct model_language *claimed =
        code_letters(claim) ? model_language(analyser->model, claim) : NULL;
    if (claimed)
        model_expect(claimed, features);
    features_clear(features);
    for (size_t i = 0; i < AIM_FIELDS; i++)
        features_text(features, fields[i], (uint8_t)i);
    features_end(features);
    struct identified identified = identify(analyser->model, features, claimed);
    model_expect(identified.language, features); /* of the next, where it claims none */
    aims_read(analyser->aims, analyser->model, identified.language, features, fields);
    *analysis = (struct analysis){
        .language = is_other(identified.language) ? NULL : identified.language->code,
        .language_likely = identified.likely,
        .unknown = is_other(identified.language) && !aims_feel(analyser->aims),
        .intents = intents_of(analyser->model, features, aims_score(analyser->aims), followers)};
    if (analysis->unknown) /* what is left is how common each is */
        analysis->intents.intent = INTENT_OTHER;
    find_reasons(analyser);
    return analysis;
}

void analyser_ask(struct analyser *analyser, uint32_t name, struct aim *aim, double *confidence) {
    if (analyser->analysis.unknown) {
        *aim = (struct aim){.likely = {[LABEL_NEUTRAL] = 1}, .label = LABEL_NEUTRAL};
        *confidence = 0;
        return;
    }
    aims_ask(analyser->aims, name, aim);
    *confidence = aim->likely[aim->label];
}

int analysis_score(const struct aim *aim) {
    return (int)round(1000 * (aim->likely[LABEL_POSITIVE] - aim->likely[LABEL_NEGATIVE]));
}

/* Names of a mention. */

/* Whether a tag or handle does behind its last byte: `acme` is not in `#acmecorp`. */
static bool goes_on(char next) {
    bool letter = (next | 0x20) >= 'a' && (next | 0x20) <= 'z', digit = next >= '0' && next <= '9';
    return letter || digit || next == '_' || (unsigned char)next >= 0x80;
}

static void sign_add(struct analyser *analyser, size_t field, size_t at) {
    if (analyser->sign_count == analyser->sign_cap) {
        analyser->sign_cap = 2 * analyser->sign_cap + 16;
        analyser->signs = xrealloc(analyser->signs, analyser->sign_cap * sizeof *analyser->signs);
    }
    analyser->signs[analyser->sign_count++] = (struct sign){(uint32_t)field, (uint32_t)at};
}

static void find_signs(struct analyser *analyser, const struct span fields[AIM_FIELDS]) {
    analyser->sign_count = 0;
    for (size_t field = 0; field < AIM_FIELDS; field++)
        for (size_t at = 0; at + 1 < fields[field].len; at++)
            if (fields[field].ptr[at] == '#' || fields[field].ptr[at] == '@')
                sign_add(analyser, field, at + 1);
}

/* A hashtag or handle stands in the text, too. */
static void place_element(struct analyser *analyser, uint32_t name, const struct span fields[AIM_FIELDS],
                          struct span element) {
    while (element.len > 0 && (element.ptr[0] == '#' || element.ptr[0] == '@'))
        element = (struct span){element.ptr + 1, element.len - 1};
    for (size_t i = 0; element.len > 0 && i < analyser->sign_count; i++) {
        const struct sign *sign = &analyser->signs[i];
        struct span field = fields[sign->field];
        size_t end = sign->at + element.len;
        if (end <= field.len && (end == field.len || !goes_on(field.ptr[end])) &&
            span_same((struct span){field.ptr + sign->at, element.len}, element))
            aims_place(analyser->aims, name, (uint8_t)sign->field, sign->at, (uint32_t)end);
    }
}

static void place_range(struct analyser *analyser, uint32_t name, const struct mention *mention,
                        const struct span fields[AIM_FIELDS], const struct mention_range *range) {
    bool tags = span_eq(range->field, SPAN("hashtags")), handles = span_eq(range->field, SPAN("mentions"));
    for (size_t i = 0; i < AIM_FIELDS; i++)
        if (span_eq(range->field, span_of(FIELDS[i])))
            aims_place(analyser->aims, name, (uint8_t)i, range->start, range->end);
    for (uint32_t i = range->start; i < range->end && (tags || handles); i++)
        place_element(analyser, name, fields, tags ? mention->hashtags[i] : mention->mentions[i]);
}

static void place_matches(struct analyser *analyser, const struct mention *mention,
                          const struct span fields[AIM_FIELDS], struct arena *arena) {
    find_signs(analyser, fields);
    for (size_t i = 0; i < mention->match_count; i++) {
        const struct mention_range *ranges;
        size_t count = mention_ranges(mention->matches[i].at, arena, &ranges);
        uint32_t name = aims_name(analyser->aims);
        for (size_t k = 0; k < count; k++)
            place_range(analyser, name, mention, fields, &ranges[k]);
    }
}

/* Writing. */

static void print_thousandths(struct buf *out, int value) {
    int size = value < 0 ? -value : value;
    buf_printf(out, "%s%d.%03d", value < 0 ? "-" : "", size / 1000, size % 1000);
}

static void print_part(struct buf *out, const char *name, double part) {
    buf_printf(out, ",\"%s\":", name);
    print_thousandths(out, (int)round(1000 * part));
}

void analysis_add_name(struct analyser *analyser, uint32_t name, struct buf *out) {
    struct aim aim;
    double confidence;
    analyser_ask(analyser, name, &aim, &confidence);
    buf_printf(out, "\"label\":\"%s\"", label_name(aim.label));
    print_part(out, "confidence", confidence);
    buf_add_str(out, ",\"score\":");
    print_thousandths(out, analysis_score(&aim));
    buf_add_str(out, ",\"words\":[");
    for (size_t i = 0; i < aim.word_count; i++) {
        const struct aim_word *word = &aim.words[i];
        buf_printf(out, "%s[\"%s\",%" PRIu32 ",%" PRIu32 ",", i ? "," : "", FIELDS[word->field], word->start,
                   word->end);
        print_thousandths(out, word->weight);
        buf_add_char(out, ']');
    }
    buf_add_char(out, ']');
}

/* What the model does not know may be what the mention says, in lower case without its region; else null. */
static void print_language(struct buf *out, const struct analysis *analysis, const struct model *model,
                           struct span claim) {
    size_t letters = code_letters(claim);
    if (analysis->language)
        buf_printf(out, "\"%s\"", analysis->language);
    else if (letters == 0 || !is_other(model_language(model, claim)))
        buf_add_str(out, "null");
    else {
        buf_add_char(out, '"');
        for (size_t i = 0; i < letters; i++)
            buf_add_char(out, (char)(claim.ptr[i] | 0x20));
        buf_add_char(out, '"');
    }
    print_part(out, "language_confidence", analysis->language_likely);
}

static void print_intents(struct buf *out, const struct analysis *analysis) {
    const struct intents *intents = &analysis->intents;
    buf_printf(out, ",\"intent\":\"%s\"", intent_name(intents->intent));
    print_part(out, "intent_confidence", analysis->unknown ? 0 : intents->likely[intents->intent]);
    print_part(out, "risk", intents->risk);
    buf_add_str(out, ",\"reasons\":[");
    for (size_t i = 0; i < analysis->reason_count; i++) {
        const struct analysis_reason *reason = &analysis->reasons[i];
        buf_printf(out, "%s[\"%s\",", i ? "," : "", reason_name(reason->reason));
        print_thousandths(out, (int)round(1000 * reason->likely));
        buf_printf(out, ",\"%s\",%" PRIu32 ",%" PRIu32 "]", FIELDS[reason->word.field], reason->word.start,
                   reason->word.end);
    }
    buf_add_char(out, ']');
}

void analysis_add(struct analyser *analyser, struct span claim, struct buf *out) {
    buf_add_str(out, "\"language\":");
    print_language(out, &analyser->analysis, analyser->model, claim);
    print_intents(out, &analyser->analysis);
}

void analysis_add_alerts(struct analyser *analyser, const struct span *ids, size_t count, struct buf *out) {
    buf_add_str(out, ",\"alerts\":[");
    for (size_t i = 0; i < count; i++) {
        buf_add_str(out, i ? ",{\"id\":" : "{\"id\":");
        buf_add_json(out, ids[i]);
        buf_add_char(out, ',');
        analysis_add_name(analyser, (uint32_t)i, out);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

const struct span *analyser_mention(struct analyser *analyser, const struct mention *mention,
                                    struct arena *arena) {
    const struct span fields[AIM_FIELDS] = {
        [ANALYSIS_TITLE] = mention->title, [ANALYSIS_TEXT] = mention->text};
    struct span *ids = arena_calloc(arena, mention->match_count + 1, sizeof *ids);
    (void)!analyser_read(analyser, fields, mention->language, mention->followers);
    place_matches(analyser, mention, fields, arena);
    for (size_t i = 0; i < mention->match_count; i++)
        ids[i] = mention->matches[i].id;
    return ids;
}

void analysis_write(struct analyser *analyser, const struct mention *mention, struct arena *arena,
                    struct buf *out) {
    const struct span *ids = analyser_mention(analyser, mention, arena);
    buf_add_char(out, '{');
    analysis_add(analyser, mention->language, out);
    analysis_add_alerts(analyser, ids, mention->match_count, out);
    buf_add_char(out, '}');
}
