/* origin: LOG/P/O. One way to write each origin: no signs, no leading zeros, so that equal text means equal
 * origin. */
#include "earshot/deployment.h"

static bool number(struct span text, int64_t max, int64_t *out) {
    if (text.len == 0 || (text.len > 1 && text.ptr[0] == '0'))
        return false;
    *out = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = text.ptr[i] - '0';
        if (digit < 0 || digit > 9 || *out > (max - digit) / 10)
            return false;
        *out = *out * 10 + digit;
    }
    return true;
}

/* Cuts what is before the next slash off rest. */
static bool part(struct span *rest, struct span *out) {
    const char *slash = rest->len ? memchr(rest->ptr, '/', rest->len) : NULL;
    if (!slash)
        return false;
    *out = (struct span){.ptr = rest->ptr, .len = (size_t)(slash - rest->ptr)};
    *rest = (struct span){.ptr = slash + 1, .len = rest->len - out->len - 1};
    return true;
}

bool origin_parse(struct span header, struct origin *out) {
    struct span rest = header, partition_text;
    int64_t partition, offset;
    if (!part(&rest, &out->log) || !deployment_id_ok(out->log) || !part(&rest, &partition_text) ||
        !number(partition_text, INT32_MAX, &partition) || !number(rest, INT64_MAX, &offset))
        return false;
    out->partition = (int32_t)partition;
    out->offset = offset;
    return true;
}

/* As printf would, and several times as fast: every record that is passed on has one. */
static char *put_number(char *out, int64_t value) {
    char digits[20], *at = digits + sizeof digits;
    do
        *--at = (char)('0' + value % 10);
    while (value /= 10);
    size_t len = (size_t)(digits + sizeof digits - at);
    *out = '/';
    memcpy(out + 1, at, len);
    return out + 1 + len;
}

size_t origin_print(char out[ORIGIN_MAX + 1], struct span log, int32_t partition, int64_t offset) {
    ASSERT(deployment_id_ok(log) && partition >= 0 && offset >= 0);
    memcpy(out, log.ptr, log.len);
    char *end = put_number(put_number(out + log.len, partition), offset);
    *end = '\0';
    return (size_t)(end - out);
}
