/* earshot score: what the sentiment worker would find out about a text, with its own code. */
#include "command.h"
#include "screen.h"

#include "earshot/analysis.h"
#include "earshot/conf.h"
#include "earshot/lines.h"
#include "earshot/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MESSAGE_MAX = 1000, OUT_MAX = 8 << 20, BLOCK = 256 << 10, ABOUT_MAX = 64, LABEL_COLUMN = 12 };

struct score_conf {
    const char *about, *title, *language, *model;
    int64_t followers;
    bool json;
};

#define AT(member) offsetof(struct score_conf, member)

// clang-format off
static const struct conf_option OPTIONS[] = {
    {.name = "Score", .type = CONF_HEADING},
    {.name = "about", .type = CONF_STRING, .offset = AT(about), .argument = "WORD,…",
     .help = "how the text speaks of these, wherever they stand in it, each beside the others"},
    {.name = "title", .type = CONF_STRING, .offset = AT(title), .argument = "TEXT", .help = "a title above it"},
    {.name = "language", .type = CONF_STRING, .offset = AT(language), .argument = "CODE",
     .help = "what it is said to be written in: weighed, not trusted"},
    {.name = "followers", .type = CONF_INT, .offset = AT(followers), .fallback = "0", .min = 0,
     .max = INT64_MAX, .argument = "N", .help = "of its author: reach adds to the risk"},
    {.name = "model", .type = CONF_STRING, .offset = AT(model), .argument = "FILE",
     .help = "a model of earshot-train instead of the built-in one"},
    {.name = "Output", .type = CONF_HEADING},
    {.name = "json", .type = CONF_BOOL, .offset = AT(json), .help = "one object a text, as `analysis` has it"},
    {0},
};
// clang-format on

struct scoring {
    const struct score_conf *conf;
    struct analyser *analyser;
    struct span about[ABOUT_MAX];
    size_t about_count;
    struct arena *arena;
    struct buf out;
};

/* The words of --about, without the spaces around them. */
static int about_read(struct scoring *scoring) {
    size_t byte;
    if (scoring->conf->about && !text_is_utf8(span_of(scoring->conf->about), &byte))
        return command_refuse(EXIT_USAGE, "--about: byte %zu is no UTF-8", byte);
    for (const char *at = scoring->conf->about; at && *at;) {
        size_t len = strcspn(at, ",");
        struct span word = {at, len};
        while (word.len && *word.ptr == ' ')
            word = (struct span){word.ptr + 1, word.len - 1};
        while (word.len && word.ptr[word.len - 1] == ' ')
            word.len--;
        if (word.len && scoring->about_count == ABOUT_MAX)
            return command_refuse(EXIT_USAGE, "--about: at most %d words", ABOUT_MAX);
        if (word.len)
            scoring->about[scoring->about_count++] = word;
        at += len + (at[len] == ',');
    }
    return EXIT_OK;
}

static void place(struct scoring *scoring) {
    struct aims *aims = analyser_aims(scoring->analyser);
    for (size_t i = 0; i < scoring->about_count; i++)
        aims_place_word(aims, aims_name(aims), scoring->about[i]);
}

/* JSON. */

static void add_names(struct scoring *scoring, const struct span *ids, size_t count, struct span claim) {
    struct buf *out = &scoring->out;
    analysis_add(scoring->analyser, claim, out);
    buf_add_str(out, ",\"whole\":{");
    analysis_add_name(scoring->analyser, ANALYSIS_WHOLE, out);
    buf_add_char(out, '}');
    analysis_add_alerts(scoring->analyser, ids, count, out);
    buf_add_str(out, "}\n");
}

static void add_text(struct scoring *scoring, const struct span fields[AIM_FIELDS]) {
    struct span claim = span_of(scoring->conf->language);
    (void)!analyser_read(scoring->analyser, fields, claim, scoring->conf->followers);
    place(scoring);
    buf_add_char(&scoring->out, '{');
    add_names(scoring, scoring->about, scoring->about_count, claim);
}

static void add_mention(struct scoring *scoring, const struct mention *mention) {
    const struct span *ids = analyser_mention(scoring->analyser, mention, scoring->arena);
    buf_add_str(&scoring->out, "{\"id\":");
    buf_add_json(&scoring->out, mention->id);
    buf_add_char(&scoring->out, ',');
    add_names(scoring, ids, mention->match_count, mention->language);
}

/* For people. */

static void show_part(struct screen *screen, const char *name, const char *value, double part) {
    screen_text(screen, STYLE_DIM, "%-*s", LABEL_COLUMN, name);
    buf_printf(screen->out, "%-10s %3.0f%%\n", value, 100 * part);
}

static enum style style_of(enum label label) {
    return label == LABEL_POSITIVE ? STYLE_GOOD : label == LABEL_NEGATIVE ? STYLE_BAD : STYLE_NONE;
}

static void show_name(struct scoring *scoring, struct screen *screen, struct span name, uint32_t number,
                      const struct span fields[AIM_FIELDS]) {
    struct aim aim;
    double confidence;
    analyser_ask(scoring->analyser, number, &aim, &confidence);
    screen_cell(screen, name, LABEL_COLUMN);
    screen_text(screen, style_of(aim.label), "%-10s", label_name(aim.label));
    buf_printf(screen->out, " %3.0f%%  %s", 100 * confidence,
               signed_of((double)analysis_score(&aim) / 1000).text);
    for (size_t i = 0; i < aim.word_count; i++) {
        const struct aim_word *word = &aim.words[i];
        buf_add_str(screen->out, "  ");
        (void)screen_add_foreign(
            screen->out, (struct span){fields[word->field].ptr + word->start, word->end - word->start}, 30);
        screen_text(screen, STYLE_DIM, " %s", signed_of((double)word->weight / 1000).text);
    }
    buf_add_char(screen->out, '\n');
}

static void show_risk(struct screen *screen, const struct analysis *analysis,
                      const struct span fields[AIM_FIELDS]) {
    screen_text(screen, STYLE_DIM, "%-*s", LABEL_COLUMN, "risk");
    buf_printf(screen->out, "%-10s %3.0f%%", "", 100 * analysis->intents.risk);
    for (size_t i = 0; i < analysis->reason_count; i++) {
        const struct analysis_reason *reason = &analysis->reasons[i];
        buf_printf(screen->out, "  %s: ", reason_name(reason->reason));
        (void)screen_add_foreign(screen->out,
                                 (struct span){fields[reason->word.field].ptr + reason->word.start,
                                               reason->word.end - reason->word.start},
                                 30);
    }
    buf_add_char(screen->out, '\n');
}

static void show_text(struct scoring *scoring, const struct span fields[AIM_FIELDS]) {
    struct screen screen = screen_open(&scoring->out);
    const struct analysis *analysis =
        analyser_read(scoring->analyser, fields, span_of(scoring->conf->language), scoring->conf->followers);
    const struct intents *intents = &analysis->intents;
    place(scoring);
    show_part(&screen, "language", analysis->language ? analysis->language : "another",
              analysis->language_likely);
    show_part(&screen, "intent", intent_name(intents->intent),
              analysis->unknown ? 0 : intents->likely[intents->intent]);
    show_risk(&screen, analysis, fields);
    show_name(scoring, &screen, SPAN("all of it"), ANALYSIS_WHOLE, fields);
    for (size_t i = 0; i < scoring->about_count; i++)
        show_name(scoring, &screen, scoring->about[i], (uint32_t)i, fields);
}

/* Lines. */

static bool mention_of(struct scoring *scoring, struct span json, struct mention *mention,
                       struct fault *fault) {
    if (mention_read(json, MENTION_RAW, scoring->arena, mention, fault))
        return true;
    return fault->reason == FAULT_RESERVED &&
           mention_read(json, MENTION_MATCHED, scoring->arena, mention, fault);
}

static int take_line(struct scoring *scoring, const struct line *line) {
    struct span fields[AIM_FIELDS] = {[ANALYSIS_TEXT] = line->bytes};
    struct mention mention;
    struct fault fault;
    int code = EXIT_OK;
    if (line->bytes.len > MENTION_RECORD_MAX)
        code = command_refuse(EXIT_FAILED, "-:%" PRId64 ": longer than %d MiB", line->number,
                              MENTION_RECORD_MAX >> 20);
    else if (line->bytes.len == 0 || line->bytes.ptr[0] != '{')
        add_text(scoring, fields);
    else if (mention_of(scoring, line->bytes, &mention, &fault))
        add_mention(scoring, &mention);
    else
        code = command_refuse(EXIT_FAILED, "-:%" PRId64 ": %s: byte %zu: %s", line->number,
                              fault_name(fault.reason), fault.byte, fault.detail);
    arena_reset(scoring->arena);
    return code;
}

static int take_lines(struct scoring *scoring) {
    struct lines *lines = lines_new(STDIN_FILENO, MENTION_RECORD_MAX + 1);
    struct line line;
    enum lines_status status;
    int code = EXIT_OK;
    while (code == EXIT_OK && (status = lines_next(lines, -1, &line),
                               status == LINES_LINE || (status == LINES_END && lines_rest(lines, &line)))) {
        code = take_line(scoring, &line);
        if (scoring->out.len >= BLOCK) {
            (void)!command_print(&scoring->out);
            buf_clear(&scoring->out);
        }
    }
    if (code == EXIT_OK && status == LINES_FAILED)
        code = command_refuse(EXIT_FAILED, "-: %s", strerror(errno));
    (void)!command_print(&scoring->out);
    lines_free(&lines);
    return code;
}

static int score(struct scoring *scoring, const char *operand) {
    struct span fields[AIM_FIELDS] = {
        [ANALYSIS_TITLE] = span_of(scoring->conf->title), [ANALYSIS_TEXT] = span_of(operand)};
    int code = about_read(scoring);
    if (code != EXIT_OK)
        return code;
    if (strcmp(operand, "-") == 0)
        return take_lines(scoring);
    if (scoring->conf->json)
        add_text(scoring, fields);
    else
        show_text(scoring, fields);
    return command_print(&scoring->out);
}

static int run(int argc, char **argv) {
    struct score_conf score_conf;
    struct conf conf = {
        .program = "earshot score",
        .usage = "TEXT|- [OPTION]…",
        .about =
            "What a text says, as the sentiment workers find it out: its language, what its writer wants,\n"
            "how likely it is to escalate and why, and how it speaks of all, or of each word of --about,\n"
            "with the words that drove it and their weights (in the odds of positive against negative).\n"
            "`-`: the lines of standard input, one object each; a line that begins with { is a mention.",
        .tables = {OPTIONS},
        .structs = {&score_conf},
        .epilog = "Examples\n  earshot score 'The camera is great but the Hallbeck app crashes' --about "
                  "camera,Hallbeck\n"
                  "  earshot score - <mentions.ndjson | jq -r 'select(.intent == \"purchase\") | .id'"};
    conf_load_or_exit(&conf, argc, argv);
    struct buf message;
    buf_init(&message, MESSAGE_MAX);
    struct scoring scoring = {.conf = &score_conf};
    int code = EXIT_USAGE;
    if (conf.operand_count != 1)
        command_refuse(EXIT_USAGE, "score takes one text, or - for standard input: see earshot score --help");
    else if (!(scoring.analyser = analyser_new(score_conf.model, &message)))
        command_refuse(EXIT_USAGE, "%s", buf_span(&message).ptr);
    else {
        scoring.arena = arena_new(64 << 10);
        buf_init(&scoring.out, OUT_MAX);
        code = score(&scoring, conf.operands[0]);
        buf_free(&scoring.out);
        arena_free(&scoring.arena);
    }
    analyser_free(&scoring.analyser);
    buf_free(&message);
    conf_free(&conf);
    return code;
}

const struct command COMMAND_SCORE = {"score", GROUP_ASK,
                                      "what a text says of a brand, and what its writer wants", run};
