/* lexicon_file: the worker and a backfill must score by the same table, and name what is wrong with it alike.
 */
#include "earshot/lexicon.h"

#include <errno.h>
#include <stdio.h>

enum { FILE_MAX = 64 << 20, FAULT_MAX = 1000 };

static bool read_file(const char *path, struct buf *out, struct buf *message) {
    FILE *file = fopen(path, "re");
    if (!file) {
        buf_printf(message, "lexicon: %s: %s", path, strerror(errno));
        return false;
    }
    char block[16384];
    for (size_t n; (n = fread(block, 1, sizeof block, file)) > 0;)
        buf_add(out, block, n);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (!failed && buf_ok(out))
        return true;
    buf_printf(message, "lexicon: %s: %s", path, failed ? "cannot be read" : "larger than 64 MiB");
    return false;
}

struct lexicon *lexicon_load(const char *path, struct buf *message) {
    struct buf table, fault;
    struct lexicon *lexicon = NULL;
    buf_init(&table, FILE_MAX);
    buf_init(&fault, FAULT_MAX);
    if (!path || read_file(path, &table, message)) {
        lexicon = lexicon_new(path ? buf_span(&table) : lexicon_source(), &fault);
        if (!lexicon)
            buf_printf(message, "lexicon: %s: %s", path ? path : "built in", buf_span(&fault).ptr);
    }
    buf_free(&table);
    buf_free(&fault);
    return lexicon;
}
