/* Which WHOIS server knows a top-level domain: asked of IANA once a run. */
#include "net/cache.h"
#include "net/whois.h"
#include "probe/registry_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char registry_iana[] = "whois.iana.org";

enum { KEY_ROOM = REGISTRY_HOST + 8 };

static const char *key_of(const struct registry_tld *tld, char out[KEY_ROOM])
{
    (void)snprintf(out, KEY_ROOM, "whois-%s", tld->name);
    return out;
}

static void conclude(struct registry_tld *tld, enum dcv_contacts_state state, const char *why)
{
    tld->known = true;
    tld->state = state;
    (void)snprintf(tld->why, sizeof tld->why, "%s", why);
    dcv_arena_free(tld->arena);
    tld->arena = NULL;
    dcv_buf_done(&tld->query);
    registry_wake(&tld->waits);
}

static bool read_answer(struct registry_tld *tld, const void *octets, size_t len, struct dcv_registry_reading *out)
{
    return dcv_whois_read_iana(tld->arena, octets, len, tld->name, out) == DCV_OK;
}

static bool take_server(struct registry_tld *tld, const struct dcv_registry_reading *reading)
{
    if (reading->state != DCV_CONTACTS_NONE || reading->referral == NULL || strlen(reading->referral) >= sizeof tld->server)
        return false;
    (void)snprintf(tld->server, sizeof tld->server, "%s", reading->referral);
    return true;
}

static void on_heard(void *user, const struct registry_heard *heard)
{
    struct registry_tld *tld = user;
    const struct dcv_exchange *exchange = heard->exchange;
    struct dcv_registry_reading reading;
    char key[KEY_ROOM];
    if (exchange == NULL) {
        conclude(tld, heard->limited ? DCV_CONTACTS_RATE_LIMITED : DCV_CONTACTS_UNREACHABLE, heard->why);
    } else if (!read_answer(tld, exchange->answer, exchange->answer_len, &reading)) {
        conclude(tld, DCV_CONTACTS_UNREACHABLE, N_("memory is short"));
    } else if (take_server(tld, &reading)) {
        registry_cache_put(tld->registry, key_of(tld, key), exchange->answer, exchange->answer_len);
        conclude(tld, DCV_CONTACTS_NONE, "");
    } else if (reading.state == DCV_CONTACTS_NONE) {
        conclude(tld, DCV_CONTACTS_REFUSED, N_("the registry has no WHOIS server"));
    } else if (reading.state == DCV_CONTACTS_FREE) {
        conclude(tld, DCV_CONTACTS_FREE, N_("there is no such top-level domain"));
    } else {
        conclude(tld, dcv_contacts_told(reading.state) ? DCV_CONTACTS_UNREACHABLE : reading.state, reading.why);
    }
}

static void on_kept(void *user, const void *octets, size_t len)
{
    struct registry_tld *tld = user;
    struct dcv_registry_reading reading;
    const struct registry_call call = {.protocol = DCV_PROTO_WHOIS, .host = registry_iana, .port = tld->registry->options.whois_port,
                                       .query = &tld->query};
    if (octets != NULL && read_answer(tld, octets, len, &reading) && take_server(tld, &reading)) {
        conclude(tld, DCV_CONTACTS_NONE, "");
        return;
    }
    tld->asked_now = true;
    dcv_buf_init(&tld->query, DCV_REGISTRY_TEXT);
    dcv_whois_put_domain(DCV_WHOIS_PLAIN, tld->name, &tld->query);
    registry_visit_start(&tld->visit, tld->registry, tld->arena, &call, on_heard, tld);
}

struct registry_tld *registry_tld_of(struct dcv_registry *registry, const char *name)
{
    struct registry_tld *tld = dcv_map_get(registry->tlds, name, strlen(name));
    if (tld != NULL)
        return tld;
    tld = calloc(1, sizeof *tld);
    if (tld == NULL)
        return NULL;
    tld->registry = registry;
    tld->arena = dcv_arena_create(NULL);
    (void)snprintf(tld->name, sizeof tld->name, "%s", name);
    if (tld->arena != NULL && dcv_map_put(registry->tlds, name, strlen(name), tld))
        return tld;
    registry_tld_free(tld);
    return NULL;
}

void registry_tld_await(struct registry_tld *tld, struct registry_wait *wait)
{
    char key[KEY_ROOM];
    registry_wait_add(&tld->waits, wait);
    if (tld->known) {
        registry_wake(&tld->waits);
    } else if (!tld->asked) {
        tld->asked = true;
        registry_cache_get(&tld->reader, tld->registry, key_of(tld, key), DCV_CACHE_KEPT_S, on_kept, tld);
    }
}

void registry_tld_free(struct registry_tld *tld)
{
    if (tld == NULL)
        return;
    registry_cache_stop(&tld->reader);
    if (tld->visit.registry != NULL)
        registry_visit_stop(&tld->visit);
    dcv_buf_done(&tld->query);
    dcv_arena_free(tld->arena);
    free(tld);
}
