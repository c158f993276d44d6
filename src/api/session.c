#include "api/audit.h"
#include "api/queued.h"

#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char *dcv_version(void)
{
    return DCV_VERSION;
}

enum dcv_status dcv_session_create(struct dcv_session **out)
{
    struct dcv_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return DCV_ERR_NOMEM;
    session->arena = dcv_arena_create(NULL);
    session->inputs = dcv_inputs_create();
    if (session->arena == NULL || session->inputs == NULL) {
        dcv_session_free(session);
        return DCV_ERR_NOMEM;
    }
    dcv_buf_init(&session->error, 16384);
    session->clock = dcv_clock_system();
    session->settings = (struct settings){.dnssec = DCV_DNSSEC_LOCAL, .timeout_ms = 8000, .deadline_ms = 30000, .concurrency = 100};
    session->by = 1U << DCV_BY_EMAIL;
    session->report.width = 80;
    session->as_of = session->certificate.validated = DCV_DATE_NONE;
    session->waiting.deadline_ms = -1;
    dcv_buf_init(&session->certificate.der, DCV_TLS_CERTIFICATE_MAX);
    dcv_buf_init(&session->summary, 1 << 20);
    *out = session;
    return DCV_OK;
}

static void source_free(struct source *source)
{
    if (source == NULL)
        return;
    dcv_documents_free(source->documents);
    dcv_buf_done(&source->text);
}

void dcv_session_free(struct dcv_session *session)
{
    if (session == NULL)
        return;
    for (size_t i = 0; i < session->sources.count; i++)
        source_free(session->sources.items[i]);
    for (size_t i = 0; i < session->facts_in.count; i++)
        source_free(session->facts_in.items[i]);
    for (size_t i = 0; i < session->results.count; i++)
        result_free(session->results.items[i]);
    dcv_arena_free(session->run_arena);
    dcv_inputs_free(session->inputs);
    dcv_psl_free(session->psl);
    dcv_ca_set_free(session->set);
    dcv_buf_done(&session->certificate.der);
    dcv_buf_done(&session->summary);
    dcv_buf_done(&session->error);
    dcv_arena_free(session->arena);
    free(session);
}

enum dcv_status session_fail(struct dcv_session *session, enum dcv_status status, const char *format, ...)
{
    struct dcv_buf text;
    va_list args;
    va_start(args, format);
    dcv_buf_init(&text, 8192);
    dcv_buf_vprintf(&text, format, args);
    va_end(args);
    /* Parts of it come from files and the network. */
    dcv_buf_clear(&session->error);
    dcv_text_escape(&session->error, dcv_buf_text(&text), text.len);
    dcv_buf_done(&text);
    return status;
}

const char *dcv_session_error(const struct dcv_session *session)
{
    return dcv_buf_text(&session->error);
}

/* ---- options ------------------------------------------------------------------------------------------------------------------ */

typedef enum dcv_status setter(struct dcv_session *session, const char *value);

static enum dcv_status keep(struct dcv_session *session, const char **slot, const char *value)
{
    const char *copy = dcv_arena_strdup(session->arena, value);
    if (copy == NULL)
        return DCV_ERR_NOMEM;
    *slot = copy;
    return DCV_OK;
}

static enum dcv_status set_ca(struct dcv_session *session, const char *value)
{
    if (value[0] == '\0')
        return session_fail(session, DCV_ERR_USAGE, "%s", _("no CA given; 'dcvready cas' lists them"));
    return keep(session, &session->cas, value);
}

static enum dcv_status set_as_of(struct dcv_session *session, const char *value)
{
    char first[DCV_DATE_TEXT];
    if (dcv_date_parse(value, &session->as_of)) {
        if (session->as_of >= dcv_br_first_day())
            return DCV_OK;
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is too early; the rules that dcvready knows begin on %s"), value,
                            dcv_date_format(dcv_br_first_day(), first));
    }
    return session_fail(session, DCV_ERR_USAGE, _("'%s' is no date; it takes YYYY-MM-DD, such as 2026-11-21"), value);
}

/* The set that a word stands for; 0: none. */
static unsigned method_called(const char *word, size_t len)
{
    if (len == 3 && memcmp(word, "any", len) == 0)
        return DCV_BY_ANY;
    for (int by = DCV_BY_EMAIL; by < DCV_BY_COUNT; by++)
        if (strlen(dcv_by_text((enum dcv_by)by)) == len && memcmp(dcv_by_text((enum dcv_by)by), word, len) == 0)
            return 1U << by;
    return 0;
}

static enum dcv_status set_method(struct dcv_session *session, const char *value)
{
    session->by = 0;
    for (const char *word = value;; word++) {
        const size_t len = strcspn(word, ",");
        const unsigned bits = method_called(word, len);
        if (bits == 0)
            return session_fail(session, DCV_ERR_USAGE,
                                _("'%s' is no method; it takes any, or one or several of email, dns, http, tls-alpn, with commas between them"), value);
        session->by |= bits;
        word += len;
        if (*word == '\0')
            return DCV_OK;
    }
}

static enum dcv_status set_format(struct dcv_session *session, const char *value)
{
    static const char *const names[] = {[DCV_FORMAT_TEXT] = "text", [DCV_FORMAT_JSON] = "json", [DCV_FORMAT_JSONL] = "jsonl", [DCV_FORMAT_ICS] = "ics",
                                        [DCV_FORMAT_DOT] = "dot"};
    session->audit.csv = strcmp(value, "csv") == 0;
    session->audit.format_given = true;
    if (session->audit.csv)
        return DCV_OK;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], value) == 0) {
            session->report.format = (enum dcv_report_format)i;
            return DCV_OK;
        }
    }
    return session_fail(session, DCV_ERR_USAGE, _("'%s' is no format; it takes: text, json, jsonl, csv, ics, dot"), value);
}

static enum dcv_status set_dns_port(struct dcv_session *session, const char *value)
{
    if (dcv_text_number(value, 1, UINT16_MAX, &session->dns_port))
        return DCV_OK;
    return session_fail(session, DCV_ERR_USAGE, _("'%s' is no port; it takes a number from 1 to 65535"), value);
}

static enum dcv_status set_dnssec(struct dcv_session *session, const char *value)
{
    static const char *const names[] = {[DCV_DNSSEC_OFF] = "off", [DCV_DNSSEC_RESOLVER] = "resolver", [DCV_DNSSEC_LOCAL] = "local"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], value) == 0) {
            session->settings.dnssec = (enum dcv_dnssec_mode)i;
            return DCV_OK;
        }
    }
    return session_fail(session, DCV_ERR_USAGE, _("'%s' is not possible; it takes: local, resolver, off"), value);
}

static enum dcv_status set_sha1(struct dcv_session *session, const char *value)
{
    session->settings.refuse_sha1 = strcmp(value, "insecure") == 0;
    if (session->settings.refuse_sha1 || strcmp(value, "valid") == 0)
        return DCV_OK;
    return session_fail(session, DCV_ERR_USAGE, _("'%s' is not possible; it takes: valid, insecure"), value);
}

static enum dcv_status set_trust_anchor(struct dcv_session *session, const char *value)
{
    return keep(session, &session->trust_anchor, value);
}

static enum dcv_status set_no_authority(struct dcv_session *session, const char *value)
{
    (void)value;
    session->no_authority = true;
    return DCV_OK;
}

static enum dcv_status set_account(struct dcv_session *session, const char *value)
{
    if (strchr(value, ':') == NULL)
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is no URI; it takes what the CA calls your account URI"), value);
    return keep(session, &session->account_uri, value);
}

static enum dcv_status set_psl(struct dcv_session *session, const char *value)
{
    return keep(session, &session->psl_path, value);
}

static enum dcv_status set_ca_dir(struct dcv_session *session, const char *value)
{
    return keep(session, &session->ca_dir, value);
}

/* Seconds with a decimal fraction, as milliseconds. */
static enum dcv_status set_seconds(struct dcv_session *session, const char *value, unsigned *out)
{
    enum { MAX_SECONDS = 3600 };
    char *end;
    errno = 0;
    double seconds = strtod(value, &end);
    if ((value[0] < '0' || value[0] > '9') || errno != 0 || *end != '\0' || !(seconds >= 0.001 && seconds <= MAX_SECONDS))
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is no time; it takes seconds from 0.001 to 3600"), value);
    *out = (unsigned)(seconds * 1000 + 0.5);
    return DCV_OK;
}

/* A wait takes more, and nothing: it looks once then. Which of the two it is will be known when it runs. */
static enum dcv_status set_deadline(struct dcv_session *session, const char *value)
{
    enum dcv_status status = wait_set_deadline(session, value) ? DCV_OK : set_seconds(session, value, &session->settings.deadline_ms);
    return status == DCV_OK ? keep(session, &session->deadline, value) : status;
}

static enum dcv_status set_timeout(struct dcv_session *session, const char *value)
{
    return set_seconds(session, value, &session->settings.timeout_ms);
}

static enum dcv_status set_concurrency(struct dcv_session *session, const char *value)
{
    long number;
    if (!dcv_text_number(value, 1, 100000, &number))
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is not possible; it takes a number from 1 to 100000"), value);
    session->settings.concurrency = (unsigned)number;
    session->audit.concurrency_given = true;
    return DCV_OK;
}

static enum dcv_status set_signature_days(struct dcv_session *session, const char *value)
{
    long number;
    if (!dcv_text_number(value, 1, 365, &number))
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is not possible; it takes a number of days from 1 to 365"), value);
    session->signature_days = (unsigned)number;
    return DCV_OK;
}

static enum dcv_status set_record(struct dcv_session *session, const char *value)
{
    return keep(session, &session->record, value);
}

static enum dcv_status set_replay(struct dcv_session *session, const char *value)
{
    return keep(session, &session->replay, value);
}

static enum dcv_status set_address(struct dcv_session *session, const char *value)
{
    struct dcv_mailbox *mailbox = dcv_arena_alloc(session->arena, sizeof *mailbox);
    struct dcv_mailbox_error fault;
    if (mailbox == NULL)
        return DCV_ERR_NOMEM;
    enum dcv_status status = dcv_mailbox_parse(session->arena, value, strlen(value), mailbox, &fault);
    if (status == DCV_ERR_SYNTAX)
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is no e-mail address (%s); it takes one like admin@example.com"), value,
                            _(dcv_mailbox_fault_text(fault.fault)));
    session->asked = mailbox;
    return status == DCV_OK ? keep(session, &session->address, value) : status;
}

static enum dcv_status set_width(struct dcv_session *session, const char *value)
{
    long number;
    if (!dcv_text_number(value, 20, 10000, &number))
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is not possible; it takes a number of columns from 20 to 10000"), value);
    session->report.width = (unsigned)number;
    return DCV_OK;
}

static enum dcv_status set_color(struct dcv_session *session, const char *value)
{
    (void)value;
    session->report.color = true;
    return DCV_OK;
}

static enum dcv_status set_ascii(struct dcv_session *session, const char *value)
{
    (void)value;
    session->report.ascii = true;
    return DCV_OK;
}

static enum dcv_status set_show(struct dcv_session *session, const char *value)
{
    session->inspect = strcmp(value, "inspect") == 0;
    if (session->inspect || strcmp(value, "check") == 0)
        return DCV_OK;
    return session_fail(session, DCV_ERR_USAGE, _("'%s' is not possible; it takes: check, inspect"), value);
}

static enum dcv_status set_facts(struct dcv_session *session, const char *value)
{
    (void)value;
    session->report.with_facts = true;
    return DCV_OK;
}

static enum dcv_status set_all(struct dcv_session *session, const char *value)
{
    (void)value;
    session->report.all = true;
    return DCV_OK;
}

static enum dcv_status set_quiet(struct dcv_session *session, const char *value)
{
    (void)value;
    session->report.quiet = true;
    return DCV_OK;
}

static enum dcv_status set_verbose(struct dcv_session *session, const char *value)
{
    (void)value;
    session->report.verbosity++;
    return DCV_OK;
}

static enum dcv_status set_also_www(struct dcv_session *session, const char *value)
{
    (void)value;
    session->also_www = true;
    return DCV_OK;
}

static enum dcv_status set_product(struct dcv_session *session, const char *value)
{
    session->order = true;
    return keep(session, &session->product_id, value);
}

static enum dcv_status set_stream(struct dcv_session *session, const char *value)
{
    (void)value;
    session->stream = true;
    return DCV_OK;
}

static enum dcv_status set_allow_private(struct dcv_session *session, const char *value)
{
    (void)value;
    session->allow_private = true;
    return DCV_OK;
}

/* ---- files of facts ------------------------------------------------------------------------------------------------------------- */

static enum dcv_status read_file(struct dcv_session *session, const char *path, struct dcv_buf *out)
{
    dcv_buf_init(out, FACTS_MAX);
    enum dcv_status status = dcv_file_read(path, out);
    if (status == DCV_OK)
        return DCV_OK;
    int reason = errno;
    dcv_buf_done(out);
    if (status == DCV_ERR_LIMIT)
        return session_fail(session, status, _("%s: larger than %d MiB; split it"), path, FACTS_MAX >> 20);
    return session_fail(session, status, "%s: %s", path, status == DCV_ERR_IO ? strerror(reason) : dcv_status_text(status));
}

static enum dcv_status read_documents(struct dcv_session *session, struct source *source, bool tapes)
{
    char *fault;
    enum dcv_status status = dcv_documents_read(dcv_buf_text(&source->text), source->text.len, &source->documents, &fault);
    if (status == DCV_ERR_SYNTAX)
        (void)session_fail(session, status,
                           tapes ? _("%s: %s; it takes a report written with --facts, or a tape") : _("%s: %s; it takes facts as JSON"),
                           source->path, fault != NULL ? fault : dcv_status_text(status));
    free(fault);
    dcv_buf_done(&source->text);
    return status;
}

static enum dcv_status read_source(struct dcv_session *session, const char *path, bool tapes, struct source **out)
{
    struct source *source = dcv_arena_alloc(session->arena, sizeof *source);
    if (source == NULL || (source->path = dcv_arena_strdup(session->arena, path)) == NULL)
        return DCV_ERR_NOMEM;
    enum dcv_status status = read_file(session, path, &source->text);
    if (status != DCV_OK)
        return status;
    if (dcv_tape_magic(dcv_buf_text(&source->text), source->text.len)) {
        if (!tapes) {
            dcv_buf_done(&source->text);
            return session_fail(session, DCV_ERR_USAGE, _("%s: a tape; give it with --replay or to 'dcvready judge'"), path);
        }
    } else {
        status = read_documents(session, source, tapes);
    }
    if (status == DCV_OK)
        *out = source;
    return status;
}

static enum dcv_status set_facts_in(struct dcv_session *session, const char *value)
{
    struct source *source = NULL;
    enum dcv_status status = read_source(session, value, false, &source);
    if (status != DCV_OK)
        return status;
    struct source **slot = DCV_VEC_ADD(session->arena, &session->facts_in);
    if (slot == NULL) {
        source_free(source);
        return DCV_ERR_NOMEM;
    }
    *slot = source;
    return DCV_OK;
}

enum dcv_status dcv_session_add_facts(struct dcv_session *session, const char *path)
{
    struct source *source = NULL;
    dcv_buf_clear(&session->error);
    enum dcv_status status = read_source(session, path, true, &source);
    if (status != DCV_OK)
        return status;
    struct source **slot = DCV_VEC_ADD(session->arena, &session->sources);
    if (slot == NULL) {
        source_free(source);
        return DCV_ERR_NOMEM;
    }
    *slot = source;
    return DCV_OK;
}

static const struct {
    const char *name;
    setter *set;
} options[] = {
    {"ca", set_ca}, {"as-of", set_as_of}, {"method", set_method}, {"format", set_format}, {"resolver", set_resolver},
    {"dns-port", set_dns_port}, {"dnssec", set_dnssec}, {"dnssec-sha1", set_sha1}, {"trust-anchor", set_trust_anchor},
    {"no-authority", set_no_authority}, {"signature-days", set_signature_days}, {"facts-in", set_facts_in}, {"account-uri", set_account}, {"psl", set_psl},
    {"ca-dir", set_ca_dir}, {"deadline", set_deadline}, {"timeout", set_timeout}, {"concurrency", set_concurrency},
    {"record", set_record}, {"replay", set_replay}, {"address", set_address}, {"width", set_width}, {"color", set_color},
    {"ascii", set_ascii}, {"show", set_show},
    {"facts", set_facts}, {"all", set_all}, {"quiet", set_quiet}, {"verbose", set_verbose},
    {"allow-private-addresses", set_allow_private}, {"stream", set_stream}, {"validated", set_validated}, {"cert", set_cert}, {"connect", set_connect},
    {"ca-file", set_ca_file}, {"order", order_set_names}, {"csr", order_set_csr}, {"also-www", set_also_www}, {"product", set_product},
    {"no-whois", talk_set_no_whois}, {"no-cache", talk_set_no_cache}, {"smtp", talk_set_smtp}, {"helo", talk_set_helo}, {"mail-from", talk_set_mail_from},
    {"whois-server", talk_set_whois_server}, {"rdap-bootstrap", talk_set_bootstrap}, {"token-file", talk_set_token_file},
    {"smtp-port", talk_set_smtp_port}, {"http-port", talk_set_http_port}, {"https-port", talk_set_https_port},
    {"column", audit_set_column}, {"run", audit_set_run}, {"passing", audit_set_passing}, {"ordered", audit_set_ordered}, {"deep", audit_set_deep}, {"whois", audit_set_whois},
    {"summary", audit_set_summary}, {"qps", audit_set_qps}, {"server-qps", audit_set_server_qps}, {"cache-mb", audit_set_cache_mb},
    {"shard", audit_set_shard}, {"only", audit_set_only}, {"finding", audit_set_finding},
    {"queue", queue_set_hosts}, {"queue-run", queue_set_run}, {"queue-user", queue_set_user}, {"queue-password-file", queue_set_password_file},
    {"queue-tls", queue_set_tls}, {"queue-ca", queue_set_ca}, {"queue-cert", queue_set_cert}, {"queue-key", queue_set_key}, {"queue-vhost", queue_set_vhost},
    {"chunk", queue_set_chunk}, {"prefetch", queue_set_prefetch}, {"until-empty", queue_set_until_empty}, {"retry-dead", queue_set_retry_dead},
    {"reconcile", queue_set_reconcile}, {"keep-queues", queue_set_keep},
    {"txt", wait_set_txt}, {"contact", wait_set_contact}, {"at", wait_set_at},
};

enum dcv_status dcv_session_set(struct dcv_session *session, const char *option, const char *value)
{
    dcv_buf_clear(&session->error);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (strcmp(options[i].name, option) == 0)
            return options[i].set(session, value);
    return session_fail(session, DCV_ERR_USAGE, _("there is no option '%s'"), option);
}

enum dcv_status dcv_session_add_name(struct dcv_session *session, const char *name)
{
    dcv_buf_clear(&session->error);
    return dcv_inputs_add(session->inputs, name);
}

/* ---- before a run ----------------------------------------------------------------------------------------------------------------- */

static enum dcv_status load_profiles(struct dcv_session *session)
{
    char *fault = NULL;
    if (session->set != NULL)
        return DCV_OK;
    enum dcv_status status = dcv_ca_set_create(session->ca_dir, &session->set, &fault);
    if (status != DCV_OK)
        (void)session_fail(session, status == DCV_ERR_NOMEM ? status : DCV_ERR_USAGE, "%s%s", session->ca_dir != NULL ? "--ca-dir: " : "",
                           fault != NULL ? fault : dcv_status_text(status));
    free(fault);
    return status == DCV_OK || status == DCV_ERR_NOMEM ? status : DCV_ERR_USAGE;
}

static enum dcv_status load_psl(struct dcv_session *session)
{
    if (session->psl != NULL)
        return DCV_OK;
    enum dcv_status status = dcv_psl_create(session->psl_path, &session->psl);
    if (status == DCV_OK)
        session->report.psl_origin = dcv_psl_origin(session->psl);
    else if (status != DCV_ERR_NOMEM)
        return session_fail(session, DCV_ERR_USAGE, _("--psl: %s: no Public Suffix List can be read there; name another"),
                            session->psl_path != NULL ? session->psl_path : _("the list of the system"));
    return status;
}

static enum dcv_status select_ca(struct dcv_session *session, const struct dcv_ca *ca)
{
    for (size_t i = 0; i < session->selected.count; i++)
        if (session->selected.items[i] == ca)
            return DCV_OK;
    const struct dcv_ca **slot = DCV_VEC_ADD(session->arena, &session->selected);
    if (slot == NULL)
        return DCV_ERR_NOMEM;
    *slot = ca;
    return DCV_OK;
}

/* Does the CA offer, or may it offer, validation of a kind that was asked for? */
static bool may_validate(const struct dcv_session *session, const struct dcv_ca *ca)
{
    if (session->by == 0)
        return ca->by_email;
    for (int by = DCV_BY_EMAIL; by < DCV_BY_COUNT; by++)
        if ((session->by & 1U << by) != 0 && dcv_by_offered(ca, (enum dcv_by)by) != DCV_NO)
            return true;
    return false;
}

/* The default: every CA that validates by the methods asked for, else by e-mail; the baseline is an outer bound, not a CA. */
static enum dcv_status select_default(struct dcv_session *session, bool all)
{
    for (size_t i = 0; i < dcv_ca_count(session->set); i++) {
        const struct dcv_ca *ca = dcv_ca_at(session->set, i);
        if (!all && (!may_validate(session, ca) || ca->kind == DCV_CA_KIND_BASELINE))
            continue;
        enum dcv_status status = select_ca(session, ca);
        if (status != DCV_OK)
            return status;
    }
    return DCV_OK;
}

static enum dcv_status select_named(struct dcv_session *session, char *list)
{
    for (char *id = list; id != NULL;) {
        char *comma = strchr(id, ',');
        if (comma != NULL)
            *comma = '\0';
        const struct dcv_ca *ca = dcv_ca_find(session->set, id);
        const char *nearest = ca == NULL ? dcv_ca_nearest(session->set, id) : NULL;
        if (ca == NULL && nearest != NULL)
            return session_fail(session, DCV_ERR_USAGE, _("--ca: there is no CA '%s'; did you mean '%s'?"), id, nearest);
        if (ca == NULL)
            return session_fail(session, DCV_ERR_USAGE, _("--ca: there is no CA '%s'; 'dcvready cas' lists them"), id);
        if (select_ca(session, ca) != DCV_OK)
            return DCV_ERR_NOMEM;
        id = comma != NULL ? comma + 1 : NULL;
    }
    return DCV_OK;
}

enum dcv_status session_prepare(struct dcv_session *session)
{
    enum dcv_status status = load_profiles(session);
    if (status == DCV_OK)
        status = load_psl(session);
    if (status == DCV_OK)
        status = order_product(session);
    if (status != DCV_OK)
        return status;
    session->selected.count = 0;
    const bool chosen = session->cas == NULL && session->seller != NULL;
    session->report.explicit_cas = (session->cas != NULL && strcmp(session->cas, "all") != 0) || chosen;
    if (chosen)
        return select_ca(session, session->seller);
    /* What binds every CA is what the baseline allows. */
    const struct dcv_ca *baseline = session->cas == NULL && session->view == DCV_SHOW_TIMELINE ? dcv_ca_find(session->set, "baseline") : NULL;
    if (baseline != NULL)
        return select_ca(session, baseline);
    if (session->cas == NULL || strcmp(session->cas, "all") == 0)
        return select_default(session, session->cas != NULL);
    char *list = dcv_arena_strdup(session->arena, session->cas);
    status = list != NULL ? select_named(session, list) : DCV_ERR_NOMEM;
    return status == DCV_OK ? order_sold(session) : status;
}
