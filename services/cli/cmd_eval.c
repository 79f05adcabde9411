/* earshot eval: labelled texts through the model: the figures of the field, language by language. */
#include "command.h"
#include "screen.h"

#include "earshot/accuracy.h"
#include "earshot/conf.h"
#include "earshot/identify.h"
#include "earshot/labelled.h"
#include "earshot/lines.h"
#include "earshot/score.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LANGUAGES_MAX = 256, CODE_MAX = 8, LINE_BYTES_MAX = 1 << 20, MESSAGE_MAX = 1000, TEXT_MAX = 1 << 16 };

struct eval_conf {
    const char *model;
    bool languages, json;
};

#define AT(member) offsetof(struct eval_conf, member)

// clang-format off
static const struct conf_option OPTIONS[] = {
    {.name = "Eval", .type = CONF_HEADING},
    {.name = "model", .type = CONF_STRING, .offset = AT(model), .argument = "FILE",
     .help = "a model of earshot-train instead of the built-in one"},
    {.name = "languages", .type = CONF_BOOL, .offset = AT(languages),
     .help = "how often the language is identified: any that the model has not is right as another"},
    {.name = "Output", .type = CONF_HEADING},
    {.name = "json", .type = CONF_BOOL, .offset = AT(json),
     .help = "an object: language to n, macro_f1, macro_recall, accuracy, error; and average"},
    {0},
};
// clang-format on

/* Texts by their length in characters: under LONG_MIN, and others. */
enum { LONG_MIN = 20, LENGTHS = 2 };

struct tally {
    char code[CODE_MAX];
    struct accuracy accuracy;
    uint64_t texts[LENGTHS], identified[LENGTHS];
};

struct evaluation {
    const char *name; /* of the file */
    struct model *model;
    struct features *features;
    struct tally tallies[LANGUAGES_MAX];
    size_t count;
};

static int refuse(const struct evaluation *evaluation, int64_t line, const char *what) {
    return command_refuse(EXIT_FAILED, "%s:%" PRId64 ": %s", evaluation->name, line, what);
}

/* NULL: no room, or no code. */
static struct tally *tally_of(struct evaluation *evaluation, struct span code) {
    for (size_t i = 0; i < evaluation->count; i++)
        if (span_eq(span_of(evaluation->tallies[i].code), code))
            return &evaluation->tallies[i];
    if (evaluation->count == LANGUAGES_MAX || code.len == 0 || code.len >= CODE_MAX)
        return NULL;
    struct tally *tally = &evaluation->tallies[evaluation->count++];
    memcpy(tally->code, code.ptr, code.len);
    return tally;
}

static void weigh(struct evaluation *evaluation, const struct labelled *row, struct tally *tally) {
    const struct model_language *language = model_language(evaluation->model, row->language);
    features_read(evaluation->features, row->text);
    struct score score = score_text(language, evaluation->features);
    tally->accuracy.counts[row->label][row->two ? score_of_two(&score) : score.label]++;
    size_t length = span_characters(row->text) >= LONG_MIN;
    tally->texts[length]++;
    tally->identified[length] += identify(evaluation->model, evaluation->features, NULL).language == language;
}

static int see(struct evaluation *evaluation, const struct line *line, struct buf *message) {
    struct labelled row;
    buf_clear(message);
    if (line->size > line->bytes.len + 2)
        return refuse(evaluation, line->number, "longer than 1 MiB");
    if (!labelled_parse(line->bytes, &row, message))
        return refuse(evaluation, line->number, buf_span(message).ptr);
    struct tally *tally = tally_of(evaluation, row.language);
    if (!tally)
        return refuse(evaluation, line->number,
                      "column 1, language: expected a code such as de; at most 256 of them");
    weigh(evaluation, &row, tally);
    return EXIT_OK;
}

static int see_all(struct evaluation *evaluation, int fd) {
    struct lines *lines = lines_new(fd, LINE_BYTES_MAX);
    struct buf message;
    struct line line;
    enum lines_status status;
    int code = EXIT_OK;
    buf_init(&message, MESSAGE_MAX);
    while (code == EXIT_OK && (status = lines_next(lines, -1, &line),
                               status == LINES_LINE || (status == LINES_END && lines_rest(lines, &line))))
        code = see(evaluation, &line, &message);
    if (code == EXIT_OK && status == LINES_FAILED)
        code = command_refuse(EXIT_FAILED, "%s: %s", evaluation->name, strerror(errno));
    if (code == EXIT_OK && evaluation->count == 0)
        code = command_refuse(EXIT_FAILED, "%s: no labelled texts in it", evaluation->name);
    buf_free(&message);
    lines_free(&lines);
    return code;
}

static int by_code(const void *a, const void *b) {
    return strcmp(((const struct tally *)a)->code, ((const struct tally *)b)->code);
}

/* Of the languages, each as much as the others. */
static struct accuracy_figures average_of(const struct evaluation *evaluation) {
    struct accuracy_figures mean = {0};
    double squares = 0, count = (double)evaluation->count;
    for (size_t i = 0; i < evaluation->count; i++) {
        struct accuracy_figures one = accuracy_figures(&evaluation->tallies[i].accuracy);
        mean.n += one.n;
        mean.macro_f1 += one.macro_f1 / count;
        mean.macro_recall += one.macro_recall / count;
        mean.accuracy += one.accuracy / count;
        squares += one.error * one.error;
    }
    mean.error = sqrt(squares) / count;
    return mean;
}

static void json_row(struct buf *out, const char *name, const struct accuracy_figures *figures) {
    buf_add_json(out, span_of(name));
    buf_printf(
        out, ":{\"n\":%" PRIu64 ",\"macro_f1\":%.2f,\"macro_recall\":%.2f,\"accuracy\":%.2f,\"error\":%.2f}",
        figures->n, figures->macro_f1, figures->macro_recall, figures->accuracy, figures->error);
}

static void table_row(struct screen *screen, const char *name, const struct accuracy_figures *figures) {
    screen_cell(screen, span_of(name), 10);
    buf_printf(screen->out, "%9s  %8.2f ±%5.2f  %12.2f  %8.2f\n", digits_of((int64_t)figures->n).text,
               figures->macro_f1, figures->error, figures->macro_recall, figures->accuracy);
}

static int print(const struct evaluation *evaluation, bool json) {
    struct buf out;
    struct accuracy_figures average = average_of(evaluation);
    buf_init(&out, TEXT_MAX);
    struct screen screen = screen_open(&out);
    if (json)
        buf_add_char(&out, '{');
    else
        screen_text(&screen, STYLE_DIM, "%-10s%9s  %8s %6s  %12s  %8s\n", "language", "texts", "macro F1", "",
                    "macro recall", "accuracy");
    for (size_t i = 0; i < evaluation->count; i++) {
        struct accuracy_figures figures = accuracy_figures(&evaluation->tallies[i].accuracy);
        if (json) {
            json_row(&out, evaluation->tallies[i].code, &figures);
            buf_add_char(&out, ',');
        } else {
            table_row(&screen, evaluation->tallies[i].code, &figures);
        }
    }
    if (json) {
        json_row(&out, "average", &average);
        buf_add_str(&out, "}\n");
    } else {
        table_row(&screen, "average", &average);
    }
    int code = command_print(&out);
    buf_free(&out);
    return code;
}

/* Of the languages. */

static double part_of(uint64_t part, uint64_t whole) {
    return whole ? 100 * (double)part / (double)whole : 0;
}

static void language_row(struct screen *screen, const struct tally *tally, bool json) {
    if (json) {
        buf_add_json(screen->out, span_of(tally->code));
        buf_printf(screen->out,
                   ":{\"long\":%" PRIu64 ",\"long_right\":%.2f,\"short\":%" PRIu64 ",\"short_right\":%.2f}",
                   tally->texts[1], part_of(tally->identified[1], tally->texts[1]), tally->texts[0],
                   part_of(tally->identified[0], tally->texts[0]));
        return;
    }
    screen_cell(screen, span_of(tally->code), 10);
    for (size_t length = LENGTHS; length-- > 0;)
        buf_printf(screen->out, "%10s  %6.2f%%", digits_of((int64_t)tally->texts[length]).text,
                   part_of(tally->identified[length], tally->texts[length]));
    buf_add_char(screen->out, '\n');
}

static int print_languages(const struct evaluation *evaluation, bool json) {
    struct tally all = {.code = "all"};
    struct buf out;
    buf_init(&out, TEXT_MAX);
    struct screen screen = screen_open(&out);
    if (json)
        buf_add_char(&out, '{');
    else
        screen_text(&screen, STYLE_DIM, "%-10s%10s  %7s%10s  %7s\n", "language", "20 chars on", "right",
                    "shorter", "right");
    for (size_t i = 0; i < evaluation->count; i++) {
        const struct tally *tally = &evaluation->tallies[i];
        language_row(&screen, tally, json);
        if (json)
            buf_add_char(&out, ',');
        for (size_t length = 0; length < LENGTHS; length++) {
            all.texts[length] += tally->texts[length];
            all.identified[length] += tally->identified[length];
        }
    }
    language_row(&screen, &all, json);
    if (json)
        buf_add_str(&out, "}\n");
    int code = command_print(&out);
    buf_free(&out);
    return code;
}

static int evaluate(struct evaluation *evaluation, const struct eval_conf *eval) {
    bool input = strcmp(evaluation->name, "-") == 0;
    int fd = input ? STDIN_FILENO : open(evaluation->name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return command_refuse(EXIT_FAILED, "%s: %s", evaluation->name, strerror(errno));
    int code = see_all(evaluation, fd);
    if (!input)
        close(fd);
    if (code != EXIT_OK)
        return code;
    qsort(evaluation->tallies, evaluation->count, sizeof evaluation->tallies[0], by_code);
    return eval->languages ? print_languages(evaluation, eval->json) : print(evaluation, eval->json);
}

static int run(int argc, char **argv) {
    struct eval_conf eval;
    struct conf conf = {
        .program = "earshot eval",
        .usage = "FILE|- [OPTION]…",
        .about = "How often the model of sentiment is right on texts that people labelled: lines of "
                 "language, label\n"
                 "(neg, neu, pos), source, mask and text, tabs between. Mask 2: the source has no neutral "
                 "texts, so\n"
                 "only positive against negative is asked; 3: all three. ± is the standard error of macro "
                 "F1; the\n"
                 "average takes each language as much as the others.",
        .tables = {OPTIONS},
        .structs = {&eval},
        .epilog = "Examples\n  earshot eval labelled.tsv\n  grep ^de labelled.tsv | earshot eval - --json"};
    conf_load_or_exit(&conf, argc, argv);
    struct buf message;
    buf_init(&message, MESSAGE_MAX);
    struct evaluation *evaluation = xcalloc(1, sizeof *evaluation);
    int code = EXIT_USAGE;
    if (conf.operand_count != 1)
        command_refuse(EXIT_USAGE, "eval takes one file, or - for standard input: see earshot eval --help");
    else if (!(evaluation->model = model_load(eval.model, &message)))
        command_refuse(EXIT_USAGE, "%s", buf_span(&message).ptr);
    else {
        evaluation->name = conf.operands[0];
        evaluation->features = features_new();
        code = evaluate(evaluation, &eval);
    }
    features_free(&evaluation->features);
    model_free(&evaluation->model);
    free(evaluation);
    buf_free(&message);
    conf_free(&conf);
    return code;
}

const struct command COMMAND_EVAL = {"eval", GROUP_ASK, "how often the sentiment is right, on labelled texts",
                                     run};
