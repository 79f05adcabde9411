/* match_lines match --alerts FILE -: a file of alerts over the NDJSON mentions of stdin, with nothing but the
 * modules that a worker has for it: what compare.py asks, under the sanitizers too. A line for each mention
 * that matched: {"id","matches"}, as mention.md has them. */
#include "earshot/alert.h"
#include "earshot/arena.h"
#include "earshot/match.h"
#include "earshot/mention.h"
#include "earshot/query.h"

#include <stdio.h>
#include <stdlib.h>

enum { INPUT_MAX = 256 * 1024 * 1024, ARENA_FIRST = 64 * 1024, CHUNK = 64 * 1024 };

static struct buf read_all(const char *name) {
    FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
    if (!file)
        die(EXIT_FAILED, "%s cannot be read", name);
    struct buf text;
    buf_init(&text, INPUT_MAX);
    char *chunk = xmalloc(CHUNK);
    for (size_t got; (got = fread(chunk, 1, CHUNK, file)) > 0;)
        buf_add(&text, chunk, got);
    free(chunk);
    if (ferror(file) || !buf_ok(&text))
        die(EXIT_FAILED, "%s cannot be read, or is longer than %d bytes", name, INPUT_MAX);
    fclose(file);
    return text;
}

/* The queries that do not parse get a line in errors each, as `earshot alerts apply` has them. */
static struct match_index *compile(const char *name, const struct alert_file *file, struct buf *errors) {
    struct match_alert *alerts = xcalloc(file->count + 1, sizeof *alerts);
    struct arena *arena = arena_new(ARENA_FIRST);
    for (size_t i = 0; i < file->count; i++) {
        const struct alert *alert = file->entries[i].alert;
        struct query_error error;
        alerts[i] = (struct match_alert){.id = span_of(alert->id), .query = span_of(alert->query)};
        if (!query_parse(alerts[i].query, arena, &error))
            alert_error(errors, name, file->entries[i].line, alert->id, error.byte, error.text);
        arena_reset(arena);
    }
    arena_free(&arena);
    struct match_index *index = errors->len == 0 ? match_compile(alerts, file->count) : NULL;
    free(alerts);
    return index;
}

static struct match_index *index_of(const char *name) {
    struct buf text = read_all(name), errors;
    struct alert_file file;
    buf_init(&errors, INPUT_MAX);
    struct match_index *index = NULL;
    if (alert_file_read(name, buf_span(&text), &file, &errors))
        index = compile(name, &file, &errors);
    if (!index)
        fwrite(buf_span(&errors).ptr, 1, errors.len, stderr);
    alert_file_free(&file);
    buf_free(&errors);
    buf_free(&text);
    return index;
}

static void print_match(const struct match *match, struct buf *out) {
    static const char *const FIELDS[] = {[MATCH_TITLE] = "title",
                                         [MATCH_TEXT] = "text",
                                         [MATCH_HASHTAGS] = "hashtags",
                                         [MATCH_MENTIONS] = "mentions"};
    buf_add_str(out, "{\"id\":");
    buf_add_json(out, match->id);
    buf_printf(out, ",\"version\":%lld,\"at\":[", (long long)match->version);
    for (size_t i = 0; i < match->range_count; i++) {
        const struct match_range *range = &match->ranges[i];
        buf_printf(out, "%s[\"%s\",%u,%u]", i ? "," : "", FIELDS[range->field], range->start, range->end);
    }
    buf_printf(out, "]%s}", match->ranges_cut ? ",\"at_cut\":true" : "");
}

static void match_line(const struct match_index *index, struct match_scratch *scratch, struct span line,
                       struct arena *arena, struct buf *out) {
    struct mention mention;
    struct fault fault;
    if (!mention_read(line, MENTION_RAW, arena, &mention, &fault))
        die(EXIT_FAILED, "byte %zu of a mention: %s", fault.byte, fault.detail);
    const struct match_document document = {.title = mention.title,
                                            .text = mention.text,
                                            .hashtags = mention.hashtags,
                                            .mentions = mention.mentions,
                                            .hashtag_count = mention.hashtag_count,
                                            .mention_count = mention.mention_count};
    const struct match *matches;
    size_t cut, count = match_run(index, scratch, &document, arena, &matches, &cut);
    if (count == 0)
        return;
    buf_add_str(out, "{\"id\":");
    buf_add_json(out, mention.id);
    buf_add_str(out, ",\"matches\":[");
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_add_char(out, ',');
        print_match(&matches[i], out);
    }
    buf_add_str(out, "]}\n");
}

static void match_all(const struct match_index *index, struct span text) {
    struct match_scratch *scratch = match_scratch_new();
    struct arena *arena = arena_new(ARENA_FIRST);
    struct buf out;
    buf_init(&out, INPUT_MAX);
    for (size_t at = 0, end; at < text.len; at = end + 1) {
        const char *newline = memchr(text.ptr + at, '\n', text.len - at);
        end = newline ? (size_t)(newline - text.ptr) : text.len;
        match_line(index, scratch, (struct span){text.ptr + at, end - at}, arena, &out);
        fwrite(buf_span(&out).ptr, 1, out.len, stdout);
        buf_clear(&out);
        arena_reset(arena);
    }
    buf_free(&out);
    arena_free(&arena);
    match_scratch_free(&scratch);
}

int main(int argc, char **argv) {
    if (argc != 5 || strcmp(argv[1], "match") != 0 || strcmp(argv[2], "--alerts") != 0)
        die(EXIT_USAGE, "usage: match_lines match --alerts FILE -");
    struct match_index *index = index_of(argv[3]);
    if (!index)
        return EXIT_FAILED;
    struct buf text = read_all(argv[4]);
    match_all(index, buf_span(&text));
    buf_free(&text);
    match_index_free(&index);
    return EXIT_OK;
}
