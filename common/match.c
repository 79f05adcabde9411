/* match: every query is filed under words of which it needs one (of an AND the part that is likely rarest, of
 * an OR one of every branch); a text calls up only the queries filed under words that it has, and these are
 * tried.
 */
#include "match_parts.h"

#include "query_tree.h"

#include <stdlib.h>

/* Compiling. */

struct compiler {
    struct match_index *index;
    struct text_folder *folder;
    struct arena *arena; /* of one query */
    uint32_t *filed;     /* pairs: term, entry */
    size_t filed_count, filed_cap;
};

static uint32_t new_node(struct match_index *index, enum match_kind kind) {
    match_room(&index->nodes, &index->node_cap, index->node_count + 1, sizeof *index->nodes);
    index->nodes[index->node_count] =
        (struct match_node){.kind = kind, .first = MATCH_NONE, .next = MATCH_NONE};
    return (uint32_t)index->node_count++;
}

static struct span without_sign(struct span word) {
    size_t sign = text_sign(word);
    return (struct span){.ptr = word.ptr + sign, .len = word.len - sign};
}

static uint32_t term_of(struct compiler *compiler, const struct query_word *word) {
    static const enum match_space SPACES[] = {
        [TEXT_WORD] = SPACE_WORD,       [TEXT_TAG] = SPACE_TAG,     [TEXT_HANDLE] = SPACE_HANDLE,
        [TEXT_CASHTAG] = SPACE_CASHTAG, [TEXT_EMOJI] = SPACE_EMOJI,
    };
    struct match_keys *keys = &compiler->index->keys;
    if (word->kind == TEXT_EMOJI) {
        struct text_forms forms = {.e = text_fold_emoji(compiler->folder, word->text)};
        return match_keys_term(keys, SPACE_EMOJI, forms);
    }
    struct span name = word->kind == TEXT_WORD ? word->text : without_sign(word->text);
    return match_keys_term(keys, SPACES[word->kind], text_fold(compiler->folder, name));
}

static uint32_t add_phrase(struct match_index *index, uint32_t term_count) {
    uint32_t node = new_node(index, NODE_PHRASE);
    match_room(&index->terms, &index->phrase_cap, index->phrase_terms + term_count, sizeof *index->terms);
    index->nodes[node].first = (uint32_t)index->phrase_terms;
    index->nodes[node].count = term_count;
    index->phrase_terms += term_count;
    return node;
}

static uint32_t compile_phrase(struct compiler *compiler, const struct query *query) {
    struct match_index *index = compiler->index;
    uint32_t phrase = add_phrase(index, (uint32_t)query->word_count);
    for (size_t i = 0; i < query->word_count; i++)
        index->terms[index->nodes[phrase].first + i] = term_of(compiler, &query->words[i]);
    if (!query->run)
        return phrase;
    uint32_t tag = add_phrase(index, 1), either = new_node(index, NODE_OR);
    index->terms[index->nodes[tag].first] =
        match_keys_term(&index->keys, SPACE_RUN, text_fold(compiler->folder, query->run->text));
    index->nodes[either].first = phrase;
    index->nodes[phrase].next = tag;
    return either;
}

static uint32_t compile_node(struct compiler *compiler, const struct query *query) {
    static const enum match_kind KINDS[] = {
        [QUERY_AND] = NODE_AND, [QUERY_OR] = NODE_OR, [QUERY_NOT] = NODE_NOT};
    if (query->kind == QUERY_PHRASE)
        return compile_phrase(compiler, query);
    struct match_index *index = compiler->index;
    uint32_t node = new_node(index, KINDS[query->kind]), last = MATCH_NONE;
    for (const struct query *child = query->first; child; child = child->next) {
        uint32_t compiled = compile_node(compiler, child);
        if (last == MATCH_NONE)
            index->nodes[node].first = compiled;
        else
            index->nodes[last].next = compiled;
        last = compiled;
    }
    return node;
}

/* Filing. */

static uint32_t rarest_term(const struct match_index *index, const struct match_node *phrase) {
    uint32_t best = index->terms[phrase->first];
    for (uint32_t i = 1; i < phrase->count; i++) {
        uint32_t term = index->terms[phrase->first + i];
        if (match_keys_cost(&index->keys, term) < match_keys_cost(&index->keys, best))
            best = term;
    }
    return best;
}

/* How many texts would call it up; UINT64_MAX: it cannot be filed, since it may be true of any text. */
static uint64_t filing_cost(const struct match_index *index, uint32_t number) {
    const struct match_node *node = &index->nodes[number];
    uint64_t least = UINT64_MAX, sum = 0;
    if (node->kind == NODE_PHRASE)
        return match_keys_cost(&index->keys, rarest_term(index, node));
    if (node->kind == NODE_NOT)
        return UINT64_MAX;
    for (uint32_t child = node->first; child != MATCH_NONE; child = index->nodes[child].next) {
        uint64_t cost = filing_cost(index, child);
        least = cost < least ? cost : least;
        sum = cost == UINT64_MAX || sum == UINT64_MAX ? UINT64_MAX : sum + cost;
    }
    return node->kind == NODE_AND ? least : sum;
}

static void file_under(struct compiler *compiler, uint32_t term, uint32_t entry) {
    match_room(&compiler->filed, &compiler->filed_cap, compiler->filed_count + 2, sizeof *compiler->filed);
    compiler->filed[compiler->filed_count++] = term;
    compiler->filed[compiler->filed_count++] = entry;
}

static void file_node(struct compiler *compiler, uint32_t number, uint32_t entry) {
    const struct match_index *index = compiler->index;
    const struct match_node *node = &index->nodes[number];
    if (node->kind == NODE_PHRASE) {
        file_under(compiler, rarest_term(index, node), entry);
        return;
    }
    uint32_t best = MATCH_NONE;
    uint64_t least = UINT64_MAX;
    for (uint32_t child = node->first; child != MATCH_NONE; child = index->nodes[child].next) {
        if (node->kind == NODE_OR) {
            file_node(compiler, child, entry);
            continue;
        }
        uint64_t cost = filing_cost(index, child);
        if (cost < least) {
            least = cost;
            best = child;
        }
    }
    if (node->kind == NODE_AND) {
        ASSERT(best != MATCH_NONE);
        file_node(compiler, best, entry);
    }
}

/* The pairs as one list a term. */
static void sort_filed(struct compiler *compiler) {
    struct match_index *index = compiler->index;
    size_t term_count = index->keys.term_count, pairs = compiler->filed_count / 2;
    index->trigger_start = xcalloc(term_count + 2, sizeof *index->trigger_start);
    index->triggers = xcalloc(pairs + 1, sizeof *index->triggers);
    uint32_t *next = index->trigger_start + 1;
    for (size_t i = 0; i < pairs; i++)
        next[compiler->filed[2 * i] + 1]++;
    for (size_t term = 1; term <= term_count; term++)
        next[term] += next[term - 1];
    for (size_t i = 0; i < pairs; i++)
        index->triggers[next[compiler->filed[2 * i]]++] = compiler->filed[2 * i + 1];
}

static void compile_entry(struct compiler *compiler, struct match_entry *entry, struct span text) {
    struct query_error error;
    struct query *query = query_parse_carried(text, compiler->arena, &error);
    ASSERT(query);
    entry->root = compile_node(compiler, query);
    arena_reset(compiler->arena);
}

static int by_bytes(struct span a, struct span b) {
    size_t len = a.len < b.len ? a.len : b.len;
    int order = len ? memcmp(a.ptr, b.ptr, len) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int by_id(const void *a, const void *b) {
    const struct match_alert *x = *(const struct match_alert *const *)a;
    const struct match_alert *y = *(const struct match_alert *const *)b;
    int order = by_bytes(x->id, y->id);
    return order ? order : (x->version > y->version) - (x->version < y->version);
}

struct match_index *match_compile(const struct match_alert *alerts, size_t count) {
    struct match_index *index = xcalloc(1, sizeof *index);
    struct compiler compiler = {.index = index, .folder = text_folder_new(), .arena = arena_new(4096)};
    const struct match_alert **sorted = xmalloc((count + 1) * sizeof(const struct match_alert *));
    for (size_t i = 0; i < count; i++)
        sorted[i] = &alerts[i];
    if (count > 1)
        qsort(sorted, count, sizeof(const struct match_alert *), by_id);
    index->arena = arena_new(4096);
    match_keys_init(&index->keys);
    index->entries = xcalloc(count + 1, sizeof *index->entries);
    index->entry_count = count;
    for (size_t i = 0; i < count; i++) {
        const struct match_alert *alert = sorted[i];
        index->entries[i] = (struct match_entry){
            .id = {arena_copy(index->arena, alert->id), alert->id.len},
            .version = alert->version,
            .from = alert->from,
            .to = alert->to,
        };
        compile_entry(&compiler, &index->entries[i], alert->query);
    }
    for (size_t i = 0; i < count; i++)
        file_node(&compiler, index->entries[i].root, (uint32_t)i);
    sort_filed(&compiler);
    match_keys_close(&index->keys);
    free(sorted);
    free(compiler.filed);
    text_folder_free(&compiler.folder);
    arena_free(&compiler.arena);
    return index;
}

void match_index_free(struct match_index **index) {
    struct match_index *gone = *index;
    *index = NULL;
    if (!gone)
        return;
    match_keys_free(&gone->keys);
    arena_free(&gone->arena);
    free(gone->entries);
    free(gone->nodes);
    free(gone->terms);
    free(gone->trigger_start);
    free(gone->triggers);
    free(gone);
}

size_t match_index_count(const struct match_index *index) {
    return index->entry_count;
}

/* Matching. */

struct match_scratch *match_scratch_new(void) {
    struct match_scratch *scratch = xcalloc(1, sizeof *scratch);
    scratch->folder = text_folder_new();
    return scratch;
}

void match_scratch_free(struct match_scratch **scratch) {
    struct match_scratch *gone = *scratch;
    *scratch = NULL;
    if (!gone)
        return;
    text_folder_free(&gone->folder);
    free(gone->hits);
    free(gone->spots);
    free(gone->found);
    free(gone->touched);
    free(gone->seen);
    free(gone->candidates);
    free(gone->leaves);
    free(gone);
}

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* The entries that the found terms call up and that are in force, each once, in the order of their ids. */
static void call_up(const struct match_index *index, struct match_scratch *scratch, int64_t time) {
    scratch->candidate_count = 0;
    for (size_t i = 0; i < scratch->touched_count; i++) {
        uint32_t term = scratch->touched[i];
        uint32_t begin = index->trigger_start[term], end = index->trigger_start[term + 1];
        match_room(&scratch->candidates, &scratch->candidate_cap, scratch->candidate_count + (end - begin),
                   sizeof *scratch->candidates);
        for (uint32_t j = begin; j < end; j++) {
            uint32_t number = index->triggers[j];
            const struct match_entry *entry = &index->entries[number];
            if (scratch->seen[number] == scratch->epoch || time < entry->from ||
                (entry->to && time >= entry->to))
                continue;
            scratch->seen[number] = scratch->epoch;
            scratch->candidates[scratch->candidate_count++] = number;
        }
    }
    if (scratch->candidate_count > 1)
        qsort(scratch->candidates, scratch->candidate_count, sizeof *scratch->candidates, by_number);
}

/* The next epoch, and room for the index's terms and entries. */
static void prepare(const struct match_index *index, struct match_scratch *scratch) {
    size_t terms = scratch->found_cap, entries = scratch->seen_cap;
    match_room(&scratch->found, &scratch->found_cap, index->keys.term_count, sizeof *scratch->found);
    match_room(&scratch->seen, &scratch->seen_cap, index->entry_count, sizeof *scratch->seen);
    if (scratch->found_cap > terms)
        memset(scratch->found + terms, 0, (scratch->found_cap - terms) * sizeof *scratch->found);
    if (scratch->seen_cap > entries)
        memset(scratch->seen + entries, 0, (scratch->seen_cap - entries) * sizeof *scratch->seen);
    if (++scratch->epoch == 0) {
        memset(scratch->found, 0, scratch->found_cap * sizeof *scratch->found);
        memset(scratch->seen, 0, scratch->seen_cap * sizeof *scratch->seen);
        scratch->epoch = 1;
    }
}

size_t match_run(const struct match_index *index, struct match_scratch *scratch,
                 const struct match_document *document, struct arena *arena, const struct match **out,
                 size_t *cut) {
    *out = NULL;
    *cut = 0;
    if (index->entry_count == 0)
        return 0;
    prepare(index, scratch);
    match_look(index, scratch, document);
    call_up(index, scratch, document->time);
    size_t room = scratch->candidate_count < MATCH_ALERTS_MAX ? scratch->candidate_count : MATCH_ALERTS_MAX;
    struct match *matches = room ? arena_calloc(arena, room, sizeof *matches) : NULL;
    size_t count = 0;
    for (size_t i = 0; i < scratch->candidate_count; i++) {
        const struct match_entry *entry = &index->entries[scratch->candidates[i]];
        if (!match_evaluate(index, scratch, entry->root))
            continue;
        if (count == MATCH_ALERTS_MAX) {
            ++*cut;
            continue;
        }
        matches[count] = (struct match){.id = entry->id, .version = entry->version};
        match_ranges(index, scratch, arena, &matches[count++]);
    }
    *out = matches;
    return count;
}
