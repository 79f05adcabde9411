/* alerts_file: the queries are checked beside the rest, so that one run tells all that is wrong. */
#include "alerts_file.h"

#include "command.h"
#include "screen.h"

#include "earshot/arena.h"
#include "earshot/query.h"

#include <errno.h>
#include <stdio.h>

enum { FILE_MAX = 256 << 20, ERRORS_MAX = 256 << 20 };

static int read_file(const char *name, struct buf *out) {
    bool input = strcmp(name, "-") == 0;
    FILE *file = input ? stdin : fopen(name, "rb");
    char block[65536];
    size_t n;
    if (!file)
        return command_refuse(EXIT_FAILED, "%s: %s", name, strerror(errno));
    while ((n = fread(block, 1, sizeof block, file)) > 0)
        buf_add(out, block, n);
    int problem = ferror(file) ? errno : 0;
    if (!input)
        fclose(file);
    if (problem)
        return command_refuse(EXIT_FAILED, "%s: %s", name, strerror(problem));
    return buf_ok(out) ? EXIT_OK : command_refuse(EXIT_FAILED, "%s: more than 256 MiB", name);
}

static bool check_queries(const char *name, const struct alert_file *file, struct buf *errors) {
    struct arena *arena = arena_new(65536);
    bool ok = true;
    for (size_t i = 0; i < file->count; i++) {
        const struct alert *alert = file->entries[i].alert;
        struct query_error error;
        arena_reset(arena);
        if (query_parse(span_of(alert->query), arena, &error))
            continue;
        alert_error(errors, name, file->entries[i].line, alert->id, error.byte, error.text);
        ok = false;
    }
    arena_free(&arena);
    return ok;
}

/* What a file quotes must not steer the terminal. */
static void say(struct span errors) {
    struct buf lines;
    buf_init(&lines, 2 * (size_t)ERRORS_MAX);
    screen_add_lines(&lines, errors);
    fputs(buf_span(&lines).ptr, stderr);
    buf_free(&lines);
}

static int check(const char *name, struct span text, struct alert_file *file) {
    struct buf errors;
    buf_init(&errors, ERRORS_MAX);
    bool ok = alert_file_read(name, text, file, &errors);
    ok = check_queries(name, file, &errors) && ok;
    say(buf_span(&errors));
    buf_free(&errors);
    return ok ? EXIT_OK : EXIT_FAILED;
}

int alerts_file_load(const char *name, struct alert_file *file) {
    struct buf text;
    *file = (struct alert_file){.count = 0};
    buf_init(&text, FILE_MAX);
    int code = read_file(name, &text);
    if (code == EXIT_OK)
        code = check(name, buf_span(&text), file);
    buf_free(&text);
    return code;
}
