/* match_look: the words of a document, looked up as they come. Only what some query has is remembered:
 * positions are numbers, not memory. */
#include "match_parts.h"

struct place {
    enum match_field field;
    uint32_t position, start, end;
};

static void add_hit(struct match_scratch *scratch, uint32_t term, const struct place *place) {
    struct match_found *found = &scratch->found[term];
    if (found->epoch != scratch->epoch) {
        *found = (struct match_found){.epoch = scratch->epoch};
        match_room(&scratch->touched, &scratch->touched_cap, scratch->touched_count + 1,
                   sizeof *scratch->touched);
        scratch->touched[scratch->touched_count++] = term;
    }
    found->count++;
    match_room(&scratch->hits, &scratch->hit_cap, scratch->hit_count + 1, sizeof *scratch->hits);
    scratch->hits[scratch->hit_count++] = (struct match_hit){
        .term = term,
        .spot = {.position = place->position,
                 .start = place->start,
                 .end = place->end,
                 .field = place->field},
    };
}

static void look_up(const struct match_index *index, struct match_scratch *scratch, enum match_space space,
                    struct span text, bool strict_too, const struct place *place) {
    if (!text.ptr)
        return;
    uint32_t link = match_keys_find(&index->keys, space, text);
    for (; link != MATCH_NONE; link = index->keys.links[link].next)
        if (strict_too || !index->keys.links[link].strict)
            add_hit(scratch, index->keys.links[link].term, place);
}

static void look_forms(const struct match_index *index, struct match_scratch *scratch, enum match_space space,
                       const struct text_forms *forms, const struct place *place) {
    look_up(index, scratch, space, forms->e, true, place);
    look_up(index, scratch, space, forms->s, false, place);
    look_up(index, scratch, space, forms->g, false, place);
}

/* name is what stands behind the sign. */
static void look_tag(const struct match_index *index, struct match_scratch *scratch, struct span name,
                     const struct place *place) {
    struct text_forms forms = text_fold(scratch->folder, name);
    look_forms(index, scratch, SPACE_WORD, &forms, place);
    look_forms(index, scratch, SPACE_RUN, &forms, place);
    look_up(index, scratch, SPACE_TAG, forms.e, true, place);
}

/* With its host, where it has one, and without. */
static void look_handle(const struct match_index *index, struct match_scratch *scratch, struct span name,
                        const struct place *place) {
    struct span folded = text_fold(scratch->folder, name).e;
    look_up(index, scratch, SPACE_HANDLE, folded, true, place);
    const char *host = memchr(folded.ptr, '@', folded.len);
    if (host && host > folded.ptr)
        look_up(index, scratch, SPACE_HANDLE, (struct span){folded.ptr, (size_t)(host - folded.ptr)}, true,
                place);
}

static void look_token(const struct match_index *index, struct match_scratch *scratch, enum text_kind kind,
                       struct span token, const struct place *place) {
    size_t sign = kind == TEXT_WORD ? 0 : text_sign(token);
    struct span name = {.ptr = token.ptr + sign, .len = token.len - sign};
    struct text_forms forms;
    switch (kind) {
    case TEXT_WORD:
        forms = text_fold(scratch->folder, name);
        look_forms(index, scratch, SPACE_WORD, &forms, place);
        break;
    case TEXT_TAG:
        look_tag(index, scratch, name, place);
        break;
    case TEXT_HANDLE:
        look_handle(index, scratch, name, place);
        break;
    case TEXT_CASHTAG:
        look_up(index, scratch, SPACE_CASHTAG, text_fold(scratch->folder, name).e, true, place);
        break;
    case TEXT_EMOJI:
        look_up(index, scratch, SPACE_EMOJI, text_fold_emoji(scratch->folder, token), true, place);
        break;
    case TEXT_LINK:
        break;
    }
}

static void look_text(const struct match_index *index, struct match_scratch *scratch, struct span text,
                      struct place *place) {
    struct text_cursor cursor;
    struct text_token token;
    text_begin(&cursor, text);
    for (;;) {
        place->position += (uint32_t)text_pass(&cursor, &index->keys.words);
        if (!text_next(&cursor, &token))
            break;
        place->start = (uint32_t)token.start;
        place->end = (uint32_t)token.end;
        look_token(index, scratch, token.kind, (struct span){text.ptr + token.start, token.end - token.start},
                   place);
        place->position++;
    }
    place->position++; /* nothing is next to each other across a border */
}

static void look_elements(const struct match_index *index, struct match_scratch *scratch, enum text_kind kind,
                          const struct span *elements, size_t count, struct place *place) {
    for (size_t i = 0; i < count; i++) {
        place->start = (uint32_t)i;
        place->end = (uint32_t)i + 1;
        size_t sign = text_sign(elements[i]);
        struct span name = {.ptr = elements[i].ptr + sign, .len = elements[i].len - sign};
        if (name.len == 0)
            continue;
        if (kind == TEXT_TAG)
            look_tag(index, scratch, name, place);
        else
            look_handle(index, scratch, name, place);
        place->position += 2;
    }
}

/* The hits, one list a term. */
static void sort_hits(struct match_scratch *scratch) {
    uint32_t first = 0;
    match_room(&scratch->spots, &scratch->spot_cap, scratch->hit_count, sizeof *scratch->spots);
    for (size_t i = 0; i < scratch->touched_count; i++) {
        struct match_found *found = &scratch->found[scratch->touched[i]];
        found->first = first;
        first += found->count;
        found->count = 0;
    }
    for (size_t i = 0; i < scratch->hit_count; i++) {
        struct match_found *found = &scratch->found[scratch->hits[i].term];
        scratch->spots[found->first + found->count++] = scratch->hits[i].spot;
    }
}

void match_look(const struct match_index *index, struct match_scratch *scratch,
                const struct match_document *document) {
    struct place place = {.field = MATCH_TITLE};
    scratch->hit_count = scratch->touched_count = 0;
    look_text(index, scratch, document->title, &place);
    place.field = MATCH_TEXT;
    look_text(index, scratch, document->text, &place);
    place.field = MATCH_HASHTAGS;
    look_elements(index, scratch, TEXT_TAG, document->hashtags, document->hashtag_count, &place);
    place.field = MATCH_MENTIONS;
    look_elements(index, scratch, TEXT_HANDLE, document->mentions, document->mention_count, &place);
    sort_hits(scratch);
}
