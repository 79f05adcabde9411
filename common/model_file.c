/* The file: MAGIC, and compressed what follows. The number of languages (a byte); for each its code (4
 * bytes), unit and the two sums (doubles, lowest byte first), then its tables column by column, which packs
 * better than row by row; then the unit and the rows of identification. */
#include "earshot/model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

#define MAGIC "earshot model 2\n"

enum {
    COLUMNS = 4,
    HEAD = 4 + 3 * 8,
    LANGUAGE_SIZE = HEAD + COLUMNS * FEATURE_BUCKETS,
    IDENTIFY_SIZE = 8 + MODEL_IDENTIFY_ROWS * MODEL_LANGUAGES_MAX,
    PACKING = 19, /* as small as it gets within seconds */
};

static size_t size_of(size_t languages) {
    return 1 + languages * LANGUAGE_SIZE + IDENTIFY_SIZE;
}

struct model *model_new(void) {
    struct model *model = xcalloc(1, sizeof *model);
    model->identify_unit = 1;
    model->identify = xcalloc(MODEL_IDENTIFY_ROWS, sizeof *model->identify);
    return model;
}

struct model_language *model_add(struct model *model, const char *code) {
    ASSERT(model->count < MODEL_LANGUAGES_MAX && strlen(code) < sizeof model->languages[0].code);
    struct model_language *language = &model->languages[model->count++];
    *language = (struct model_language){.unit = 1,
                                        .weights = xcalloc(FEATURE_BUCKETS, sizeof *language->weights),
                                        .feelings = xcalloc(FEATURE_BUCKETS, sizeof *language->feelings)};
    memcpy(language->code, code, strlen(code) + 1);
    return language;
}

void model_free(struct model **model) {
    if (!*model)
        return;
    for (size_t i = 0; i < (*model)->count; i++) {
        free((*model)->languages[i].weights);
        free((*model)->languages[i].feelings);
    }
    free((*model)->identify);
    free(*model);
    *model = NULL;
}

const struct model_language *model_language(const struct model *model, struct span code) {
    size_t letters = 0;
    while (letters < code.len && (code.ptr[letters] | 0x20) >= 'a' && (code.ptr[letters] | 0x20) <= 'z')
        letters++;
    struct span name = {code.ptr, letters};
    if (span_same(name, SPAN("zht"))) /* traditional characters are simplified before anything is weighed */
        name = SPAN("zh");
    const struct model_language *other = NULL;
    for (size_t i = 0; i < model->count; i++) {
        const struct model_language *language = &model->languages[i];
        if (span_same(span_of(language->code), name))
            return language;
        if (strcmp(language->code, MODEL_OTHER) == 0)
            other = language;
    }
    ASSERT(other);
    return other;
}

/* Writing. */

static unsigned char *double_write(unsigned char *to, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; i++)
        *to++ = (unsigned char)(bits >> 8 * i);
    return to;
}

static unsigned char *language_write(unsigned char *to, const struct model_language *language) {
    memcpy(to, language->code, sizeof language->code);
    to = double_write(to + sizeof language->code, language->unit);
    to = double_write(to, language->positive);
    to = double_write(to, language->negative);
    for (size_t i = 0; i < FEATURE_BUCKETS; i++) {
        to[i] = (unsigned char)language->weights[i].positive;
        to[FEATURE_BUCKETS + i] = (unsigned char)language->weights[i].negative;
        to[2 * FEATURE_BUCKETS + i] = (unsigned char)language->feelings[i].value;
        to[3 * FEATURE_BUCKETS + i] = language->feelings[i].check;
    }
    return to + COLUMNS * FEATURE_BUCKETS;
}

static bool write_all(const char *path, const void *bytes, size_t len) {
    FILE *file = fopen(path, "wb");
    if (!file)
        return false;
    bool good = fwrite(MAGIC, 1, strlen(MAGIC), file) == strlen(MAGIC) && fwrite(bytes, 1, len, file) == len;
    return fclose(file) == 0 && good;
}

bool model_write(const struct model *model, const char *path) {
    size_t size = size_of(model->count), bound = ZSTD_compressBound(size);
    unsigned char *plain = xmalloc(size), *packed = xmalloc(bound), *to = plain;
    *to++ = (unsigned char)model->count;
    for (size_t i = 0; i < model->count; i++)
        to = language_write(to, &model->languages[i]);
    to = double_write(to, model->identify_unit);
    memcpy(to, model->identify, MODEL_IDENTIFY_ROWS * sizeof *model->identify);
    size_t len = ZSTD_compress(packed, bound, plain, size, PACKING);
    bool good = !ZSTD_isError(len) && write_all(path, packed, len);
    free(plain);
    free(packed);
    return good;
}

/* Reading. */

static const unsigned char *double_read(const unsigned char *from, double *value) {
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++)
        bits |= (uint64_t)*from++ << 8 * i;
    memcpy(value, &bits, sizeof *value);
    return from;
}

static void language_read(const unsigned char *from, struct model *model) {
    char code[4];
    memcpy(code, from, sizeof code);
    code[3] = '\0';
    struct model_language *language = model_add(model, code);
    from = double_read(from + sizeof code, &language->unit);
    from = double_read(from, &language->positive);
    from = double_read(from, &language->negative);
    for (size_t i = 0; i < FEATURE_BUCKETS; i++) {
        language->weights[i] = (struct model_weights){.positive = (int8_t)from[i],
                                                      .negative = (int8_t)from[FEATURE_BUCKETS + i]};
        language->feelings[i] = (struct model_feeling){.value = (int8_t)from[2 * FEATURE_BUCKETS + i],
                                                       .check = from[3 * FEATURE_BUCKETS + i]};
    }
}

/* NULL: it is not such a file. */
static unsigned char *unpack(struct span bytes, size_t *size) {
    size_t head = strlen(MAGIC);
    if (bytes.len < head || memcmp(bytes.ptr, MAGIC, head) != 0)
        return NULL;
    unsigned long long plain = ZSTD_getFrameContentSize(bytes.ptr + head, bytes.len - head);
    if (plain < 1 || plain > size_of(MODEL_LANGUAGES_MAX))
        return NULL;
    unsigned char *out = xmalloc((size_t)plain);
    *size = ZSTD_decompress(out, (size_t)plain, bytes.ptr + head, bytes.len - head);
    bool good = *size == plain && out[0] <= MODEL_LANGUAGES_MAX && *size == size_of(out[0]);
    if (good)
        return out;
    free(out);
    return NULL;
}

struct model *model_read(struct span bytes, struct buf *message) {
    size_t size;
    unsigned char *plain = unpack(bytes, &size);
    if (!plain) {
        buf_add_str(message, "not a model of this version of Earshot, or cut short: train it again");
        return NULL;
    }
    struct model *model = model_new();
    bool other = false;
    for (size_t i = 0; i < plain[0]; i++) {
        language_read(plain + 1 + i * LANGUAGE_SIZE, model);
        other = other || strcmp(model->languages[i].code, MODEL_OTHER) == 0;
    }
    const unsigned char *identify =
        double_read(plain + 1 + plain[0] * (size_t)LANGUAGE_SIZE, &model->identify_unit);
    memcpy(model->identify, identify, MODEL_IDENTIFY_ROWS * sizeof *model->identify);
    free(plain);
    if (other)
        return model;
    buf_add_str(message, "a model without a table for other languages (`" MODEL_OTHER "`)");
    model_free(&model);
    return NULL;
}

static bool read_all(const char *path, struct buf *bytes, struct buf *message) {
    char chunk[65536];
    FILE *file = fopen(path, "rb");
    for (size_t got; file && (got = fread(chunk, 1, sizeof chunk, file)) > 0;)
        buf_add_span(bytes, (struct span){chunk, got});
    bool good = file && !ferror(file) && buf_ok(bytes);
    if (!good)
        buf_printf(message, "%s: cannot be read: %s", path,
                   buf_ok(bytes) ? strerror(errno) : "too large for a model");
    if (file)
        fclose(file);
    return good;
}

struct model *model_load(const char *path, struct buf *message) {
    enum { FILE_MAX = 64 << 20 };
    if (!path)
        return model_read(model_source(), message);
    struct buf bytes;
    buf_init(&bytes, FILE_MAX);
    struct model *model = NULL;
    if (read_all(path, &bytes, message)) {
        model = model_read(buf_span(&bytes), message);
        if (!model)
            buf_printf(message, " (%s)", path);
    }
    buf_free(&bytes);
    return model;
}
