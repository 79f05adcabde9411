/* scan_number: a number is validated as text and turned into a C number only where somebody wants one. */
#include "earshot/scan.h"

#include <math.h>
#include <stdlib.h>

enum { SHOWN_MAX = 24 };

static bool is_digit(const char *at, const char *end) {
    return at < end && *at >= '0' && *at <= '9';
}

static const char *skip_digits(const char *at, const char *end) {
    while (is_digit(at, end))
        at++;
    return at;
}

static bool digit_missing(struct scan *scan, const char *at) {
    scan_fault(scan, FAULT_JSON, (size_t)(at - scan->start), "a digit is missing in a number");
    return false;
}

bool scan_number(struct scan *scan, struct span *text) {
    if (scan_type(scan) != SCAN_NUMBER) {
        scan_expected(scan, "a number");
        return false;
    }
    const char *at = scan->at, *end = scan->end;
    at += *at == '-';
    if (!is_digit(at, end))
        return digit_missing(scan, at);
    at = *at == '0' ? at + 1 : skip_digits(at, end);
    if (is_digit(at, end)) {
        scan_fault(scan, FAULT_JSON, (size_t)(at - scan->start), "a number must not begin with 0");
        return false;
    }
    if (at < end && *at == '.') {
        if (!is_digit(++at, end))
            return digit_missing(scan, at);
        at = skip_digits(at, end);
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        if (!is_digit(at, end))
            return digit_missing(scan, at);
        at = skip_digits(at, end);
    }
    *text = (struct span){.ptr = scan->at, .len = (size_t)(at - scan->at)};
    scan->at = at;
    return true;
}

static int shown(struct span text) {
    return (int)(text.len < SHOWN_MAX ? text.len : SHOWN_MAX);
}

/* text is a number without fraction and exponent. False: beyond 64 bits. */
static bool to_integer(struct span text, int64_t *out) {
    bool negative = text.ptr[0] == '-';
    int64_t value = 0;
    for (size_t i = negative; i < text.len; i++) {
        int64_t digit = text.ptr[i] - '0';
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, negative ? -digit : digit, &value))
            return false;
    }
    *out = value;
    return true;
}

bool scan_integer(struct scan *scan, int64_t min, int64_t max, int64_t *out) {
    struct span text;
    size_t byte = scan_byte(scan);
    if (!scan_number(scan, &text))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '.' || (text.ptr[i] | 0x20) == 'e')
            return scan_fault(scan, FAULT_TYPE, byte, "expected an integer, found %.*s", shown(text),
                              text.ptr);
    if (!to_integer(text, out) || *out < min || *out > max)
        return scan_fault(scan, FAULT_TYPE, byte, "%.*s is not between %lld and %lld", shown(text), text.ptr,
                          (long long)min, (long long)max);
    return true;
}

bool scan_real(struct scan *scan, double min, double max, double *out) {
    struct span text;
    size_t byte = scan_byte(scan);
    if (!scan_number(scan, &text))
        return false;
    *out = strtod(arena_copy(scan->arena, text), NULL);
    if (!isfinite(*out) || *out < min || *out > max)
        return scan_fault(scan, FAULT_TYPE, byte, "%.*s is not between %g and %g", shown(text), text.ptr, min,
                          max);
    return true;
}
