/* How an audit begins, on one machine or on several: which names are its own, and what its run is to keep of how it was begun. */
#include "api/audit.h"

#include "base/text.h"
#include "record/digest.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MARK_NAMES = 4096 }; /* after so many names of the list it is noted what they were */

enum dcv_status audit_check(struct dcv_session *session, const char *path, const struct dcv_store *store, enum dcv_status status)
{
    return status == DCV_OK ? DCV_OK : audit_store_fail(session, path, store, status);
}

/* ---- the list ---------------------------------------------------------------------------------------------------------------------- */

/* By what it is, so that a list may be put in another order. */
bool audit_of_shard(const struct audit_options *audit, const char *name)
{
    uint8_t digest[DCV_DIGEST];
    char lower[DCV_NAME_TEXT_MAX];
    size_t len = 0;
    if (audit->shards < 2)
        return true;
    for (; len < sizeof lower && name[len] != '\0'; len++)
        lower[len] = dcv_ascii_lower(name[len]);
    dcv_digest(lower, len, digest);
    return ((unsigned)digest[0] << 16 | (unsigned)digest[1] << 8 | digest[2]) % audit->shards == audit->shard - 1;
}

enum dcv_status audit_check_list(struct dcv_session *session, struct dcv_store *store, const char *path, uint64_t number, const char *name, uint64_t *list)
{
    char key[32], digest[24];
    *list = audit_list_digest(*list, name);
    if (number % MARK_NAMES != 0 && number != 1)
        return DCV_OK;
    (void)snprintf(key, sizeof key, "list.%" PRIu64, number);
    (void)snprintf(digest, sizeof digest, "%016" PRIx64, *list);
    struct dcv_arena *arena = dcv_arena_create(NULL);
    const char *before = arena != NULL ? dcv_store_get(store, key, arena) : NULL;
    enum dcv_status status = DCV_OK;
    if (before == NULL)
        status = audit_check(session, path, store, dcv_store_set(store, key, digest));
    else if (strcmp(before, digest) != 0)
        status = session_fail(session, DCV_ERR_USAGE, _("%s: it was begun with another list of names (one of the first %llu differs); give another --run"),
                              path != NULL ? path : "", (unsigned long long)number);
    dcv_arena_free(arena);
    return status;
}

/* ---- the run ----------------------------------------------------------------------------------------------------------------------- */

const char *audit_options_text(struct dcv_session *session)
{
    const struct audit_options *audit = &session->audit;
    char as_of[DCV_DATE_TEXT] = "today";
    if (session->as_of != DCV_DATE_NONE)
        (void)dcv_date_format(session->as_of, as_of);
    return dcv_arena_printf(session->run_arena, "ca=%s method=%u as-of=%s dnssec=%d deep=%d whois=%d account=%s column=%s shard=%u/%u",
                            session->cas != NULL ? session->cas : "default", session->by, as_of, (int)session->settings.dnssec, (int)audit->deep, (int)audit->whois,
                            session->account_uri != NULL ? session->account_uri : "", audit->column != NULL ? audit->column : "", audit->shard, audit->shards);
}

/* A run that goes on is judged for the day on which it began. */
static enum dcv_status go_on(struct dcv_session *session, struct dcv_store *store, const char *path, const char *options, const char *before)
{
    if (strcmp(options, before) != 0)
        return session_fail(session, DCV_ERR_USAGE, _("%s: it was begun with other options (%s); give the same, or another --run"), path, before);
    const char *as_of = dcv_store_get(store, "as_of", session->run_arena);
    if (as_of == NULL || !dcv_date_parse(as_of, &session->judged_for))
        return session_fail(session, DCV_ERR_USAGE, _("%s: it does not say by the rules of which day it was judged; give another --run"), path);
    return DCV_OK;
}

enum dcv_status audit_begin_run(struct dcv_session *session, struct dcv_store *store, const char *path, bool *resumed)
{
    const char *options = audit_options_text(session), *before = dcv_store_get(store, "options", session->run_arena);
    char day[DCV_DATE_TEXT], at[DCV_TIME_TEXT];
    if (options == NULL)
        return DCV_ERR_NOMEM;
    *resumed = before != NULL;
    if (before != NULL)
        return go_on(session, store, path, options, before);
    const int64_t wall_s = session->clock.wall_s(session->clock.user);
    if (session->judged_for == DCV_DATE_NONE)
        session->judged_for = dcv_date_of_unix(wall_s);
    enum dcv_status status = dcv_store_set(store, "options", options);
    if (status == DCV_OK)
        status = dcv_store_set(store, "as_of", dcv_date_format(session->judged_for, day));
    if (status == DCV_OK)
        status = dcv_store_set(store, "begun", dcv_time_format(wall_s, at));
    if (status == DCV_OK)
        status = dcv_store_set(store, "version", dcv_version());
    return audit_check(session, path, store, status);
}

enum dcv_status audit_open_run(struct dcv_session *session, const char *path, struct dcv_store **out)
{
    char *error = NULL;
    enum dcv_status status = dcv_store_open(path, path != NULL ? DCV_STORE_WRITE : DCV_STORE_TEMPORARY, out, &error);
    if (status != DCV_OK)
        status = session_fail(session, status == DCV_ERR_SYNTAX ? DCV_ERR_USAGE : status, "%s: %s", path != NULL ? path : _("temporary run"),
                              error != NULL ? error : dcv_status_text(status));
    free(error);
    return status;
}

enum dcv_status audit_add_counts(struct dcv_store *store, const struct dcv_parcel_counts *counts)
{
    const struct {
        const char *key;
        uint64_t amount;
    } rows[] = {{"exchanges", counts->exchanges}, {"answered", counts->answered}, {"timeouts", counts->timeouts}, {"resends", counts->resends},
                {"streams", counts->streams}, {"hits", counts->hits}, {"joined", counts->joined}, {"signatures", counts->signatures},
                {"shared", counts->shared}, {"judged", counts->judged}, {"unlike", counts->unlike}, {"cpu_us", counts->cpu_us}};
    enum dcv_status status = DCV_OK;
    for (size_t i = 0; status == DCV_OK && i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].amount != 0)
            status = dcv_store_add(store, rows[i].key, rows[i].amount);
    const uint64_t most = dcv_store_number(store, "rss_kib");
    if (status == DCV_OK && counts->rss_kib > most)
        status = dcv_store_add(store, "rss_kib", counts->rss_kib - most);
    return status;
}
