#include "roll_unknown.h"

#include "command.h"

#include <stdlib.h>

int roll_refuse_unknown(const struct roll *roll, const char *id) {
    struct buf near;
    const char **ids = xcalloc(roll->count + 1, sizeof *ids);
    buf_init(&near, 4096);
    for (size_t i = 0; i < roll->count; i++)
        ids[i] = roll->rows[i].id;
    command_add_nearest(&near, id, ids, roll->count);
    command_refuse(EXIT_FAILED, "unknown alert '%s'%s", id,
                   near.len ? near.ptr : ": earshot alerts list shows all");
    buf_free(&near);
    free(ids);
    return EXIT_FAILED;
}
