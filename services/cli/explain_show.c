/* explain_show: the parts as a tree, a line each, and the mention with marks: [ ] where there are no colours.
 */
#include "explain_show.h"

#include <stdlib.h>

enum { PART_COLUMNS = 60, PLACES_SHOWN = 4 };

static const char *const FIELD_NAMES[] = {[MATCH_TITLE] = "title",
                                          [MATCH_TEXT] = "text",
                                          [MATCH_HASHTAGS] = "hashtags",
                                          [MATCH_MENTIONS] = "mentions"};

/* The tree. */

static void add_label(struct buf *out, const struct explain_part *part) {
    switch (part->kind) {
    case EXPLAIN_AND:
        buf_add_str(out, "AND");
        return;
    case EXPLAIN_OR:
        buf_add_str(out, "OR");
        return;
    case EXPLAIN_NOT:
        buf_add_str(out, "NOT");
        return;
    case EXPLAIN_TITLE:
        buf_add_str(out, "title:");
        return;
    default:
        screen_add_foreign(out, span_of(part->text), PART_COLUMNS);
    }
}

static void add_places(struct screen *screen, const struct explain_part *part) {
    size_t shown = part->range_count < PLACES_SHOWN ? part->range_count : PLACES_SHOWN;
    screen_style(screen, STYLE_DIM);
    for (size_t i = 0; i < shown; i++)
        buf_printf(screen->out, "%s%s %u-%u", i ? ", " : "  ", FIELD_NAMES[part->ranges[i].field],
                   part->ranges[i].start, part->ranges[i].end);
    if (shown < part->range_count)
        buf_add_str(screen->out, ", …");
    screen_style(screen, STYLE_NONE);
}

static void show_part(struct screen *screen, const struct explain_part *part, int depth) {
    static const struct {
        enum style style;
        const char *mark;
    } MARKS[] = {[EXPLAIN_NO] = {STYLE_BAD, "no "}, [EXPLAIN_YES] = {STYLE_GOOD, "yes"}};
    bool leaf = !part->first || part->kind == EXPLAIN_WORDS || part->kind == EXPLAIN_WINDOW;
    screen_text(screen, MARKS[part->truth].style, "%s", MARKS[part->truth].mark);
    screen_repeat(screen, " ", 1 + 2 * depth);
    add_label(screen->out, part);
    if (leaf)
        add_places(screen, part);
    if (part->why) {
        buf_add_str(screen->out, "  ");
        screen_style(screen, part->blocks ? STYLE_BAD : STYLE_DIM);
        buf_add_str(screen->out, part->blocks ? "<- blocks: " : "<- ");
        screen_add_foreign(screen->out, span_of(part->why), 1 << 20);
        screen_style(screen, STYLE_NONE);
    }
    buf_add_char(screen->out, '\n');
    /* The words of a phrase that is there add nothing. */
    if (part->kind == EXPLAIN_WORDS && part->truth == EXPLAIN_YES)
        return;
    for (const struct explain_part *child = part->first; child; child = child->next)
        show_part(screen, child, depth + 1);
}

/* The mention. */

struct marks {
    struct match_range *ranges;
    size_t count, room;
};

static void collect(struct marks *marks, const struct explain_part *part, bool all) {
    bool take = part->truth == EXPLAIN_YES && (all || !part->first);
    for (size_t i = 0; take && i < part->range_count; i++) {
        if (marks->count == marks->room) {
            marks->room = marks->room ? 2 * marks->room : 64;
            marks->ranges = xrealloc(marks->ranges, marks->room * sizeof *marks->ranges);
        }
        marks->ranges[marks->count++] = part->ranges[i];
    }
    for (const struct explain_part *child = all ? NULL : part->first; child; child = child->next)
        collect(marks, child, false);
}

static int by_place(const void *a, const void *b) {
    const struct match_range *x = a, *y = b;
    if (x->field != y->field)
        return x->field < y->field ? -1 : 1;
    return x->start != y->start ? (x->start < y->start ? -1 : 1) : (x->end > y->end) - (x->end < y->end);
}

static void add_marked(struct screen *screen, struct span piece) {
    screen_style(screen, STYLE_MARK);
    if (!screen->colour)
        buf_add_char(screen->out, '[');
    screen_add_foreign(screen->out, piece, 1 << 20);
    if (!screen->colour)
        buf_add_char(screen->out, ']');
    screen_style(screen, STYLE_NONE);
}

static void show_field(struct screen *screen, const struct marks *marks, enum match_field field,
                       struct span text) {
    size_t at = 0;
    if (!text.ptr || text.len == 0)
        return;
    screen_text(screen, STYLE_DIM, "%-9s", FIELD_NAMES[field]);
    for (size_t i = 0; i < marks->count; i++) {
        const struct match_range *range = &marks->ranges[i];
        size_t start = range->start > at ? range->start : at;
        if (range->field != field || range->end <= at)
            continue;
        screen_add_foreign(screen->out, (struct span){text.ptr + at, start - at}, 1 << 20);
        add_marked(screen, (struct span){text.ptr + start, range->end - start});
        at = range->end;
    }
    screen_add_foreign(screen->out, (struct span){text.ptr + at, text.len - at}, 1 << 20);
    buf_add_char(screen->out, '\n');
}

static void show_elements(struct screen *screen, const struct marks *marks, enum match_field field,
                          const struct span *elements, size_t count) {
    if (count == 0)
        return;
    screen_text(screen, STYLE_DIM, "%-9s", FIELD_NAMES[field]);
    for (size_t i = 0; i < count; i++) {
        bool marked = false;
        for (size_t m = 0; m < marks->count; m++)
            marked = marked || (marks->ranges[m].field == field && marks->ranges[m].start <= i &&
                                i < marks->ranges[m].end);
        buf_add_str(screen->out, i ? " " : "");
        if (marked)
            add_marked(screen, elements[i]);
        else
            screen_add_foreign(screen->out, elements[i], 1 << 20);
    }
    buf_add_char(screen->out, '\n');
}

void explain_show(struct screen *screen, const struct explain_part *root,
                  const struct match_document *document) {
    static const struct {
        enum style style;
        const char *text;
    } ANSWERS[] = {[EXPLAIN_NO] = {STYLE_BAD, "does not match"}, [EXPLAIN_YES] = {STYLE_GOOD, "matches"}};
    struct marks marks = {.count = 0};
    screen_text(screen, ANSWERS[root->truth].style, "%s", ANSWERS[root->truth].text);
    buf_add_str(screen->out, ": ");
    screen_add_foreign(screen->out, span_of(root->text), 1 << 20);
    buf_add_str(screen->out, "\n\n");
    show_part(screen, root, 0);
    buf_add_char(screen->out, '\n');
    collect(&marks, root, root->truth == EXPLAIN_YES);
    if (marks.count > 0)
        qsort(marks.ranges, marks.count, sizeof *marks.ranges, by_place);
    show_field(screen, &marks, MATCH_TITLE, document->title);
    show_field(screen, &marks, MATCH_TEXT, document->text);
    show_elements(screen, &marks, MATCH_HASHTAGS, document->hashtags, document->hashtag_count);
    show_elements(screen, &marks, MATCH_MENTIONS, document->mentions, document->mention_count);
    free(marks.ranges);
}

/* JSON. */

static void print_part(const struct explain_part *part, struct buf *out) {
    static const char *const TRUTHS[] = {[EXPLAIN_NO] = "false", [EXPLAIN_YES] = "true"};
    static const char *const KINDS[] = {
        [EXPLAIN_WORDS] = "words", [EXPLAIN_WINDOW] = "window", [EXPLAIN_EXACT] = "exact",
        [EXPLAIN_NEAR] = "near",   [EXPLAIN_FIELD] = "field",   [EXPLAIN_TITLE] = "title",
        [EXPLAIN_AND] = "and",     [EXPLAIN_OR] = "or",         [EXPLAIN_NOT] = "not"};
    buf_printf(out, "{\"matches\":%s,\"kind\":\"%s\",\"part\":", TRUTHS[part->truth], KINDS[part->kind]);
    buf_add_json(out, span_of(part->text));
    buf_printf(out, ",\"byte\":%zu,\"end\":%zu", part->start, part->end);
    if (part->truth == EXPLAIN_YES) {
        buf_add_str(out, ",\"at\":[");
        for (size_t i = 0; i < part->range_count; i++)
            buf_printf(out, "%s[\"%s\",%u,%u]", i ? "," : "", FIELD_NAMES[part->ranges[i].field],
                       part->ranges[i].start, part->ranges[i].end);
        buf_add_char(out, ']');
    }
    if (part->blocks)
        buf_add_str(out, ",\"blocks\":true");
    if (part->why) {
        buf_add_str(out, ",\"why\":");
        buf_add_json(out, span_of(part->why));
    }
    if (part->first) {
        buf_add_str(out, ",\"parts\":[");
        for (const struct explain_part *child = part->first; child; child = child->next) {
            print_part(child, out);
            buf_add_str(out, child->next ? "," : "]");
        }
    }
    buf_add_char(out, '}');
}

void explain_print(const struct explain_part *root, struct buf *out) {
    print_part(root, out);
    buf_add_char(out, '\n');
}
