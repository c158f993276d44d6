/* The options of audits and of what is done with their runs. */
#include "api/audit.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static enum dcv_status keep(struct dcv_session *session, const char **slot, const char *value)
{
    *slot = dcv_arena_strdup(session->arena, value);
    return *slot != NULL ? DCV_OK : DCV_ERR_NOMEM;
}

static enum dcv_status set_number(struct dcv_session *session, const char *value, long min, long max, unsigned *out)
{
    long number;
    if (!dcv_text_number(value, min, max, &number))
        return session_fail(session, DCV_ERR_USAGE, _("'%s' is not possible; it takes a number from %ld to %ld"), value, min, max);
    *out = (unsigned)number;
    return DCV_OK;
}

enum dcv_status audit_set_column(struct dcv_session *session, const char *value)
{
    if (value[0] == '\0')
        return session_fail(session, DCV_ERR_USAGE, "%s", _("no column given; it takes the title in the head line, or the number, from 1"));
    return keep(session, &session->audit.column, value);
}

enum dcv_status audit_set_run(struct dcv_session *session, const char *value)
{
    if (value[0] == '\0')
        return session_fail(session, DCV_ERR_USAGE, "%s", _("no file given for the run"));
    if (strcmp(value, "-") == 0)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("a run is a file, not standard output"));
    return keep(session, &session->audit.run, value);
}

enum dcv_status audit_set_passing(struct dcv_session *session, const char *value)
{
    (void)value;
    session->audit.passing = true;
    return DCV_OK;
}

enum dcv_status audit_set_ordered(struct dcv_session *session, const char *value)
{
    (void)value;
    session->audit.ordered = true;
    return DCV_OK;
}

enum dcv_status audit_set_deep(struct dcv_session *session, const char *value)
{
    (void)value;
    session->audit.deep = true;
    return DCV_OK;
}

enum dcv_status audit_set_whois(struct dcv_session *session, const char *value)
{
    (void)value;
    session->audit.whois = true;
    return DCV_OK;
}

enum dcv_status audit_set_summary(struct dcv_session *session, const char *value)
{
    session->audit.summary_json = strcmp(value, "json") == 0;
    if (session->audit.summary_json || strcmp(value, "text") == 0)
        return DCV_OK;
    return session_fail(session, DCV_ERR_USAGE, _("'%s' is not possible; it takes: text, json"), value);
}

enum dcv_status audit_set_qps(struct dcv_session *session, const char *value)
{
    return set_number(session, value, 1, 10000000, &session->settings.qps);
}

enum dcv_status audit_set_server_qps(struct dcv_session *session, const char *value)
{
    return set_number(session, value, 1, 10000000, &session->settings.server_qps);
}

enum dcv_status audit_set_cache_mb(struct dcv_session *session, const char *value)
{
    return set_number(session, value, 1, 65536, &session->audit.cache_mb);
}

/* "I/N": which of how many parts. */
enum dcv_status audit_set_shard(struct dcv_session *session, const char *value)
{
    enum { SHARDS_MAX = 100000 };
    const char *slash = strchr(value, '/');
    char first[16];
    long shard, shards;
    if (slash != NULL && (size_t)(slash - value) < sizeof first) {
        memcpy(first, value, (size_t)(slash - value));
        first[slash - value] = '\0';
        if (dcv_text_number(slash + 1, 1, SHARDS_MAX, &shards) && dcv_text_number(first, 1, shards, &shard)) {
            session->audit.shard = (unsigned)shard;
            session->audit.shards = (unsigned)shards;
            return DCV_OK;
        }
    }
    return session_fail(session, DCV_ERR_USAGE, _("'%s' is no part; it takes I/N, such as 2/5 for the second of five"), value);
}

/* "ready", "not-ready", "unknown", "invalid", with commas between several. */
enum dcv_status audit_set_only(struct dcv_session *session, const char *value)
{
    static const char *const words[] = {"ready", "not-ready", "unknown", "invalid"};
    session->audit.only = 0;
    for (const char *word = value;; word++) {
        const size_t len = strcspn(word, ",");
        size_t i = 0;
        while (i < sizeof words / sizeof words[0] && (strlen(words[i]) != len || memcmp(words[i], word, len) != 0))
            i++;
        if (i == sizeof words / sizeof words[0])
            return session_fail(session, DCV_ERR_USAGE, _("'%s' is not possible; it takes one or several of ready, not-ready, unknown, invalid, with commas between them"), value);
        session->audit.only |= 1U << i;
        word += len;
        if (*word == '\0')
            return DCV_OK;
    }
}

enum dcv_status audit_set_finding(struct dcv_session *session, const char *value)
{
    if (dcv_rule_by_id(value) == NULL)
        return session_fail(session, DCV_ERR_USAGE, _("there is no rule '%s'; 'dcvready rules' lists them"), value);
    return keep(session, &session->audit.finding, value);
}
