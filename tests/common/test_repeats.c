/* The window: its edges, what counts as content, and random streams against a memory of everything. */
#include "earshot/repeats.h"

#include "cmocka_all.h"
#include "siphash.h"

#include <stdio.h>
#include <stdlib.h>

static const unsigned char SECRET[REPEATS_SECRET] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/* What CPython's SipHash-1-3 gives: PYTHONHASHSEED=0 makes the key zeros; hash(bytes(range(n))) of n from 1.
 */
static void siphash_gives_its_vectors(void **state) {
    (void)state;
    static const uint64_t EXPECTED[] = {
        0x68a914128e01e473u, 0x010bac45c41e3669u, 0x4d4c9a4a8ef6e0adu, 0x7cc43f98813e4dbdu,
        0x5abe2169dff36275u, 0xe3c25f87624f1cdbu, 0x2f098ab0c751325au, 0xead411e67ebe2eeau,
        0x75927f9d95124362u, 0xaf9f77a65ab51a1du, 0xfe64ce8b6617fcffu, 0xa6baf4fb0f9fe1c2u,
        0xa0cf3211850f8e0du, 0x7f86049379fbfe67u, 0xf30eb725bb91c9eau, 0x8972188433a5c5b7u};
    static const unsigned char ZEROS[REPEATS_SECRET];
    unsigned char message[COUNT_OF(EXPECTED)];
    for (size_t len = 1; len <= COUNT_OF(EXPECTED); len++) {
        message[len - 1] = (unsigned char)(len - 1);
        for (size_t split = 0; split <= len; split++) {
            struct siphash hash;
            siphash_begin(&hash, ZEROS);
            siphash_add(&hash, message, split);
            siphash_add(&hash, message + split, len - split);
            assert_int_equal(siphash_end(&hash), EXPECTED[len - 1]);
        }
    }
}

static enum repeats_kind see(struct repeats *repeats, int32_t partition, int64_t offset, const char *key,
                             const char *text) {
    struct mention mention = {.type = SPAN("post"), .updated_at = MENTION_NO_TIME, .text = span_of(text)};
    return repeats_see(repeats, partition, offset, span_of(key), &mention);
}

static void a_repetition_is_within_the_window_of_its_partition(void **state) {
    (void)state;
    struct repeats *repeats = repeats_new(4, SECRET);
    assert_int_equal(see(repeats, 0, 10, "a", "x"), REPEATS_NEW);
    assert_int_equal(see(repeats, 0, 10, "a", "x"), REPEATS_NEW); /* tried again */
    assert_int_equal(see(repeats, 0, 11, "a", "x"), REPEATS_SAME);
    assert_int_equal(see(repeats, 0, 12, "a", "y"), REPEATS_CHANGED);
    assert_int_equal(see(repeats, 0, 13, "a", "x"), REPEATS_SAME); /* one of them is the same */
    assert_int_equal(see(repeats, 1, 13, "a", "x"), REPEATS_NEW);
    assert_int_equal(see(repeats, 0, 17, "a", "x"), REPEATS_SAME); /* 13 is the first of four before it */
    assert_int_equal(see(repeats, 0, 22, "a", "x"), REPEATS_NEW);  /* 17 is the fifth */
    assert_int_equal(see(repeats, 0, 23, "b", "x"), REPEATS_NEW);
    assert_int_equal(see(repeats, 0, 24, "c", "x"), REPEATS_NEW);
    assert_int_equal(see(repeats, 0, 25, "d", "x"), REPEATS_NEW);
    assert_int_equal(see(repeats, 0, 26, "a", "x"), REPEATS_SAME);
    assert_int_equal(see(repeats, 0, 28, "b", "x"), REPEATS_NEW);
    assert_int_equal(see(repeats, 0, 28, "b", "x"), REPEATS_NEW);
    repeats_forget(repeats, 0);
    repeats_forget(repeats, 99);
    assert_int_equal(see(repeats, 0, 29, "b", "x"), REPEATS_NEW);
    assert_int_equal(see(repeats, 0, 30, "b", "x"), REPEATS_SAME);
    /* read anew from far before */
    assert_int_equal(see(repeats, 0, 3, "b", "x"), REPEATS_NEW);
    assert_int_equal(see(repeats, 0, 4, "b", "x"), REPEATS_SAME);
    repeats_free(&repeats);
    assert_null(repeats);
}

static void content_is_type_time_title_and_text(void **state) {
    (void)state;
    const struct mention first = {
        .type = SPAN("post"), .updated_at = 5, .title = SPAN("ab"), .text = SPAN("cd"), .url = SPAN("u")};
    struct mention others[6];
    for (size_t i = 0; i < COUNT_OF(others); i++)
        others[i] = first;
    others[0].type = SPAN("comment");
    others[1].updated_at = MENTION_NO_TIME;
    others[2].title = SPAN("a");
    others[2].text = SPAN("bcd");
    others[3].title = (struct span){NULL, 0};
    others[4].text = SPAN("");
    others[5].url = SPAN("v"); /* not content */
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        struct repeats *repeats = repeats_new(4, SECRET);
        assert_int_equal(repeats_see(repeats, 0, 0, SPAN("k"), &first), REPEATS_NEW);
        assert_int_equal(repeats_see(repeats, 0, 1, SPAN("k"), &others[i]),
                         i == 5 ? REPEATS_SAME : REPEATS_CHANGED);
        assert_int_equal(repeats_see(repeats, 0, 2, SPAN("l"), &first), REPEATS_NEW);
        repeats_free(&repeats);
    }
    struct mention absent = first, empty = first;
    absent.title = (struct span){NULL, 0};
    empty.title = SPAN("");
    struct repeats *repeats = repeats_new(4, SECRET);
    assert_int_equal(repeats_see(repeats, 0, 0, SPAN("k"), &absent), REPEATS_NEW);
    assert_int_equal(repeats_see(repeats, 0, 1, SPAN("k"), &empty), REPEATS_CHANGED);
    repeats_free(&repeats);
}

/* Streams with gaps (broken records), retries and few keys, against a list of all that came. */
static void random_streams_agree_with_a_memory_of_everything(void **state) {
    (void)state;
    enum { RECORDS = 4000, KEYS = 40 };
    static struct {
        int64_t offset;
        unsigned key, text;
    } all[RECORDS];
    for (unsigned seed = 1; seed <= 12; seed++) {
        int window = (int)seed * 7;
        struct repeats *repeats = repeats_new(window, SECRET);
        int64_t offset = 0;
        srand(seed);
        for (size_t n = 0; n < RECORDS; n++) {
            offset += rand() % 8 ? 1 : 1 + rand() % (2 * window);
            all[n].offset = offset;
            all[n].key = (unsigned)rand() % KEYS;
            all[n].text = (unsigned)rand() % 2;
            enum repeats_kind expected = REPEATS_NEW;
            for (size_t i = n; i-- > 0 && all[i].offset >= offset - window;) {
                if (all[i].key == all[n].key && all[i].text == all[n].text)
                    expected = REPEATS_SAME;
                else if (all[i].key == all[n].key && expected == REPEATS_NEW)
                    expected = REPEATS_CHANGED;
            }
            char key[8];
            snprintf(key, sizeof key, "%u", all[n].key);
            for (int again = rand() % 3; again >= 0; again--)
                if (see(repeats, 3, offset, key, all[n].text ? "x" : "y") != expected)
                    fail_msg("seed %u, record %zu", seed, n);
        }
        repeats_free(&repeats);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siphash_gives_its_vectors),
        cmocka_unit_test(a_repetition_is_within_the_window_of_its_partition),
        cmocka_unit_test(content_is_type_time_title_and_text),
        cmocka_unit_test(random_streams_agree_with_a_memory_of_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
