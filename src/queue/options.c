#include "queue/internal.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    PORT = 5672,
    PORT_TLS = 5671,
    HOST_MAX = 253, /* octets of a name (RFC 1035 §2.3.4, without the root) */
    RUN_MAX = 64,
    CREDENTIAL_MAX = 255,
    CONNECT_MS = 10000,
    BACKOFF_MS = 30000,
    PREFETCH = 4,
};

static const char letters_and_digits[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

static bool made_of(const char *text, size_t len, const char *more)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\0' || (strchr(letters_and_digits, text[i]) == NULL && strchr(more, text[i]) == NULL))
            return false;
    return true;
}

/* Says what is wrong: `what`, and the text it is about where there is one. */
static enum dcv_status refuse(char **error, const char *what, const char *about, size_t len)
{
    struct dcv_buf text;
    dcv_buf_init(&text, DCV_QUEUE_TEXT_MAX);
    if (about != NULL) {
        dcv_buf_putc(&text, '\'');
        dcv_text_escape(&text, about, len);
        dcv_buf_puts(&text, "': ");
    }
    dcv_buf_puts(&text, what);
    *error = text.failed ? NULL : strdup(dcv_buf_text(&text));
    dcv_buf_done(&text);
    return DCV_ERR_USAGE;
}

/* ---- hosts ------------------------------------------------------------------------------------------------------------------------ */

/* Where the host ends in "HOST[:PORT]" or "[IPv6][:PORT]"; NULL: its brackets are not closed. */
static const char *end_of_host(const char *text, const char *end)
{
    if (text[0] == '[') {
        const char *bracket = memchr(text, ']', (size_t)(end - text));
        return bracket != NULL ? bracket + 1 : NULL;
    }
    const char *colon = memchr(text, ':', (size_t)(end - text));
    return colon != NULL ? colon : end;
}

static bool read_port(const char *text, size_t len, uint16_t *out)
{
    char digits[8];
    long port = 0;
    if (len >= sizeof digits)
        return false;
    memcpy(digits, text, len);
    digits[len] = '\0';
    if (!dcv_text_number(digits, 1, UINT16_MAX, &port))
        return false;
    *out = (uint16_t)port;
    return true;
}

static enum dcv_status read_host(struct dcv_queue_settings *out, const char *text, size_t len, char **error)
{
    const char *end = text + len;
    struct dcv_queue_host host = {.port = out->tls ? PORT_TLS : PORT};
    if (out->host_count == DCV_QUEUE_HOSTS)
        return refuse(error, "there are too many hosts", NULL, 0);
    const char *host_end = len != 0 ? end_of_host(text, end) : NULL;
    if (host_end == NULL || (host_end != end && *host_end != ':'))
        return refuse(error, "is no HOST or HOST:PORT", text, len);
    if (host_end != end && !read_port(host_end + 1, (size_t)(end - host_end) - 1, &host.port))
        return refuse(error, "the port is no number from 1 to 65535", text, len);
    const bool brackets = text[0] == '[';
    const char *name = brackets ? text + 1 : text;
    const size_t name_len = (size_t)(host_end - name) - brackets;
    if (name_len == 0 || name_len > HOST_MAX || name[0] == '-' || !made_of(name, name_len, brackets ? ":.%" : "-._"))
        return refuse(error, "is no name or address of a host", text, len);
    host.name = strndup(name, name_len);
    if (host.name == NULL)
        return DCV_ERR_NOMEM;
    out->hosts[out->host_count++] = host;
    return DCV_OK;
}

static enum dcv_status read_hosts(struct dcv_queue_settings *out, const char *text, char **error)
{
    if (text == NULL || text[0] == '\0')
        return refuse(error, "there is no host", NULL, 0);
    for (;;) {
        const size_t len = strcspn(text, ",");
        const enum dcv_status status = read_host(out, text, len, error);
        if (status != DCV_OK || text[len] == '\0')
            return status;
        text += len + 1;
    }
}

void dcv_queue_host_put(struct dcv_buf *out, const struct dcv_queue_host *host)
{
    const bool brackets = strchr(host->name, ':') != NULL;
    dcv_buf_printf(out, "%s%s%s:%u", brackets ? "[" : "", host->name, brackets ? "]" : "", (unsigned)host->port);
}

/* ---- the rest ----------------------------------------------------------------------------------------------------------------------- */

static const char *contradiction(const struct dcv_queue_options *options)
{
    if ((options->user != NULL) != (options->password != NULL))
        return "a user and a password go together";
    if ((options->cert_file != NULL) != (options->key_file != NULL))
        return "a certificate and its key go together";
    if (!options->tls && (options->cert_file != NULL || options->ca_file != NULL))
        return "certificates are of use with TLS only";
    if (options->user == NULL && options->cert_file == NULL)
        return "there is neither a user nor a certificate to log in with";
    if (options->user != NULL && (options->user[0] == '\0' || strlen(options->user) > CREDENTIAL_MAX))
        return "the user's name is empty or too long";
    return NULL;
}

static enum dcv_status check(const struct dcv_queue_options *options, char **error)
{
    const char *wrong = contradiction(options);
    if (wrong != NULL)
        return refuse(error, wrong, NULL, 0);
    const size_t len = options->run != NULL ? strlen(options->run) : 0;
    if (len == 0)
        return refuse(error, "the run has no id", NULL, 0);
    if (len > RUN_MAX || !made_of(options->run, len, "-_"))
        return refuse(error, "the id of a run is of up to 64 letters, digits, '-' and '_'", options->run, len);
    if (options->vhost != NULL && strlen(options->vhost) > CREDENTIAL_MAX)
        return refuse(error, "the name of the virtual host is too long", NULL, 0);
    return DCV_OK;
}

/* false: memory is short. */
static bool copy(char **out, const char *text)
{
    *out = text != NULL ? strdup(text) : NULL;
    return text == NULL || *out != NULL;
}

static bool copy_texts(struct dcv_queue_settings *out, const struct dcv_queue_options *options)
{
    return copy(&out->vhost, options->vhost != NULL ? options->vhost : "/") && copy(&out->user, options->user) &&
           copy(&out->password, options->password) && copy(&out->ca_file, options->ca_file) && copy(&out->cert_file, options->cert_file) &&
           copy(&out->key_file, options->key_file) && copy(&out->run, options->run);
}

enum dcv_status dcv_queue_settings_init(struct dcv_queue_settings *out, const struct dcv_queue_options *options, char **error)
{
    *out = (struct dcv_queue_settings){.tls = options->tls,
                                       .prefetch = options->prefetch != 0 ? options->prefetch : PREFETCH,
                                       .connect_ms = options->connect_ms != 0 ? options->connect_ms : CONNECT_MS,
                                       .backoff_ms = options->backoff_ms != 0 ? options->backoff_ms : BACKOFF_MS};
    enum dcv_status status = check(options, error);
    if (status == DCV_OK)
        status = read_hosts(out, options->hosts, error);
    if (status == DCV_OK && !copy_texts(out, options))
        status = DCV_ERR_NOMEM;
    return status;
}

void dcv_queue_settings_done(struct dcv_queue_settings *settings)
{
    for (size_t i = 0; i < settings->host_count; i++)
        free(settings->hosts[i].name);
    if (settings->password != NULL)
        explicit_bzero(settings->password, strlen(settings->password));
    char *texts[] = {settings->vhost,     settings->user,     settings->password, settings->ca_file,
                     settings->cert_file, settings->key_file, settings->run};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    *settings = (struct dcv_queue_settings){0};
}
