/* match_program: a tree becomes a program. A word is folded here, once: what a text has is only compared. */
#include "match_parts.h"

#include <stdlib.h>

struct writer {
    struct match_index *index;
    struct text_folder *folder;
};

uint32_t *match_put(struct match_index *index, size_t units) {
    size_t first = index->code_count;
    match_room(&index->code, &index->code_cap, first + units, sizeof *index->code);
    index->code_count += units;
    return index->code + first;
}

static void put(struct match_index *index, uint32_t unit) {
    *match_put(index, 1) = unit;
}

size_t match_begin(struct match_index *index, enum match_op op) {
    put(index, op);
    return index->code_count - 1;
}

void match_finish(struct match_index *index, size_t node) {
    index->code[node] |= (uint32_t)(index->code_count - node) << 4;
}

static void put_bytes(struct match_index *index, struct span bytes) {
    size_t units = (bytes.len + 3) / 4;
    if (units == 0)
        return;
    uint32_t *to = match_put(index, units);
    to[units - 1] = 0;
    memcpy(to, bytes.ptr, bytes.len);
}

/* Words. */

static void put_spelling(struct match_index *index, struct match_spelling spelling, uint64_t hash,
                         struct span form) {
    ASSERT(index->hash_count < UINT32_MAX);
    match_room(&index->hashes, &index->hash_cap, index->hash_count + 1, sizeof *index->hashes);
    memcpy(match_put(index, 1), &spelling, sizeof spelling);
    put(index, (uint32_t)index->hash_count);
    index->hashes[index->hash_count++] = hash;
    put_bytes(index, form);
}

static void put_form(struct match_index *index, struct span form, unsigned space, bool strict, bool tag) {
    struct match_spelling spelling = {
        .len = form.len & 0xFFFFFF, .space = space & 7, .strict = strict, .tag = tag};
    put_spelling(index, spelling, text_hash(index->seed, space, form), form);
}

/* A word has a spelling. */
static void end_word(struct match_index *index, size_t node) {
    match_finish(index, node);
    uint32_t *at = index->code + node + 1;
    const uint32_t *behind = index->code + index->code_count;
    while (match_spelling_next(at) < behind)
        at += match_spelling_next(at) - at;
    struct match_spelling spelling = match_spelling(at);
    spelling.last = true;
    memcpy(at, &spelling, sizeof spelling);
}

/* A word without accents is found in any form; of one with accents E in a text's E, and so is its own G. */
static void put_plain(struct writer *writer, const struct query_word *word, bool tag) {
    struct text_forms forms = text_fold(writer->folder, word->text);
    bool strict = forms.s.ptr != NULL;
    put_form(writer->index, forms.e, TEXT_SPACE_WORD, strict, tag);
    if (strict && forms.g.ptr)
        put_form(writer->index, forms.g, TEXT_SPACE_WORD, true, tag);
}

/* What stands between wildcards, in form E. */
static struct span fold_pattern(struct writer *writer, struct span text, struct arena *arena) {
    struct buf out;
    size_t at = 0;
    buf_init(&out, SIZE_MAX);
    while (at < text.len) {
        size_t start = at;
        while (at < text.len && text.ptr[at] != '*' && text.ptr[at] != '?')
            at++;
        if (at > start)
            buf_add_span(&out, text_fold(writer->folder, (struct span){text.ptr + start, at - start}).e);
        for (; at < text.len && (text.ptr[at] == '*' || text.ptr[at] == '?'); at++)
            buf_add_char(&out, text.ptr[at]);
    }
    struct span folded = {arena_copy(arena, buf_span(&out)), buf_span(&out).len};
    buf_free(&out);
    return folded;
}

static void put_pattern(struct writer *writer, const struct query_word *word, bool tag) {
    static const enum pattern_kind KINDS[] = {
        [QUERY_PREFIX] = PATTERN_PREFIX, [QUERY_WILDCARD] = PATTERN_WILDCARD, [QUERY_FUZZY] = PATTERN_FUZZY};
    struct match_index *index = writer->index;
    struct arena *arena = arena_new(256);
    struct span text = fold_pattern(writer, word->text, arena);
    if (word->form == QUERY_PREFIX)
        text.len--;
    uint32_t number = match_patterns_add(index->patterns, KINDS[word->form], text, word->edits);
    struct match_spelling spelling = {.len = number & 0xFFFFFF, .space = MATCH_SPACE_PATTERN, .tag = tag};
    put_spelling(index, spelling, match_pattern_hash(index->seed, number), (struct span){NULL, 0});
    arena_free(&arena);
}

static struct span without_sign(struct span word) {
    size_t sign = text_sign(word);
    return (struct span){.ptr = word.ptr + sign, .len = word.len - sign};
}

/* tag: as the name of a hashtag only. */
static void put_spellings(struct writer *writer, const struct query_word *word, bool tag) {
    static const enum text_space SPACES[] = {
        [TEXT_TAG] = TEXT_SPACE_TAG, [TEXT_HANDLE] = TEXT_SPACE_HANDLE, [TEXT_CASHTAG] = TEXT_SPACE_CASHTAG};
    struct match_index *index = writer->index;
    if (word->form != QUERY_PLAIN)
        put_pattern(writer, word, tag);
    else if (word->kind == TEXT_WORD)
        put_plain(writer, word, tag);
    else if (word->kind == TEXT_EMOJI)
        put_form(index, text_fold_emoji(writer->folder, word->text), TEXT_SPACE_EMOJI, true, false);
    else
        put_form(index, text_fold(writer->folder, without_sign(word->text)).e, SPACES[word->kind], true,
                 false);
}

static void put_word(struct writer *writer, const struct query_word *word, bool tag) {
    size_t node = match_begin(writer->index, MATCH_WORD);
    put_spellings(writer, word, tag);
    end_word(writer->index, node);
}

static void put_phrase(struct writer *writer, const struct query_word *words, size_t count, bool tag) {
    if (count == 1) {
        put_word(writer, words, tag);
        return;
    }
    size_t node = match_begin(writer->index, MATCH_PHRASE);
    ASSERT(count <= UINT16_MAX);
    const struct match_phrase_head head = {.words = count & UINT16_MAX};
    memcpy(match_put(writer->index, MATCH_PHRASE_HEAD - 1), &head, sizeof head);
    for (size_t i = 0; i < count; i++)
        put_word(writer, &words[i], tag);
    match_finish(writer->index, node);
}

static void put_node(struct writer *writer, const struct query *query);

static void put_run(struct writer *writer, const struct query *query) {
    if (!query->run) {
        put_phrase(writer, query->words, query->word_count, false);
        return;
    }
    size_t node = match_begin(writer->index, MATCH_OR);
    put_phrase(writer, query->words, query->word_count, false);
    put_phrase(writer, query->run, 1, true);
    match_finish(writer->index, node);
}

static void put_window(struct writer *writer, const struct query *query) {
    size_t node = match_begin(writer->index, MATCH_WINDOW);
    put(writer->index, query->gap);
    for (size_t i = 0; i < query->word_count; i++)
        put_word(writer, &query->words[i], false);
    match_finish(writer->index, node);
}

/* The bytes that it begins with and that are a hashtag's name where a # stands before it. */
static struct span first_run(struct span text) {
    struct text_cursor cursor;
    struct text_token token;
    char *tag = xmalloc(text.len + 1);
    tag[0] = '#';
    memcpy(tag + 1, text.ptr, text.len);
    text_begin(&cursor, (struct span){tag, text.len + 1});
    bool is_tag = text_next(&cursor, &token) && token.kind == TEXT_TAG && token.start == 0;
    free(tag);
    return (struct span){text.ptr, is_tag ? token.end - 1 : 0};
}

/* A word, or what it is part of where a hashtag's sign stands before the entity. Where the entity begins with
 * a sign, what stands before it in a text decides what that is: it has no word to be filed under. */
static void put_entity_word(struct writer *writer, struct span text, struct text_token token,
                            struct span run) {
    struct match_index *index = writer->index;
    struct span bytes = {text.ptr + token.start, token.end - token.start};
    if (token.kind == TEXT_TAG)
        bytes = without_sign(bytes);
    else if (token.kind != TEXT_WORD)
        return;
    size_t node = match_begin(index, MATCH_WORD);
    put_form(index, text_fold(writer->folder, bytes).e, TEXT_SPACE_WORD, true, false);
    if (token.end <= run.len && bytes.len < run.len)
        put_form(index, text_fold(writer->folder, run).e, TEXT_SPACE_WORD, true, false);
    end_word(index, node);
}

static void put_entity(struct writer *writer, const struct query *query) {
    struct match_index *index = writer->index;
    struct text_cursor cursor;
    struct text_token token;
    struct span run = first_run(query->text);
    size_t node = match_begin(index, MATCH_ENTITY);
    put(index, (uint32_t)query->text.len);
    put_bytes(index, query->text);
    text_begin(&cursor, query->text);
    while (text_next(&cursor, &token))
        put_entity_word(writer, query->text, token, run);
    match_finish(index, node);
}

/* Fields. */

/* One form, in a field that shows nothing. */
static void put_hidden(struct writer *writer, unsigned field, enum text_space space, struct span form) {
    struct match_index *index = writer->index;
    size_t scope = match_begin(index, MATCH_SILENT);
    put(index, MATCH_BIT(field));
    size_t word = match_begin(index, MATCH_WORD);
    put_form(index, form, space, true, false);
    end_word(index, word);
    match_finish(index, scope);
}

static void put_author(struct writer *writer, const struct query *query) {
    struct match_index *index = writer->index;
    index->authors = true;
    size_t either = match_begin(index, MATCH_OR);
    if (query->predicate->text.ptr) {
        struct span handle = text_fold(writer->folder, query->predicate->text).e;
        put_hidden(writer, MATCH_AUTHOR_HANDLE, TEXT_SPACE_HANDLE, handle);
    }
    if (query->word_count) {
        size_t name = match_begin(index, MATCH_SILENT);
        put(index, MATCH_BIT(MATCH_AUTHOR_NAME));
        put_run(writer, query);
        match_finish(index, name);
    }
    match_finish(index, either);
}

static void put_site(struct writer *writer, const struct query *query) {
    writer->index->sites = true;
    put_hidden(writer, MATCH_SITE, MATCH_SPACE_SITE, text_fold_case(writer->folder, query->predicate->text));
}

static void put_predicate(struct writer *writer, const struct query *query) {
    struct match_index *index = writer->index;
    size_t number = index->predicate_count++;
    match_room(&index->predicates, &index->predicate_cap, number + 1, sizeof *index->predicates);
    struct query_predicate *predicate = &index->predicates[number];
    *predicate = *query->predicate;
    if (predicate->field == QUERY_LINK)
        predicate->text = text_fold_case(writer->folder, predicate->text);
    if (predicate->text.ptr)
        predicate->text.ptr = arena_copy(index->arena, predicate->text);
    index->links = index->links || predicate->field == QUERY_LINK;
    size_t node = match_begin(index, MATCH_PREDICATE);
    put(index, (uint32_t)number);
    match_finish(index, node);
}

static void put_field(struct writer *writer, const struct query *query) {
    if (query->predicate->field == QUERY_AUTHOR)
        put_author(writer, query);
    else if (query->predicate->field == QUERY_SITE)
        put_site(writer, query);
    else
        put_predicate(writer, query);
}

/* The tree. */

static void put_children(struct writer *writer, enum match_op op, const struct query *query) {
    size_t node = match_begin(writer->index, op);
    for (const struct query *child = query->first; child; child = child->next) {
        if (op == MATCH_NEAR)
            put(writer->index, child->distance | (child->ordered ? MATCH_ORDERED : 0));
        put_node(writer, child);
    }
    match_finish(writer->index, node);
}

static void put_node(struct writer *writer, const struct query *query) {
    size_t node;
    switch (query->kind) {
    case QUERY_PHRASE:
        put_run(writer, query);
        break;
    case QUERY_WINDOW:
        put_window(writer, query);
        break;
    case QUERY_ENTITY:
        put_entity(writer, query);
        break;
    case QUERY_FIELD:
        put_field(writer, query);
        break;
    case QUERY_TITLE:
        node = match_begin(writer->index, MATCH_SCOPE);
        put(writer->index, MATCH_BIT(MATCH_TITLE));
        put_node(writer, query->first);
        match_finish(writer->index, node);
        break;
    case QUERY_NEAR:
        put_children(writer, MATCH_NEAR, query);
        break;
    case QUERY_AND:
        put_children(writer, MATCH_AND, query);
        break;
    case QUERY_OR:
        put_children(writer, MATCH_OR, query);
        break;
    case QUERY_NOT:
        put_children(writer, MATCH_NOT, query);
        break;
    }
}

uint32_t match_program(struct match_index *index, struct text_folder *folder, struct match_entry entry,
                       const struct query *query) {
    struct writer writer = {.index = index, .folder = folder};
    size_t program = index->code_count;
    ASSERT(program < INT32_MAX);
    (void)match_put(index, MATCH_ENTRY);
    memcpy(index->code + program, &entry, sizeof entry);
    put_node(&writer, query);
    return (uint32_t)program;
}
