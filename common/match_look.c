/* match_look: what of a document is hashed: its words, and where some query looks there its author, its sites
 * and its links. */
#include "match_parts.h"

/* How links and sites are compared; a NUL behind it. */
static void add_small(struct match_scratch *scratch, struct span text) {
    buf_add_span(&scratch->folded, text_fold_case(scratch->folder, text));
    buf_add_char(&scratch->folded, '\0');
}

/* Links. */

static void fold_links(struct match_scratch *scratch) {
    const struct match_document *document = scratch->document;
    const struct text_words *words = scratch->words;
    scratch->urls.start = (uint32_t)scratch->folded.len;
    for (size_t i = 0; i < document->link_count; i++)
        add_small(scratch, document->links[i]);
    for (uint32_t i = 0; i < words->place_count; i++) {
        const struct text_place *place = &words->places[i];
        if (place->kind != TEXT_LINK || place->field > MATCH_TEXT)
            continue;
        struct span text = place->field == MATCH_TITLE ? document->title : document->text;
        add_small(scratch, (struct span){text.ptr + place->start, place->end - place->start});
    }
    scratch->urls.end = (uint32_t)scratch->folded.len;
}

static void hash_links(struct match_scratch *scratch, uint64_t seed) {
    uint32_t place =
        text_words_place(scratch->words, (struct text_place){.kind = TEXT_BORDER, .field = MATCH_LINK});
    const char *bytes = scratch->folded.ptr;
    for (size_t at = scratch->urls.start; at + MATCH_GRAM <= scratch->urls.end; at++)
        text_words_key(scratch->words, (struct text_key){.hash = match_gram(seed, bytes + at),
                                                         .position = place,
                                                         .space = TEXT_SPACE_PAIR});
}

/* Sites. */

static struct span cut_at(struct span text, const char *any) {
    for (size_t i = 0; i < text.len; i++)
        if (strchr(any, text.ptr[i]))
            text.len = i;
    return text;
}

/* RFC 3986, 3.2: without user and port. */
static struct span host_of(struct span url) {
    for (size_t i = 0; i + 1 < url.len; i++) {
        if (url.ptr[i] != '/' || url.ptr[i + 1] != '/')
            continue;
        url = (struct span){url.ptr + i + 2, url.len - i - 2};
        break;
    }
    url = cut_at(url, "/?#");
    for (size_t i = url.len; i-- > 0;) {
        if (url.ptr[i] != '@')
            continue;
        url = (struct span){url.ptr + i + 1, url.len - i - 1};
        break;
    }
    if (url.len > 0 && url.ptr[0] == '[')
        return cut_at((struct span){url.ptr + 1, url.len - 1}, "]");
    url = cut_at(url, ":");
    while (url.len > 0 && url.ptr[url.len - 1] == '.')
        url.len--;
    return url;
}

/* The host and the domains that it is in. */
static void hash_site(struct match_scratch *scratch, uint64_t seed, uint32_t place, const char *host) {
    size_t len = strlen(host);
    for (size_t at = 0; at < len; at++) {
        struct span domain = {host + at, len - at};
        if (at > 0 && host[at - 1] != '.')
            continue;
        text_words_key(scratch->words, (struct text_key){.hash = text_hash(seed, MATCH_SPACE_SITE, domain),
                                                         .form = domain.ptr,
                                                         .position = place,
                                                         .len = domain.len & 0xFFFFFF,
                                                         .space = MATCH_SPACE_SITE});
    }
}

static void look_sites(struct match_scratch *scratch, uint64_t seed) {
    const struct match_document *document = scratch->document;
    size_t url = scratch->folded.len;
    add_small(scratch, host_of(document->url));
    size_t host = scratch->folded.len;
    add_small(scratch, document->host);
    uint32_t place =
        text_words_place(scratch->words, (struct text_place){.kind = TEXT_BORDER, .field = MATCH_SITE});
    hash_site(scratch, seed, place, scratch->folded.ptr + url);
    if (strcmp(scratch->folded.ptr + url, scratch->folded.ptr + host) != 0)
        hash_site(scratch, seed, place, scratch->folded.ptr + host);
}

/* Pairs. */

/* Pairs of the word that key `own` is with the words at a position next to its own. */
static void add_pairs(struct text_words *words, uint64_t seed, uint32_t own, uint32_t position) {
    const struct text_key key = words->keys[own];
    uint32_t i = own, count = words->key_count;
    while (i > 0 && words->keys[i - 1].position + 2 >= key.position)
        i--;
    for (; i < count && words->keys[i].position <= key.position + 2; i++) {
        const struct text_key other = words->keys[i];
        bool before = position < key.position;
        if (other.position != position || other.space != TEXT_SPACE_WORD)
            continue;
        text_words_key(words, (struct text_key){.hash = before ? text_hash_pair(seed, other.hash, key.hash)
                                                               : text_hash_pair(seed, key.hash, other.hash),
                                                .position = before ? position : key.position,
                                                .space = TEXT_SPACE_PAIR});
    }
}

/* What text_words has no pairs of: a hashtag of one character, which is that word of a phrase too, and words
 * that are found by another form than E. */
static void look_pairs(struct match_scratch *scratch, uint64_t seed) {
    struct text_words *words = scratch->words;
    uint32_t count = words->key_count;
    for (uint32_t i = 0; i < count; i++) {
        const struct text_key *key = &words->keys[i];
        const struct text_place *place = &words->places[key->position];
        uint32_t position = key->position;
        if (key->space != TEXT_SPACE_WORD ||
            (place->kind == TEXT_TAG ? key->ascii : !key->loose || !place->alone))
            continue;
        add_pairs(words, seed, i, position - 1); /* a border is before the first */
        add_pairs(words, seed, i, position + 1);
    }
}

/* Patterns. */

/* The text's own bytes, or where they are ASCII as they came their small letters. */
static struct span form_of(struct match_scratch *scratch, const struct text_key *key) {
    struct span form = {key->form, key->len};
    if (!key->ascii)
        return form;
    buf_clear(&scratch->small);
    buf_add_span(&scratch->small, form);
    for (size_t i = 0; i < form.len; i++)
        if (form.ptr[i] >= 'A' && form.ptr[i] <= 'Z')
            scratch->small.ptr[i] = (char)(form.ptr[i] | 0x20);
    return buf_span(&scratch->small);
}

static void look_pattern(const struct match_index *index, struct match_scratch *scratch,
                         const struct text_key key, struct pattern_budget *budget) {
    size_t count;
    const uint32_t *found =
        match_patterns_find(index->patterns, scratch->memo, key.hash, form_of(scratch, &key), budget, &count);
    for (size_t i = 0; i < count; i++)
        text_words_key(scratch->words, (struct text_key){.hash = index->pattern_hashes[found[i]],
                                                         .position = key.position,
                                                         .len = found[i] & 0xFFFFFF,
                                                         .space = MATCH_SPACE_PATTERN & 7u});
}

/* Wildcards and fuzzy words are compared with the forms E and S. */
static void look_patterns(const struct match_index *index, struct match_scratch *scratch) {
    enum { AHEAD = 4 };
    struct text_words *words = scratch->words;
    struct pattern_budget budget = {.limit = MATCH_STEPS_MAX};
    uint32_t count = words->key_count;
    if (!scratch->memo)
        scratch->memo = match_memo_new();
    for (uint32_t i = 0; i < count && !budget.cut; i++) {
        if (i + AHEAD < count)
            match_memo_prefetch(scratch->memo, words->keys[i + AHEAD].hash);
        if (words->keys[i].space == TEXT_SPACE_WORD && !words->keys[i].written_out)
            look_pattern(index, scratch, words->keys[i], &budget);
    }
    (void)match_spend(scratch, budget.cut ? MATCH_STEPS_MAX + 1 : budget.steps);
}

/* The document. */

static void look_elements(struct match_scratch *scratch, enum text_kind kind, const struct span *elements,
                          size_t count, uint8_t field) {
    for (size_t i = 0; i < count; i++)
        text_words_element(scratch->words, kind, elements[i], (uint32_t)i, field);
}

static void look_text(struct match_scratch *scratch, struct span text, uint8_t field) {
    scratch->field_places[field].first = scratch->words->place_count;
    if (text.len)
        text_words_text(scratch->words, text, field);
    scratch->field_places[field].end = scratch->words->place_count;
}

void match_look(const struct match_index *index, struct match_scratch *scratch,
                const struct match_document *document) {
    scratch->document = document;
    text_words_clear(scratch->words, index->seed);
    look_text(scratch, document->title, MATCH_TITLE);
    look_text(scratch, document->text, MATCH_TEXT);
    look_elements(scratch, TEXT_TAG, document->hashtags, document->hashtag_count, MATCH_HASHTAGS);
    look_elements(scratch, TEXT_HANDLE, document->mentions, document->mention_count, MATCH_MENTIONS);
    if (index->authors) {
        if (document->author_handle.len)
            text_words_element(scratch->words, TEXT_HANDLE, document->author_handle, 0, MATCH_AUTHOR_HANDLE);
        text_words_text(scratch->words, document->author_name, MATCH_AUTHOR_NAME);
    }
    buf_clear(&scratch->folded);
    if (index->links)
        fold_links(scratch);
    if (index->sites)
        look_sites(scratch, index->seed);
    if (index->pairs && scratch->words->lacks_pairs)
        look_pairs(scratch, index->seed);
    if (index->links)
        hash_links(scratch, index->seed);
    if (match_patterns_count(index->patterns) > 0)
        look_patterns(index, scratch);
}
