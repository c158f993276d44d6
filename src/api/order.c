/* Orders: the names that one certificate is to hold. */
#include "api/session.h"

#include "base/text.h"
#include "input/x509.h"
#include "verdict/verdict.h"

#include <string.h>

/* More names than any CA takes for one certificate. */
enum { NAMES_MAX = 5000 };

/* ---- options ----------------------------------------------------------------------------------------------------------------------- */

enum dcv_status order_set_names(struct dcv_session *session, const char *list)
{
    session->order = true;
    char *name = dcv_arena_strdup(session->arena, list);
    if (name == NULL)
        return DCV_ERR_NOMEM;
    while (name != NULL) {
        char *comma = strchr(name, ',');
        if (comma != NULL)
            *comma = '\0';
        if (name[0] == '\0')
            return session_fail(session, DCV_ERR_USAGE, _("'%s' has an empty place; it takes NAME,NAME..."), list);
        if (name[0] == '@')
            return session_fail(session, DCV_ERR_USAGE, _("'%s' is no name; a file of names goes beside the option: --order NAME %s"), name, name);
        enum dcv_status status = dcv_inputs_add(session->inputs, name);
        if (status != DCV_OK)
            return status;
        name = comma != NULL ? comma + 1 : NULL;
    }
    return DCV_OK;
}

enum dcv_status order_set_csr(struct dcv_session *session, const char *path)
{
    session->order = true;
    if (session->csr != NULL)
        return session_fail(session, DCV_ERR_USAGE, "%s", _("one request makes one order; give the option once"));
    struct dcv_x509 *csr = dcv_arena_alloc(session->arena, sizeof *csr);
    enum dcv_status status = csr != NULL ? x509_file_read(session, path, dcv_csr_read, csr) : DCV_ERR_NOMEM;
    if (status == DCV_OK)
        session->csr = csr;
    return status;
}

/* ---- before the run ---------------------------------------------------------------------------------------------------------------- */

/* Is there something for the judging of an order to say, although there is no name? The other commands have only names to speak of. */
static bool judged_without_names(const struct dcv_session *session, const struct dcv_x509 *x509)
{
    for (size_t i = 0; session->view == DCV_SHOW_CHECK && i < x509->san_count; i++)
        if (x509->sans[i].kind == DCV_SAN_DNS || x509->sans[i].kind == DCV_SAN_IP)
            return true;
    return false;
}

/* The certificate in use, if it is known. */
static const struct dcv_x509 *certificate_of(const struct dcv_session *session)
{
    return session->certificate.known ? &session->certificate.x509 : NULL;
}

/* What an order judges as a part of the request, the other commands name as names that are none. */
static enum dcv_status add_invalid(struct dcv_session *session, const struct dcv_x509 *x509)
{
    enum dcv_status status = DCV_OK;
    for (size_t i = 0; session->view != DCV_SHOW_CHECK && status == DCV_OK && i < x509->san_count; i++) {
        struct dcv_hostname name;
        struct dcv_hostname_error error;
        const struct dcv_san *san = &x509->sans[i];
        if (san->kind == DCV_SAN_DNS && !dcv_x509_hostname(san->text, san->len, &name, &error))
            status = certificate_add_san(session, san);
    }
    return status;
}

static enum dcv_status names_of(struct dcv_session *session, const struct dcv_x509 *x509)
{
    size_t before = dcv_inputs_count(session->inputs);
    if (x509->san_count > NAMES_MAX)
        return session_fail(session, DCV_ERR_USAGE, _("%s: %zu names in it; no CA takes more than %d"), x509->path, x509->san_count, (int)NAMES_MAX);
    enum dcv_status status = dcv_inputs_add_x509(session->inputs, x509);
    if (status == DCV_OK)
        status = add_invalid(session, x509);
    if (status == DCV_OK && dcv_inputs_count(session->inputs) == before && before == 0 && !judged_without_names(session, x509))
        return session_fail(session, DCV_ERR_USAGE, _("%s: there is no host name in it"), x509->path);
    return status;
}

/* A certificate alone is an order for its names again; beside a request or names it is what they are compared with. */
enum dcv_status order_names(struct dcv_session *session)
{
    const bool none = dcv_inputs_count(session->inputs) == 0;
    enum dcv_status status = DCV_OK;
    if (session->csr != NULL)
        status = names_of(session, session->csr);
    else if (none && certificate_of(session) != NULL && session->view != DCV_SHOW_TIMELINE)
        status = names_of(session, certificate_of(session));
    else if (none)
        status = certificate_names(session);
    if (status == DCV_OK && session->also_www)
        status = dcv_inputs_add_siblings(session->inputs, session->psl);
    return status;
}

bool order_is(const struct dcv_session *session)
{
    const struct certificate *certificate = &session->certificate;
    return session->view == DCV_SHOW_CHECK && session->sources.count == 0
        && (session->order || certificate->path != NULL || certificate->connect != NULL);
}

enum dcv_status order_product(struct dcv_session *session)
{
    session->product = NULL;
    session->seller = NULL;
    if (session->product_id == NULL)
        return DCV_OK;
    session->product = dcv_product_find(session->set, session->product_id, &session->seller);
    if (session->product != NULL)
        return DCV_OK;
    const char *nearest = dcv_product_nearest(session->set, session->product_id);
    if (nearest != NULL)
        return session_fail(session, DCV_ERR_USAGE, _("--product: there is no product '%s'; did you mean '%s'?"), session->product_id, nearest);
    return session_fail(session, DCV_ERR_USAGE, _("--product: there is no product '%s'; 'dcvready cas ID' lists those of a CA"),
                        session->product_id);
}

enum dcv_status order_sold(struct dcv_session *session)
{
    const struct dcv_ca *seller = session->seller;
    bool named = seller == NULL;
    for (size_t i = 0; !named && i < session->selected.count; i++)
        named = session->selected.items[i] == seller;
    if (named)
        return DCV_OK;
    return session_fail(session, DCV_ERR_USAGE, _("--product: %s is sold by %s, not by %s; leave --ca out or name %s"), session->product->id,
                        seller->id, session->cas, seller->id);
}

/* ---- judging ----------------------------------------------------------------------------------------------------------------------- */

struct dcv_policy_options order_policy(const struct dcv_session *session)
{
    return (struct dcv_policy_options){
        .as_of = session->judged_for,
        .set = session->set,
        .cas = session->selected.items,
        .ca_count = session->selected.count,
        .by = session->by,
        .psl = session->psl,
        .http_port = session->http_port,
        .https_port = session->https_port,
        .account_uri = session->account_uri,
        .signature_days = session->signature_days,
        .allow_private_addresses = session->allow_private,
        .seller = session->seller,
        .product = session->product,
    };
}

static enum dcv_status collect_names(const struct dcv_session *session, struct dcv_order *order)
{
    for (size_t i = 0; i < session->results.count; i++) {
        const struct dcv_result *result = session->results.items[i];
        if (!result->valid) {
            order->invalid++;
            continue;
        }
        struct dcv_order_name *name = DCV_VEC_ADD(session->run_arena, &order->names);
        if (name == NULL)
            return DCV_ERR_NOMEM;
        *name = (struct dcv_order_name){&result->judged, dcv_input_origin_text(result->origin), result->times};
    }
    return DCV_OK;
}

static void add_lookups(const struct dcv_session *session, struct dcv_report_order *report)
{
    for (size_t i = 0; i < session->results.count; i++) {
        const struct dcv_result *result = session->results.items[i];
        if (!result->valid)
            continue;
        const struct dcv_facts_about *about = dcv_facts_about_const(result->facts);
        report->queries += about->queries;
        report->cached += about->cached;
        if (about->elapsed_us > report->elapsed_us)
            report->elapsed_us = about->elapsed_us;
        if (about->round_trips > report->round_trips)
            report->round_trips = about->round_trips;
    }
}

enum dcv_status order_judge(struct dcv_session *session)
{
    struct dcv_order *order = dcv_arena_alloc(session->run_arena, sizeof *order);
    if (order == NULL)
        return DCV_ERR_NOMEM;
    order->csr = session->csr;
    order->certificate = certificate_of(session);
    order->origin = session->certificate.origin;
    order->failure = session->certificate.failure;
    order->product = session->product;
    order->guessed = certificate_guessed(session);
    if (session->judged_for == DCV_DATE_NONE) /* no name was there to be looked up */
        session->judged_for = dcv_date_of_unix(session->clock.wall_s(session->clock.user));
    struct dcv_policy_options options = order_policy(session);
    enum dcv_status status = collect_names(session, order);
    if (status == DCV_OK)
        status = dcv_policy_order(&options, session->run_arena, order);
    if (status == DCV_OK)
        status = dcv_verdict_order(order, session->run_arena, session->report.explicit_cas);
    if (status != DCV_OK)
        return status;
    session->ordered = order;
    struct dcv_report_order report = {.order = order};
    add_lookups(session, &report);
    status = dcv_report_add_order(session->output, &report);
    return status == DCV_ERR_IO ? session_fail(session, status, "%s", strerror(session->writer.error)) : status;
}
