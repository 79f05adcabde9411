/* import_words: words, phrases and strings as the alert language writes them. Everything goes into quotes,
 * where only * ? and ~ are more than text; the printer of the language takes off those that are not needed.
 */
#include "import_field.h"

#include "earshot/text.h"

#include <stdio.h>

/* Bytes of http:// or https:// that text begins with. */
static size_t scheme_of(struct span text) {
    static const char *const SCHEMES[] = {"http://", "https://"};
    for (size_t i = 0; i < COUNT_OF(SCHEMES); i++) {
        size_t len = strlen(SCHEMES[i]);
        if (text.len > len && import_same((struct span){text.ptr, len}, SCHEMES[i]))
            return len;
    }
    return 0;
}

/* An address and nothing more: it begins as one, or is host/path. */
static bool is_link(struct span text) {
    for (size_t i = 0; i < text.len; i++)
        if (text_space((struct span){text.ptr + i, text.len - i}) || (unsigned char)text.ptr[i] < 0x21)
            return false;
    if (scheme_of(text) || (text.len > 4 && import_same((struct span){text.ptr, 4}, "www.")))
        return true;
    const char *slash = memchr(text.ptr, '/', text.len);
    const char *dot = slash ? memchr(text.ptr, '.', (size_t)(slash - text.ptr)) : NULL;
    if (!dot || dot == text.ptr)
        return false;
    for (const char *at = dot + 1; at < slash; at++)
        if (!((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || *at == '.' || *at == '-'))
            return false;
    const char *last = memrchr(text.ptr, '.', (size_t)(slash - text.ptr));
    return slash - last > 2; /* .de, but not U.S./UK */
}

struct import_node *import_link(struct import_work *work, const struct import_value *value) {
    size_t scheme = scheme_of(value->text);
    const char *whole =
        arena_printf(work->arena, "link:\"%.*s\"", (int)(value->text.len - scheme), value->text.ptr + scheme);
    return import_leaf(work, span_of(whole), value->start, value->end);
}

/* Word by word: tags, handles and links stay. */
struct span import_plain(struct import_work *work, struct span text) {
    struct text_cursor cursor;
    struct text_token token;
    struct buf out;
    size_t at = 0;
    if (!work->folder)
        work->folder = text_folder_new();
    buf_init(&out, 8 * QUERY_BYTES_MAX);
    text_begin(&cursor, text);
    while (text_next(&cursor, &token)) {
        struct span word = {text.ptr + token.start, token.end - token.start}, plain = {NULL, 0};
        buf_add(&out, text.ptr + at, token.start - at);
        if (token.kind == TEXT_WORD)
            plain = text_fold(work->folder, word).s;
        buf_add_span(&out, plain.ptr ? plain : word);
        at = token.end;
    }
    buf_add(&out, text.ptr + at, text.len - at);
    struct span whole = {arena_copy(work->arena, buf_span(&out)), out.len};
    buf_free(&out);
    return whole;
}

static bool has_wildcard(struct span text) {
    return memchr(text.ptr, '*', text.len) || memchr(text.ptr, '?', text.len);
}

/* The words in quotes. */
static struct span quoted(struct import_work *work, struct span text, const char *behind) {
    struct span plain = work->dialect->accents_free ? import_plain(work, text) : text;
    struct buf out;
    buf_init(&out, 8 * QUERY_BYTES_MAX + 16);
    const char *unsafe = work->dialect->wildcards ? "\"~" : "\"~*?";
    buf_add_char(&out, '"');
    for (size_t i = 0; i < plain.len; i++)
        buf_add_char(&out, strchr(unsafe, plain.ptr[i]) && plain.ptr[i] ? ' ' : plain.ptr[i]);
    buf_printf(&out, "\"%s", behind);
    struct span whole = {arena_copy(work->arena, buf_span(&out)), out.len};
    buf_free(&out);
    return whole;
}

static struct import_node *leaf(struct import_work *work, const struct import_value *value, struct span text,
                                const char *behind) {
    return import_leaf(work, quoted(work, text, behind), value->start, value->end);
}

static void add_note(struct import_work *work, const struct import_value *value, bool more,
                     const char *note) {
    import_note_add(work, value->start, value->end,
                    more != value->negative ? IMPORT_WIDENED : IMPORT_NARROWED, "`%s`: %s",
                    import_shown(work, value->start, value->end), note);
}

static size_t count_tokens(struct span text, struct text_token *last) {
    struct text_cursor cursor;
    struct text_token token;
    size_t count = 0;
    text_begin(&cursor, text);
    for (; text_next(&cursor, &token); count++)
        *last = token;
    return count;
}

/* "a b"~n. */
static struct import_node *window(struct import_work *work, const struct import_value *value, int tilde) {
    char behind[16];
    if (tilde > QUERY_NEAR_MAX) {
        tilde = QUERY_NEAR_MAX;
        add_note(work, value, false, "at most 100 words may stand between");
    }
    snprintf(behind, sizeof behind, "~%d", tilde);
    return leaf(work, value, value->text, behind);
}

/* word~n: as far as the word is long enough. */
static struct import_node *fuzzy(struct import_work *work, const struct import_value *value, int tilde) {
    char behind[16];
    struct import_node *node;
    size_t notes = work->note_count;
    struct import_note **end = work->notes_end;
    for (int edits = tilde > 2 ? 2 : tilde; edits > 0; edits--) {
        snprintf(behind, sizeof behind, "~%d", edits);
        struct buf out;
        buf_init(&out, 8 * QUERY_BYTES_MAX);
        buf_add_span(&out, quoted(work, value->text, ""));
        out.len--;
        buf_printf(&out, "%s\"", behind);
        struct span text = {arena_copy(work->arena, buf_span(&out)), out.len};
        buf_free(&out);
        node = import_leaf(work, text, value->start, value->end);
        if (node->kind == IMPORT_LEAF) {
            if (edits < tilde)
                add_note(work, value, false, "the word is too short for so many edits: fewer");
            return node;
        }
        work->note_count = notes; /* the next one may do */
        work->notes_end = end;
        *end = NULL;
    }
    if (tilde > 0)
        add_note(work, value, false, "the word is too short to be found with other letters: as it is");
    return leaf(work, value, value->text, "");
}

/* "car sharing"~: also as one word. */
static struct import_node *joined(struct import_work *work, const struct import_value *value) {
    struct import_node *any = import_node_new(work, IMPORT_ANY, value->start, value->end);
    char *copy = arena_copy(work->arena, value->text);
    size_t len = 0;
    for (size_t i = 0; i < value->text.len; i++)
        if (copy[i] != ' ' && copy[i] != '-')
            copy[len++] = copy[i];
    struct import_node *apart = leaf(work, value, value->text, "");
    if (apart->kind == IMPORT_LOST || len == value->text.len)
        return apart;
    import_adopt(any, apart);
    import_adopt(any, leaf(work, value, (struct span){copy, len}, ""));
    return any;
}

/* A * between two words of a phrase, which is one word: where it stands; text.len: nowhere. */
static size_t lone_star(struct span text) {
    for (size_t i = 1; i + 1 < text.len; i++)
        if (text.ptr[i] == '*' && text.ptr[i - 1] == ' ' && text.ptr[i + 1] == ' ')
            return i;
    return text.len;
}

/* "this is the * time": the parts in order, at most one word between. */
static struct import_node *with_stars(struct import_work *work, const struct import_value *value) {
    struct import_node *chain = import_node_new(work, IMPORT_CHAIN, value->start, value->end);
    struct span rest = value->text;
    for (bool more = true; more;) {
        size_t star = lone_star(rest);
        more = star < rest.len;
        struct text_token only;
        if (count_tokens((struct span){rest.ptr, star}, &only) == 0) {
            if (chain->last)
                chain->last->distance++; /* two * side by side */
        } else {
            struct import_node *part = leaf(work, value, (struct span){rest.ptr, star}, "");
            part->distance = 1;
            part->ordered = true;
            import_adopt(chain, part);
        }
        if (more)
            rest = (struct span){rest.ptr + star + 1, rest.len - star - 1};
    }
    if (chain->first != chain->last)
        add_note(work, value, true, "a `*` for a word is carried as at most one word between");
    return chain;
}

/* A sign without what makes it one: #2024 is the word. */
static void check_sign(struct import_work *work, const struct import_value *value) {
    struct text_cursor cursor;
    struct text_token token;
    text_begin(&cursor, value->text);
    if (text_sign(value->text) > 0 && text_next(&cursor, &token) && token.kind == TEXT_WORD)
        import_note_add(work, value->start, value->end, IMPORT_CHANGED,
                        "`%s` is no tag, handle or cashtag: carried as the word",
                        import_shown(work, value->start, value->end));
}

static struct import_node *words(struct import_work *work, const struct import_value *value) {
    struct text_token only;
    int tilde = value->number;
    if (is_link(value->text) && !has_wildcard(value->text))
        return import_link(work, value);
    if (lone_star(value->text) < value->text.len)
        return with_stars(work, value);
    if (value->kind == IMPORT_WORD)
        check_sign(work, value);
    if (tilde == IMPORT_NO_TILDE)
        return leaf(work, value, value->text, "");
    if (tilde == IMPORT_BARE_TILDE)
        return value->kind == IMPORT_PHRASE ? joined(work, value) : fuzzy(work, value, 2);
    size_t count = count_tokens(value->text, &only);
    if (count > 1)
        return window(work, value, tilde);
    if (value->kind == IMPORT_WORD && count == 1 && only.kind == TEXT_WORD && !has_wildcard(value->text))
        return fuzzy(work, value, tilde);
    import_note_add(work, value->start, value->end, IMPORT_CHANGED,
                    "`%s`: ~ says nothing of one word here: without it",
                    import_shown(work, value->start, value->end));
    return leaf(work, value, value->text, "");
}

static struct import_node *entity(struct import_work *work, const struct import_value *value) {
    struct buf out;
    buf_init(&out, 2 * QUERY_BYTES_MAX);
    buf_add_char(&out, '{');
    for (size_t i = 0; i < value->text.len; i++)
        if (!import_one_of(value->text.ptr[i], "{}"))
            buf_add_char(&out, value->text.ptr[i]);
    buf_add_char(&out, '}');
    struct span text = {arena_copy(work->arena, buf_span(&out)), out.len};
    buf_free(&out);
    return import_leaf(work, text, value->start, value->end);
}

static struct import_node *raw(struct import_work *work, const struct import_value *value) {
    struct text_token only;
    struct import_value plain = *value;
    plain.number = IMPORT_NO_TILDE;
    if (value->number == 2)
        return entity(work, value);
    bool whole = count_tokens(value->text, &only) == 1 && only.start == 0 && only.end == value->text.len;
    if (!whole && !is_link(value->text))
        add_note(work, value, true,
                 "its words in any case, whatever stands between them; {…} would keep case and signs");
    return words(work, &plain);
}

struct import_node *import_operand(struct import_work *work, const struct import_value *value) {
    return value->kind == IMPORT_ENTITY ? entity(work, value)
           : value->kind == IMPORT_RAW  ? raw(work, value)
                                        : words(work, value);
}
