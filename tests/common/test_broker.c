/* The limits that broker.md tells. */
#include "bus_stand.h"

#include "cmocka_all.h"
#include "earshot/times.h"

#include <stdlib.h>

static struct bus_position position(struct stand *stand) {
    struct bus_conf conf = stand_conf(stand, "earshot");
    struct bus_admin *admin = bus_admin_new(&conf, &stand->message);
    struct bus_position at[STAND_PARTITIONS];
    assert_true(bus_admin_positions(admin, "nobody", "in", STAND_PARTITIONS, at, &stand->message));
    bus_admin_free(&admin);
    return at[0];
}

/* Records that do not compress, a batch each. */
static void fill(struct stand *stand, size_t count, size_t size) {
    struct bus *bus = stand_bus(stand, "filler", NULL, NULL);
    char *bytes = xmalloc(size);
    uint64_t random = 88172645463325252u;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < size; k++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            bytes[k] = (char)random;
        }
        struct bus_out out = {.topic = "in", .partition = 0, .value = {.ptr = bytes, .len = size}};
        assert_int_equal(bus_produce(bus, &out), BUS_OK);
        assert_int_equal(bus_flush(bus, STAND_WAIT_MS), BUS_OK);
    }
    free(bytes);
    bus_free(&bus);
}

static void a_partition_keeps_five_mebibytes(void **state) {
    struct stand *stand = *state;
    fill(stand, 50, 100 * 1000);
    assert_int_equal(position(stand).begin, 0);
    assert_int_equal(position(stand).end, 50);
    fill(stand, 10, 100 * 1000);
    assert_int_equal(position(stand).end, 60);
    assert_in_range(position(stand).begin, 7, 9); /* 5 MiB and a little framing */
}

static void what_it_held_is_gone_with_it(void **state) {
    struct stand *stand = *state;
    fill(stand, 1, 10);
    assert_int_equal(position(stand).end, 1);
    stand_close(stand);
    stand_open(stand);
    assert_int_equal(position(stand).end, 0);
}

static void it_listens_on_loopback(void **state) {
    struct stand *stand = *state;
    assert_int_equal(strncmp(broker_address(stand->broker), "127.0.0.1:", strlen("127.0.0.1:")), 0);
}

static void a_topic_that_cannot_be_is_told(void **state) {
    (void)state;
    const struct bus_topic twice[] = {{.name = "a", .partitions = 1}, {.name = "a", .partitions = 2}};
    struct buf message;
    buf_init(&message, 1000);
    assert_null(broker_new(twice, COUNT_OF(twice), &message));
    assert_non_null(strstr(message.ptr, "topic a"));
    buf_free(&message);
}

int main(void) {
#define STAND_TEST(f) cmocka_unit_test_setup_teardown(f, stand_setup, stand_teardown)
    const struct CMUnitTest tests[] = {
        STAND_TEST(a_partition_keeps_five_mebibytes),
        STAND_TEST(what_it_held_is_gone_with_it),
        STAND_TEST(it_listens_on_loopback),
        cmocka_unit_test(a_topic_that_cannot_be_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
