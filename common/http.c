/* http: a queue before libcurl's multi, so that hundreds of requests may be asked for and a few are under
 * way. The response that was given last keeps its transfer until the next call: its strings are libcurl's. */
#include "earshot/http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

enum { REDIRECTS_MAX = 10, PER_HOST_MAX = 4, PROBLEM_MAX = 400, HEADER_MAX = 1024 };

struct transfer {
    struct transfer *next;           /* waiting */
    struct transfer *before, *after; /* under way */
    struct http *http;
    CURL *easy;
    struct curl_slist *headers;
    char *url, *etag, *last_modified;
    char *got_etag, *got_last_modified;
    void *tag;
    struct buf body;
    int hop_status;  /* of the answer whose headers come now */
    bool head_ended; /* libcurl takes a head that breaks off for a whole one */
    size_t hops, permanent_hops;
    char error[CURL_ERROR_SIZE];
};

struct http {
    CURLM *multi;
    char *user_agent;
    size_t parallel, running, waiting;
    size_t body_max;
    int64_t timeout_ms;
    struct transfer *first, *last; /* waiting */
    struct transfer *busy;         /* under way */
    struct transfer *given;        /* what the caller borrows */
    struct http_response response;
    char problem[PROBLEM_MAX];
};

struct http *http_new(const char *user_agent, int parallel, size_t body_max, int64_t timeout_ms) {
    ASSERT(parallel > 0 && timeout_ms > 0);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        die(EXIT_FAILED, "libcurl does not start");
    struct http *http = xcalloc(1, sizeof *http);
    http->user_agent = xstrdup(user_agent);
    http->parallel = (size_t)parallel;
    http->body_max = body_max;
    http->timeout_ms = timeout_ms;
    http->multi = curl_multi_init();
    if (!http->multi)
        die(EXIT_FAILED, "libcurl does not start");
    curl_multi_setopt(http->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)PER_HOST_MAX);
    return http;
}

static void free_transfer(struct transfer **transfer_) {
    struct transfer *transfer = *transfer_;
    if (!transfer)
        return;
    if (transfer->easy)
        curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    buf_free(&transfer->body);
    free(transfer->url);
    free(transfer->etag);
    free(transfer->last_modified);
    free(transfer->got_etag);
    free(transfer->got_last_modified);
    free(transfer);
    *transfer_ = NULL;
}

static void unlink_busy(struct http *http, struct transfer *transfer) {
    curl_multi_remove_handle(http->multi, transfer->easy);
    if (transfer->before)
        transfer->before->after = transfer->after;
    else
        http->busy = transfer->after;
    if (transfer->after)
        transfer->after->before = transfer->before;
    http->running--;
}

void http_free(struct http **http_) {
    struct http *http = *http_;
    if (!http)
        return;
    free_transfer(&http->given);
    while (http->busy) {
        struct transfer *transfer = http->busy;
        ASSERT(!transfer->before);
        unlink_busy(http, transfer);
        free_transfer(&transfer);
    }
    while (http->first) {
        struct transfer *transfer = http->first;
        http->first = transfer->next;
        free_transfer(&transfer);
    }
    curl_multi_cleanup(http->multi);
    curl_global_cleanup();
    free(http->user_agent);
    free(http);
    *http_ = NULL;
}

size_t http_running(const struct http *http) {
    return http->running + http->waiting;
}

/* --- what libcurl calls --- */

static size_t on_body(char *bytes, size_t size, size_t count, void *self) {
    struct transfer *transfer = self;
    buf_add(&transfer->body, bytes, size * count);
    return buf_ok(&transfer->body) ? size * count : 0;
}

/* The value of the header `name:`; ptr NULL: it is another one. */
static struct span header_value(struct span line, const char *name) {
    size_t len = strlen(name);
    if (line.len <= len || strncasecmp(line.ptr, name, len) != 0 || line.ptr[len] != ':')
        return (struct span){0};
    const char *from = line.ptr + len + 1, *end = line.ptr + line.len;
    while (from < end && (*from == ' ' || *from == '\t'))
        from++;
    while (end > from && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ' || end[-1] == '\t'))
        end--;
    return (struct span){from, (size_t)(end - from)};
}

static void keep(char **to, struct span value) {
    if (!value.ptr || value.len > HEADER_MAX || memchr(value.ptr, '\0', value.len))
        return;
    free(*to);
    *to = xstrndup(value.ptr, value.len);
}

/* A chain of redirects brings the headers of each answer; only the last one's are kept. */
static size_t on_header(char *bytes, size_t size, size_t count, void *self) {
    struct transfer *transfer = self;
    struct span line = {bytes, size * count};
    if (line.len > 9 && strncmp(bytes, "HTTP/", 5) == 0) {
        const char *space = memchr(bytes, ' ', line.len);
        transfer->hop_status = space ? atoi(space) : 0; /* libcurl ends a header line with a NUL */
        free(transfer->got_etag);
        free(transfer->got_last_modified);
        transfer->got_etag = transfer->got_last_modified = NULL;
        transfer->head_ended = false;
        return line.len;
    }
    transfer->head_ended |= line.len <= 2; /* CRLF alone */
    if (transfer->hop_status / 100 == 3 && header_value(line, "location").ptr) {
        transfer->hops++;
        transfer->permanent_hops += transfer->hop_status == 301 || transfer->hop_status == 308;
    }
    keep(&transfer->got_etag, header_value(line, "etag"));
    keep(&transfer->got_last_modified, header_value(line, "last-modified"));
    return line.len;
}

/* --- requests --- */

static void add_header(struct transfer *transfer, const char *name, const char *value) {
    struct buf line;
    buf_init(&line, (size_t)2 * HEADER_MAX);
    buf_printf(&line, "%s: %s", name, value);
    struct curl_slist *list = curl_slist_append(transfer->headers, buf_span(&line).ptr);
    if (!list)
        die(EXIT_FAILED, "out of memory");
    transfer->headers = list;
    buf_free(&line);
}

void http_get(struct http *http, const struct http_request *request) {
    struct transfer *transfer = xcalloc(1, sizeof *transfer);
    transfer->http = http;
    transfer->url = xstrdup(request->url);
    transfer->tag = request->tag;
    if (request->etag)
        add_header(transfer, "If-None-Match", request->etag);
    if (request->last_modified)
        add_header(transfer, "If-Modified-Since", request->last_modified);
    for (size_t i = 0; request->headers && request->headers[i]; i++) {
        struct curl_slist *list = curl_slist_append(transfer->headers, request->headers[i]);
        if (!list)
            die(EXIT_FAILED, "out of memory");
        transfer->headers = list;
    }
    buf_init(&transfer->body, http->body_max);
    if (http->last && http->first)
        http->last->next = transfer;
    else
        http->first = transfer;
    http->last = transfer;
    http->waiting++;
}

static void set_options(struct http *http, struct transfer *transfer) {
    CURL *easy = transfer->easy;
    bool good = curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
                curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https") == CURLE_OK;
    ASSERT(good); /* the two that keep file:// out */
    curl_easy_setopt(easy, CURLOPT_URL, transfer->url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer->headers);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, http->user_agent);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)http->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
}

static void start_waiting(struct http *http) {
    while (http->first && http->running < http->parallel) {
        struct transfer *transfer = http->first;
        http->first = transfer->next;
        http->waiting--;
        if (!(transfer->easy = curl_easy_init()))
            die(EXIT_FAILED, "out of memory");
        set_options(http, transfer);
        transfer->after = http->busy;
        if (http->busy)
            http->busy->before = transfer;
        http->busy = transfer;
        http->running++;
        CURLMcode code = curl_multi_add_handle(http->multi, transfer->easy);
        ASSERT(code == CURLM_OK);
    }
}

/* --- responses --- */

/* One line, and no byte that a log could not hold. */
static void say(struct http *http, const struct transfer *transfer, CURLcode code) {
    if (!buf_ok(&transfer->body))
        snprintf(http->problem, sizeof http->problem, "the answer is larger than %zu bytes", http->body_max);
    else
        snprintf(http->problem, sizeof http->problem, "%s",
                 *transfer->error ? transfer->error : curl_easy_strerror(code));
    for (char *at = http->problem; *at; at++) {
        if ((unsigned char)*at < ' ')
            *at = ' ';
    }
}

static void fill(struct http *http, struct transfer *transfer, CURLcode code) {
    struct http_response *response = &http->response;
    long status = 0;
    curl_off_t retry_after = 0;
    char *content_type = NULL, *url = NULL;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &retry_after);
    curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_TYPE, &content_type);
    curl_easy_getinfo(transfer->easy, CURLINFO_EFFECTIVE_URL, &url);
    *response = (struct http_response){
        .tag = transfer->tag,
        .status = code == CURLE_OK && transfer->head_ended ? (int)status : 0,
        .body = buf_span(&transfer->body),
        .etag = transfer->got_etag,
        .last_modified = transfer->got_last_modified,
        .content_type = content_type,
        .url = url ? url : transfer->url,
        .moved_permanently = transfer->hops && transfer->hops == transfer->permanent_hops,
        .retry_after_ms = retry_after > 0 ? (int64_t)retry_after * 1000 : -1,
    };
    if (response->status)
        return;
    if (code == CURLE_OK)
        snprintf(http->problem, sizeof http->problem, "the answer is no HTTP, or breaks off in its head");
    else
        say(http, transfer, code);
    response->problem = http->problem;
    response->body = SPAN("");
}

static bool take_done(struct http *http) {
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(http->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        struct transfer *transfer = NULL;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        unlink_busy(http, transfer);
        fill(http, transfer, code);
        http->given = transfer;
        return true;
    }
    return false;
}

const struct http_response *http_next(struct http *http, int timeout_ms) {
    int running, ready;
    free_transfer(&http->given);
    start_waiting(http);
    if (curl_multi_perform(http->multi, &running) != CURLM_OK)
        return NULL;
    if (take_done(http))
        return &http->response;
    if (http->running == 0 || timeout_ms <= 0)
        return NULL;
    if (curl_multi_poll(http->multi, NULL, 0, timeout_ms, &ready) != CURLM_OK ||
        curl_multi_perform(http->multi, &running) != CURLM_OK)
        return NULL;
    return take_done(http) ? &http->response : NULL;
}
