#include "check.h"

#include "earshot/query.h"
#include "earshot/text.h"

enum { LINES_MAX = 1 << 20 };

/* Of one query. */
struct report {
    struct span text;
    const struct query *query; /* NULL: it does not parse */
    struct query_findings findings;
};

static struct query_findings parse_error(struct arena *arena, const struct query_error *error) {
    struct query_finding *finding = arena_calloc(arena, 1, sizeof *finding);
    *finding = (struct query_finding){.severity = QUERY_ERROR,
                                      .rule = "parse",
                                      .start = error->byte,
                                      .end = error->byte,
                                      .what = arena_copy(arena, span_of(error->text))};
    return (struct query_findings){.list = finding, .count = 1};
}

static struct report examine(struct arena *arena, struct span text) {
    struct query_error error;
    struct report report = {.text = text, .query = query_parse(text, arena, &error)};
    if (!report.query) {
        report.findings = parse_error(arena, &error);
        return report;
    }
    report.findings = query_lint(report.query, text, arena);
    return report;
}

/* For people. */

static void add_finding(struct screen *screen, const struct check_place *place, struct span text,
                        const struct query_finding *finding) {
    static const enum style STYLES[] = {
        [QUERY_NOTE] = STYLE_DIM, [QUERY_WARNING] = STYLE_ACCENT, [QUERY_ERROR] = STYLE_BAD};
    struct buf lines;
    buf_init(&lines, LINES_MAX);
    if (place) {
        buf_printf(&lines, "%s:%zu: %s: ", place->file, place->line, place->id);
        screen_add_foreign(screen->out, buf_span(&lines), LINES_MAX);
        buf_clear(&lines);
    }
    screen_text(screen, STYLES[finding->severity], "%s", query_severity_name(finding->severity));
    buf_printf(&lines, ": byte %zu", finding->start);
    if (finding->end > finding->start + 1)
        buf_printf(&lines, " to %zu", finding->end);
    buf_printf(&lines, ": %s [%s]\n", finding->what, finding->rule);
    query_show_bytes(text, finding->start, finding->end, &lines);
    if (finding->instead)
        buf_printf(&lines, "better: %s\n", finding->instead);
    screen_add_lines(screen->out, buf_span(&lines));
    buf_free(&lines);
}

static void add_text(struct screen *screen, const struct check_place *place, const struct report *report) {
    for (size_t i = 0; i < report->findings.count; i++)
        add_finding(screen, place, report->text, &report->findings.list[i]);
    if (report->findings.cut)
        buf_printf(screen->out, "# more than %d findings: the others are not shown\n", QUERY_FINDINGS_MAX);
    if (report->findings.count > 0 || place)
        return;
    struct buf lines;
    buf_init(&lines, LINES_MAX);
    buf_add_str(&lines, "nothing to say: ");
    query_print(report->query, &lines);
    screen_add_lines(screen->out, buf_span(&lines));
    buf_free(&lines);
}

/* For programs. */

static void add_json_findings(struct buf *out, const struct query_findings *findings) {
    buf_add_str(out, "\"findings\":[");
    for (size_t i = 0; i < findings->count; i++) {
        const struct query_finding *finding = &findings->list[i];
        buf_printf(out,
                   "%s{\"byte\":%zu,\"end\":%zu,\"severity\":\"%s\",\"rule\":\"%s\",\"text\":", i ? "," : "",
                   finding->start, finding->end, query_severity_name(finding->severity), finding->rule);
        buf_add_json(out, span_of(finding->what));
        if (finding->instead) {
            buf_add_str(out, ",\"better\":");
            buf_add_json(out, span_of(finding->instead));
        }
        buf_add_char(out, '}');
    }
    buf_printf(out, "]%s", findings->cut ? ",\"cut\":true}\n" : "}\n");
}

static void add_json(struct buf *out, const struct check_place *place, const struct report *report) {
    struct buf normal;
    buf_add_char(out, '{');
    if (place) {
        buf_add_str(out, "\"id\":");
        buf_add_json(out, span_of(place->id));
        buf_printf(out, ",\"line\":%zu,", place->line);
    }
    if (report->query) {
        buf_init(&normal, LINES_MAX);
        query_print(report->query, &normal);
        buf_add_str(out, "\"normal\":");
        buf_add_json(out, buf_span(&normal));
        buf_add_char(out, ',');
        buf_free(&normal);
    }
    add_json_findings(out, &report->findings);
}

void check_query(struct check *check, const struct check_place *place, struct span text,
                 struct screen *screen) {
    arena_reset(check->arena);
    struct report report = examine(check->arena, text);
    check->queries++;
    for (size_t i = 0; i < report.findings.count; i++)
        check->counts[report.findings.list[i].severity]++;
    if (check->json)
        add_json(screen->out, place, &report);
    else
        add_text(screen, place, &report);
}

void check_add_totals(const struct check *check, struct buf *out) {
    buf_printf(out, "# checked %zu, errors %zu, warnings %zu, notes %zu\n", check->queries,
               check->counts[QUERY_ERROR], check->counts[QUERY_WARNING], check->counts[QUERY_NOTE]);
}
