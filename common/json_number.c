/* json_number: a number is validated as text and turned into a C number only where somebody wants one. */
#include "earshot/json.h"

#include <math.h>
#include <stdlib.h>

/* Longer numbers than this have no business in a member that is read. */
enum { DIGITS_MAX = 64, SHOWN_MAX = 24 };

static bool is_digit(const char *at, const char *end) {
    return at < end && *at >= '0' && *at <= '9';
}

static const char *skip_digits(const char *at, const char *end) {
    while (is_digit(at, end))
        at++;
    return at;
}

static bool digit_missing(struct json *json, const char *at) {
    return json_fault(json, FAULT_JSON, (size_t)(at - json->start), "a digit is missing in a number");
}

bool json_number(struct json *json, struct span *text) {
    if (json_type(json) != JSON_NUMBER)
        return json_expected(json, "a number");
    const char *at = json->at, *end = json->end;
    at += *at == '-';
    if (!is_digit(at, end))
        return digit_missing(json, at);
    at = *at == '0' ? at + 1 : skip_digits(at, end);
    if (is_digit(at, end))
        return json_fault(json, FAULT_JSON, (size_t)(at - json->start), "a number must not begin with 0");
    if (at < end && *at == '.') {
        if (!is_digit(++at, end))
            return digit_missing(json, at);
        at = skip_digits(at, end);
    }
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        at += at < end && (*at == '+' || *at == '-');
        if (!is_digit(at, end))
            return digit_missing(json, at);
        at = skip_digits(at, end);
    }
    *text = (struct span){.ptr = json->at, .len = (size_t)(at - json->at)};
    json->at = at;
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

bool json_integer(struct json *json, int64_t min, int64_t max, int64_t *out) {
    struct span text;
    size_t byte = json_byte(json);
    if (!json_number(json, &text))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '.' || (text.ptr[i] | 0x20) == 'e')
            return json_fault(json, FAULT_TYPE, byte, "expected an integer, found %.*s", shown(text),
                              text.ptr);
    if (!to_integer(text, out) || *out < min || *out > max)
        return json_fault(json, FAULT_TYPE, byte, "%.*s is not between %lld and %lld", shown(text), text.ptr,
                          (long long)min, (long long)max);
    return true;
}

bool json_real(struct json *json, double min, double max, double *out) {
    struct span text;
    size_t byte = json_byte(json);
    char copy[DIGITS_MAX + 1];
    if (!json_number(json, &text))
        return false;
    if (text.len > DIGITS_MAX)
        return json_fault(json, FAULT_TYPE, byte, "a number of %zu characters, more than %d", text.len,
                          DIGITS_MAX);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *out = strtod(copy, NULL);
    if (!isfinite(*out) || *out < min || *out > max)
        return json_fault(json, FAULT_TYPE, byte, "%.*s is not between %g and %g", shown(text), text.ptr, min,
                          max);
    return true;
}
