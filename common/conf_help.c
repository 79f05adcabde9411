/* conf_help: the table as a page. */
#include "conf_parts.h"

#include <stdio.h>

/* Help begins here; an option that is longer has a line of its own. */
enum { COLUMN = 34, LEFT_MAX = 128 };

static const char *argument_of(const struct conf_option *option) {
    static const char *const NAMES[] = {
        [CONF_STRING] = "TEXT", [CONF_SECRET] = "FILE", [CONF_INT] = "N",
        [CONF_BOOL] = "",       [CONF_SIZE] = "SIZE",   [CONF_DURATION] = "TIME"};
    if (option->type == CONF_SECRET || option->type == CONF_BOOL)
        return NAMES[option->type];
    if (option->argument)
        return option->argument;
    return option->type == CONF_CHOICE ? option->choices : NAMES[option->type];
}

static bool is_on(const struct conf_option *option) {
    return option->type == CONF_BOOL && option->fallback && strcmp(option->fallback, "true") == 0;
}

/* Columns that text takes, one a character. */
static int width(const char *text) {
    int columns = 0;
    for (; *text; text++)
        columns += ((unsigned char)*text & 0xc0) != 0x80;
    return columns;
}

static void add_option(struct conf_loader *loader, const struct conf_option *option, struct buf *out) {
    char left[LEFT_MAX], letter[8] = "    ";
    const char *argument = argument_of(option);
    if (option->letter)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    snprintf(left, sizeof left, "  %s--%s%s%s%s%s", letter, is_on(option) ? "[no-]" : "", option->name,
             option->type == CONF_SECRET ? "-file" : "", *argument ? " " : "", argument);
    bool fits = width(left) + 2 <= COLUMN;
    buf_printf(out, "%s%s%*s%s", left, fits ? "" : "\n", fits ? COLUMN - width(left) : COLUMN, "",
               option->help ? option->help : "");
    if (option->type == CONF_SECRET)
        buf_printf(out, "; the file holds it, or %s does", conf_variable(loader, span_of(option->name)));
    else if (option->fallback && *option->fallback && option->type != CONF_BOOL)
        buf_printf(out, " (%s)", option->fallback);
    buf_add_char(out, '\n');
}

static void add_layers(const struct conf *conf, struct buf *out) {
    buf_add_str(out,
                "\nAn option --some-name is also read from the file of --config (some-name = …) and from\n"
                "the environment (EARSHOT_SOME_NAME): flags win over the environment, that over the file.\n");
    if (conf->kafka_properties)
        buf_add_str(out, "kafka.PROPERTY passes a property of librdkafka on: --kafka.sasl.username=NAME,\n"
                         "--kafka.sasl.password-file=FILE, EARSHOT_KAFKA_SASL_USERNAME.\n");
}

void conf_help(struct conf_loader *loader, struct buf *out) {
    const struct conf *conf = loader->conf;
    const struct conf_option *option;
    void *filled;
    buf_printf(out, "Usage: %s %s\n", conf->program, conf->usage ? conf->usage : "[OPTION]…");
    if (conf->about)
        buf_printf(out, "%s\n", conf->about);
    for (size_t i = 0; conf_table(loader, i, &option, &filled); i++)
        for (; option->name; option++) {
            if (option->type == CONF_HEADING)
                buf_printf(out, "\n%s\n", option->name);
            else
                add_option(loader, option, out);
        }
    add_layers(conf, out);
    if (conf->epilog)
        buf_printf(out, "\n%s\n", conf->epilog);
}
