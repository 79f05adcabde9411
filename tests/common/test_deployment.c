#include "cmocka_all.h"
#include "earshot/deployment.h"

#include <stdlib.h>

#define GOOD "{\"id\":\"k3f9\",\"partitions\":64,\"shards\":64,\"window\":4096,\"created_at\":1795292755}"

static void a_record_is_read_and_printed(void **state) {
    (void)state;
    struct deployment deployment;
    struct fault fault;
    struct buf out;
    buf_init(&out, 1024);
    assert_true(deployment_parse(SPAN(GOOD), &deployment, &fault));
    assert_string_equal(deployment.id, "k3f9");
    assert_int_equal(deployment.partitions, 64);
    assert_int_equal(deployment.shards, 64);
    assert_int_equal(deployment.window, 4096);
    assert_int_equal(deployment.created_at, 1795292755);
    deployment_print(&deployment, &out);
    assert_string_equal(out.ptr, GOOD);
    buf_free(&out);
}

#define NUMBERS "\"partitions\":1,\"shards\":2,\"window\":3,\"created_at\":4}"

static void all_else_is_refused_with_its_byte(void **state) {
    (void)state;
    static const struct {
        const char *text;
        enum fault_reason reason;
        size_t byte;
    } CASES[] = {
        {"", FAULT_JSON, 0},
        {"[]", FAULT_TYPE, 0},
        {"{}", FAULT_MISSING, 1},
        {"{\"id\":\"\"," NUMBERS, FAULT_TYPE, 6},
        {"{\"id\":\"A\"," NUMBERS, FAULT_TYPE, 6},
        {"{\"id\":\"a-b\"," NUMBERS, FAULT_TYPE, 6},
        {"{\"id\":\"abcdefghijklmnopqrstuvwxyz0123456\"," NUMBERS, FAULT_TYPE, 6},
        {"{\"id\":7," NUMBERS, FAULT_TYPE, 6},
        {"{\"id\":null," NUMBERS, FAULT_TYPE, 6},
        {"{\"id\":\"a\",\"id\":\"a\"," NUMBERS, FAULT_DUPLICATE, 10},
        {"{\"id\":\"a\",\"partitions\":0}", FAULT_TYPE, 23},
        {"{\"id\":\"a\",\"partitions\":100001}", FAULT_TYPE, 23},
        {"{\"id\":\"a\",\"shards\":48}", FAULT_TYPE, 19},
        {"{\"id\":\"a\",\"shards\":32768}", FAULT_TYPE, 19},
        {"{\"id\":\"a\",\"window\":0}", FAULT_TYPE, 19},
        {"{\"id\":\"a\",\"created_at\":-1}", FAULT_TYPE, 23},
        {"{\"id\":\"a\",\"rings\":1}", FAULT_TYPE, 10},
        {"{\"id\":\"a\"," NUMBERS " x", FAULT_JSON, 63},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct deployment deployment;
        struct fault fault = {.reason = FAULT_NONE};
        if (deployment_parse(span_of(CASES[i].text), &deployment, &fault))
            fail_msg("%s is taken", CASES[i].text);
        if (fault.reason != CASES[i].reason || fault.byte != CASES[i].byte)
            fail_msg("%s: %s at %zu: %s", CASES[i].text, fault_name(fault.reason), fault.byte, fault.detail);
    }
}

static void same_is_all_but_the_moment(void **state) {
    (void)state;
    const struct deployment a = {.id = "a", .partitions = 64, .shards = 64, .window = 9, .created_at = 1};
    struct deployment b = a;
    b.created_at = 2;
    assert_true(deployment_same(&a, &b));
    b.id[0] = 'b';
    assert_false(deployment_same(&a, &b));
    b = a, b.partitions = 63;
    assert_false(deployment_same(&a, &b));
    b = a, b.shards = 32;
    assert_false(deployment_same(&a, &b));
    b = a, b.window = 8;
    assert_false(deployment_same(&a, &b));
}

/* Bit by bit, as the polynomial is defined. */
static uint16_t crc_by_bits(struct span bytes) {
    unsigned crc = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (unsigned)(unsigned char)bytes.ptr[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1) & 0xffff;
    }
    return (uint16_t)crc;
}

static void crc_is_that_of_redis_cluster(void **state) {
    (void)state;
    assert_int_equal(crc16_xmodem(SPAN("123456789")), 0x31c3); /* of the Redis Cluster specification */
    assert_int_equal(crc16_xmodem(SPAN("foo")) % 16384, 12182);
    assert_int_equal(crc16_xmodem(SPAN("")), 0);
    char bytes[64];
    for (size_t len = 0; len <= sizeof bytes; len++)
        for (int round = 0; round < 100; round++) {
            for (size_t i = 0; i < len; i++)
                bytes[i] = (char)rand();
            struct span text = {.ptr = bytes, .len = len};
            assert_int_equal(crc16_xmodem(text), crc_by_bits(text));
        }
}

/* Another version of Earshot must draw the same: the values are of an implementation of their own. */
/* The numbers of Kafka's own test of Utils.murmur2(). */
static void murmur2_is_that_of_java(void **state) {
    (void)state;
    static const struct {
        const char *key;
        int32_t hash;
    } CASES[] = {{"21", -973932308},
                 {"foobar", -790332482},
                 {"a-little-bit-long-string", -985981536},
                 {"a-little-bit-longer-string", -1486304829},
                 {"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971},
                 {"abc", 479470107}};
    const struct deployment deployment = {.partitions = 4};
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        assert_int_equal((int32_t)murmur2(span_of(CASES[i].key)), CASES[i].hash);
    assert_int_equal(deployment_partition(&deployment, SPAN("c")), 2); /* as in test_bus_kafka.c */
    assert_int_equal(deployment_partition(&deployment, SPAN("d")), 1);
}

static void the_seed_is_of_the_id_alone(void **state) {
    (void)state;
    const struct deployment deployment = {.id = "k3f9", .partitions = 64, .shards = 64, .window = 4096};
    struct deployment other = {.id = "k3f9", .partitions = 2, .shards = 1, .window = 8, .created_at = 1};
    assert_int_equal(deployment_seed(&deployment), 0x7a26a7722eed0e7cu);
    assert_int_equal(deployment_seed(&other), deployment_seed(&deployment));
    memcpy(other.id, "abcdefghijkl", sizeof "abcdefghijkl");
    assert_int_equal(deployment_seed(&other), 0x30f2dfc9962a09ffu);
}

static void the_shard_is_the_crc_by_shards(void **state) {
    (void)state;
    const struct deployment deployment = {.shards = 64};
    assert_int_equal(deployment_shard(&deployment, SPAN("123456789")), 0x31c3 % 64);
    const struct deployment one = {.shards = 1};
    assert_int_equal(deployment_shard(&one, SPAN("123456789")), 0);
}

static void origins_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text, *log;
        int32_t partition;
        int64_t offset;
    } CASES[] = {
        {"k3f9/0/0", "k3f9", 0, 0},
        {"a/63/1234567890123", "a", 63, 1234567890123},
        {"abcdefghijklmnopqrstuvwxyz012345/2147483647/9223372036854775807",
         "abcdefghijklmnopqrstuvwxyz012345", INT32_MAX, INT64_MAX},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        struct origin origin;
        char again[ORIGIN_MAX + 1];
        assert_true(origin_parse(span_of(CASES[i].text), &origin));
        assert_true(span_eq(origin.log, span_of(CASES[i].log)));
        assert_int_equal(origin.partition, CASES[i].partition);
        assert_int_equal(origin.offset, CASES[i].offset);
        size_t len = origin_print(again, origin.log, origin.partition, origin.offset);
        assert_int_equal(len, strlen(CASES[i].text));
        assert_memory_equal(again, CASES[i].text, len);
    }
}

static void other_origins_are_refused(void **state) {
    (void)state;
    static const char *const CASES[] = {
        "",
        "a",
        "a/",
        "a/1",
        "a/1/",
        "/1/2",
        "a//2",
        "a/1/2/",
        "a/1/2/3",
        "A/1/2",
        "a-b/1/2",
        "a/01/2",
        "a/1/02",
        "a/-1/2",
        "a/1/-2",
        "a/+1/2",
        "a/ 1/2",
        "a/1/2 ",
        " a/1/2",
        "a/1x/2",
        "a/1/0x2",
        "a/2147483648/0",
        "a/0/9223372036854775808",
        "a/99999999999999999999/0",
        "abcdefghijklmnopqrstuvwxyz0123456/1/2",
    };
    struct origin origin;
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        if (origin_parse(span_of(CASES[i]), &origin))
            fail_msg("%s is taken", CASES[i]);
    assert_false(origin_parse((struct span){0}, &origin));
    assert_false(origin_parse((struct span){"a/1/2\0", 6}, &origin));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_read_and_printed),
        cmocka_unit_test(all_else_is_refused_with_its_byte),
        cmocka_unit_test(murmur2_is_that_of_java),
        cmocka_unit_test(same_is_all_but_the_moment),
        cmocka_unit_test(crc_is_that_of_redis_cluster),
        cmocka_unit_test(the_shard_is_the_crc_by_shards),
        cmocka_unit_test(origins_are_read),
        cmocka_unit_test(other_origins_are_refused),
        cmocka_unit_test(the_seed_is_of_the_id_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
