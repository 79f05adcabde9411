/* scan_text: strings are nearly all of a mention's bytes, so they are what must be fast. A run of plain ASCII
 * is passed over sixteen bytes at a time (eight where there is no SSE2); only what stops the run is looked at
 * by itself: the quote, an escape, a character beyond ASCII, a control character. */
#include "scan_text.h"

#if defined(__SSE2__) && !defined(EARSHOT_PORTABLE)
#include <emmintrin.h>
#endif

/* Needs no more looking at: neither quote, backslash, control character nor part of a longer one. */
static inline bool is_plain(char c) {
    unsigned char byte = (unsigned char)c;
    return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

#if defined(__SSE2__) && !defined(EARSHOT_PORTABLE)
/* The first byte of [at, end) that is not plain; end: there is none. */
static inline const char *skip_plain(const char *at, const char *end) {
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'), space = _mm_set1_epi8(' ');
    for (; end - at >= 16; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        /* signed: less than a space are the control characters and all from 0x80 on */
        __m128i stop = _mm_or_si128(_mm_cmplt_epi8(bytes, space),
                                    _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, slash)));
        int mask = _mm_movemask_epi8(stop);
        if (mask)
            return at + __builtin_ctz((unsigned)mask);
    }
    while (at < end && is_plain(*at))
        at++;
    return at;
}
#else
#define EACH_BYTE(value) (0x0101010101010101u * (uint64_t)(value))

/* The high bit of each byte that is zero; false alarms only above a true one. */
static inline uint64_t zero_bytes(uint64_t word) {
    return (word - EACH_BYTE(1)) & ~word & EACH_BYTE(0x80);
}

static inline const char *skip_plain(const char *at, const char *end) {
    for (; end - at >= 8; at += 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        uint64_t control = (word - EACH_BYTE(0x20)) & ~word;
        uint64_t stop =
            zero_bytes(word ^ EACH_BYTE('"')) | zero_bytes(word ^ EACH_BYTE('\\')) | control | word;
        if (stop & EACH_BYTE(0x80))
            break;
    }
    while (at < end && is_plain(*at))
        at++;
    return at;
}
#endif

static inline bool is_continuation(unsigned char byte) {
    return (byte & 0xc0) == 0x80;
}

/* RFC 3629, section 4: no overlong forms, no surrogates, nothing above U+10FFFF. */
size_t scan_text_utf8(const char *text, const char *end) {
    const unsigned char *at = (const unsigned char *)text;
    size_t left = (size_t)(end - text);
    if (left == 0)
        return 0;
    unsigned char lead = at[0];
    if (lead < 0x80)
        return 1;
    if (lead < 0xc2 || left < 2 || !is_continuation(at[1]))
        return 0;
    if (lead < 0xe0)
        return 2;
    if (left < 3 || !is_continuation(at[2]))
        return 0;
    if (lead < 0xf0)
        return (lead == 0xe0 && at[1] < 0xa0) || (lead == 0xed && at[1] > 0x9f) ? 0 : 3;
    if (lead > 0xf4 || left < 4 || !is_continuation(at[3]))
        return 0;
    return (lead == 0xf0 && at[1] < 0x90) || (lead == 0xf4 && at[1] > 0x8f) ? 0 : 4;
}

/* Past the characters beyond ASCII that begin at `at`; NULL after a fault. */
static const char *skip_wide(struct scan *scan, const char *at) {
    while (at < scan->end && (unsigned char)*at >= 0x80) {
        size_t len = scan_text_utf8(at, scan->end);
        if (len == 0) {
            scan_fault(scan, FAULT_UTF8, (size_t)(at - scan->start),
                       "byte 0x%02x begins no valid UTF-8 character", (unsigned char)*at);
            return NULL;
        }
        at += len;
    }
    return at;
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The four digits at `at`, behind a \u. */
static uint32_t hex4(const char *at) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 4 | (uint32_t)hex_value(at[i]);
    return value;
}

/* `at` is a backslash: is it \uXXXX? Else, where something must be, a fault at the wrong byte. */
static bool check_hex4(struct scan *scan, const char *at) {
    for (const char *digit = at + 2; digit < at + 6; digit++) {
        if (digit == scan->end)
            return scan_fault(scan, FAULT_JSON, (size_t)(digit - scan->start),
                              "the text ends inside a string");
        if (hex_value(*digit) < 0)
            return scan_fault(scan, FAULT_JSON, (size_t)(digit - scan->start),
                              "\\u must be followed by four hexadecimal digits");
    }
    return true;
}

/* Past \uXXXX, or a pair of them that is one character; NULL after a fault. */
static const char *skip_unicode_escape(struct scan *scan, const char *at) {
    if (!check_hex4(scan, at))
        return NULL;
    uint32_t code = hex4(at + 2);
    if (code == 0) {
        scan_fault(scan, FAULT_UTF8, (size_t)(at - scan->start), "the character \\u0000 is not accepted");
        return NULL;
    }
    if (code < 0xd800 || code > 0xdfff)
        return at + 6;
    if (code < 0xdc00 && scan->end - at >= 8 && at[6] == '\\' && at[7] == 'u') {
        if (!check_hex4(scan, at + 6))
            return NULL;
        uint32_t low = hex4(at + 8);
        if (low >= 0xdc00 && low <= 0xdfff)
            return at + 12;
    }
    scan_fault(scan, FAULT_UTF8, (size_t)(at - scan->start), "\\u%04x is half of a surrogate pair",
               (unsigned)code);
    return NULL;
}

/* `at` is a backslash: past its escape; NULL after a fault. */
static const char *skip_escape(struct scan *scan, const char *at) {
    if (scan->end - at < 2) {
        scan_fault(scan, FAULT_JSON, (size_t)(scan->end - scan->start), "the text ends inside a string");
        return NULL;
    }
    if (at[1] == 'u')
        return skip_unicode_escape(scan, at);
    if (at[1] && strchr("\"\\/bfnrt", at[1]))
        return at + 2;
    scan_fault(scan, FAULT_JSON, (size_t)(at + 1 - scan->start), "no escape: a backslash before byte 0x%02x",
               (unsigned char)at[1]);
    return NULL;
}

/* What stopped the run of plain bytes: past it, or NULL after a fault. */
static const char *skip_special(struct scan *scan, const char *at) {
    if (at == scan->end) {
        scan_fault(scan, FAULT_JSON, (size_t)(at - scan->start), "the text ends inside a string");
        return NULL;
    }
    if ((unsigned char)*at >= 0x80)
        return skip_wide(scan, at);
    if (*at == '\\')
        return skip_escape(scan, at);
    scan_fault(scan, FAULT_JSON, (size_t)(at - scan->start),
               "control character 0x%02x in a string: it must be written as an escape", (unsigned char)*at);
    return NULL;
}

static char *put_utf8(char *to, uint32_t code) {
    if (code < 0x80) {
        *to++ = (char)code;
        return to;
    }
    if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
    } else {
        if (code < 0x10000) {
            *to++ = (char)(0xe0 | code >> 12);
        } else {
            *to++ = (char)(0xf0 | code >> 18);
            *to++ = (char)(0x80 | (code >> 12 & 0x3f));
        }
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
    }
    *to++ = (char)(0x80 | (code & 0x3f));
    return to;
}

/* *from is a backslash of a valid escape: writes its character and moves *from past it. */
static char *put_escape(char *to, const char **from) {
    static const char PLAIN[128] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
    const char *at = *from;
    if (at[1] != 'u') {
        *from += 2;
        *to++ = PLAIN[(unsigned char)at[1]];
        return to;
    }
    uint32_t code = hex4(at + 2);
    *from += 6;
    if (code >= 0xd800 && code <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (hex4(at + 8) - 0xdc00);
        *from += 6;
    }
    return put_utf8(to, code);
}

/* raw is valid. An escape is never shorter than its character: raw.len bytes are enough. */
static struct span unescape(struct span raw, struct arena *arena) {
    char *first = arena_alloc(arena, raw.len), *to = first;
    const char *from = raw.ptr, *end = raw.ptr + raw.len;
    while (from < end) {
        const char *slash = memchr(from, '\\', (size_t)(end - from));
        size_t plain = (size_t)((slash ? slash : end) - from);
        memcpy(to, from, plain);
        to += plain;
        from += plain;
        if (slash)
            to = put_escape(to, &from);
    }
    return (struct span){.ptr = first, .len = (size_t)(to - first)};
}

struct span scan_text_take(struct scan *scan, bool decode) {
    const char *first = scan->at + 1, *at = first;
    bool escaped = false;
    for (;;) {
        at = skip_plain(at, scan->end);
        if (at < scan->end && *at == '"')
            break;
        escaped |= at < scan->end && *at == '\\';
        if (!(at = skip_special(scan, at)))
            return (struct span){0};
    }
    scan->at = at + 1;
    struct span raw = {.ptr = first, .len = (size_t)(at - first)};
    return escaped && decode ? unescape(raw, scan->arena) : raw;
}
