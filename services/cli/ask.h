/* ask: a command that calls one Redis function and shows its reply. */
#ifndef CLI_ASK_H
#define CLI_ASK_H

#include "screen.h"

#include "earshot/store.h"

#include <jansson.h>

typedef bool ask_show_f(struct screen *screen, const json_t *reply);

/* show NULL: the reply unchanged and a newline (--json). Returns an exit code. */
int ask_and_show(const struct store_conf *redis, const char *function, const char *const *args, size_t count,
                 ask_show_f *show);

#endif
