/* text_words: what is kept from text to text, and the way of what is rare: tags, handles and cashtags that
 * are not of ASCII, emoji, words in no memo. They are folded by text_fold(), and their forms are copied. */
#include "text_words.h"

#include "text_words_parts.h"

#include <stdlib.h>

struct text_words *text_words_new(void) {
    struct text_words *words = xcalloc(1, sizeof *words);
    words->memory = xcalloc(1, sizeof *words->memory);
    words->memory->folder = text_folder_new();
    words->memory->arena = arena_new(4096);
    words->memory->memo = text_memo_new();
    words->memory->read_blocks = text_blocks;
    text_words_clear(words, 0);
    return words;
}

void text_words_free(struct text_words **words) {
    struct text_words *gone = *words;
    *words = NULL;
    if (!gone)
        return;
    text_folder_free(&gone->memory->folder);
    arena_free(&gone->memory->arena);
    text_memo_free(&gone->memory->memo);
    free(gone->memory->blocks);
    free(gone->memory);
    free(gone->places);
    free(gone->keys);
    free(gone);
}

void text_words_clear(struct text_words *words, uint64_t seed) {
    struct text_words_memory *memory = words->memory;
    words->place_count = words->key_count = 0;
    words->lacks_pairs = false;
    arena_reset(memory->arena);
    text_memo_next(memory->memo);
    if (memory->seed == seed && memory->hash[0].first)
        return;
    text_memo_clear(memory->memo);
    memory->seed = seed;
    memory->raw = text_hash_key_of(seed, TEXT_SPACE_FREE);
    for (unsigned space = 0; space < TEXT_SPACE_FREE; space++)
        memory->hash[space] = text_hash_key_of(seed, (enum text_space)space);
}

static size_t more(size_t cap, size_t need) {
    return need > cap + cap / 2 ? need : cap + cap / 2;
}

/* A byte has at most one place and two keys: `#\u00e4 `, of four bytes, has six keys. */
void text_words_reserve(struct text_words *words, size_t bytes) {
    size_t places = words->place_count + bytes + 2, keys = words->key_count + 2 * bytes + 8;
    ASSERT(keys <= UINT32_MAX / 2);
    if (places > words->place_cap) {
        words->place_cap = (uint32_t)more(words->place_cap, places);
        words->places = xrealloc(words->places, words->place_cap * sizeof *words->places);
    }
    if (keys > words->key_cap) {
        words->key_cap = (uint32_t)more(words->key_cap, keys);
        words->keys = xrealloc(words->keys, words->key_cap * sizeof *words->keys);
    }
}

uint32_t text_words_place(struct text_words *words, struct text_place place) {
    text_words_reserve(words, 0);
    words->places[words->place_count] = place;
    return words->place_count++;
}

void text_words_key(struct text_words *words, struct text_key key) {
    text_words_reserve(words, 0);
    words->keys[words->key_count++] = key;
}

/* Hashes. */

uint64_t text_hash_any(const struct text_hash_key *key, struct span form) {
    uint64_t before = key->first, sixteen[2];
    size_t at = 0;
    for (; form.len - at > 16; at += 16)
        before = text_hash_mix(text_hash_lower(text_eight(form.ptr + at)) ^ before,
                               text_hash_lower(text_eight(form.ptr + at + 8)) ^ key->second);
    char last[16] = {0};
    if (form.len > at)
        memcpy(last, form.ptr + at, form.len - at);
    sixteen[0] = text_hash_lower(text_eight(last));
    sixteen[1] = text_hash_lower(text_eight(last + 8));
    return text_hash_end(key, before, sixteen, form.len - at, form.len);
}

uint64_t text_hash(uint64_t seed, enum text_space space, struct span form) {
    struct text_hash_key key = text_hash_key_of(seed, space);
    return text_hash_any(&key, form);
}

uint64_t text_hash_pair(uint64_t seed, uint64_t first, uint64_t second) {
    struct text_hash_key key = text_hash_key_of(seed, TEXT_SPACE_PAIR);
    return text_hash_two(&key, first, second);
}

/* The slow way. */

static uint64_t put_form(struct text_words *words, enum text_space space, struct span form, enum form which) {
    struct text_words_memory *memory = words->memory;
    if (!form.ptr || form.len > TEXT_FORM_MAX)
        return 0;
    uint64_t hash = text_hash_any(&memory->hash[space], form);
    *text_new_key(words) = (struct text_key){.hash = hash,
                                             .form = arena_copy(memory->arena, form),
                                             .position = words->place_count - 1,
                                             .len = form.len & TEXT_FORM_MAX,
                                             .space = space & 7u,
                                             .loose = which != FORM_E,
                                             .written_out = which == FORM_G};
    return hash;
}

static uint64_t put_forms(struct text_words *words, enum text_space space, struct text_forms forms) {
    uint64_t hash = put_form(words, space, forms.e, FORM_E);
    (void)put_form(words, space, forms.s, FORM_S);
    if (!forms.s.ptr || !span_eq(forms.s, forms.g))
        (void)put_form(words, space, forms.g, FORM_G);
    return hash;
}

static void put_handle(struct text_words *words, struct span name) {
    struct span form = text_fold(words->memory->folder, name).e;
    const char *host = memchr(form.ptr, '@', form.len);
    (void)put_form(words, TEXT_SPACE_HANDLE, form, FORM_E);
    if (host && host > form.ptr)
        (void)put_form(words, TEXT_SPACE_HANDLE, (struct span){form.ptr, (size_t)(host - form.ptr)}, FORM_E);
}

uint64_t text_put_token(struct text_words *words, enum text_kind kind, struct span bytes) {
    struct text_folder *folder = words->memory->folder;
    struct text_forms forms;
    switch (kind) {
    case TEXT_WORD:
        return put_forms(words, TEXT_SPACE_WORD, text_fold(folder, bytes));
    case TEXT_TAG:
        forms = text_fold(folder, bytes);
        (void)put_forms(words, TEXT_SPACE_WORD, forms);
        (void)put_forms(words, TEXT_SPACE_TAG, forms);
        return 0;
    case TEXT_HANDLE:
        put_handle(words, bytes);
        return 0;
    case TEXT_CASHTAG:
        return put_form(words, TEXT_SPACE_CASHTAG, text_fold(folder, bytes).e, FORM_E);
    case TEXT_EMOJI:
        return put_form(words, TEXT_SPACE_EMOJI, text_fold_emoji(folder, bytes), FORM_E);
    case TEXT_LINK:
        break;
    }
    return 0;
}

void text_words_element(struct text_words *words, enum text_kind kind, struct span element, uint32_t index,
                        uint8_t field) {
    size_t sign = text_sign(element);
    struct span name = {.ptr = element.ptr + sign, .len = element.len - sign};
    if (name.len == 0)
        return;
    text_words_reserve(words, element.len);
    words->places[words->place_count++] = (struct text_place){.kind = TEXT_BORDER, .field = field};
    words->places[words->place_count++] =
        (struct text_place){.start = index, .end = index + 1, .kind = (uint8_t)kind, .field = field};
    (void)text_put_token(words, kind, name);
}
