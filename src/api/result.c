#include "api/session.h"

#include "verdict/verdict.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct dcv_result *result_add(struct dcv_session *session, const struct dcv_input *input)
{
    struct dcv_result *result = calloc(1, sizeof *result);
    struct dcv_result **slot = DCV_VEC_ADD(session->run_arena, &session->results);
    if (result == NULL || slot == NULL) {
        free(result);
        if (slot != NULL)
            session->results.count--;
        return NULL;
    }
    *slot = result;
    result->session = session;
    result->valid = input->valid;
    result->name = input->name;
    result->error = input->error;
    result->origin = input->origin;
    result->times = input->times;
    result->arena = dcv_arena_create(NULL);
    result->text = result->arena != NULL ? dcv_arena_strdup(result->arena, input->text) : NULL;
    result->facts = dcv_facts_create();
    result->done = !input->valid;
    return result->text != NULL && result->facts != NULL ? result : NULL;
}

void result_free(struct dcv_result *result)
{
    dcv_facts_free(result->facts);
    dcv_arena_free(result->arena);
    free(result);
}

static enum dcv_status judge_acceptance(struct dcv_result *result)
{
    const struct dcv_session *session = result->session;
    if (session->view != DCV_SHOW_ACCEPTS || session->asked == NULL)
        return DCV_OK;
    result->acceptances = dcv_arena_array(result->arena, result->judged.cas.count, sizeof *result->acceptances);
    if (result->acceptances == NULL)
        return DCV_ERR_NOMEM;
    dcv_verdict_accepts(&result->judged, session->asked, result->acceptances);
    return DCV_OK;
}

static enum dcv_status judge_timeline(struct dcv_result *result)
{
    const struct dcv_session *session = result->session;
    const struct certificate *certificate = &session->certificate;
    const struct dcv_timeline_options options = {
        .validated = certificate->validated,
        .certificate = certificate->known ? &certificate->x509 : NULL,
        .set = session->set,
        .origin = certificate->origin,
        .failure = certificate->failure,
        .shared = session->cas == NULL,
        .stamp_s = session->stamp_s,
    };
    if (session->view != DCV_SHOW_TIMELINE)
        return DCV_OK;
    return dcv_policy_timeline(&options, &result->judged, result->arena, &result->timeline);
}

enum dcv_status result_judge(struct dcv_result *result)
{
    struct dcv_session *session = result->session;
    struct dcv_policy_options options = order_policy(session);
    enum dcv_status status = dcv_policy_judge(&options, result->text, &result->name, result->facts, result->arena, &result->judged);
    if (status != DCV_OK)
        return status;
    dcv_verdict_decide(&result->judged);
    result->judged.verdict = dcv_verdict_of_name(&result->judged, session->report.explicit_cas);
    result->done = true;
    status = judge_acceptance(result);
    return status == DCV_OK ? judge_timeline(result) : status;
}

/* ---- the exit status ------------------------------------------------------------------------------------------------------------- */

enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_INVALID = 2, EXIT_UNKNOWN = 3, EXIT_FAILED = 4 };

/* One answer out of those of several CAs: with CAs named every one must agree, else one yes is enough. */
static int combine(size_t yes, size_t no, size_t unknown, bool every)
{
    if (every)
        return no != 0 ? EXIT_NO : unknown != 0 || yes == 0 ? EXIT_UNKNOWN : EXIT_YES;
    return yes != 0 ? EXIT_YES : unknown != 0 || no == 0 ? EXIT_UNKNOWN : EXIT_NO;
}

static int status_of_accepts(const struct dcv_result *result)
{
    size_t counts[3] = {0};
    for (size_t i = 0; result->acceptances != NULL && i < result->judged.cas.count; i++)
        counts[result->acceptances[i].answer]++;
    return combine(counts[DCV_ACCEPTS_YES], counts[DCV_ACCEPTS_NO], counts[DCV_ACCEPTS_UNKNOWN], result->session->report.explicit_cas);
}

static bool any_usable(const struct dcv_judged_ca *ca)
{
    for (size_t i = 0; i < ca->entries.count; i++)
        if (ca->entries.items[i].usable)
            return true;
    return false;
}

static int status_of_approvers(const struct dcv_result *result)
{
    size_t yes = 0, no = 0, unknown = 0;
    for (size_t i = 0; i < result->judged.cas.count; i++) {
        const struct dcv_judged_ca *ca = &result->judged.cas.items[i];
        if (any_usable(ca))
            yes++;
        else if (ca->verdict == DCV_UNKNOWN_VERDICT)
            unknown++;
        else
            no++;
    }
    return combine(yes, no, unknown, result->session->report.explicit_cas);
}

static int status_of_verdict(enum dcv_verdict verdict)
{
    switch (verdict) {
    case DCV_READY: return EXIT_YES;
    case DCV_NOT_READY: return EXIT_NO;
    case DCV_UNKNOWN_VERDICT: return EXIT_UNKNOWN;
    }
    return EXIT_UNKNOWN;
}

static int status_of_timeline(const struct dcv_result *result)
{
    if (result->timeline.none)
        return EXIT_NO;
    return result->session->certificate.failure == NULL ? EXIT_YES : EXIT_UNKNOWN;
}

static int status_of_inspection(const struct dcv_result *result)
{
    switch (dcv_report_seen(&result->judged, result->facts)) {
    case DCV_SEEN_SOUND: return EXIT_YES;
    case DCV_SEEN_FAULTS: return EXIT_NO;
    case DCV_SEEN_NOT: return EXIT_UNKNOWN;
    }
    return EXIT_UNKNOWN;
}

static int status_of(const struct dcv_result *result)
{
    if (result->released)
        return result->status;
    if (!result->valid)
        return EXIT_INVALID;
    switch (result->session->view) {
    case DCV_SHOW_CHECK: return status_of_verdict(result->judged.verdict);
    case DCV_SHOW_APPROVERS: return status_of_approvers(result);
    case DCV_SHOW_ACCEPTS: return status_of_accepts(result);
    case DCV_SHOW_TIMELINE: return status_of_timeline(result);
    case DCV_SHOW_INSPECT: return status_of_inspection(result);
    case DCV_SHOW_WAIT: return result->waited;
    }
    return EXIT_UNKNOWN;
}

static enum dcv_status report_one(struct dcv_session *session, const struct dcv_result *result)
{
    struct dcv_report_name name = {.input = result->text, .also_www = result->origin == DCV_ORIGIN_ALSO_WWW};
    if (result->valid) {
        name.judged = &result->judged;
        name.facts = result->facts;
        name.address = session->address;
        name.acceptances = result->acceptances;
        name.timeline = &result->timeline;
        name.wait = result->wait;
    } else {
        name.error = _(dcv_hostname_fault_text(result->error.fault));
        name.error_at = result->error.at;
        name.error_detail = result->error.detail;
    }
    return dcv_report_add(session->output, &name);
}

/* Of a long list only the exit status is needed once a result is reported. */
static void release(struct dcv_result *result)
{
    result->status = status_of(result);
    result->released = true;
    dcv_facts_free(result->facts);
    result->facts = NULL;
    if (!result->valid)
        return; /* its error is still asked for */
    dcv_arena_free(result->arena);
    result->arena = NULL;
    result->text = "";
    memset(&result->judged, 0, sizeof result->judged);
    result->acceptances = NULL;
    memset(&result->timeline, 0, sizeof result->timeline);
}

enum dcv_status results_report(struct dcv_session *session)
{
    while (session->reported < session->results.count && session->results.items[session->reported]->done) {
        enum dcv_status status = report_one(session, session->results.items[session->reported]);
        if (status != DCV_OK)
            return status == DCV_ERR_IO ? session_fail(session, status, "%s", strerror(session->writer.error)) : status;
        if (session->stream && !order_is(session))
            release(session->results.items[session->reported]);
        session->reported++;
    }
    return DCV_OK;
}

int dcv_session_exit_status(const struct dcv_session *session)
{
    static const int rank[] = {[EXIT_YES] = 0, [EXIT_UNKNOWN] = 1, [EXIT_NO] = 2, [EXIT_INVALID] = 3};
    int worst = certificate_guessed(session) ? EXIT_UNKNOWN : EXIT_YES;
    if (session->deaf)
        return EXIT_FAILED;
    if (session->summary.len != 0)
        return session->audited;
    if (session->ordered != NULL && session->ordered->invalid == 0) /* one CA is wanted for all of its names */
        return status_of_verdict(session->ordered->sum.verdict);
    for (size_t i = 0; i < session->results.count; i++) {
        int status = session->results.items[i]->done ? status_of(session->results.items[i]) : EXIT_UNKNOWN;
        if (rank[status] > rank[worst])
            worst = status;
    }
    return worst;
}

/* ---- for programs ------------------------------------------------------------------------------------------------------------------- */

size_t dcv_session_result_count(const struct dcv_session *session)
{
    return session->results.count;
}

const struct dcv_result *dcv_session_result(const struct dcv_session *session, size_t index)
{
    return index < session->results.count ? session->results.items[index] : NULL;
}

const char *dcv_result_name(const struct dcv_result *result)
{
    return result->text;
}

const char *dcv_result_error(const struct dcv_result *result)
{
    return result->valid ? NULL : _(dcv_hostname_fault_text(result->error.fault));
}

static const struct dcv_judged_ca *find_ca(const struct dcv_result *result, const char *id)
{
    for (size_t i = 0; i < result->judged.cas.count; i++)
        if (strcmp(result->judged.cas.items[i].ca->id, id) == 0)
            return &result->judged.cas.items[i];
    return NULL;
}

const char *dcv_result_verdict(const struct dcv_result *result, const char *ca)
{
    const struct dcv_judged_ca *judged = find_ca(result, ca);
    return judged != NULL ? dcv_verdict_text(dcv_judged_verdict(&result->judged, judged->ca)) : NULL;
}

size_t dcv_result_approver_count(const struct dcv_result *result, const char *ca)
{
    const struct dcv_judged_ca *judged = find_ca(result, ca);
    return judged != NULL ? judged->entries.count : 0;
}

bool dcv_result_approver(const struct dcv_result *result, const char *ca, size_t index, struct dcv_approver *out)
{
    const struct dcv_judged_ca *judged = find_ca(result, ca);
    char adn[DCV_NAME_TEXT_MAX];
    if (judged == NULL || index >= judged->entries.count)
        return false;
    const struct dcv_entry *entry = &judged->entries.items[index];
    const char *adn_copy = dcv_arena_strdup(result->arena, dcv_name_text(&entry->adn, adn));
    *out = (struct dcv_approver){
        .address = entry->address,
        .source = dcv_source_text(entry->source),
        .adn = adn_copy != NULL ? adn_copy : "",
        .status = dcv_entry_status_text(entry->status),
        .mail = dcv_mail_text(entry->mail),
        .usable = entry->usable,
    };
    return true;
}
