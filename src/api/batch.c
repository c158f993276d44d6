/* One batch: names gathered over one transport, live or from a tape, and judged as each is done. */
#include "api/batch.h"

#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    PEER_TIMEOUT_MS = 4000, /* of a question to one server: eight tries */
    TALK_TIMEOUT_MS = 10000, /* of a conversation beside the DNS */
    WINDOW = 512,            /* packets under way at one server */
};

static const char *const mode_names[] = {[DCV_DNSSEC_OFF] = "off", [DCV_DNSSEC_RESOLVER] = "resolver", [DCV_DNSSEC_LOCAL] = "local"};

/* ---- the tape ---------------------------------------------------------------------------------------------------------------------- */

struct header_lines {
    const char **items;
    size_t count;
};

static void put_line(struct dcv_session *session, struct header_lines *lines, const char *key, const char *value)
{
    const char *line = dcv_arena_printf(session->run_arena, "%s %s", key, value);
    if (line != NULL)
        lines->items[lines->count++] = line;
}

static void put_number(struct dcv_session *session, struct header_lines *lines, const char *key, unsigned value)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%u", value);
    put_line(session, lines, key, text);
}

static void put_flag(struct dcv_session *session, struct header_lines *lines, const char *key, bool value)
{
    if (value)
        put_line(session, lines, key, "yes");
}

/* The name and, unless it was given once by the caller, "origin ORIGIN TIMES" after it: what an order says of a name depends on both. */
static void put_name(struct dcv_session *session, struct header_lines *lines, const struct dcv_result *result)
{
    put_line(session, lines, "name", result->text);
    if (result->origin == DCV_ORIGIN_ARGUMENT && result->times == 1)
        return;
    const char *origin = dcv_arena_printf(session->run_arena, "%s %zu", dcv_input_origin_text(result->origin), result->times);
    if (origin != NULL)
        put_line(session, lines, "origin", origin);
}

/* What a replay needs besides the exchanges. */
static enum dcv_status describe(const struct batch *batch, size_t from, struct header_lines *lines)
{
    struct dcv_session *session = batch->session;
    const struct settings *settings = &batch->settings;
    const size_t anchor_lines = batch->anchors != NULL ? dcv_anchors_count(batch->anchors) : 0;
    lines->items = dcv_arena_array(session->run_arena, 2 * session->results.count + SERVERS_MAX + anchor_lines + WAIT_LINES + TALK_LINES + 17, sizeof lines->items[0]);
    if (lines->items == NULL)
        return DCV_ERR_NOMEM;
    put_line(session, lines, "dnssec", mode_names[settings->dnssec]);
    if (batch->anchors != NULL)
        lines->count += anchors_lines(session, batch->anchors, lines->items + lines->count, anchor_lines);
    put_number(session, lines, "authority_port", settings->authority_port);
    put_flag(session, lines, "dnssec_sha1_insecure", settings->refuse_sha1);
    put_flag(session, lines, "authority", settings->authority);
    put_flag(session, lines, "misplaced", settings->misplaced);
    put_flag(session, lines, "compare", settings->compare);
    put_flag(session, lines, "allow_private", settings->allow_private);
    lines->count += talk_lines(session, &settings->talk, lines->items + lines->count);
    put_number(session, lines, "timeout_ms", settings->timeout_ms);
    put_number(session, lines, "deadline_ms", settings->deadline_ms);
    put_number(session, lines, "concurrency", settings->concurrency);
    put_number(session, lines, "window", settings->window);
    lines->count += wait_lines(session, lines->items + lines->count);
    for (size_t i = 0; i < settings->server_count; i++) {
        char server[DCV_ENDPOINT_TEXT];
        put_line(session, lines, "resolver", dcv_endpoint_text(&settings->servers[i], server));
    }
    for (size_t i = from; i < session->results.count; i++)
        put_name(session, lines, session->results.items[i]);
    const char *certificate = certificate_line(session);
    if (certificate != NULL)
        put_line(session, lines, "tls", certificate);
    return dcv_arena_failed(session->run_arena) ? DCV_ERR_NOMEM : DCV_OK;
}

static enum dcv_status start_recording(struct batch *batch, size_t from)
{
    struct dcv_session *session = batch->session;
    struct header_lines lines = {0};
    enum dcv_status status = describe(batch, from, &lines);
    if (status != DCV_OK)
        return status;
    struct dcv_tape_header header = {.wall_s = batch->wall_s, .start_us = batch->start_us, .seed = batch->seed, .lines = lines.items,
                                     .line_count = lines.count};
    status = dcv_recorder_create(batch->transport, session->record, &header, &batch->recorder);
    if (status == DCV_ERR_IO)
        return session_fail(session, status, "--record: %s: %s", session->record, strerror(errno));
    if (status == DCV_OK)
        batch->transport = batch->recorder;
    return status;
}

/* The value of a "key value" line, or NULL. */
static const char *line_value(const char *line, const char *key)
{
    size_t len = strlen(key);
    return strncmp(line, key, len) == 0 && line[len] == ' ' ? line + len + 1 : NULL;
}

static void read_number(const char *line, const char *key, unsigned *out)
{
    const char *value = line_value(line, key);
    long number;
    if (value != NULL && dcv_text_number(value, 1, 3600000, &number))
        *out = (unsigned)number;
}

static void read_flag(const char *line, const char *key, bool *out)
{
    if (line_value(line, key) != NULL)
        *out = true;
}

static void read_mode(const char *line, struct settings *settings)
{
    const char *value = line_value(line, "dnssec");
    for (size_t i = 0; value != NULL && i < sizeof mode_names / sizeof mode_names[0]; i++)
        if (strcmp(mode_names[i], value) == 0)
            settings->dnssec = (enum dcv_dnssec_mode)i;
}

static void read_port(const char *line, struct settings *settings)
{
    const char *value = line_value(line, "authority_port");
    long port;
    if (value != NULL && dcv_text_number(value, 1, UINT16_MAX, &port))
        settings->authority_port = (uint16_t)port;
}

static void read_server(const char *line, struct settings *settings)
{
    const char *value = line_value(line, "resolver");
    if (value != NULL && settings->server_count < SERVERS_MAX
        && dcv_endpoint_parse(value, 53, &settings->servers[settings->server_count]) == DCV_OK)
        settings->server_count++;
}

/* One line of what a replay needs. */
static void read_setting(const char *line, struct settings *settings, struct dcv_buf *anchors)
{
    const char *anchor = line_value(line, "anchor");
    if (anchor != NULL)
        dcv_buf_printf(anchors, "%s\n", anchor);
    read_mode(line, settings);
    read_port(line, settings);
    read_flag(line, "dnssec_sha1_insecure", &settings->refuse_sha1);
    read_flag(line, "authority", &settings->authority);
    read_flag(line, "misplaced", &settings->misplaced);
    read_flag(line, "compare", &settings->compare);
    read_flag(line, "allow_private", &settings->allow_private);
    read_number(line, "timeout_ms", &settings->timeout_ms);
    read_number(line, "deadline_ms", &settings->deadline_ms);
    read_number(line, "concurrency", &settings->concurrency);
    read_number(line, "window", &settings->window);
    read_server(line, settings);
}

static enum dcv_status open_tape(struct dcv_session *session, const struct dcv_buf *tape, const char *path, struct dcv_transport **out,
                                 struct dcv_tape_header *header)
{
    size_t line = 0;
    enum dcv_status status = dcv_tape_create(dcv_buf_text(tape), tape->len, out, header, &line);
    if (status == DCV_ERR_SYNTAX)
        return session_fail(session, DCV_ERR_USAGE, _("%s:%zu: this line is not of a tape; record it again with --record"), path, line);
    return status;
}

static enum dcv_status start_replay(struct batch *batch, const struct dcv_buf *tape, const char *path)
{
    struct dcv_tape_header header;
    enum dcv_status status = open_tape(batch->session, tape, path, &batch->transport, &header);
    if (status != DCV_OK)
        return status;
    batch->wall_s = header.wall_s;
    batch->start_us = header.start_us;
    batch->seed = header.seed;
    certificate_forget(batch->session);
    struct dcv_buf anchors;
    dcv_buf_init(&anchors, 1 << 20);
    struct talk_settings talk;
    talk_lines_begin(&talk);
    batch->settings = (struct settings){.timeout_ms = batch->settings.timeout_ms, .deadline_ms = batch->settings.deadline_ms,
                                        .concurrency = batch->settings.concurrency, .authority_port = 53, .talk = talk};
    for (size_t i = 0; status == DCV_OK && i < header.line_count; i++) {
        const char *tls = line_value(header.lines[i], "tls");
        if (tls != NULL && batch->session->certificate.path == NULL)
            status = certificate_replay(batch->session, tls);
        read_setting(header.lines[i], &batch->settings, &anchors);
        talk_line_read(batch->session, header.lines[i], &batch->settings.talk);
        wait_line_read(batch->session, header.lines[i]);
    }
    if (status == DCV_OK && batch->settings.dnssec == DCV_DNSSEC_LOCAL)
        status = anchors_replay(&anchors, &batch->anchors);
    dcv_buf_done(&anchors);
    if (status == DCV_OK)
        status = certificate_unrecorded(batch->session);
    if (status == DCV_OK && batch->settings.server_count == 0)
        return session_fail(batch->session, DCV_ERR_USAGE, _("%s: the tape names no resolver; record it again with --record"), path);
    return status;
}

/* "ORIGIN TIMES" of a name; what is none of this is passed over. */
static void read_origin(const char *value, struct dcv_result *result)
{
    const char *space = strchr(value, ' ');
    long times;
    if (space != NULL && dcv_text_number(space + 1, 1, 1000000, &times)
        && dcv_input_origin_parse(value, (size_t)(space - value), &result->origin))
        result->times = (size_t)times;
}

/* Adds the name of a header line, and what the next line says of it, unless it was there before. `inputs` knows those. */
static enum dcv_status add_name_of_tape(struct dcv_session *session, struct dcv_inputs *inputs, const char *name, const char *next)
{
    const size_t before = dcv_inputs_count(inputs);
    const char *origin = next != NULL ? line_value(next, "origin") : NULL;
    enum dcv_status status = dcv_inputs_add(inputs, name);
    if (status != DCV_OK || dcv_inputs_count(inputs) == before)
        return status;
    struct dcv_result *result = result_add(session, dcv_inputs_at(inputs, before));
    if (result != NULL && origin != NULL)
        read_origin(origin, result);
    return result != NULL ? DCV_OK : DCV_ERR_NOMEM;
}

enum dcv_status batch_names_of_tape(struct dcv_session *session, const struct dcv_buf *tape, const char *path)
{
    struct dcv_transport *transport;
    struct dcv_tape_header header;
    enum dcv_status status = open_tape(session, tape, path, &transport, &header);
    if (status != DCV_OK)
        return status;
    struct dcv_inputs *inputs = dcv_inputs_create();
    status = inputs != NULL ? DCV_OK : DCV_ERR_NOMEM;
    for (size_t i = 0; status == DCV_OK && i < header.line_count; i++) {
        const char *name = line_value(header.lines[i], "name");
        if (name != NULL)
            status = add_name_of_tape(session, inputs, name, i + 1 < header.line_count ? header.lines[i + 1] : NULL);
    }
    dcv_inputs_free(inputs);
    transport->free(transport);
    return status;
}

/* How far a command looks. */
static void settle_scope(const struct dcv_session *session, struct settings *settings)
{
    const bool thorough = (session->view == DCV_SHOW_CHECK || session->view == DCV_SHOW_INSPECT) && (!session->audit.active || session->audit.deep);
    settings->authority = thorough && !session->no_authority;
    settings->misplaced = thorough;
    settings->compare = thorough && session->resolvers.count > 1;
    settings->allow_private = session->allow_private;
    settings->authority_port = session->dns_port != 0 ? (uint16_t)session->dns_port : 53;
    if (session->view == DCV_SHOW_WAIT)
        settings->dnssec = DCV_DNSSEC_OFF; /* what stands there, not whether it can be trusted */
}

/* Many names: what they share is kept within bounds, and more of them are under way. */
static void settle_audit(const struct dcv_session *session, struct settings *settings)
{
    enum { CACHE_MB = 64, NAMES_AT_ONCE = 400 };
    settings->cache_bytes = (size_t)(session->audit.cache_mb != 0 ? session->audit.cache_mb : CACHE_MB) << 20;
    if (!session->audit.concurrency_given)
        settings->concurrency = NAMES_AT_ONCE;
}

enum dcv_status batch_start_live(struct batch *batch, size_t from)
{
    struct dcv_session *session = batch->session;
    batch->wall_s = session->clock.wall_s(session->clock.user);
    batch->start_us = session->clock.mono_us(session->clock.user);
    enum dcv_status status = session_servers(session, &batch->settings);
    settle_scope(session, &batch->settings);
    batch->settings.window = WINDOW;
    if (session->audit.active)
        settle_audit(session, &batch->settings);
    if (status == DCV_OK)
        status = talk_settle(session, &batch->settings.talk);
    if (status == DCV_OK && batch->settings.dnssec == DCV_DNSSEC_LOCAL)
        status = anchors_load(session, &batch->anchors);
    if (status == DCV_OK)
        status = dcv_seed_fresh(&batch->seed);
    struct dcv_live_options options = live_options(session);
    if (status == DCV_OK)
        status = dcv_live_create(&options, &batch->transport);
    if (status == DCV_OK && session->record != NULL)
        status = start_recording(batch, from);
    return status;
}

/* ---- running ----------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status on_gathered(void *user)
{
    struct dcv_result *result = user;
    enum dcv_status status = result_judge(result);
    return status == DCV_OK ? results_report(result->session) : status;
}

enum dcv_status batch_add_given_facts(struct dcv_result *result)
{
    struct dcv_session *session = result->session;
    for (size_t i = 0; i < session->facts_in.count; i++) {
        const struct source *source = session->facts_in.items[i];
        for (size_t j = 0; j < dcv_documents_count(source->documents); j++) {
            char *fault;
            enum dcv_status status = dcv_document_add(source->documents, j, &result->name.name, result->facts, &fault);
            if (status == DCV_ERR_SYNTAX)
                (void)session_fail(session, DCV_ERR_USAGE, "--facts-in: %s: %s", source->path, fault != NULL ? fault : "");
            free(fault);
            if (status != DCV_OK)
                return status == DCV_ERR_SYNTAX ? DCV_ERR_USAGE : status;
        }
    }
    return DCV_OK;
}

/* Those who are asked besides the DNS. */
static enum dcv_status start_talks(struct batch *batch, struct dcv_gather_talks *out)
{
    const struct talk_settings *talk = &batch->settings.talk;
    const struct dcv_registry_options options = {
        .net = batch->net, .resolver = batch->resolver, .whois_server = talk->whois_server, .bootstrap = talk->bootstrap,
        .bootstrap_len = talk->bootstrap_len, .use_cache = talk->cache, .allow_private = batch->settings.allow_private, .whois_port = 43,
        .patience_ms = batch->settings.deadline_ms / 4, .timeout_ms = TALK_TIMEOUT_MS, .wall_s = batch->wall_s, .start_us = batch->start_us};
    enum dcv_status status = talk->registry ? dcv_registry_create(&options, &batch->registry) : DCV_OK;
    *out = (struct dcv_gather_talks){
        .registry = batch->registry, .registry_ms = batch->settings.deadline_ms / 2, .smtp = talk->smtp, .mailboxes = talk_mailboxes, .helo = talk->helo,
        .mail_from = talk->mail_from, .smtp_port = talk->smtp_port, .files = talk->files, .file_count = talk->file_count, .alpn = talk->alpn,
        .http_port = talk->http_port, .https_port = talk->https_port, .timeout_ms = TALK_TIMEOUT_MS, .seed = batch->seed};
    return status;
}

enum dcv_status batch_start_engine(struct batch *batch)
{
    const struct settings *settings = &batch->settings;
    const struct dcv_throttle_options throttle = {.qps = settings->qps, .server_qps = settings->server_qps, .window = settings->window,
                                                  .steady = !batch->session->audit.active};
    struct dcv_resolver_options resolver = {.servers = settings->servers, .server_count = settings->server_count, .seed = batch->seed,
                                            .timeout_ms = settings->timeout_ms, .cache_bytes = settings->cache_bytes / 2};
    struct dcv_peers_options peers = {.seed = batch->seed,
                                      .timeout_ms = settings->timeout_ms < PEER_TIMEOUT_MS ? settings->timeout_ms : PEER_TIMEOUT_MS,
                                      .cache_bytes = settings->cache_bytes / 8};
    struct dcv_validator_options validator = {.anchors = batch->anchors, .refuse_sha1 = settings->refuse_sha1, .cache_bytes = settings->cache_bytes / 8};
    struct dcv_gather_options gather = {
        .psl = batch->session->psl, .dnssec = settings->dnssec, .authority = settings->authority, .misplaced = settings->misplaced,
        .views = settings->servers, .view_count = settings->compare ? settings->server_count : 0,
        .authority_port = settings->authority_port, .allow_private = settings->allow_private, .deadline_ms = settings->deadline_ms,
        .concurrency = settings->concurrency, .want = batch->want, .want_user = batch->want_user, .wall_s = batch->wall_s, .start_us = batch->start_us};
    enum dcv_status status = dcv_net_create(batch->transport, batch->start_us, &batch->net);
    if (status == DCV_OK)
        status = dcv_throttle_create(batch->net, &throttle, &batch->throttle);
    resolver.throttle = peers.throttle = batch->throttle;
    if (status == DCV_OK)
        status = dcv_resolver_create(batch->net, &resolver, &batch->resolver);
    if (status == DCV_OK)
        status = dcv_peers_create(batch->net, &peers, &batch->peers);
    if (status == DCV_OK && settings->dnssec == DCV_DNSSEC_LOCAL)
        status = dcv_validator_create(&validator, &batch->validator);
    gather.validator = batch->validator;
    gather.mail_security = settings->talk.mail_security;
    gather.eager = batch->session->audit.active;
    gather.no_ways = batch->session->audit.active && !batch->session->audit.deep;
    if (status == DCV_OK)
        status = start_talks(batch, &gather.talks);
    if (status == DCV_OK)
        status = dcv_gather_create(batch->net, batch->resolver, batch->peers, &gather, &batch->gather);
    return status;
}

static enum dcv_status gather_all(struct batch *batch, size_t from)
{
    struct dcv_session *session = batch->session;
    enum dcv_status status = DCV_OK;
    for (size_t i = from; status == DCV_OK && i < session->results.count; i++) {
        struct dcv_result *result = session->results.items[i];
        if (!result->valid)
            continue;
        dcv_facts_about(result->facts)->anchors = anchors_copy(dcv_facts_arena(result->facts), batch->anchors);
        status = batch_add_given_facts(result);
        if (status == DCV_OK)
            status = dcv_gather_add(batch->gather, &result->name, result->facts, on_gathered, result);
    }
    if (status == DCV_OK)
        status = results_report(session);
    if (status == DCV_OK)
        status = dcv_gather_run(batch->gather);
    return status;
}

static enum dcv_status wait_batch(const struct batch *batch, size_t from)
{
    const struct engine engine = {.session = batch->session, .settings = &batch->settings, .net = batch->net, .resolver = batch->resolver,
                                  .peers = batch->peers, .wall_s = batch->wall_s, .start_us = batch->start_us};
    return wait_all(&engine, from);
}

/* When no resolver answers anything, every name is unknown for a reason that has nothing to do with it. */
void batch_tell_deaf(struct batch *batch)
{
    struct dcv_buf servers;
    dcv_buf_init(&servers, (size_t)SERVERS_MAX * (DCV_ENDPOINT_TEXT + 4 * DCV_WHY_TEXT));
    for (size_t i = 0; i < batch->settings.server_count; i++) {
        dcv_buf_puts(&servers, i == 0 ? "" : ", ");
        put_server_failure(&servers, &batch->settings.servers[i], dcv_resolver_why(batch->resolver, i));
    }
    batch->session->deaf = batch->session->view != DCV_SHOW_WAIT; /* which tells itself that nothing could be seen */
    (void)session_fail(batch->session, DCV_ERR_SYSTEM, _("no resolver answers (%s); check the network and /etc/resolv.conf, or name one with --resolver"),
                       dcv_buf_text(&servers));
    dcv_buf_done(&servers);
}

enum dcv_status batch_stop(struct batch *batch, enum dcv_status status)
{
    if (batch->recorder != NULL && dcv_recorder_close(batch->recorder) != DCV_OK && status == DCV_OK)
        status = session_fail(batch->session, DCV_ERR_IO, "--record: %s: %s", batch->session->record, strerror(errno));
    dcv_gather_free(batch->gather);
    dcv_registry_free(batch->registry);
    dcv_peers_free(batch->peers);
    dcv_validator_free(batch->validator);
    dcv_anchors_free(batch->anchors);
    dcv_resolver_free(batch->resolver);
    dcv_throttle_free(batch->throttle);
    if (batch->net != NULL)
        dcv_net_free(batch->net);
    else if (batch->transport != NULL)
        batch->transport->free(batch->transport);
    return status;
}

enum dcv_status batch_run(struct dcv_session *session, size_t from, const struct dcv_buf *tape, const char *path)
{
    struct batch batch = {.session = session, .settings = session->settings};
    enum dcv_status status = tape != NULL ? start_replay(&batch, tape, path) : batch_start_live(&batch, from);
    if (session->judged_for == DCV_DATE_NONE)
        session->judged_for = dcv_date_of_unix(batch.wall_s);
    session->stamp_s = batch.wall_s;
    session->http_port = batch.settings.talk.http_port;
    session->https_port = batch.settings.talk.https_port;
    if (status == DCV_OK)
        status = batch_start_engine(&batch);
    if (status == DCV_OK)
        status = session->view == DCV_SHOW_WAIT ? wait_batch(&batch, from) : gather_all(&batch, from);
    if (status == DCV_OK && dcv_resolver_deaf(batch.resolver))
        batch_tell_deaf(&batch);
    return batch_stop(&batch, status);
}
