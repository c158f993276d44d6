#include "net/alpn.h"

#include "net/dialog.h"
#include "net/trust.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX = 8192, PROTOCOL_ROOM = 256 };

static const char acme_identifier[] = "1.3.6.1.5.5.7.1.31"; /* id-pe-acmeIdentifier (RFC 8737 §3) */

struct dcv_alpn {
    struct dcv_dialogs all;
    SSL_CTX *context;
    ASN1_OBJECT *identifier;
};

struct talk {
    struct dcv_dialog dialog;
    struct dcv_alpn *alpn;
    struct dcv_arena *arena;
    struct dcv_alpn_request request;
};

static void finish(struct talk *talk, const struct dcv_alpn_answer *answer)
{
    struct dcv_buf text;
    dcv_buf_init(&text, ANSWER_MAX);
    (void)dcv_alpn_answer_write(answer, &text);
    dcv_dialog_answer(&talk->dialog, &text, DCV_EXCHANGE_ANSWER);
    dcv_buf_done(&text);
}

static void begin_tls(struct talk *talk)
{
    struct dcv_endpoint host = talk->dialog.exchange->to;
    (void)snprintf(host.name, sizeof host.name, "%s", talk->request.name);
    dcv_stream_secure(&talk->dialog.stream, talk->alpn->context, &host, talk->request.protocol);
}

/* ---- what the server showed -------------------------------------------------------------------------------------------------------- */

static bool has_identifier(const struct dcv_alpn *alpn, const SSL *ssl)
{
    const X509 *certificate = SSL_get0_peer_certificate(ssl);
    const int at = certificate != NULL ? X509_get_ext_by_OBJ(certificate, alpn->identifier, -1) : -1;
    return at >= 0 && X509_EXTENSION_get_critical(X509_get_ext(certificate, at)) == 1;
}

/* The protocol the server chose, without NUL octets. */
static const char *negotiated(const SSL *ssl, char out[PROTOCOL_ROOM])
{
    const unsigned char *name = NULL;
    unsigned len = 0;
    size_t kept = 0;
    SSL_get0_alpn_selected(ssl, &name, &len);
    for (unsigned i = 0; i < len && kept < PROTOCOL_ROOM - 1; i++)
        if (name[i] != '\0')
            out[kept++] = (char)name[i];
    out[kept] = '\0';
    return out;
}

static void finish_done(struct talk *talk)
{
    const struct dcv_stream *stream = &talk->dialog.stream;
    char protocol[PROTOCOL_ROOM];
    const struct dcv_alpn_answer answer = {.handshake = true, .negotiated = negotiated(stream->ssl, protocol), .failure = "",
                                           .version = SSL_get_version(stream->ssl), .identifier = has_identifier(talk->alpn, stream->ssl),
                                           .flaw = dcv_stream_flaw(stream)};
    finish(talk, &answer);
}

static void finish_failed(struct talk *talk, const char *failure, bool no_protocol)
{
    const struct dcv_alpn_answer answer = {.negotiated = "", .failure = failure, .no_protocol = no_protocol, .version = "", .flaw = ""};
    finish(talk, &answer);
}

/* What comes from a server that speaks another protocol on this port. */
static bool no_tls(unsigned reason)
{
    return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST || reason == SSL_R_PACKET_LENGTH_TOO_LONG;
}

static void finish_ended(struct talk *talk)
{
    const struct dcv_stream_end *end = &talk->dialog.stream.end;
    if (end->stage == DCV_STREAM_CONNECTING)
        dcv_dialog_finish_ended(&talk->dialog);
    else if (no_tls(end->reason))
        finish_failed(talk, "no TLS", false);
    else
        finish_failed(talk, end->detail != NULL ? end->detail : end->what != NULL ? end->what : "the TLS handshake failed",
                      end->reason == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
}

/* ---- a handshake ------------------------------------------------------------------------------------------------------------------- */

/* Was it done? A server may close the connection with the last octets of its handshake. */
static bool is_done(const struct dcv_stream *stream)
{
    return stream->stage == DCV_STREAM_SECURE || (stream->stage == DCV_STREAM_ENDED && stream->end.stage == DCV_STREAM_SECURE);
}

static void step(struct dcv_dialog *dialog)
{
    struct talk *talk = (struct talk *)dialog;
    const struct dcv_stream *stream = &dialog->stream;
    if (stream->stage == DCV_STREAM_OPEN)
        begin_tls(talk);
    if (is_done(stream))
        finish_done(talk);
    else if (stream->stage == DCV_STREAM_ENDED)
        finish_ended(talk);
}

static void late(struct dcv_dialog *dialog)
{
    if (dialog->stream.stage == DCV_STREAM_CONNECTING)
        dcv_dialog_finish(dialog, DCV_EXCHANGE_TIMEOUT);
    else
        finish_failed((struct talk *)dialog, "timeout", false);
}

static void talk_free(struct dcv_dialog *dialog)
{
    struct talk *talk = (struct talk *)dialog;
    dcv_arena_free(talk->arena);
    free(talk);
}

/* ---- the client -------------------------------------------------------------------------------------------------------------------- */

enum dcv_status dcv_alpn_submit(struct dcv_alpn *alpn, struct dcv_exchange *exchange)
{
    struct talk *talk = calloc(1, sizeof *talk);
    struct dcv_arena *arena = dcv_arena_create(NULL);
    enum dcv_status status = talk != NULL && arena != NULL ? DCV_OK : DCV_ERR_NOMEM;
    if (status == DCV_OK)
        status = dcv_alpn_request_read(arena, exchange->query, exchange->query_len, &talk->request);
    if (status != DCV_OK) {
        dcv_arena_free(arena);
        free(talk);
        return status;
    }
    talk->alpn = alpn;
    talk->arena = arena;
    dcv_dialog_start(&alpn->all, &talk->dialog, exchange);
    return DCV_OK;
}

void dcv_alpn_sweep(struct dcv_alpn *alpn, unsigned timeout_ms)
{
    dcv_dialogs_sweep(&alpn->all, timeout_ms);
}

/* TLS 1.2 at least (RFC 8737 §4). */
enum dcv_status dcv_alpn_create(struct dcv_loop *loop, const struct dcv_tls_trust *trust, struct dcv_alpn **out)
{
    struct dcv_alpn *alpn = calloc(1, sizeof *alpn);
    if (alpn == NULL)
        return DCV_ERR_NOMEM;
    alpn->all = (struct dcv_dialogs){.loop = loop, .step = step, .late = late, .free = talk_free};
    alpn->context = SSL_CTX_new(TLS_client_method());
    alpn->identifier = OBJ_txt2obj(acme_identifier, 1);
    if (alpn->context == NULL || alpn->identifier == NULL || !dcv_tls_trust_judge(trust, alpn->context)) {
        dcv_alpn_free(alpn);
        return DCV_ERR_NOMEM;
    }
    *out = alpn;
    return DCV_OK;
}

void dcv_alpn_free(struct dcv_alpn *alpn)
{
    if (alpn == NULL)
        return;
    dcv_dialogs_done(&alpn->all);
    SSL_CTX_free(alpn->context);
    ASN1_OBJECT_free(alpn->identifier);
    free(alpn);
}
