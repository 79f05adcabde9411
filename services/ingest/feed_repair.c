/* feed_repair: on the bytes, before the parser: libxml2's recovery drops every reference behind the first one
 * that nobody declared. Linear. */
#include "feed_repair.h"

#include <libxml/HTMLparser.h>

enum { NAME_MAX_LEN = 32 };

struct repair {
    const char *at, *end;
    struct buf *out;
    bool own_entities; /* the document declares some: a name that is not HTML's may be one of them */
};

static bool is_wide(struct span in) {
    return in.len >= 4 && (memcmp(in.ptr, "\xff\xfe", 2) == 0 || memcmp(in.ptr, "\xfe\xff", 2) == 0 ||
                           memchr(in.ptr, '\0', 4));
}

static bool is_name(struct span name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i], lower = (char)(c | 0x20);
        if (!(lower >= 'a' && lower <= 'z') && !(i > 0 && ((c >= '0' && c <= '9') || strchr("._-:", c))))
            return false;
    }
    return name.len > 0;
}

/* Of `&#…;`: a character that XML may hold. */
static bool is_number(struct span name) {
    bool hex = name.len > 1 && name.ptr[1] == 'x';
    uint32_t value = 0;
    if (name.len < (hex ? 3 : 2))
        return false;
    for (size_t i = hex ? 2 : 1; i < name.len; i++) {
        char c = name.ptr[i], lower = (char)(c | 0x20);
        if (c >= '0' && c <= '9')
            value = value * (hex ? 16 : 10) + (uint32_t)(c - '0');
        else if (hex && lower >= 'a' && lower <= 'f')
            value = value * 16 + (uint32_t)(lower - 'a') + 10;
        else
            return false;
        if (value > 0x10ffff)
            return false;
    }
    return value == '\t' || value == '\n' || value == '\r' ||
           (value >= ' ' && !(value >= 0xd800 && value < 0xe000) && value != 0xfffe && value != 0xffff);
}

static const htmlEntityDesc *html_entity(struct span name) {
    char text[NAME_MAX_LEN + 1];
    memcpy(text, name.ptr, name.len);
    text[name.len] = '\0';
    return htmlEntityLookup((const xmlChar *)text);
}

static bool is_xml_name(struct span name) {
    return span_eq(name, SPAN("amp")) || span_eq(name, SPAN("lt")) || span_eq(name, SPAN("gt")) ||
           span_eq(name, SPAN("quot")) || span_eq(name, SPAN("apos"));
}

static void ampersand(struct repair *repair) {
    size_t left = (size_t)(repair->end - repair->at) - 1,
           most = left < NAME_MAX_LEN + 1 ? left : NAME_MAX_LEN + 1;
    const char *close = memchr(repair->at + 1, ';', most);
    struct span name = {repair->at + 1, close ? (size_t)(close - repair->at) - 1 : 0};
    const htmlEntityDesc *entity;
    if (name.len && name.ptr[0] == '#' ? is_number(name) : is_xml_name(name))
        buf_add_char(repair->out, '&');
    else if (!is_name(name))
        buf_add_str(repair->out, "&amp;");
    else if ((entity = html_entity(name))) {
        buf_printf(repair->out, "&#%u;", entity->value);
        repair->at = close;
    } else
        buf_add_str(repair->out, repair->own_entities ? "&" : "&amp;");
    repair->at++;
}

/* A section that begins with `open` where `at` stands goes by whole, with all the rest where it has no end.
 */
static bool pass(struct repair *repair, struct span open, struct span close) {
    size_t left = (size_t)(repair->end - repair->at);
    if (left < open.len || memcmp(repair->at, open.ptr, open.len) != 0)
        return false;
    const char *end = memmem(repair->at, left, close.ptr, close.len);
    end = end ? end + close.len : repair->end;
    for (; repair->at < end; repair->at++) {
        bool bad = (unsigned char)*repair->at < ' ' && !strchr("\t\n\r", *repair->at);
        buf_add_char(repair->out, bad || !*repair->at ? ' ' : *repair->at);
    }
    return true;
}

void feed_repair(struct span in, struct buf *out) {
    struct repair repair = {.at = in.ptr, .end = in.ptr + in.len, .out = out};
    if (is_wide(in)) {
        buf_add_span(out, in);
        return;
    }
    repair.own_entities = memmem(in.ptr, in.len, "<!ENTITY", 8);
    while (repair.at < repair.end) {
        unsigned char c = (unsigned char)*repair.at;
        if (c == '&')
            ampersand(&repair);
        else if (c == '<' &&
                 (pass(&repair, SPAN("<![CDATA["), SPAN("]]>")) || pass(&repair, SPAN("<!--"), SPAN("-->"))))
            continue;
        else {
            buf_add_char(out, c < ' ' && c != '\t' && c != '\n' && c != '\r' ? ' ' : (char)c);
            repair.at++;
        }
    }
}
