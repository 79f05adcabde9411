/* earshot match: alerts over mentions without a server. What is found goes out when a block of it is full or
 * when the input pauses, so that it keeps up with a file and with a `tail -f`. */
#include "alerts_file.h"
#include "command.h"
#include "pace.h"
#include "trial.h"

#include "earshot/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024, COUNT_MAX = 1 << 30, PACE_LINES = 256, NAMED_MAX = 8192 };

struct match_conf {
    const char *alerts;
    bool count, skip_broken;
};

#define AT(member) offsetof(struct match_conf, member)

static const struct conf_option OPTIONS[] = {
    {.name = "Match", .type = CONF_HEADING},
    {.name = "alerts",
     .type = CONF_STRING,
     .offset = AT(alerts),
     .argument = "FILE",
     .help = "what to match: a file as `earshot alerts apply` takes it; - is standard input"},
    {.name = "count",
     .type = CONF_BOOL,
     .offset = AT(count),
     .help = "only how many mentions each alert matches, and the totals"},
    {.name = "skip-broken",
     .type = CONF_BOOL,
     .offset = AT(skip_broken),
     .help = "exit 0 although lines are broken; they are named and counted all the same"},
    {0},
};

struct reading {
    const struct match_conf *conf;
    const char *name; /* of the mentions; - is standard input */
    int fd;
    struct lines *lines;
    struct trial *trial;
    struct pace pace;
    struct buf out;
    int code;
    bool gone; /* stdout takes no more, so that nothing is left to do */
};

static void fail(struct reading *reading, const char *what, int problem) {
    pace_pause(&reading->pace);
    reading->code = command_refuse(EXIT_FAILED, "%s: %s", what, strerror(problem));
}

/* Writes all of out. A reader that has what it wanted, such as head, is no error. */
static void put_out(struct reading *reading) {
    struct span text = buf_span(&reading->out);
    ASSERT(buf_ok(&reading->out));
    while (text.len > 0 && !reading->gone) {
        ssize_t n = write(STDOUT_FILENO, text.ptr, text.len);
        if (n >= 0) {
            text.ptr += n;
            text.len -= (size_t)n;
        } else if (errno == EAGAIN) {
            (void)poll(&(struct pollfd){.fd = STDOUT_FILENO, .events = POLLOUT}, 1, -1);
        } else if (errno != EINTR) {
            int problem = errno;
            reading->gone = true;
            pace_pause(&reading->pace);
            if (problem != EPIPE)
                fail(reading, "standard output", problem);
        }
    }
    buf_clear(&reading->out);
}

/* NAME:LINE: REASON: byte B: TEXT, as a wrong alert has it. */
static void name_broken(struct reading *reading, const struct line *line, const struct fault *fault) {
    struct buf text, shown;
    buf_init(&text, NAMED_MAX);
    buf_init(&shown, 4 * NAMED_MAX);
    buf_printf(&text, "%s:%lld: %s: byte %zu: %s", reading->name, (long long)line->number,
               fault_name(fault->reason), fault->byte, fault->detail);
    screen_add_foreign(&shown, buf_span(&text), NAMED_MAX);
    pace_pause(&reading->pace);
    fprintf(stderr, "%s\n", buf_span(&shown).ptr);
    buf_free(&text);
    buf_free(&shown);
}

static void take(struct reading *reading, const struct line *line) {
    struct fault fault;
    if (!trial_line(reading->trial, line, reading->conf->count ? NULL : &reading->out, &fault))
        name_broken(reading, line, &fault);
    if (reading->out.len >= BLOCK)
        put_out(reading);
    if (line->number % PACE_LINES == 0)
        pace_go(&reading->pace, trial_totals(reading->trial), line->end);
}

/* Where nothing is waiting, what was found must not wait either. */
static void read_all(struct reading *reading) {
    struct line line = {.number = 0};
    int timeout_ms = 0;
    bool ended = false;
    while (!ended && !reading->gone && reading->code == EXIT_OK) {
        switch (lines_next(reading->lines, timeout_ms, &line)) {
        case LINES_LINE:
            take(reading, &line);
            timeout_ms = 0;
            break;
        case LINES_WAIT:
            put_out(reading);
            timeout_ms = -1;
            break;
        case LINES_END:
            if (lines_rest(reading->lines, &line))
                take(reading, &line);
            ended = true;
            break;
        default:
            fail(reading, reading->name, errno);
        }
    }
    put_out(reading);
}

static int open_mentions(struct reading *reading) {
    struct stat stat;
    bool input = strcmp(reading->name, "-") == 0;
    reading->fd = input ? STDIN_FILENO : open(reading->name, O_RDONLY | O_CLOEXEC);
    if (reading->fd < 0 || fstat(reading->fd, &stat) < 0)
        return command_refuse(EXIT_FAILED, "%s: %s", reading->name, strerror(errno));
    if (S_ISDIR(stat.st_mode))
        return command_refuse(EXIT_FAILED, "%s: is a directory; name a file of mentions, one a line",
                              reading->name);
    if (isatty(reading->fd))
        fputs("earshot: reading mentions from the terminal, one JSON object a line\n", stderr);
    pace_begin(&reading->pace, S_ISREG(stat.st_mode) ? (int64_t)stat.st_size : 0, !reading->conf->count);
    return EXIT_OK;
}

static void show_counts(struct reading *reading) {
    struct screen screen = screen_open(&reading->out);
    trial_show(&screen, reading->trial);
    if (buf_ok(&reading->out))
        put_out(reading);
    else
        reading->code = command_refuse(EXIT_FAILED, "too many alerts for one table");
}

/* All was read: the totals, where they were asked for or tell why the exit code is not 0. */
static void conclude(struct reading *reading) {
    const struct trial_totals *totals = trial_totals(reading->trial);
    pace_end(&reading->pace, totals);
    if (reading->conf->count)
        show_counts(reading);
    if (totals->broken == 0 || reading->conf->skip_broken || reading->code != EXIT_OK)
        return;
    reading->code = command_refuse(
        EXIT_FAILED, "%lld of %lld mentions are broken: mend them, or give --skip-broken to accept that",
        (long long)totals->broken, (long long)totals->read);
}

static int match(const struct match_conf *conf, const char *name) {
    struct reading reading = {.conf = conf, .name = name, .fd = -1};
    struct alert_file alerts = {.count = 0};
    int code = alerts_file_load(conf->alerts, &alerts);
    if (code == EXIT_OK)
        code = open_mentions(&reading);
    if (code == EXIT_OK) {
        reading.lines = lines_new(reading.fd, TRIAL_LINE_MAX);
        reading.trial = trial_new(&alerts);
        buf_init(&reading.out, conf->count ? COUNT_MAX : BLOCK + TRIAL_OUT_MAX);
        read_all(&reading);
        if (!reading.gone && reading.code == EXIT_OK)
            conclude(&reading);
        code = reading.code;
        buf_free(&reading.out);
        trial_free(&reading.trial);
        lines_free(&reading.lines);
    }
    if (reading.fd > STDIN_FILENO)
        close(reading.fd);
    alert_file_free(&alerts);
    return code;
}

static int run(int argc, char **argv) {
    struct match_conf match_conf;
    struct conf conf = {
        .program = "earshot match",
        .usage = "--alerts FILE [MENTIONS|-] [OPTION]…",
        .about =
            "Tries alerts on mentions, one JSON object a line, without any server: each mention that an "
            "alert "
            "matches\n"
            "becomes a line {\"id\":…,\"matches\":[…]} with the matches and places that the matcher would "
            "append, in the\n"
            "order of the input. Without MENTIONS it reads standard input.\n"
            "\n"
            "Every alert is in force for every mention; a paused one matches nothing; each version is 0. A "
            "mention that\n"
            "comes twice is matched twice (the matcher drops repetitions). More than 1,000 matches of a "
            "mention are cut.\n"
            "\n"
            "A broken mention is a line on stderr, MENTIONS:LINE: REASON: byte B: TEXT (LINE from 1, B in "
            "the "
            "line, from 0;\n"
            "REASON as in `earshot dead`); the others are matched, and the exit code is 1 unless "
            "--skip-broken. One alert\n"
            "that is wrong, and nothing is matched. With --count, rows of `ALERT N`; other lines begin with "
            "#.",
        .tables = {OPTIONS},
        .structs = {&match_conf},
        .epilog = "Examples\n"
                  "  earshot match --alerts alerts.json mentions.ndjson --count\n"
                  "  tail -f mentions.ndjson | earshot match --alerts alerts.json\n"
                  "  echo '{\"id\":\"acme\",\"query\":\"acme OR @acme\"}' | earshot match --alerts - "
                  "mentions.ndjson"};
    conf_load_or_exit(&conf, argc, argv);
    const char *name = conf.operand_count > 0 ? conf.operands[0] : "-";
    int code = EXIT_USAGE;
    if (!match_conf.alerts || !*match_conf.alerts)
        command_refuse(code, "match takes --alerts FILE: what to match");
    else if (conf.operand_count > 1)
        command_refuse(code, "match takes one MENTIONS, or - for standard input; several: cat them into it");
    else if (strcmp(match_conf.alerts, "-") == 0 && strcmp(name, "-") == 0)
        command_refuse(code, "--alerts - and the mentions cannot both be standard input: name a file");
    else
        code = match(&match_conf, name);
    conf_free(&conf);
    return code;
}

const struct command COMMAND_MATCH = {"match", GROUP_ALERTS, "try alerts on mentions without any server",
                                      run};
