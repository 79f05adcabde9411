/* matchers_tokens [FORMS] < MENTIONS: the words of each mention's text as Earshot takes them, a line a
 * mention, for engines that only split at spaces: every position of text_next() is a word of the line, in
 * form S. So a query word without accents finds in these lines what it finds in the text, but for forms E and
 * G: words that differ in their forms are written to the file FORMS, a line `E S G` each time one comes, for
 * generate.py to keep their trouble out of the queries.
 *
 * A link is "://", a tag is its name, a handle is without its host: @ and $ stay, so that they are no words.
 *
 * Last it says on standard error, as JSON, how many nanoseconds of processor time a mention's words took:
 * what an engine that wants them saves. */
#include "earshot/mention.h"
#include "earshot/text.h"

#include "matchers.h"

#include <stdlib.h>

enum { LINE_MAX_BYTES = 1 << 20, ARENA_FIRST = 1 << 16, TIMED = 1000 };

struct tokens {
    struct text_folder *folder;
    FILE *forms; /* NULL: not asked for */
    struct buf line;
};

/* A form may hold a space (a ligature that stands for several words): no query can ask for it then. */
static void put_word(struct buf *out, const char *sign, struct span form) {
    buf_add_str(out, sign);
    size_t from = out->len;
    buf_add_span(out, form);
    for (size_t i = from; i < out->len; i++)
        if ((unsigned char)out->ptr[i] <= ' ')
            out->ptr[i] = '\1';
}

static struct span plain(const struct tokens *tokens, struct span word) {
    struct text_forms forms = text_fold(tokens->folder, word);
    struct span s = forms.s.ptr ? forms.s : forms.e, g = forms.g.ptr ? forms.g : forms.e;
    if (tokens->forms && (forms.s.ptr || forms.g.ptr))
        fprintf(tokens->forms, "%.*s %.*s %.*s\n", (int)forms.e.len, forms.e.ptr, (int)s.len, s.ptr,
                (int)g.len, g.ptr);
    return s;
}

static struct span without_host(struct span handle) {
    const char *host = memchr(handle.ptr, '@', handle.len);
    return host && host > handle.ptr ? (struct span){handle.ptr, (size_t)(host - handle.ptr)} : handle;
}

static void put_token(struct tokens *tokens, enum text_kind kind, struct span token) {
    size_t sign = kind == TEXT_WORD ? 0 : text_sign(token);
    struct span name = {token.ptr + sign, token.len - sign};
    struct buf *out = &tokens->line;
    switch (kind) {
    case TEXT_WORD:
    case TEXT_TAG:
        put_word(out, "", plain(tokens, name));
        break;
    case TEXT_HANDLE:
        put_word(out, "@", without_host(text_fold(tokens->folder, name).e));
        break;
    case TEXT_CASHTAG:
        put_word(out, "$", text_fold(tokens->folder, name).e);
        break;
    case TEXT_EMOJI:
        put_word(out, "", text_fold_emoji(tokens->folder, token));
        break;
    case TEXT_LINK:
        put_word(out, "", SPAN("://"));
        break;
    }
}

static void put_text(struct tokens *tokens, struct span text) {
    struct text_cursor cursor;
    struct text_token token;
    buf_clear(&tokens->line);
    text_begin(&cursor, text);
    while (text_next(&cursor, &token)) {
        if (tokens->line.len > 0)
            buf_add_char(&tokens->line, ' ');
        put_token(tokens, token.kind, (struct span){text.ptr + token.start, token.end - token.start});
    }
    buf_add_char(&tokens->line, '\n');
    if (!buf_ok(&tokens->line))
        die(EXIT_FAILED, "a text is longer than this program has room for");
}

/* The texts once more, in batches, so that the clock costs nothing; their nanoseconds. */
static double time_texts(struct tokens *tokens, const struct span *texts, size_t count) {
    FILE *forms = tokens->forms;
    tokens->forms = NULL;
    int64_t begin = matchers_cpu_ns();
    for (size_t i = 0; i < count; i++)
        put_text(tokens, texts[i]);
    double ns = (double)(matchers_cpu_ns() - begin);
    tokens->forms = forms;
    return ns;
}

static void put_mentions(struct tokens *tokens) {
    struct arena *arena = arena_new(ARENA_FIRST), *kept = arena_new(ARENA_FIRST);
    struct span texts[TIMED];
    char *line = NULL;
    size_t cap = 0, count = 0, batch = 0;
    double ns = 0;
    for (ssize_t len; (len = getline(&line, &cap, stdin)) > 0;) {
        struct mention mention;
        struct fault fault;
        if (!mention_read((struct span){line, (size_t)len}, MENTION_RAW, arena, &mention, &fault))
            die(EXIT_FAILED, "byte %zu of a mention: %s", fault.byte, fault.detail);
        put_text(tokens, mention.text);
        fwrite(tokens->line.ptr, 1, tokens->line.len, stdout);
        texts[batch++] = (struct span){arena_copy(kept, mention.text), mention.text.len};
        arena_reset(arena);
        count++;
        if (batch < TIMED)
            continue;
        ns += time_texts(tokens, texts, batch);
        arena_reset(kept);
        batch = 0;
    }
    ns += time_texts(tokens, texts, batch);
    fprintf(stderr, "{\"words_ns\":%.1f}\n", count ? ns / (double)count : 0);
    free(line);
    arena_free(&arena);
    arena_free(&kept);
}

int main(int argc, char **argv) {
    struct tokens tokens = {.folder = text_folder_new(), .forms = argc > 1 ? fopen(argv[1], "wb") : NULL};
    if (argc > 1 && !tokens.forms)
        die(EXIT_FAILED, "%s cannot be written", argv[1]);
    buf_init(&tokens.line, LINE_MAX_BYTES);
    put_mentions(&tokens);
    if ((tokens.forms && fclose(tokens.forms) != 0) || fflush(stdout) != 0)
        die(EXIT_FAILED, "the words cannot be written");
    buf_free(&tokens.line);
    text_folder_free(&tokens.folder);
    return EXIT_OK;
}
