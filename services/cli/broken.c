#include "broken.h"

#include <stdio.h>

enum { NAMED_MAX = 8192, NAMED = 10 };

void broken_name(struct broken *broken, const struct bus_record *record, const struct fault *fault) {
    struct buf text, shown;
    if (broken->count++ >= NAMED)
        return;
    buf_init(&text, NAMED_MAX);
    buf_init(&shown, 4 * NAMED_MAX);
    buf_printf(&text, "%s/%d/%lld: %s: byte %zu: %s", record->topic, (int)record->partition,
               (long long)record->offset, fault_name(fault->reason), fault->byte, fault->detail);
    screen_add_foreign(&shown, buf_span(&text), NAMED_MAX);
    pace_pause(broken->pace);
    fprintf(stderr, "%s\n", buf_span(&shown).ptr);
    buf_free(&text);
    buf_free(&shown);
}

void broken_say_rest(const struct broken *broken) {
    if (broken->count > NAMED)
        fprintf(stderr, "earshot: %lld more are broken: earshot dead\n", (long long)(broken->count - NAMED));
}
