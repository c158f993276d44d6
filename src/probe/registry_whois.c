/* The walk over WHOIS: who knows the top-level domain, the registry, its handles, then the registrar that it names. */
#include "base/text.h"
#include "probe/registry_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_MAX_OCTETS = 4096, QUERY_MAX_OCTETS = 2048 };

/* A server that is asked, and how. */
struct server {
    char host[REGISTRY_HOST];
    uint16_t port;
    bool named;
};

struct registry_whois {
    /* given */
    struct dcv_registry *registry;
    struct dcv_arena *arena;
    struct dcv_name domain;
    char text[DCV_NAME_TEXT_MAX];
    registry_walked_fn *done;
    void *user;
    /* progress */
    struct registry_wait wait;
    struct registry_tld *tld;
    struct server asked[REGISTRY_SERVERS_MAX];
    size_t asked_count;                    /* the last is the present one */
    enum dcv_whois_request request;
    struct dcv_registry_reading total;     /* of all servers before */
    bool any;                              /* `total` is of one at least */
    struct dcv_registry_reading present;   /* of this server */
    size_t handle;                         /* of it that is asked for next */
    const char *told_by;
    struct dcv_buf query, path;
    struct registry_visit visit;
    unsigned exchanges;
};

/* ---- the end ---------------------------------------------------------------------------------------------------------------------- */

static void conclude(struct registry_whois *walk)
{
    const struct dcv_registry_reading *reading = &walk->total;
    const char *path = dcv_arena_strdup(walk->arena, dcv_buf_text(&walk->path));
    const char *last = walk->asked_count != 0 ? walk->asked[walk->asked_count - 1].host : registry_iana;
    const struct dcv_contacts_fact fact = {
        .domain = walk->domain,
        .state = reading->state,
        .contacts = reading->contacts.items,
        .contact_count = reading->contacts.count,
        .registrar = reading->registrar,
        .statuses = reading->statuses.items,
        .status_count = reading->statuses.count,
        .expires = reading->expires,
        .server = walk->told_by != NULL && dcv_contacts_told(reading->state) ? walk->told_by : last,
        .path = path != NULL ? path : "",
        .why = reading->why != NULL ? reading->why : "",
        .exchanges = walk->exchanges,
        .at = registry_now_s(walk->registry),
    };
    walk->done(walk->user, &fact);
}

static void conclude_without(struct registry_whois *walk, enum dcv_contacts_state state, const char *why)
{
    const char *copy = dcv_arena_strdup(walk->arena, why);
    walk->total = (struct dcv_registry_reading){.state = state, .why = copy != NULL ? copy : ""};
    conclude(walk);
}

static void add_path(struct registry_whois *walk, const char *host)
{
    dcv_buf_printf(&walk->path, "%s%s", walk->path.len != 0 ? " " : "", host);
}

static struct server *present_server(struct registry_whois *walk)
{
    return &walk->asked[walk->asked_count - 1];
}

static void visit(struct registry_whois *walk, registry_heard_fn *then)
{
    const struct server *server = present_server(walk);
    const struct registry_call call = {.protocol = DCV_PROTO_WHOIS, .host = server->host, .port = server->port, .named = server->named,
                                       .query = &walk->query};
    registry_visit_start(&walk->visit, walk->registry, walk->arena, &call, then, walk);
}

static void begin_query(struct registry_whois *walk)
{
    dcv_buf_done(&walk->query);
    dcv_buf_init(&walk->query, QUERY_MAX_OCTETS);
}

/* ---- from server to server -------------------------------------------------------------------------------------------------------- */

static void ask_domain(struct registry_whois *walk, enum dcv_whois_request request);

static bool was_asked(const struct registry_whois *walk, const char *host)
{
    for (size_t i = 0; i < walk->asked_count; i++)
        if (strcmp(walk->asked[i].host, host) == 0)
            return true;
    return false;
}

static void note(struct registry_whois *walk, const char *why)
{
    if (walk->total.why == NULL || walk->total.why[0] == '\0')
        walk->total.why = why;
}

/* Was a contact told of that a validation may write to, with an address or without? */
static bool has_contacts(const struct dcv_registry_reading *reading)
{
    static const char *const roles[] = {"registrant", "admin", "tech", "public"};
    for (size_t i = 0; i < reading->contacts.count; i++)
        for (size_t k = 0; k < sizeof roles / sizeof *roles; k++)
            if (strcmp(reading->contacts.items[i].role, roles[k]) == 0)
                return true;
    return false;
}

/* A referral that leads nowhere leaves what is known as it is; but where no server keeps contacts, none has told that they have no address. */
static void stop_at(struct registry_whois *walk, const char *why)
{
    const struct dcv_registry_reading nothing = {.state = DCV_CONTACTS_UNREACHABLE, .why = why != NULL ? why : ""};
    if (!has_contacts(&walk->total))
        registry_merge(walk->arena, &walk->total, &nothing);
    note(walk, nothing.why);
    conclude(walk);
}

static void ask_next(struct registry_whois *walk, const char *referral, bool named)
{
    struct server server = {.named = named};
    if (registry_host_parse(referral, walk->registry->options.whois_port, server.host, &server.port) != DCV_OK) {
        stop_at(walk, N_("a referral to what is no host"));
    } else if (walk->asked_count != 0 && strcmp(present_server(walk)->host, server.host) == 0) {
        conclude(walk); /* a registrar's answer names the registrar's server, too */
    } else if (was_asked(walk, server.host)) {
        stop_at(walk, dcv_arena_printf(walk->arena, "%s: %s", N_("it is referred back to a server that was asked before"), server.host));
    } else if (walk->asked_count == REGISTRY_SERVERS_MAX) {
        stop_at(walk, N_("more referrals than dcvready follows"));
    } else {
        walk->asked[walk->asked_count++] = server;
        add_path(walk, server.host);
        ask_domain(walk, dcv_whois_request_of(server.host));
    }
}

static void leave_server(struct registry_whois *walk)
{
    const char *referral = walk->present.referral, *server = dcv_arena_strdup(walk->arena, present_server(walk)->host);
    const bool useful = dcv_contacts_told(walk->present.state);
    if (useful && (walk->told_by == NULL || registry_wants_more(walk->total.state)))
        walk->told_by = server;
    if (walk->any)
        registry_merge(walk->arena, &walk->total, &walk->present);
    else
        walk->total = walk->present;
    walk->any = walk->any || useful;
    if (referral != NULL && registry_wants_more(walk->total.state))
        ask_next(walk, referral, false);
    else
        conclude(walk);
}

static struct dcv_registry_reading unheard(const struct registry_whois *walk, const struct registry_heard *heard)
{
    const char *why = dcv_arena_strdup(walk->arena, heard->why);
    return (struct dcv_registry_reading){.state = heard->limited ? DCV_CONTACTS_RATE_LIMITED : DCV_CONTACTS_UNREACHABLE,
                                         .why = why != NULL ? why : ""};
}

/* ---- handles ---------------------------------------------------------------------------------------------------------------------- */

static void ask_handle(struct registry_whois *walk);

static bool same_handle(const struct registry_whois *walk, size_t a, size_t b)
{
    return dcv_ascii_equal_nocase(walk->present.handles.items[a].handle, walk->present.handles.items[b].handle);
}

/* One person may be the contact of several roles, and is asked for once. */
static bool is_known_handle(const struct registry_whois *walk, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (same_handle(walk, i, at))
            return true;
    return false;
}

/* What was said of the handle, for each role that it has. Returns whether it was a limit. */
static bool take_handle(struct registry_whois *walk, const struct registry_heard *heard)
{
    struct dcv_registry_reading reading = {.state = DCV_CONTACTS_UNREACHABLE, .why = ""};
    bool limited = false;
    for (size_t i = walk->handle; i < walk->present.handles.count; i++) {
        if (!same_handle(walk, i, walk->handle))
            continue;
        if (heard->exchange == NULL)
            reading = unheard(walk, heard);
        else
            (void)dcv_whois_read_handle(walk->arena, heard->exchange->answer, heard->exchange->answer_len, &walk->present.handles.items[i], &reading);
        registry_merge_handle(walk->arena, &walk->present, &reading);
        limited = limited || reading.state == DCV_CONTACTS_RATE_LIMITED;
    }
    return limited;
}

static void on_handle(void *user, const struct registry_heard *heard)
{
    struct registry_whois *walk = user;
    walk->exchanges += heard->exchanges;
    const bool limited = take_handle(walk, heard);
    walk->handle++;
    if (limited) {
        walk->handle = walk->present.handles.count;
        registry_hold(walk->registry, present_server(walk)->host, REGISTRY_HOLD_S);
    }
    ask_handle(walk);
}

static void ask_handle(struct registry_whois *walk)
{
    const bool registered = walk->present.state == DCV_CONTACTS_FOUND || registry_wants_more(walk->present.state);
    while (walk->handle < walk->present.handles.count && is_known_handle(walk, walk->handle))
        walk->handle++;
    if (!registered || walk->handle >= walk->present.handles.count || walk->handle >= DCV_REGISTRY_HANDLES) {
        leave_server(walk);
        return;
    }
    begin_query(walk);
    /* Handles are told in the form of JPRS alone, by whatever name the server was asked. */
    const enum dcv_whois_request request = walk->request != DCV_WHOIS_PLAIN ? walk->request : DCV_WHOIS_JPRS;
    dcv_whois_put_handle(request, walk->present.handles.items[walk->handle].handle, &walk->query);
    visit(walk, on_handle);
}

/* ---- the domain ------------------------------------------------------------------------------------------------------------------- */

/* The server in IANA's place may speak as IANA does, of the top-level domain. */
static void read_as_iana(struct registry_whois *walk, const struct dcv_exchange *exchange)
{
    const char *tld = strrchr(walk->text, '.');
    struct dcv_registry_reading reading;
    if (dcv_whois_read_iana(walk->arena, exchange->answer, exchange->answer_len, tld != NULL ? tld + 1 : walk->text, &reading) == DCV_OK
        && reading.state == DCV_CONTACTS_NONE)
        walk->present.referral = reading.referral;
}

static void read_domain(struct registry_whois *walk, const struct dcv_exchange *exchange)
{
    if (dcv_whois_read(walk->arena, exchange->answer, exchange->answer_len, walk->text, &walk->present) != DCV_OK)
        walk->present = (struct dcv_registry_reading){.state = DCV_CONTACTS_UNREACHABLE, .why = N_("memory is short")};
    if (present_server(walk)->named && walk->present.state == DCV_CONTACTS_UNREACHABLE && walk->present.referral == NULL)
        read_as_iana(walk, exchange);
}

static void on_domain(void *user, const struct registry_heard *heard)
{
    struct registry_whois *walk = user;
    walk->exchanges += heard->exchanges;
    walk->handle = 0;
    if (heard->exchange == NULL) {
        walk->present = unheard(walk, heard);
        leave_server(walk);
        return;
    }
    read_domain(walk, heard->exchange);
    if (walk->present.state == DCV_CONTACTS_RATE_LIMITED)
        registry_hold(walk->registry, present_server(walk)->host, REGISTRY_HOLD_S);
    if (walk->request == DCV_WHOIS_JPRS && walk->present.state == DCV_CONTACTS_UNREACHABLE)
        ask_domain(walk, DCV_WHOIS_JPRS_JA);
    else
        ask_handle(walk);
}

static void ask_domain(struct registry_whois *walk, enum dcv_whois_request request)
{
    walk->request = request;
    begin_query(walk);
    dcv_whois_put_domain(request, walk->text, &walk->query);
    visit(walk, on_domain);
}

/* ---- the beginning ---------------------------------------------------------------------------------------------------------------- */

static void on_tld(void *user)
{
    struct registry_whois *walk = user;
    struct registry_tld *tld = walk->tld;
    if (tld->asked_now)
        add_path(walk, registry_iana);
    if (tld->server[0] == '\0')
        conclude_without(walk, tld->state, tld->why);
    else
        ask_next(walk, tld->server, false);
}

static void begin(struct registry_whois *walk)
{
    const char *tld = strrchr(walk->text, '.');
    if (walk->registry->options.whois_server != NULL) {
        ask_next(walk, walk->registry->options.whois_server, true);
        return;
    }
    walk->wait = (struct registry_wait){.go = on_tld, .user = walk};
    walk->tld = registry_tld_of(walk->registry, tld != NULL ? tld + 1 : walk->text);
    if (walk->tld == NULL)
        conclude_without(walk, DCV_CONTACTS_UNREACHABLE, N_("memory is short"));
    else
        registry_tld_await(walk->tld, &walk->wait);
}

struct registry_whois *registry_whois_start(struct dcv_registry *registry, struct dcv_arena *arena, const struct dcv_name *domain,
                                            registry_walked_fn *done, void *user)
{
    struct registry_whois *walk = calloc(1, sizeof *walk);
    if (walk == NULL)
        return NULL;
    walk->registry = registry;
    walk->arena = arena;
    walk->domain = *domain;
    (void)dcv_name_text(domain, walk->text);
    walk->done = done;
    walk->user = user;
    walk->total = (struct dcv_registry_reading){.state = DCV_CONTACTS_UNREACHABLE, .why = ""};
    dcv_buf_init(&walk->path, PATH_MAX_OCTETS);
    begin(walk);
    return walk;
}

void registry_whois_stop(struct registry_whois *walk)
{
    if (walk == NULL)
        return;
    if (walk->visit.registry != NULL)
        registry_visit_stop(&walk->visit);
    dcv_buf_done(&walk->query);
    dcv_buf_done(&walk->path);
    free(walk);
}
