/* A feature is the upper half of a product: its 32 bits are bucket, check and flags. What a text had before
 * is told by a bit a bucket, which is 32 KiB, stays in the first cache and is wiped by the list itself. */
#include "earshot/feature.h"

#include "text_hash.h"
#include "text_look.h"

#include <stdlib.h>

enum {
    WORD_MAX = 64,    /* letters of a word that are looked at one by one */
    SIGNS_MAX = 4,    /* in one token */
    DENSE_MAX = 4,    /* characters in one feature */
    DENIED_WORDS = 3, /* behind a negation */
    TOKEN_FEATURES = 2 * WORD_MAX + 16,
    DENIALS_SIZE = 512, /* of the table: a power of two */
};

/* What a feature is of, so that "no" the word and "no" the letters differ. */
enum of {
    OF_WORD = 1,
    OF_PAIR,
    OF_DENIED,
    OF_TAG,
    OF_LETTERS,
    OF_DENSE,
    OF_EMOJI,
    OF_SIGNS,
    OF_NAME,
    OF_SHAPE,
};

enum { BEGIN = 2, END = 3 }; /* of a word, among its letters */

#define PRIME UINT64_C(0x9E3779B97F4A7C15)

struct shape {
    uint32_t shouts, questions, stretched, links, handles, tags, emoji, letters, capitals;
};

struct character {
    uint32_t code;  /* in lower case, simplified */
    uint32_t start; /* byte */
    uint8_t glyph;
    bool capital; /* of ASCII */
};

struct features_memory {
    struct character ascii[128];
    struct character *characters; /* of the field that is read, and BEHIND */
    size_t character_cap;
    uint64_t seen[FEATURE_BUCKETS / 64];
    uint64_t denials[DENIALS_SIZE]; /* hashes of words; 0: free */
    struct shape shape;
};

/* Words that turn what is said behind them, in the languages of the models. */
static const char *const DENIALS[] = {
    "no",      "not",     "never",   "don't",    "dont",     "doesn't",   "doesnt",  "didn't",  "didnt",
    "isn't",   "isnt",    "wasn't",  "wasnt",    "aren't",   "arent",     "weren't", "can't",   "cant",
    "cannot",  "won't",   "wont",    "couldn't", "wouldn't", "shouldn't", "hasn't",  "haven't", "hadn't",
    "ain't",   "aint",    "without", "hardly",   "barely",   "nothing",   "nobody",  "none",    "nor",
    "neither", "nicht",   "nich",    "kein",     "keine",    "keinen",    "keiner",  "keinem",  "nie",
    "niemals", "ohne",    "nichts",  "niemand",  "weder",    "kaum",      "nunca",   "jamás",   "sin",
    "ni",      "nada",    "nadie",   "ningún",   "ninguna",  "ninguno",   "tampoco", "niet",    "geen",
    "nooit",   "zonder",  "niets",   "niks",     "bez",      "nic",       "nikt",    "żaden",   "żadna",
    "żadne",   "ani",     "não",     "sem",      "ninguém",  "nenhum",    "nenhuma", "nem",     "pas",
    "ne",      "sans",    "jamais",  "rien",     "aucun",    "aucune",    "non",     "mai",     "senza",
    "niente",  "nessuno", "nessuna", "né",       "لا",       "لم",        "لن",      "ما",      "مش",
    "ليس",     "ليست",    "بدون",    "غير",      "नहीं",      "नही",       "ना",      "बिना",    "nahi",
    "nahin",   "nai",
};

static uint64_t step(uint64_t hash, uint32_t letter) {
    return (hash ^ letter) * PRIME;
}

static uint64_t finish(enum of of, uint64_t hash) {
    return text_hash_mix(hash ^ (hash >> 29), PRIME + 2 * (uint64_t)of);
}

/* The list. */

static void reserve(struct features *features) {
    if (features->count + TOKEN_FEATURES > features->cap) {
        features->cap = 2 * features->cap + TOKEN_FEATURES;
        features->list = xrealloc(features->list, features->cap * sizeof *features->list);
    }
    if (features->token_count + 2 > features->token_cap) {
        features->token_cap = 2 * features->token_cap + 16;
        features->tokens = xrealloc(features->tokens, features->token_cap * sizeof *features->tokens);
    }
}

static inline void put(struct features *features, uint64_t hash, uint32_t flags) {
    uint32_t feature = (uint32_t)(hash >> 32) & ~(uint32_t)(FEATURE_AGAIN | FEATURE_WORD);
    uint32_t bucket = feature_bucket(feature);
    /* here, as gcc leaves out a function that does nothing else */
    if (features->fetch_each) {
        __builtin_prefetch((const uint16_t *)features->fetch_each + bucket);
        if (flags & FEATURE_WORD)
            __builtin_prefetch((const uint16_t *)features->fetch_words + bucket);
    }
    uint64_t *seen = &features->memory->seen[bucket / 64], bit = UINT64_C(1) << bucket % 64;
    features->list[features->count++] = feature | flags | (*seen & bit ? FEATURE_AGAIN : 0);
    *seen |= bit;
}

static struct feature_token *token_begin(struct features *features, enum feature_kind kind, uint8_t field,
                                         size_t start, size_t end) {
    reserve(features);
    struct feature_token *token = &features->tokens[features->token_count++];
    *token = (struct feature_token){.start = (uint32_t)start,
                                    .end = (uint32_t)end,
                                    .first = features->count,
                                    .kind = (uint8_t)kind,
                                    .field = field};
    return token;
}

/* Characters. */

enum glyph { GLYPH_SPACE, GLYPH_WORD, GLYPH_DENSE, GLYPH_EMOJI, GLYPH_HIDDEN, GLYPH_SIGN };

/* Spaces behind the last character, so that nobody asks for the end before looking ahead. */
enum { BEHIND = DENSE_MAX };

static struct character character_of(uint32_t code, size_t start) {
    static const uint8_t GLYPHS[] = {
        [TEXT_SEPARATOR] = GLYPH_SIGN, [TEXT_SPACE] = GLYPH_SPACE,       [TEXT_LETTER] = GLYPH_WORD,
        [TEXT_DIGIT] = GLYPH_WORD,     [TEXT_MARK] = GLYPH_WORD,         [TEXT_HIDDEN] = GLYPH_HIDDEN,
        [TEXT_ALONE] = GLYPH_DENSE,    [TEXT_ALONE_DIGIT] = GLYPH_DENSE, [TEXT_PICTURE] = GLYPH_EMOJI,
        [TEXT_FLAG] = GLYPH_EMOJI,     [TEXT_TONE] = GLYPH_HIDDEN,
    };
    bool han = code >= TEXT_HAN_FIRST && code <= TEXT_HAN_LAST;
    return (struct character){.code = code == 0x2019 ? '\''
                                      : han          ? text_han(code)
                                                     : text_folded(code),
                              .start = (uint32_t)start,
                              .glyph = GLYPHS[text_class_of(code)],
                              .capital = code >= 'A' && code <= 'Z'};
}

/* All of a text, once: they are looked at several times. */
static void characters_read(struct features_memory *memory, struct span text) {
    if (text.len + BEHIND > memory->character_cap) {
        memory->character_cap = 2 * text.len + BEHIND;
        free(memory->characters);
        memory->characters = xmalloc(memory->character_cap * sizeof *memory->characters);
    }
    struct character *to = memory->characters;
    for (size_t at = 0; at < text.len;) {
        unsigned char byte = (unsigned char)text.ptr[at];
        if (byte < 0x80) {
            *to = memory->ascii[byte];
            to++->start = (uint32_t)at++;
            continue;
        }
        struct text_character read = text_character_at(text, at);
        *to++ = character_of(read.code, at);
        at += read.len;
    }
    for (size_t i = 0; i < BEHIND; i++)
        *to++ = (struct character){.start = (uint32_t)text.len};
}

struct reader {
    struct features *features;
    struct span text;
    const struct character *at;
    uint64_t before; /* hash of the word before; 0: there is none */
    unsigned denied; /* words that are still within a negation */
    uint8_t field;
};

/* Words. */

struct word {
    uint32_t letters[WORD_MAX + 2]; /* with its borders */
    size_t count;
    uint64_t hash;
};

static bool goes_on(const struct character *c) {
    return c->glyph == GLYPH_WORD || (c->code == '\'' && c[1].glyph == GLYPH_WORD);
}

/* From the cursor, which is moved behind it. */
static void word_read(struct reader *reader, struct word *word) {
    struct shape *shape = &reader->features->memory->shape;
    uint32_t last = 0;
    unsigned run = 0;
    word->letters[0] = BEGIN;
    word->count = 1;
    word->hash = 0;
    for (; goes_on(reader->at); reader->at++) {
        uint32_t code = reader->at->code;
        shape->letters += code >= 'a' && code <= 'z';
        shape->capitals += reader->at->capital;
        run = code == last ? run + 1 : 1;
        last = code;
        if (run > 2) {
            shape->stretched += run == 3 && reader->at->glyph == GLYPH_WORD && !(code >= '0' && code <= '9');
            continue;
        }
        word->hash = step(word->hash, code);
        if (word->count <= WORD_MAX)
            word->letters[word->count++] = code;
    }
    word->letters[word->count++] = END;
    word->hash = finish(OF_WORD, word->hash);
}

static void put_letters(struct features *features, const struct word *word) {
    const uint32_t *letters = word->letters;
    for (size_t i = 0; i + 3 <= word->count; i++) {
        uint64_t three =
            (uint64_t)letters[i] | (uint64_t)letters[i + 1] << 21 | (uint64_t)letters[i + 2] << 42;
        if (word->count > 3)
            put(features, finish(OF_LETTERS, three), 0);
        if (i + 4 < word->count + (word->count > 4))
            put(features, finish(OF_LETTERS, text_hash_mix(three, PRIME) + letters[i + 3]), 0);
    }
}

static bool is_denial(const struct features_memory *memory, uint64_t hash) {
    size_t i = hash % DENIALS_SIZE;
    while (memory->denials[i] && memory->denials[i] != hash)
        i = (i + 1) % DENIALS_SIZE;
    return memory->denials[i];
}

static void put_pair(struct reader *reader, uint64_t hash) {
    if (reader->before)
        put(reader->features, finish(OF_PAIR, reader->before * 3 + hash), 0);
    reader->before = hash;
}

static void put_name(struct reader *reader, const struct character *from, enum glyph which) {
    struct shape *shape = &reader->features->memory->shape;
    uint64_t hash = finish(OF_NAME, which);
    *(which == GLYPH_WORD ? &shape->handles : &shape->links) += 1;
    token_begin(reader->features, FEATURE_OF_NAME, reader->field, from->start, reader->at->start);
    put(reader->features, hash, 0);
    reader->before = hash;
}

static void read_link(struct reader *reader) {
    const struct character *from = reader->at;
    while (reader->at->glyph != GLYPH_SPACE)
        reader->at++;
    put_name(reader, from, GLYPH_SIGN);
}

static bool handle_goes_on(const struct character *c) {
    bool joins = c->code == '@' || c->code == '.' || c->code == '-';
    return c->glyph == GLYPH_WORD || (joins && c[1].glyph == GLYPH_WORD);
}

static void read_handle(struct reader *reader) {
    const struct character *from = reader->at++;
    while (handle_goes_on(reader->at))
        reader->at++;
    put_name(reader, from, GLYPH_WORD);
}

static void read_word(struct reader *reader, bool tag) {
    struct features *features = reader->features;
    struct word word;
    const struct character *from = reader->at;
    reader->at += tag;
    word_read(reader, &word);
    struct feature_token *token =
        token_begin(features, FEATURE_OF_WORD, reader->field, from->start, reader->at->start);
    token->denied = reader->denied > 0;
    put(features, word.hash, FEATURE_WORD);
    if (tag)
        put(features, finish(OF_TAG, word.hash), 0);
    if (token->denied)
        put(features, finish(OF_DENIED, word.hash), 0);
    put_pair(reader, word.hash);
    put_letters(features, &word);
    features->scripts.words++;
    features->memory->shape.tags += tag;
    if (is_denial(features->memory, word.hash))
        reader->denied = DENIED_WORDS;
    else if (reader->denied > 0)
        reader->denied--;
}

/* Others. */

static bool turns(uint32_t code) {
    return code == 0x4E0D || code == 0x6CA1 || code == 0x65E0 ||
           code == 0x522B; /* not, none, without, don't */
}

static void read_dense(struct reader *reader, bool denied) {
    struct features *features = reader->features;
    const struct character *c = reader->at++;
    struct feature_token *token =
        token_begin(features, FEATURE_OF_DENSE, reader->field, c->start, reader->at->start);
    token->denied = denied;
    uint64_t hash = 0;
    for (size_t i = 0; i < DENSE_MAX && c[i].glyph == GLYPH_DENSE; i++) {
        hash = step(hash, c[i].code);
        put(features, finish(OF_DENSE, hash), FEATURE_WORD);
    }
    reader->before = 0;
}

static void count_dense(struct feature_scripts *scripts, uint32_t code) {
    bool kana = code >= 0x3041 && code <= 0x30FF;
    scripts->dense++;
    scripts->kana += kana;
    scripts->han += !kana && ((code >= TEXT_HAN_FIRST && code <= TEXT_HAN_LAST) || code >= 0x20000);
}

static void read_denses(struct reader *reader) {
    for (bool denied = false; reader->at->glyph == GLYPH_DENSE;) {
        uint32_t code = reader->at->code;
        read_dense(reader, denied);
        count_dense(&reader->features->scripts, code);
        denied = turns(code);
    }
}

static void read_emoji(struct reader *reader) {
    struct features *features = reader->features;
    const struct character *from = reader->at++;
    uint64_t hash = finish(OF_EMOJI, step(0, from->code));
    while (reader->at->glyph == GLYPH_HIDDEN)
        reader->at++;
    token_begin(features, FEATURE_OF_EMOJI, reader->field, from->start, reader->at->start);
    put(features, hash, FEATURE_WORD);
    features->memory->shape.emoji++;
    reader->before = hash;
}

/* The letter that ends an emoticon such as :D and ;-p. */
static bool ends_emoticon(uint32_t first, const struct character *c) {
    return (first == ':' || first == ';' || first == '=') &&
           (c->code == 'd' || c->code == 'p' || c->code == 'o' || c->code == 's') &&
           c[1].glyph == GLYPH_SPACE;
}

static void read_signs(struct reader *reader) {
    struct features *features = reader->features;
    struct shape *shape = &features->memory->shape;
    const struct character *from = reader->at;
    uint64_t hash = 0;
    uint32_t questions = shape->questions;
    do {
        hash = step(hash, reader->at->code);
        shape->shouts += reader->at->code == '!';
        shape->questions += reader->at->code == '?';
        reader->at++;
    } while (reader->at->glyph == GLYPH_SIGN && reader->at - from < SIGNS_MAX && reader->at->code != '@' &&
             reader->at->code != '#');
    if (ends_emoticon(from->code, reader->at))
        hash = step(hash, reader->at++->code);
    hash = finish(OF_SIGNS, hash);
    token_begin(features, FEATURE_OF_SIGNS, reader->field, from->start, reader->at->start);
    put(features, hash, FEATURE_WORD);
    if (shape->questions > questions)
        features->asked = features->token_count;
    reader->before = hash;
    if (from->code == '.' || from->code == '!' || from->code == '?' || from->code == ',')
        reader->denied = 0;
}

static void read_token(struct reader *reader) {
    const struct character *c = reader->at;
    bool named = (c->code == '@' || c->code == '#') && c[1].glyph == GLYPH_WORD;
    bool link = (c->code == 'h' || c->code == 'w') && text_is_link(reader->text, c->start);
    if (c->glyph == GLYPH_SPACE || c->glyph == GLYPH_HIDDEN)
        reader->at++;
    else if (link)
        read_link(reader);
    else if (c->glyph == GLYPH_WORD || (named && c->code == '#'))
        read_word(reader, named);
    else if (named)
        read_handle(reader);
    else if (c->glyph == GLYPH_DENSE)
        read_denses(reader);
    else if (c->glyph == GLYPH_EMOJI)
        read_emoji(reader);
    else
        read_signs(reader);
}

void features_text(struct features *features, struct span text, uint8_t field) {
    characters_read(features->memory, text);
    struct reader reader = {
        .features = features, .text = text, .at = features->memory->characters, .field = field};
    while (reader.at->start < text.len)
        read_token(&reader);
}

/* The shape. */

static uint32_t at_most(uint32_t value, uint32_t most) {
    return value < most ? value : most;
}

static uint32_t bits_of(uint32_t value) {
    uint32_t bits = 0;
    for (; value > 1; value /= 2)
        bits++;
    return bits;
}

void features_end(struct features *features) {
    const struct shape *shape = &features->memory->shape;
    const uint32_t bins[] = {
        at_most(shape->shouts, 4),
        at_most(shape->questions, 3),
        at_most(shape->stretched, 2),
        at_most(shape->links, 1),
        shape->letters > 5 ? shape->capitals * 8 / shape->letters : 9,
        bits_of(features->scripts.words + features->scripts.dense),
        at_most(shape->handles, 2),
        at_most(shape->tags, 3),
        at_most(shape->emoji, 3),
    };
    token_begin(features, FEATURE_OF_SHAPE, 0, 0, 0);
    for (size_t i = 0; i < COUNT_OF(bins); i++)
        put(features, finish(OF_SHAPE, 16 * (i + 1) + (uint64_t)bins[i] * 1024), 0);
    features->tokens[features->token_count].first = features->count;
}

/* Memory. */

void features_clear(struct features *features) {
    struct features_memory *memory = features->memory;
    for (uint32_t i = 0; i < features->count; i++)
        memory->seen[feature_bucket(features->list[i]) / 64] = 0;
    memory->shape = (struct shape){0};
    features->scripts = (struct feature_scripts){0};
    features->count = features->token_count = features->asked = 0;
}

void features_read(struct features *features, struct span text) {
    features_clear(features);
    features_text(features, text, 0);
    features_end(features);
}

uint32_t features_word(struct features *features, struct span word) {
    features_clear(features);
    features_text(features, word, 0);
    if (features->token_count == 0 || features->tokens[0].end != word.len) {
        bool dense = features->token_count > 0 && features->tokens[0].kind == FEATURE_OF_DENSE;
        uint32_t last = dense && features->token_count <= DENSE_MAX ? features->token_count - 1 : 0;
        return last && features->tokens[last].end == word.len ? features->list[last] : 0;
    }
    return features->list[0] & FEATURE_WORD ? features->list[0] : 0;
}

static void denials_fill(struct features *features) {
    for (size_t i = 0; i < COUNT_OF(DENIALS); i++) {
        struct word word;
        characters_read(features->memory, span_of(DENIALS[i]));
        struct reader reader = {.features = features, .at = features->memory->characters};
        word_read(&reader, &word);
        size_t slot = word.hash % DENIALS_SIZE;
        while (features->memory->denials[slot])
            slot = (slot + 1) % DENIALS_SIZE;
        features->memory->denials[slot] = word.hash;
    }
    features_clear(features);
}

struct features *features_new(void) {
    struct features *features = xcalloc(1, sizeof *features);
    features->memory = xcalloc(1, sizeof *features->memory);
    for (uint32_t code = 0; code < COUNT_OF(features->memory->ascii); code++)
        features->memory->ascii[code] = character_of(code, 0);
    reserve(features);
    denials_fill(features);
    return features;
}

void features_free(struct features **features) {
    if (!*features)
        return;
    free((*features)->list);
    free((*features)->tokens);
    free((*features)->memory->characters);
    free((*features)->memory);
    free(*features);
    *features = NULL;
}
