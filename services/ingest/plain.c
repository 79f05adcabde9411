/* plain: not a parser of HTML: feeds carry fragments that no parser agrees on. What looks like a tag goes;
 * what does not (`1 < 2`, `<3`) stays. Each search that found nothing is not made again, which keeps it
 * linear. */
#include "plain.h"

#include <libxml/HTMLparser.h>

enum { NAME_MAX_LEN = 32, REPLACEMENT = 0xfffd };

/* A reading of one fragment. */
struct html {
    struct plain *plain;
    const char *at, *end;
    bool no_tag_end;  /* no tag ends from here on */
    bool no_quote[2]; /* no " or ' from here on */
    bool no_comment_end;
};

static const char *const BLOCKS[] = {
    "address", "article",  "aside",  "blockquote", "br",     "center", "dd",    "details", "div", "dl",
    "dt",      "fieldset", "figure", "figcaption", "footer", "form",   "h1",    "h2",      "h3",  "h4",
    "h5",      "h6",       "header", "hr",         "li",     "main",   "nav",   "ol",      "p",   "pre",
    "section", "summary",  "table",  "tbody",      "tfoot",  "thead",  "title", "tr",      "ul",
};
static const char *const HIDDEN[] = {"script", "style", "template", "noscript", "iframe",
                                     "object", "svg",   "math",     "head"};
static const char *const CELLS[] = {"td", "th", "option", "img"};

static bool is_in(struct span tag, const char *const *names, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (span_same(tag, span_of(names[i])))
            return true;
    }
    return false;
}

bool plain_is_block(struct span tag) {
    return is_in(tag, BLOCKS, COUNT_OF(BLOCKS));
}

bool plain_is_hidden(struct span tag) {
    return is_in(tag, HIDDEN, COUNT_OF(HIDDEN));
}

/* --- characters --- */

void plain_begin(struct plain *plain, struct buf *out, size_t max) {
    *plain = (struct plain){.out = out, .max = max};
}

static void want_gap(struct plain *plain, enum plain_gap gap) {
    if (gap > plain->gap)
        plain->gap = gap;
}

void plain_break(struct plain *plain) {
    want_gap(plain, PLAIN_BREAK);
}

static void put(struct plain *plain, const char *bytes, size_t len) {
    bool gap = plain->gap != PLAIN_NONE && plain->out->len > 0;
    if (plain->full || plain->out->len + gap + len > plain->max) {
        plain->full = true;
        return;
    }
    if (gap)
        buf_add_char(plain->out, plain->gap == PLAIN_BREAK ? '\n' : ' ');
    plain->gap = PLAIN_NONE;
    buf_add(plain->out, bytes, len);
}

static size_t encode(uint32_t code, char out[4]) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char LEAD[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len; i-- > 1; code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(LEAD[len] | code);
    return len;
}

static bool is_space(uint32_t code) {
    return code == ' ' || (code >= '\t' && code <= '\r') || code == 0xa0 || code == 0x2028 || code == 0x2029;
}

void plain_char(struct plain *plain, uint32_t code) {
    char bytes[4];
    if (is_space(code)) {
        want_gap(plain, PLAIN_SPACE);
        return;
    }
    if (code < ' ' || (code >= 0x7f && code < 0xa0) || code == 0xfeff)
        return;
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        code = REPLACEMENT;
    put(plain, bytes, encode(code, bytes));
}

/* The character at `at` and its length; what is no UTF-8 is one byte and U+FFFD. */
static uint32_t decode(const char *at, const char *end, size_t *len) {
    static const uint32_t LEAST[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)*at;
    *len = 1;
    if (first < 0x80)
        return first;
    size_t wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || (size_t)(end - at) < wanted)
        return REPLACEMENT;
    uint32_t code = first & (0x7fu >> wanted);
    for (size_t i = 1; i < wanted; i++) {
        if (((unsigned char)at[i] & 0xc0) != 0x80)
            return REPLACEMENT;
        code = code << 6 | ((unsigned char)at[i] & 0x3f);
    }
    if (code < LEAST[wanted] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return REPLACEMENT;
    *len = wanted;
    return code;
}

void plain_text(struct plain *plain, struct span text) {
    size_t len;
    for (const char *at = text.ptr, *end = at + text.len; at < end && !plain->full; at += len)
        plain_char(plain, decode(at, end, &len));
}

/* --- entities --- */

/* Pages that say &#150; mean Windows-1252. */
static uint32_t repaired(uint32_t code) {
    static const uint16_t WINDOWS[] = {
        0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6,  0x2030, 0x160,
        0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
        0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178,
    };
    if (code >= 0x80 && code < 0xa0)
        return WINDOWS[code - 0x80];
    return code ? code : REPLACEMENT;
}

static bool numeric(struct span name, uint32_t *code) {
    bool hex = name.len > 1 && (name.ptr[1] == 'x' || name.ptr[1] == 'X');
    uint32_t value = 0;
    size_t i = hex ? 2 : 1;
    if (i >= name.len)
        return false;
    for (; i < name.len; i++) {
        char c = name.ptr[i], lower = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            value = value * (hex ? 16 : 10) + (uint32_t)(c - '0');
        else if (hex && lower >= 'a' && lower <= 'f')
            value = value * 16 + (uint32_t)(lower - 'a') + 10;
        else
            return false;
        value = value > 0x110000 ? 0x110000 : value;
    }
    *code = repaired(value);
    return true;
}

static bool named(struct span name, uint32_t *code) {
    char text[NAME_MAX_LEN + 1];
    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    const htmlEntityDesc *entity = htmlEntityLookup((const xmlChar *)text);
    if (!entity)
        return false;
    *code = entity->value;
    return true;
}

/* At an ampersand: false: it is only that. */
static bool entity(struct html *html) {
    size_t left = (size_t)(html->end - html->at) - 1,
           most = left < NAME_MAX_LEN + 1 ? left : NAME_MAX_LEN + 1;
    const char *close = memchr(html->at + 1, ';', most);
    uint32_t code;
    if (!close || close == html->at + 1)
        return false;
    struct span name = {html->at + 1, (size_t)(close - html->at) - 1};
    if (!(name.ptr[0] == '#' ? numeric(name, &code) : named(name, &code)))
        return false;
    plain_char(html->plain, code);
    html->at = close + 1;
    return true;
}

/* --- tags --- */

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Behind the quoted value that begins at `at`, or behind the quote alone where nothing closes it. */
static const char *skip_quoted(struct html *html, const char *at) {
    bool *none = &html->no_quote[*at == '"'];
    const char *close = *none ? NULL : memchr(at + 1, *at, (size_t)(html->end - at) - 1);
    *none = !close;
    return (close ? close : at) + 1;
}

/* Behind the tag that begins at `at`; NULL: it does not end. */
static const char *tag_end(struct html *html) {
    const char *at = html->at + 1;
    while (!html->no_tag_end && at < html->end) {
        if (*at == '>')
            return at + 1;
        at = (*at == '"' || *at == '\'') && at[-1] == '=' ? skip_quoted(html, at) : at + 1;
    }
    html->no_tag_end = true;
    return NULL;
}

static const char *find_text(const char *at, const char *end, const char *text) {
    return memmem(at, (size_t)(end - at), text, strlen(text));
}

/* `<!--…-->`, `<![CDATA[…]]>`: true where it was one. */
static bool special(struct html *html) {
    static const char CDATA[] = "<![CDATA[";
    size_t left = (size_t)(html->end - html->at);
    if (left > sizeof CDATA - 1 && memcmp(html->at, CDATA, sizeof CDATA - 1) == 0) {
        html->at += sizeof CDATA - 1; /* its end is dropped where it comes */
        return true;
    }
    if (left < 4 || memcmp(html->at, "<!--", 4) != 0 || html->no_comment_end)
        return false;
    const char *close = find_text(html->at + 4, html->end, "-->");
    html->no_comment_end = !close;
    html->at = close ? close + 3 : html->at;
    return close;
}

/* To behind the end tag of what nobody sees; all the rest, where it has none. */
static void skip_hidden(struct html *html, struct span name) {
    for (const char *at = html->at; (at = find_text(at, html->end, "</")); at += 2) {
        if ((size_t)(html->end - at) >= name.len + 2 && strncasecmp(at + 2, name.ptr, name.len) == 0) {
            html->at = at;
            return;
        }
    }
    html->at = html->end;
}

static bool tag(struct html *html) {
    const char *at = html->at + 1;
    bool closing = at < html->end && *at == '/';
    at += closing;
    if (at >= html->end || !(is_letter(*at) || *at == '!' || *at == '?'))
        return false;
    if (special(html))
        return true;
    const char *end = tag_end(html);
    if (!end)
        return false;
    struct span name = {at, 0};
    while (at + name.len < end && (is_letter(at[name.len]) || (at[name.len] >= '0' && at[name.len] <= '9')))
        name.len++;
    bool empty = end[-2] == '/';
    html->at = end;
    if (plain_is_block(name))
        plain_break(html->plain);
    else if (is_in(name, CELLS, COUNT_OF(CELLS)))
        want_gap(html->plain, PLAIN_SPACE);
    if (!closing && !empty && plain_is_hidden(name))
        skip_hidden(html, name);
    return true;
}

void plain_html(struct plain *plain, struct span text) {
    struct html html = {.plain = plain, .at = text.ptr, .end = text.ptr + text.len};
    size_t len;
    while (html.at < html.end && !plain->full) {
        if ((*html.at == '<' && tag(&html)) || (*html.at == '&' && entity(&html)))
            continue;
        if (*html.at == ']' && html.end - html.at >= 3 && memcmp(html.at, "]]>", 3) == 0) {
            html.at += 3;
            continue;
        }
        plain_char(plain, decode(html.at, html.end, &len));
        html.at += len;
    }
}
