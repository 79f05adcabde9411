/* action: read by the same strict cursor as the mentions, so that every error names its byte. Members that it
 * does not know are passed over: a later version may say more, and a correction is right without it. */
#include "earshot/action.h"

#include "earshot/alert.h"
#include "earshot/mention.h"
#include "earshot/scan.h"
#include "earshot/times.h"

/* Members. Each reader stands on its value. */

static bool read_action(struct scan *scan, void *base) {
    (void)base;
    size_t byte = scan_byte(scan);
    struct span name = scan_string(scan);
    if (!name.ptr)
        return false;
    return span_eq(name, SPAN("correct")) || scan_fault(scan, FAULT_TYPE, byte, "not `correct`");
}

static bool read_alert(struct scan *scan, void *base) {
    struct action *action = base;
    size_t byte = scan_byte(scan);
    action->alert = scan_string(scan);
    if (!action->alert.ptr)
        return false;
    return alert_id_ok(action->alert) || scan_fault(scan, FAULT_TYPE, byte, "no id of an alert");
}

static bool read_mention(struct scan *scan, void *base) {
    struct action *action = base;
    size_t byte = scan_byte(scan);
    action->mention = scan_string(scan);
    if (!action->mention.ptr)
        return false;
    if (action->mention.len == 0)
        return scan_fault(scan, FAULT_TYPE, byte, "must not be empty");
    return action->mention.len <= MENTION_ID_MAX ||
           scan_fault(scan, FAULT_SIZE, byte, "%zu bytes, more than %d", action->mention.len, MENTION_ID_MAX);
}

static bool read_label(struct scan *scan, void *base) {
    struct action *action = base;
    size_t byte = scan_byte(scan);
    struct span name = scan_string(scan);
    if (!name.ptr)
        return false;
    return label_find(name, &action->label) ||
           scan_fault(scan, FAULT_TYPE, byte, "not one of positive, neutral, negative");
}

static bool read_at(struct scan *scan, void *base) {
    struct action *action = base;
    size_t byte = scan_byte(scan);
    struct span text = scan_string(scan);
    if (!text.ptr)
        return false;
    return times_parse(text, &action->at) ||
           scan_fault(scan, FAULT_TYPE, byte, "no RFC 3339 time such as 2026-11-21T20:25:55Z");
}

static const struct scan_field MEMBERS[] = {
    {"action", read_action, true}, {"alert", read_alert, true}, {"mention", read_mention, true},
    {"label", read_label, true},   {"at", read_at, false},
};

bool action_read(struct span json, struct arena *arena, struct action *out, struct fault *fault) {
    struct scan scan;
    struct scan_scope scope;
    struct span name;
    unsigned seen = 0;
    bool known;
    *out = (struct action){.at = ACTION_NO_TIME};
    if (!json.ptr)
        return fault_set(fault, FAULT_JSON, 0, "a null record");
    if (json.len > ACTION_BYTES_MAX)
        return fault_set(fault, FAULT_SIZE, ACTION_BYTES_MAX, "%zu bytes, more than %d", json.len,
                         ACTION_BYTES_MAX);
    scan_begin(&scan, json, arena, fault);
    if (!scan_object(&scan, &scope))
        return false;
    while (scan_member(&scan, &scope, &name))
        if (!scan_field(&scan, MEMBERS, COUNT_OF(MEMBERS), name, &seen, out, &known) ||
            (!known && !(scan_once(&scan, &scope, name) && scan_skip(&scan, NULL))))
            return false;
    return scan_ok(&scan) && scan_complete(&scan, MEMBERS, COUNT_OF(MEMBERS), seen) && scan_end(&scan);
}

void action_print(const struct action *action, struct buf *out) {
    buf_add_str(out, "{\"action\":\"correct\",\"alert\":");
    buf_add_json(out, action->alert);
    buf_add_str(out, ",\"mention\":");
    buf_add_json(out, action->mention);
    buf_add_str(out, ",\"label\":\"");
    buf_add_str(out, label_name(action->label));
    buf_add_char(out, '"');
    if (action->at != ACTION_NO_TIME) {
        char at[TIMES_TEXT];
        times_print(action->at, at);
        buf_add_str(out, ",\"at\":\"");
        buf_add_str(out, at);
        buf_add_char(out, '"');
    }
    buf_add_char(out, '}');
}
