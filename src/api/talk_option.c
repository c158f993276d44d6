/* The options for conversations beside the DNS. */
#include "api/session.h"

#include "base/io.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

enum { TOKEN_MAX = 65536, TOKEN_NAME_MAX = 200, BOOTSTRAP_MAX = 1 << 20 };

static enum dcv_status keep_text(struct dcv_session *session, const char **place, const char *value)
{
    *place = dcv_arena_strdup(session->arena, value);
    return *place != NULL ? DCV_OK : DCV_ERR_NOMEM;
}

enum dcv_status talk_set_no_whois(struct dcv_session *session, const char *value)
{
    (void)value;
    session->talk.no_whois = true;
    return DCV_OK;
}

enum dcv_status talk_set_no_cache(struct dcv_session *session, const char *value)
{
    (void)value;
    session->talk.no_cache = true;
    return DCV_OK;
}

enum dcv_status talk_set_smtp(struct dcv_session *session, const char *value)
{
    (void)value;
    session->talk.smtp = true;
    return DCV_OK;
}

/* ---- names and addresses ------------------------------------------------------------------------------------------------------- */

/* No label begins or ends with a hyphen (RFC 1123 §2.1). */
static bool good_labels(const char *name)
{
    return name[0] != '-' && strstr(name, ".-") == NULL && strstr(name, "-.") == NULL && name[strlen(name) - 1] != '-';
}

/* A name, or an address literal in brackets (RFC 5321 §4.1.3). */
static bool good_helo(const char *value)
{
    struct dcv_endpoint endpoint;
    struct dcv_name name;
    static const char letters_digits_hyphens_dots[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";
    const size_t len = strlen(value);
    if (value[0] != '[')
        return strspn(value, letters_digits_hyphens_dots) == len && dcv_name_parse(value, &name, NULL) == DCV_OK && name.len > 1 && good_labels(value);
    char literal[64];
    const char *address = strncmp(value, "[IPv6:", 6) == 0 ? value + 6 : value + 1;
    if (value[len - 1] != ']' || (size_t)(value + len - address) > sizeof literal)
        return false;
    memcpy(literal, address, (size_t)(value + len - 1 - address));
    literal[value + len - 1 - address] = '\0';
    return strchr(literal, '[') == NULL && (address == value + 1) == (strchr(literal, ':') == NULL)
           && dcv_address_parse(literal, 25, &endpoint) == DCV_OK && endpoint.port == 25;
}

enum dcv_status talk_set_helo(struct dcv_session *session, const char *value)
{
    if (!good_helo(value))
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is no name for this host; it takes one like client.example.com, or [192.0.2.1]"), value);
    return keep_text(session, &session->talk.helo, value);
}

static bool is_ascii(const char *text)
{
    while (*text > 0 && *text <= '~')
        text++;
    return *text == '\0';
}

enum dcv_status talk_set_mail_from(struct dcv_session *session, const char *value)
{
    struct dcv_mailbox mailbox;
    struct dcv_mailbox_error fault;
    if (strcmp(value, "<>") == 0)
        return keep_text(session, &session->talk.mail_from, "");
    enum dcv_status status = dcv_mailbox_parse(session->arena, value, strlen(value), &mailbox, &fault);
    if (status == DCV_ERR_SYNTAX)
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is no e-mail address (%s); it takes one like admin@example.com"), value,
                            _(dcv_mailbox_fault_text(fault.fault)));
    if (status == DCV_OK && !is_ascii(mailbox.address))
        return session_fail(session, DCV_ERR_USAGE, _("'%s' has other characters than ASCII, which many mail hosts do not take from a sender (SMTPUTF8)"), value);
    return status == DCV_OK ? keep_text(session, &session->talk.mail_from, mailbox.address) : status;
}

enum dcv_status talk_set_whois_server(struct dcv_session *session, const char *value)
{
    struct dcv_endpoint endpoint;
    struct dcv_name name;
    char host[DCV_ENDPOINT_NAME];
    long port = 43;
    const char *colon = strrchr(value, ':');
    if (dcv_address_parse(value, 43, &endpoint) == DCV_OK)
        return keep_text(session, &session->talk.whois_server, value);
    const size_t len = colon != NULL ? (size_t)(colon - value) : strlen(value);
    bool good = len < sizeof host && (colon == NULL || dcv_text_number(colon + 1, 1, UINT16_MAX, &port));
    if (good) {
        memcpy(host, value, len);
        host[len] = '\0';
        good = dcv_name_parse(host, &name, NULL) == DCV_OK && name.len > 1;
    }
    if (!good)
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is no server; it takes HOST or HOST:PORT"), value);
    return keep_text(session, &session->talk.whois_server, value);
}

/* ---- ports ---------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status set_port(struct dcv_session *session, const char *value, long *out)
{
    if (dcv_text_number(value, 1, UINT16_MAX, out))
        return DCV_OK;
    return session_fail(session, DCV_ERR_USAGE, _("'%s' is no port; it takes a number from 1 to 65535"), value);
}

enum dcv_status talk_set_smtp_port(struct dcv_session *session, const char *value)
{
    return set_port(session, value, &session->talk.smtp_port);
}

enum dcv_status talk_set_http_port(struct dcv_session *session, const char *value)
{
    return set_port(session, value, &session->talk.http_port);
}

enum dcv_status talk_set_https_port(struct dcv_session *session, const char *value)
{
    return set_port(session, value, &session->talk.https_port);
}

/* ---- files ---------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status read_small(struct dcv_session *session, const char *path, size_t max, const char **text, size_t *len)
{
    struct dcv_buf file;
    dcv_buf_init(&file, max);
    enum dcv_status status = dcv_file_read(path, &file);
    const int reason = errno;
    if (status == DCV_OK) {
        *len = file.len;
        *text = dcv_arena_strndup(session->arena, dcv_buf_text(&file), file.len);
        status = *text != NULL ? DCV_OK : DCV_ERR_NOMEM;
    } else if (status == DCV_ERR_LIMIT) {
        status = session_fail(session, DCV_ERR_USAGE, _("%s: larger than %zu octets"), path, max);
    } else if (status == DCV_ERR_IO) {
        status = session_fail(session, status, "%s: %s", path, strerror(reason));
    }
    dcv_buf_done(&file);
    return status;
}

/* Read when the lookups begin: a fault in it is the registry module's to tell. */
enum dcv_status talk_set_bootstrap(struct dcv_session *session, const char *value)
{
    struct dcv_rdap_bootstrap *bootstrap;
    const char *error = NULL;
    enum dcv_status status = read_small(session, value, BOOTSTRAP_MAX, &session->talk.bootstrap, &session->talk.bootstrap_len);
    if (status == DCV_OK)
        status = dcv_rdap_bootstrap_read(session->arena, session->talk.bootstrap, session->talk.bootstrap_len, &bootstrap, &error);
    if (status == DCV_ERR_SYNTAX)
        return session_fail(session, DCV_ERR_USAGE, _("%s: %s; it takes a file like https://data.iana.org/rdap/dns.json"), value, error != NULL ? error : "");
    return status;
}

/* Any empty page would be the same. */
static bool is_blank(const char *text, size_t len)
{
    return strspn(text, " \t\n\v\f\r") == len;
}

/* The last part of the path is the name of the file on the web server, too: of characters that stand for themselves in a URL (RFC 3986 §2.3). */
static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    const size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");
    return len != 0 && len <= TOKEN_NAME_MAX && name[len] == '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0
           && strcmp(path, "-") != 0 /* standard input has no name */ ? name : NULL;
}

enum dcv_status talk_set_token_file(struct dcv_session *session, const char *value)
{
    const char *text = NULL, *name = file_name(value);
    if (name == NULL)
        return session_fail(session, DCV_ERR_USAGE, _("'%s': the name of the file is to be one that can stand in a URL: letters, digits and -._~"), value);
    enum dcv_status status = read_small(session, value, TOKEN_MAX, &text, &session->talk.token_len);
    if (text != NULL && is_blank(text, session->talk.token_len))
        return session_fail(session, DCV_ERR_USAGE, _("%s: there is nothing in it to compare with"), value);
    session->talk.token = (const uint8_t *)text;
    return status == DCV_OK ? keep_text(session, &session->talk.token_name, name) : status;
}

/* ---- beside one another --------------------------------------------------------------------------------------------------------- */

enum dcv_status talk_check(struct dcv_session *session)
{
    const struct talk_options *talk = &session->talk;
    if (session->replay != NULL)
        return DCV_OK; /* the tape says what was asked */
    if (talk->token_name != NULL && (session->by & 1U << DCV_BY_HTTP) == 0)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("--token-file: only validation over HTTP looks for a file; add --method http"));
    if (talk->smtp && (session->by & 1U << DCV_BY_EMAIL) == 0)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("--smtp: only validation by e-mail needs mail hosts; add email to --method"));
    if (!talk->smtp && (talk->mail_from != NULL || talk->helo != NULL))
        return session_fail(session, DCV_ERR_USAGE, "%s", _("--mail-from and --helo are for --smtp, which is not given"));
    return DCV_OK;
}
