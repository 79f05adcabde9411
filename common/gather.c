/* gather: everything that a pair needs of its record is copied into the arena, since the record is the bus'
 * only until the batch is done. The feed's entry is made here, where the mention is in the cache, but only
 * where the feed will keep it. */
#include "earshot/gather.h"

#include "earshot/hash.h"
#include "earshot/words.h"
#include "layout.h"

#include "earshot/item.h"

#include <stdio.h>
#include <stdlib.h>

#define NO_JOINT UINT32_MAX

enum { ITEM_MAX = 64 * 1024 };

struct joint {
    struct span text;
    uint64_t hash;
};

struct gather {
    struct roster *roster;
    struct marks *marks;
    struct corrections *corrections;
    int shards, partitions;
    struct arena *arena;
    struct gather_pairs *pairs; /* by shard */
    struct gather_edits *edits; /* by shard */
    size_t count, edit_count, correction_count;
    uint32_t number;
    struct mark *handled[MARKS_KINDS]; /* by partition */
    int64_t *collected;
    size_t collected_count, collected_cap;
    struct gather_limits limits;

    uint64_t seed;
    struct joint *joints;
    size_t joint_count, joint_cap;
    uint32_t *joint_table; /* joint_size, a power of two: index + 1 */
    size_t joint_size;

    struct buf shared, own; /* of the mention in hand */
};

struct gather *gather_new(const struct deployment *deployment, struct roster *roster, struct marks *marks,
                          struct corrections *corrections) {
    struct gather *gather = xcalloc(1, sizeof *gather);
    gather->roster = roster;
    gather->marks = marks;
    gather->corrections = corrections;
    gather->shards = deployment->shards;
    gather->partitions = deployment->partitions;
    gather->arena = arena_new(64 * 1024);
    gather->pairs = xcalloc((size_t)gather->shards, sizeof *gather->pairs);
    gather->edits = xcalloc((size_t)gather->shards, sizeof *gather->edits);
    for (int of = 0; of < MARKS_KINDS; of++)
        gather->handled[of] = xcalloc((size_t)gather->partitions, sizeof *gather->handled[of]);
    gather->seed = hash_seed();
    gather->joint_size = 256;
    gather->joint_table = xcalloc(gather->joint_size, sizeof *gather->joint_table);
    buf_init(&gather->shared, ITEM_MAX);
    buf_init(&gather->own, ITEM_MAX);
    gather_clear(gather, true);
    return gather;
}

void gather_free(struct gather **gather) {
    struct gather *old = *gather;
    if (!old)
        return;
    for (int shard = 0; shard < old->shards; shard++) {
        free(old->pairs[shard].at);
        free(old->edits[shard].at);
    }
    free(old->pairs);
    free(old->edits);
    for (int of = 0; of < MARKS_KINDS; of++)
        free(old->handled[of]);
    free(old->collected);
    free(old->joints);
    free(old->joint_table);
    arena_free(&old->arena);
    buf_free(&old->shared);
    buf_free(&old->own);
    free(old);
    *gather = NULL;
}

void gather_clear(struct gather *gather, bool places) {
    for (int shard = 0; shard < gather->shards; shard++)
        gather->pairs[shard].count = gather->edits[shard].count = 0;
    for (int32_t p = 0; places && p < gather->partitions; p++)
        gather_forget(gather, p);
    memset(gather->joint_table, 0, gather->joint_size * sizeof *gather->joint_table);
    gather->joint_count = gather->collected_count = 0;
    gather->count = gather->edit_count = gather->correction_count = 0;
    gather->number = 0;
    arena_reset(gather->arena);
}

/* Joint counters' names. ------------------------------------------------------------------------------- */

static uint32_t *joint_place(struct gather *gather, uint64_t hash, struct span text) {
    size_t at = (size_t)hash & (gather->joint_size - 1);
    for (;; at = (at + 1) & (gather->joint_size - 1)) {
        uint32_t found = gather->joint_table[at];
        if (!found ||
            (gather->joints[found - 1].hash == hash && span_eq(gather->joints[found - 1].text, text)))
            return &gather->joint_table[at];
    }
}

static void joint_grow(struct gather *gather) {
    gather->joint_size *= 2;
    free(gather->joint_table);
    gather->joint_table = xcalloc(gather->joint_size, sizeof *gather->joint_table);
    for (size_t i = 0; i < gather->joint_count; i++)
        *joint_place(gather, gather->joints[i].hash, gather->joints[i].text) = (uint32_t)i + 1;
}

static uint32_t joint_find(struct gather *gather, struct span text) {
    uint64_t hash = hash_bytes(gather->seed, text);
    uint32_t *found = joint_place(gather, hash, text);
    if (*found)
        return *found - 1;
    if (gather->joint_count * 2 >= gather->joint_size) {
        joint_grow(gather);
        found = joint_place(gather, hash, text);
    }
    if (gather->joint_count == gather->joint_cap) {
        gather->joint_cap = gather->joint_cap * 2 + 64;
        gather->joints = xrealloc(gather->joints, gather->joint_cap * sizeof *gather->joints);
    }
    struct span kept = {.ptr = arena_copy(gather->arena, text), .len = text.len};
    gather->joints[gather->joint_count] = (struct joint){.text = kept, .hash = hash};
    *found = (uint32_t)++gather->joint_count;
    return *found - 1;
}

/* A tab would read as the next name. */
static void add_name(struct buf *out, struct span name) {
    if (name.len == 0)
        name = SPAN("und");
    size_t at = out->len;
    buf_add_span(out, name);
    for (; at < out->len; at++)
        if ((unsigned char)out->ptr[at] < 0x20)
            out->ptr[at] = '?';
    buf_add_char(out, '\t');
}

static void add_names(struct buf *out, const struct mention *mention) {
    buf_clear(out);
    add_name(out, mention->kind);
    add_name(out, mention->platform);
    add_name(out, item_language(mention));
    add_name(out, mention->country);
}

/* Taking. ---------------------------------------------------------------------------------------------- */

bool gather_known(const struct gather *gather, const struct gather_place *place) {
    return place->raw <= gather->handled[MARKS_MENTIONS][place->partition].raw;
}

void gather_skip(struct gather *gather, const struct gather_place *place) {
    gather->handled[MARKS_MENTIONS][place->partition].next = place->next;
}

void gather_forget(struct gather *gather, int32_t partition) {
    for (int of = 0; of < MARKS_KINDS; of++)
        gather->handled[of][partition] = (struct mark){.raw = -1, .next = -1};
}

/* "$LENGTH\r\nID NUL SCORE NUL JSON\r\n" */
static struct span entry_word(struct gather *gather, struct span id, int score) {
    enum { FRAME = 1 + 20 + 2 + 1 + 4 + 1 + 2 };
    size_t len = id.len + 1 + 4 + 1 + gather->shared.len + gather->own.len;
    char *word = arena_alloc(gather->arena, len + FRAME), *at = word;
    *at++ = '$';
    at += words_decimal(at, (int64_t)len);
    *at++ = '\r';
    *at++ = '\n';
    memcpy(at, id.ptr, id.len);
    at += id.len;
    int rank = score + 1000;
    const char digits[] = {'\0',
                           (char)('0' + rank / 1000),
                           (char)('0' + rank / 100 % 10),
                           (char)('0' + rank / 10 % 10),
                           (char)('0' + rank % 10),
                           '\0'};
    memcpy(at, digits, sizeof digits);
    at += sizeof digits;
    memcpy(at, gather->shared.ptr, gather->shared.len);
    at += gather->shared.len;
    memcpy(at, gather->own.ptr, gather->own.len);
    at += gather->own.len;
    *at++ = '\r';
    *at++ = '\n';
    return (struct span){.ptr = word, .len = (size_t)(at - word)};
}

/* How a mention speaks of an alert: as it was computed, or as a person says. */
struct said {
    struct mention_analysis analysis;
    bool corrected;
};

static struct span make_entry(struct gather *gather, const struct mention *mention, size_t i, int64_t at,
                              const struct said *said) {
    if (gather->shared.len == 0)
        item_begin(&gather->shared, mention, at);
    buf_clear(&gather->own);
    item_end(&gather->own, &mention->matches[i], &said->analysis, said->corrected);
    ASSERT(buf_ok(&gather->shared) && buf_ok(&gather->own));
    return entry_word(gather, mention->id, said->analysis.score);
}

static void push(struct gather *gather, int shard, const struct gather_pair *pair) {
    struct gather_pairs *pairs = &gather->pairs[shard];
    if (pairs->count == pairs->cap) {
        pairs->cap = pairs->cap * 2 + 64;
        pairs->at = xrealloc(pairs->at, pairs->cap * sizeof *pairs->at);
    }
    pairs->at[pairs->count++] = *pair;
    gather->count++;
}

static void push_edit(struct gather *gather, const struct gather_edit *edit) {
    struct gather_edits *edits = &gather->edits[edit->alert->shard];
    if (edits->count == edits->cap) {
        edits->cap = edits->cap * 2 + 64;
        edits->at = xrealloc(edits->at, edits->cap * sizeof *edits->at);
    }
    struct gather_edit *kept = &edits->at[edits->count++];
    *kept = *edit;
    kept->mention.ptr = arena_copy(gather->arena, edit->mention);
    gather->edit_count++;
}

static void remember_collected(struct gather *gather, int64_t at) {
    if (at == MENTION_NO_TIME)
        return;
    if (gather->collected_count == gather->collected_cap) {
        gather->collected_cap = gather->collected_cap * 2 + 256;
        gather->collected = xrealloc(gather->collected, gather->collected_cap * sizeof *gather->collected);
    }
    gather->collected[gather->collected_count++] = at;
}

/* One of a mention's joint names by its sign: at most three a mention are looked up. */
static uint32_t joint_of(struct gather *gather, struct buf *names, char sign, uint32_t found[3]) {
    uint32_t *known = &found[sign == '+' ? 0 : sign == '0' ? 1 : 2];
    if (*known == NO_JOINT) {
        buf_add_char(names, sign);
        *known = joint_find(gather, buf_span(names));
        names->len--;
    }
    return *known;
}

static struct said said_of(struct gather *gather, const struct gather_pair *pair,
                           const struct mention *mention, size_t i, int64_t now) {
    struct said said = {.analysis = mention->analyses[i]};
    struct correction *one = corrections_find(gather->corrections, pair->alert->id, mention->id);
    if (!one || one->since < now - CORRECTIONS_KEEP)
        return said;
    said.analysis.label = span_of(label_name(one->label));
    said.analysis.score = one->label == LABEL_POSITIVE ? 1000 : one->label == LABEL_NEGATIVE ? -1000 : 0;
    said.corrected = true;
    if (!one->met)
        push_edit(gather, &(struct gather_edit){
                              .alert = pair->alert, .number = pair->number, .mention = mention->id});
    one->met = true;
    return said;
}

bool gather_take(struct gather *gather, const struct gather_place *place, const struct mention *mention,
                 int64_t now) {
    struct gather_pair pair = {.number = ++gather->number,
                               .at = mention_dated(mention, place->logged_at),
                               .partition = place->partition,
                               .mark = {.raw = place->raw, .next = place->next}};
    gather->limits.ahead += pair.at != mention->created_at;
    bool wanted = layout_kept(LAYOUT_DAY, pair.at, now), fresh = true;
    uint32_t joints[3] = {NO_JOINT, NO_JOINT, NO_JOINT};
    struct buf names;
    buf_init(&names, ITEM_MAX);
    add_names(&names, mention);
    buf_clear(&gather->shared);
    for (size_t i = 0; i < mention->match_count; i++) {
        pair.alert = roster_find(gather->roster, mention->matches[i].id);
        if (marks_at(gather->marks, MARKS_MENTIONS, pair.alert->shard, place->partition)->raw >= place->raw) {
            fresh = false;
            continue;
        }
        struct said said = said_of(gather, &pair, mention, i, now);
        pair.score = said.analysis.score;
        pair.sign = item_sign(said.analysis.label);
        pair.joint = joint_of(gather, &names, pair.sign, joints);
        pair.entry = (struct span){0};
        if (wanted && pair.at >= pair.alert->floor)
            pair.entry = make_entry(gather, mention, i, pair.at, &said);
        gather->limits.old += !wanted;
        push(gather, pair.alert->shard, &pair);
    }
    buf_free(&names);
    gather->handled[MARKS_MENTIONS][place->partition] = (struct mark){.raw = place->raw, .next = place->next};
    remember_collected(gather, mention_collected(mention, place->logged_at));
    return fresh;
}

bool gather_correct(struct gather *gather, const struct gather_place *place, const struct action *action,
                    int64_t now) {
    struct gather_edit edit = {.alert = roster_find(gather->roster, action->alert),
                               .number = ++gather->number,
                               .mention = action->mention,
                               .correct = true,
                               .label = action->label,
                               .partition = place->partition,
                               .mark = {.raw = place->raw, .next = place->next}};
    gather->handled[MARKS_ACTIONS][place->partition] = edit.mark;
    if (marks_at(gather->marks, MARKS_ACTIONS, edit.alert->shard, place->partition)->raw >= place->raw)
        return false;
    const struct correction one = {.alert = action->alert,
                                   .mention = action->mention,
                                   .shard = edit.alert->shard,
                                   .label = action->label,
                                   .since = now};
    corrections_put(gather->corrections, &one);
    push_edit(gather, &edit);
    gather->correction_count++;
    return true;
}

size_t gather_count(const struct gather *gather) {
    return gather->count;
}

size_t gather_corrections(const struct gather *gather) {
    return gather->correction_count;
}

bool gather_is_empty(const struct gather *gather) {
    return gather->count == 0 && gather->edit_count == 0;
}

size_t gather_bytes(const struct gather *gather) {
    return arena_used(gather->arena) + gather->count * sizeof(struct gather_pair) +
           gather->edit_count * sizeof(struct gather_edit);
}

const struct gather_pairs *gather_shard(const struct gather *gather, int shard) {
    return &gather->pairs[shard];
}

const struct gather_edits *gather_shard_edits(const struct gather *gather, int shard) {
    return &gather->edits[shard];
}

struct span gather_joint(const struct gather *gather, uint32_t joint) {
    return gather->joints[joint].text;
}

struct mark gather_handled(const struct gather *gather, enum marks_of of, int32_t partition) {
    return gather->handled[of][partition];
}

const struct gather_limits *gather_limits(const struct gather *gather) {
    return &gather->limits;
}

const int64_t *gather_collected(const struct gather *gather, size_t *count) {
    *count = gather->collected_count;
    return gather->collected;
}
