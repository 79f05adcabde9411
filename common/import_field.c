/* import_field: the ways in which the value of a field is carried. What can only be carried by something
 * wider is left out under a NOT: excluding a whole country for one of its cities would lose what was wanted.
 */
#include "import_field.h"

#include "import_country.h"
#include "query_codes.h"

#include "earshot/text.h"

#include <stdio.h>

static struct import_node *lost(struct import_work *work, const struct import_value *value, const char *why) {
    const char *shown = import_shown(work, value->start, value->end);
    return import_lost(work, value->start, value->end, arena_printf(work->arena, "`%s`: %s", shown, why));
}

/* text as a leaf, with what is to be said of it. */
static struct import_node *noted(struct import_work *work, const struct import_value *value, struct span text,
                                 const char *note, enum import_effect effect) {
    static const enum import_severity SEVERITIES[] = {
        [IMPORT_OTHER] = IMPORT_CHANGED, [IMPORT_MORE] = IMPORT_WIDENED, [IMPORT_LESS] = IMPORT_NARROWED};
    if (note && effect == IMPORT_MORE && value->negative)
        return lost(work, value, arena_printf(work->arena, "%s, which is too much to exclude", note));
    struct import_node *node = import_leaf(work, text, value->start, value->end);
    if (!note || node->kind == IMPORT_LOST)
        return node;
    if (value->negative && effect == IMPORT_LESS)
        effect = IMPORT_MORE;
    import_note_add(work, value->start, value->end, SEVERITIES[effect], "`%s`: %s",
                    import_shown(work, value->start, value->end), note);
    return node;
}

static struct span printed(struct import_work *work, struct buf *out) {
    struct span text = {arena_copy(work->arena, buf_span(out)), out->len};
    buf_free(out);
    return text;
}

/* What would be more than text within quotes or without them goes. */
static void add_safe(struct buf *out, struct span text, const char *unsafe) {
    for (size_t i = 0; i < text.len; i++)
        buf_add_char(out, strchr(unsafe, text.ptr[i]) ? ' ' : text.ptr[i]);
}

/* Why text behind the sign is no tag or handle of its own; NULL: it is one. */
static const char *no_name(struct import_work *work, char sign, struct span text) {
    const char *whole = arena_printf(work->arena, "%c%.*s", sign, (int)text.len, text.ptr);
    struct text_cursor cursor;
    struct text_token token = {.end = 0};
    size_t digits = 0;
    text_begin(&cursor, span_of(whole));
    if (!text_next(&cursor, &token) || token.kind == TEXT_WORD || token.end != text.len + 1)
        return sign == '#' ? "no hashtag: it is one word" : "no handle: it is one word";
    while (digits < text.len && text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    return digits == text.len ? "a number is an identifier, and those are not looked at" : NULL;
}

struct import_node *import_carry_text(struct import_work *work, const struct import_field *field,
                                      const struct import_value *value) {
    struct span text = value->text;
    const char *name = strchr(field->with, '%');
    struct buf out;
    if (name && text.len > 0 && import_one_of(text.ptr[0], "#@"))
        text = (struct span){text.ptr + 1, text.len - 1};
    const char *wrong = name ? no_name(work, name[-1], text) : NULL;
    if (wrong)
        return lost(work, value, wrong);
    if (work->dialect->accents_free && !name)
        text = import_plain(work, text);
    buf_init(&out, 2 * QUERY_BYTES_MAX);
    for (const char *at = field->with; *at; at++) {
        if (*at == '$')
            buf_add_char(&out, '"');
        if (*at == '$' || *at == '%')
            add_safe(&out, text, "\"~*?");
        if (*at != '%')
            buf_add_char(&out, *at == '$' ? '"' : *at);
    }
    return noted(work, value, printed(work, &out), field->note, field->effect);
}

struct import_node *import_carry_choice(struct import_work *work, const struct import_field *field,
                                        const struct import_value *value) {
    const struct import_choice *choice = field->choices;
    while (choice->written && !import_same(value->text, choice->written))
        choice++;
    if (!choice->written)
        return lost(work, value, field->note ? field->note : "no value that is known here");
    if (!choice->with)
        return lost(work, value, choice->note);
    return noted(work, value, span_of(choice->with), choice->note, choice->effect);
}

struct import_node *import_carry_nothing(struct import_work *work, const struct import_field *field,
                                         const struct import_value *value) {
    return lost(work, value, field->note);
}

struct import_node *import_carry_always(struct import_work *work, const struct import_field *field,
                                        const struct import_value *value) {
    (void)work, (void)field, (void)value;
    return NULL;
}

/* Codes. */

/* By its code or its English name. */
static const struct query_code *code_named(const struct query_codes *codes, struct span text) {
    for (size_t i = 0; i < codes->count; i++)
        if (import_same(text, codes->codes[i].name))
            return &codes->codes[i];
    return query_code_of(codes, text);
}

struct import_node *import_carry_language(struct import_work *work, const struct import_field *field,
                                          const struct import_value *value) {
    /* What X and old software say for it. */
    static const char *const OLD[][2] = {{"in", "id"}, {"iw", "he"}, {"ji", "yi"}, {"jp", "ja"}};
    struct span text = value->text;
    (void)field;
    if (text.len > 3 && (text.ptr[2] == '-' || text.ptr[2] == '_'))
        text.len = 2;
    for (size_t i = 0; i < COUNT_OF(OLD); i++)
        if (import_same(text, OLD[i][0]))
            text = span_of(OLD[i][1]);
    const struct query_code *code = code_named(&QUERY_LANGUAGES, text);
    if (!code)
        return lost(work, value, "no language of ISO 639-1");
    const char *whole = arena_printf(work->arena, "lang:%s", code->code);
    bool part = text.len != value->text.len && text.ptr == value->text.ptr;
    return noted(work, value, span_of(whole), part ? "the language without its region" : NULL, IMPORT_MORE);
}

/* Two or three letters; NULL: no country. */
static const struct query_code *country(struct span text) {
    if (import_same(text, "uk"))
        text = SPAN("GB");
    if (text.len == 3)
        text = span_of(import_country_of(text));
    return code_named(&QUERY_COUNTRIES, text);
}

struct import_node *import_carry_country(struct import_work *work, const struct import_field *field,
                                         const struct import_value *value) {
    const struct query_code *code = country(value->text);
    if (!code)
        return lost(work, value, "no country of ISO 3166-1");
    const char *whole = arena_printf(work->arena, "country:%s", code->code);
    return noted(work, value, span_of(whole), field->note, field->effect);
}

struct import_node *import_carry_region(struct import_work *work, const struct import_field *field,
                                        const struct import_value *value) {
    const char *dot = memchr(value->text.ptr, '.', value->text.len);
    struct span text = {value->text.ptr, dot ? (size_t)(dot - value->text.ptr) : value->text.len};
    const struct query_code *code = country(text);
    (void)field;
    if (!code)
        return lost(work, value, "no country's code stands first");
    const char *whole = arena_printf(work->arena, "country:%s", code->code);
    const char *note = dot ? "mentions know their country and nothing smaller: its country" : NULL;
    return noted(work, value, span_of(whole), note, IMPORT_MORE);
}

/* Addresses. */

struct address {
    struct span host;
    bool more; /* a path or so behind it */
};

static struct address address_of(struct span text) {
    const char *scheme = memmem(text.ptr, text.len, "://", 3);
    struct address out = {.more = false};
    if (scheme)
        text = (struct span){scheme + 3, text.len - (size_t)(scheme + 3 - text.ptr)};
    if (text.len > 4 && import_same((struct span){text.ptr, 4}, "www."))
        text = (struct span){text.ptr + 4, text.len - 4};
    while (text.len > 0 && import_one_of(text.ptr[0], "*."))
        text = (struct span){text.ptr + 1, text.len - 1};
    while (out.host.len < text.len && !import_one_of(text.ptr[out.host.len], "/:?#"))
        out.host.len++;
    out.host.ptr = text.ptr;
    size_t behind = out.host.len;
    while (behind < text.len && text.ptr[behind] == '/')
        behind++;
    out.more = behind < text.len;
    return out;
}

struct import_node *import_carry_site(struct import_work *work, const struct import_field *field,
                                      const struct import_value *value) {
    struct address address = address_of(value->text);
    if (memchr(address.host.ptr, '*', address.host.len))
        return lost(work, value, "a host with a wildcard is not looked for; its subdomains are found anyhow");
    if (!memchr(address.host.ptr, '.', address.host.len) && !field->with)
        return lost(work, value, "words of a mention's own address are not looked into, only its host");
    const char *whole = arena_printf(work->arena, "site:\"%.*s\"", (int)address.host.len, address.host.ptr);
    return noted(work, value, span_of(whole),
                 address.more ? "a mention's own address is known by its host: the host alone" : NULL,
                 IMPORT_MORE);
}

struct import_node *import_carry_link(struct import_work *work, const struct import_field *field,
                                      const struct import_value *value) {
    (void)field;
    return import_link(work, value);
}

/* Numbers. */

struct bounds {
    struct span least, most; /* empty: open */
};

static struct span trimmed(struct span text) {
    while (text.len > 0 && text.ptr[0] == ' ')
        text = (struct span){text.ptr + 1, text.len - 1};
    while (text.len > 0 && text.ptr[text.len - 1] == ' ')
        text.len--;
    return text;
}

/* [a TO b], a..b, a-b; false: it is none of them. */
static bool read_pair(struct span text, struct bounds *bounds) {
    static const char *const BETWEEN[] = {" TO ", " to ", "..", "-"};
    if (text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']')
        text = (struct span){text.ptr + 1, text.len - 2};
    for (size_t i = 0; i < COUNT_OF(BETWEEN); i++) {
        size_t len = strlen(BETWEEN[i]);
        const char *at = memmem(text.ptr, text.len, BETWEEN[i], len);
        if (!at || at == text.ptr)
            continue;
        bounds->least = trimmed((struct span){text.ptr, (size_t)(at - text.ptr)});
        bounds->most = trimmed((struct span){at + len, text.len - (size_t)(at - text.ptr) - len});
        return true;
    }
    return false;
}

static struct span stepped(struct import_work *work, struct span number, int step) {
    long long value = 0;
    for (size_t i = 0; i < number.len && number.len < 18; i++) {
        if (number.ptr[i] < '0' || number.ptr[i] > '9')
            return number;
        value = 10 * value + (number.ptr[i] - '0');
    }
    return span_of(arena_printf(work->arena, "%lld", value + step < 0 ? 0 : value + step));
}

/* >n, >=n, <n, <=n. */
static bool read_sign(struct import_work *work, struct span text, struct bounds *bounds) {
    if (text.len < 2 || !import_one_of(text.ptr[0], "<>"))
        return false;
    bool equal = text.ptr[1] == '=', least = text.ptr[0] == '>';
    struct span number = {text.ptr + 1 + equal, text.len - 1 - equal};
    if (!equal)
        number = stepped(work, number, least ? 1 : -1);
    if (least)
        bounds->least = number;
    else
        bounds->most = number;
    return true;
}

static struct import_node *range(struct import_work *work, const struct import_field *field,
                                 const struct import_value *value, bool minimum) {
    struct span text = trimmed(value->text), open = SPAN("*");
    struct bounds bounds = {open, open};
    if (!read_pair(text, &bounds) && !read_sign(work, text, &bounds)) {
        bounds.least = text;
        bounds.most = minimum ? open : text;
    }
    if (bounds.least.len == 0 || bounds.least.len > 32 || bounds.most.len == 0 || bounds.most.len > 32)
        return lost(work, value, "no range of numbers");
    const char *whole = arena_printf(work->arena, "%s:[%.*s TO %.*s]", field->with, (int)bounds.least.len,
                                     bounds.least.ptr, (int)bounds.most.len, bounds.most.ptr);
    return noted(work, value, span_of(whole), field->note, field->effect);
}

struct import_node *import_carry_range(struct import_work *work, const struct import_field *field,
                                       const struct import_value *value) {
    return range(work, field, value, false);
}

struct import_node *import_carry_minimum(struct import_work *work, const struct import_field *field,
                                         const struct import_value *value) {
    return range(work, field, value, true);
}

/* Words. */

struct import_node *import_carry_title(struct import_work *work, const struct import_field *field,
                                       const struct import_value *value) {
    struct import_node *words = import_operand(work, value);
    (void)field;
    if (words->kind == IMPORT_LOST)
        return words;
    if (words->kind == IMPORT_LEAF && !words->placed)
        return lost(work, value, "links are not looked for in titles");
    struct import_node *title = import_node_new(work, IMPORT_TITLE, value->start, value->end);
    import_adopt(title, words);
    return title;
}

struct import_node *import_carry_exact(struct import_work *work, const struct import_field *field,
                                       const struct import_value *value) {
    struct import_value exact = *value;
    (void)field;
    exact.kind = IMPORT_ENTITY;
    return import_operand(work, &exact);
}

struct import_node *import_carry_content(struct import_work *work, const struct import_field *field,
                                         const struct import_value *value) {
    struct import_node *words = import_operand(work, value);
    if (words->kind != IMPORT_LOST)
        import_note_add(work, value->start, value->end, value->negative ? IMPORT_NARROWED : IMPORT_WIDENED,
                        "`%s`: %s", import_shown(work, value->start, value->end), field->note);
    return words;
}
