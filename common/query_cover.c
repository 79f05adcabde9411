/* query_cover: covering is decided by what each form matches (query.md, "Words are compared"), never by
 * trying texts. Only what is sure is said: a word without accents that could be a spelling of an umlaut (ue)
 * is found in more texts than any wildcard that begins as it does, so none of these covers it. */
#include "query_cover.h"

#include "earshot/edits.h"

#include <stdlib.h>

enum { STEPS = 1 << 21 };

struct key {
    const struct query_word *word;
    struct span e, s, g;
};

struct query_cover {
    struct key *keys; /* by the address of the word */
    size_t count;
    size_t steps;
};

/* The folded words. */

static size_t count_words(const struct query *node) {
    size_t count = node->word_count + (node->run ? 1 : 0);
    for (const struct query *child = node->first; child; child = child->next)
        count += count_words(child);
    return count;
}

static struct span kept(struct arena *arena, struct span text) {
    return (struct span){arena_copy(arena, text), text.len};
}

static void add_word(struct query_cover *cover, struct text_folder *folder, struct arena *arena,
                     const struct query_word *word) {
    struct key *key = &cover->keys[cover->count++];
    size_t sign = word->kind == TEXT_WORD || word->kind == TEXT_EMOJI ? 0 : text_sign(word->text);
    struct span name = {word->text.ptr + sign, word->text.len - sign};
    *key = (struct key){.word = word};
    if (word->kind == TEXT_EMOJI) {
        key->e = key->s = key->g = kept(arena, text_fold_emoji(folder, name));
        return;
    }
    struct text_forms forms = text_fold(folder, name);
    key->e = kept(arena, forms.e);
    key->s = forms.s.ptr ? kept(arena, forms.s) : key->e;
    key->g = forms.g.ptr ? kept(arena, forms.g) : key->e;
}

static void add_words(struct query_cover *cover, struct text_folder *folder, struct arena *arena,
                      const struct query *node) {
    for (size_t i = 0; i < node->word_count; i++)
        add_word(cover, folder, arena, &node->words[i]);
    if (node->run)
        add_word(cover, folder, arena, node->run);
    for (const struct query *child = node->first; child; child = child->next)
        add_words(cover, folder, arena, child);
}

static int by_address(const void *a, const void *b) {
    uintptr_t x = (uintptr_t)((const struct key *)a)->word, y = (uintptr_t)((const struct key *)b)->word;
    return (x > y) - (x < y);
}

struct query_cover *query_cover_new(const struct query *root, struct arena *arena) {
    struct query_cover *cover = arena_calloc(arena, 1, sizeof *cover);
    struct text_folder *folder = text_folder_new();
    cover->steps = STEPS;
    cover->keys = arena_calloc(arena, count_words(root) + 1, sizeof *cover->keys);
    add_words(cover, folder, arena, root);
    qsort(cover->keys, cover->count, sizeof *cover->keys, by_address);
    text_folder_free(&folder);
    return cover;
}

static const struct key *key_of(const struct query_cover *cover, const struct query_word *word) {
    const struct key wanted = {.word = word};
    const struct key *key = bsearch(&wanted, cover->keys, cover->count, sizeof *key, by_address);
    ASSERT(key);
    return key;
}

struct span query_cover_form(const struct query_cover *cover, const struct query_word *word) {
    return key_of(cover, word)->e;
}

/* Words. */

static bool begins(struct span text, struct span with) {
    return text.len >= with.len && memcmp(text.ptr, with.ptr, with.len) == 0;
}

static bool has_accents(const struct key *key) {
    return !span_eq(key->e, key->s);
}

/* Also found where a text has ä, ö or ü. */
static bool spells_umlaut(const struct key *key) {
    for (size_t i = 1; i < key->e.len; i++)
        if (key->e.ptr[i] == 'e' &&
            (key->e.ptr[i - 1] == 'a' || key->e.ptr[i - 1] == 'o' || key->e.ptr[i - 1] == 'u'))
            return true;
    return false;
}

/* The letters before the first wildcard. */
static struct span head_of(const struct key *key) {
    size_t len = 0;
    while (len < key->e.len && key->e.ptr[len] != '*' && key->e.ptr[len] != '?')
        len++;
    return (struct span){key->e.ptr, len};
}

static size_t step(struct span text, size_t at) {
    at++;
    while (at < text.len && span_splits(text, at))
        at++;
    return at;
}

static bool wildcards_match(struct span pattern, struct span text) {
    size_t p = 0, t = 0, star = SIZE_MAX, from = 0;
    while (t < text.len) {
        bool more = p < pattern.len;
        if (more && pattern.ptr[p] == '*') {
            star = p++;
            from = t;
        } else if (more && (pattern.ptr[p] == '?' || pattern.ptr[p] == text.ptr[t])) {
            t = pattern.ptr[p++] == '?' ? step(text, t) : t + 1;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = from = step(text, from);
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

static bool is_ascii(struct span text) {
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80)
            return false;
    return true;
}

/* Whether the loose word takes a text's word of this form. */
static bool takes(const struct key *loose, struct span form) {
    switch (loose->word->form) {
    case QUERY_PREFIX:
        return begins(form, head_of(loose));
    case QUERY_WILDCARD:
        return wildcards_match(loose->e, form);
    case QUERY_FUZZY:
        if (span_eq(form, loose->e))
            return true;
        return is_ascii(form) && is_ascii(loose->e) && edits_between(form, loose->e) <= loose->word->edits;
    default:
        return span_eq(form, loose->e);
    }
}

static bool loose_covers(const struct key *wide, const struct key *narrow) {
    const struct query_word *x = narrow->word, *y = wide->word;
    if (x->form == QUERY_FUZZY)
        return y->form == QUERY_FUZZY && span_eq(narrow->e, wide->e) && x->edits <= y->edits;
    if (x->form != QUERY_PLAIN)
        return span_eq(narrow->e, wide->e)
                   ? x->form == y->form
                   : y->form == QUERY_PREFIX && begins(head_of(narrow), head_of(wide));
    if (!takes(wide, narrow->e) || (x->kind == TEXT_WORD && !has_accents(narrow) && spells_umlaut(narrow)))
        return false;
    return x->kind != TEXT_WORD || !has_accents(narrow) || takes(wide, narrow->g);
}

static bool plain_covers(const struct key *wide, const struct key *narrow) {
    if (narrow->word->form != QUERY_PLAIN)
        return false;
    if (narrow->word->kind == TEXT_TAG && !has_accents(wide))
        return span_eq(wide->e, narrow->e) || span_eq(wide->e, narrow->s) || span_eq(wide->e, narrow->g);
    if (narrow->word->kind == TEXT_TAG)
        return span_eq(wide->e, narrow->e) || span_eq(wide->g, narrow->e);
    if (has_accents(wide) || !has_accents(narrow))
        return span_eq(wide->e, narrow->e);
    /* With accents it finds its E and its G. */
    bool own = span_eq(wide->e, narrow->s) || span_eq(wide->e, narrow->g);
    return own && (span_eq(narrow->g, narrow->e) || span_eq(wide->e, narrow->g));
}

/* alone: both are all of their phrases, where a word finds hashtags too. */
static bool word_covers(const struct query_cover *cover, const struct query_word *wide,
                        const struct query_word *narrow, bool alone) {
    const struct key *y = key_of(cover, wide), *x = key_of(cover, narrow);
    if (wide->kind == TEXT_WORD) {
        if (narrow->kind != TEXT_WORD && (narrow->kind != TEXT_TAG || !alone))
            return false;
        return wide->form == QUERY_PLAIN ? plain_covers(y, x) : loose_covers(y, x);
    }
    if (wide->kind != narrow->kind)
        return false;
    bool host =
        wide->kind == TEXT_HANDLE && begins(x->e, y->e) && x->e.len > y->e.len && x->e.ptr[y->e.len] == '@';
    return host || span_eq(y->e, x->e);
}

/* Phrases, windows, NEAR. */

/* All words of wide stand in narrow, next to each other. */
static bool holds_words(const struct query_cover *cover, const struct query *wide,
                        const struct query *narrow) {
    for (size_t from = 0; from + wide->word_count <= narrow->word_count; from++) {
        size_t i = 0;
        while (i < wide->word_count &&
               word_covers(cover, &wide->words[i], &narrow->words[from + i], wide->word_count == 1))
            i++;
        if (i == wide->word_count)
            return true;
    }
    return false;
}

static bool phrase_covers(const struct query_cover *cover, const struct query *wide,
                          const struct query *narrow) {
    if (narrow->run && (!wide->run || !word_covers(cover, wide->run, narrow->run, true)))
        return false;
    if (narrow->kind == QUERY_WINDOW && wide->word_count > 1)
        return false;
    return holds_words(cover, wide, narrow);
}

static bool window_covers(const struct query_cover *cover, const struct query *wide,
                          const struct query *narrow) {
    bool near = narrow->kind == QUERY_PHRASE ? !narrow->run : narrow->gap <= wide->gap;
    if (!near || wide->word_count != narrow->word_count)
        return false;
    for (size_t i = 0; i < wide->word_count; i++)
        if (!word_covers(cover, &wide->words[i], &narrow->words[i], false))
            return false;
    return true;
}

static bool near_covers(struct query_cover *cover, const struct query *wide, const struct query *narrow) {
    const struct query *y = wide->first, *x = narrow->first;
    for (; y && x; y = y->next, x = x->next)
        if ((y->next && (x->distance > y->distance || (y->ordered && !x->ordered))) ||
            !query_covers(cover, y, x))
            return false;
    return !y && !x;
}

/* Fields. */

static bool is_subdomain(struct span host, struct span of) {
    return host.len > of.len && host.ptr[host.len - of.len - 1] == '.' &&
           memcmp(host.ptr + host.len - of.len, of.ptr, of.len) == 0;
}

static bool author_covers(const struct query_cover *cover, const struct query *wide,
                          const struct query *narrow) {
    struct span y = wide->predicate->text, x = narrow->predicate->text;
    if (wide->word_count == 0 || narrow->word_count == 0)
        return narrow->word_count == 0 && y.ptr && span_eq(y, x);
    return span_eq(y, x) && wide->word_count == narrow->word_count && holds_words(cover, wide, narrow);
}

static bool field_covers(const struct query_cover *cover, const struct query *wide,
                         const struct query *narrow) {
    const struct query_predicate *y = wide->predicate, *x = narrow->predicate;
    if (y->field != x->field)
        return false;
    switch (y->field) {
    case QUERY_AUTHOR:
        return author_covers(cover, wide, narrow);
    case QUERY_SITE:
        return span_eq(y->text, x->text) || is_subdomain(x->text, y->text);
    case QUERY_LINK:
        return memmem(x->text.ptr, x->text.len, y->text.ptr, y->text.len) != NULL;
    case QUERY_FOLLOWERS:
    case QUERY_ENGAGEMENT:
        return y->least <= x->least && y->most >= x->most;
    case QUERY_RATING:
        return y->low <= x->low && y->high >= x->high;
    default:
        return y->value == x->value && strcmp(y->code, x->code) == 0 && span_eq(y->text, x->text);
    }
}

static bool values_exclude(const struct query *a, const struct query *b) {
    const struct query_predicate *x = a->predicate, *y = b->predicate;
    switch (x->field) {
    case QUERY_LANG:
    case QUERY_COUNTRY:
        return strcmp(x->code, y->code) != 0;
    case QUERY_TYPE:
        return x->value != y->value;
    case QUERY_SOURCE:
        if (x->value == QUERY_SOURCE_PLATFORM && y->value == QUERY_SOURCE_PLATFORM)
            return !span_eq(x->text, y->text);
        return x->value != QUERY_SOURCE_PLATFORM && y->value != QUERY_SOURCE_PLATFORM && x->value != y->value;
    case QUERY_FOLLOWERS:
    case QUERY_ENGAGEMENT:
        return x->least > y->most || y->least > x->most;
    case QUERY_RATING:
        return x->low > y->high || y->low > x->high;
    default:
        return false;
    }
}

bool query_excludes(const struct query *a, const struct query *b) {
    const struct query *parts = a->kind == QUERY_OR   ? a
                                : b->kind == QUERY_OR ? b
                                                      : NULL,
                       *other = parts == a ? b : a;
    if (!parts)
        return a->kind == QUERY_FIELD && b->kind == QUERY_FIELD &&
               a->predicate->field == b->predicate->field && values_exclude(a, b);
    for (const struct query *child = parts->first; child; child = child->next)
        if ((child->kind != QUERY_FIELD && child->kind != QUERY_OR) || !query_excludes(child, other))
            return false;
    return true;
}

/* Trees. */

static bool any_covers(struct query_cover *cover, const struct query *wide, const struct query *narrow) {
    for (const struct query *child = wide->first; child; child = child->next)
        if (query_covers(cover, child, narrow))
            return true;
    return false;
}

static bool any_covered(struct query_cover *cover, const struct query *wide, const struct query *narrow) {
    for (const struct query *child = narrow->first; child; child = child->next)
        if (query_covers(cover, wide, child))
            return true;
    return false;
}

static bool all_cover(struct query_cover *cover, const struct query *wide, const struct query *narrow) {
    for (const struct query *child = wide->first; child; child = child->next)
        if (!query_covers(cover, child, narrow))
            return false;
    return true;
}

static bool all_covered(struct query_cover *cover, const struct query *wide, const struct query *narrow) {
    for (const struct query *child = narrow->first; child; child = child->next)
        if (!query_covers(cover, wide, child))
            return false;
    return true;
}

/* Neither of them joins. */
static bool leaf_covers(struct query_cover *cover, const struct query *wide, const struct query *narrow) {
    if (narrow->kind == QUERY_NEAR && wide->kind == QUERY_NEAR)
        return near_covers(cover, wide, narrow);
    if (narrow->kind == QUERY_NEAR)
        return any_covered(cover, wide, narrow);
    bool words = narrow->kind == QUERY_PHRASE || narrow->kind == QUERY_WINDOW;
    if (wide->kind == QUERY_PHRASE)
        return words && phrase_covers(cover, wide, narrow);
    if (wide->kind == QUERY_WINDOW)
        return words && window_covers(cover, wide, narrow);
    if (wide->kind == QUERY_ENTITY)
        return narrow->kind == QUERY_ENTITY && span_eq(wide->text, narrow->text);
    return wide->kind == QUERY_FIELD && narrow->kind == QUERY_FIELD && field_covers(cover, wide, narrow);
}

bool query_covers(struct query_cover *cover, const struct query *wide, const struct query *narrow) {
    if (cover->steps == 0)
        return false;
    cover->steps--;
    if (narrow->kind == QUERY_OR)
        return all_covered(cover, wide, narrow);
    if (wide->kind == QUERY_AND)
        return all_cover(cover, wide, narrow);
    if (wide->kind == QUERY_OR && any_covers(cover, wide, narrow))
        return true;
    if (narrow->kind == QUERY_AND)
        return any_covered(cover, wide, narrow);
    if (wide->kind == QUERY_OR)
        return false;
    if (wide->kind == QUERY_NOT || narrow->kind == QUERY_NOT)
        return wide->kind == narrow->kind && query_covers(cover, narrow->first, wide->first);
    if (narrow->kind == QUERY_TITLE)
        return query_covers(cover, wide->kind == QUERY_TITLE ? wide->first : wide, narrow->first);
    return wide->kind != QUERY_TITLE && leaf_covers(cover, wide, narrow);
}
