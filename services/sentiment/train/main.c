/* earshot-train: makes the model of sentiment from labelled texts; and tells how good it would be, on texts
 * that it was not trained on. */
#include "aims.h"
#include "identify.h"
#include "intents.h"
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
    const char *lexicon, *words, *others, *aims, *intents, *vectors, *out;
    int sources; /* 0: free, 1: all */
    int64_t seed, folds, epochs, rate, dropout;
};

#define AT(member) offsetof(struct train_conf, member)

// clang-format off
static const struct conf_option OPTIONS[] = {
    {.name = "Train", .type = CONF_HEADING},
    {.name = "lexicon", .type = CONF_STRING, .offset = AT(lexicon), .argument = "FILE",
     .help = "words of feeling: language, word, score -4..4"},
    {.name = "words", .type = CONF_STRING, .offset = AT(words), .argument = "FILE",
     .help = "more words of feeling, such as texts/words.tsv"},
    {.name = "others", .type = CONF_STRING, .offset = AT(others), .argument = "FILE",
     .help = "texts of other languages, to tell them from those: language and text"},
    {.name = "aims", .type = CONF_STRING, .offset = AT(aims), .argument = "FILE",
     .help = "texts that name things: language, name, label, another name, its label, text"},
    {.name = "intents", .type = CONF_STRING, .offset = AT(intents), .argument = "FILE",
     .help = "texts and what their writers want: language, intent, reasons, text"},
    {.name = "vectors", .type = CONF_STRING, .offset = AT(vectors), .argument = "FILE",
     .help = "what a larger model makes of words (vectors.py), for intents and aims"},
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
    struct written aims, intents;
    struct vectors vectors;
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

static enum label label_of(const struct model_table *table, const struct corpus_row *row) {
    struct score score = score_buckets(table, row->buckets, row->count, 0, 0);
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
        enum label given = label_of(&training->model->languages[row->language].table, row);
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

static void train_all(struct training *training) {
    for (size_t i = 0; i < training->corpus.count; i++)
        training->used[i] = true;
    train(training, (uint64_t)training->conf.seed);
}

static int run_model(struct training *training) {
    uint64_t seed = (uint64_t)training->conf.seed;
    train_all(training);
    fprintf(stderr, "identification: %zu texts of other languages\n", training->others.count);
    identify_learn(training->model, &training->corpus, &training->others, seed);
    fprintf(stderr, "intents: %zu texts\n", training->intents.count);
    intents_learn(training->model, &training->intents, &training->vectors, seed, 0, 0);
    fprintf(stderr, "aims: %zu texts\n", training->aims.count);
    aims_learn(training->model, &training->aims, &training->vectors, seed, 0, 0);
    if (model_write(training->model, training->conf.out))
        return EXIT_OK;
    fprintf(stderr, "earshot-train: %s cannot be written\n", training->conf.out);
    return EXIT_FAILED;
}

/* Of what is learned by the feeling of whole texts: by a model of all of those, or by the built-in one. */
static void run_more_folds(struct training *training) {
    uint64_t seed = (uint64_t)training->conf.seed, folds = (uint64_t)training->conf.folds;
    if (training->corpus.count > 0)
        train_all(training);
    if (training->intents.count > 0)
        intents_folds(training->model, &training->intents, &training->vectors, seed, folds);
    if (training->aims.count > 0)
        aims_folds(training->model, &training->aims, &training->vectors, seed, folds);
}

/* Without texts of feeling: the built-in model. */
static struct model *model_begin(const struct conf *conf) {
    struct buf message;
    if (conf->operand_count > 0) {
        struct model *model = model_new();
        for (size_t i = 0; i < COUNT_OF(LANGUAGES); i++)
            (void)!model_add(model, LANGUAGES[i]);
        return model;
    }
    buf_init(&message, MESSAGE_MAX);
    struct model *model = model_load(NULL, &message);
    ASSERT(model);
    buf_free(&message);
    return model;
}

static void read_all(struct training *training, const struct conf *conf) {
    bool free_only = training->conf.sources == 0;
    if (training->conf.lexicon)
        corpus_lexicon(training->model, training->conf.lexicon, free_only);
    if (training->conf.words)
        corpus_lexicon(training->model, training->conf.words, free_only);
    for (size_t i = 0; i < conf->operand_count; i++)
        corpus_read(&training->corpus, training->model, conf->operands[i], free_only);
    if (training->conf.others)
        corpus_read_languages(&training->others, training->model, training->conf.others);
    if (training->conf.aims)
        training->aims = aims_texts(training->conf.aims, training->model);
    if (training->conf.vectors)
        training->vectors = vectors_read(training->conf.vectors);
    if (training->conf.intents)
        training->intents = intents_read(training->conf.intents, training->model);
    training->used = xcalloc(training->corpus.count + 1, sizeof *training->used);
    fprintf(stderr, "%zu texts\n", training->corpus.count);
}

static bool can_run(const struct train_conf *conf, size_t files) {
    if ((conf->intents || conf->aims) && !conf->vectors)
        return false;
    if (files == 0)
        return conf->folds && (conf->aims || conf->intents);
    return conf->lexicon && (conf->folds || (conf->out && conf->others && conf->aims && conf->intents));
}

int main(int argc, char **argv) {
    struct training training = {.model = NULL};
    struct conf conf = {
        .program = "earshot-train",
        .usage = "FILE… --lexicon FILE [--words FILE] "
                 "(--others FILE --intents FILE --aims FILE --vectors FILE --out FILE | --folds N)",
        .about = "Trains the model of sentiment on labelled texts: files of lines with language, label (neg, "
                 "neu,\n"
                 "pos), source, mask (2: no neutral texts in it; 3) and text, tabs between; of intents and "
                 "aims on\n"
                 "theirs. Without FILE, --folds of those by the built-in model's feeling.",
        .tables = {OPTIONS},
        .structs = {&training.conf},
    };
    conf_load_or_exit(&conf, argc, argv);
    if (!can_run(&training.conf, conf.operand_count))
        die(EXIT_USAGE,
            "earshot-train: wants files and --lexicon, and either --out with --others, --aims, --intents and "
            "--vectors, or --folds: see --help");
    training.model = model_begin(&conf);
    read_all(&training, &conf);
    int code = EXIT_OK;
    if (!training.conf.folds)
        code = run_model(&training);
    else if (training.corpus.count > 0)
        code = run_folds(&training);
    if (training.conf.folds)
        run_more_folds(&training);
    free(training.used);
    vectors_free(&training.vectors);
    written_free(&training.aims);
    written_free(&training.intents);
    corpus_free(&training.corpus);
    corpus_free(&training.others);
    model_free(&training.model);
    conf_free(&conf);
    return code;
}
