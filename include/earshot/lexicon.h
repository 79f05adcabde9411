/* lexicon: the words that carry feeling, by language: lexicon.tsv (its head explains the format) as a trie of
 * characters. Immutable once made: any thread. A lookup costs at most the length of the longest entry. */
#ifndef EARSHOT_LEXICON_H
#define EARSHOT_LEXICON_H

#include "earshot/base.h"
#include "earshot/buf.h"

enum language {
    LANGUAGE_EN,
    LANGUAGE_DE,
    LANGUAGE_ES,
    LANGUAGE_NL,
    LANGUAGE_PL,
    LANGUAGE_ZH,
    LANGUAGE_COUNT,
    LANGUAGE_ANY = LANGUAGE_COUNT, /* emoji and emoticons; also what is known of other languages */
};

enum lexicon_kind {
    LEXICON_NONE,
    LEXICON_FEEL, /* value -4..4 */
    LEXICON_NOT,
    LEXICON_MORE, /* value: percent */
    LEXICON_BUT,
    LEXICON_STOP,
};

struct lexicon_entry {
    enum lexicon_kind kind;
    int value;
    size_t end; /* byte behind it */
};

struct lexicon;

/* The lexicon that the program was built with. */
struct span lexicon_source(void);
/* NULL: message names the line and what is wrong with it. */
struct lexicon *lexicon_new(struct span table, struct buf *message) MUST_CHECK;
/* Of a file, or the built-in one where path is NULL. NULL: message names the file, too. */
struct lexicon *lexicon_load(const char *path, struct buf *message) MUST_CHECK;
void lexicon_free(struct lexicon **lexicon);
/* Entries as written, without the forms derived from them. */
size_t lexicon_count(const struct lexicon *lexicon, enum language language);

/* "de" of "de" and "de-AT", in any case; LANGUAGE_ANY: not one of the six. */
enum language language_of(struct span code);
const char *language_code(enum language language);

/* The longest entry of that language that begins at byte `at` of text, where a word, a Han character or a
 * symbol begins. A word repeated letter by letter ("goooood") is found as if it had two of them. */
bool lexicon_find(const struct lexicon *lexicon, enum language language, struct span text, size_t at,
                  struct lexicon_entry *entry) MUST_CHECK;

#endif
