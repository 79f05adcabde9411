#include "earshot/scan.h"

bool scan_field(struct scan *scan, const struct scan_field *fields, size_t count, struct span name,
                unsigned *seen, void *base, bool *known) {
    for (size_t i = 0; i < count; i++) {
        *known = span_eq(name, span_of(fields[i].name));
        if (!*known)
            continue;
        if (*seen >> i & 1)
            return scan_doubled(scan);
        *seen |= 1u << i;
        return (!fields[i].required && scan_null(scan)) || fields[i].read(scan, base);
    }
    return true;
}

bool scan_complete(struct scan *scan, const struct scan_field *fields, size_t count, unsigned seen) {
    for (size_t i = 0; i < count; i++)
        if (fields[i].required && !(seen >> i & 1))
            return scan_fault(scan, FAULT_MISSING, scan_byte(scan) - 1, "member `%s` is missing",
                              fields[i].name);
    return true;
}
