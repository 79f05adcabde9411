#include "answers.h"

#include "command.h"
#include "reader.h"
#include "show.h"

#include <stdio.h>

struct asking {
    struct screen *screen;
    struct store *store;
    char from[24], to[24];
    int64_t now;
};

/* The reply as JSON; NULL: said. */
static json_t *ask(const struct asking *asking, const char *function, const char *const *args, size_t count) {
    struct buf text;
    buf_init(&text, READER_REPLY_MAX);
    json_t *reply = NULL;
    if (reader_call(asking->store, function, args, count, &text) == EXIT_OK) {
        reply = json_loadb(buf_span(&text).ptr, text.len, 0, NULL);
        if (!reply)
            command_refuse(EXIT_FAILED, "the reply of %s is no JSON", function);
    }
    buf_free(&text);
    return reply;
}

static void rule(struct screen *screen, const json_t *alert) {
    struct span id = show_string(alert, "id"), name = show_string(alert, "name");
    buf_add_char(screen->out, '\n');
    screen_style(screen, STYLE_BOLD);
    buf_add_str(screen->out, "══ ");
    int columns = 3 + screen_add_foreign(screen->out, id, ANSWERS_ID);
    if (name.len) {
        buf_add_str(screen->out, ": ");
        columns += 2 + screen_add_foreign(screen->out, name, screen->width - columns - 8);
    }
    buf_add_char(screen->out, ' ');
    screen_repeat(screen, "═", screen->width - columns - 1);
    screen_style(screen, STYLE_NONE);
    buf_add_char(screen->out, '\n');
}

static bool add_summary(const struct asking *asking, const char *id) {
    const char *args[] = {id, asking->from, asking->to};
    json_t *reply = ask(asking, "earshot_summary", args, COUNT_OF(args));
    bool ok = reply && show_summary(asking->screen, reply);
    json_decref(reply);
    return ok;
}

static bool add_volume(const struct asking *asking, const char *id) {
    const char *args[] = {id, asking->from, asking->to, "day"};
    json_t *reply = ask(asking, "earshot_volume", args, COUNT_OF(args));
    if (reply) {
        screen_text(asking->screen, STYLE_BOLD, "\nmentions a day\n");
        show_plot(asking->screen, json_object_get(reply, "buckets"), "day", 5);
    }
    json_decref(reply);
    return reply != NULL;
}

static const struct section {
    const char *order, *title;
    int limit;
    const char *label; /* shown while they have it; NULL: all */
} SECTIONS[] = {
    {"newest", "newest", ANSWERS_ITEMS, NULL},
    {"negative", "most negative", ANSWERS_ITEMS, "negative"},
    {"leads", "leads", ANSWERS_ITEMS, NULL},
    {"riskiest", "highest escalation risk", 1, NULL},
};

static bool add_items(const struct asking *asking, const char *id, const struct section *section) {
    char limit[8];
    snprintf(limit, sizeof limit, "%d", section->limit);
    const char *args[] = {id, asking->from, asking->to, section->order, limit, ""};
    json_t *reply = ask(asking, "earshot_feed", args, COUNT_OF(args));
    const json_t *items = json_object_get(reply, "items");
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *item = json_array_get(items, i);
        if (section->label && !span_eq(show_string(item, "label"), span_of(section->label)))
            break;
        if (i == 0)
            screen_text(asking->screen, STYLE_BOLD, "\n%s\n", section->title);
        show_item(asking->screen, item, asking->now);
    }
    bool ok = reply != NULL;
    json_decref(reply);
    return ok;
}

static bool add_alert(const struct asking *asking, const json_t *alert) {
    const char *id = json_string_value(json_object_get(alert, "id"));
    if (!id)
        return false;
    rule(asking->screen, alert);
    bool ok = add_summary(asking, id) && add_volume(asking, id);
    for (size_t i = 0; ok && i < COUNT_OF(SECTIONS); i++)
        ok = add_items(asking, id, &SECTIONS[i]);
    return ok;
}

int64_t answers_known(struct store *store) {
    const struct span args[] = {SPAN("FCALL_RO"), SPAN("earshot_alerts"), SPAN("0")};
    const struct store_reply *reply;
    if (store_ask(store, args, COUNT_OF(args), &reply) != STORE_OK || reply->type != STORE_STRING)
        return -1;
    json_t *root = json_loadb(reply->text.ptr, reply->text.len, 0, NULL);
    const json_t *alerts = json_object_get(root, "alerts");
    int64_t known = json_is_array(alerts) ? (int64_t)json_array_size(alerts) : -1;
    json_decref(root);
    return known;
}

int answers_add(struct screen *screen, struct store *store, int64_t since, int64_t now,
                char first[ANSWERS_ID]) {
    struct asking asking = {.screen = screen, .store = store, .now = now};
    snprintf(asking.from, sizeof asking.from, "%lld", (long long)since);
    snprintf(asking.to, sizeof asking.to, "%lld", (long long)now + 60);
    json_t *reply = ask(&asking, "earshot_alerts", NULL, 0);
    const json_t *alerts = json_object_get(reply, "alerts");
    bool ok = reply != NULL;
    first[0] = '\0';
    for (size_t i = 0; ok && i < json_array_size(alerts) && i < ANSWERS_ALERTS; i++) {
        const json_t *alert = json_array_get(alerts, i);
        if (i == 0)
            snprintf(first, ANSWERS_ID, "%s",
                     show_string(alert, "id").ptr ? show_string(alert, "id").ptr : "");
        ok = add_alert(&asking, alert);
    }
    if (ok && json_array_size(alerts) > ANSWERS_ALERTS)
        buf_printf(screen->out, "\n%zu more alerts: earshot alerts list\n",
                   json_array_size(alerts) - ANSWERS_ALERTS);
    json_decref(reply);
    return ok ? EXIT_OK : EXIT_FAILED;
}
