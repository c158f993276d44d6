#include "net/multi.h"

#include <stdlib.h>

struct dcv_multi {
    struct dcv_watch watch;
    struct dcv_loop *loop;
    CURLM *handle;
    dcv_multi_done_fn *done;
    uint64_t due_us;
};

/* Takes what libcurl is done with. */
static void collect(struct dcv_multi *multi)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(multi->handle, &left)) != NULL;) {
        void *transfer = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode result = message->data.result;
        (void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        multi->done(transfer, result);
    }
}

/* ---- what libcurl calls ------------------------------------------------------------------------------------------------------------ */

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *unused)
{
    struct dcv_multi *multi = user;
    (void)easy;
    (void)unused;
    bool readable = what == CURL_POLL_IN || what == CURL_POLL_INOUT, writable = what == CURL_POLL_OUT || what == CURL_POLL_INOUT;
    return dcv_loop_watch(multi->loop, fd, readable, writable, &multi->watch) ? 0 : -1;
}

static int on_timer(CURLM *handle, long timeout_ms, void *user)
{
    struct dcv_multi *multi = user;
    (void)handle;
    multi->due_us = timeout_ms < 0 ? UINT64_MAX : multi->loop->now_us + (uint64_t)timeout_ms * 1000U;
    return 0;
}

static void on_ready(struct dcv_watch *watch, int fd, bool readable, bool writable)
{
    struct dcv_multi *multi = (struct dcv_multi *)watch;
    int running;
    (void)curl_multi_socket_action(multi->handle, fd, (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0), &running);
    collect(multi);
}

/* ---- the set ------------------------------------------------------------------------------------------------------------------------ */

CURLM *dcv_multi_handle(const struct dcv_multi *multi)
{
    return multi->handle;
}

bool dcv_multi_add(struct dcv_multi *multi, CURL *easy, void *transfer)
{
    return curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) == CURLE_OK && curl_multi_add_handle(multi->handle, easy) == CURLM_OK;
}

void dcv_multi_remove(struct dcv_multi *multi, CURL *easy)
{
    (void)curl_multi_remove_handle(multi->handle, easy);
}

uint64_t dcv_multi_due_us(const struct dcv_multi *multi)
{
    return multi->due_us;
}

void dcv_multi_wake(struct dcv_multi *multi)
{
    int running;
    if (multi->loop->now_us < multi->due_us)
        return;
    multi->due_us = UINT64_MAX;
    (void)curl_multi_socket_action(multi->handle, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(multi);
}

static bool set_up(struct dcv_multi *multi)
{
    multi->handle = curl_multi_init();
    return multi->handle != NULL && curl_multi_setopt(multi->handle, CURLMOPT_SOCKETFUNCTION, on_socket) == CURLM_OK
        && curl_multi_setopt(multi->handle, CURLMOPT_SOCKETDATA, multi) == CURLM_OK
        && curl_multi_setopt(multi->handle, CURLMOPT_TIMERFUNCTION, on_timer) == CURLM_OK
        && curl_multi_setopt(multi->handle, CURLMOPT_TIMERDATA, multi) == CURLM_OK;
}

enum dcv_status dcv_multi_create(struct dcv_loop *loop, dcv_multi_done_fn *done, struct dcv_multi **out)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return DCV_ERR_SYSTEM;
    struct dcv_multi *multi = calloc(1, sizeof *multi);
    if (multi == NULL) {
        curl_global_cleanup();
        return DCV_ERR_NOMEM;
    }
    *multi = (struct dcv_multi){.watch = {on_ready}, .loop = loop, .done = done, .due_us = UINT64_MAX};
    if (!set_up(multi)) {
        dcv_multi_free(multi);
        return DCV_ERR_NOMEM;
    }
    *out = multi;
    return DCV_OK;
}

void dcv_multi_free(struct dcv_multi *multi)
{
    if (multi == NULL)
        return;
    if (multi->handle != NULL)
        (void)curl_multi_cleanup(multi->handle);
    free(multi);
    curl_global_cleanup();
}
