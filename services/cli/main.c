/* earshot: the command line. One table of commands; each has a file of its own. */
#include "overview.h"

#include <signal.h>
#include <stdio.h>

static const struct command *const COMMANDS[] = {
    &COMMAND_UP,    &COMMAND_INIT, &COMMAND_BROKER,  &COMMAND_ALERTS, &COMMAND_MATCH, &COMMAND_REPLAY,
    &COMMAND_QUERY, &COMMAND_FEED, &COMMAND_CORRECT, &COMMAND_DEAD,   &COMMAND_SCORE, &COMMAND_EVAL};

static bool is_any(const char *text, const char *a, const char *b, const char *c) {
    return strcmp(text, a) == 0 || strcmp(text, b) == 0 || strcmp(text, c) == 0;
}

static int answer(int argc, char **argv) {
    struct buf out;
    int code = EXIT_USAGE;
    buf_init(&out, 1 << 16);
    if (argc > 1 && is_any(argv[1], "--version", "-V", "version")) {
        buf_printf(&out, "earshot %s\n", EARSHOT_VERSION);
        code = command_print(&out);
    } else if (argc > 1 && !is_any(argv[1], "--help", "-h", "help")) {
        overview_add_unknown(&out, argv[1], COMMANDS, COUNT_OF(COMMANDS));
        code = command_refuse(EXIT_USAGE, "%s", out.ptr);
    } else {
        overview_add(&out, COMMANDS, COUNT_OF(COMMANDS));
        if (argc > 1)
            code = command_print(&out);
        else
            fputs(out.ptr, stderr);
    }
    buf_free(&out);
    return code;
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; argc > 1 && i < COUNT_OF(COMMANDS); i++)
        if (strcmp(argv[1], COMMANDS[i]->name) == 0)
            return COMMANDS[i]->run(argc - 1, argv + 1);
    return answer(argc, argv);
}
