/* fault: the sentence travels in a Kafka header, so it is always valid UTF-8, however long it was meant to
 * be. */
#include "earshot/fault.h"

#include <stdarg.h>
#include <stdio.h>

const char *fault_name(enum fault_reason reason) {
    static const char *const NAMES[] = {[FAULT_NONE] = "",
#define FAULT_NAME(name, text) [name] = (text),
                                        FAULT_REASONS(FAULT_NAME)
#undef FAULT_NAME
    };
    return (size_t)reason < COUNT_OF(NAMES) ? NAMES[reason] : "";
}

/* text was cut at len: ends it with an ellipsis instead of a part of a character. */
static void end_cut(char *text, size_t len) {
    len -= strlen("…");
    while (len && ((unsigned char)text[len] & 0xc0) == 0x80)
        len--;
    memcpy(text + len, "…", sizeof "…");
}

bool fault_set(struct fault *fault, enum fault_reason reason, size_t byte, const char *format, ...) {
    fault->reason = reason;
    fault->byte = byte;
    va_list args;
    va_start(args, format);
    int len = vsnprintf(fault->detail, sizeof fault->detail, format, args);
    va_end(args);
    if (len < 0)
        fault->detail[0] = '\0';
    else if ((size_t)len >= sizeof fault->detail)
        end_cut(fault->detail, sizeof fault->detail - 1);
    return false;
}
