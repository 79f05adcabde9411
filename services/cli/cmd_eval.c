/* earshot eval: labelled texts through the model: the figures of the field, language by language. */
#include "eval.h"

#include "earshot/conf.h"
#include "earshot/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE_BYTES_MAX = 1 << 20, MESSAGE_MAX = 1000, TEXT_MAX = 1 << 16 };

struct eval_conf {
    const char *model;
    bool languages, names, intents, risks, json;
};

#define AT(member) offsetof(struct eval_conf, member)

// clang-format off
static const struct conf_option OPTIONS[] = {
    {.name = "Eval", .type = CONF_HEADING},
    {.name = "model", .type = CONF_STRING, .offset = AT(model), .argument = "FILE",
     .help = "a model of earshot-train instead of the built-in one"},
    {.name = "languages", .type = CONF_BOOL, .offset = AT(languages),
     .help = "how often the language is identified: any that the model has not is right as another"},
    {.name = "names", .type = CONF_BOOL, .offset = AT(names),
     .help = "how often both are right of two names in a text: lines of language, name, label, name, label, text"},
    {.name = "intents", .type = CONF_BOOL, .offset = AT(intents),
     .help = "how often the intent is right: lines of language, intent, anything, text"},
    {.name = "risks", .type = CONF_BOOL, .offset = AT(risks),
     .help = "how often the riskier of two texts is told: lines of language, anything, riskier text, other text"},
    {.name = "Output", .type = CONF_HEADING},
    {.name = "json", .type = CONF_BOOL, .offset = AT(json),
     .help = "an object: language to n, macro_f1, macro_recall, accuracy, error; and average"},
    {0},
};
// clang-format on

static int refuse(const struct evaluation *evaluation, int64_t line, const char *what) {
    return command_refuse(EXIT_FAILED, "%s:%" PRId64 ": %s", evaluation->name, line, what);
}

struct tally *eval_tally(struct evaluation *evaluation, struct span code, struct buf *message) {
    for (size_t i = 0; i < evaluation->count; i++)
        if (span_eq(span_of(evaluation->tallies[i].code), code))
            return &evaluation->tallies[i];
    if (evaluation->count == EVAL_LANGUAGES_MAX || code.len == 0 || code.len >= EVAL_CODE_MAX) {
        buf_add_str(message, "column 1, language: expected a code such as de; at most 256 of them");
        return NULL;
    }
    struct tally *tally = &evaluation->tallies[evaluation->count++];
    memcpy(tally->code, code.ptr, code.len);
    return tally;
}

static int see(struct evaluation *evaluation, const struct eval_kind *kind, const struct line *line,
               struct buf *message) {
    buf_clear(message);
    if (line->bytes.len > LINE_BYTES_MAX)
        return refuse(evaluation, line->number, "longer than 1 MiB");
    if (!kind->see(evaluation, line->bytes, message))
        return refuse(evaluation, line->number, buf_span(message).ptr);
    return EXIT_OK;
}

static int see_all(struct evaluation *evaluation, const struct eval_kind *kind, int fd) {
    struct lines *lines = lines_new(fd, LINE_BYTES_MAX + 1);
    struct buf message;
    struct line line;
    enum lines_status status;
    int code = EXIT_OK;
    buf_init(&message, MESSAGE_MAX);
    while (code == EXIT_OK && (status = lines_next(lines, -1, &line),
                               status == LINES_LINE || (status == LINES_END && lines_rest(lines, &line))))
        code = see(evaluation, kind, &line, &message);
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

static int print(const struct evaluation *evaluation, const struct eval_kind *kind, bool json) {
    struct buf out;
    buf_init(&out, TEXT_MAX);
    struct screen screen = screen_open(&out);
    if (json)
        buf_add_char(&out, '{');
    else
        screen_text(&screen, STYLE_DIM, "%s\n", kind->head);
    for (size_t i = 0; i < evaluation->count; i++) {
        kind->row(&screen, &evaluation->tallies[i], json);
        if (json)
            buf_add_char(&out, ',');
    }
    kind->last(&screen, evaluation, json);
    if (json)
        buf_add_str(&out, "}\n");
    int code = command_print(&out);
    buf_free(&out);
    return code;
}

static const struct eval_kind *kind_of(const struct eval_conf *eval) {
    return eval->languages ? &EVAL_LANGUAGES
           : eval->names   ? &EVAL_NAMES
           : eval->intents ? &EVAL_INTENTS
           : eval->risks   ? &EVAL_RISKS
                           : &EVAL_FEELINGS;
}

static int evaluate(struct evaluation *evaluation, const struct eval_conf *eval) {
    const struct eval_kind *kind = kind_of(eval);
    bool input = strcmp(evaluation->name, "-") == 0;
    int fd = input ? STDIN_FILENO : open(evaluation->name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return command_refuse(EXIT_FAILED, "%s: %s", evaluation->name, strerror(errno));
    int code = see_all(evaluation, kind, fd);
    if (!input)
        close(fd);
    if (code != EXIT_OK)
        return code;
    qsort(evaluation->tallies, evaluation->count, sizeof evaluation->tallies[0], by_code);
    return print(evaluation, kind, eval->json);
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
    if (eval.languages + eval.names + eval.intents + eval.risks > 1)
        command_refuse(EXIT_USAGE, "eval measures one thing: see earshot eval --help");
    else if (conf.operand_count != 1)
        command_refuse(EXIT_USAGE, "eval takes one file, or - for standard input: see earshot eval --help");
    else if (!(evaluation->model = model_load(eval.model, &message)))
        command_refuse(EXIT_USAGE, "%s", buf_span(&message).ptr);
    else {
        evaluation->name = conf.operands[0];
        evaluation->features = features_new();
        evaluation->aims = aims_new();
        code = evaluate(evaluation, &eval);
    }
    features_free(&evaluation->features);
    aims_free(&evaluation->aims);
    model_free(&evaluation->model);
    free(evaluation);
    buf_free(&message);
    conf_free(&conf);
    return code;
}

const struct command COMMAND_EVAL = {"eval", GROUP_ASK, "how often the sentiment is right, on labelled texts",
                                     run};
