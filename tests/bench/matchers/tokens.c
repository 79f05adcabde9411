/* matchers_tokens [GERMAN] < MENTIONS: the words of each mention's text as Earshot takes them, a line a
 * mention, for engines that only split at spaces: every position of text_next() is a word of the line, in
 * form S. So a query word without accents finds in these lines what it finds in the text, but for form G
 * (Mueller for Müller): the words of form G are written to the file GERMAN, one a line, for generate.py to
 * keep out of the queries.
 *
 * A link is "://", a tag is its name, a handle is without its host: @ and $ stay, so that they are no words.
 */
#include "earshot/mention.h"
#include "earshot/text.h"

#include <stdio.h>
#include <stdlib.h>

enum { LINE_MAX_BYTES = 1 << 20, ARENA_FIRST = 1 << 16 };

/* A form may hold a space (a ligature that stands for several words): no query can ask for it then. */
static void put_word(struct buf *out, const char *sign, struct span form) {
    buf_add_str(out, sign);
    size_t from = out->len;
    buf_add_span(out, form);
    for (size_t i = from; i < out->len; i++)
        if ((unsigned char)out->ptr[i] <= ' ')
            out->ptr[i] = '\1';
}

static struct span plain(struct text_folder *folder, struct span word, FILE *german) {
    struct text_forms forms = text_fold(folder, word);
    if (german && forms.g.ptr && forms.g.len > 0)
        fprintf(german, "%.*s\n", (int)forms.g.len, forms.g.ptr);
    return forms.s.ptr ? forms.s : forms.e;
}

static struct span without_host(struct span handle) {
    const char *host = memchr(handle.ptr, '@', handle.len);
    return host && host > handle.ptr ? (struct span){handle.ptr, (size_t)(host - handle.ptr)} : handle;
}

static void put_token(struct buf *out, struct text_folder *folder, enum text_kind kind, struct span token,
                      FILE *german) {
    size_t sign = kind == TEXT_WORD ? 0 : text_sign(token);
    struct span name = {token.ptr + sign, token.len - sign};
    switch (kind) {
    case TEXT_WORD:
    case TEXT_TAG:
        put_word(out, "", plain(folder, name, german));
        break;
    case TEXT_HANDLE:
        put_word(out, "@", without_host(text_fold(folder, name).e));
        break;
    case TEXT_CASHTAG:
        put_word(out, "$", text_fold(folder, name).e);
        break;
    case TEXT_EMOJI:
        put_word(out, "", text_fold_emoji(folder, token));
        break;
    case TEXT_LINK:
        put_word(out, "", SPAN("://"));
        break;
    }
}

static void put_text(struct buf *out, struct text_folder *folder, struct span text, FILE *german) {
    struct text_cursor cursor;
    struct text_token token;
    text_begin(&cursor, text);
    while (text_next(&cursor, &token)) {
        if (out->len > 0)
            buf_add_char(out, ' ');
        put_token(out, folder, token.kind, (struct span){text.ptr + token.start, token.end - token.start},
                  german);
    }
}

int main(int argc, char **argv) {
    FILE *german = argc > 1 ? fopen(argv[1], "wb") : NULL;
    if (argc > 1 && !german)
        die(EXIT_FAILED, "%s cannot be written", argv[1]);
    struct text_folder *folder = text_folder_new();
    struct arena *arena = arena_new(ARENA_FIRST);
    struct buf out;
    buf_init(&out, LINE_MAX_BYTES);
    char *line = NULL;
    size_t cap = 0;
    for (ssize_t len; (len = getline(&line, &cap, stdin)) > 0;) {
        struct mention mention;
        struct fault fault;
        if (!mention_read((struct span){line, (size_t)len}, MENTION_RAW, arena, &mention, &fault))
            die(EXIT_FAILED, "byte %zu of a mention: %s", fault.byte, fault.detail);
        put_text(&out, folder, mention.text, german);
        buf_add_char(&out, '\n');
        if (!buf_ok(&out))
            die(EXIT_FAILED, "a text is longer than this program has room for");
        fwrite(out.ptr, 1, out.len, stdout);
        buf_clear(&out);
        arena_reset(arena);
    }
    if ((german && fclose(german) != 0) || fflush(stdout) != 0)
        die(EXIT_FAILED, "the words cannot be written");
    free(line);
    buf_free(&out);
    arena_free(&arena);
    text_folder_free(&folder);
    return EXIT_OK;
}
