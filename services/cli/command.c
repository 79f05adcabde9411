#include "command.h"

#include "nearest.h"
#include "screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { MESSAGE_MAX = 8192 };

int command_refuse(int code, const char *format, ...) {
    char text[MESSAGE_MAX];
    struct buf line;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_init(&line, 4 * MESSAGE_MAX);
    buf_add_str(&line, "earshot: ");
    screen_add_foreign(&line, span_of(text), MESSAGE_MAX);
    buf_add_char(&line, '\n');
    fputs(line.ptr, stderr);
    buf_free(&line);
    return code;
}

int command_print(const struct buf *out) {
    struct screen screen = {
        .out = &(struct buf){.ptr = out->ptr, .len = out->len, .cap = out->cap, .max = out->max}};
    return screen_flush(&screen) ? EXIT_OK : EXIT_FAILED;
}

void command_add_nearest(struct buf *out, const char *written, const char *const *names, size_t count) {
    const char *near[NEAREST_MAX];
    size_t found = nearest(written, names, count, near);
    for (size_t i = 0; i < found; i++)
        buf_printf(out, "%s'%s'", i == 0 ? ": did you mean " : i + 1 < found ? ", " : " or ", near[i]);
    if (found > 0)
        buf_add_char(out, '?');
}

static void explain(const char *name, const struct command_sub *subs, size_t count, const char *epilog,
                    struct buf *out) {
    buf_printf(out, "Usage: earshot %s COMMAND [OPTION]…\n\n", name);
    for (size_t i = 0; i < count; i++)
        buf_printf(out, "  %-10s %s\n", subs[i].name, subs[i].summary);
    buf_printf(out, "\n%s\n", epilog);
    buf_printf(out, "\nearshot %s COMMAND --help says the options of each.\n", name);
}

int command_dispatch(const char *name, const struct command_sub *subs, size_t count, const char *epilog,
                     int argc, char **argv) {
    enum { SUBS_MAX = 8 };
    const char *names[SUBS_MAX];
    struct buf out;
    bool help = argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    ASSERT(count <= SUBS_MAX);
    for (size_t i = 0; i < count; i++) {
        names[i] = subs[i].name;
        if (argc > 1 && strcmp(argv[1], subs[i].name) == 0)
            return subs[i].run(argc - 1, argv + 1);
    }
    buf_init(&out, 1 << 16);
    int code = EXIT_USAGE;
    if (help || argc < 2) {
        explain(name, subs, count, epilog, &out);
        if (help)
            code = command_print(&out);
        else
            fputs(out.ptr, stderr);
    } else {
        command_add_nearest(&out, argv[1], names, count);
        command_refuse(EXIT_USAGE, "%s: unknown command '%s'%s%s", name, argv[1], buf_span(&out).ptr,
                       out.len ? "" : ": earshot --help lists all");
    }
    buf_free(&out);
    return code;
}
