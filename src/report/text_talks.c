/* What was said beside the DNS, for who would ask whois, a mail host or a web server next: registries, mail hosts, web servers. */
#include "report/text.h"
#include "report/words.h"

#include "fact/redirect.h"

#include <string.h>

static const struct dcv_fact *fact_at(const struct dcv_page *page, size_t i)
{
    return dcv_facts_at(page->name->facts, i);
}

/* The title before the first fact of a kind. */
static void title_once(struct dcv_page *page, const char *title, bool *titled)
{
    if (!*titled)
        dcv_paper_title(&page->paper, title);
    *titled = true;
}

/* A reason in the language of the user; it holds what servers said. */
static const char *reason(struct dcv_page *page, const char *text)
{
    struct dcv_buf buf;
    dcv_buf_init(&buf, DCV_REPORT_MAX);
    dcv_reasons_put(&buf, text);
    const char *words = dcv_page_printf(page, "%s", dcv_buf_text(&buf));
    dcv_buf_done(&buf);
    return words;
}

/* ---- registries ------------------------------------------------------------------------------------------------------------------- */

static const char *state_words(struct dcv_page *page, const struct dcv_contacts_fact *fact)
{
    const char *words, *why = dcv_contacts_reason(fact, &words);
    switch (fact->state) {
    case DCV_CONTACTS_FOUND: return _("registered");
    case DCV_CONTACTS_NONE: return _("registered, without contact addresses");
    case DCV_CONTACTS_REDACTED: return _("registered, contact addresses are withheld");
    case DCV_CONTACTS_FREE: return _("not registered");
    case DCV_CONTACTS_RESERVED: return _("reserved by the registry");
    case DCV_CONTACTS_SUSPENDED: return _("suspended");
    case DCV_CONTACTS_RATE_LIMITED:
    case DCV_CONTACTS_REFUSED:
    case DCV_CONTACTS_UNREACHABLE: break;
    }
    return dcv_page_printf(page, _("not known: %s%s"), reason(page, why), words[0] == '\0' ? "" : dcv_page_printf(page, " (%s)", dcv_page_safe(page, words)));
}

/* NULL: no CA ever asks such a contact. */
static const char *role_words(const struct dcv_contacts_fact *fact, const char *role)
{
    const uint8_t *domain = fact->domain.wire;
    const bool jp = fact->domain.len >= 4 && memcmp(domain + fact->domain.len - 4, "\2jp", 4) == 0;
    const char *words = dcv_word_role(role, jp);
    return words != role ? words : NULL;
}

static void put_contacts(struct dcv_page *page, const struct dcv_contacts_fact *fact)
{
    for (size_t i = 0; i < fact->contact_count; i++) {
        const struct dcv_contact *contact = &fact->contacts[i];
        const char *role = role_words(fact, contact->role);
        if (role == NULL)
            continue;
        const char *address = contact->withheld ? _("withheld") : contact->email[0] == '\0' ? _("no address") : dcv_page_safe(page, contact->email);
        const char *handle = contact->handle == NULL ? "" : dcv_page_printf(page, " (%s)", dcv_page_safe(page, contact->handle));
        dcv_paper_put(&page->paper, 6, DCV_PLAIN, "", 8, dcv_page_printf(page, "%s: %s%s", role, address, handle));
    }
}

static void put_registration(struct dcv_page *page, const struct dcv_contacts_fact *fact)
{
    const char *text = dcv_page_printf(page, "%s: %s", dcv_page_name(page, &fact->domain), state_words(page, fact));
    if (fact->registrar != NULL)
        text = dcv_page_printf(page, _("%s; registrar: %s"), text, dcv_page_safe(page, fact->registrar));
    for (size_t i = 0; i < fact->status_count; i++)
        text = i == 0 ? dcv_page_printf(page, _("%s; status: %s"), text, dcv_page_safe(page, fact->statuses[i]))
                      : dcv_page_printf(page, "%s, %s", text, dcv_page_safe(page, fact->statuses[i]));
    if (fact->expires != 0)
        text = dcv_page_printf(page, _("%s; registered until %s"), text, dcv_page_date(page, dcv_date_of_unix(fact->expires)));
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 4, text);
    put_contacts(page, fact);
    const char *path = fact->path[0] != '\0' ? fact->path : fact->server;
    if (path[0] != '\0')
        dcv_paper_put(&page->paper, 6, DCV_PLAIN, "", 8,
                      dcv_page_printf(page, _("asked over %s: %s%s"), fact->rdap ? "RDAP" : "WHOIS", dcv_page_safe(page, path),
                                      fact->cached ? _(" (kept from an earlier question)") : ""));
}

static void put_registries(struct dcv_page *page)
{
    bool titled = false;
    for (size_t i = 0; i < dcv_facts_count(page->name->facts); i++) {
        if (fact_at(page, i)->kind != DCV_FACT_CONTACTS)
            continue;
        title_once(page, _("Registry and registrar"), &titled);
        put_registration(page, &fact_at(page, i)->contacts);
    }
}

/* ---- mail hosts --------------------------------------------------------------------------------------------------------------------- */

static const char *rcpt_words(enum dcv_rcpt rcpt)
{
    switch (rcpt) {
    case DCV_RCPT_ACCEPTED: return _("accepted");
    case DCV_RCPT_REJECTED: return _("rejected");
    case DCV_RCPT_DEFERRED: return _("deferred");
    case DCV_RCPT_UNANSWERED: return _("no answer about it");
    }
    return "";
}

static const char *starttls_words(struct dcv_page *page, const struct dcv_smtp_fact *fact)
{
    switch (fact->starttls) {
    case DCV_STARTTLS_NOT_OFFERED: return _("not offered");
    case DCV_STARTTLS_DONE:
        return fact->sound ? _("yes, with a sound certificate")
                           : dcv_page_printf(page, _("yes, with a certificate that is not sound (%s)"), reason(page, fact->flaw));
    case DCV_STARTTLS_REFUSED: return _("offered, then refused");
    case DCV_STARTTLS_FAILED: return _("offered, the handshake failed");
    case DCV_STARTTLS_UNKNOWN: return _("not known");
    }
    return "";
}

/* Recipients that got the same result, from the `from`-th on, in one line: "rejected (550): a@example.jp, b@example.jp". */
static void put_recipients(struct dcv_page *page, const struct dcv_smtp_fact *fact, size_t from)
{
    const struct dcv_smtp_recipient *first = &fact->recipients[from];
    const char *text = "";
    for (size_t i = 0; i < fact->recipient_count; i++) {
        const struct dcv_smtp_recipient *recipient = &fact->recipients[i];
        if (recipient->result != first->result || recipient->code != first->code || recipient->random != first->random)
            continue;
        if (i < from)
            return; /* told before */
        text = dcv_page_printf(page, "%s%s%s", text, i == from ? "" : ", ", dcv_page_safe(page, recipient->address));
    }
    const char *code = first->code == 0 ? "" : dcv_page_printf(page, " (%u)", first->code);
    dcv_paper_put(&page->paper, 6, DCV_PLAIN, dcv_page_printf(page, "%s%s: ", rcpt_words(first->result), code), 8,
                  first->random ? dcv_page_printf(page, _("%s, which nobody has"), text) : text);
}

static bool heard_of_any(const struct dcv_smtp_fact *fact)
{
    for (size_t i = 0; i < fact->recipient_count; i++)
        if (fact->recipients[i].result != DCV_RCPT_UNANSWERED)
            return true;
    return false;
}

static void put_mail_host(struct dcv_page *page, const struct dcv_smtp_fact *fact)
{
    const char *host = dcv_page_printf(page, "%s %s", dcv_page_name(page, &fact->host), dcv_page_safe(page, fact->server));
    const char *why = dcv_meeting_reason(fact->met, fact->why);
    const char *text = fact->met == DCV_MET_TALKED ? dcv_page_printf(page, _("STARTTLS: %s"), starttls_words(page, fact)) : reason(page, why);
    if (fact->met == DCV_MET_TALKED && why[0] != '\0')
        text = dcv_page_printf(page, "%s; %s", text, reason(page, why));
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, dcv_page_printf(page, "%s: ", host), 4, text);
    if (fact->code != 0)
        dcv_paper_put(&page->paper, 6, DCV_PLAIN, "", 8, dcv_page_printf(page, "%s: %u %s", fact->stage, fact->code, dcv_page_safe(page, fact->text)));
    for (size_t i = 0; heard_of_any(fact) && i < fact->recipient_count; i++)
        put_recipients(page, fact, i);
}

static void put_mail_hosts(struct dcv_page *page)
{
    bool titled = false;
    for (size_t i = 0; i < dcv_facts_count(page->name->facts); i++) {
        if (fact_at(page, i)->kind != DCV_FACT_SMTP)
            continue;
        title_once(page, _("Mail hosts asked"), &titled);
        put_mail_host(page, &fact_at(page, i)->smtp);
    }
}

/* ---- web servers -------------------------------------------------------------------------------------------------------------------- */

static const char *http_words(struct dcv_page *page, const struct dcv_http_fact *fact)
{
    if (fact->met != DCV_MET_TALKED)
        return reason(page, dcv_meeting_reason(fact->met, fact->why));
    const char *text = dcv_page_printf(page, _("status %u"), fact->status);
    if (fact->body != DCV_HTTP_BODY_ANY)
        text = dcv_page_printf(page, "%s%s%s", text, _(", "), fact->body == DCV_HTTP_BODY_SAME ? _("the contents of the file") : _("other contents than the file"));
    if (fact->tls && !fact->sound)
        text = dcv_page_printf(page, _("%s; the certificate is not sound (%s)"), text, reason(page, fact->flaw));
    return text;
}

/* A URL stands on a line of its own, to be copied. */
static void put_request(struct dcv_page *page, const struct dcv_http_fact *fact)
{
    const char *server = fact->server[0] != '\0' ? dcv_page_printf(page, "%s: ", dcv_page_safe(page, fact->server)) : "";
    dcv_paper_line(&page->paper, fact->hop == 0 ? 2 : 4, dcv_page_printf(page, "%s%s", fact->hop == 0 ? "" : "-> ", dcv_page_safe(page, fact->url)));
    dcv_paper_put(&page->paper, fact->hop == 0 ? 6 : 8, DCV_PLAIN, server, 8, http_words(page, fact));
}

/* A request, and where it was redirected to. */
static void put_chain(struct dcv_page *page, const struct dcv_http_fact *begin)
{
    for (unsigned hop = 0; hop <= DCV_REDIRECTS_MAX + 1; hop++) {
        for (size_t i = 0; i < dcv_facts_count(page->name->facts); i++) {
            const struct dcv_fact *fact = fact_at(page, i);
            if (fact->kind == DCV_FACT_HTTP && fact->http.hop == hop && strcmp(fact->http.begin, begin->begin) == 0
                && strcmp(fact->http.method, begin->method) == 0 && strcmp(fact->http.first_server, begin->first_server) == 0)
                put_request(page, &fact->http);
        }
    }
}

static void put_handshake(struct dcv_page *page, const struct dcv_alpn_fact *fact)
{
    const char *place = dcv_page_printf(page, "%s %s: ", dcv_page_name(page, &fact->name), dcv_page_safe(page, fact->server));
    const char *text = !fact->handshake              ? reason(page, dcv_meeting_reason(fact->met, fact->why))
                       : fact->negotiated[0] == '\0' ? _("a TLS handshake, but no acme-tls/1")
                                                     : dcv_page_printf(page, _("a TLS handshake with %s"), dcv_page_safe(page, fact->negotiated));
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, place, 6, text);
}

static void put_web_servers(struct dcv_page *page)
{
    bool titled = false;
    for (size_t i = 0; i < dcv_facts_count(page->name->facts); i++) {
        const struct dcv_fact *fact = fact_at(page, i);
        if (fact->kind != DCV_FACT_HTTP && fact->kind != DCV_FACT_ALPN)
            continue;
        title_once(page, _("Web servers asked"), &titled);
        if (fact->kind == DCV_FACT_ALPN)
            put_handshake(page, &fact->alpn);
        else if (fact->http.hop == 0)
            put_chain(page, &fact->http);
    }
}

void dcv_text_talks(struct dcv_page *page)
{
    if (page->name->facts == NULL)
        return;
    put_registries(page);
    put_mail_hosts(page);
    put_web_servers(page);
}
