/* written: texts that were written for the trainer, as they stand in their file. */
#ifndef TRAIN_WRITTEN_H
#define TRAIN_WRITTEN_H

#include "earshot/model.h"

enum { WRITTEN_COLUMNS_MAX = 6 };

struct written_text {
    struct span columns[WRITTEN_COLUMNS_MAX]; /* the last one is the text */
    struct span text;
    const struct model_language *language;
    uint64_t hash; /* corpus_hash() */
};

struct written {
    struct written_text *texts;
    size_t count, cap;
};

/* A file of lines of so many columns, the first of which is the language. check: NULL where a text is good,
 * else what is wrong. Dies where the file is not as it should be. */
typedef const char *written_check_f(const struct written_text *text);
struct written written_read(const char *path, const struct model *model, size_t columns, const char *names,
                            written_check_f *check) MUST_CHECK;
void written_free(struct written *written);
/* Whether it belongs to that fold of so many. */
bool written_in_fold(const struct written_text *text, uint64_t fold, uint64_t folds) MUST_CHECK;

#endif
