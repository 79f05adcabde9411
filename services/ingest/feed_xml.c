/* feed_xml: XML that is nearly well-formed is read as far as it goes, since half of the world's feeds are;
 * nothing is ever fetched, no DTD loaded, no entity replaced. */
#include "feed_xml.h"

#include "feed_repair.h"
#include "plain.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

enum {
    CHARSET_MAX = 40,
    RAW_MAX = 4 << 20,
    DOCUMENT_MAX = 64 << 20,
    REPAIR_GROWTH = 5, /* `&` becomes `&amp;` */
};

static const struct {
    enum feed_space space;
    const char *href, *prefix;
} SPACES[] = {
    {SPACE_CORE, "http://www.w3.org/2005/Atom", "atom"},
    {SPACE_CORE, "http://purl.org/atom/ns#", "atom03"},
    {SPACE_CORE, "http://purl.org/rss/1.0/", "rss"},
    {SPACE_CORE, "http://my.netscape.com/rdf/simple/0.9/", NULL},
    {SPACE_CORE, "http://channel.netscape.com/rdf/simple/0.9/", NULL},
    {SPACE_CORE, "http://backend.userland.com/rss", NULL},
    {SPACE_CORE, "http://backend.userland.com/rss2", NULL},
    {SPACE_CORE, "http://blogs.law.harvard.edu/tech/rss", NULL},
    {SPACE_CORE, "http://purl.org/net/rss1.1#", NULL},
    {SPACE_CORE, "http://www.rssboard.org/rss-specification", NULL},
    {SPACE_DC, "http://purl.org/dc/elements/1.1/", "dc"},
    {SPACE_DC, "http://purl.org/dc/elements/1.0/", NULL},
    {SPACE_DC, "http://purl.org/dc/terms/", "dcterms"},
    {SPACE_CONTENT, "http://purl.org/rss/1.0/modules/content/", "content"},
    {SPACE_MEDIA, "http://search.yahoo.com/mrss/", "media"},
    {SPACE_MEDIA, "http://search.yahoo.com/mrss", NULL},
    {SPACE_ITUNES, "http://www.itunes.com/dtds/podcast-1.0.dtd", "itunes"},
    {SPACE_FEEDBURNER, "http://rssnamespace.org/feedburner/ext/1.0", "feedburner"},
};

/* `charset=` of a content type; false: none, or one that libxml2 does not know. */
static bool charset_of(const char *content_type, char out[CHARSET_MAX]) {
    const char *at = content_type ? strcasestr(content_type, "charset=") : NULL;
    if (!at)
        return false;
    at += strlen("charset=");
    at += *at == '"';
    size_t len = strcspn(at, "\"; \t");
    if (len == 0 || len >= CHARSET_MAX)
        return false;
    memcpy(out, at, len);
    out[len] = '\0';
    xmlCharEncodingHandler *handler = xmlFindCharEncodingHandler(out);
    if (handler)
        xmlCharEncCloseFunc(handler);
    return handler;
}

static bool has_mark(struct span bytes) {
    return bytes.len >= 3 && (memcmp(bytes.ptr, "\xef\xbb\xbf", 3) == 0 ||
                              memcmp(bytes.ptr, "\xff\xfe", 2) == 0 || memcmp(bytes.ptr, "\xfe\xff", 2) == 0);
}

static bool is_encoding_error(int code) {
    return code == XML_ERR_INVALID_ENCODING || code == XML_ERR_INVALID_CHAR ||
           code == XML_ERR_UNKNOWN_ENCODING || code == XML_I18N_CONV_FAILED;
}

static xmlDoc *read_as(struct span bytes, const char *url, const char *charset, int *code) {
    const int options = XML_PARSE_NONET | XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    xmlParserCtxt *context = xmlNewParserCtxt();
    if (!context)
        die(EXIT_FAILED, "out of memory");
    xmlDoc *doc = xmlCtxtReadMemory(context, bytes.ptr, (int)bytes.len, url, charset, options);
    *code = context->wellFormed ? 0 : context->errNo;
    xmlFreeParserCtxt(context);
    return doc;
}

static xmlDoc *read_repaired(struct span bytes, const char *content_type, const char *url, int *code) {
    char charset[CHARSET_MAX];
    bool told = !has_mark(bytes) && charset_of(content_type, charset);
    xmlDoc *doc = read_as(bytes, url, told ? charset : NULL, code);
    if (told && is_encoding_error(*code)) { /* servers say what they like: what the document says is tried */
        xmlFreeDoc(doc);
        doc = read_as(bytes, url, NULL, code);
    }
    return doc;
}

xmlDoc *feed_xml_read(struct span bytes, const char *content_type, const char *url, bool *cut) {
    int code;
    while (bytes.len && !has_mark(bytes) &&
           (*bytes.ptr == ' ' || (*bytes.ptr >= '\t' && *bytes.ptr <= '\r'))) {
        bytes.ptr++;
        bytes.len--;
    }
    *cut = false;
    if (bytes.len == 0 || bytes.len > DOCUMENT_MAX)
        return NULL;
    struct buf repaired;
    buf_init(&repaired, (size_t)REPAIR_GROWTH * bytes.len);
    feed_repair(bytes, &repaired);
    xmlDoc *doc = read_repaired(buf_span(&repaired), content_type, url, &code);
    buf_free(&repaired);
    *cut = code == XML_ERR_TAG_NOT_FINISHED || code == XML_ERR_CDATA_NOT_FINISHED ||
           code == XML_ERR_GT_REQUIRED || code == XML_ERR_LTSLASH_REQUIRED;
    return doc;
}

static enum feed_space space_of(const xmlNode *node, const char **name) {
    const char *href = node->ns ? (const char *)node->ns->href : NULL;
    const char *colon = strchr((const char *)node->name, ':');
    *name = !href && colon ? colon + 1 : (const char *)node->name;
    size_t prefix = !href && colon ? (size_t)(colon - (const char *)node->name) : 0;
    if (!href && !colon)
        return SPACE_CORE;
    for (size_t i = 0; i < COUNT_OF(SPACES); i++) {
        if (href && strcasecmp(href, SPACES[i].href) == 0)
            return SPACES[i].space;
        if (prefix && SPACES[i].prefix && strlen(SPACES[i].prefix) == prefix &&
            strncmp((const char *)node->name, SPACES[i].prefix, prefix) == 0)
            return SPACES[i].space;
    }
    return SPACE_OTHER;
}

bool feed_xml_is(const xmlNode *node, enum feed_space space, const char *name) {
    const char *own;
    return node->type == XML_ELEMENT_NODE && space_of(node, &own) == space && strcmp(own, name) == 0;
}

/* --- characters --- */

static uint32_t entity_code(const xmlNode *node) {
    const htmlEntityDesc *entity = htmlEntityLookup(node->name);
    return entity ? entity->value : 0;
}

void feed_xml_text(const xmlNode *node, struct buf *out) {
    for (const xmlNode *at = node->children; at; at = at->next) {
        if (at->type == XML_TEXT_NODE || at->type == XML_CDATA_SECTION_NODE)
            buf_add_str(out, (const char *)at->content);
        else if (at->type == XML_ELEMENT_NODE)
            feed_xml_text(at, out);
        else if (at->type == XML_ENTITY_REF_NODE && entity_code(at))
            buf_printf(out, "&%s;", (const char *)at->name);
    }
}

/* Markup that the document holds as elements. */
static void walk(const xmlNode *node, struct plain *plain) {
    for (const xmlNode *at = node->children; at && !plain->full; at = at->next) {
        if (at->type == XML_TEXT_NODE || at->type == XML_CDATA_SECTION_NODE)
            plain_text(plain, span_of((const char *)at->content));
        else if (at->type == XML_ENTITY_REF_NODE && entity_code(at))
            plain_char(plain, entity_code(at));
        if (at->type != XML_ELEMENT_NODE || plain_is_hidden(span_of((const char *)at->name)))
            continue;
        bool block = plain_is_block(span_of((const char *)at->name));
        if (block)
            plain_break(plain);
        walk(at, plain);
        if (block)
            plain_break(plain);
    }
}

static bool has_elements(const xmlNode *node) {
    for (const xmlNode *at = node->children; at; at = at->next) {
        if (at->type == XML_ELEMENT_NODE)
            return true;
    }
    return false;
}

enum form { FORM_TEXT, FORM_HTML, FORM_MARKUP, FORM_NONE };

static enum form form_of(const xmlNode *node, bool atom) {
    xmlChar *type = xmlGetNoNsProp(node, (const xmlChar *)"type");
    enum form form = atom ? FORM_TEXT : FORM_HTML;
    const char *text = (const char *)type;
    if (has_elements(node))
        form = FORM_MARKUP;
    else if (!text)
        ;
    else if (strcasestr(text, "html"))
        form = FORM_HTML;
    else if (strchr(text, '/') && strncasecmp(text, "text/", 5) != 0)
        form = FORM_NONE; /* a picture, base64 */
    xmlFree(type);
    return form;
}

void feed_xml_plain(const xmlNode *node, bool atom, struct buf *out, size_t max) {
    enum form form = form_of(node, atom);
    struct plain plain;
    plain_begin(&plain, out, max);
    if (form == FORM_NONE)
        return;
    if (form != FORM_HTML) {
        walk(node, &plain);
        return;
    }
    struct buf raw;
    buf_init(&raw, RAW_MAX);
    feed_xml_text(node, &raw);
    plain_html(&plain, buf_span(&raw));
    buf_free(&raw);
}
