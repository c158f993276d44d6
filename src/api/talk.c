/* What conversations a run has. */
#include "api/session.h"

#include "base/text.h"
#include "ca/method.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const places[TALK_FILES][2] = {{"http", "/.well-known/pki-validation/"}, {"http-01", "/.well-known/acme-challenge/"}};

/* ---- settings --------------------------------------------------------------------------------------------------------------------- */

/* What EHLO says where nobody has told: the name of this machine, if it is one of the DNS. */
static const char *own_name(struct dcv_session *session)
{
    char name[256];
    struct dcv_name parsed;
    if (gethostname(name, sizeof name) != 0)
        return "localhost.localdomain";
    name[sizeof name - 1] = '\0';
    if (strchr(name, '.') == NULL || dcv_name_parse(name, &parsed, NULL) != DCV_OK)
        return "localhost.localdomain";
    return dcv_arena_strdup(session->run_arena, name);
}

/* Do addresses of the registry count for this run? Where only those of use are told, not once the BR have ended their method. */
static bool wants_registry(const struct dcv_session *session)
{
    const dcv_date as_of = session->as_of != DCV_DATE_NONE ? session->as_of : dcv_date_of_unix(session->clock.wall_s(session->clock.user));
    const bool counts = as_of < dcv_method_info(DCV_METHOD_DOMAIN_CONTACT)->forbidden;
    switch (session->view) {
    case DCV_SHOW_CHECK:
    case DCV_SHOW_ACCEPTS: return session->audit.active ? session->audit.whois : !session->talk.no_whois;
    case DCV_SHOW_APPROVERS: return !session->talk.no_whois && (counts || session->report.all);
    case DCV_SHOW_TIMELINE:
    case DCV_SHOW_INSPECT:
    case DCV_SHOW_WAIT: return false;
    }
    return false;
}

/* A file that nobody has, or the one given: at both places where a CA may look. */
static enum dcv_status add_files(struct dcv_session *session, struct talk_settings *out)
{
    struct dcv_seed seed;
    enum dcv_status status = dcv_seed_fresh(&seed);
    const uint64_t value = status == DCV_OK ? dcv_seed_value(&seed, "file", 4) : 0;
    for (size_t i = 0; i < TALK_FILES && status == DCV_OK; i++) {
        const char *path = session->talk.token_name != NULL ? dcv_arena_printf(session->run_arena, "%s%s", places[i][1], session->talk.token_name)
                                                            : dcv_arena_printf(session->run_arena, "%sdcvready-%012llx", places[i][1], (unsigned long long)(value >> 16));
        out->files[out->file_count++] = (struct dcv_web_file){.method = places[i][0], .path = path, .random = session->talk.token_name == NULL,
                                                              .content = session->talk.token, .content_len = session->talk.token_len};
        status = path != NULL ? DCV_OK : DCV_ERR_NOMEM;
    }
    return status;
}

static uint16_t port_or(long port, uint16_t standard)
{
    return port != 0 ? (uint16_t)port : standard;
}

enum dcv_status talk_settle(struct dcv_session *session, struct talk_settings *out)
{
    const struct talk_options *given = &session->talk;
    const bool checks = session->view == DCV_SHOW_CHECK;
    *out = (struct talk_settings){
        .registry = wants_registry(session),
        .cache = talk_cache_dir(session) != NULL,
        .smtp = given->smtp && checks,
        .alpn = checks && (session->by & 1U << DCV_BY_TLS_ALPN) != 0,
        .mail_security = checks && (!session->audit.active || session->audit.deep),
        .helo = given->helo != NULL ? given->helo : own_name(session),
        .mail_from = given->mail_from != NULL ? given->mail_from : "",
        .whois_server = given->whois_server,
        .bootstrap = given->bootstrap,
        .bootstrap_len = given->bootstrap_len,
        .smtp_port = port_or(given->smtp_port, 25),
        .http_port = port_or(given->http_port, 80),
        .https_port = port_or(given->https_port, 443),
    };
    if (out->helo == NULL)
        return DCV_ERR_NOMEM;
    return checks && (session->by & 1U << DCV_BY_HTTP) != 0 ? add_files(session, out) : DCV_OK;
}

const char *talk_cache_dir(const struct dcv_session *session)
{
    const char *base = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (session->talk.no_cache)
        return NULL;
    if (base != NULL && base[0] == '/')
        return dcv_arena_printf(session->arena, "%s/dcvready", base);
    return home != NULL && home[0] == '/' ? dcv_arena_printf(session->arena, "%s/.cache/dcvready", home) : NULL;
}

/* ---- lines of a tape -------------------------------------------------------------------------------------------------------------- */

static void put(struct dcv_session *session, const char *lines[TALK_LINES], size_t *count, const char *key, const char *value)
{
    const char *line = dcv_arena_printf(session->run_arena, "%s %s", key, value);
    if (line != NULL)
        lines[(*count)++] = line;
}

static void put_octets(struct dcv_session *session, const char *lines[TALK_LINES], size_t *count, const char *key, const void *octets, size_t len)
{
    struct dcv_buf hex;
    dcv_buf_init(&hex, 4 << 20);
    dcv_hex_put(&hex, octets, len);
    put(session, lines, count, key, dcv_buf_text(&hex));
    dcv_buf_done(&hex);
}

static void put_port(struct dcv_session *session, const char *lines[TALK_LINES], size_t *count, const char *key, uint16_t port)
{
    char text[8];
    (void)snprintf(text, sizeof text, "%u", (unsigned)port);
    put(session, lines, count, key, text);
}

size_t talk_lines(struct dcv_session *session, const struct talk_settings *settings, const char *lines[TALK_LINES])
{
    size_t count = 0;
    if (settings->registry)
        put(session, lines, &count, "registry", "yes");
    if (settings->registry && settings->cache)
        put(session, lines, &count, "cache", "yes");
    if (settings->whois_server != NULL)
        put(session, lines, &count, "whois_server", settings->whois_server);
    if (settings->bootstrap != NULL)
        put_octets(session, lines, &count, "rdap_bootstrap", settings->bootstrap, settings->bootstrap_len);
    if (settings->mail_security)
        put(session, lines, &count, "mail_security", "yes");
    if (settings->smtp) {
        put(session, lines, &count, "smtp", "yes");
        put(session, lines, &count, "helo", settings->helo);
        put_port(session, lines, &count, "smtp_port", settings->smtp_port);
        if (settings->mail_from[0] != '\0')
            put(session, lines, &count, "mail_from", settings->mail_from);
    }
    if (settings->alpn)
        put(session, lines, &count, "alpn", "yes");
    if (settings->alpn || settings->file_count != 0) {
        put_port(session, lines, &count, "http_port", settings->http_port);
        put_port(session, lines, &count, "https_port", settings->https_port);
    }
    for (size_t i = 0; i < settings->file_count; i++)
        put(session, lines, &count, settings->files[i].random ? "random_file" : "token_file", settings->files[i].path);
    if (settings->file_count != 0 && !settings->files[0].random)
        put_octets(session, lines, &count, "token", settings->files[0].content, settings->files[0].content_len);
    return count;
}

void talk_lines_begin(struct talk_settings *out)
{
    *out = (struct talk_settings){.helo = "localhost.localdomain", .mail_from = "", .smtp_port = 25, .http_port = 80, .https_port = 443};
}

static bool text_of(struct dcv_session *session, const char *key, const char *value, const char *wanted, const char **out)
{
    if (strcmp(key, wanted) != 0)
        return false;
    const char *copy = dcv_arena_strdup(session->run_arena, value);
    *out = copy != NULL ? copy : *out;
    return true;
}

static bool octets_of(struct dcv_session *session, const char *key, const char *value, const char *wanted, const uint8_t **out, size_t *len)
{
    if (strcmp(key, wanted) != 0)
        return false;
    const size_t room = strlen(value) / 2;
    uint8_t *octets = dcv_arena_alloc(session->run_arena, room + 1);
    if (octets != NULL && dcv_hex_read(value, octets, room, len))
        *out = octets;
    return true;
}

static bool port_of(const char *key, const char *value, const char *wanted, uint16_t *out)
{
    long port;
    if (strcmp(key, wanted) != 0)
        return false;
    if (dcv_text_number(value, 1, UINT16_MAX, &port))
        *out = (uint16_t)port;
    return true;
}

static bool flag_of(const char *key, const char *wanted, bool *out)
{
    if (strcmp(key, wanted) != 0)
        return false;
    *out = true;
    return true;
}

static void read_path(struct dcv_session *session, const char *value, bool random, struct talk_settings *out)
{
    for (size_t i = 0; i < TALK_FILES && out->file_count < TALK_FILES; i++) {
        if (strncmp(value, places[i][1], strlen(places[i][1])) != 0)
            continue;
        const char *path = dcv_arena_strdup(session->run_arena, value);
        if (path != NULL)
            out->files[out->file_count++] = (struct dcv_web_file){.method = places[i][0], .path = path, .random = random};
        return;
    }
}

void talk_line_read(struct dcv_session *session, const char *line, struct talk_settings *out)
{
    char key[32];
    const uint8_t *octets = NULL;
    size_t len = 0;
    const char *space = strchr(line, ' '), *value = space != NULL ? space + 1 : "";
    if (space == NULL || (size_t)(space - line) >= sizeof key)
        return;
    memcpy(key, line, (size_t)(space - line));
    key[space - line] = '\0';
    if (flag_of(key, "registry", &out->registry) || flag_of(key, "cache", &out->cache) || flag_of(key, "mail_security", &out->mail_security)
        || flag_of(key, "smtp", &out->smtp) || flag_of(key, "alpn", &out->alpn))
        return;
    if (port_of(key, value, "smtp_port", &out->smtp_port) || port_of(key, value, "http_port", &out->http_port)
        || port_of(key, value, "https_port", &out->https_port))
        return;
    if (text_of(session, key, value, "whois_server", &out->whois_server) || text_of(session, key, value, "helo", &out->helo)
        || text_of(session, key, value, "mail_from", &out->mail_from))
        return;
    if (octets_of(session, key, value, "rdap_bootstrap", &octets, &len)) {
        out->bootstrap = (const char *)octets;
        out->bootstrap_len = len;
    } else if (octets_of(session, key, value, "token", &octets, &len)) {
        for (size_t i = 0; i < out->file_count; i++) {
            out->files[i].content = octets;
            out->files[i].content_len = len;
        }
    } else if (strcmp(key, "random_file") == 0 || strcmp(key, "token_file") == 0) {
        read_path(session, value, key[0] == 'r', out);
    }
}

/* ---- mailboxes -------------------------------------------------------------------------------------------------------------------- */

/* Could a mail host say more than the DNS about it? Addresses that need SMTPUTF8 or quotation are left to the DNS. */
static bool worth_asking(const struct dcv_entry *entry, const struct dcv_mailbox *mailbox)
{
    const bool plain = (mailbox->warnings & (DCV_MAILBOX_QUOTED_LOCAL | DCV_MAILBOX_LITERAL | DCV_MAILBOX_UTF8_LOCAL | DCV_MAILBOX_UTF8_DOMAIN)) == 0;
    return entry->status >= DCV_ENTRY_DISCOURAGED && !entry->bogus && plain && (entry->mail == DCV_MAIL_MX || entry->mail == DCV_MAIL_IMPLICIT_MX);
}

static bool listed(const struct dcv_mailbox *mailboxes, size_t count, const char *address)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(mailboxes[i].address, address) == 0)
            return true;
    return false;
}

static enum dcv_status add_mailboxes(const struct dcv_judged_ca *ca, struct dcv_arena *arena, struct dcv_mailbox *out, size_t *count)
{
    struct dcv_mailbox_error fault;
    for (size_t i = 0; i < ca->entries.count && *count < DCV_GATHER_MAILBOXES; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        if (entry->address == NULL || listed(out, *count, entry->address))
            continue;
        enum dcv_status status = dcv_mailbox_parse(arena, entry->address, strlen(entry->address), &out[*count], &fault);
        if (status == DCV_ERR_NOMEM)
            return status;
        *count += status == DCV_OK && worth_asking(entry, &out[*count]);
    }
    return DCV_OK;
}

/* The addresses that the CAs asked about may use, as far as is known by now. */
enum dcv_status talk_mailboxes(void *user, struct dcv_mailbox *out, size_t *count)
{
    const struct dcv_result *result = user;
    struct dcv_policy_options options = order_policy(result->session);
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_judged judged;
    options.by = 1U << DCV_BY_EMAIL;
    enum dcv_status status = arena != NULL ? dcv_policy_judge(&options, result->text, &result->name, result->facts, arena, &judged) : DCV_ERR_NOMEM;
    for (size_t i = 0; status == DCV_OK && i < judged.cas.count; i++)
        status = add_mailboxes(&judged.cas.items[i], dcv_facts_arena(result->facts), out, count);
    dcv_arena_free(arena);
    return status;
}
