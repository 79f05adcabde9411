/* fault: why an input can never succeed. Filled where the cause is known, carried to the dead letter. */
#ifndef EARSHOT_FAULT_H
#define EARSHOT_FAULT_H

#include "earshot/base.h"

/* The reasons of CONTRACTS.md, "Dead letters". */
#define FAULT_REASONS(X)                                                                                     \
    X(FAULT_UTF8, "utf8")                                                                                    \
    X(FAULT_JSON, "json")                                                                                    \
    X(FAULT_TYPE, "type")                                                                                    \
    X(FAULT_MISSING, "missing")                                                                              \
    X(FAULT_SIZE, "size")                                                                                    \
    X(FAULT_DEPTH, "depth")                                                                                  \
    X(FAULT_RESERVED, "reserved")                                                                            \
    X(FAULT_DUPLICATE, "duplicate")

enum fault_reason {
    FAULT_NONE,
#define FAULT_ENUM(name, text) name,
    FAULT_REASONS(FAULT_ENUM)
#undef FAULT_ENUM
};

struct fault {
    enum fault_reason reason;
    size_t byte;      /* offset of the first byte that is wrong */
    char detail[160]; /* one sentence, UTF-8, terminated; quotes at most a few bytes of the input, made
                         printable */
};

/* "utf8", "json", …; "" for FAULT_NONE. */
const char *fault_name(enum fault_reason reason);
/* Always false, so that a parser can `return fault_set(…)`. */
bool fault_set(struct fault *fault, enum fault_reason reason, size_t byte, const char *format, ...)
    PRINTF_LIKE(4, 5);

#endif
