/* TLS between mail servers: what the hosts offer, and what the domain promises of it (RFC 3207, RFC 7672, RFC 8461). */
#include "policy/judge.h"

#include <string.h>

enum { NAMED = 8, TLSA_DANE_EE = 3 };

static const char sts_version[] = "v=STSv1";

/* ---- what the DNS promises ------------------------------------------------------------------------------------------------------------ */

/* The TLSA records of a mail host. */
struct tlsa {
    const struct dcv_dns_fact *fact; /* NULL: there are none, or they were not looked for */
    size_t index;
    bool any_certificate; /* a record of usage 3 (DANE-EE): name, issuer and dates of the certificate do not count (RFC 7672 §3.1.1) */
};

static struct tlsa tlsa_of(const struct judge *judge, const struct dcv_name *host)
{
    struct dcv_name service, owner, last;
    struct tlsa tlsa = {0};
    if (dcv_name_prepend("_tcp", host, &service) != DCV_OK || dcv_name_prepend("_25", &service, &owner) != DCV_OK)
        return tlsa;
    const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &owner, DCV_TYPE_TLSA, &tlsa.index);
    if (fact == NULL || fact->outcome != DCV_OUTCOME_ANSWER || fact->message == NULL)
        return tlsa;
    (void)dcv_message_chain(fact->message, &owner, NULL, 0, &last);
    for (size_t i = dcv_message_find(fact->message, &last, DCV_TYPE_TLSA, 0); i != SIZE_MAX;
         i = dcv_message_find(fact->message, &last, DCV_TYPE_TLSA, i + 1)) {
        const struct dcv_rr *rr = &fact->message->answer.items[i];
        tlsa.fact = fact;
        tlsa.any_certificate = tlsa.any_certificate || (rr->rdlen != 0 && rr->rdata[0] == TLSA_DANE_EE);
    }
    return tlsa;
}

/* Senders that use DANE demand TLS of the host. */
static bool dane(const struct tlsa *tlsa)
{
    return tlsa->fact != NULL && tlsa->fact->security == DCV_SECURITY_SECURE;
}

/* RFC 8461 §3.1: one TXT record at "_mta-sts." begins with the version. */
static bool mta_sts_of(const struct judge *judge, const struct dcv_name *domain, size_t *index)
{
    struct dcv_name owner, last;
    if (dcv_name_prepend("_mta-sts", domain, &owner) != DCV_OK)
        return false;
    const struct dcv_dns_fact *fact = dcv_facts_dns(judge->facts, &owner, DCV_TYPE_TXT, index);
    if (fact == NULL || fact->outcome != DCV_OUTCOME_ANSWER || fact->message == NULL)
        return false;
    (void)dcv_message_chain(fact->message, &owner, NULL, 0, &last);
    size_t found = 0;
    for (size_t i = dcv_message_find(fact->message, &last, DCV_TYPE_TXT, 0); i != SIZE_MAX;
         i = dcv_message_find(fact->message, &last, DCV_TYPE_TXT, i + 1)) {
        size_t len, version = sizeof sts_version - 1;
        const uint8_t *text = dcv_rr_txt(&fact->message->answer.items[i], judge->arena, &len, NULL);
        if (text != NULL && len > version && memcmp(text, sts_version, version) == 0 && (text[version] == ';' || text[version] == ' '))
            found++;
    }
    return found == 1;
}

bool encryption_fact(const struct dcv_dns_fact *fact)
{
    return fact->type == DCV_TYPE_TLSA || (fact->type == DCV_TYPE_TXT && dcv_name_first_is(&fact->name, "_mta-sts"));
}

/* ---- findings ------------------------------------------------------------------------------------------------------------------------- */

struct telling {
    struct judge *judge;
    struct dcv_judged_ca *ca;
    const struct mail_answer *mail;
    bool mta_sts;
};

/* Hosts of which the same is said. */
struct hosts {
    const char *text;
    size_t facts[NAMED];
    size_t count;
    bool promised; /* TLS is promised for one of them */
};

static void add_host(const struct telling *telling, struct hosts *hosts, const char *item, size_t fact)
{
    if (hosts->count == NAMED || item == NULL)
        return;
    const char *longer = dcv_arena_printf(telling->judge->arena, "%s%s%s", hosts->count == 0 ? "" : hosts->text, hosts->count == 0 ? "" : ", ", item);
    if (longer == NULL)
        return;
    hosts->text = longer;
    hosts->facts[hosts->count++] = fact;
}

static void tell(const struct telling *telling, enum dcv_rule rule, const struct hosts *hosts)
{
    if (hosts->count == 0)
        return;
    struct judge *judge = telling->judge;
    struct making making = finding_begin(judge, rule, name_text(judge, &telling->mail->domain));
    finding_arg(&making, "hosts", hosts->text);
    finding_fact(&making, dcv_fact_list(judge->arena, hosts->facts, hosts->count));
    if (hosts->promised)
        making.finding.severity = DCV_WARNING;
    finding_attach(judge, telling->ca, finding_end(&making));
}

static void tell_promises(const struct telling *telling)
{
    struct judge *judge = telling->judge;
    struct hosts secure = {0}, insecure = {0}, sts = {0};
    size_t index;
    for (size_t i = 0; i < telling->mail->hosts.count; i++) {
        const struct dcv_name *host = &telling->mail->hosts.items[i].name;
        const struct tlsa tlsa = tlsa_of(judge, host);
        if (tlsa.fact != NULL)
            add_host(telling, tlsa.fact->security == DCV_SECURITY_INSECURE ? &insecure : &secure, name_text(judge, host), tlsa.index);
    }
    if (telling->mta_sts && mta_sts_of(judge, &telling->mail->domain, &index))
        add_host(telling, &sts, name_text(judge, &telling->mail->domain), index);
    tell(telling, DCV_RULE_MAIL_TLSA, &secure);
    tell(telling, DCV_RULE_MAIL_TLSA_INSECURE, &insecure);
    tell(telling, DCV_RULE_MAIL_MTA_STS, &sts);
}

/* What is wrong with TLS at the host of a conversation; COUNT: nothing, or it is not known. */
static enum dcv_rule flaw_of(const struct dcv_smtp_fact *fact, const struct tlsa *tlsa)
{
    if (fact->met != DCV_MET_TALKED)
        return DCV_RULE_COUNT;
    switch (fact->starttls) {
    case DCV_STARTTLS_NOT_OFFERED: return DCV_RULE_SMTP_NO_STARTTLS;
    case DCV_STARTTLS_REFUSED:
    case DCV_STARTTLS_FAILED: return DCV_RULE_SMTP_STARTTLS_BROKEN;
    case DCV_STARTTLS_DONE:
        return fact->sound || (dane(tlsa) && tlsa->any_certificate) ? DCV_RULE_COUNT : DCV_RULE_SMTP_CERTIFICATE;
    case DCV_STARTTLS_UNKNOWN: break;
    }
    return DCV_RULE_COUNT;
}

static void tell_flaws(const struct telling *telling, enum dcv_rule rule)
{
    struct judge *judge = telling->judge;
    const struct dcv_name *last = NULL;
    struct hosts hosts = {0};
    for (size_t i = 0; i < telling->mail->talks.count; i++) {
        const size_t index = telling->mail->talks.items[i].fact;
        const struct dcv_smtp_fact *fact = &dcv_facts_at(judge->facts, index)->smtp;
        const struct tlsa tlsa = tlsa_of(judge, &fact->host);
        if (flaw_of(fact, &tlsa) != rule || (last != NULL && dcv_name_equal(last, &fact->host)))
            continue;
        last = &fact->host;
        const char *flaw = fact->flaw[0] != '\0' ? dcv_arena_printf(judge->arena, " (%s)", fact->flaw) : "";
        add_host(telling, &hosts, dcv_arena_printf(judge->arena, "%s%s", name_text(judge, &fact->host), flaw != NULL ? flaw : ""), index);
        hosts.promised = hosts.promised || telling->mta_sts || dane(&tlsa);
    }
    tell(telling, rule, &hosts);
}

void encryption_attach(struct judge *judge, struct dcv_judged_ca *ca, const struct mail_answer *mail)
{
    size_t index;
    const struct telling telling = {judge, ca, mail, mta_sts_of(judge, &mail->domain, &index)};
    tell_promises(&telling);
    tell_flaws(&telling, DCV_RULE_SMTP_NO_STARTTLS);
    tell_flaws(&telling, DCV_RULE_SMTP_STARTTLS_BROKEN);
    tell_flaws(&telling, DCV_RULE_SMTP_CERTIFICATE);
}
