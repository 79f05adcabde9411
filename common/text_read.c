/* text_read: a text in one pass. Runs of word bytes are found as bits, 64 at a time. A run of ASCII, most of
 * most texts, is one word (or begins a link) and is hashed where it stands. Runs with other bytes are looked
 * into. */
#include "text_look.h"
#include "text_words_parts.h"

#include <stdlib.h>

static inline uint64_t run_bits(const struct text_block *block) {
    return block->word | block->high;
}

static inline uint64_t from_bit(size_t bit) {
    return ~UINT64_C(0) << bit;
}

APART const char *text_tail(const struct text_reader *reader, size_t at) {
    return reader->tail + (at - reader->tail_at);
}

size_t text_run_end(const struct text_reader *reader, size_t at) {
    size_t block = at / TEXT_BLOCK;
    uint64_t none = ~run_bits(&reader->blocks[block]) & from_bit(at % TEXT_BLOCK);
    while (!none && ++block <= reader->text.len / TEXT_BLOCK)
        none = ~run_bits(&reader->blocks[block]);
    return none ? block * TEXT_BLOCK + (size_t)__builtin_ctzll(none) : reader->text.len;
}

static bool is_high(const struct text_reader *reader, size_t at, size_t end) {
    return text_next_high(reader, at, end) < end;
}

/* Words of ASCII. */

#define LOWER UINT64_C(0x2020202020202020)

/* Its hash, and its first eight bytes in lower case. */
static inline uint64_t hash_ascii(const struct text_reader *reader, enum text_space space, size_t at,
                                  size_t len, uint64_t *first) {
    const struct text_hash_key *key = &reader->words->memory->hash[space];
    if (len > TEXT_HASH_SPARE) {
        *first = 0;
        return text_hash_any(key, (struct span){reader->text.ptr + at, len});
    }
    const char *bytes = text_readable(reader, at);
    const uint64_t sixteen[2] = {text_eight(bytes) | LOWER, text_eight(bytes + 8) | LOWER};
    *first = sixteen[0];
    return text_hash_end(key, key->first, sixteen, len, len);
}

static inline void put_ascii(struct text_reader *reader, enum text_space space, size_t at, size_t len,
                             uint64_t hash) {
    if (len > TEXT_FORM_MAX)
        return;
    *text_new_key(reader->words) = (struct text_key){.hash = hash,
                                                     .form = reader->text.ptr + at,
                                                     .position = reader->words->place_count - 1,
                                                     .len = len & TEXT_FORM_MAX,
                                                     .space = space & 7u,
                                                     .ascii = true};
}

static size_t link_end(const struct text_reader *reader, size_t at) {
    size_t block = at / TEXT_BLOCK;
    const struct text_block *blocks = reader->blocks;
    uint64_t stops = (blocks[block].space | blocks[block].high) & from_bit(at % TEXT_BLOCK);
    for (;;) {
        while (!stops) {
            if (++block > reader->text.len / TEXT_BLOCK)
                return reader->text.len;
            stops = blocks[block].space | blocks[block].high;
        }
        at = block * TEXT_BLOCK + (size_t)__builtin_ctzll(stops);
        struct text_character c = text_character_at(reader->text, at);
        if (text_class_of(c.code) == TEXT_SPACE)
            return at;
        stops &= stops - 1;
    }
}

size_t text_put_link(struct text_reader *reader, size_t at) {
    size_t end = link_end(reader, at);
    text_put_place(reader, at, end, TEXT_LINK, false);
    return end;
}

static inline bool may_be_link(uint64_t first) {
    return (first & 0xFFFFFFFF) == 0x70747468 /* http */ || (first & 0xFFFFFF) == 0x777777;
}

/* The run of ASCII at..end; where it or its link ends. */
static inline size_t put_ascii_run(struct text_reader *reader, size_t at, size_t end) {
    uint64_t first, hash = hash_ascii(reader, TEXT_SPACE_WORD, at, end - at, &first);
    if (may_be_link(first) && end - at <= 5 && text_is_link(reader->text, at))
        return text_put_link(reader, at);
    text_put_place(reader, at, end, TEXT_WORD, false);
    put_ascii(reader, TEXT_SPACE_WORD, at, end - at, hash);
    reader->word_end = end;
    return end;
}

/* Signs. A plain one of ASCII is hashed where it stands. */

static bool has_no_digit(struct span name) {
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] < '0' || name.ptr[i] > '9')
            return true;
    return false;
}

static bool is_letters(struct span name) {
    for (size_t i = 0; i < name.len; i++)
        if (((unsigned)name.ptr[i] | 0x20) - 'a' >= 26)
            return false;
    return true;
}

static void put_name_key(struct text_reader *reader, enum text_space space, size_t at, size_t len) {
    uint64_t first;
    put_ascii(reader, space, at, len, hash_ascii(reader, space, at, len, &first));
}

static size_t put_name(struct text_reader *reader, enum text_kind kind, size_t at, size_t end) {
    static const enum text_space SPACES[] = {
        [TEXT_TAG] = TEXT_SPACE_TAG, [TEXT_HANDLE] = TEXT_SPACE_HANDLE, [TEXT_CASHTAG] = TEXT_SPACE_CASHTAG};
    size_t name = at + 1, len = end - name;
    text_put_place(reader, at, end, kind, false);
    if (kind == TEXT_TAG)
        put_name_key(reader, TEXT_SPACE_WORD, name, len);
    put_name_key(reader, SPACES[kind], name, len);
    reader->word_end = end;
    return end;
}

/* What begins with a sign at `at` and is all of ASCII: name..end, behind which is no word byte. */
static size_t put_ascii_sign(struct text_reader *reader, size_t at, size_t end) {
    struct span text = reader->text, name = {text.ptr + at + 1, end - at - 1};
    char next = end < text.len ? text.ptr[end] : ' ';
    if (at == reader->word_end)
        return at + 1;
    if (text.ptr[at] == '#')
        return has_no_digit(name) ? put_name(reader, TEXT_TAG, at, end) : at + 1;
    if (text.ptr[at] == '$')
        return name.len <= 8 && is_letters(name) ? put_name(reader, TEXT_CASHTAG, at, end) : at + 1;
    if (next == '.' || next == '-' || next == '@')
        return text_put_sign(reader, at);
    return put_name(reader, TEXT_HANDLE, at, end);
}

static size_t put_sign(struct text_reader *reader, size_t at) {
    size_t name = at + 1;
    if (name >= reader->text.len || !text_is_in_run(reader, name))
        return name;
    size_t end = text_run_end(reader, name);
    if (is_high(reader, name, end))
        return text_put_sign(reader, at);
    return reader->text.ptr[at] == '*' ? name : put_ascii_sign(reader, at, end);
}

static size_t put_run(struct text_reader *reader, size_t at) {
    size_t end = text_run_end(reader, at);
    return is_high(reader, at, end) ? text_put_run(reader, at, end) : put_ascii_run(reader, at, end);
}

/* The rest of a run that a token ended in. */
static size_t put_rest(struct text_reader *reader, size_t at) {
    while (at < reader->text.len && text_is_in_run(reader, at))
        at = put_run(reader, at);
    return at;
}

/* What a window of 64 bytes has that was not read yet: bits of the bytes where runs begin, of those behind
 * their ends, of signs; and of bytes from 0x80. A window begins where the one before could not read on: no
 * run is cut, but a long one. */
struct window {
    uint64_t starts, ends, signs, high;
};

/* Nothing that begins before a bit. */
static inline void pass_to(struct window *window, size_t bit) {
    window->starts &= from_bit(bit);
    window->signs &= from_bit(bit);
    window->ends &= from_bit(bit) << 1;
}

/* Of the two words that are one behind the other, 64 bits from a bit of the first on. */
static inline uint64_t bits_at(uint64_t first, uint64_t second, size_t bit) {
    return first >> bit | second << 1 << (TEXT_BLOCK - 1 - bit);
}

static inline struct window window_at(const struct text_reader *reader, size_t base) {
    const struct text_block *first = &reader->blocks[base / TEXT_BLOCK], *second = first + 1;
    size_t bit = base % TEXT_BLOCK;
    uint64_t run = bits_at(run_bits(first), run_bits(second), bit), behind = run << 1;
    return (struct window){.starts = run & ~behind,
                           .ends = ~run & behind,
                           .signs = bits_at(first->sign, second->sign, bit),
                           .high = bits_at(first->high, second->high, bit)};
}

/* A short run of ASCII that ends in its window is by far the most frequent: as many as come one after the
 * other, before whatever is no such run. What grows is kept at hand. */
static void put_words(struct text_reader *reader, size_t base, struct window *window) {
    struct text_words *words = reader->words;
    const struct text_hash_key hash = words->memory->hash[TEXT_SPACE_WORD];
    struct text_place *place = words->places + words->place_count;
    struct text_key *key = words->keys + words->key_count;
    uint32_t position = words->place_count;
    const struct span text = reader->text;
    const uint8_t field = reader->field;
    uint64_t starts = window->starts, ends = window->ends;
    uint64_t others = window->signs | (window->high & (starts | (0 - starts)));
    size_t stop = others ? (size_t)__builtin_ctzll(others) : TEXT_BLOCK - 1, done = 0;
    for (; starts && ends; starts &= starts - 1, ends &= ends - 1) {
        unsigned bit = (unsigned)__builtin_ctzll(starts), end = (unsigned)__builtin_ctzll(ends),
                 len = end - bit;
        size_t at = base + bit;
        if (end > stop || len > TEXT_HASH_SPARE)
            break;
        const char *form = text.ptr + at,
                   *bytes = at + TEXT_HASH_SPARE <= text.len ? form : text_tail(reader, at);
        const uint64_t sixteen[2] = {text_eight(bytes) | LOWER, text_eight(bytes + 8) | LOWER};
        if (may_be_link(sixteen[0]) && len <= 5)
            break;
        *place++ = (struct text_place){(uint32_t)at, (uint32_t)(base + end), TEXT_WORD, field, false};
        *key++ = (struct text_key){.hash = text_hash_end(&hash, hash.first, sixteen, len, len),
                                   .form = form,
                                   .position = position++,
                                   .len = len & TEXT_FORM_MAX,
                                   .ascii = true};
        done = end;
    }
    words->place_count = position;
    words->key_count = (uint32_t)(key - words->keys);
    window->starts = starts;
    window->ends = ends;
    if (done)
        reader->word_end = base + done;
}

/* The run that begins at a bit of its window and ends in it, and is not of ASCII alone or is long. */
static inline size_t put_any_run(struct text_reader *reader, size_t base, size_t bit,
                                 const struct window *window) {
    size_t at = base + bit, len = (size_t)__builtin_ctzll(window->ends) - bit;
    uint64_t high = window->high >> bit & ~from_bit(len);
    return high ? text_put_letters(reader, at, at + len, high) : put_ascii_run(reader, at, at + len);
}

/* Where the next window begins. */
static size_t read_window(struct text_reader *reader, size_t base) {
    struct window window = window_at(reader, base);
    for (pass_to(&window, 0);;) {
        if (window.starts)
            put_words(reader, base, &window);
        if (!(window.starts | window.signs))
            return base + TEXT_BLOCK;
        size_t bit = (size_t)__builtin_ctzll(window.starts | window.signs), done;
        bool run = window.starts >> bit & 1, cut = run && !window.ends;
        if (cut && bit > 0)
            return base + bit;
        if (cut)
            done = put_run(reader, base);
        else
            done = run ? put_any_run(reader, base, bit, &window) : put_sign(reader, base + bit);
        if (done < reader->text.len && text_is_in_run(reader, done))
            done = put_rest(reader, done);
        if (done - base >= TEXT_BLOCK)
            return done;
        pass_to(&window, done - base);
    }
}

static const struct text_block *blocks_of(struct text_words_memory *memory, struct span text) {
    size_t need = text.len / TEXT_BLOCK + 2; /* the last is behind the text */
    if (need > memory->block_cap) {
        memory->block_cap = 2 * need;
        memory->blocks = xrealloc(memory->blocks, memory->block_cap * sizeof *memory->blocks);
    }
    memory->read_blocks(text, memory->blocks);
    memory->blocks[need - 1] = (struct text_block){0, 0, 0, 0};
    return memory->blocks;
}

void text_words_text(struct text_words *words, struct span text, uint8_t field) {
    struct text_reader reader = {.words = words, .text = text, .field = field, .word_end = SIZE_MAX};
    text_words_reserve(words, text.len);
    words->places[words->place_count++] = (struct text_place){.kind = TEXT_BORDER, .field = field};
    if (text.len == 0)
        return;
    reader.blocks = blocks_of(words->memory, text);
    if (text.len >= TEXT_HASH_SPARE) {
        reader.tail_at = text.len - TEXT_HASH_SPARE;
        memcpy(reader.tail, text.ptr + reader.tail_at, TEXT_HASH_SPARE);
    } else {
        memcpy(reader.tail, text.ptr, text.len);
    }
    for (size_t at = 0; at < text.len;)
        at = read_window(&reader, at);
}
