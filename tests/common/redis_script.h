/* redis_script: a server in a thread that plays one scene a connection: whatever is asked, it sends the
 * scene's bytes. For what a real Redis does not do on demand: break off, stay silent, answer nonsense. */
#ifndef TESTS_REDIS_SCRIPT_H
#define TESTS_REDIS_SCRIPT_H

#include "earshot/base.h"

struct scene {
    struct span answer; /* sent when the first bytes have come */
    bool hold;          /* then wait for the client to close; else close at once */
    bool slam;          /* close without reading */
};

struct redis_script;

/* Listens on a free port of the loopback. The last scene is played for all further connections. */
struct redis_script *redis_script_new(const struct scene *scenes, size_t count);
void redis_script_free(struct redis_script **script);
int redis_script_port(const struct redis_script *script);
/* All bytes that were received so far; valid until the script is freed. */
struct span redis_script_heard(struct redis_script *script);

#endif
