/* The commands as people run them, one after the other, on the embedded broker and a real Redis. */
#include "cmocka_all.h"
#include "earshot/buf.h"
#include "earshot/deployment.h"
#include "redis_server.h"
#include "shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct redis_server *redis;
static FILE *broker;

static int open_all(void **state) {
    (void)state;
    char address[128] = "", prefixed[4096];
    shell_open("commands");
    redis = redis_server_new(false);
    snprintf(prefixed, sizeof prefixed, "exec %s/earshot broker --partitions 8 --ready-file %s/ready",
             PROGRAMS, shell_folder());
    broker = popen(prefixed, "r");
    assert_non_null(broker);
    assert_non_null(fgets(address, sizeof address, broker));
    address[strcspn(address, "\n")] = '\0';
    setenv("COLUMNS", "80", 1);
    setenv("EARSHOT_BROKERS", address, 1);
    setenv("EARSHOT_REDIS", redis_server_url(redis), 1);
    return 0;
}

static int close_all(void **state) {
    (void)state;
    (void)!shell_close();
    redis_server_free(&redis);
    return 0;
}

struct step {
    const char *command;
    int code;
    const char *says; /* NULL: nothing at all */
};

static void walk(const struct step *steps, size_t count) {
    struct buf out;
    buf_init(&out, SHELL_OUTPUT_MAX);
    for (size_t i = 0; i < count; i++) {
        int code = shell_run(steps[i].command, &out);
        bool said = steps[i].says ? strstr(buf_span(&out).ptr, steps[i].says) != NULL : out.len == 0;
        if (code != steps[i].code || !said)
            fail_msg("%s: exit code %d, want %d and `%s`, said:\n%s", steps[i].command, code, steps[i].code,
                     steps[i].says ? steps[i].says : "", buf_span(&out).ptr);
    }
    buf_free(&out);
}

static void a_deployment_is_founded_once(void **state) {
    (void)state;
    static const struct step STEPS[] = {
        {"earshot query summary acme", 1, "run earshot init"},
        {"earshot init --shards 6", 1, "earshot: --shards is a power of two"},
        {"earshot init --partitions 9", 1, "partitions"},
        {"earshot init --id one --partitions 8 --shards 4", 0, "deployment one: 8 partitions, 4 shards"},
        {"earshot init", 0,
         "deployment one: 8 partitions, 4 shards, window 4096; topics and Redis functions are there"},
        {"earshot init --partitions 16", 1, "deployment 'one' has partitions 8, which cannot change"},
        {"earshot init --id two", 1, "Kafka holds deployment 'one', not 'two'"},
        {"earshot init extra", 2, "init takes options only"},
        {"earshot init --shardz 4", 2, "shards"},
        {"EARSHOT_REDIS=redis://127.0.0.1:1 earshot init", 3, "is it running"},
        {"EARSHOT_BROKERS=127.0.0.1:1 earshot init --timeout 1s", 3, "is it running"},
        {"EARSHOT_REDIS=redis://nobody@127.0.0.1 earshot init --redis-password-file /none", 2, "/none"},
        {"earshot init --kafka.acks=0", 2, "acks"},
    };
    walk(STEPS, COUNT_OF(STEPS));
}

static void a_view_does_not_outlive_its_log(void **state) {
    (void)state;
    struct store *store = redis_server_store(redis);
    redis_ask(store, "HSET earshot:{meta} id other");
    static const struct step OTHER[] = {{"earshot init", 1, "Redis holds deployment 'other', Kafka 'one'"}};
    walk(OTHER, COUNT_OF(OTHER));
    redis_ask(store, "FLUSHALL");
    static const struct step NEW[] = {{"earshot init", 0, "there, this Redis is new"},
                                      {"earshot init", 0, "topics and Redis functions are there"}};
    walk(NEW, COUNT_OF(NEW));
    store_free(&store);
}

#define FIRST                                                                                                \
    "printf '{\"id\":\"acme\",\"query\":\"acme OR @acme\",\"name\":\"Acme\\\\u001b[2J\"}\\n"                 \
    "{\"id\":\"rival\",\"query\":\"rival\"}' >a.json; "

static void alerts_are_applied_as_a_whole_or_not(void **state) {
    (void)state;
    static const struct step STEPS[] = {
        {"earshot alerts list", 0, "no alerts yet"},
        {"printf '{\"id\":\"a\",\"query\":\"x y\"}\\n{\"id\":\"b\"}\\n{\"id\":\"c\",\"query\":\"ok\"}' | "
         "earshot alerts "
         "apply -",
         1, "-:1: a: byte 2: "},
        {"printf '{\"id\":\"b\"}' >bad.json; earshot alerts apply bad.json", 1, "bad.json:1: b: byte "},
        {"earshot alerts list --json", 0, NULL},
        {FIRST "earshot alerts apply a.json", 0, "created 2, changed 0, unchanged 0, removed 0\nin force "},
        {"earshot alerts apply a.json", 0, "created 0, changed 0, unchanged 2, removed 0\n"},
        {"echo '{\"id\":\"rival\",\"query\":\"rivals\"}' | earshot alerts apply -", 0,
         "created 0, changed 1, unchanged 0, removed 0\n"},
        {"earshot alerts list --json", 0, "{\"id\":\"rival\",\"query\":\"rivals\"}\n"},
        {"earshot alerts list --json | earshot alerts apply - --prune", 0,
         "created 0, changed 0, unchanged 2, removed 0\n"},
        {"earshot alerts list", 0, "Acme\uFFFD[2J"},
        {"earshot alerts show acme", 0, "query    acme OR @acme\n"},
        {"earshot alerts show acne", 1, "unknown alert 'acne': did you mean 'acme'?"},
        {"earshot alerts remove acme nothing", 1, "unknown alert 'nothing'"},
        {"earshot alerts show acme --json", 0, "{\"id\":\"acme\""},
        {"earshot alerts remove rival --wait", 0, "removed 1\nin force "},
        {"echo '[]' | earshot alerts apply - --prune", 0, "created 0, changed 0, unchanged 0, removed 1\n"},
        {"earshot alerts list --json", 0, NULL},
        {"earshot alerts apply none.json", 1, "none.json: No such file"},
        {"earshot alerts apply", 2, "one FILE"},
        {"earshot alerts aply", 2, "did you mean 'apply'?"},
        {"earshot alerts", 2, "Usage: earshot alerts COMMAND"},
        {"earshot alerts --help", 0, "earshot alerts COMMAND --help"},
        {"EARSHOT_BROKERS=127.0.0.1:1 earshot alerts list --timeout 1s", 3, "is it running"},
    };
    walk(STEPS, COUNT_OF(STEPS));
}

static void a_replay_says_what_is_wrong_and_what_there_is(void **state) {
    (void)state;
    static const struct step STEPS[] = {
        {"earshot replay", 2, "replay takes --alert FILE, or the ID"},
        {"earshot replay acme --alert a.json", 2, "not both"},
        {"earshot replay acme --since yesterday", 2, "--since is an age"},
        {"earshot replay acme --since 1h --until 2h", 2, "is after --until"},
        {"earshot replay --alert none", 1, "none: no such file; the ID of a saved alert is given without"},
        {"earshot replay --alert none.json", 1, "none.json: No such file"},
        {"earshot replay --alert bad.json", 1, "bad.json:1: b: byte "},
        {FIRST "earshot alerts apply a.json", 0, "created 2"},
        {"earshot replay acme acne", 1, "unknown alert 'acne': did you mean 'acme'?"},
        {"earshot replay acme", 0,
         "# alert     mentions        saved       gained         lost\n"
         "acme               0            0            0            0\n# read 0, matched 0, broken 0\n"},
        {"echo '{\"id\":\"new\",\"query\":\"new\"}' | earshot replay --alert - --json", 0,
         "\"saved\":null,\"newest\":[]}]}\n"},
        {"EARSHOT_BROKERS=127.0.0.1:1 earshot replay acme --timeout 1s", 3, "is it running"},
        {"earshot replay acme --prefix no. --timeout 1s", 1, "earshot init"},
        {"earshot replay --help", 0, "Repetitions are dropped as the matcher drops them"},
        {"echo '[]' | earshot alerts apply - --prune", 0, "removed 2\n"},
    };
    walk(STEPS, COUNT_OF(STEPS));
}

#define SAID(alert, label)                                                                                   \
    "{\"action\":\"correct\",\"alert\":\"" alert "\",\"mention\":\"m:1\",\"label\":\"" label "\"}"

static void a_correction_is_checked_and_sent(void **state) {
    (void)state;
    static const struct step STEPS[] = {
        {"earshot correct", 2, "correct takes ALERT MENTION --label LABEL, or one FILE"},
        {"earshot correct acme m:1", 2, "--label is positive, neutral or negative"},
        {"earshot correct acme m:1 --label good", 2, "--label is positive, neutral or negative"},
        {"earshot correct Acme m:1 --label neutral", 2, "alert: no id of an alert"},
        {"earshot correct acme $(printf '\\377') --label neutral", 2, "mention: "},
        {"earshot correct acme m:1 --label neutral", 1, "unknown alert 'acme'"},
        {FIRST "earshot alerts apply a.json", 0, "created 2"},
        {"earshot correct acne m:1 --label neutral", 1, "unknown alert 'acne': did you mean 'acme'?"},
        {"earshot correct acme 'm:*[\033]' --label neutral", 0,
         "acme: m:*[\uFFFD] counts as neutral within a moment; one that is yet to come, when it comes\n"},
        {"earshot correct none.ndjson", 1, "none.ndjson: No such file"},
        {"earshot correct - --label neutral </dev/null", 2, "each line of FILE has its own"},
        {"earshot correct - </dev/null", 1, "- holds no correction"},
        {"printf '" SAID("acme", "neutral") "\n" SAID("acme", "bad") "\n{' | earshot correct -", 1,
         "-:2: type: byte 59: label: not one of positive, neutral, negative\n-:3: json: "},
        {"printf '" SAID("acme", "neutral") "\n" SAID("nobody", "neutral") "' >s; earshot correct s", 1,
         "s:2: unknown alert 'nobody'\n"},
        {"for i in 1 2 3; do echo '" SAID("rival", "neutral") "'; done | earshot correct -", 0,
         "sent 3 corrections: each mention counts as said within a moment"},
        {"EARSHOT_BROKERS=127.0.0.1:1 earshot correct acme m --label neutral --timeout 1s", 3,
         "is it running"},
        {"earshot correct --help", 0, "The last word on a mention"},
        {"echo '[]' | earshot alerts apply - --prune", 0, "removed 2\n"},
    };
    walk(STEPS, COUNT_OF(STEPS));
}

static void wrong_questions_are_answered_in_one_line(void **state) {
    (void)state;
    static const struct step STEPS[] = {
        {"earshot", 2, "Usage: earshot COMMAND"},
        {"earshot --help", 0, "First steps"},
        {"earshot --version", 0, "earshot "},
        {"earshot qeury", 2, "earshot: unknown command 'qeury': did you mean 'query'?\n"},
        {"earshot query volume", 2, "query volume takes one ALERT"},
        {"earshot query volume acme --since yesterday", 2, "--since is an age"},
        {"earshot query volume acme --since 1h --until 2h", 2, "is after --until"},
        {"earshot query volume acme --grain week", 2, "grain"},
        {"earshot query summary acme", 1, "unknown alert 'acme'"},
        {"earshot feed acme --limit 201", 2, "200"},
        {"earshot feed acme --help", 0, "--cursor CURSOR"},
        {"earshot dead", 0, "0 dead letters\n"},
        {"earshot dead --json", 0, NULL},
        {"earshot dead --reason jsn", 2, "did you mean 'json'?"},
        {"earshot broker --help", 0, "keeps nothing"},
        {"earshot up --once", 2, "--mentions"},
        {"earshot up --alerts none.json", 2, "none.json: No such file"},
    };
    walk(STEPS, COUNT_OF(STEPS));
}

/* The aggregator's place is taken by hand: one alert with one feed entry. */
static void readers_see_what_redis_has(void **state) {
    (void)state;
    struct store *store = redis_server_store(redis);
    const struct store_reply *reply;
    const struct span define[] = {SPAN("FCALL"),
                                  SPAN("earshot_define"),
                                  SPAN("1"),
                                  SPAN("earshot:{s3}"),
                                  SPAN("1"),
                                  SPAN("one"),
                                  SPAN("acme"),
                                  SPAN("7"),
                                  SPAN("{\"id\":\"acme\",\"name\":null,\"query\":\"acme\",\"version\":7")};
    char key[32];
    struct span words[COUNT_OF(define)];
    memcpy(words, define, sizeof define);
    snprintf(key, sizeof key, "earshot:{s%d}",
             deployment_shard(&(struct deployment){.shards = 4}, SPAN("acme")));
    words[3] = span_of(key);
    assert_int_equal(store_ask(store, words, COUNT_OF(words), &reply), STORE_OK);
    assert_int_equal(reply->type, STORE_INTEGER);
    static const struct step STEPS[] = {
        {"earshot query volume acme --json", 0, "{\"alert\":\"acme\",\"version\":7,"},
        {"earshot query volume acme --since 2h", 0, "# time (UTC)"},
        {"earshot query summary acme", 0, "mentions           0"},
        {"earshot feed acme", 0, "no mention of acme"},
        {"earshot feed acme --json | tail -c 1 | od -c", 0, "\\n"},
        {"earshot feed acme --order riskiest", 0, "no mention of acme"},
        {"earshot feed acme --order leads", 0, "no mention of acme"},
        {"earshot feed acme --order oldest", 2, "newest|negative|riskiest|leads"},
        {"earshot feed acme --cursor nonsense", 2, "cursor"},
        {"earshot query volume acne", 1, "unknown alert 'acne': did you mean 'acme'?"},
        {"earshot query volume acme --since 40d --grain minute", 2, "buckets"},
    };
    walk(STEPS, COUNT_OF(STEPS));
    store_free(&store);
}

/* deploy/redis-reader.acl: what the functions of readers need, and nothing that writes. */
static void a_reader_reads_and_cannot_write(void **state) {
    (void)state;
    struct store *store = redis_server_store(redis);
    struct buf out;
    char rules[1024];
    buf_init(&out, SHELL_OUTPUT_MAX);
    FILE *file = fopen(READER_ACL, "r");
    assert_non_null(file);
    assert_non_null(fgets(rules, sizeof rules, file));
    fclose(file);
    rules[strcspn(rules, "\n")] = '\0';
    assert_int_equal(strncmp(rules, "user earshot-reader ", 20), 0);
    char command[1200];
    snprintf(command, sizeof command, "ACL SETUSER %s >secret", rules + 5);
    assert_int_equal(redis_ask(store, command)->type, STORE_STATUS);
    static const struct {
        const char *command;
        bool allowed;
    } CASES[] = {
        {"PING", true},
        {"FCALL_RO earshot_alerts 0", true},
        {"FCALL_RO earshot_volume 0 acme now-2h now minute", true},
        {"FCALL_RO earshot_summary 0 acme now-2h now", true},
        {"FCALL_RO earshot_feed 0 acme now-2h now newest 5 ''", true},
        {"FCALL_RO earshot_feed 0 acme now-2h now negative 5 ''", true},
        {"FCALL_RO earshot_feed 0 acme now-2h now riskiest 5 ''", true},
        {"FCALL_RO earshot_feed 0 acme now-2h now leads 5 ''", true},
        {"FCALL_RO earshot_summary 0 acme now-40d now", true},
        {"FCALL earshot_define 1 'earshot:{s0}' 1 one x 8 {", false},
        {"SET earshot:x 1", false},
        {"HSET 'earshot:{meta}' id stolen", false},
        {"HGETALL other", false},
        {"KEYS '*'", false},
        {"CONFIG GET '*'", false},
        {"FUNCTION DELETE earshot", false},
        {"FLUSHALL", false},
        {"ACL LIST", false},
    };
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char line[512];
        snprintf(line, sizeof line,
                 "redis-cli -s %s --user earshot-reader --pass secret --no-auth-warning %s",
                 redis_server_socket(redis), CASES[i].command);
        assert_int_equal(shell_run(line, &out), 0);
        bool denied = strstr(buf_span(&out).ptr, "NOPERM") != NULL;
        if (denied == CASES[i].allowed)
            fail_msg("%s: %s", CASES[i].command, buf_span(&out).ptr);
    }
    store_free(&store);
    buf_free(&out);
}

static void the_broker_ends_with_a_signal(void **state) {
    (void)state;
    struct buf out;
    buf_init(&out, SHELL_OUTPUT_MAX);
    /* popen() tells no pid, but the broker's parent is us. */
    char command[256];
    snprintf(command, sizeof command,
             "for p in $(cat /proc/%d/task/%d/children); do [ \"$(cat /proc/$p/comm)\" != earshot ] || kill "
             "$p; done",
             getpid(), getpid());
    assert_int_equal(shell_run(command, &out), 0);
    int status = pclose(broker);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    buf_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deployment_is_founded_once),
        cmocka_unit_test(a_view_does_not_outlive_its_log),
        cmocka_unit_test(alerts_are_applied_as_a_whole_or_not),
        cmocka_unit_test(a_replay_says_what_is_wrong_and_what_there_is),
        cmocka_unit_test(a_correction_is_checked_and_sent),
        cmocka_unit_test(wrong_questions_are_answered_in_one_line),
        cmocka_unit_test(readers_see_what_redis_has),
        cmocka_unit_test(a_reader_reads_and_cannot_write),
        cmocka_unit_test(the_broker_ends_with_a_signal),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
