#include "table.h"

#include "earshot/labelled.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1 << 20 };

struct table table_open(const char *path) {
    struct table table = {.path = path, .fd = open(path, O_RDONLY | O_CLOEXEC)};
    if (table.fd < 0)
        die(EXIT_USAGE, "%s: %s", path, strerror(errno));
    table.lines = lines_new(table.fd, LINE_MAX_BYTES);
    return table;
}

void table_close(struct table *table) {
    lines_free(&table->lines);
    close(table->fd);
}

bool table_next(struct table *table) {
    enum lines_status status = lines_next(table->lines, -1, &table->line);
    if (status == LINES_FAILED)
        die(EXIT_FAILED, "%s: %s", table->path, strerror(errno));
    return status == LINES_LINE || lines_rest(table->lines, &table->line);
}

_Noreturn void table_wrong(const struct table *table, const char *what, struct span where) {
    die(EXIT_USAGE, "%s:%" PRId64 ": %s: `%.*s`", table->path, table->line.number, what, (int)where.len,
        where.ptr);
}

bool table_columns(struct table *table, struct span *columns, size_t count, const char *names) {
    if (!table_next(table))
        return false;
    if (!labelled_columns(table->line.bytes, columns, count))
        table_wrong(table, names, table->line.bytes);
    return true;
}

size_t table_language(const struct table *table, const struct model *model, struct span code) {
    const struct model_language *language = model_language(model, code);
    if (strcmp(language->code, MODEL_OTHER) == 0 && !span_eq(code, SPAN(MODEL_OTHER)))
        table_wrong(table, "no language of the model (main.c)", code);
    return (size_t)(language - model->languages);
}
