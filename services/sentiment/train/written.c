#include "written.h"

#include "corpus.h"
#include "table.h"

#include <stdlib.h>

static void text_take(struct written *written, const struct span *columns, size_t count) {
    if (written->count == written->cap) {
        written->cap = 2 * written->cap + 256;
        written->texts = xrealloc(written->texts, written->cap * sizeof *written->texts);
    }
    struct written_text *text = &written->texts[written->count++];
    *text = (struct written_text){.language = NULL};
    for (size_t i = 0; i < count; i++)
        text->columns[i] = (struct span){xstrndup(columns[i].ptr, columns[i].len), columns[i].len};
    text->text = text->columns[count - 1];
    text->hash = corpus_hash(text->text);
}

struct written written_read(const char *path, const struct model *model, size_t columns, const char *names,
                            written_check_f *check) {
    struct written written = {.texts = NULL};
    struct table table = table_open(path);
    struct span read[WRITTEN_COLUMNS_MAX];
    while (table_columns(&table, read, columns, names)) {
        text_take(&written, read, columns);
        struct written_text *text = &written.texts[written.count - 1];
        text->language = &model->languages[table_language(&table, model, read[0])];
        const char *wrong = check(text);
        if (wrong)
            table_wrong(&table, wrong, table.line.bytes);
    }
    table_close(&table);
    return written;
}

void written_free(struct written *written) {
    for (size_t i = 0; i < written->count; i++)
        for (size_t k = 0; k < WRITTEN_COLUMNS_MAX; k++)
            free((char *)(uintptr_t)written->texts[i].columns[k].ptr);
    free(written->texts);
    *written = (struct written){.texts = NULL};
}

bool written_in_fold(const struct written_text *text, uint64_t fold, uint64_t folds) {
    return folds > 0 && text->hash % folds == fold;
}
