#include "ask.h"

#include "command.h"
#include "link.h"
#include "reader.h"

static int show_reply(struct span text, const char *function, ask_show_f *show) {
    struct buf out;
    json_error_t error;
    json_t *reply = json_loadb(text.ptr, text.len, 0, &error);
    buf_init(&out, READER_REPLY_MAX);
    struct screen screen = screen_open(&out);
    int code =
        reply && show(&screen, reply)
            ? command_print(&out)
            : command_refuse(EXIT_FAILED, "the reply of %s is not what this version knows: --json shows it",
                             function);
    json_decref(reply);
    buf_free(&out);
    return code;
}

int ask_and_show(const struct store_conf *redis, const char *function, const char *const *args, size_t count,
                 ask_show_f *show) {
    struct store *store = link_store(redis);
    struct buf reply;
    if (!store)
        return EXIT_USAGE;
    buf_init(&reply, READER_REPLY_MAX);
    int code = reader_call(store, function, args, count, &reply);
    store_free(&store);
    if (code == EXIT_OK && !show) {
        buf_add_char(&reply, '\n');
        code = command_print(&reply);
    } else if (code == EXIT_OK) {
        code = show_reply(buf_span(&reply), function, show);
    }
    buf_free(&reply);
    return code;
}
