/* log: one line an event on stderr, JSON or plain. Any thread. A line is at most 2 KiB (cut, marked) and one
 * write(2). What repeats is the caller's to limit: say a state once when it begins and once when it ends.
 * Never log secrets. */
#ifndef EARSHOT_LOG_H
#define EARSHOT_LOG_H

#include "earshot/base.h"

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };
enum log_format { LOG_FORMAT_PLAIN, LOG_FORMAT_JSON };

/* Before the first line; without it: plain, info. program is borrowed for the process's life.
 * JSON: {"time":"…Z","level":"info","program":"earshot-matcher","event":"bus.connected","message":"…"}
 * plain: 2026-11-21T20:25:55.123Z info earshot-matcher bus.connected: … (colours only on a terminal) */
void log_open(const char *program, enum log_format format, enum log_level min);

/* event: a stable dotted name to search by; the message says what to do where there is something to do. */
void log_line(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);

#define log_debug(event, ...) log_line(LOG_LEVEL_DEBUG, event, __VA_ARGS__)
#define log_info(event, ...)  log_line(LOG_LEVEL_INFO, event, __VA_ARGS__)
#define log_warn(event, ...)  log_line(LOG_LEVEL_WARN, event, __VA_ARGS__)
#define log_error(event, ...) log_line(LOG_LEVEL_ERROR, event, __VA_ARGS__)

#endif
