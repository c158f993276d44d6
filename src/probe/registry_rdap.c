/* The walk over RDAP: the registry, then the registrar that it names. */
#include "base/text.h"
#include "fact/redirect.h"
#include "net/fetch.h"
#include "probe/registry_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HTTPS_PORT = 443, HTTP_NOT_FOUND = 404, HTTP_TOO_MANY = 429, PATH_MAX_OCTETS = 4096, QUERY_MAX_OCTETS = 2 * DCV_FETCH_URL_MAX };

static const char media[] = "application/rdap+json";

struct registry_walk {
    /* given */
    struct dcv_registry *registry;
    struct dcv_arena *arena;
    struct dcv_name domain;
    char text[DCV_NAME_TEXT_MAX];
    registry_walked_fn *done;
    void *user;
    /* progress */
    struct dcv_url url;
    char host[DCV_NAME_TEXT_MAX];
    unsigned redirects;
    bool registrar;                       /* it is asked, no longer the registry */
    struct dcv_registry_reading reading;  /* of the registry, then of both */
    const char *told_by;                  /* base URL; NULL: nobody told */
    struct dcv_name registry_host;
    struct dcv_buf query, path;
    struct registry_visit visit;
    unsigned exchanges;
};

/* ---- the end ---------------------------------------------------------------------------------------------------------------------- */

static const char *base_of(struct registry_walk *walk)
{
    const char *end = strchr(walk->url.text + strlen("https://"), '/');
    const char *base = dcv_arena_strndup(walk->arena, walk->url.text, end != NULL ? (size_t)(end - walk->url.text) + 1 : strlen(walk->url.text));
    return base != NULL ? base : "";
}

static void conclude(struct registry_walk *walk)
{
    const struct dcv_registry_reading *reading = &walk->reading;
    const char *path = dcv_arena_strdup(walk->arena, dcv_buf_text(&walk->path));
    const struct dcv_contacts_fact fact = {
        .domain = walk->domain,
        .rdap = true,
        .state = reading->state,
        .contacts = reading->contacts.items,
        .contact_count = reading->contacts.count,
        .registrar = reading->registrar,
        .statuses = reading->statuses.items,
        .status_count = reading->statuses.count,
        .expires = reading->expires,
        .server = walk->told_by != NULL && dcv_contacts_told(reading->state) ? walk->told_by : base_of(walk),
        .path = path != NULL ? path : "",
        .why = reading->why != NULL ? reading->why : "",
        .exchanges = walk->exchanges,
        .at = registry_now_s(walk->registry),
    };
    walk->done(walk->user, &fact);
}

/* ---- one answer ------------------------------------------------------------------------------------------------------------------- */

static void fetch(struct registry_walk *walk);

/* The port that the URL names; that of https where it names none. */
static uint16_t port_in(const char *url)
{
    char authority[REGISTRY_HOST + 8] = "";
    const char *host = strstr(url, "://");
    const size_t len = host != NULL ? strcspn(host + 3, "/?#") : 0;
    long port;
    if (host == NULL || len >= sizeof authority)
        return HTTPS_PORT;
    memcpy(authority, host + 3, len);
    const char *colon = strrchr(authority, ':');
    return colon != NULL && dcv_text_number(colon + 1, 1, UINT16_MAX, &port) ? (uint16_t)port : HTTPS_PORT;
}

/* Only the registry's own URL may have a port of its own. */
static bool read_url(const char *text, bool any_port, struct dcv_url *out)
{
    return dcv_url_parse(text, any_port ? port_in(text) : HTTPS_PORT, HTTPS_PORT, out, NULL) == DCV_OK && out->https;
}

static bool has_path(const struct registry_walk *walk, const char *base)
{
    return strstr(dcv_buf_text(&walk->path), base) != NULL;
}

/* The registrar's record of the same domain; the same host again would be a loop. */
static bool refer(struct registry_walk *walk)
{
    struct dcv_url url;
    const char *referral = walk->reading.referral;
    if (walk->registrar || referral == NULL || !registry_wants_more(walk->reading.state) || !dcv_contacts_told(walk->reading.state))
        return false;
    if (!read_url(referral, false, &url) || dcv_name_equal(&url.host, &walk->url.host) || dcv_name_equal(&url.host, &walk->registry_host))
        return false;
    walk->registrar = true;
    walk->redirects = 0;
    walk->url = url;
    return true;
}

static void take(struct registry_walk *walk, const struct dcv_registry_reading *reading)
{
    const enum dcv_contacts_state before = walk->reading.state;
    if (walk->registrar)
        registry_merge(walk->arena, &walk->reading, reading);
    else
        walk->reading = *reading;
    if (dcv_contacts_told(reading->state) && (walk->told_by == NULL || walk->reading.state != before))
        walk->told_by = base_of(walk);
    if (refer(walk))
        fetch(walk);
    else
        conclude(walk);
}

static void take_nothing(struct registry_walk *walk, enum dcv_contacts_state state, const char *why)
{
    const char *copy = dcv_arena_strdup(walk->arena, why);
    const struct dcv_registry_reading reading = {.state = state, .why = copy != NULL ? copy : ""};
    take(walk, &reading);
}

/* RFC 7480 §5.3: an empty answer needs no body; then its media type tells that it is one of RDAP. */
static bool empty_answer(const struct dcv_fetch_answer *answer)
{
    const size_t len = sizeof media - 1;
    return answer->status == HTTP_NOT_FOUND && answer->body_len == 0 && answer->content_type != NULL && strlen(answer->content_type) >= len
           && dcv_ascii_equal_nocase_n(answer->content_type, media, len);
}

static void take_answer(struct registry_walk *walk, const struct dcv_fetch_answer *answer)
{
    static const char not_found[] = "{\"errorCode\":404}";
    const bool empty = empty_answer(answer);
    struct dcv_registry_reading reading;
    if (answer->status == HTTP_TOO_MANY)
        registry_hold(walk->registry, walk->host, answer->retry_after_s >= 0 ? answer->retry_after_s : REGISTRY_HOLD_S);
    if (answer->cut)
        take_nothing(walk, DCV_CONTACTS_UNREACHABLE, N_("the answer is longer than a MiB"));
    else if (dcv_rdap_read(walk->arena, answer->status, empty ? (const void *)not_found : answer->body,
                           empty ? sizeof not_found - 1 : answer->body_len, walk->text, &reading) != DCV_OK)
        take_nothing(walk, DCV_CONTACTS_UNREACHABLE, N_("memory is short"));
    else
        take(walk, &reading);
}

/* RFC 7480 §5.2: redirects are how one server hands on to another. */
static void follow(struct registry_walk *walk, const struct dcv_fetch_answer *answer)
{
    const struct dcv_http_fact fact = {.met = DCV_MET_TALKED, .status = answer->status, .location = answer->location, .url = walk->url.text};
    struct dcv_url next;
    const enum dcv_redirect redirect = dcv_redirect_of(&fact, walk->url.port, HTTPS_PORT, &next);
    if (redirect == DCV_REDIRECT_NONE)
        take_answer(walk, answer);
    else if (redirect != DCV_REDIRECT_FOLLOW || !next.https)
        take_nothing(walk, DCV_CONTACTS_UNREACHABLE, N_("the server redirects to where dcvready does not follow"));
    else if (walk->redirects++ == REGISTRY_REDIRECTS_MAX)
        take_nothing(walk, DCV_CONTACTS_UNREACHABLE, N_("the server redirects too often"));
    else {
        walk->url = next;
        fetch(walk);
    }
}

static void on_heard(void *user, const struct registry_heard *heard)
{
    struct registry_walk *walk = user;
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_fetch_answer answer;
    walk->exchanges += heard->exchanges;
    if (heard->exchange == NULL) {
        take_nothing(walk, heard->limited ? DCV_CONTACTS_RATE_LIMITED : DCV_CONTACTS_UNREACHABLE, heard->why);
    } else if (arena == NULL || dcv_fetch_answer_read(arena, heard->exchange->answer, heard->exchange->answer_len, &answer) != DCV_OK) {
        take_nothing(walk, DCV_CONTACTS_UNREACHABLE, N_("the answer cannot be read"));
    } else {
        follow(walk, &answer);
    }
    dcv_arena_free(arena);
}

static void fetch(struct registry_walk *walk)
{
    const struct dcv_fetch_request request = {.url = walk->url.text, .accept = media, .verify = true, .limit = DCV_FETCH_BODY_MAX};
    const char *base = base_of(walk);
    if (!has_path(walk, base))
        dcv_buf_printf(&walk->path, "%s%s", walk->path.len != 0 ? " " : "", base);
    dcv_buf_done(&walk->query);
    dcv_buf_init(&walk->query, QUERY_MAX_OCTETS);
    if (dcv_fetch_request_write(&request, &walk->query) != DCV_OK)
        walk->query.failed = true;
    (void)dcv_name_text(&walk->url.host, walk->host);
    const struct registry_call call = {.protocol = DCV_PROTO_FETCH, .host = walk->host, .port = walk->url.port, .query = &walk->query};
    registry_visit_start(&walk->visit, walk->registry, walk->arena, &call, on_heard, walk);
}

/* ---- the beginning ---------------------------------------------------------------------------------------------------------------- */

struct registry_walk *registry_rdap_start(struct dcv_registry *registry, struct dcv_arena *arena, const struct dcv_name *domain, const char *base,
                                          registry_walked_fn *done, void *user)
{
    struct registry_walk *walk = calloc(1, sizeof *walk);
    if (walk == NULL)
        return NULL;
    walk->registry = registry;
    walk->arena = arena;
    walk->domain = *domain;
    (void)dcv_name_text(domain, walk->text);
    walk->done = done;
    walk->user = user;
    walk->reading.why = "";
    dcv_buf_init(&walk->path, PATH_MAX_OCTETS);
    const char *url = dcv_arena_printf(arena, "%sdomain/%s", base, walk->text);
    if (url != NULL && read_url(url, true, &walk->url)) {
        walk->registry_host = walk->url.host;
        fetch(walk);
    } else {
        walk->reading.state = DCV_CONTACTS_UNREACHABLE;
        walk->reading.why = N_("the URL of the registry cannot be used");
        conclude(walk);
    }
    return walk;
}

void registry_rdap_stop(struct registry_walk *walk)
{
    if (walk == NULL)
        return;
    if (walk->visit.registry != NULL)
        registry_visit_stop(&walk->visit);
    dcv_buf_done(&walk->query);
    dcv_buf_done(&walk->path);
    free(walk);
}
