/* table: the lines of a file, whole or as columns with tabs between. Whatever is wrong with it dies with its
 * place. */
#ifndef TRAIN_TABLE_H
#define TRAIN_TABLE_H

#include "earshot/lines.h"
#include "earshot/model.h"

struct table {
    const char *path;
    int fd;
    struct lines *lines;
    struct line line; /* the last one */
};

struct table table_open(const char *path) MUST_CHECK;
void table_close(struct table *table);
/* Into table->line. False: that was all. */
bool table_next(struct table *table) MUST_CHECK;
/* The next line's columns; the last is what is left of it, tabs and all. names: what they are. */
bool table_columns(struct table *table, struct span *columns, size_t count, const char *names) MUST_CHECK;
_Noreturn void table_wrong(const struct table *table, const char *what, struct span where);
/* The number of a language in the model. */
size_t table_language(const struct table *table, const struct model *model, struct span code) MUST_CHECK;

#endif
