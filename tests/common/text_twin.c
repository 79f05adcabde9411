#include "text_twin.h"

#include "text_hash.h"
#include "text_look.h"

#include <stdio.h>
#include <stdlib.h>

struct twin_key {
    char *form;
    size_t len;
    uint64_t hash;
    uint32_t position;
    enum text_space space;
    bool loose, written_out;
};

struct twin {
    struct text_folder *folder;
    uint64_t seed;
    struct text_place *places;
    size_t place_count, place_cap;
    struct twin_key *keys;
    size_t key_count, key_cap;
    char told[256];
};

struct twin *twin_new(void) {
    struct twin *twin = xcalloc(1, sizeof *twin);
    twin->folder = text_folder_new();
    return twin;
}

void twin_clear(struct twin *twin, uint64_t seed) {
    for (size_t i = 0; i < twin->key_count; i++)
        free(twin->keys[i].form);
    twin->place_count = twin->key_count = 0;
    twin->seed = seed;
}

void twin_free(struct twin **twin) {
    twin_clear(*twin, 0);
    text_folder_free(&(*twin)->folder);
    free((*twin)->places);
    free((*twin)->keys);
    free(*twin);
    *twin = NULL;
}

static void add_place(struct twin *twin, struct text_place place) {
    if (twin->place_count == twin->place_cap) {
        twin->place_cap = 2 * twin->place_cap + 64;
        twin->places = xrealloc(twin->places, twin->place_cap * sizeof *twin->places);
    }
    twin->places[twin->place_count++] = place;
}

static void add_key(struct twin *twin, struct twin_key key) {
    if (twin->key_count == twin->key_cap) {
        twin->key_cap = 2 * twin->key_cap + 64;
        twin->keys = xrealloc(twin->keys, twin->key_cap * sizeof *twin->keys);
    }
    twin->keys[twin->key_count++] = key;
}

static void add_form(struct twin *twin, enum text_space space, struct span form, bool loose,
                     bool written_out) {
    if (!form.ptr)
        return;
    add_key(twin, (struct twin_key){.form = memcpy(xmalloc(form.len + 1), form.ptr, form.len),
                                    .len = form.len,
                                    .hash = text_hash(twin->seed, space, form),
                                    .position = (uint32_t)twin->place_count - 1,
                                    .space = space,
                                    .loose = loose,
                                    .written_out = written_out});
}

static void add_forms(struct twin *twin, enum text_space space, struct text_forms forms) {
    add_form(twin, space, forms.e, false, false);
    add_form(twin, space, forms.s, true, false);
    add_form(twin, space, forms.g, true, true);
}

static void add_keys(struct twin *twin, enum text_kind kind, struct span name) {
    struct text_forms forms = text_fold(twin->folder, name);
    const char *host;
    switch (kind) {
    case TEXT_WORD:
        add_forms(twin, TEXT_SPACE_WORD, forms);
        break;
    case TEXT_TAG:
        add_forms(twin, TEXT_SPACE_WORD, forms);
        add_forms(twin, TEXT_SPACE_TAG, forms);
        break;
    case TEXT_HANDLE:
        add_form(twin, TEXT_SPACE_HANDLE, forms.e, false, false);
        host = memchr(forms.e.ptr, '@', forms.e.len);
        if (host && host > forms.e.ptr)
            add_form(twin, TEXT_SPACE_HANDLE, (struct span){forms.e.ptr, (size_t)(host - forms.e.ptr)}, false,
                     false);
        break;
    case TEXT_CASHTAG:
        add_form(twin, TEXT_SPACE_CASHTAG, forms.e, false, false);
        break;
    case TEXT_EMOJI:
        add_form(twin, TEXT_SPACE_EMOJI, text_fold_emoji(twin->folder, name), false, false);
        break;
    case TEXT_LINK:
        break;
    }
}

static bool is_alone(enum text_kind kind, struct span token) {
    enum text_class class = text_class_of(text_character_at(token, 0).code);
    return kind == TEXT_WORD && (class == TEXT_ALONE || class == TEXT_ALONE_DIGIT);
}

/* The hash of the form E of the word at a place. */
static uint64_t hash_of(const struct twin *twin, size_t place) {
    for (size_t i = 0; i < twin->key_count; i++)
        if (twin->keys[twin->key_count - 1 - i].position == place) {
            size_t key = twin->key_count - 1 - i;
            if (twin->keys[key].space == TEXT_SPACE_WORD && !twin->keys[key].loose)
                return twin->keys[key].hash;
        }
    return 0;
}

static void add_pair(struct twin *twin) {
    size_t second = twin->place_count - 1, first = second - 1;
    if (!twin->places[first].alone || !twin->places[second].alone)
        return;
    add_key(twin, (struct twin_key){
                      .hash = text_hash_pair(twin->seed, hash_of(twin, first), hash_of(twin, second)),
                      .position = (uint32_t)first,
                      .space = TEXT_SPACE_PAIR,
                  });
}

void twin_text(struct twin *twin, struct span text, uint8_t field) {
    struct text_cursor cursor;
    struct text_token token;
    add_place(twin, (struct text_place){.kind = TEXT_BORDER, .field = field});
    text_begin(&cursor, text);
    while (text_next(&cursor, &token)) {
        struct span bytes = {text.ptr + token.start, token.end - token.start};
        bool signless = token.kind == TEXT_WORD || token.kind == TEXT_EMOJI;
        size_t sign = signless ? 0 : text_sign(bytes);
        add_place(twin, (struct text_place){.start = (uint32_t)token.start,
                                            .end = (uint32_t)token.end,
                                            .kind = (uint8_t)token.kind,
                                            .field = field,
                                            .alone = is_alone(token.kind, bytes)});
        add_keys(twin, token.kind, (struct span){bytes.ptr + sign, bytes.len - sign});
        add_pair(twin);
    }
}

void twin_element(struct twin *twin, enum text_kind kind, struct span element, uint32_t index,
                  uint8_t field) {
    size_t sign = text_sign(element);
    if (element.len == sign)
        return;
    add_place(twin, (struct text_place){.kind = TEXT_BORDER, .field = field});
    add_place(twin,
              (struct text_place){.start = index, .end = index + 1, .kind = (uint8_t)kind, .field = field});
    add_keys(twin, kind, (struct span){element.ptr + sign, element.len - sign});
}

static bool same_place(const struct text_place *a, const struct text_place *b) {
    return a->start == b->start && a->end == b->end && a->kind == b->kind && a->field == b->field &&
           a->alone == b->alone;
}

static bool same_key(const struct twin_key *ours, const struct text_key *key) {
    if (ours->position != key->position || ours->space != key->space || ours->loose != key->loose ||
        ours->written_out != key->written_out || ours->hash != key->hash)
        return false;
    return ours->form ? text_key_is(key, (struct span){ours->form, ours->len}) : !key->form;
}

const char *twin_differs(struct twin *twin, const struct text_words *words) {
    for (size_t i = 0; i < twin->place_count && i < words->place_count; i++) {
        const struct text_place *ours = &twin->places[i], *place = &words->places[i];
        if (same_place(ours, place))
            continue;
        snprintf(twin->told, sizeof twin->told,
                 "place %zu: kind %d from %u to %u, alone %d; not %d, %u, %u, %d", i, place->kind,
                 place->start, place->end, place->alone, ours->kind, ours->start, ours->end, ours->alone);
        return twin->told;
    }
    for (size_t i = 0; i < twin->key_count && i < words->key_count; i++) {
        const struct twin_key *ours = &twin->keys[i];
        const struct text_key *key = &words->keys[i];
        if (same_key(ours, key))
            continue;
        snprintf(twin->told, sizeof twin->told,
                 "key %zu: position %u space %u loose %u `%.*s` %llx; not %u, %d, %d, `%.*s`, %llx", i,
                 key->position, key->space, key->loose, key->form ? (int)key->len : 0,
                 key->form ? key->form : "", (unsigned long long)key->hash, ours->position, ours->space,
                 ours->loose, (int)ours->len, ours->form ? ours->form : "", (unsigned long long)ours->hash);
        return twin->told;
    }
    snprintf(twin->told, sizeof twin->told, "%u places, %u keys; not %zu, %zu", words->place_count,
             words->key_count, twin->place_count, twin->key_count);
    return twin->place_count == words->place_count && twin->key_count == words->key_count ? NULL : twin->told;
}
