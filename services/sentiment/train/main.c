/* earshot-train: makes the model of sentiment from labelled texts; and tells how good it would be, on texts
 * that it was not trained on. */
#include "identify.h"
#include "pack.h"

#include "earshot/accuracy.h"
#include "earshot/score.h"

#include "earshot/conf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MESSAGE_MAX = 1000 };

static const char *const LANGUAGES[] = {"en", "de", "es", "nl", "pl", "zh",       "pt",
                                        "fr", "it", "ar", "hi", "ja", MODEL_OTHER};

struct train_conf {
    const char *lexicon, *others, *out;
    int sources; /* 0: free, 1: all */
    int64_t seed, folds, epochs, rate, dropout;
};

#define AT(member) offsetof(struct train_conf, member)

// clang-format off
static const struct conf_option OPTIONS[] = {
    {.name = "Train", .type = CONF_HEADING},
    {.name = "lexicon", .type = CONF_STRING, .offset = AT(lexicon), .argument = "FILE",
     .help = "words of feeling: language, word, score -4..4"},
    {.name = "others", .type = CONF_STRING, .offset = AT(others), .argument = "FILE",
     .help = "texts of other languages, to tell them from those: language and text"},
    {.name = "out", .type = CONF_STRING, .offset = AT(out), .argument = "FILE", .help = "where the model goes"},
    {.name = "sources", .type = CONF_CHOICE, .offset = AT(sources), .choices = "free|all", .fallback = "free",
     .help = "those whose licence lets a model be given away, or all"},
    {.name = "seed", .type = CONF_INT, .offset = AT(seed), .fallback = "1", .min = 0, .max = INT32_MAX,
     .argument = "N", .help = "of the order of texts and of what is dropped"},
    {.name = "folds", .type = CONF_INT, .offset = AT(folds), .fallback = "0", .min = 0, .max = 100,
     .argument = "N", .help = "no model: N times, train without an Nth of the texts and label those"},
    {.name = "epochs", .type = CONF_INT, .offset = AT(epochs), .fallback = "4", .min = 1, .max = 100,
     .argument = "N", .help = "times through the texts"},
    {.name = "rate", .type = CONF_INT, .offset = AT(rate), .fallback = "100", .min = 1, .max = 10000,
     .argument = "N", .help = "of learning, in thousandths"},
    {.name = "dropout", .type = CONF_INT, .offset = AT(dropout), .fallback = "300", .min = 0, .max = 900,
     .argument = "N", .help = "of features, in thousandths"},
    {0},
};
// clang-format on

struct training {
    struct train_conf conf;
    struct model *model;
    struct corpus corpus, others;
    bool *used;
};

static void train(struct training *training, uint64_t seed) {
    struct learn_weights weights;
    struct learn_options options = {.seed = seed,
                                    .epochs = (unsigned)training->conf.epochs,
                                    .rate = (float)training->conf.rate / 1000,
                                    .dropout = (float)training->conf.dropout / 1000};
    learn(&weights, &training->corpus, training->used, training->model->count, &options);
    pack(training->model, &training->corpus, &weights);
    learn_free(&weights);
}

/* Folds. */

struct table {
    struct accuracy cells[MODEL_LANGUAGES_MAX][CORPUS_SOURCES_MAX];
};

static enum label label_of(const struct model_language *language, const struct corpus_row *row) {
    struct score_sums sums = {.count = row->count};
    for (uint32_t i = 0; i < row->count; i++) {
        sums.positive += language->weights[row->buckets[i]].positive;
        sums.negative += language->weights[row->buckets[i]].negative;
    }
    struct score score = score_of(language, sums);
    return row->two ? score_of_two(&score) : score.label;
}

static void print_mean(const struct training *training, const struct table *table, size_t source) {
    double sum = 0;
    size_t count = 0;
    for (size_t i = 0; i < training->model->count; i++) {
        struct accuracy_figures figures = accuracy_figures(&table->cells[i][source]);
        sum += figures.macro_f1;
        count += figures.n > 0;
    }
    if (count > 1)
        printf("*\t%s\t\t%.2f\n", CORPUS_SOURCES[source].name, sum / (double)count);
}

static void print_table(const struct training *training, const struct table *table) {
    puts("language\tsource\tn\tmacro F1\tmacro recall\taccuracy");
    for (size_t source = 0; source < CORPUS_SOURCE_COUNT; source++) {
        for (size_t i = 0; i < training->model->count; i++) {
            struct accuracy_figures figures = accuracy_figures(&table->cells[i][source]);
            if (figures.n > 0)
                printf("%s\t%s\t%zu\t%.2f\t%.2f\t%.2f\n", training->model->languages[i].code,
                       CORPUS_SOURCES[source].name, (size_t)figures.n, figures.macro_f1, figures.macro_recall,
                       figures.accuracy);
        }
        print_mean(training, table, source);
    }
}

static void fold(struct training *training, struct table *table, uint64_t number) {
    uint64_t folds = (uint64_t)training->conf.folds;
    for (size_t i = 0; i < training->corpus.count; i++)
        training->used[i] = training->corpus.rows[i].hash % folds != number;
    train(training, (uint64_t)training->conf.seed);
    for (size_t i = 0; i < training->corpus.count; i++) {
        const struct corpus_row *row = &training->corpus.rows[i];
        if (training->used[i])
            continue;
        enum label given = label_of(&training->model->languages[row->language], row);
        table->cells[row->language][row->source].counts[row->label][given]++;
    }
}

static int run_folds(struct training *training) {
    struct table *table = xcalloc(1, sizeof *table);
    for (uint64_t i = 0; i < (uint64_t)training->conf.folds; i++) {
        fprintf(stderr, "fold %d of %d\n", (int)i + 1, (int)training->conf.folds);
        fold(training, table, i);
    }
    print_table(training, table);
    free(table);
    return EXIT_OK;
}

static int run_model(struct training *training) {
    for (size_t i = 0; i < training->corpus.count; i++)
        training->used[i] = true;
    train(training, (uint64_t)training->conf.seed);
    fprintf(stderr, "identification: %zu texts of other languages\n", training->others.count);
    identify_learn(training->model, &training->corpus, &training->others, (uint64_t)training->conf.seed);
    if (model_write(training->model, training->conf.out))
        return EXIT_OK;
    fprintf(stderr, "earshot-train: %s cannot be written\n", training->conf.out);
    return EXIT_FAILED;
}

int main(int argc, char **argv) {
    struct training training = {.model = model_new()};
    struct conf conf = {
        .program = "earshot-train",
        .usage = "FILE… --lexicon FILE (--others FILE --out FILE | --folds N)",
        .about = "Trains the model of sentiment on labelled texts: files of lines with language, label (neg, "
                 "neu,\n"
                 "pos), source, mask (2: no neutral texts in it; 3) and text, tabs between.",
        .tables = {OPTIONS},
        .structs = {&training.conf},
    };
    conf_load_or_exit(&conf, argc, argv);
    bool whole = training.conf.folds || (training.conf.out && training.conf.others);
    if (conf.operand_count == 0 || !training.conf.lexicon || !whole)
        die(EXIT_USAGE,
            "earshot-train: wants files, --lexicon, and --others with --out, or --folds: see --help");
    for (size_t i = 0; i < COUNT_OF(LANGUAGES); i++)
        (void)!model_add(training.model, LANGUAGES[i]);
    bool free_only = training.conf.sources == 0;
    corpus_lexicon(training.model, training.conf.lexicon, free_only);
    for (size_t i = 0; i < conf.operand_count; i++)
        corpus_read(&training.corpus, training.model, conf.operands[i], free_only);
    if (training.conf.others)
        corpus_read_languages(&training.others, training.model, training.conf.others);
    training.used = xcalloc(training.corpus.count + 1, sizeof *training.used);
    fprintf(stderr, "%zu texts\n", training.corpus.count);
    int code = training.conf.folds ? run_folds(&training) : run_model(&training);
    free(training.used);
    corpus_free(&training.corpus);
    corpus_free(&training.others);
    model_free(&training.model);
    conf_free(&conf);
    return code;
}
