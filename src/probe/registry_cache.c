#include "fact/json.h"
#include "net/cache.h"
#include "probe/registry_parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- reading and writing ---------------------------------------------------------------------------------------------------------- */

static void on_read(void *user, const struct dcv_exchange *exchange)
{
    struct registry_reader *reader = user;
    const bool kept = exchange->end == DCV_EXCHANGE_ANSWER && exchange->answer_len != 0;
    reader->talk = NULL;
    reader->done(reader->user, kept ? exchange->answer : NULL, kept ? exchange->answer_len : 0);
}

void registry_cache_get(struct registry_reader *reader, struct dcv_registry *registry, const char *key, unsigned age_s, registry_kept_fn *done,
                        void *user)
{
    const struct dcv_talk_request request = {.to = dcv_cache_endpoint()};
    struct dcv_buf query;
    *reader = (struct registry_reader){.done = done, .user = user};
    dcv_buf_init(&query, DCV_CACHE_MAX);
    if (registry->options.use_cache && dcv_cache_get(key, age_s, &query) == DCV_OK
        && dcv_talk_start(registry->options.net, &request, &query, on_read, reader, &reader->talk) == DCV_OK)
        return;
    dcv_buf_done(&query);
    reader->talk = NULL;
    done(user, NULL, 0);
}

void registry_cache_stop(struct registry_reader *reader)
{
    dcv_talk_drop(reader->talk);
    reader->talk = NULL;
}

static void on_written(void *user, const struct dcv_exchange *exchange)
{
    (void)user;
    (void)exchange;
}

void registry_cache_put(struct dcv_registry *registry, const char *key, const void *octets, size_t len)
{
    enum { KEY_ROOM = 1024 };
    const struct dcv_talk_request request = {.to = dcv_cache_endpoint()};
    struct dcv_talk *talk;
    struct dcv_buf query;
    dcv_buf_init(&query, DCV_CACHE_MAX + KEY_ROOM);
    if (registry->options.use_cache && dcv_cache_put(key, octets, len, &query) == DCV_OK)
        (void)dcv_talk_start(registry->options.net, &request, &query, on_written, NULL, &talk);
    dcv_buf_done(&query);
}

/* ---- facts ------------------------------------------------------------------------------------------------------------------------ */

static bool add_told(struct dcv_facts *facts, const struct dcv_contacts_fact *from, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        const struct dcv_fact fact = {.kind = DCV_FACT_CONTACTS, .contacts = from[i]};
        any = (dcv_contacts_told(from[i].state) && dcv_facts_add(facts, &fact, NULL) == DCV_OK) || any;
    }
    return any;
}

bool registry_facts_write(const struct dcv_contacts_fact *from, size_t count, struct dcv_buf *out)
{
    struct dcv_facts *facts = dcv_facts_create();
    json_t *array = facts != NULL && add_told(facts, from, count) ? dcv_facts_to_json(facts) : NULL;
    char *text = array != NULL ? json_dumps(array, JSON_COMPACT) : NULL;
    if (text != NULL)
        dcv_buf_puts(out, text);
    const bool written = text != NULL && !out->failed;
    free(text);
    json_decref(array);
    dcv_facts_free(facts);
    return written;
}

/* BR 3.2.2.4: what was learned counts from when it was learned, not from when it was written. */
static bool of_use(const struct dcv_fact *fact, const struct dcv_name *domain, int64_t now_s)
{
    enum { SLACK_S = 300 }; /* clocks are set */
    return fact->kind == DCV_FACT_CONTACTS && dcv_name_equal(&fact->contacts.domain, domain) && dcv_contacts_told(fact->contacts.state)
           && fact->contacts.at >= now_s - DCV_CACHE_KEPT_S && fact->contacts.at <= now_s + SLACK_S;
}

size_t registry_facts_read(struct dcv_arena *arena, const void *octets, size_t len, const struct dcv_name *domain, int64_t now_s,
                           struct dcv_contacts_fact *out, size_t room)
{
    struct dcv_facts *facts = dcv_facts_create();
    json_t *array = json_loadb(octets, len, JSON_REJECT_DUPLICATES, NULL);
    const char *error;
    size_t count = 0;
    if (facts != NULL && array != NULL && dcv_facts_from_json(facts, array, NULL, &error) == DCV_OK)
        for (size_t i = 0; i < dcv_facts_count(facts) && count < room; i++)
            if (of_use(dcv_facts_at(facts, i), domain, now_s) && registry_fact_copy(arena, &dcv_facts_at(facts, i)->contacts, &out[count]))
                count++;
    for (size_t i = 0; i < count; i++) {
        out[i].cached = true;
        out[i].exchanges = 0;
    }
    json_decref(array);
    dcv_facts_free(facts);
    return count;
}
