#include "queue/internal.h"

#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

enum {
    HEARTBEAT_S = 30,
    FRAME_MAX = 131072,
    GOODBYE_MS = 1000,
    MOMENT_MS = 250,
};

void dcv_queue_link_init(struct dcv_queue_link *link, const struct dcv_queue_settings *settings)
{
    *link = (struct dcv_queue_link){.settings = settings, .fate = DCV_QUEUE_LOST};
    dcv_buf_init(&link->why, DCV_QUEUE_TEXT_MAX);
}

void dcv_queue_link_done(struct dcv_queue_link *link)
{
    dcv_queue_link_close(link, false);
    dcv_buf_done(&link->why);
}

static struct timeval span(unsigned ms)
{
    return (struct timeval){.tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000};
}

/* ---- why it failed ---------------------------------------------------------------------------------------------------------------- */

static bool begin_why(struct dcv_queue_link *link, enum dcv_queue_fate fate)
{
    if (link->fate != DCV_QUEUE_ALIVE)
        return false;
    link->fate = fate;
    dcv_buf_clear(&link->why);
    dcv_queue_host_put(&link->why, link->host);
    dcv_buf_puts(&link->why, ": ");
    return true;
}

void dcv_queue_link_fail(struct dcv_queue_link *link, enum dcv_queue_fate fate, const char *format, ...)
{
    if (!begin_why(link, fate))
        return;
    va_list args;
    va_start(args, format);
    dcv_buf_vprintf(&link->why, format, args);
    va_end(args);
}

/* A status of librabbitmq. */
static void fail_library(struct dcv_queue_link *link, const char *what, int status)
{
    if (!begin_why(link, DCV_QUEUE_LOST))
        return;
    dcv_buf_printf(&link->why, "%s: %s", what, amqp_error_string2(status));
    const bool tls = link->settings->tls && dcv_queue_tls_explain(link, &link->why);
    if (tls || status == AMQP_STATUS_BROKER_UNSUPPORTED_SASL_METHOD || status == AMQP_STATUS_INCOMPATIBLE_AMQP_VERSION)
        link->fate = DCV_QUEUE_USELESS;
}

static bool says(amqp_bytes_t text, const char *part)
{
    return memmem(text.bytes, text.len, part, strlen(part)) != NULL;
}

/* What comes of the server's reason. Rights are missing for as long as nobody gives them. A precondition is final where a queue is declared,
 * and elsewhere only says why this channel was closed (as after consumer_timeout). What is not allowed is another virtual host, or one connection more
 * than a limit, which the text alone tells apart. What is not found was declared a moment ago. */
static enum dcv_queue_fate fate_of(uint16_t code, amqp_bytes_t text, bool precious)
{
    switch (code) {
    case AMQP_ACCESS_REFUSED:
        return DCV_QUEUE_USELESS;
    case AMQP_PRECONDITION_FAILED:
        return precious ? DCV_QUEUE_USELESS : DCV_QUEUE_LOST;
    case AMQP_NOT_ALLOWED:
        return precious && !says(text, "limit") ? DCV_QUEUE_USELESS : DCV_QUEUE_LOST;
    case AMQP_NOT_FOUND:
        return DCV_QUEUE_DOUBTED;
    default:
        return DCV_QUEUE_LOST;
    }
}

/* The server closed the connection or the channel, and said why. */
static void fail_closed(struct dcv_queue_link *link, const char *what, uint16_t code, amqp_bytes_t text, bool precious)
{
    if (!begin_why(link, fate_of(code, text, precious)))
        return;
    dcv_buf_printf(&link->why, "%s: ", what);
    dcv_buf_put(&link->why, text.bytes, text.len);
    dcv_buf_printf(&link->why, " (%u)", (unsigned)code);
}

/* A method by which the server closes; false: it is none. */
static bool read_close(struct dcv_queue_link *link, const char *what, const amqp_method_t *method, bool precious)
{
    if (method->id == AMQP_CONNECTION_CLOSE_METHOD) {
        const amqp_connection_close_t *close = method->decoded;
        fail_closed(link, what, close->reply_code, close->reply_text, precious);
        return true;
    }
    if (method->id == AMQP_CHANNEL_CLOSE_METHOD) {
        const amqp_channel_close_t *close = method->decoded;
        fail_closed(link, what, close->reply_code, close->reply_text, precious);
        return true;
    }
    return false;
}

static bool check_reply(struct dcv_queue_link *link, const char *what, amqp_rpc_reply_t reply, bool precious)
{
    switch (reply.reply_type) {
    case AMQP_RESPONSE_NORMAL:
        return true;
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
        fail_library(link, what, reply.library_error);
        return false;
    case AMQP_RESPONSE_SERVER_EXCEPTION:
        if (read_close(link, what, &reply.reply, precious))
            return false;
        break;
    case AMQP_RESPONSE_NONE:
        break;
    }
    dcv_queue_link_fail(link, DCV_QUEUE_LOST, "%s: no answer", what);
    return false;
}

bool dcv_queue_link_replied(struct dcv_queue_link *link, const char *what, bool precious)
{
    const bool replied = check_reply(link, what, amqp_get_rpc_reply(link->connection), precious);
    amqp_maybe_release_buffers(link->connection);
    return replied;
}

/* A queue whose node is down is not found either, and is still there. */
bool dcv_queue_link_missing(const struct dcv_queue_link *link)
{
    const amqp_rpc_reply_t reply = amqp_get_rpc_reply(link->connection);
    if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION || reply.reply.id != AMQP_CHANNEL_CLOSE_METHOD)
        return false;
    const amqp_channel_close_t *close = reply.reply.decoded;
    return close->reply_code == AMQP_NOT_FOUND && says(close->reply_text, "no queue");
}

/* ---- opening ---------------------------------------------------------------------------------------------------------------------- */

static bool reach(struct dcv_queue_link *link)
{
    const bool tls = link->settings->tls;
    /* The library's own initialisation sets callbacks that OpenSSL has not used since 1.1; the flag is the same for all. */
    amqp_set_initialize_ssl_library(0);
    amqp_socket_t *socket = tls ? amqp_ssl_socket_new(link->connection) : amqp_tcp_socket_new(link->connection);
    if (socket == NULL) {
        dcv_queue_link_fail(link, DCV_QUEUE_LOST, "memory is short");
        return false;
    }
    if (tls && !dcv_queue_tls_prepare(link, socket))
        return false;
    const struct timeval limit = span(link->settings->connect_ms);
    const int status = amqp_socket_open_noblock(socket, link->host->name, link->host->port, &limit);
    if (status != AMQP_STATUS_OK)
        fail_library(link, "cannot connect", status);
    return status == AMQP_STATUS_OK;
}

static amqp_table_entry_t flag(const char *name)
{
    return (amqp_table_entry_t){.key = amqp_cstring_bytes(name), .value = {.kind = AMQP_FIELD_KIND_BOOLEAN, .value = {.boolean = 1}}};
}

/* What the server is told of the client: that it wants to hear of alarms and of deleted queues. */
static amqp_rpc_reply_t login(const struct dcv_queue_link *link, const char *use)
{
    const struct dcv_queue_settings *settings = link->settings;
    amqp_table_entry_t able[] = {flag("connection.blocked"), flag("consumer_cancel_notify"), flag("basic.nack"), flag("publisher_confirms")};
    amqp_table_entry_t entries[] = {
        {.key = amqp_cstring_bytes("connection_name"), .value = {.kind = AMQP_FIELD_KIND_UTF8, .value = {.bytes = amqp_cstring_bytes(use)}}},
        {.key = amqp_cstring_bytes("capabilities"),
         .value = {.kind = AMQP_FIELD_KIND_TABLE, .value = {.table = {.num_entries = sizeof able / sizeof *able, .entries = able}}}},
    };
    const amqp_table_t properties = {.num_entries = sizeof entries / sizeof *entries, .entries = entries};
    amqp_connection_state_t state = link->connection;
    if (settings->user != NULL)
        return amqp_login_with_properties(state, settings->vhost, 0, FRAME_MAX, HEARTBEAT_S, &properties, AMQP_SASL_METHOD_PLAIN, settings->user,
                                          settings->password);
    /* RFC 4422 App. A: an empty identity is the certificate's. The library takes an empty one for a failed allocation; RabbitMQ reads none. */
    return amqp_login_with_properties(state, settings->vhost, 0, FRAME_MAX, HEARTBEAT_S, &properties, AMQP_SASL_METHOD_EXTERNAL, "certificate");
}

/* With TLS 1.3 a server looks at the client's certificate when the client is done with the handshake already (RFC 8446 §2). If it refuses it, it says
 * so and closes, and whatever is written then fails before that is read: so it is given a moment. Nothing else comes before the client has spoken. */
static bool is_let_in(struct dcv_queue_link *link)
{
    const struct timeval moment = span(MOMENT_MS);
    amqp_frame_t frame;
    if (link->settings->cert_file == NULL)
        return true;
    const int status = amqp_simple_wait_frame_noblock(link->connection, &frame, &moment);
    if (status != AMQP_STATUS_OK && status != AMQP_STATUS_TIMEOUT)
        fail_library(link, "cannot log in", status);
    return link->fate == DCV_QUEUE_ALIVE;
}

static bool set_up(struct dcv_queue_link *link, const char *use)
{
    const struct timeval limit = span(link->settings->connect_ms);
    if (amqp_set_handshake_timeout(link->connection, &limit) != AMQP_STATUS_OK || amqp_set_rpc_timeout(link->connection, &limit) != AMQP_STATUS_OK) {
        dcv_queue_link_fail(link, DCV_QUEUE_LOST, "memory is short");
        return false;
    }
    if (!reach(link) || !is_let_in(link) || !check_reply(link, "cannot log in", login(link, use), true))
        return false;
    (void)amqp_channel_open(link->connection, DCV_QUEUE_CHANNEL);
    return dcv_queue_link_replied(link, "cannot open a channel", false);
}

bool dcv_queue_link_open(struct dcv_queue_link *link, const struct dcv_queue_host *host, const char *use)
{
    link->host = host;
    link->fate = DCV_QUEUE_ALIVE;
    link->flaw = 0;
    dcv_buf_clear(&link->why);
    link->connection = amqp_new_connection();
    if (link->connection == NULL)
        dcv_queue_link_fail(link, DCV_QUEUE_LOST, "memory is short");
    else if (set_up(link, use))
        return true;
    dcv_queue_link_close(link, false);
    return false;
}

void dcv_queue_link_close(struct dcv_queue_link *link, bool politely)
{
    if (link->connection == NULL)
        return;
    const struct timeval limit = span(GOODBYE_MS);
    if (politely && link->fate == DCV_QUEUE_ALIVE && amqp_set_rpc_timeout(link->connection, &limit) == AMQP_STATUS_OK)
        (void)amqp_connection_close(link->connection, AMQP_REPLY_SUCCESS);
    (void)amqp_destroy_connection(link->connection);
    link->connection = NULL;
}

int dcv_queue_link_fd(const struct dcv_queue_link *link)
{
    return link->connection != NULL ? amqp_get_sockfd(link->connection) : -1;
}

bool dcv_queue_link_ready(const struct dcv_queue_link *link)
{
    return link->connection != NULL && (amqp_frames_enqueued(link->connection) || amqp_data_in_buffer(link->connection));
}

/* ---- frames ----------------------------------------------------------------------------------------------------------------------- */

bool dcv_queue_link_read(struct dcv_queue_link *link, amqp_frame_t *frame)
{
    /* Not zero: the library would then not see that the server's heartbeat is overdue. */
    const struct timeval at_once = {.tv_usec = 1};
    if (link->fate != DCV_QUEUE_ALIVE)
        return false;
    amqp_maybe_release_buffers(link->connection);
    const int status = amqp_simple_wait_frame_noblock(link->connection, frame, &at_once);
    if (status != AMQP_STATUS_OK && status != AMQP_STATUS_TIMEOUT)
        fail_library(link, "the connection broke", status);
    return status == AMQP_STATUS_OK;
}

bool dcv_queue_link_frame(struct dcv_queue_link *link, amqp_frame_t *frame)
{
    if (link->fate != DCV_QUEUE_ALIVE)
        return false;
    frame->channel = DCV_QUEUE_CHANNEL;
    const int status = amqp_send_frame(link->connection, frame);
    if (status != AMQP_STATUS_OK)
        fail_library(link, "the connection broke", status);
    return status == AMQP_STATUS_OK;
}

bool dcv_queue_link_method(struct dcv_queue_link *link, amqp_method_number_t method, void *fields)
{
    amqp_frame_t frame = {.frame_type = AMQP_FRAME_METHOD, .payload = {.method = {.id = method, .decoded = fields}}};
    return dcv_queue_link_frame(link, &frame);
}

bool dcv_queue_link_common(struct dcv_queue_link *link, const amqp_frame_t *frame)
{
    if (frame->frame_type != AMQP_FRAME_METHOD)
        return frame->channel != DCV_QUEUE_CHANNEL;
    if (read_close(link, "closed by the server", &frame->payload.method, false))
        return true;
    return frame->channel != DCV_QUEUE_CHANNEL && frame->channel != 0;
}
