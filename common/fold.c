/* fold: pairs go into a plan until a call is full, then the plan is printed. Marks and commands have their
 * own words, since the number of partitions in a call is known only at its end.
 *
 * Pairs and corrections of a shard go into its calls in the order in which they came. Within a call all that
 * is counted comes first, then the corrections: of a mention that came before, it is counted by then; of one
 * that came later, it was gathered as the person says and stays so. Feeds are trimmed last. */
#include "earshot/fold.h"

#include "earshot/functions.h"
#include "expiry.h"
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    LOG_MAX = 192,
    KEY_MAX = 128,
    COMMAND_WEIGHT = 1000,
    CORRECT_WEIGHT = 100 * COMMAND_WEIGHT, /* it looks through a feed */
    MET_WEIGHT = 2 * COMMAND_WEIGHT,
    CELLS_MAX = 365,
    TOTALS_MAX = 1000
};

/* Where a call brings a partition. */
struct moved {
    struct mark to[MARKS_KINDS];
    bool here;
};

struct fold {
    struct deployment deployment;
    struct fold_conf conf;
    struct plan *plan;
    struct expiry *expiry;
    struct words commands, call, totals, edits, trims;
    size_t edits_weight;
    struct moved *moved; /* by partition */
    int32_t *partitions; /* that are in the call */
    size_t partition_count;
    struct plan_cell cells[CELLS_MAX]; /* of the command in hand, */
    char bytes[CELLS_MAX * 16];        /* and as they are written */
    int64_t *times;                    /* of a feed's entries */
    size_t time_cap;
};

struct fold *fold_new(const struct deployment *deployment, const struct fold_conf *conf) {
    struct fold *fold = xcalloc(1, sizeof *fold);
    fold->deployment = *deployment;
    fold->conf = *conf;
    fold->plan = plan_new();
    fold->expiry = expiry_new();
    fold->moved = xcalloc((size_t)deployment->partitions, sizeof *fold->moved);
    fold->partitions = xcalloc((size_t)deployment->partitions, sizeof *fold->partitions);
    return fold;
}

void fold_free(struct fold **fold) {
    struct fold *old = *fold;
    if (!old)
        return;
    plan_free(&old->plan);
    expiry_free(&old->expiry);
    words_free(&old->commands);
    words_free(&old->call);
    words_free(&old->totals);
    words_free(&old->edits);
    words_free(&old->trims);
    free(old->moved);
    free(old->partitions);
    free(old->times);
    free(old);
    *fold = NULL;
}

void fold_forget(struct fold *fold) {
    expiry_forget(fold->expiry);
}

/* Words. ----------------------------------------------------------------------------------------------- */

/* earshot:{sN}:LETTER:ALERT and, where block is not negative, :BLOCK */
static void add_key(struct words *words, char letter, const struct roster_alert *alert, int64_t block) {
    char key[KEY_MAX], *at = key;
    memcpy(at, "earshot:{s", 10);
    at += 10;
    at += words_decimal(at, alert->shard);
    *at++ = '}';
    *at++ = ':';
    *at++ = letter;
    *at++ = ':';
    memcpy(at, alert->id.ptr, alert->id.len);
    at += alert->id.len;
    if (block >= 0) {
        *at++ = ':';
        at += words_decimal(at, block);
    }
    words_add(words, (struct span){.ptr = key, .len = (size_t)(at - key)});
}

static int by_place(const void *a, const void *b) {
    int64_t x = ((const struct plan_cell *)a)->place, y = ((const struct plan_cell *)b)->place;
    return (x > y) - (x < y);
}

static char *print_number(char *at, int64_t value) {
    uint64_t left = (uint64_t)value;
    for (int shift = 56; shift >= 0; shift -= 8)
        *at++ = (char)(left >> shift & 0xff);
    return at;
}

/* Keys that are short and often new are made with their expiry; others get it in a command of its own. */
static bool brings_expiry(int kind) {
    return kind == LAYOUT_MINUTE || kind == LAYOUT_HOUR;
}

/* CELLS key first bytes [expiry]: neighbours in one. */
static void add_run(struct fold *fold, const struct plan_command *command, const struct plan_cell *cells,
                    size_t count) {
    struct words *words = &fold->commands;
    char *at = fold->bytes;
    for (size_t i = 0; i < count; i++)
        at = print_number(print_number(at, cells[i].first), cells[i].second);
    words_int(words, brings_expiry(command->kind) ? 5 : 4);
    words_add(words, SPAN("CELLS"));
    add_key(words, LAYOUTS[command->kind].letter, command->alert, command->block);
    words_int(words, cells[0].place);
    words_add(words, (struct span){.ptr = fold->bytes, .len = (size_t)(at - fold->bytes)});
    if (brings_expiry(command->kind))
        words_int(words, layout_expiry((enum layout_kind)command->kind, command->block));
}

static void add_series(struct fold *fold, const struct plan_command *command) {
    struct plan_cell *cells = fold->cells;
    size_t count = 0;
    for (int32_t i = command->first; i != PLAN_NONE; i = plan_cell(fold->plan, i)->next)
        cells[count++] = *plan_cell(fold->plan, i);
    if (count > 1)
        qsort(cells, count, sizeof *cells, by_place);
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && cells[end].place == cells[end - 1].place + 1;)
            end++;
        add_run(fold, command, cells + first, end - first);
    }
}

static void add_joint(struct fold *fold, const struct gather *gather, const struct plan_command *command) {
    struct words *words = &fold->commands;
    words_int(words, 4);
    words_add(words, SPAN("HINCRBY"));
    add_key(words, LAYOUTS[command->kind].letter, command->alert, command->block);
    words_add(words, gather_joint(gather, command->joint));
    words_int(words, command->grows);
}

static void add_expiry(struct fold *fold, const struct plan_command *command) {
    enum layout_kind kind = (enum layout_kind)command->kind;
    if (brings_expiry(command->kind) ||
        !expiry_due(fold->expiry, command->alert->number, kind, command->block))
        return;
    struct words *words = &fold->commands;
    words_int(words, 3);
    words_add(words, SPAN("EXPIREAT"));
    add_key(words, LAYOUTS[kind].letter, command->alert, command->block);
    words_int(words, layout_expiry(kind, command->block));
}

/* Totals: all of a shard's alerts are in one hash, so any number of them is one command. ------------------
 */

static void add_total_key(struct words *words, int shard, int64_t block) {
    char key[KEY_MAX];
    int len = snprintf(key, sizeof key, "earshot:{s%d}:t:%lld", shard, (long long)block);
    words_add(words, (struct span){.ptr = key, .len = (size_t)len});
}

static void give_totals(struct fold *fold, int shard, int64_t block, struct words *totals) {
    struct words *words = &fold->commands;
    if (totals->count == 0)
        return;
    words_int(words, 2 + (int64_t)totals->count);
    words_add(words, SPAN("TOTALS"));
    add_total_key(words, shard, block);
    words_join(words, totals);
    words_clear(totals);
    if (!expiry_due(fold->expiry, UINT32_MAX - (uint32_t)shard, LAYOUT_DAY, block))
        return;
    /* a long value, or Redis would look for each alert from the first to the last */
    words_int(words, 4);
    words_add(words, SPAN("HSET"));
    add_total_key(words, shard, block);
    words_add(words, SPAN(""));
    words_add(words, SPAN("-----------------------------------------------------------------"));
    words_int(words, 3);
    words_add(words, SPAN("EXPIREAT"));
    add_total_key(words, shard, block);
    words_int(words, layout_expiry(LAYOUT_DAY, block));
}

/* Of one block; the next greater block that there is, or INT64_MAX. */
static int64_t add_totals(struct fold *fold, int shard, int64_t block) {
    size_t count = 0;
    const struct plan_command *commands = plan_commands(fold->plan, &count);
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        if (commands[i].kind != PLAN_TOTAL)
            continue;
        if (commands[i].block > block && commands[i].block < next)
            next = commands[i].block;
        if (commands[i].block != block)
            continue;
        words_add(&fold->totals, commands[i].alert->id);
        words_int(&fold->totals, commands[i].grows);
        if (fold->totals.count == 2 * TOTALS_MAX)
            give_totals(fold, shard, block, &fold->totals);
    }
    give_totals(fold, shard, block, &fold->totals);
    return next;
}

/* The feed. -------------------------------------------------------------------------------------------- */

static int newest_first(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

/* Of more entries than are kept, the oldest need not be written at all: from when on they are. */
static int64_t worth_writing(struct fold *fold, const struct plan_command *command) {
    if (command->count <= fold->conf.feed_items)
        return INT64_MIN;
    if (fold->time_cap < command->count) {
        fold->time_cap = command->count;
        fold->times = xrealloc(fold->times, fold->time_cap * sizeof *fold->times);
    }
    size_t count = 0;
    for (int32_t i = command->first; i != PLAN_NONE; i = plan_entry(fold->plan, i)->next)
        fold->times[count++] = plan_entry(fold->plan, i)->pair->at;
    qsort(fold->times, count, sizeof *fold->times, newest_first);
    return fold->times[fold->conf.feed_items - 1];
}

static void add_trim(struct fold *fold, struct roster_alert *alert, int64_t dropped) {
    struct words *words = &fold->trims;
    words_int(words, 4);
    words_add(words, SPAN("TRIM"));
    words_add(words, alert->id);
    words_int(words, fold->conf.feed_items);
    words_int(words, dropped);
    alert->untrimmed = 0;
}

static void add_feed(struct fold *fold, const struct plan_command *command) {
    struct words *words = &fold->commands;
    int64_t from = worth_writing(fold, command), count = 0, dropped = 0;
    for (int32_t i = command->first; i != PLAN_NONE; i = plan_entry(fold->plan, i)->next) {
        int64_t at = plan_entry(fold->plan, i)->pair->at;
        if (at >= from)
            count++;
        else if (at >= dropped)
            dropped = at + 1;
    }
    words_int(words, 2 + 2 * count);
    words_add(words, SPAN("ZADD"));
    add_key(words, 'f', command->alert, -1);
    for (int32_t i = command->first; i != PLAN_NONE; i = plan_entry(fold->plan, i)->next) {
        const struct gather_pair *pair = plan_entry(fold->plan, i)->pair;
        if (pair->at < from)
            continue;
        words_int(words, -pair->at);
        words_packed(words, pair->entry);
    }
    command->alert->untrimmed += (uint32_t)count;
    if (dropped || command->alert->untrimmed * 8 >= fold->conf.feed_items)
        add_trim(fold, command->alert, dropped);
}

/* Corrections. ----------------------------------------------------------------------------------------- */

static void add_edit(struct fold *fold, const struct gather_edit *edit) {
    struct words *words = &fold->edits;
    words_int(words, edit->correct ? 4 : 3);
    words_add(words, edit->correct ? SPAN("CORRECT") : SPAN("MET"));
    words_add(words, edit->alert->id);
    words_add(words, edit->mention);
    if (edit->correct)
        words_add(words, span_of(label_name(edit->label)));
    fold->edits_weight += edit->correct ? CORRECT_WEIGHT : MET_WEIGHT;
}

/* Calls. ----------------------------------------------------------------------------------------------- */

static void move(struct fold *fold, struct marks *marks, int shard, enum marks_of of, int32_t partition,
                 struct mark mark) {
    struct moved *moved = &fold->moved[partition];
    for (int k = 0; !moved->here && k < MARKS_KINDS; k++)
        moved->to[k] = *marks_at(marks, (enum marks_of)k, shard, partition);
    if (!moved->here)
        fold->partitions[fold->partition_count++] = partition;
    moved->here = true;
    moved->to[of] = mark;
}

/* That of the actions is left out where there is none. */
static void print_marks(struct words *words, struct mark mentions, struct mark actions) {
    char bytes[2 * MARK_BYTES];
    mark_print(mentions, bytes);
    mark_print(actions, bytes + MARK_BYTES);
    words_add(words, (struct span){.ptr = bytes, .len = mark_is_none(actions) ? MARK_BYTES : 2 * MARK_BYTES});
}

/* Whose marks these are. */
static void add_log(const struct fold *fold, struct words *words) {
    char log[LOG_MAX];
    if (!fold->conf.source) {
        words_add(words, span_of(fold->deployment.id));
        return;
    }
    int len = snprintf(log, sizeof log, "%s/%s", fold->deployment.id, fold->conf.source);
    words_add(words, (struct span){.ptr = log, .len = (size_t)len});
}

/* The marks in front of the commands; the shard's marks are then what the call makes of them. */
static void give_call(struct fold *fold, struct marks *marks, int shard, fold_call_f *call, void *self) {
    struct words *words = &fold->call;
    char key[KEY_MAX];
    int len = snprintf(key, sizeof key, "earshot:{s%d}", shard);
    words_clear(words);
    words_add(words, SPAN("FCALL"));
    words_add(words, SPAN("earshot_fold"));
    words_add(words, SPAN("1"));
    words_add(words, (struct span){.ptr = key, .len = (size_t)len});
    words_add(words, SPAN(FUNCTIONS_SCHEMA));
    add_log(fold, words);
    words_int(words, (int64_t)fold->partition_count);
    for (size_t i = 0; i < fold->partition_count; i++) {
        int32_t partition = fold->partitions[i];
        struct mark *mentions = marks_at(marks, MARKS_MENTIONS, shard, partition);
        struct mark *actions = marks_at(marks, MARKS_ACTIONS, shard, partition);
        struct moved *moved = &fold->moved[partition];
        words_int(words, partition);
        print_marks(words, *mentions, *actions);
        *mentions = moved->to[MARKS_MENTIONS];
        *actions = moved->to[MARKS_ACTIONS];
        print_marks(words, *mentions, *actions);
        moved->here = false;
    }
    fold->partition_count = 0;
    struct words *const parts[] = {&fold->commands, &fold->edits, &fold->trims};
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        words_join(words, parts[i]);
        words_clear(parts[i]);
    }
    fold->edits_weight = 0;
    call(self, shard, words->count, words_span(words));
}

static void print_plan(struct fold *fold, const struct gather *gather, int shard) {
    size_t count = 0;
    const struct plan_command *commands = plan_commands(fold->plan, &count);
    for (size_t i = 0; i < count; i++) {
        const struct plan_command *command = &commands[i];
        if (command->kind == PLAN_FEED)
            add_feed(fold, command);
        if (command->kind >= LAYOUT_KINDS)
            continue;
        if (command->kind == LAYOUT_JOINT_HOUR || command->kind == LAYOUT_JOINT_DAY)
            add_joint(fold, gather, command);
        else
            add_series(fold, command);
        add_expiry(fold, command);
    }
    for (int64_t block = -1; block != INT64_MAX;)
        block = add_totals(fold, shard, block);
    plan_clear(fold->plan);
}

void fold_shard(struct fold *fold, const struct gather *gather, struct marks *marks, int shard, int64_t now,
                fold_call_f *call, void *self) {
    const struct gather_pairs *pairs = gather_shard(gather, shard);
    const struct gather_edits *edits = gather_shard_edits(gather, shard);
    size_t limit = (size_t)fold->conf.call_commands * COMMAND_WEIGHT;
    for (size_t p = 0, e = 0; p < pairs->count || e < edits->count;) {
        uint32_t pair_number = p < pairs->count ? pairs->at[p].number : UINT32_MAX;
        uint32_t edit_number = e < edits->count ? edits->at[e].number : UINT32_MAX;
        uint32_t number = pair_number < edit_number ? pair_number : edit_number;
        for (; p < pairs->count && pairs->at[p].number == number; p++) {
            plan_add(fold->plan, &pairs->at[p], now);
            move(fold, marks, shard, MARKS_MENTIONS, pairs->at[p].partition, pairs->at[p].mark);
        }
        for (; e < edits->count && edits->at[e].number == number; e++) {
            add_edit(fold, &edits->at[e]);
            if (edits->at[e].correct)
                move(fold, marks, shard, MARKS_ACTIONS, edits->at[e].partition, edits->at[e].mark);
        }
        bool last = p == pairs->count && e == edits->count;
        if (last || plan_weight(fold->plan) + fold->edits_weight >= limit) {
            print_plan(fold, gather, shard);
            give_call(fold, marks, shard, call, self);
        }
    }
}

void fold_move_on(struct fold *fold, const struct gather *gather, struct marks *marks, int shard,
                  fold_call_f *call, void *self) {
    for (int32_t p = 0; p < fold->deployment.partitions; p++) {
        for (int k = 0; k < MARKS_KINDS; k++) {
            enum marks_of of = (enum marks_of)k;
            struct mark handled = gather_handled(gather, of, p), *mark = marks_at(marks, of, shard, p);
            if (handled.next > mark->next)
                move(fold, marks, shard, of, p,
                     (struct mark){.raw = handled.raw > mark->raw ? handled.raw : mark->raw,
                                   .next = handled.next});
        }
    }
    if (fold->partition_count)
        give_call(fold, marks, shard, call, self);
}

void fold_sweep(struct fold *fold, int shard, fold_call_f *call, void *self) {
    words_int(&fold->edits, 1);
    words_add(&fold->edits, SPAN("SWEEP"));
    give_call(fold, NULL, shard, call, self);
}
