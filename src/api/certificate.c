/* The certificate in use: from a file, from the server that shows it, or from a tape. */
#include "api/session.h"

#include "base/text.h"
#include "input/x509.h"
#include "net/tls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define N_(text) (text)

enum { HTTPS_PORT = 443 };

/* Why there is no certificate, after "the certificate of HOST could not be read: ". */
static const char *const failures[] = {
    [DCV_TLS_UNRECORDED] = N_("it is not on the tape"),
    [DCV_TLS_NO_LOOKUP] = N_("its addresses could not be looked up"),
    [DCV_TLS_NO_ADDRESS] = N_("the name has no address"),
    [DCV_TLS_PRIVATE] = N_("it has private addresses only; --allow-private-addresses asks them, too"),
    [DCV_TLS_UNREACHABLE] = N_("the server cannot be reached"),
    [DCV_TLS_TIMEOUT] = N_("the server does not answer in time"),
    [DCV_TLS_REFUSED] = N_("the connection was refused"),
    [DCV_TLS_HANDSHAKE] = N_("the TLS handshake failed"),
    [DCV_TLS_NO_CERTIFICATE] = N_("the server shows no certificate"),
    [DCV_TLS_CERTIFICATE] = N_("what the server shows is no certificate that can be read"),
};

/* ---- options ---------------------------------------------------------------------------------------------------------------------- */

enum dcv_status set_validated(struct dcv_session *session, const char *value)
{
    if (dcv_date_parse(value, &session->certificate.validated))
        return DCV_OK;
    return session_fail(session, DCV_ERR_USAGE, _("'%s' is no date; it takes YYYY-MM-DD, such as 2026-11-21"), value);
}

static enum dcv_status read_x509(struct dcv_session *session, const char *path, x509_reader *read, const struct dcv_buf *file,
                                 struct dcv_x509 *out)
{
    struct dcv_x509_error error = {0};
    enum dcv_status status = read(session->arena, path, dcv_buf_text(file), file->len, out, &error);
    if (status == DCV_ERR_SYNTAX && error.line != 0)
        return session_fail(session, DCV_ERR_USAGE, "%s:%zu: %s", path, error.line, _(error.text));
    if (status == DCV_ERR_SYNTAX)
        return session_fail(session, DCV_ERR_USAGE, "%s: %s", path, _(error.text));
    return status;
}

enum dcv_status x509_file_read(struct dcv_session *session, const char *path, x509_reader *read, struct dcv_x509 *out)
{
    struct dcv_buf file;
    dcv_buf_init(&file, DCV_X509_MAX);
    enum dcv_status status = dcv_file_read(path, &file);
    if (status == DCV_ERR_IO)
        status = session_fail(session, DCV_ERR_USAGE, "%s: %s", path, strerror(errno));
    else if (status == DCV_ERR_LIMIT)
        status = session_fail(session, DCV_ERR_USAGE, _("%s: larger than %d MiB"), path, DCV_X509_MAX >> 20);
    else if (status == DCV_OK)
        status = read_x509(session, path, read, &file, out);
    dcv_buf_done(&file);
    return status;
}

enum dcv_status set_cert(struct dcv_session *session, const char *value)
{
    struct certificate *own = &session->certificate;
    if (own->path != NULL)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("one certificate is in use; give the option once"));
    enum dcv_status status = x509_file_read(session, value, dcv_certificate_read, &own->x509);
    own->known = status == DCV_OK;
    own->path = dcv_arena_strdup(session->arena, value);
    return status == DCV_OK && own->path == NULL ? DCV_ERR_NOMEM : status;
}

/* Cuts ":PORT" off; the colons of an IPv6 address without brackets are none. False: the port is none. */
static bool cut_port(char *text, long *port)
{
    char *bracket = strrchr(text, ']'), *colon = strrchr(text, ':');
    bool v6 = text[0] != '[' && colon != NULL && strchr(text, ':') != colon;
    if (colon == NULL || v6 || (bracket != NULL && colon < bracket))
        return true;
    *colon = '\0';
    return dcv_text_number(colon + 1, 1, UINT16_MAX, port);
}

static bool take_host(struct certificate *own, const char *text, long port)
{
    struct dcv_hostname_error error;
    own->port = (uint16_t)port;
    own->literal = dcv_address_parse(text, own->port, &own->address) == DCV_OK;
    if (own->literal)
        return true;
    return dcv_hostname_parse(text, strlen(text), &own->host, &error) == DCV_OK && !own->host.wildcard && own->host.form == DCV_FORM_NAME;
}

enum dcv_status set_connect(struct dcv_session *session, const char *value)
{
    struct certificate *own = &session->certificate;
    long port = HTTPS_PORT;
    char *text = dcv_arena_strdup(session->arena, value);
    if (text == NULL)
        return DCV_ERR_NOMEM;
    if (!cut_port(text, &port) || !take_host(own, text, port))
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is no server; it takes HOST or HOST:PORT, such as www.example.com:443"), value);
    const char *host = own->literal ? own->address.host : own->host.ascii;
    own->connect = dcv_arena_printf(session->arena, own->literal && strchr(host, ':') != NULL ? "[%s]:%ld" : "%s:%ld", host, port);
    return own->connect != NULL ? DCV_OK : DCV_ERR_NOMEM;
}

/* ---- what a server shows ------------------------------------------------------------------------------------------------------------ */

/* Notes the end of an attempt, and reads what it brought. */
static enum dcv_status take(struct dcv_session *session, const char *origin, enum dcv_tls_end end, const struct dcv_buf *der)
{
    struct certificate *own = &session->certificate;
    struct dcv_x509_error error;
    own->origin = origin;
    own->end = end;
    own->fetched = true;
    own->known = false;
    dcv_buf_clear(&own->der);
    dcv_buf_put(&own->der, dcv_buf_text(der), der->len);
    if (end == DCV_TLS_CERTIFICATE) {
        enum dcv_status status = dcv_certificate_read(session->run_arena, origin, dcv_buf_text(der), der->len, &own->x509, &error);
        if (status == DCV_ERR_NOMEM)
            return status;
        own->known = status == DCV_OK;
    }
    own->failure = own->known ? NULL : failures[end];
    return own->der.failed ? DCV_ERR_NOMEM : DCV_OK;
}

static enum dcv_status find_addresses(struct dcv_session *session, struct dcv_host *host)
{
    const struct certificate *own = &session->certificate;
    struct settings settings = session->settings;
    if (own->literal) {
        *host = (struct dcv_host){.addresses = {own->address}, .count = 1};
        return DCV_OK;
    }
    enum dcv_status status = session_servers(session, &settings);
    return status == DCV_OK ? find_host(session, &settings, &own->host.name, own->port, host) : status;
}

enum dcv_status certificate_fetch(struct dcv_session *session)
{
    struct certificate *own = &session->certificate;
    struct dcv_host host;
    struct dcv_buf der;
    enum dcv_tls_end end = DCV_TLS_NO_ADDRESS;
    if (own->connect == NULL)
        return DCV_OK;
    enum dcv_status status = find_addresses(session, &host);
    if (status != DCV_OK)
        return status;
    struct dcv_tls_request request = {.server_name = own->literal ? NULL : own->host.ascii, .addresses = host.addresses, .count = host.count,
                                      .allow_private = session->allow_private, .timeout_ms = session->settings.timeout_ms,
                                      .clock = session->clock};
    dcv_buf_init(&der, DCV_TLS_CERTIFICATE_MAX);
    if (host.count == 0 && host.failed)
        end = DCV_TLS_NO_LOOKUP;
    else
        status = dcv_tls_fetch(&request, &der, &end);
    if (status == DCV_OK)
        status = take(session, own->connect, end, &der);
    dcv_buf_done(&der);
    return status;
}

/* ---- the tape ------------------------------------------------------------------------------------------------------------------------- */

const char *certificate_line(struct dcv_session *session)
{
    const struct certificate *own = &session->certificate;
    struct dcv_buf text;
    if (!own->fetched)
        return NULL;
    dcv_buf_init(&text, (size_t)4 * DCV_TLS_CERTIFICATE_MAX);
    dcv_buf_printf(&text, "%s %s ", own->origin, dcv_tls_end_text(own->end));
    if (own->der.len == 0)
        dcv_buf_putc(&text, '-');
    else
        dcv_hex_put(&text, own->der.data, own->der.len);
    const char *line = text.failed ? NULL : dcv_arena_strdup(session->run_arena, dcv_buf_text(&text));
    dcv_buf_done(&text);
    return line;
}

/* "HOST:PORT END HEX|-". What is none of this is passed over, like any line of a tape that is not known. */
enum dcv_status certificate_replay(struct dcv_session *session, const char *line)
{
    enum dcv_tls_end end;
    struct dcv_buf der;
    uint8_t *octets = NULL;
    size_t len = 0;
    char *origin = dcv_arena_strdup(session->run_arena, line);
    char *word = origin != NULL ? strchr(origin, ' ') : NULL, *hex = word != NULL ? strchr(word + 1, ' ') : NULL;
    if (origin == NULL)
        return DCV_ERR_NOMEM;
    if (hex == NULL)
        return DCV_OK;
    *word++ = *hex++ = '\0';
    octets = dcv_arena_alloc(session->run_arena, strlen(hex) / 2 + 1);
    if (octets == NULL)
        return DCV_ERR_NOMEM;
    if (!dcv_tls_end_parse(word, &end) || (strcmp(hex, "-") != 0 && !dcv_hex_read(hex, octets, strlen(hex) / 2, &len)))
        return DCV_OK;
    dcv_buf_init(&der, DCV_TLS_CERTIFICATE_MAX);
    dcv_buf_put(&der, octets, len);
    enum dcv_status status = take(session, origin, end, &der);
    dcv_buf_done(&der);
    return status;
}

enum dcv_status certificate_unrecorded(struct dcv_session *session)
{
    struct dcv_buf nothing;
    if (session->certificate.connect == NULL || session->certificate.fetched)
        return DCV_OK;
    dcv_buf_init(&nothing, 0);
    return take(session, session->certificate.connect, DCV_TLS_UNRECORDED, &nothing);
}

void certificate_forget(struct dcv_session *session)
{
    struct certificate *own = &session->certificate;
    if (own->fetched)
        own->known = false;
    own->fetched = false;
    own->failure = NULL;
    own->origin = own->path;
}

/* ---- names ------------------------------------------------------------------------------------------------------------------------------ */

enum dcv_status certificate_add_san(struct dcv_session *session, const struct dcv_san *san)
{
    struct dcv_buf text;
    dcv_buf_init(&text, 65536);
    dcv_text_escape(&text, san->text, san->len); /* a zero octet inside must not make it another name */
    enum dcv_status status = text.failed ? DCV_ERR_NOMEM : dcv_inputs_add(session->inputs, dcv_buf_text(&text));
    dcv_buf_done(&text);
    return status;
}

enum dcv_status certificate_names(struct dcv_session *session)
{
    const struct certificate *own = &session->certificate;
    enum dcv_status status = DCV_OK;
    if (dcv_inputs_count(session->inputs) != 0 || (own->path == NULL && own->connect == NULL))
        return DCV_OK;
    for (size_t i = 0; own->known && status == DCV_OK && i < own->x509.san_count; i++)
        if (own->x509.sans[i].kind == DCV_SAN_DNS)
            status = certificate_add_san(session, &own->x509.sans[i]);
    if (status != DCV_OK || dcv_inputs_count(session->inputs) != 0)
        return status;
    if (own->connect != NULL && !own->literal)
        return dcv_inputs_add(session->inputs, own->host.ascii);
    if (own->failure != NULL)
        return session_fail(session, DCV_ERR_USAGE, _("the certificate of %s could not be read: %s; name a domain"), own->origin, _(own->failure));
    return session_fail(session, DCV_ERR_USAGE, "%s", _("the certificate holds no DNS name; name a domain"));
}

bool certificate_guessed(const struct dcv_session *session)
{
    return session->certificate.alone && session->certificate.failure != NULL;
}

void certificate_tell(struct dcv_session *session)
{
    const struct certificate *own = &session->certificate;
    if (own->failure != NULL && session->error.len == 0)
        (void)session_fail(session, DCV_OK, _("the certificate of %s could not be read: %s; the report goes without it"), own->origin, _(own->failure));
}
