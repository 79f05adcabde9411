/* Texts to languages, labels and all that the worker tells: nanoseconds of thread CPU a text, milliseconds to
 * load the model, and what it takes of memory. Medians of ROUNDS. Everything is the language, what is said of
 * the text's first word and why, intent and risk; and then as JSON. tests/bench/sentiment.py sets it beside
 * its peers.
 *
 *   bench_sentiment FILE.tsv     labelled texts, as `earshot eval` takes them */
#include "earshot/analysis.h"
#include "earshot/identify.h"
#include "earshot/labelled.h"
#include "earshot/score.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 9, LINE_BYTES_MAX = 1 << 20 };

struct text {
    struct span text, language;
};

struct texts {
    struct text *list;
    size_t count, cap, bytes;
};

enum part { LOAD, FEATURES, SCORE, IDENTIFY, EVERYTHING, JSON, PARTS };

static double now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static struct span copy(struct span text) {
    return (struct span){xstrndup(text.ptr, text.len), text.len};
}

static void texts_read(struct texts *texts, const char *path) {
    FILE *file = fopen(path, "r");
    char *line = xmalloc(LINE_BYTES_MAX);
    struct buf message;
    buf_init(&message, 1000);
    if (!file)
        die(EXIT_USAGE, "%s: %s", path, strerror(errno));
    while (fgets(line, LINE_BYTES_MAX, file)) {
        struct labelled row;
        size_t len = strcspn(line, "\n");
        if (!labelled_parse((struct span){line, len}, &row, &message))
            die(EXIT_USAGE, "%s: %s", path, buf_span(&message).ptr);
        if (texts->count == texts->cap) {
            texts->cap = 2 * texts->cap + 1024;
            texts->list = xrealloc(texts->list, texts->cap * sizeof *texts->list);
        }
        texts->list[texts->count++] = (struct text){.text = copy(row.text), .language = copy(row.language)};
        texts->bytes += row.text.len;
    }
    fclose(file);
    free(line);
    buf_free(&message);
}

/* ns a text of all up to that part. */
static double run(const struct model *model, struct features *features, const struct texts *texts,
                  enum part part) {
    static volatile double kept; /* so that nothing is left out */
    double from = now_ns();
    for (size_t i = 0; i < texts->count; i++) {
        const struct text *text = &texts->list[i];
        const struct model_language *language = model_language(model, text->language);
        if (part == SCORE)
            model_expect(language, features);
        features_read(features, text->text);
        if (part == IDENTIFY) {
            language = identify(model, features, NULL).language;
            model_expect(language, features); /* of the next, as the worker does */
        }
        if (part >= SCORE)
            kept = score_text(language, features).likely[0];
    }
    (void)kept;
    return (now_ns() - from) / (double)texts->count;
}

static double run_everything(struct analyser *analyser, const struct texts *texts, enum part part) {
    static volatile double kept;
    static const struct span ID[] = {{"acme", 4}};
    struct buf out;
    buf_init(&out, 1 << 16);
    double from = now_ns();
    for (size_t i = 0; i < texts->count; i++) {
        struct aim aim;
        double confidence;
        const struct span fields[AIM_FIELDS] = {[ANALYSIS_TEXT] = texts->list[i].text};
        (void)!analyser_read(analyser, fields, texts->list[i].language, -1);
        uint32_t name = aims_name(analyser_aims(analyser));
        aims_place(analyser_aims(analyser), name, ANALYSIS_TEXT, 0, 1);
        if (part == JSON) {
            buf_clear(&out);
            analysis_add(analyser, texts->list[i].language, &out);
            analysis_add_alerts(analyser, ID, 1, &out);
        } else {
            analyser_ask(analyser, name, &aim, &confidence);
            kept = confidence;
        }
    }
    (void)kept;
    double took = (now_ns() - from) / (double)texts->count;
    buf_free(&out);
    return took;
}

static double load_ns(void) {
    struct buf message;
    buf_init(&message, 1000);
    double from = now_ns();
    struct model *model = model_load(NULL, &message);
    double took = now_ns() - from;
    ASSERT(model);
    model_free(&model);
    buf_free(&message);
    return took;
}

/* Without what is mapped of files. */
static double resident_bytes(void) {
    long all, resident, shared;
    FILE *file = fopen("/proc/self/statm", "r");
    ASSERT(file && fscanf(file, "%ld %ld %ld", &all, &resident, &shared) == 3);
    fclose(file);
    return (double)(resident - shared) * (double)sysconf(_SC_PAGESIZE);
}

static int order(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv) {
    static const char *const NAMES[PARTS] = {
        "load", "features", "sentiment", "sentiment and language", "everything", "everything, as JSON"};
    struct texts texts = {0};
    struct buf message;
    if (argc != 2)
        die(EXIT_USAGE, "usage: bench_sentiment FILE.tsv");
    texts_read(&texts, argv[1]);
    buf_init(&message, 1000);
    double before = resident_bytes();
    struct model *model = model_load(NULL, &message);
    double after = resident_bytes();
    struct features *features = features_new();
    struct analyser *analyser = analyser_new(NULL, &message);
    printf("# %zu texts, %.0f bytes each; medians of %d\n", texts.count,
           (double)texts.bytes / (double)texts.count, ROUNDS);
    for (enum part part = LOAD; part < PARTS; part++) {
        double took[ROUNDS];
        for (int i = 0; i < ROUNDS; i++)
            took[i] = part == LOAD         ? load_ns()
                      : part >= EVERYTHING ? run_everything(analyser, &texts, part)
                                           : run(model, features, &texts, part);
        qsort(took, ROUNDS, sizeof *took, order);
        if (part == LOAD)
            printf("%s\t%.1f ms, %.1f MiB\n", NAMES[part], took[ROUNDS / 2] / 1e6,
                   (after - before) / (1 << 20));
        else
            printf("%s\t%.0f ns\t%.0f texts/s\n", NAMES[part], took[ROUNDS / 2], 1e9 / took[ROUNDS / 2]);
    }
    return EXIT_OK;
}
