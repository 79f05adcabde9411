/* One trie for all languages, a root each. Its edges are in one open-addressed table keyed by (node,
 * character): 10,000 edges in 256 KiB, and a step is one probe, where arrays of children would take
 * megabytes. Nodes are numbered as they are made. */
#include "earshot/lexicon.h"

#include "glyph.h"

#include <stdlib.h>

enum { EDGES_FIRST = 16 * 1024, ENTRY_MAX = 64 };

struct edge {
    uint32_t node, character, child; /* child 0: free (no edge leads to a root) */
};

struct payload {
    uint8_t kind;
    bool derived; /* an unaccented form: gives way to an entry of that spelling */
    int16_t value;
};

struct node {
    struct payload whole, prefix;
};

struct lexicon {
    struct edge *edges;
    size_t edge_cap; /* a power of two */
    struct node *nodes;
    size_t node_count, node_cap; /* the first LANGUAGE_COUNT + 1 are the roots */
    size_t counts[LANGUAGE_COUNT + 1];
};

static const char *const CODES[] = {"en", "de", "es", "nl", "pl", "zh", "*"};

enum language language_of(struct span code) {
    if (code.len >= 2 && (code.len == 2 || code.ptr[2] == '-' || code.ptr[2] == '_'))
        for (size_t i = 0; i < LANGUAGE_COUNT; i++)
            if ((code.ptr[0] | 0x20) == CODES[i][0] && (code.ptr[1] | 0x20) == CODES[i][1])
                return (enum language)i;
    return LANGUAGE_ANY;
}

const char *language_code(enum language language) {
    return CODES[language];
}

static struct edge *edge_slot(struct edge *edges, size_t cap, uint32_t node, uint32_t character) {
    uint64_t hash = ((uint64_t)node << 32 | character) * 0x9E3779B97F4A7C15U;
    size_t i = (size_t)(hash >> 40) & (cap - 1);
    while (edges[i].child && (edges[i].node != node || edges[i].character != character))
        i = (i + 1) & (cap - 1);
    return &edges[i];
}

static void edges_grow(struct lexicon *lexicon) {
    size_t cap = lexicon->edge_cap ? 2 * lexicon->edge_cap : EDGES_FIRST;
    struct edge *edges = xcalloc(cap, sizeof *edges);
    for (size_t i = 0; i < lexicon->edge_cap; i++) {
        const struct edge *edge = &lexicon->edges[i];
        if (edge->child)
            *edge_slot(edges, cap, edge->node, edge->character) = *edge;
    }
    free(lexicon->edges);
    lexicon->edges = edges;
    lexicon->edge_cap = cap;
}

static uint32_t node_add(struct lexicon *lexicon) {
    if (lexicon->node_count == lexicon->node_cap) {
        lexicon->node_cap = lexicon->node_cap ? 2 * lexicon->node_cap : 1024;
        lexicon->nodes = xrealloc(lexicon->nodes, lexicon->node_cap * sizeof *lexicon->nodes);
    }
    lexicon->nodes[lexicon->node_count] = (struct node){0};
    return (uint32_t)lexicon->node_count++;
}

static uint32_t child_of(const struct lexicon *lexicon, uint32_t node, uint32_t character) {
    return edge_slot(lexicon->edges, lexicon->edge_cap, node, character)->child;
}

static uint32_t child_made(struct lexicon *lexicon, uint32_t node, uint32_t character) {
    if (2 * lexicon->node_count >= lexicon->edge_cap)
        edges_grow(lexicon);
    struct edge *edge = edge_slot(lexicon->edges, lexicon->edge_cap, node, character);
    if (!edge->child)
        *edge = (struct edge){.node = node, .character = character, .child = node_add(lexicon)};
    return edge->child;
}

/* One spelling of an entry, as characters. */
struct spelling {
    uint32_t characters[2 * ENTRY_MAX];
    size_t count;
    bool prefix;
};

/* False: an entry of this spelling is there already. */
static bool spelling_add(struct lexicon *lexicon, enum language language, const struct spelling *spelling,
                         struct payload payload) {
    uint32_t node = (uint32_t)language;
    for (size_t i = 0; i < spelling->count; i++)
        node = child_made(lexicon, node, spelling->characters[i]);
    struct payload *slot = spelling->prefix ? &lexicon->nodes[node].prefix : &lexicon->nodes[node].whole;
    if (slot->kind && !slot->derived)
        return payload.derived;
    if (!slot->kind || !payload.derived)
        *slot = payload;
    return true;
}

static void spelling_read(struct span text, struct spelling *spelling) {
    spelling->count = 0;
    spelling->prefix = text.ptr[text.len - 1] == '*';
    text.len -= spelling->prefix;
    for (size_t at = 0; at < text.len;)
        spelling->characters[spelling->count++] = glyph_lower(glyph_next(text, &at));
}

/* ä ö ü as ae oe ue. False: there is none. */
static bool spelling_without_umlauts(const struct spelling *from, struct spelling *to) {
    to->count = 0;
    to->prefix = from->prefix;
    for (size_t i = 0; i < from->count; i++) {
        uint32_t c = from->characters[i];
        bool umlaut = c == 0xE4 || c == 0xF6 || c == 0xFC;
        to->characters[to->count++] = c == 0xE4 ? 'a' : c == 0xF6 ? 'o' : c == 0xFC ? 'u' : c;
        if (umlaut)
            to->characters[to->count++] = 'e';
    }
    return to->count != from->count;
}

static bool spelling_without_accents(const struct spelling *from, struct spelling *to) {
    bool changed = false;
    to->count = from->count;
    to->prefix = from->prefix;
    for (size_t i = 0; i < from->count; i++) {
        to->characters[i] = glyph_plain(from->characters[i]);
        changed |= to->characters[i] != from->characters[i];
    }
    return changed;
}

static bool entry_add(struct lexicon *lexicon, enum language language, struct span text,
                      struct payload payload) {
    struct spelling spelling, derived;
    if (text.len == 0 || text.len > ENTRY_MAX)
        return false;
    spelling_read(text, &spelling);
    if (spelling.count == 0 || !spelling_add(lexicon, language, &spelling, payload))
        return false;
    lexicon->counts[language]++;
    payload.derived = true;
    if (spelling_without_umlauts(&spelling, &derived) && !spelling_add(lexicon, language, &derived, payload))
        return false;
    if (language == LANGUAGE_ES || language == LANGUAGE_NL || language == LANGUAGE_PL)
        return !spelling_without_accents(&spelling, &derived) ||
               spelling_add(lexicon, language, &derived, payload);
    return true;
}

static struct span cut(struct span *rest, const char *separator) {
    size_t len = strlen(separator);
    struct span part = *rest;
    const char *found = memmem(rest->ptr, rest->len, separator, len);
    if (found)
        part.len = (size_t)(found - rest->ptr);
    size_t taken = found ? part.len + len : part.len;
    rest->ptr += taken;
    rest->len -= taken;
    return part;
}

static bool kind_read(struct span name, struct span value, struct payload *payload) {
    static const struct {
        const char *name;
        enum lexicon_kind kind;
        int min, max;
    } KINDS[] = {
        {"feel", LEXICON_FEEL, -4, 4}, {"not", LEXICON_NOT, 0, 0},   {"more", LEXICON_MORE, 1, 400},
        {"but", LEXICON_BUT, 0, 0},    {"stop", LEXICON_STOP, 0, 0},
    };
    char digits[8] = "", *end = digits;
    if (value.len == 0 || value.len >= sizeof digits)
        return false;
    memcpy(digits, value.ptr, value.len);
    long number = strtol(digits, &end, 10);
    for (size_t i = 0; i < COUNT_OF(KINDS); i++)
        if (span_eq(name, span_of(KINDS[i].name)) && *end == 0 && number >= KINDS[i].min &&
            number <= KINDS[i].max) {
            *payload = (struct payload){.kind = (uint8_t)KINDS[i].kind, .value = (int16_t)number};
            return true;
        }
    return false;
}

static bool line_read(struct lexicon *lexicon, struct span line, size_t number, struct buf *message) {
    struct span code = cut(&line, "\t"), kind = cut(&line, "\t"), value = cut(&line, "\t");
    enum language language = language_of(code);
    struct payload payload;
    if ((language == LANGUAGE_ANY && !span_eq(code, SPAN("*"))) || !kind_read(kind, value, &payload)) {
        buf_printf(message, "lexicon, line %zu: expected LANGUAGE, KIND, VALUE and ENTRIES with tabs between",
                   number);
        return false;
    }
    while (line.len) {
        struct span entry = cut(&line, ", ");
        if (!entry_add(lexicon, language, entry, payload)) {
            buf_printf(message, "lexicon, line %zu: `%.*s` is there twice, empty or too long", number,
                       (int)entry.len, entry.ptr);
            return false;
        }
    }
    return true;
}

struct lexicon *lexicon_new(struct span table, struct buf *message) {
    struct lexicon *lexicon = xcalloc(1, sizeof *lexicon);
    edges_grow(lexicon);
    for (size_t i = 0; i <= LANGUAGE_COUNT; i++)
        (void)node_add(lexicon);
    for (size_t number = 1; table.len; number++) {
        struct span line = cut(&table, "\n");
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (!line_read(lexicon, line, number, message)) {
            lexicon_free(&lexicon);
            return NULL;
        }
    }
    return lexicon;
}

void lexicon_free(struct lexicon **lexicon) {
    if (!*lexicon)
        return;
    free((*lexicon)->edges);
    free((*lexicon)->nodes);
    free(*lexicon);
    *lexicon = NULL;
}

size_t lexicon_count(const struct lexicon *lexicon, enum language language) {
    return lexicon->counts[language];
}

/* Where a lookup stands. */
struct walk {
    uint32_t node;
    uint32_t before, last; /* the two characters taken last */
    enum glyph class;      /* of the last */
    size_t at;
};

/* One character on, or one more repetition of a letter passed over. False: no entry goes on like this. */
static bool walk_step(const struct lexicon *lexicon, struct span text, struct walk *walk) {
    if (walk->at >= text.len)
        return false;
    size_t at = walk->at;
    uint32_t character = glyph_lower(glyph_next(text, &at));
    enum glyph class = glyph_class(character);
    if (class == GLYPH_SPACE)
        character = ' ';
    uint32_t child = child_of(lexicon, walk->node, character);
    if (!child && (class != GLYPH_WORD || character != walk->last || character != walk->before))
        return false;
    if (child) {
        walk->node = child;
        walk->before = walk->last;
        walk->last = character;
        walk->class = class;
    }
    walk->at = at;
    while (class == GLYPH_SPACE && at < text.len && glyph_class(glyph_next(text, &at)) == GLYPH_SPACE)
        walk->at = at;
    return true;
}

static bool at_border(struct span text, const struct walk *walk) {
    size_t at = walk->at;
    return walk->class != GLYPH_WORD || at >= text.len || glyph_class(glyph_next(text, &at)) != GLYPH_WORD;
}

static size_t word_end(struct span text, size_t at) {
    for (size_t next = at; next < text.len && glyph_class(glyph_next(text, &next)) == GLYPH_WORD;)
        at = next;
    return at;
}

bool lexicon_find(const struct lexicon *lexicon, enum language language, struct span text, size_t at,
                  struct lexicon_entry *entry) {
    struct walk walk = {.node = (uint32_t)language, .class = GLYPH_OTHER, .at = at};
    const struct payload *found = NULL;
    bool prefix = false;
    while (walk_step(lexicon, text, &walk)) {
        const struct node *node = &lexicon->nodes[walk.node];
        bool whole = node->whole.kind && at_border(text, &walk);
        if (!whole && !node->prefix.kind)
            continue;
        found = whole ? &node->whole : &node->prefix;
        prefix = !whole;
        entry->end = walk.at;
    }
    if (!found)
        return false;
    if (prefix)
        entry->end = word_end(text, entry->end);
    entry->kind = found->kind;
    entry->value = found->value;
    return true;
}
