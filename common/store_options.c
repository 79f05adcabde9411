/* store_options: the options of every program that speaks to Redis, in one table, so that they have the same
 * names everywhere. */
#include "earshot/store.h"

#define AT(member) offsetof(struct store_conf, member)

const struct conf_option STORE_OPTIONS[] = {
    {.name = "Redis", .type = CONF_HEADING},
    {.name = "redis",
     .type = CONF_STRING,
     .offset = AT(url),
     .fallback = "redis://127.0.0.1:6379",
     .argument = "URL",
     .help = "redis://[user@]host[:port][/db], rediss://… for TLS, unix:///path"},
    {.name = "redis-password", .type = CONF_SECRET, .offset = AT(password), .help = "AUTH"},
    {.name = "redis-ca-file",
     .type = CONF_STRING,
     .offset = AT(ca_file),
     .argument = "FILE",
     .help = "TLS: who signed the server's certificate; the system's where it is not given"},
    {.name = "redis-cert-file",
     .type = CONF_STRING,
     .offset = AT(cert_file),
     .argument = "FILE",
     .help = "TLS: our certificate, where the server asks for one"},
    {.name = "redis-key-file",
     .type = CONF_STRING,
     .offset = AT(key_file),
     .argument = "FILE",
     .help = "TLS: its key"},
    {.name = "redis-timeout",
     .type = CONF_DURATION,
     .offset = AT(timeout_ms),
     .fallback = "5s",
     .argument = "TIME",
     .help = "to connect, to send and to wait for a reply, each",
     .min = 10,
     .max = 600000},
    {0},
};
