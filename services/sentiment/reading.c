/* One pass over the characters, no list of tokens: what a word means depends on at most SCOPE words before it
 * in its clause, and on how its sentence ends. A clause or sentence is opened by its first word and not by
 * the mark that ends the one before, so that an emoji behind the full stop still belongs to what it comments
 * on. */
#include "reading.h"

#include "glyph.h"

enum {
    SCOPE = 3,         /* words that a negation reaches */
    MORE_SCOPE = 2,    /* words that an intensifier reaches */
    SENTENCE_MAX = 50, /* words; then the next begins: run-on text has places too */
    NEGATED = 75,      /* percent, turned: "not good" is less bad than "bad" */
    ASKED = 35,        /* percent: "is it any good?" */
    SHOUTED = 10,      /* percent more a `!`, up to three */
    AFTER_BUT = 125,   /* percent */
    NEVER = -1000      /* a word number before all others */
};

enum border { BORDER_NONE, BORDER_CLAUSE, BORDER_SENTENCE };

struct scan {
    const struct lexicon *lexicon;
    enum language language;
    struct arena *arena;
    struct reading *reading;
    struct feeling *feelings;
    struct clause *clauses;
    struct sentence *sentences;
    size_t feeling_cap, clause_cap, sentence_cap;

    enum field field;
    struct span text;
    size_t at;
    bool after_word; /* the character before `at` was of a word */

    enum border border; /* what the next word opens, from border_at on */
    size_t border_at;
    int word; /* number in the sentence */
    int not_at, more_at, feeling_at;
    size_t last_feeling; /* that of feeling_at */
    int more;            /* percent */
    int bangs, questions, but;
};

static void *room(struct arena *arena, void *items, size_t count, size_t *cap, size_t size) {
    if (count < *cap)
        return items;
    size_t larger = *cap ? 2 * *cap : 32;
    void *moved = arena_alloc(arena, larger * size);
    if (count)
        memcpy(moved, items, count * size);
    *cap = larger;
    return moved;
}

/* A negation with nothing behind it in its clause speaks of what came before: "gefällt mir nicht". */
static void clause_close(struct scan *scan) {
    if (scan->not_at == scan->word && scan->word - scan->feeling_at <= SCOPE) {
        struct feeling *last = &scan->feelings[scan->last_feeling];
        last->weight = -last->weight * NEGATED / 100;
    }
    scan->not_at = scan->more_at = scan->feeling_at = NEVER;
}

static void sentence_close(struct scan *scan) {
    struct reading *reading = scan->reading;
    if (reading->sentence_count == 0)
        return;
    int percent = 100 + SHOUTED * (scan->bangs < 3 ? scan->bangs : 3);
    if (scan->questions)
        percent = percent * ASKED / 100;
    percent = percent * scan->but / 100;
    for (size_t i = scan->sentences[reading->sentence_count - 1].first_feeling; i < reading->feeling_count;
         i++)
        scan->feelings[i].weight = scan->feelings[i].weight * percent / 100;
    scan->word = 0;
    scan->bangs = scan->questions = 0;
    scan->but = 100;
}

static void sentence_open(struct scan *scan) {
    struct reading *reading = scan->reading;
    scan->sentences = room(scan->arena, scan->sentences, reading->sentence_count, &scan->sentence_cap,
                           sizeof *scan->sentences);
    scan->sentences[reading->sentence_count++].first_feeling = (uint32_t)reading->feeling_count;
}

/* A word begins: what waits to be opened is. */
static void border_cross(struct scan *scan) {
    struct reading *reading = scan->reading;
    if (scan->word >= SENTENCE_MAX && scan->border != BORDER_SENTENCE) {
        scan->border = BORDER_SENTENCE;
        scan->border_at = scan->at;
    }
    if (scan->border == BORDER_NONE)
        return;
    clause_close(scan);
    if (scan->border == BORDER_SENTENCE) {
        sentence_close(scan);
        sentence_open(scan);
    }
    scan->clauses =
        room(scan->arena, scan->clauses, reading->clause_count, &scan->clause_cap, sizeof *scan->clauses);
    scan->clauses[reading->clause_count++] = (struct clause){
        .start = (uint32_t)scan->border_at,
        .sentence = (uint32_t)(reading->sentence_count - 1),
        .field = scan->field,
    };
    scan->border = BORDER_NONE;
}

static void border_set(struct scan *scan, enum border border, size_t at) {
    if (scan->border == BORDER_NONE)
        scan->border_at = at;
    if (border > scan->border)
        scan->border = border;
}

static void feeling_add(struct scan *scan, size_t start, size_t end, int weight) {
    struct reading *reading = scan->reading;
    if (weight == 0)
        return;
    scan->feelings =
        room(scan->arena, scan->feelings, reading->feeling_count, &scan->feeling_cap, sizeof *scan->feelings);
    scan->feelings[reading->feeling_count++] = (struct feeling){
        .start = (uint32_t)start,
        .end = (uint32_t)end,
        .clause = (uint32_t)(reading->clause_count - 1),
        .weight = weight,
    };
}

static void feeling_take(struct scan *scan, const struct lexicon_entry *entry, size_t start) {
    int weight = entry->value * 100;
    if (scan->word - scan->more_at <= MORE_SCOPE)
        weight = weight * scan->more / 100;
    if (scan->word - scan->not_at <= SCOPE)
        weight = -weight * NEGATED / 100;
    scan->more_at = NEVER;
    if (weight == 0)
        return;
    scan->feeling_at = scan->word;
    scan->last_feeling = scan->reading->feeling_count;
    feeling_add(scan, start, entry->end, weight);
}

static void but_take(struct scan *scan, size_t start) {
    if (scan->word > 1) {
        border_set(scan, BORDER_SENTENCE, start);
        border_cross(scan);
    }
    scan->but = AFTER_BUT;
}

static void entry_take(struct scan *scan, const struct lexicon_entry *entry, size_t start) {
    switch (entry->kind) {
    case LEXICON_FEEL:
        feeling_take(scan, entry, start);
        break;
    case LEXICON_NOT:
        scan->not_at = scan->word;
        break;
    case LEXICON_MORE:
        scan->more_at = scan->word;
        scan->more = entry->value;
        break;
    case LEXICON_BUT:
        but_take(scan, start);
        break;
    case LEXICON_STOP:
    case LEXICON_NONE:
        break;
    }
}

static bool word_part(uint32_t character) {
    return glyph_class(character) == GLYPH_WORD;
}

static void skip_word(struct scan *scan) {
    for (size_t next = scan->at; next < scan->text.len && word_part(glyph_next(scan->text, &next));)
        scan->at = next;
}

static void skip_to_space(struct scan *scan) {
    for (size_t next = scan->at;
         next < scan->text.len && glyph_class(glyph_next(scan->text, &next)) != GLYPH_SPACE;)
        scan->at = next;
}

static bool begins(struct span text, size_t at, const char *prefix) {
    size_t len = strlen(prefix);
    return text.len - at >= len && strncasecmp(text.ptr + at, prefix, len) == 0;
}

static bool at_link(const struct scan *scan) {
    return begins(scan->text, scan->at, "http://") || begins(scan->text, scan->at, "https://") ||
           begins(scan->text, scan->at, "www.");
}

/* A word or a Han character begins at `at`. */
static void word_take(struct scan *scan, enum glyph class) {
    if (class == GLYPH_WORD && at_link(scan)) {
        skip_to_space(scan);
        return;
    }
    border_cross(scan);
    scan->word++;
    size_t start = scan->at;
    struct lexicon_entry entry;
    if (lexicon_find(scan->lexicon, scan->language, scan->text, start, &entry)) {
        entry_take(scan, &entry, start);
        scan->at = entry.end;
    } else {
        (void)glyph_next(scan->text, &scan->at);
        if (class == GLYPH_WORD)
            skip_word(scan);
    }
    scan->after_word = class == GLYPH_WORD;
}

/* @handle, @handle@host.example: a name, whatever the words in it. */
static void handle_take(struct scan *scan) {
    border_cross(scan);
    scan->word++;
    for (size_t before = scan->at; scan->at < scan->text.len && strchr("@.-", scan->text.ptr[scan->at]);) {
        scan->at++;
        before = scan->at;
        skip_word(scan);
        if (scan->at == before)
            break;
    }
    scan->after_word = true;
}

static void mark_take(struct scan *scan, uint32_t character, enum glyph class, size_t end) {
    bool inside = scan->after_word && end < scan->text.len;
    size_t next = end;
    inside = inside && word_part(glyph_next(scan->text, &next)); /* 3.5, acme.com, 10:30 */
    switch (class) {
    case GLYPH_STOP:
        if (!inside || character != '.')
            border_set(scan, BORDER_SENTENCE, end);
        break;
    case GLYPH_BANG:
        scan->bangs++;
        border_set(scan, BORDER_SENTENCE, end);
        break;
    case GLYPH_QUESTION:
        scan->questions++;
        border_set(scan, BORDER_SENTENCE, end);
        break;
    case GLYPH_COMMA:
        if (!inside || character >= 0x80)
            border_set(scan, BORDER_CLAUSE, end);
        break;
    case GLYPH_SPACE:
        if (character == '\n' || character == 0x2028 || character == 0x2029)
            border_set(scan, BORDER_SENTENCE, end);
        break;
    default:
        break;
    }
}

/* An emoji or an emoticon: it comments on what stands before it, and nothing turns it. */
static bool symbol_take(struct scan *scan) {
    struct lexicon_entry entry;
    if (!lexicon_find(scan->lexicon, LANGUAGE_ANY, scan->text, scan->at, &entry))
        return false;
    if (scan->reading->clause_count == 0 ||
        scan->clauses[scan->reading->clause_count - 1].field != scan->field)
        border_cross(scan);
    feeling_add(scan, scan->at, entry.end, entry.value * 100);
    scan->at = entry.end;
    return true;
}

static void scan_step(struct scan *scan) {
    size_t end = scan->at;
    uint32_t character = glyph_next(scan->text, &end);
    enum glyph class = glyph_class(character);
    if (class == GLYPH_WORD || class == GLYPH_HAN) {
        word_take(scan, class);
        return;
    }
    if (character == '@' && !scan->after_word) {
        handle_take(scan);
        return;
    }
    if (class == GLYPH_SPACE || scan->after_word || !symbol_take(scan)) {
        mark_take(scan, character, class, end);
        scan->at = end;
    }
    scan->after_word = false;
}

static void field_read(struct scan *scan, enum field field, struct span text) {
    if (text.len == 0)
        return;
    scan->field = field;
    scan->text = text;
    scan->at = 0;
    scan->after_word = false;
    scan->border = BORDER_SENTENCE;
    scan->border_at = 0;
    while (scan->at < text.len)
        scan_step(scan);
}

struct reading *reading_of(const struct lexicon *lexicon, enum language language, struct span title,
                           struct span text, struct arena *arena) {
    struct reading *reading = arena_calloc(arena, 1, sizeof *reading);
    struct scan scan = {
        .lexicon = lexicon,
        .language = language,
        .arena = arena,
        .reading = reading,
        .not_at = NEVER,
        .more_at = NEVER,
        .feeling_at = NEVER,
        .but = 100,
    };
    field_read(&scan, FIELD_TITLE, title);
    field_read(&scan, FIELD_TEXT, text);
    clause_close(&scan);
    sentence_close(&scan);
    sentence_open(&scan);
    reading->sentence_count--;
    reading->feelings = scan.feelings;
    reading->clauses = scan.clauses;
    reading->sentences = scan.sentences;
    return reading;
}

bool reading_clause(const struct reading *reading, enum field field, uint32_t byte, uint32_t *clause) {
    size_t low = 0, high = reading->clause_count;
    while (low < high) { /* the number of clauses that begin at or before the byte */
        size_t middle = (low + high) / 2;
        const struct clause *at = &reading->clauses[middle];
        if (at->field < field || (at->field == field && at->start <= byte))
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || reading->clauses[low - 1].field != field)
        return false;
    *clause = (uint32_t)(low - 1);
    return true;
}
