/* corpus: labelled texts as what the trainer works on: features, and numbers for languages and sources. */
#ifndef TRAIN_CORPUS_H
#define TRAIN_CORPUS_H

#include "earshot/labelled.h"
#include "earshot/model.h"

enum { CORPUS_SOURCES_MAX = 32 };

enum corpus_kind {
    CORPUS_POSTS,  /* short public posts, labelled one by one, neutral ones too */
    CORPUS_OTHERS, /* reviews, subtitles, news; or labelled by their emoji */
    CORPUS_OWN,    /* written for this: services/sentiment/texts */
    CORPUS_KINDS
};

/* Where its texts come from decides what of them may go into a model that is given to others, and how much
 * they are like the posts that the model will see. */
struct corpus_source {
    const char *name;
    bool free; /* its licence lets a model be given away: ../shared/data/README.md */
    enum corpus_kind kind;
    float weight; /* of its texts in the loss */
};
extern const struct corpus_source CORPUS_SOURCES[];
extern const size_t CORPUS_SOURCE_COUNT;

enum { CORPUS_SIDES = 2 };

struct corpus_row {
    uint32_t *buckets; /* each once */
    uint32_t count;
    uint32_t *words; /* model_row() of the features of its words, each once, in order */
    uint32_t word_count;
    /* Words that stand on a side of the subject, where the rows have one: rows of the vectors. */
    uint32_t *sides[CORPUS_SIDES], side_counts[CORPUS_SIDES];
    uint8_t language; /* in the model */
    uint8_t source, label;
    bool two;
    uint64_t hash; /* corpus_hash() */
};

struct corpus {
    struct corpus_row *rows;
    size_t count, cap;
};

/* Words of feeling of `path` (language, word, score -4..4, tab-separated) into the tables of the languages;
 * `*` into all. free: without those of unknown licence. Dies where the file is not as it should be. */
void corpus_lexicon(struct model *model, const char *path, bool free);
/* Appends the rows of a file; of free sources only, where asked for. model: with its lexicon. Dies like it.
 */
void corpus_read(struct corpus *corpus, const struct model *model, const char *path, bool free);
/* Of texts that only say what language they are in: language and text, with a tab between. Languages that the
 * model has not are MODEL_OTHER. Dies like it. */
void corpus_read_languages(struct corpus *corpus, const struct model *model, const char *path);
/* One more, empty. */
struct corpus_row *corpus_row(struct corpus *corpus) MUST_CHECK;
void corpus_free(struct corpus *corpus);
/* Of a text without spaces and case: the same text again has the same. */
uint64_t corpus_hash(struct span text) MUST_CHECK;

#endif
