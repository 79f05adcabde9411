/* show_summary: how many, how they speak, and where. */
#include "show.h"

static const char *const LISTS[] = {"platforms", "languages", "countries", "kinds"};

static void add_number(struct screen *screen, const json_t *reply, const char *member, const char *label) {
    const json_t *value = json_object_get(reply, member);
    buf_printf(screen->out, "   %s ", label);
    if (!json_is_number(value))
        buf_add_str(screen->out, "-");
    else
        screen_text(screen, json_number_value(value) < 0 ? STYLE_BAD : STYLE_GOOD, "%s",
                    signed_of(json_number_value(value)).text);
}

bool show_summary(struct screen *screen, const json_t *reply) {
    struct span alert = show_string(reply, "alert");
    if (!alert.ptr || !json_is_integer(json_object_get(reply, "mentions")))
        return false;
    for (size_t i = 0; i < COUNT_OF(LISTS); i++)
        if (!json_is_array(json_object_get(reply, LISTS[i])))
            return false;
    screen_text(screen, STYLE_BOLD, "%s", alert.ptr);
    buf_printf(screen->out, "  %s", show_time(show_integer(reply, "from"), "hour").text);
    buf_printf(screen->out, " – %s UTC\n\n", show_time(show_integer(reply, "to"), "hour").text);
    buf_printf(screen->out, "%-10s %9s", "mentions", digits_of(show_integer(reply, "mentions")).text);
    add_number(screen, reply, "net", "net");
    add_number(screen, reply, "score", "mean score");
    buf_add_char(screen->out, '\n');
    show_opinion(screen, reply);
    if (show_integer(reply, "mentions") > 0) {
        buf_add_char(screen->out, '\n');
        show_rankings(screen, reply, LISTS, COUNT_OF(LISTS));
    }
    return true;
}
