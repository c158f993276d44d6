/* One thing is said at a time, and nothing before the last was answered: no pipelining, and never DATA. */
#include "net/smtp.h"

#include "base/text.h"
#include "net/dialog.h"
#include "net/lines.h"
#include "net/trust.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OCTETS_MAX = 65536,   /* of a reply, all told: what goes on for longer is none */
    PARTING_US = 2000000, /* how long the answer to a farewell is waited for */
    CODE_LEN = 3,
    SERVICE_CLOSING = 421,
    READY_FOR_TLS = 220,
    TRANSCRIPT_MAX = (DCV_SMTP_RECIPIENTS + 16) * 5 * DCV_SMTP_REPLY_MAX, /* an octet becomes four characters at most */
};

struct dcv_smtp {
    struct dcv_dialogs all;
    SSL_CTX *context;
};

/* What was said last, and is not answered yet. */
enum said { NOTHING, EHLO, HELO, STARTTLS, HANDSHAKE, MAIL, RCPT, RSET, QUIT };

static const char *const words[] = {
    [NOTHING] = "banner", [EHLO] = "ehlo", [HELO] = "helo", [STARTTLS] = "starttls", [HANDSHAKE] = "handshake",
    [MAIL] = "mail",      [RCPT] = "rcpt", [RSET] = "rset", [QUIT] = "quit",
};

struct talk {
    struct dcv_dialog dialog;
    struct dcv_smtp *smtp;
    struct dcv_arena *arena;
    struct dcv_smtp_request request;
    enum said said;
    size_t recipient;       /* the next, and with RCPT the one that was named */
    bool wide;              /* the server takes addresses beyond ASCII (RFC 6531) */
    struct dcv_buf text;    /* of the reply that is coming */
    unsigned code;
    size_t octets;          /* of that reply, so far */
    struct dcv_buf transcript;
};

/* ---- the transcript -------------------------------------------------------------------------------------------------------------- */

/* What came of the thing said last; code 0: nothing. */
static void note_reply(struct talk *talk)
{
    dcv_buf_printf(&talk->transcript, "%s ", words[talk->said]);
    if (talk->said == RCPT)
        dcv_buf_printf(&talk->transcript, "%zu ", talk->recipient);
    dcv_buf_printf(&talk->transcript, "%u%s", talk->code, talk->code != 0 ? " " : "");
    dcv_lines_put_text(&talk->transcript, dcv_buf_text(&talk->text), talk->text.len);
}

static void note_handshake(struct talk *talk, const char *version, const char *flaw)
{
    dcv_buf_printf(&talk->transcript, "handshake %s%s", version, flaw[0] != '\0' ? " " : "");
    dcv_lines_put_text(&talk->transcript, flaw, strlen(flaw));
}

/* It is over; what comes after the last recipient breaks nothing. */
static void finish(struct talk *talk, const char *broken)
{
    const struct dcv_stream_end *end = &talk->dialog.stream.end;
    dcv_buf_clear(&talk->text);
    talk->code = 0;
    if (talk->said == HANDSHAKE)
        note_handshake(talk, "-", end->detail != NULL ? end->detail : end->what != NULL ? end->what : broken);
    else if (talk->said != NOTHING)
        note_reply(talk);
    if (talk->said < RSET)
        dcv_buf_printf(&talk->transcript, "broken %s\n", broken);
    dcv_dialog_answer(&talk->dialog, &talk->transcript, DCV_EXCHANGE_ANSWER);
}

/* ---- commands -------------------------------------------------------------------------------------------------------------------- */

/* Is the address beyond ASCII? */
static bool is_wide(const char *address)
{
    for (const char *at = address; *at != '\0'; at++)
        if ((uint8_t)*at > 0x7f)
            return true;
    return false;
}

static bool any_wide(const struct dcv_smtp_request *request)
{
    for (size_t i = 0; i < request->count; i++)
        if (is_wide(request->recipients[i]))
            return true;
    return false;
}

static void put_command(const struct talk *talk, enum said what, struct dcv_buf *out)
{
    const struct dcv_smtp_request *request = &talk->request;
    switch (what) {
    case EHLO: dcv_buf_printf(out, "EHLO %s\r\n", request->helo); break;
    case HELO: dcv_buf_printf(out, "HELO %s\r\n", request->helo); break;
    case STARTTLS: dcv_buf_puts(out, "STARTTLS\r\n"); break;
    case MAIL: dcv_buf_printf(out, "MAIL FROM:<%s>%s\r\n", request->from, talk->wide && any_wide(request) ? " SMTPUTF8" : ""); break;
    case RCPT: dcv_buf_printf(out, "RCPT TO:<%s>\r\n", request->recipients[talk->recipient]); break;
    case RSET: dcv_buf_puts(out, "RSET\r\n"); break;
    case QUIT: dcv_buf_puts(out, "QUIT\r\n"); break;
    case NOTHING:
    case HANDSHAKE: break;
    }
}

/* What the server has said before is no answer to this. */
static void say(struct talk *talk, enum said what)
{
    struct dcv_stream *stream = &talk->dialog.stream;
    struct dcv_buf command;
    dcv_buf_init(&command, OCTETS_MAX);
    put_command(talk, what, &command);
    talk->said = what;
    if (what == RSET || what == QUIT)
        talk->dialog.until_us = talk->dialog.all->loop->now_us + PARTING_US;
    dcv_buf_clear(&stream->received);
    dcv_buf_clear(&talk->text);
    talk->code = 0;
    talk->octets = 0;
    dcv_stream_send(stream, command.data, command.len);
    dcv_buf_done(&command);
}

static void begin_tls(struct talk *talk)
{
    struct dcv_endpoint host = talk->dialog.exchange->to;
    (void)snprintf(host.name, sizeof host.name, "%s", talk->request.host);
    talk->said = HANDSHAKE;
    dcv_stream_secure(&talk->dialog.stream, talk->smtp->context, &host, NULL);
}

/* ---- what comes next --------------------------------------------------------------------------------------------------------------- */

/* Names the next recipient that can be named; the others remain without an answer. */
static void say_recipient(struct talk *talk)
{
    const struct dcv_smtp_request *request = &talk->request;
    while (talk->recipient < request->count && is_wide(request->recipients[talk->recipient]) && !talk->wide)
        talk->recipient++;
    say(talk, talk->recipient < request->count ? RCPT : RSET);
}

static void after_greeting(struct talk *talk, bool extended)
{
    const char *text = extended ? dcv_buf_text(&talk->text) : "";
    const bool secure = talk->dialog.stream.ssl != NULL;
    talk->wide = dcv_smtp_offers(text, "SMTPUTF8");
    say(talk, talk->request.starttls && !secure && dcv_smtp_offers(text, "STARTTLS") ? STARTTLS : MAIL);
}

static void on_reply(struct talk *talk)
{
    const unsigned code = talk->code;
    const bool good = code / 100 == 2;
    note_reply(talk);
    if (code == SERVICE_CLOSING && talk->said != QUIT) {
        say(talk, QUIT);
        return;
    }
    switch (talk->said) {
    case NOTHING: say(talk, good ? EHLO : QUIT); break;
    case EHLO:
        if (good)
            after_greeting(talk, true);
        else
            say(talk, code / 100 == 5 ? HELO : QUIT); /* RFC 5321 §3.2 */
        break;
    case HELO:
        if (good)
            after_greeting(talk, false);
        else
            say(talk, QUIT);
        break;
    case STARTTLS:
        if (code == READY_FOR_TLS)
            begin_tls(talk);
        else
            say(talk, MAIL);
        break;
    case MAIL:
        if (good)
            say_recipient(talk);
        else
            say(talk, QUIT);
        break;
    case RCPT:
        talk->recipient++;
        say_recipient(talk);
        break;
    case RSET: say(talk, QUIT); break;
    case QUIT: dcv_dialog_answer(&talk->dialog, &talk->transcript, DCV_EXCHANGE_ANSWER); break;
    case HANDSHAKE: break;
    }
}

/* ---- replies ----------------------------------------------------------------------------------------------------------------------- */

enum found { REPLY, PART, JUNK };

/* Keeps what there is room for, without NUL octets. */
static void keep_text(struct talk *talk, const char *text, size_t len)
{
    for (size_t i = 0; i < len && talk->text.len < DCV_SMTP_REPLY_MAX; i++)
        if (text[i] != '\0')
            dcv_buf_putc(&talk->text, text[i]);
}

static bool is_digit(char c, char min, char max)
{
    return c >= min && c <= max;
}

/* A line of a reply without its end (RFC 5321 §4.2). */
static enum found take_line(struct talk *talk, const char *line, size_t len)
{
    if (len < CODE_LEN || !is_digit(line[0], '2', '5') || !is_digit(line[1], '0', '9') || !is_digit(line[2], '0', '9')
        || (len > CODE_LEN && line[CODE_LEN] != ' ' && line[CODE_LEN] != '-'))
        return JUNK;
    if (talk->code != 0)
        keep_text(talk, "\n", 1);
    talk->code = (unsigned)((line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0'));
    if (len > CODE_LEN + 1)
        keep_text(talk, line + CODE_LEN + 1, len - CODE_LEN - 1);
    return len > CODE_LEN && line[CODE_LEN] == '-' ? PART : REPLY;
}

/* Takes lines out of what was received, until a reply is whole. */
static enum found take_reply(struct talk *talk)
{
    struct dcv_buf *received = &talk->dialog.stream.received;
    size_t at = 0;
    enum found found = PART;
    while (found == PART) {
        const char *line = dcv_buf_text(received) + at, *end = memchr(line, '\n', received->len - at);
        if (end == NULL)
            break;
        const size_t len = (size_t)(end - line);
        found = take_line(talk, line, len - (len != 0 && end[-1] == '\r'));
        at += len + 1;
    }
    talk->octets += at;
    if (at != 0) {
        received->len -= at;
        memmove(received->data, received->data + at, received->len);
    }
    return found == PART && talk->octets + received->len > OCTETS_MAX ? JUNK : found;
}

/* ---- a conversation ---------------------------------------------------------------------------------------------------------------- */

/* The handshake: done, over, or still to be waited for. */
static void look_at_handshake(struct talk *talk)
{
    const struct dcv_stream *stream = &talk->dialog.stream;
    if (stream->stage == DCV_STREAM_SECURE) {
        note_handshake(talk, SSL_get_version(stream->ssl), dcv_stream_flaw(stream));
        say(talk, EHLO);
    } else if (stream->stage == DCV_STREAM_ENDED) {
        finish(talk, "handshake");
    }
}

static void step(struct dcv_dialog *dialog)
{
    struct talk *talk = (struct talk *)dialog;
    const struct dcv_stream *stream = &dialog->stream;
    if (stream->stage == DCV_STREAM_ENDED && stream->end.stage == DCV_STREAM_CONNECTING) {
        dcv_dialog_finish_ended(dialog);
        return;
    }
    enum found found = REPLY;
    while (dialog->exchange != NULL && found == REPLY) {
        if (talk->said == HANDSHAKE)
            look_at_handshake(talk);
        if (talk->said == HANDSHAKE)
            return;
        found = take_reply(talk);
        if (found == REPLY)
            on_reply(talk);
    }
    if (found == JUNK)
        finish(talk, "not SMTP");
    else if (dialog->exchange != NULL && stream->stage == DCV_STREAM_ENDED)
        finish(talk, "closed");
}

static void late(struct dcv_dialog *dialog)
{
    if (dialog->stream.stage == DCV_STREAM_CONNECTING)
        dcv_dialog_finish(dialog, DCV_EXCHANGE_TIMEOUT);
    else
        finish((struct talk *)dialog, "timeout");
}

static void talk_free(struct dcv_dialog *dialog)
{
    struct talk *talk = (struct talk *)dialog;
    dcv_arena_free(talk->arena);
    dcv_buf_done(&talk->text);
    dcv_buf_done(&talk->transcript);
    free(talk);
}

/* ---- the client -------------------------------------------------------------------------------------------------------------------- */

enum dcv_status dcv_smtp_submit(struct dcv_smtp *smtp, struct dcv_exchange *exchange)
{
    struct talk *talk = calloc(1, sizeof *talk);
    struct dcv_arena *arena = dcv_arena_create(NULL);
    enum dcv_status status = talk != NULL && arena != NULL ? DCV_OK : DCV_ERR_NOMEM;
    if (status == DCV_OK)
        status = dcv_smtp_request_read(arena, exchange->query, exchange->query_len, &talk->request);
    if (status != DCV_OK) {
        dcv_arena_free(arena);
        free(talk);
        return status;
    }
    talk->smtp = smtp;
    talk->arena = arena;
    dcv_buf_init(&talk->text, DCV_SMTP_REPLY_MAX);
    dcv_buf_init(&talk->transcript, TRANSCRIPT_MAX);
    dcv_buf_printf(&talk->transcript, "recipients %zu\n", talk->request.count);
    dcv_dialog_start(&smtp->all, &talk->dialog, exchange);
    return DCV_OK;
}

void dcv_smtp_sweep(struct dcv_smtp *smtp, unsigned timeout_ms)
{
    dcv_dialogs_sweep(&smtp->all, timeout_ms);
}

/* Old versions and weak keys are taken, as mail servers take them from each other: the alternative would be no TLS at all (RFC 7435). */
static SSL_CTX *lenient_context(const struct dcv_tls_trust *trust)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL || !dcv_tls_trust_judge(trust, context)) {
        SSL_CTX_free(context);
        return NULL;
    }
    SSL_CTX_set_security_level(context, 0);
    (void)SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    (void)SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
    return context;
}

enum dcv_status dcv_smtp_create(struct dcv_loop *loop, const struct dcv_tls_trust *trust, struct dcv_smtp **out)
{
    struct dcv_smtp *smtp = calloc(1, sizeof *smtp);
    SSL_CTX *context = smtp != NULL ? lenient_context(trust) : NULL;
    if (context == NULL) {
        free(smtp);
        return DCV_ERR_NOMEM;
    }
    smtp->all = (struct dcv_dialogs){.loop = loop, .kept = OCTETS_MAX, .step = step, .late = late, .free = talk_free};
    smtp->context = context;
    *out = smtp;
    return DCV_OK;
}

void dcv_smtp_free(struct dcv_smtp *smtp)
{
    if (smtp == NULL)
        return;
    dcv_dialogs_done(&smtp->all);
    SSL_CTX_free(smtp->context);
    free(smtp);
}
