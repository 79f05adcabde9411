/* Any bytes as a record and as a file of alerts: no crash; a record is taken where jansson's tree has the
 * right members; what is printed reads as the same alert; a file without an error holds no id twice. */
#include "earshot/alert.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good, const char *why) {
    if (good)
        return;
    fprintf(stderr, "%s\n", why);
    abort();
}

static bool is_string(const json_t *value, size_t max) {
    return json_is_string(value) && json_string_length(value) <= max;
}

static bool are_tags(json_t *tags) {
    const char *name;
    json_t *value;
    if (!json_is_object(tags))
        return !tags || json_is_null(tags);
    json_object_foreach(tags, name, value) {
        if (!*name || strlen(name) > ALERT_NAME_MAX || !is_string(value, ALERT_NAME_MAX))
            return false;
    }
    return json_object_size(tags) <= ALERT_TAGS_MAX;
}

static bool is_alert(const json_t *root) {
    static const char *const NAMES[] = {"id", "query", "name", "tags", "paused"};
    const json_t *id = json_object_get(root, "id"), *name = json_object_get(root, "name");
    const json_t *paused = json_object_get(root, "paused");
    size_t known = 0;
    for (size_t i = 0; i < COUNT_OF(NAMES); i++)
        known += json_object_get(root, NAMES[i]) != NULL;
    return json_is_object(root) && known == json_object_size(root) && json_is_string(id) &&
           alert_id_ok((struct span){json_string_value(id), json_string_length(id)}) &&
           is_string(json_object_get(root, "query"), ALERT_QUERY_MAX) &&
           (!name || json_is_null(name) || is_string(name, ALERT_NAME_MAX)) &&
           (!paused || json_is_null(paused) || json_is_boolean(paused)) &&
           are_tags(json_object_get(root, "tags"));
}

static void check_record(struct span text) {
    struct fault fault;
    json_error_t error;
    json_t *root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, &error);
    struct alert *alert = alert_parse(text, &fault);
    must(alert || fault.byte <= text.len, "the fault is behind the text");
    if (!memchr(text.ptr, '\0', text.len)) /* jansson loses a NUL byte that follows a word */
        must((alert != NULL) == (is_alert(root) && text.len <= ALERT_BYTES_MAX),
             alert ? "only we take it" : "only jansson takes it");
    json_decref(root);
    if (!alert)
        return;
    struct buf once, twice;
    buf_init(&once, 4 * ALERT_BYTES_MAX);
    buf_init(&twice, 4 * ALERT_BYTES_MAX);
    alert_print(alert, &once);
    alert_free(&alert);
    alert = alert_parse(buf_span(&once), &fault);
    must(alert != NULL, "what was printed is refused");
    alert_print(alert, &twice);
    must(span_eq(buf_span(&once), buf_span(&twice)), "what was printed reads as another");
    alert_free(&alert);
    buf_free(&once);
    buf_free(&twice);
}

static void check_file(struct span text) {
    struct buf errors;
    struct alert_file file;
    buf_init(&errors, (size_t)16 << 20);
    bool ok = alert_file_read("file", text, &file, &errors);
    must(ok == (errors.len == 0), "errors and answer differ");
    for (size_t i = 0; i < file.count; i++) {
        must(file.entries[i].line >= 1, "no line");
        for (size_t j = 0; ok && j < i; j++)
            must(strcmp(file.entries[i].alert->id, file.entries[j].alert->id) != 0, "an id twice");
    }
    alert_file_free(&file);
    buf_free(&errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span text = {.ptr = (const char *)data, .len = size};
    check_record(text);
    check_file(text);
    return 0;
}
