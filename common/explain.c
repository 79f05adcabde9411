/* explain: a part that only excludes or only names a field is no query by itself, so each is asked beside a
 * hashtag that the mention is given for it. What blocks is then read off the tree. */
#include "earshot/explain.h"

#include "query_tree.h"

#include <stdlib.h>

enum { QUESTION_MAX = 1 << 20 };

/* Of letters that no text has in this order. */
#define PROBE "\uA66EearshotexplainsthemtoYou\uA66E"

struct explaining {
    struct match_document document; /* with the probe behind its hashtags */
    struct arena *arena;
    struct explain_part **parts;
    const char **questions;
    size_t count, room;
};

/* The tree of parts. */

static const char *printed(struct arena *arena, const struct query *node) {
    struct buf out;
    buf_init(&out, QUESTION_MAX);
    query_print(node, &out);
    const char *text = arena_copy(arena, buf_span(&out));
    buf_free(&out);
    return text;
}

static const char *question_of(struct explaining *explaining, const struct query *node, bool in_title) {
    struct query_word word = {.kind = TEXT_TAG, .text = SPAN("#" PROBE)};
    struct query probe = {.kind = QUERY_PHRASE, .words = &word, .word_count = 1};
    struct query inner = *node, title = {.kind = QUERY_TITLE, .first = &inner, .last = &inner};
    struct query both = {.kind = QUERY_AND, .first = &probe};
    inner.next = NULL;
    probe.next = in_title ? &title : &inner;
    return printed(explaining->arena, &both);
}

static void remember(struct explaining *explaining, struct explain_part *part, const char *question) {
    if (explaining->count == explaining->room) {
        explaining->room = explaining->room ? 2 * explaining->room : 64;
        explaining->parts = xrealloc(explaining->parts, explaining->room * sizeof *explaining->parts);
        explaining->questions =
            xrealloc(explaining->questions, explaining->room * sizeof *explaining->questions);
    }
    explaining->parts[explaining->count] = part;
    explaining->questions[explaining->count++] = question;
}

static struct query *word_node(struct arena *arena, const struct query *phrase, size_t i) {
    struct query *node = arena_calloc(arena, 1, sizeof *node);
    *node = (struct query){.kind = QUERY_PHRASE,
                           .start = phrase->start,
                           .end = phrase->end,
                           .words = &phrase->words[i],
                           .word_count = 1};
    return node;
}

static enum explain_kind kind_of(enum query_kind kind) {
    static const enum explain_kind KINDS[] = {
        [QUERY_PHRASE] = EXPLAIN_WORDS, [QUERY_WINDOW] = EXPLAIN_WINDOW, [QUERY_ENTITY] = EXPLAIN_EXACT,
        [QUERY_NEAR] = EXPLAIN_NEAR,    [QUERY_FIELD] = EXPLAIN_FIELD,   [QUERY_TITLE] = EXPLAIN_TITLE,
        [QUERY_AND] = EXPLAIN_AND,      [QUERY_OR] = EXPLAIN_OR,         [QUERY_NOT] = EXPLAIN_NOT};
    return KINDS[kind];
}

static struct explain_part *part_of(struct explaining *explaining, const struct query *node, bool in_title) {
    struct explain_part *part = arena_calloc(explaining->arena, 1, sizeof *part), **next = &part->first;
    struct query alone = *node;
    alone.next = NULL;
    part->kind = kind_of(node->kind);
    part->start = node->start;
    part->end = node->end;
    part->text = printed(explaining->arena, &alone);
    remember(explaining, part, question_of(explaining, node, in_title));
    for (const struct query *child = node->first; child; child = child->next, next = &(*next)->next)
        *next = part_of(explaining, child, in_title || node->kind == QUERY_TITLE);
    bool several =
        (node->kind == QUERY_PHRASE && !node->run && node->word_count > 1) || node->kind == QUERY_WINDOW;
    for (size_t i = 0; several && i < node->word_count; i++, next = &(*next)->next)
        *next = part_of(explaining, word_node(explaining->arena, node, i), in_title);
    return part;
}

/* Asking. */

static void take_answer(struct explaining *explaining, const struct match *match) {
    struct explain_part *part = explaining->parts[match->version];
    uint32_t tags = (uint32_t)explaining->document.hashtag_count - 1;
    struct match_range *ranges = arena_calloc(explaining->arena, match->range_count, sizeof *ranges);
    part->truth = EXPLAIN_YES;
    for (size_t i = 0; i < match->range_count; i++)
        if (match->ranges[i].field != MATCH_HASHTAGS || match->ranges[i].start < tags)
            ranges[part->range_count++] = match->ranges[i];
    part->ranges = ranges;
}

/* Parts from `first` on, so many that no match is cut. */
static void ask_some(struct explaining *explaining, size_t first, size_t count) {
    struct match_alert alerts[MATCH_ALERTS_MAX];
    size_t asked = 0;
    for (size_t i = first; i < first + count; i++)
        alerts[asked++] = (struct match_alert){.id = SPAN("part"),
                                               .version = (int64_t)i,
                                               .query = span_of(explaining->questions[i]),
                                               .from = INT64_MIN};
    struct match_index *index = match_compile(alerts, asked, NULL);
    struct match_scratch *scratch = match_scratch_new();
    const struct match_result found = match_run(index, scratch, &explaining->document, explaining->arena);
    for (size_t i = 0; i < found.count; i++)
        take_answer(explaining, &found.matches[i]);
    match_scratch_free(&scratch);
    match_index_free(&index);
}

static struct match_document with_probe(const struct match_document *document, struct arena *arena) {
    struct match_document out = *document;
    struct span *tags = arena_calloc(arena, document->hashtag_count + 1, sizeof *tags);
    for (size_t i = 0; i < document->hashtag_count; i++)
        tags[i] = document->hashtags[i];
    tags[document->hashtag_count] = SPAN(PROBE);
    out.hashtags = tags;
    out.hashtag_count = document->hashtag_count + 1;
    return out;
}

/* What blocks. */

static bool all_are(const struct explain_part *part, enum explain_truth truth) {
    for (const struct explain_part *child = part->first; child; child = child->next)
        if (child->truth != truth)
            return false;
    return part->first != NULL;
}

static void blocks(struct explain_part *part, const char *why) {
    part->blocks = true;
    part->why = why;
}

/* A part that is there and should not be. */
static void blame_present(struct explain_part *part) {
    bool any = false;
    for (struct explain_part *child = part->kind == EXPLAIN_OR ? part->first : NULL; child;
         child = child->next)
        if (child->truth == EXPLAIN_YES) {
            blame_present(child);
            any = true;
        }
    if (!any)
        blocks(part, "excluded, and there");
}

static const char *together(const struct explain_part *part) {
    switch (part->kind) {
    case EXPLAIN_WORDS:
        return "its words are there, but not next to each other";
    case EXPLAIN_WINDOW:
        return "its words are there, but not so close together";
    default:
        return "they are there, but not so near each other, or in another order";
    }
}

/* A part that should be there and is not. */
static void blame_missing(struct explain_part *part) {
    if (part->kind == EXPLAIN_OR) {
        blocks(part, "none of these");
        for (struct explain_part *child = part->first; child; child = child->next)
            if (child->first && child->truth == EXPLAIN_NO)
                blame_missing(child);
    } else if (part->kind == EXPLAIN_NOT) {
        if (part->first->truth == EXPLAIN_YES)
            blame_present(part->first);
    } else if (!part->first) {
        blocks(part, part->kind == EXPLAIN_FIELD ? "not so, or not known" : "not there");
    } else if (all_are(part, EXPLAIN_YES)) {
        blocks(part, together(part));
    } else {
        for (struct explain_part *child = part->first; child; child = child->next)
            if (child->truth == EXPLAIN_NO)
                blame_missing(child);
    }
}

struct explain_part *explain(const struct query *query, const struct match_document *document,
                             struct arena *arena) {
    struct explaining explaining = {.document = with_probe(document, arena), .arena = arena};
    struct explain_part *root = part_of(&explaining, query, false);
    for (size_t at = 0; at < explaining.count; at += MATCH_ALERTS_MAX) {
        size_t left = explaining.count - at;
        ask_some(&explaining, at, left < MATCH_ALERTS_MAX ? left : MATCH_ALERTS_MAX);
    }
    free(explaining.parts);
    free(explaining.questions);
    if (root->truth == EXPLAIN_NO)
        blame_missing(root);
    return root;
}
