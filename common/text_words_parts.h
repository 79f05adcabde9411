/* What the files of text_words share. */
#ifndef COMMON_TEXT_WORDS_PARTS_H
#define COMMON_TEXT_WORDS_PARTS_H

#include "earshot/arena.h"

#include "text_hash.h"
#include "text_memo.h"

/* A form's length has 24 bits; a longer word is a place that nothing finds. */
enum { TEXT_FORM_MAX = 0xFFFFFF };

enum form { FORM_E, FORM_S, FORM_G };

struct text_words_memory {
    struct text_folder *folder;
    struct arena *arena; /* forms that are neither in the text nor in the memo */
    struct text_memo *memo;
    uint64_t seed;
    struct text_hash_key hash[TEXT_SPACE_FREE]; /* by space */
    struct text_hash_key raw;                   /* of bytes as they are, for the memo */
    struct text_block *blocks;                  /* of the text that is read */
    size_t block_cap;
    void (*read_blocks)(struct span text, struct text_block *blocks);
};

/* A text on its way to its words. */
struct text_reader {
    struct text_words *words;
    struct span text;
    const struct text_block *blocks;
    uint8_t field;
    size_t word_end; /* where the last word, tag, handle or cashtag ended: no sign begins there */
    uint64_t last;   /* hash of the last word of a script without spaces */
    char tail[2 * TEXT_HASH_SPARE]; /* the text's last bytes, and zeros */
    size_t tail_at;
};

/* Room for what a text or element of so many bytes can become: text_put_place() and text_new_key() do not
 * look. */
void text_words_reserve(struct text_words *words, size_t bytes);

static inline void text_put_place(struct text_reader *reader, size_t start, size_t end, enum text_kind kind,
                                  bool alone) {
    reader->words->places[reader->words->place_count++] = (struct text_place){.start = (uint32_t)start,
                                                                              .end = (uint32_t)end,
                                                                              .kind = (uint8_t)kind,
                                                                              .field = reader->field,
                                                                              .alone = alone};
}

/* A key to be written: where it is, since what is built elsewhere and then copied waits for its parts. */
static inline struct text_key *text_new_key(struct text_words *words) {
    return &words->keys[words->key_count++];
}

/* The keys of a word, a name (what stands behind a sign) or an emoji, for the last place. The hash of the
 * first. */
uint64_t text_put_token(struct text_words *words, enum text_kind kind, struct span bytes);

/* The text at `at`, one of its last bytes, with zeros behind its end. */
const char *text_tail(const struct text_reader *reader, size_t at);

/* Sixteen bytes can be read from the place given back, as of the text at `at`. */
static inline const char *text_readable(const struct text_reader *reader, size_t at) {
    return at + TEXT_HASH_SPARE <= reader->text.len ? reader->text.ptr + at : text_tail(reader, at);
}

/* Whether `at` is in a run of word bytes: ASCII letters, digits, _, and all from 0x80. */
static inline bool text_is_in_run(const struct text_reader *reader, size_t at) {
    const struct text_block *block = &reader->blocks[at / TEXT_BLOCK];
    return (block->word | block->high) >> at % TEXT_BLOCK & 1;
}
/* Where the run that `at` is in ends. */
size_t text_run_end(const struct text_reader *reader, size_t at);
/* The first byte from 0x80 in at..end; end: none. */
static inline size_t text_next_high(const struct text_reader *reader, size_t at, size_t end) {
    for (size_t block = at / TEXT_BLOCK; at < end; at = ++block * TEXT_BLOCK) {
        uint64_t high = reader->blocks[block].high >> at % TEXT_BLOCK;
        if (high) {
            at += (size_t)__builtin_ctzll(high);
            return at < end ? at : end;
        }
    }
    return end;
}

/* A link at `at`; its end. */
size_t text_put_link(struct text_reader *reader, size_t at);
/* A run with bytes from 0x80, or its rest; how far it was read, which may be behind its end. */
size_t text_put_run(struct text_reader *reader, size_t at, size_t end);
/* The same, fastest where it is one word of characters of one and two bytes. high: bits of its bytes from
 * 0x80. */
size_t text_put_letters(struct text_reader *reader, size_t at, size_t end, uint64_t high);
/* A tag, handle, cashtag or keycap at `at`, where one is; how far was read. */
size_t text_put_sign(struct text_reader *reader, size_t at);

#endif
