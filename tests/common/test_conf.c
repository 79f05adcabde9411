#include "cmocka_all.h"
#include "earshot/conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct first {
    const char *brokers, *prefix, *password;
    int64_t batch, offset, wait, room;
    bool json, colour;
    int format;
};

struct second {
    const char *name;
};

static const struct conf_option FIRST[] = {
    {.name = "Kafka", .type = CONF_HEADING},
    {.name = "brokers",
     .type = CONF_STRING,
     .offset = offsetof(struct first, brokers),
     .fallback = "localhost:9092",
     .argument = "HOST:PORT,…",
     .help = "where Kafka is",
     .letter = 'b'},
    {.name = "prefix", .type = CONF_STRING, .offset = offsetof(struct first, prefix), .help = "before names"},
    {.name = "redis-password",
     .type = CONF_SECRET,
     .offset = offsetof(struct first, password),
     .help = "AUTH"},
    {.name = "Numbers", .type = CONF_HEADING},
    {.name = "batch",
     .type = CONF_INT,
     .offset = offsetof(struct first, batch),
     .fallback = "100",
     .min = 1,
     .max = 1000,
     .help = "mentions a batch",
     .letter = 'n'},
    {.name = "offset",
     .type = CONF_INT,
     .offset = offsetof(struct first, offset),
     .min = -5,
     .max = 5,
     .help = "from here"},
    {.name = "wait",
     .type = CONF_DURATION,
     .offset = offsetof(struct first, wait),
     .fallback = "10s",
     .min = 100,
     .max = 7200000,
     .help = "how long"},
    {.name = "room", .type = CONF_SIZE, .offset = offsetof(struct first, room), .help = "of the buffer"},
    {.name = NULL},
};

static const struct conf_option SECOND[] = {
    {.name = "json",
     .type = CONF_BOOL,
     .offset = offsetof(struct first, json),
     .help = "JSON",
     .letter = 'j'},
    {.name = "colour",
     .type = CONF_BOOL,
     .offset = offsetof(struct first, colour),
     .fallback = "true",
     .help = "colours"},
    {.name = "log-format",
     .type = CONF_CHOICE,
     .offset = offsetof(struct first, format),
     .choices = "auto|plain|json",
     .fallback = "plain",
     .help = "of log lines",
     .letter = 'f'},
    {.name = NULL},
};

static const struct conf_option THIRD[] = {
    {.name = "name",
     .type = CONF_STRING,
     .offset = offsetof(struct second, name),
     .help = "of another struct"},
    {.name = NULL},
};

static struct first first;
static struct second second;
static struct conf conf;
static struct buf message;

static char folder[] = "/tmp/earshot-conf-XXXXXX";

static const char *path(const char *name) {
    static char out[64];
    snprintf(out, sizeof out, "%s/%s", folder, name);
    return out;
}

static void write_file(const char *name, const char *text, size_t len) {
    FILE *file = fopen(path(name), "we");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static int in_folder(void **state) {
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state) {
    (void)state;
    static const char *const NAMES[] = {"conf", "secret"};
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        unlink(path(NAMES[i]));
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static int begin(void **state) {
    (void)state;
    buf_init(&message, 1 << 16);
    return 0;
}

static int end(void **state) {
    (void)state;
    conf_free(&conf);
    conf_free(&conf); /* twice is harmless */
    buf_free(&message);
    return 0;
}

enum { WORDS_MAX = 12 };

/* words: parts of one text, cut at spaces. */
static char **cut(char *text, const char *words, char **to) {
    size_t count = 0;
    strcpy(text, words);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        assert_true(count + 1 < WORDS_MAX);
        to[count++] = word;
    }
    to[count] = NULL;
    return to;
}

/* Flags, variables and the file "conf", each as one text; NULL: none. What was loaded before is freed. */
static enum conf_result load(const char *flags, const char *env, const char *file) {
    static char flag_text[512], env_text[512], program[] = "earshot-test";
    static char *argv[WORDS_MAX + 1], *variables[WORDS_MAX];
    int argc = 1;
    conf_free(&conf);
    buf_clear(&message);
    memset(&first, 0xee, sizeof first);
    memset(&second, 0xee, sizeof second);
    conf = (struct conf){.program = "earshot-test",
                         .usage = "[OPTION]… FILE…",
                         .about = "Tests.",
                         .tables = {FIRST, SECOND, THIRD},
                         .structs = {&first, &first, &second},
                         .kafka_properties = true,
                         .epilog = "Example: none"};
    argv[0] = program;
    cut(flag_text, flags ? flags : "", argv + 1);
    while (argv[argc])
        argc++;
    if (file)
        write_file("conf", file, strlen(file));
    return conf_load(&conf, argc, argv, cut(env_text, env ? env : "", variables), &message);
}

static void good(const char *flags, const char *env, const char *file) {
    if (load(flags, env, file) != CONF_OK)
        fail_msg("flags %s, environment %s: %s", flags ? flags : "", env ? env : "", message.ptr);
}

static void fallbacks_are_there(void **state) {
    (void)state;
    good(NULL, NULL, NULL);
    assert_string_equal(first.brokers, "localhost:9092");
    assert_null(first.prefix);
    assert_null(first.password);
    assert_int_equal(first.batch, 100);
    assert_int_equal(first.offset, 0);
    assert_int_equal(first.wait, 10000);
    assert_int_equal(first.room, 0);
    assert_false(first.json);
    assert_true(first.colour);
    assert_int_equal(first.format, 1);
    assert_null(second.name);
    assert_int_equal(conf.operand_count, 0);
    assert_int_equal(conf.property_count, 0);
}

static void each_layer_wins_over_the_one_below(void **state) {
    (void)state;
    static const char FILE_TEXT[] = "# first\n\n  batch=2\r\n brokers = a:1 , b = # c \nname = n n\n"
                                    "json = true\nkafka.a.b = file\nkafka.c = file\n";
    good("--config=conf", NULL, FILE_TEXT);
    assert_int_equal(first.batch, 2);
    assert_string_equal(first.brokers, "a:1 , b = # c");
    assert_string_equal(second.name, "n n");
    assert_true(first.json);
    good("--config conf", "EARSHOT_BATCH=3 EARSHOT_KAFKA_A_B=env", FILE_TEXT);
    assert_int_equal(first.batch, 3);
    assert_string_equal(conf.properties[0].value, "env");
    good("--batch 4 --config conf --kafka.a.b=flag", "EARSHOT_BATCH=3 EARSHOT_KAFKA_A_B=env EARSHOT_JSON=off",
         FILE_TEXT);
    assert_int_equal(first.batch, 4);
    assert_false(first.json);
    assert_int_equal(conf.property_count, 2);
    assert_string_equal(conf.properties[0].name, "a.b");
    assert_string_equal(conf.properties[0].value, "flag");
    assert_string_equal(conf.properties[1].name, "c");
    assert_string_equal(conf.properties[1].value, "file");
    good(NULL, "EARSHOT_CONFIG=conf", FILE_TEXT);
    assert_int_equal(first.batch, 2);
    good("--config=/dev/null", "EARSHOT_CONFIG=conf", FILE_TEXT);
    assert_int_equal(first.batch, 100);
}

static void a_file_may_end_without_a_newline(void **state) {
    (void)state;
    good("--config=conf", NULL, "batch = 2\nprefix =");
    assert_int_equal(first.batch, 2);
    assert_string_equal(first.prefix, "");
    good("--config=conf", NULL, "");
}

static void flags_have_these_forms(void **state) {
    (void)state;
    good("-n5 -j --no-colour -f json one - -- --two -x", NULL, NULL);
    assert_int_equal(first.batch, 5);
    assert_true(first.json);
    assert_false(first.colour);
    assert_int_equal(first.format, 2);
    assert_int_equal(conf.operand_count, 4);
    assert_string_equal(conf.operands[0], "one");
    assert_string_equal(conf.operands[1], "-");
    assert_string_equal(conf.operands[2], "--two");
    assert_string_equal(conf.operands[3], "-x");
    good("a -jn7 b --brokers= --offset -3 --json=false --name=a=b c", NULL, NULL);
    assert_int_equal(first.batch, 7);
    assert_string_equal(first.brokers, "");
    assert_int_equal(first.offset, -3);
    assert_false(first.json);
    assert_string_equal(second.name, "a=b");
    assert_int_equal(conf.operand_count, 3);
    good("--batch=1 --batch=2 --kafka.x 1 --kafka.x=2", NULL, NULL);
    assert_int_equal(first.batch, 2);
    assert_int_equal(conf.property_count, 1);
    assert_string_equal(conf.properties[0].value, "2");
}

static void values_have_these_forms(void **state) {
    (void)state;
    static const struct {
        const char *flag;
        int64_t *value, want;
    } CASES[] = {
        {"--batch=1", &first.batch, 1},
        {"--batch=1000", &first.batch, 1000},
        {"--offset=-5", &first.offset, -5},
        {"--wait=100ms", &first.wait, 100},
        {"--wait=2h", &first.wait, 7200000},
        {"--wait=3m", &first.wait, 180000},
        {"--wait=7s", &first.wait, 7000},
        {"--room=0", &first.room, 0},
        {"--room=65536", &first.room, 65536},
        {"--room=64KiB", &first.room, 65536},
        {"--room=4MiB", &first.room, 4 << 20},
        {"--room=3GiB", &first.room, INT64_C(3) << 30},
        {"--room=9223372036854775807", &first.room, INT64_MAX},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        good(CASES[i].flag, NULL, NULL);
        if (*CASES[i].value != CASES[i].want)
            fail_msg("%s: %lld", CASES[i].flag, (long long)*CASES[i].value);
    }
    static const char *const ON[] = {"true", "yes", "on", "1"}, *const OFF[] = {"false", "no", "off", "0"};
    for (size_t i = 0; i < COUNT_OF(ON); i++) {
        char flag[32];
        snprintf(flag, sizeof flag, "--json=%s", ON[i]);
        good(flag, NULL, NULL);
        assert_true(first.json);
        snprintf(flag, sizeof flag, "--json --json=%s", OFF[i]);
        good(flag, NULL, NULL);
        assert_false(first.json);
    }
}

static void what_is_wrong_is_one_line(void **state) {
    (void)state;
    static const struct {
        const char *flags, *env, *file, *message;
    } CASES[] = {
        {"--batch=12x", NULL, NULL, "--batch: `12x` is not a whole number"},
        {"--batch=", NULL, NULL, "--batch: `` is not a whole number"},
        {"--batch 1.5", NULL, NULL, "--batch: `1.5` is not a whole number"},
        {"-n 0", NULL, NULL, "-n: 0 is less than 1"},
        {"--batch=1001", NULL, NULL, "--batch: 1001 is more than 1000"},
        {"--offset=-6", NULL, NULL, "--offset: -6 is less than -5"},
        {"--batch=9223372036854775808", NULL, NULL, "--batch: `9223372036854775808` is not a whole number"},
        {"--wait=10", NULL, NULL, "--wait: `10` is not a time such as 250ms, 10s, 5m, 2h or 7d"},
        {"--wait=-10s", NULL, NULL, "--wait: `-10s` is not a time such as 250ms, 10s, 5m, 2h or 7d"},
        {"--wait=99999999999999999d", NULL, NULL,
         "--wait: `99999999999999999d` is not a time such as 250ms, 10s, 5m, 2h or 7d"},
        {"--wait=99ms", NULL, NULL, "--wait: 99ms is less than 100ms"},
        {"--wait=1d", NULL, NULL, "--wait: 1d is more than 2h"},
        {"--room=64k", NULL, NULL, "--room: `64k` is not a size such as 65536, 64KiB, 4MiB or 1GiB"},
        {"--room=-1", NULL, NULL, "--room: `-1` is not a size such as 65536, 64KiB, 4MiB or 1GiB"},
        {"--json=perhaps", NULL, NULL, "--json: `perhaps` is neither true nor false"},
        {"--log-format=xml", NULL, NULL, "--log-format: `xml` is none of auto|plain|json"},
        {"--log-format=plainer", NULL, NULL, "--log-format: `plainer` is none of auto|plain|json"},
        {"--log-format=plai", NULL, NULL, "--log-format: `plai` is none of auto|plain|json"},
        {"--broker=x", NULL, NULL, "--broker: unknown flag; did you mean --brokers?"},
        {"--lgo-format=json", NULL, NULL, "--lgo-format: unknown flag; did you mean --log-format?"},
        {"--hepl", NULL, NULL, "--hepl: unknown flag; did you mean --help?"},
        {"--xyz", NULL, NULL, "--xyz: unknown flag; --help lists them"},
        {"--Kafka", NULL, NULL, "--Kafka: unknown flag; --help lists them"},
        {"--no-brokers", NULL, NULL, "--no-brokers: unknown flag; --help lists them"},
        {"--no-json=true", NULL, NULL, "--no-json: takes no value"},
        {"-x", NULL, NULL, "-x: unknown flag; --help lists them"},
        {"-jx", NULL, NULL, "-x: unknown flag; --help lists them"},
        {"--batch", NULL, NULL, "--batch: a value is missing"},
        {"-n", NULL, NULL, "-n: a value is missing"},
        {"--brokers --json", NULL, NULL, "--brokers: a value is missing"},
        {"--redis-password=hunter2", NULL, NULL,
         "--redis-password: arguments are seen by every user of this machine: give --redis-password-file "
         "FILE, "
         "or set EARSHOT_REDIS_PASSWORD"},
        {"--redis-pasword=hunter2", NULL, NULL,
         "--redis-pasword: unknown flag; did you mean --redis-password-file?"},
        {"--redis-pasword-file=x", NULL, NULL,
         "--redis-pasword-file: unknown flag; did you mean --redis-password-file?"},
        {"--kafka.sasl.password=hunter2", NULL, NULL,
         "--kafka.sasl.password: arguments are seen by every user of this machine: give "
         "--kafka.sasl.password-file FILE, or set EARSHOT_KAFKA_SASL_PASSWORD"},
        {"--kafka.=x", NULL, NULL, "--kafka.: unknown flag; --help lists them"},
        {"--kafka.A=x", NULL, NULL, "--kafka.A: unknown flag; --help lists them"},
        {NULL, "EARSHOT_BATCH=zero", NULL, "EARSHOT_BATCH: `zero` is not a whole number"},
        {NULL, "EARSHOT_REDIS_PASSWORD=a EARSHOT_REDIS_PASSWORD_FILE=b", NULL,
         "EARSHOT_REDIS_PASSWORD_FILE: EARSHOT_REDIS_PASSWORD is set too: one of them is enough"},
        {NULL, "EARSHOT_REDIS_PASSWORD_FILE=absent", NULL,
         "EARSHOT_REDIS_PASSWORD_FILE: cannot read absent: No such file or directory"},
        {NULL, "EARSHOT_KAFKA_SASL_PASSWORD_FILE=absent", NULL,
         "EARSHOT_KAFKA_SASL_PASSWORD_FILE: cannot read absent: No such file or directory"},
        {NULL, "EARSHOT_CONFIG=absent", NULL,
         "EARSHOT_CONFIG: cannot read absent: No such file or directory"},
        {"--config=absent", "EARSHOT_CONFIG=conf", NULL,
         "--config: cannot read absent: No such file or directory"},
        {"--config=.", NULL, NULL, "--config: cannot read .: Is a directory"},
        {"--config=conf", NULL, "batch = 0\n", "conf:1: 0 is less than 1"},
        {"--config=conf", NULL, "# x\n\nbtach = 2\n", "conf:3: unknown key `btach`; did you mean `batch`?"},
        {"--config=conf", NULL, "quux = 2\n", "conf:1: unknown key `quux`; --help lists them"},
        {"--config=conf", NULL, "redis-passwrd = hunter2\n",
         "conf:1: unknown key `redis-passwrd`; did you mean `redis-password`?"},
        {"--config=conf", NULL, "config = other\n", "conf:1: unknown key `config`; --help lists them"},
        {"--config=conf", NULL, "Kafka = other\n", "conf:1: unknown key `Kafka`; --help lists them"},
        {"--config=conf", NULL, "json\n", "conf:1: expected `name = value`"},
        {"--config=conf", NULL, "[matcher]\n", "conf:1: expected `name = value`"},
        {"--config=conf", NULL, "json =\n", "conf:1: `` is neither true nor false"},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        if (load(CASES[i].flags, CASES[i].env, CASES[i].file) != CONF_BAD)
            fail_msg("%s is taken", CASES[i].message);
        assert_string_equal(message.ptr, CASES[i].message);
        assert_null(strstr(message.ptr, "hunter2"));
    }
}

static void properties_are_refused_where_there_is_no_kafka(void **state) {
    (void)state;
    struct conf none = {.program = "t"};
    char *const env[] = {(char[]){"EARSHOT_KAFKA_X=1"}, NULL};
    char *argv[] = {(char[]){"t"}, (char[]){"--kafka.x=1"}, NULL};
    assert_int_equal(conf_load(&none, 2, argv, (char **)(uintptr_t)env, &message), CONF_BAD);
    assert_string_equal(message.ptr, "--kafka.x: unknown flag; --help lists them");
    conf_free(&none);
    assert_int_equal(conf_load(&none, 1, (char *[]){argv[0], NULL}, (char **)(uintptr_t)env, &message),
                     CONF_OK);
    assert_int_equal(none.property_count, 0);
    conf_free(&none);
}

static void the_environment_belongs_to_others_too(void **state) {
    (void)state;
    good(NULL,
         "EARSHOT_QUUX=1 EARSHOT_BATCH= EARSHOT_BATCHES=x EARSHOT_HELP=1 HOME=x EARSHOT_KAFKA_=1 "
         "EARSHOT_KAFKA_X=",
         NULL);
    assert_int_equal(first.batch, 100);
    assert_int_equal(conf.property_count, 0);
}

static void secrets_come_from_files(void **state) {
    (void)state;
    static const struct {
        const char *text, *want;
    } CASES[] = {{"a b\n", "a b"}, {"x", "x"}, {"x\r\n", "x"}, {"x\n\n", "x\n"}, {" x ", " x "}};
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        write_file("secret", CASES[i].text, strlen(CASES[i].text));
        good("--redis-password-file=secret", "EARSHOT_REDIS_PASSWORD=lower", NULL);
        assert_string_equal(first.password, CASES[i].want);
        good(NULL, "EARSHOT_REDIS_PASSWORD_FILE=secret", NULL);
        assert_string_equal(first.password, CASES[i].want);
        good("--config=conf", NULL, "redis-password-file = secret\n");
        assert_string_equal(first.password, CASES[i].want);
        good(NULL, "EARSHOT_KAFKA_SASL_PASSWORD_FILE=secret", NULL);
        assert_string_equal(conf.properties[0].name, "sasl.password");
        assert_string_equal(conf.properties[0].value, CASES[i].want);
        good("--kafka.sasl.password-file secret", NULL, NULL);
        assert_string_equal(conf.properties[0].name, "sasl.password");
        assert_string_equal(conf.properties[0].value, CASES[i].want);
    }
    good(NULL, "EARSHOT_REDIS_PASSWORD=p", NULL);
    assert_string_equal(first.password, "p");
    good("--config=conf", NULL, "redis-password = p #q\n");
    assert_string_equal(first.password, "p #q");
}

static void secret_files_must_hold_one(void **state) {
    (void)state;
    static char big[(64 << 10) + 1];
    write_file("secret", "\n", 1);
    assert_int_equal(load("--redis-password-file=secret", NULL, NULL), CONF_BAD);
    assert_string_equal(message.ptr, "--redis-password-file: secret is empty");
    write_file("secret", "a\0b", 3);
    assert_int_equal(load("--redis-password-file=secret", NULL, NULL), CONF_BAD);
    assert_string_equal(message.ptr, "--redis-password-file: secret holds a NUL byte");
    memset(big, 'x', sizeof big);
    write_file("secret", big, sizeof big);
    assert_int_equal(load("--redis-password-file=secret", NULL, NULL), CONF_BAD);
    assert_string_equal(message.ptr, "--redis-password-file: secret has more than 65536 bytes");
}

static void many_properties_are_kept(void **state) {
    (void)state;
    char file[4096] = "", want[32];
    for (int i = 0; i < 100; i++)
        snprintf(file + strlen(file), 32, "kafka.p%d = %d\n", i, i);
    good("--config=conf", NULL, file);
    assert_int_equal(conf.property_count, 100);
    for (int i = 0; i < 100; i++) {
        snprintf(want, sizeof want, "p%d", i);
        assert_string_equal(conf.properties[i].name, want);
        assert_string_equal(conf.properties[i].value, want + 1);
    }
}

static void help_is_made_from_the_table(void **state) {
    (void)state;
    assert_int_equal(load("--batch=3 --help --nonsense", NULL, NULL), CONF_HELP);
    assert_string_equal(
        message.ptr,
        "Usage: earshot-test [OPTION]… FILE…\n"
        "Tests.\n"
        "\n"
        "Kafka\n"
        "  -b, --brokers HOST:PORT,…       where Kafka is (localhost:9092)\n"
        "      --prefix TEXT               before names\n"
        "      --redis-password-file FILE  AUTH; the file holds it, or EARSHOT_REDIS_PASSWORD does\n"
        "\n"
        "Numbers\n"
        "  -n, --batch N                   mentions a batch (100)\n"
        "      --offset N                  from here\n"
        "      --wait TIME                 how long (10s)\n"
        "      --room SIZE                 of the buffer\n"
        "  -j, --json                      JSON\n"
        "      --[no-]colour               colours\n"
        "  -f, --log-format auto|plain|json\n"
        "                                  of log lines (plain)\n"
        "      --name TEXT                 of another struct\n"
        "\n"
        "General\n"
        "      --config FILE               options as lines `name = value`; # begins a comment\n"
        "  -h, --help                      print this\n"
        "      --version                   print it\n"
        "\n"
        "An option --some-name is also read from the file of --config (some-name = …) and from\n"
        "the environment (EARSHOT_SOME_NAME): flags win over the environment, that over the file.\n"
        "kafka.PROPERTY passes a property of librdkafka on: --kafka.sasl.username=NAME,\n"
        "--kafka.sasl.password-file=FILE, EARSHOT_KAFKA_SASL_USERNAME.\n"
        "\n"
        "Example: none\n");
    assert_int_equal(load("-jh", NULL, NULL), CONF_HELP);
    assert_int_equal(load("--version", NULL, NULL), CONF_HELP);
    assert_string_equal(message.ptr, "earshot-test " EARSHOT_VERSION "\n");
    assert_int_equal(load("-- --help", NULL, NULL), CONF_OK);
}

int main(void) {
#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)
    const struct CMUnitTest tests[] = {
        CASE(fallbacks_are_there),
        CASE(each_layer_wins_over_the_one_below),
        CASE(a_file_may_end_without_a_newline),
        CASE(flags_have_these_forms),
        CASE(values_have_these_forms),
        CASE(what_is_wrong_is_one_line),
        CASE(properties_are_refused_where_there_is_no_kafka),
        CASE(the_environment_belongs_to_others_too),
        CASE(secrets_come_from_files),
        CASE(secret_files_must_hold_one),
        CASE(many_properties_are_kept),
        CASE(help_is_made_from_the_table),
    };
    return cmocka_run_group_tests(tests, in_folder, leave_folder);
}
