#include "probe/registry.h"

#include "base/text.h"
#include "net/cache.h"
#include "probe/registry_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FACTS_MAX = 2, KEY_ROOM = DCV_NAME_TEXT_MAX + 8 };

/* What is asked of one domain, whoever waits for it. */
struct asking {
    struct dcv_registry *registry;
    struct dcv_name domain;
    char text[DCV_NAME_TEXT_MAX];
    struct dcv_timer timer;       /* begins it, and tells those who wait: never from within the call that asks */
    bool begun, known;
    bool told;                    /* somebody was told of it as news */
    bool kept;                    /* it comes out of the user's cache */
    struct registry_reader reader;
    struct registry_wait wait;
    struct registry_walk *rdap;
    struct registry_whois *whois;
    struct dcv_arena *work;       /* of the walks; NULL: they are over */
    struct dcv_arena *arena;      /* of the facts */
    struct dcv_contacts_fact facts[FACTS_MAX];
    size_t count;
    struct dcv_registry_probe *first; /* who waits */
};

struct dcv_registry_probe {
    struct dcv_registry_probe *next;
    struct asking *asking;
    struct dcv_facts *facts;
    dcv_registry_fn *done;
    void *user;
};

int64_t registry_now_s(const struct dcv_registry *registry)
{
    const struct dcv_registry_options *options = &registry->options;
    return options->wall_s + (int64_t)((dcv_net_now_us(options->net) - options->start_us) / 1000000U);
}

/* ---- telling ---------------------------------------------------------------------------------------------------------------------- */

static void wake(struct asking *asking)
{
    struct dcv_net *net = asking->registry->options.net;
    (void)dcv_net_timer_set(net, &asking->timer, dcv_net_now_us(net));
}

static void tell(struct asking *asking, struct dcv_registry_probe *probe)
{
    struct dcv_contacts_fact facts[FACTS_MAX];
    size_t count = 0;
    while (count < asking->count && registry_fact_copy(dcv_facts_arena(probe->facts), &asking->facts[count], &facts[count])) {
        facts[count].cached = asking->kept || asking->told;
        facts[count].exchanges = asking->told ? 0 : facts[count].exchanges;
        count++;
    }
    asking->told = true;
    dcv_registry_fn *done = probe->done;
    void *user = probe->user;
    free(probe);
    done(user, facts, count);
}

static void end_walks(struct asking *asking)
{
    registry_rdap_stop(asking->rdap);
    registry_whois_stop(asking->whois);
    dcv_arena_free(asking->work);
    asking->rdap = NULL;
    asking->whois = NULL;
    asking->work = NULL;
}

/* Those who ask from within such a call are told, too. */
static void tell_all(struct asking *asking)
{
    end_walks(asking);
    while (asking->first != NULL) {
        struct dcv_registry_probe *probe = asking->first;
        asking->first = probe->next;
        tell(asking, probe);
    }
}

static const char *key_of(const struct asking *asking, char out[KEY_ROOM])
{
    (void)snprintf(out, KEY_ROOM, "domain-%s", asking->text);
    return out;
}

static void keep(const struct asking *asking)
{
    char key[KEY_ROOM];
    struct dcv_buf text;
    dcv_buf_init(&text, DCV_CACHE_MAX);
    if (registry_facts_write(asking->facts, asking->count, &text))
        registry_cache_put(asking->registry, key_of(asking, key), text.data, text.len);
    dcv_buf_done(&text);
}

static void conclude(struct asking *asking)
{
    asking->known = true;
    if (!asking->kept)
        keep(asking);
    wake(asking);
}

static void add(struct asking *asking, const struct dcv_contacts_fact *fact)
{
    if (registry_fact_copy(asking->arena, fact, &asking->facts[asking->count]))
        asking->count++;
}

/* The reason of one that could not be asked at all. */
static void add_without(struct asking *asking, enum dcv_contacts_state state, const char *why)
{
    const struct dcv_contacts_fact fact = {.domain = asking->domain, .state = state, .server = "", .path = "", .why = why,
                                           .at = registry_now_s(asking->registry)};
    add(asking, &fact);
}

/* ---- asking ----------------------------------------------------------------------------------------------------------------------- */

static void on_whois(void *user, const struct dcv_contacts_fact *fact)
{
    struct asking *asking = user;
    add(asking, fact);
    conclude(asking);
}

static void ask_whois(struct asking *asking)
{
    asking->whois = registry_whois_start(asking->registry, asking->work, &asking->domain, on_whois, asking);
    if (asking->whois != NULL)
        return;
    add_without(asking, DCV_CONTACTS_UNREACHABLE, N_("memory is short"));
    conclude(asking);
}

static void on_rdap(void *user, const struct dcv_contacts_fact *fact)
{
    struct asking *asking = user;
    add(asking, fact);
    if (dcv_contacts_told(fact->state))
        conclude(asking);
    else
        ask_whois(asking);
}

static void on_bootstrap(void *user)
{
    struct asking *asking = user;
    const struct dcv_rdap_bootstrap *servers = asking->registry->bootstrap.servers;
    const char *base = servers != NULL ? dcv_rdap_bootstrap_find(servers, asking->text) : NULL;
    if (base != NULL)
        asking->rdap = registry_rdap_start(asking->registry, asking->work, &asking->domain, base, on_rdap, asking);
    if (base == NULL || asking->rdap == NULL)
        ask_whois(asking);
}

static void on_kept(void *user, const void *octets, size_t len)
{
    struct asking *asking = user;
    if (octets != NULL)
        asking->count = registry_facts_read(asking->arena, octets, len, &asking->domain, registry_now_s(asking->registry), asking->facts, FACTS_MAX);
    if (asking->count != 0) {
        asking->kept = true;
        conclude(asking);
        return;
    }
    asking->wait = (struct registry_wait){.go = on_bootstrap, .user = asking};
    registry_bootstrap_await(asking->registry, &asking->wait);
}

/* Only letters, digits, hyphens and underscores go into a URL or a line of WHOIS. */
static bool can_be_asked(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] == '\0' && strcmp(text, ".") != 0;
}

static void begin(struct asking *asking)
{
    char key[KEY_ROOM];
    asking->begun = true;
    if (can_be_asked(asking->text)) {
        registry_cache_get(&asking->reader, asking->registry, key_of(asking, key), DCV_CACHE_KEPT_S, on_kept, asking);
        return;
    }
    add_without(asking, DCV_CONTACTS_REFUSED, N_("no registry has such a name"));
    conclude(asking);
}

static void on_timer(struct dcv_timer *timer)
{
    struct asking *asking = timer->user;
    if (!asking->begun)
        begin(asking);
    else if (asking->known)
        tell_all(asking);
}

/* ---- one domain ------------------------------------------------------------------------------------------------------------------- */

static void asking_free(void *value)
{
    struct asking *asking = value;
    for (struct dcv_registry_probe *probe = asking->first, *next; probe != NULL; probe = next) {
        next = probe->next;
        free(probe);
    }
    registry_cache_stop(&asking->reader);
    dcv_net_timer_stop(asking->registry->options.net, &asking->timer);
    end_walks(asking);
    dcv_arena_free(asking->arena);
    free(asking);
}

static struct asking *asking_create(struct dcv_registry *registry, const struct dcv_name *domain)
{
    struct asking *asking = calloc(1, sizeof *asking);
    if (asking == NULL)
        return NULL;
    asking->registry = registry;
    asking->domain = *domain;
    asking->timer = (struct dcv_timer){.fire = on_timer, .user = asking};
    dcv_name_lower(&asking->domain);
    (void)dcv_name_text(&asking->domain, asking->text);
    asking->arena = dcv_arena_create(NULL);
    asking->work = dcv_arena_create(NULL);
    if (asking->arena != NULL && asking->work != NULL && dcv_map_put(registry->askings, asking->text, strlen(asking->text), asking))
        return asking;
    asking_free(asking);
    return NULL;
}

static struct asking *asking_of(struct dcv_registry *registry, const struct dcv_name *domain)
{
    struct dcv_name lower = *domain;
    char text[DCV_NAME_TEXT_MAX];
    dcv_name_lower(&lower);
    (void)dcv_name_text(&lower, text);
    struct asking *asking = dcv_map_get(registry->askings, text, strlen(text));
    return asking != NULL ? asking : asking_create(registry, domain);
}

enum dcv_status dcv_registry_ask(struct dcv_registry *registry, const struct dcv_name *domain, struct dcv_facts *facts, dcv_registry_fn *done,
                                 void *user, struct dcv_registry_probe **out)
{
    struct asking *asking = asking_of(registry, domain);
    struct dcv_registry_probe *probe = calloc(1, sizeof *probe);
    const bool waits = asking != NULL && asking->begun && !asking->known;
    if (asking == NULL || probe == NULL
        || (!waits && dcv_net_timer_set(registry->options.net, &asking->timer, dcv_net_now_us(registry->options.net)) != DCV_OK)) {
        free(probe);
        return DCV_ERR_NOMEM;
    }
    *probe = (struct dcv_registry_probe){.asking = asking, .facts = facts, .done = done, .user = user};
    struct dcv_registry_probe **last = &asking->first;
    while (*last != NULL)
        last = &(*last)->next;
    *last = probe;
    *out = probe;
    return DCV_OK;
}

void dcv_registry_drop(struct dcv_registry_probe *probe)
{
    if (probe == NULL)
        return;
    struct dcv_registry_probe **at = &probe->asking->first;
    while (*at != probe)
        at = &(*at)->next;
    *at = probe->next;
    free(probe);
}

/* ---- the run ---------------------------------------------------------------------------------------------------------------------- */

static enum dcv_status create_parts(struct dcv_registry *registry, const struct dcv_registry_options *options)
{
    const struct dcv_pace_options pace = {.burst = REGISTRY_BURST, .refill_ms = REGISTRY_REFILL_MS};
    registry->arena = dcv_arena_create(NULL);
    registry->bootstrap.arena = dcv_arena_create(NULL);
    registry->askings = dcv_map_create();
    registry->tlds = dcv_map_create();
    registry->holds = dcv_map_create();
    const bool arenas = registry->arena != NULL && registry->bootstrap.arena != NULL;
    if (!arenas || registry->askings == NULL || registry->tlds == NULL || registry->holds == NULL)
        return DCV_ERR_NOMEM;
    registry->options.whois_server = options->whois_server != NULL ? dcv_arena_strdup(registry->arena, options->whois_server) : NULL;
    return dcv_arena_failed(registry->arena) ? DCV_ERR_NOMEM : dcv_pace_create(options->net, &pace, &registry->pace);
}

/* The file of the user is read once, and for good. */
static enum dcv_status read_bootstrap(struct dcv_registry *registry, const struct dcv_registry_options *options)
{
    struct dcv_rdap_bootstrap *servers;
    const char *error;
    registry->options.bootstrap = NULL;
    if (options->bootstrap == NULL)
        return DCV_OK;
    const enum dcv_status status = dcv_rdap_bootstrap_read(registry->bootstrap.arena, options->bootstrap, options->bootstrap_len, &servers, &error);
    if (status == DCV_OK)
        registry->bootstrap.servers = servers;
    return status;
}

enum dcv_status dcv_registry_create(const struct dcv_registry_options *options, struct dcv_registry **out)
{
    struct dcv_registry *registry = calloc(1, sizeof *registry);
    if (registry == NULL)
        return DCV_ERR_NOMEM;
    registry->options = *options;
    enum dcv_status status = create_parts(registry, options);
    if (status == DCV_OK)
        status = read_bootstrap(registry, options);
    if (status != DCV_OK) {
        dcv_registry_free(registry);
        return status;
    }
    *out = registry;
    return DCV_OK;
}

static void free_tld(void *value)
{
    registry_tld_free(value);
}

/* Whoever waits for a turn leaves the pacer before it is freed. */
void dcv_registry_free(struct dcv_registry *registry)
{
    if (registry == NULL)
        return;
    dcv_map_free(registry->askings, asking_free);
    dcv_map_free(registry->tlds, free_tld);
    dcv_map_free(registry->holds, NULL);
    registry_bootstrap_stop(&registry->bootstrap);
    dcv_pace_free(registry->pace);
    dcv_arena_free(registry->arena);
    free(registry);
}
