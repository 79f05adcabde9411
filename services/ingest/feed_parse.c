/* feed_parse: one table says which element gives which field, and which of two to prefer; feeds mix all their
 * dialects, so the same table reads them all. libxml2's tree is walked once and forgotten. */
#include "feed_parse.h"

#include "feed_xml.h"
#include "plain.h"

#include "earshot/times.h"

#include <libxml/parser.h>
#include <libxml/uri.h>

enum field {
    FIELD_GUID,
    FIELD_LINK,
    FIELD_TITLE,
    FIELD_TEXT,
    FIELD_AUTHOR,
    FIELD_CREATED,
    FIELD_UPDATED,
    FIELD_LANGUAGE,
    FIELD_COUNT
};

/* The higher rank wins, of the same rank the first that is not empty. */
static const struct {
    enum feed_space space;
    const char *name;
    enum field field;
    int rank;
} ELEMENTS[] = {
    {SPACE_CORE, "guid", FIELD_GUID, 2},         {SPACE_CORE, "id", FIELD_GUID, 2},
    {SPACE_DC, "identifier", FIELD_GUID, 1},     {SPACE_FEEDBURNER, "origLink", FIELD_LINK, 3},
    {SPACE_CORE, "link", FIELD_LINK, 2},         {SPACE_CORE, "title", FIELD_TITLE, 2},
    {SPACE_DC, "title", FIELD_TITLE, 1},         {SPACE_CONTENT, "encoded", FIELD_TEXT, 5},
    {SPACE_CORE, "content", FIELD_TEXT, 4},      {SPACE_CORE, "description", FIELD_TEXT, 3},
    {SPACE_CORE, "summary", FIELD_TEXT, 3},      {SPACE_DC, "description", FIELD_TEXT, 2},
    {SPACE_MEDIA, "description", FIELD_TEXT, 1}, {SPACE_ITUNES, "summary", FIELD_TEXT, 1},
    {SPACE_DC, "creator", FIELD_AUTHOR, 3},      {SPACE_CORE, "author", FIELD_AUTHOR, 2},
    {SPACE_ITUNES, "author", FIELD_AUTHOR, 1},   {SPACE_CORE, "published", FIELD_CREATED, 4},
    {SPACE_CORE, "pubDate", FIELD_CREATED, 4},   {SPACE_CORE, "issued", FIELD_CREATED, 3},
    {SPACE_CORE, "created", FIELD_CREATED, 2},   {SPACE_DC, "issued", FIELD_CREATED, 2},
    {SPACE_DC, "created", FIELD_CREATED, 2},     {SPACE_DC, "date", FIELD_CREATED, 1},
    {SPACE_CORE, "updated", FIELD_UPDATED, 3},   {SPACE_CORE, "modified", FIELD_UPDATED, 2},
    {SPACE_DC, "modified", FIELD_UPDATED, 1},    {SPACE_CORE, "language", FIELD_LANGUAGE, 2},
    {SPACE_DC, "language", FIELD_LANGUAGE, 1},
};

struct reading {
    struct arena *arena;
    const char *url;
    bool atom;
    struct span language;           /* the feed's */
    struct span author, author_url; /* the feed's, in Atom */
    struct buf text;                /* scratch */
};

static struct span keep(struct reading *reading) {
    struct span text = buf_span(&reading->text);
    if (text.len == 0)
        return (struct span){0};
    return (struct span){arena_copy(reading->arena, text), text.len};
}

static struct span plain_of(struct reading *reading, const xmlNode *node, size_t max) {
    buf_clear(&reading->text);
    feed_xml_plain(node, reading->atom, &reading->text, max);
    return keep(reading);
}

static struct span raw_of(struct reading *reading, const xmlNode *node) {
    buf_clear(&reading->text);
    struct plain plain;
    struct buf raw;
    buf_init(&raw, FEED_SHORT_MAX * 4);
    feed_xml_text(node, &raw);
    plain_begin(&plain, &reading->text, FEED_SHORT_MAX);
    plain_text(&plain, buf_span(&raw));
    bool whole = buf_ok(&raw) && !plain.full;
    buf_free(&raw);
    return whole ? keep(reading) : (struct span){0};
}

static struct span attribute(struct reading *reading, xmlNode *node, const char *name) {
    xmlChar *value = xmlGetNoNsProp(node, (const xmlChar *)name);
    struct plain plain;
    buf_clear(&reading->text);
    plain_begin(&plain, &reading->text, FEED_SHORT_MAX);
    plain_text(&plain, span_of(value ? (const char *)value : ""));
    xmlFree(value);
    return plain.full ? (struct span){0} : keep(reading);
}

static bool is_absolute(const char *link) {
    size_t scheme = strspn(link, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
    return scheme > 0 && link[scheme] == ':';
}

/* base, itself against the feed's address where it is relative. */
static xmlChar *whole_base(const struct reading *reading, xmlNode *node) {
    xmlChar *base = xmlNodeGetBase(node->doc, node);
    xmlChar *whole = base ? xmlBuildURI(base, (const xmlChar *)reading->url) : NULL;
    xmlFree(base);
    return whole ? whole : xmlStrdup((const xmlChar *)reading->url);
}

/* Against xml:base and the feed's address; what is whole already stays as it is. */
static struct span resolve(struct reading *reading, xmlNode *node, struct span link) {
    if (!link.ptr || is_absolute(link.ptr))
        return link;
    xmlChar *base = whole_base(reading, node);
    xmlChar *escaped = xmlURIEscapeStr((const xmlChar *)link.ptr, (const xmlChar *)"%:/?#[]@!$&'()*+,;=~");
    xmlChar *resolved = escaped ? xmlBuildURI(escaped, base) : NULL;
    if (resolved && strlen((const char *)resolved) <= FEED_SHORT_MAX)
        link = (struct span){arena_copy(reading->arena, span_of((const char *)resolved)),
                             strlen((const char *)resolved)};
    xmlFree(base);
    xmlFree(escaped);
    xmlFree(resolved);
    return link;
}

/* Atom says it in an attribute and has links of other kinds; RSS says it in the text. */
static struct span link_of(struct reading *reading, xmlNode *node) {
    struct span href = attribute(reading, node, "href");
    if (!href.ptr)
        return resolve(reading, node, raw_of(reading, node));
    struct span rel = attribute(reading, node, "rel");
    if (rel.ptr && !span_eq(rel, SPAN("alternate")))
        return (struct span){0};
    return resolve(reading, node, href);
}

static xmlNode *child(const xmlNode *node, const char *name) {
    for (xmlNode *at = node->children; at; at = at->next) {
        if (feed_xml_is(at, SPACE_CORE, name))
            return at;
    }
    return NULL;
}

/* `ann@example.org (Ann)` and `Ann <ann@example.org>` are Ann; an address alone is nobody's name. */
static struct span person(struct span text) {
    const char *open = text.ptr ? memchr(text.ptr, '(', text.len) : NULL;
    const char *at = text.ptr ? memchr(text.ptr, '@', text.len) : NULL;
    if (!at)
        return text;
    if (open && open > at && text.ptr[text.len - 1] == ')')
        return (struct span){open + 1, (size_t)(text.ptr + text.len - open) - 2};
    const char *angle = memchr(text.ptr, '<', text.len);
    size_t len = angle && angle < at ? (size_t)(angle - text.ptr) : 0;
    while (len && text.ptr[len - 1] == ' ')
        len--;
    if (len == 0 && !memchr(text.ptr, ' ', text.len))
        return (struct span){0};
    return len ? (struct span){text.ptr, len} : text;
}

static struct span author_of(struct reading *reading, xmlNode *node, struct span *url) {
    const xmlNode *name = child(node, "name"), *uri = child(node, "uri");
    uri = uri ? uri : child(node, "url");
    if (uri && url)
        *url = raw_of(reading, uri);
    if (name)
        return plain_of(reading, name, FEED_SHORT_MAX / 4);
    if (child(node, "email"))
        return (struct span){0};
    struct span text = person(plain_of(reading, node, FEED_SHORT_MAX / 4));
    return text.len ? text : (struct span){0};
}

static struct span language_ok(struct span text) {
    for (size_t i = 0; i < text.len; i++) {
        char c = (char)(text.ptr[i] | 0x20);
        if (!(c >= 'a' && c <= 'z') && !(text.ptr[i] >= '0' && text.ptr[i] <= '9') && text.ptr[i] != '-')
            return (struct span){0};
    }
    return text.len >= 2 && text.len <= 35 ? text : (struct span){0};
}

/* What an entry's fields hold so far, and by which rank. */
struct draft {
    struct feed_entry entry;
    int rank[FIELD_COUNT];
};

static struct span *slot(struct feed_entry *entry, enum field field) {
    switch (field) {
    case FIELD_GUID:
        return &entry->guid;
    case FIELD_LINK:
        return &entry->link;
    case FIELD_TITLE:
        return &entry->title;
    case FIELD_TEXT:
        return &entry->text;
    case FIELD_AUTHOR:
        return &entry->author;
    default:
        return &entry->language;
    }
}

static struct span value_of(struct reading *reading, xmlNode *node, enum field field, struct draft *draft) {
    switch (field) {
    case FIELD_LINK:
        return link_of(reading, node);
    case FIELD_TITLE:
        return plain_of(reading, node, FEED_TITLE_MAX);
    case FIELD_TEXT:
        return plain_of(reading, node, FEED_TEXT_MAX);
    case FIELD_AUTHOR:
        return author_of(reading, node, &draft->entry.author_url);
    case FIELD_LANGUAGE:
        return language_ok(raw_of(reading, node));
    default:
        return raw_of(reading, node);
    }
}

static void take(struct reading *reading, xmlNode *node, enum field field, int rank, struct draft *draft) {
    if (draft->rank[field] >= rank)
        return;
    struct span value = value_of(reading, node, field, draft);
    if (!value.ptr)
        return;
    if (field == FIELD_CREATED || field == FIELD_UPDATED) {
        int64_t *time = field == FIELD_CREATED ? &draft->entry.created_at : &draft->entry.updated_at;
        int64_t seconds;
        if (!times_parse_feed(value, &seconds))
            return;
        *time = seconds;
    } else
        *slot(&draft->entry, field) = value;
    draft->rank[field] = rank;
}

static void read_children(struct reading *reading, const xmlNode *parent, struct draft *draft) {
    for (xmlNode *node = parent->children; node; node = node->next) {
        for (size_t i = 0; node->type == XML_ELEMENT_NODE && i < COUNT_OF(ELEMENTS); i++) {
            if (feed_xml_is(node, ELEMENTS[i].space, ELEMENTS[i].name))
                take(reading, node, ELEMENTS[i].field, ELEMENTS[i].rank, draft);
        }
    }
}

static struct span xml_lang(struct reading *reading, const xmlNode *node) {
    xmlChar *lang = xmlNodeGetLang(node);
    struct span text = language_ok(span_of((const char *)lang));
    if (text.ptr)
        text.ptr = arena_copy(reading->arena, text);
    xmlFree(lang);
    return text;
}

static void read_entry(struct reading *reading, xmlNode *node, struct feed *out) {
    struct draft draft = {.entry = {.created_at = FEED_NO_TIME, .updated_at = FEED_NO_TIME}};
    struct feed_entry *entry = &draft.entry;
    if (out->count == FEED_ENTRIES_MAX)
        return;
    read_children(reading, node, &draft);
    if (!entry->link.ptr && entry->guid.ptr && strncmp(entry->guid.ptr, "http", 4) == 0)
        entry->link = entry->guid; /* a guid is a permanent link unless it says otherwise */
    if (!entry->language.ptr)
        entry->language = xml_lang(reading, node);
    if (!entry->language.ptr)
        entry->language = reading->language;
    if (!entry->author.ptr) {
        entry->author = reading->author;
        entry->author_url = reading->author_url;
    }
    if (entry->created_at == FEED_NO_TIME)
        entry->created_at = entry->updated_at;
    if (entry->updated_at <= entry->created_at)
        entry->updated_at = FEED_NO_TIME;
    if (entry->title.ptr || entry->text.ptr)
        out->entries[out->count++] = *entry;
}

static bool is_entry(const xmlNode *node) {
    return feed_xml_is(node, SPACE_CORE, "item") || feed_xml_is(node, SPACE_CORE, "entry");
}

static bool is_channel(const xmlNode *node) {
    return feed_xml_is(node, SPACE_CORE, "channel");
}

/* RSS 1.0 keeps its items beside the channel, the others in it. */
static void read_entries(struct reading *reading, xmlNode *parent, struct feed *out) {
    for (xmlNode *node = parent->children; node; node = node->next) {
        if (is_entry(node))
            read_entry(reading, node, out);
        else if (is_channel(node) || feed_xml_is(node, SPACE_CORE, "items"))
            read_entries(reading, node, out);
    }
}

static void read_head(struct reading *reading, xmlNode *root, struct feed *out) {
    struct draft draft = {.entry = {.created_at = FEED_NO_TIME}};
    xmlNode *channel = child(root, "channel");
    read_children(reading, channel ? channel : root, &draft);
    out->title = draft.entry.title;
    reading->language = draft.entry.language;
    if (!reading->language.ptr)
        reading->language = xml_lang(reading, root);
    if (reading->atom) {
        reading->author = draft.entry.author;
        reading->author_url = draft.entry.author_url;
    }
}

static bool read_root(struct reading *reading, xmlNode *root, struct feed *out, struct buf *message) {
    const char *name = root ? (const char *)root->name : "";
    reading->atom = strcmp(name, "feed") == 0 || strcmp(name, "entry") == 0;
    out->entries = arena_calloc(reading->arena, FEED_ENTRIES_MAX, sizeof *out->entries);
    if (strcmp(name, "entry") == 0) {
        read_entry(reading, root, out);
        return true;
    }
    if (!reading->atom && strcasecmp(name, "rss") != 0 && strcmp(name, "RDF") != 0 &&
        strcmp(name, "channel") != 0) {
        buf_printf(message, root ? "it is no feed: its root is <%.40s>" : "it is no feed: no XML", name);
        return false;
    }
    read_head(reading, root, out);
    read_entries(reading, root, out);
    return true;
}

bool feed_parse(struct span bytes, const char *content_type, const char *url, struct arena *arena,
                struct feed *out, struct buf *message) {
    struct reading reading = {.arena = arena, .url = url};
    *out = (struct feed){0};
    bool cut;
    xmlDoc *doc = feed_xml_read(bytes, content_type, url, &cut);
    buf_init(&reading.text, (size_t)2 * FEED_TEXT_MAX);
    bool good = read_root(&reading, doc ? xmlDocGetRootElement(doc) : NULL, out, message);
    if (good && cut && out->count > 0)
        out->count--; /* the last one may be half of itself */
    buf_free(&reading.text);
    xmlFreeDoc(doc);
    return good;
}
