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

struct reader {
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
    int word;    /* number in the sentence */
    int symbols; /* in the sentence */
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
static void clause_close(struct reader *reader) {
    if (reader->not_at == reader->word && reader->word - reader->feeling_at <= SCOPE) {
        struct feeling *last = &reader->feelings[reader->last_feeling];
        last->weight = -last->weight * NEGATED / 100;
    }
    reader->not_at = reader->more_at = reader->feeling_at = NEVER;
}

static void sentence_close(struct reader *reader) {
    struct reading *reading = reader->reading;
    if (reading->sentence_count == 0)
        return;
    int percent = 100 + SHOUTED * (reader->bangs < 3 ? reader->bangs : 3);
    if (reader->questions)
        percent = percent * ASKED / 100;
    percent = percent * reader->but / 100;
    for (size_t i = reader->sentences[reading->sentence_count - 1].first_feeling; i < reading->feeling_count;
         i++)
        reader->feelings[i].weight = reader->feelings[i].weight * percent / 100;
    reader->word = reader->symbols = 0;
    reader->bangs = reader->questions = 0;
    reader->but = 100;
}

static void sentence_open(struct reader *reader) {
    struct reading *reading = reader->reading;
    reader->sentences = room(reader->arena, reader->sentences, reading->sentence_count, &reader->sentence_cap,
                             sizeof *reader->sentences);
    reader->sentences[reading->sentence_count++].first_feeling = (uint32_t)reading->feeling_count;
}

/* A word begins: what waits to be opened is. */
static void border_cross(struct reader *reader) {
    struct reading *reading = reader->reading;
    if (reader->word + reader->symbols >= SENTENCE_MAX && reader->border != BORDER_SENTENCE) {
        reader->border = BORDER_SENTENCE;
        reader->border_at = reader->at;
    }
    if (reader->border == BORDER_NONE)
        return;
    clause_close(reader);
    if (reader->border == BORDER_SENTENCE) {
        sentence_close(reader);
        sentence_open(reader);
    }
    reader->clauses = room(reader->arena, reader->clauses, reading->clause_count, &reader->clause_cap,
                           sizeof *reader->clauses);
    reader->clauses[reading->clause_count++] = (struct clause){
        .start = (uint32_t)reader->border_at,
        .sentence = (uint32_t)(reading->sentence_count - 1),
        .field = reader->field,
    };
    reader->border = BORDER_NONE;
}

static void border_set(struct reader *reader, enum border border, size_t at) {
    if (reader->border == BORDER_NONE)
        reader->border_at = at;
    if (border > reader->border)
        reader->border = border;
}

static void feeling_add(struct reader *reader, size_t start, size_t end, int weight) {
    struct reading *reading = reader->reading;
    if (weight == 0)
        return;
    reader->feelings = room(reader->arena, reader->feelings, reading->feeling_count, &reader->feeling_cap,
                            sizeof *reader->feelings);
    reader->feelings[reading->feeling_count++] = (struct feeling){
        .start = (uint32_t)start,
        .end = (uint32_t)end,
        .clause = (uint32_t)(reading->clause_count - 1),
        .weight = weight,
    };
}

static void feeling_take(struct reader *reader, const struct lexicon_entry *entry, size_t start) {
    int weight = entry->value * 100;
    if (reader->word - reader->more_at <= MORE_SCOPE)
        weight = weight * reader->more / 100;
    if (reader->word - reader->not_at <= SCOPE)
        weight = -weight * NEGATED / 100;
    reader->more_at = NEVER;
    if (weight == 0)
        return;
    reader->feeling_at = reader->word;
    reader->last_feeling = reader->reading->feeling_count;
    feeling_add(reader, start, entry->end, weight);
}

static void but_take(struct reader *reader, size_t start) {
    if (reader->word > 1) {
        border_set(reader, BORDER_SENTENCE, start);
        border_cross(reader);
    }
    reader->but = AFTER_BUT;
}

static void entry_take(struct reader *reader, const struct lexicon_entry *entry, size_t start) {
    switch (entry->kind) {
    case LEXICON_FEEL:
        feeling_take(reader, entry, start);
        break;
    case LEXICON_NOT:
        reader->not_at = reader->word;
        break;
    case LEXICON_MORE:
        reader->more_at = reader->word;
        reader->more = entry->value;
        break;
    case LEXICON_BUT:
        but_take(reader, start);
        break;
    case LEXICON_STOP:
    case LEXICON_NONE:
        break;
    }
}

static bool word_part(uint32_t character) {
    return glyph_class(character) == GLYPH_WORD;
}

static void skip_word(struct reader *reader) {
    for (size_t next = reader->at; next < reader->text.len && word_part(glyph_next(reader->text, &next));)
        reader->at = next;
}

static void skip_to_space(struct reader *reader) {
    for (size_t next = reader->at;
         next < reader->text.len && glyph_class(glyph_next(reader->text, &next)) != GLYPH_SPACE;)
        reader->at = next;
}

static bool begins(struct span text, size_t at, const char *prefix) {
    size_t len = strlen(prefix);
    return text.len - at >= len && strncasecmp(text.ptr + at, prefix, len) == 0;
}

static bool at_link(const struct reader *reader) {
    return begins(reader->text, reader->at, "http://") || begins(reader->text, reader->at, "https://") ||
           begins(reader->text, reader->at, "www.");
}

/* A word or a Han character begins at `at`. */
static void word_take(struct reader *reader, enum glyph class) {
    if (class == GLYPH_WORD && at_link(reader)) {
        skip_to_space(reader);
        return;
    }
    border_cross(reader);
    reader->word++;
    size_t start = reader->at;
    struct lexicon_entry entry;
    if (lexicon_find(reader->lexicon, reader->language, reader->text, start, &entry)) {
        entry_take(reader, &entry, start);
        reader->at = entry.end;
    } else {
        (void)glyph_next(reader->text, &reader->at);
        if (class == GLYPH_WORD)
            skip_word(reader);
    }
    reader->after_word = class == GLYPH_WORD;
}

/* @handle, @handle@host.example: a name, whatever the words in it. */
static void handle_take(struct reader *reader) {
    border_cross(reader);
    reader->word++;
    while (reader->at < reader->text.len && strchr("@.-", reader->text.ptr[reader->at])) {
        size_t before = ++reader->at;
        skip_word(reader);
        if (reader->at == before)
            break;
    }
    reader->after_word = true;
}

static void mark_take(struct reader *reader, uint32_t character, enum glyph class, size_t end) {
    bool inside = reader->after_word && end < reader->text.len;
    size_t next = end;
    inside = inside && word_part(glyph_next(reader->text, &next)); /* 3.5, acme.com, 10:30 */
    switch (class) {
    case GLYPH_STOP:
        if (!inside || character != '.')
            border_set(reader, BORDER_SENTENCE, end);
        break;
    case GLYPH_BANG:
        reader->bangs++;
        border_set(reader, BORDER_SENTENCE, end);
        break;
    case GLYPH_QUESTION:
        reader->questions++;
        border_set(reader, BORDER_SENTENCE, end);
        break;
    case GLYPH_COMMA:
        if (!inside || character >= 0x80)
            border_set(reader, BORDER_CLAUSE, end);
        break;
    case GLYPH_SPACE:
        if (character == '\n' || character == 0x2028 || character == 0x2029)
            border_set(reader, BORDER_SENTENCE, end);
        break;
    default:
        break;
    }
}

/* An emoji or an emoticon: it comments on what stands before it, and nothing turns it. */
static bool symbol_take(struct reader *reader) {
    const struct reading *reading = reader->reading;
    struct lexicon_entry entry;
    if (!lexicon_find(reader->lexicon, LANGUAGE_ANY, reader->text, reader->at, &entry))
        return false;
    bool first =
        reading->clause_count == 0 || reader->clauses[reading->clause_count - 1].field != reader->field;
    if (first || reader->word + reader->symbols >= SENTENCE_MAX)
        border_cross(reader);
    reader->symbols++;
    feeling_add(reader, reader->at, entry.end, entry.value * 100);
    reader->at = entry.end;
    return true;
}

static void reader_step(struct reader *reader) {
    size_t end = reader->at;
    uint32_t character = glyph_next(reader->text, &end);
    enum glyph class = glyph_class(character);
    if (class == GLYPH_WORD || class == GLYPH_HAN) {
        word_take(reader, class);
        return;
    }
    if (character == '@' && !reader->after_word) {
        handle_take(reader);
        return;
    }
    if (class == GLYPH_SPACE || reader->after_word || !symbol_take(reader)) {
        mark_take(reader, character, class, end);
        reader->at = end;
    }
    reader->after_word = false;
}

static void field_read(struct reader *reader, enum field field, struct span text) {
    if (text.len == 0)
        return;
    reader->field = field;
    reader->text = text;
    reader->at = 0;
    reader->after_word = false;
    reader->border = BORDER_SENTENCE;
    reader->border_at = 0;
    while (reader->at < text.len)
        reader_step(reader);
}

struct reading *reading_of(const struct lexicon *lexicon, enum language language, struct span title,
                           struct span text, struct arena *arena) {
    struct reading *reading = arena_alloc(arena, sizeof *reading);
    struct reader reader = {
        .lexicon = lexicon,
        .language = language,
        .arena = arena,
        .reading = reading,
        .not_at = NEVER,
        .more_at = NEVER,
        .feeling_at = NEVER,
        .but = 100,
    };
    *reading = (struct reading){0};
    field_read(&reader, FIELD_TITLE, title);
    field_read(&reader, FIELD_TEXT, text);
    clause_close(&reader);
    sentence_close(&reader);
    sentence_open(&reader);
    reading->sentence_count--;
    reading->feelings = reader.feelings;
    reading->clauses = reader.clauses;
    reading->sentences = reader.sentences;
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
