/* Any bytes as a date of a feed: no crash; what is taken prints as RFC 3339 that reads as the same moment,
 * and what RFC 3339 takes is taken as the same. */
#include "earshot/times.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good, const char *why) {
    if (good)
        return;
    fprintf(stderr, "%s\n", why);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span text = {.ptr = (const char *)data, .len = size};
    char printed[TIMES_TEXT];
    int64_t loose, strict, again;
    bool taken = times_parse_feed(text, &loose);
    if (taken) {
        times_print(loose, printed);
        must(times_parse(span_of(printed), &again) && again == loose, "what was printed reads as another");
        must(times_parse_feed(span_of(printed), &again) && again == loose, "the same, as a feed's date");
    }
    if (size <= 64 && times_parse(text, &strict))
        must(taken && loose == strict, "RFC 3339 is a feed's date too");
    if (times_parse_moment(text, 1795292755, &again)) {
        times_print(again, printed);
        must(times_parse(span_of(printed), &strict) && strict == again, "a moment outside the years");
    }
    return 0;
}
