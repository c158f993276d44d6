#include "report/words.h"

#include <string.h>

bool dcv_japanese(void)
{
    /* TRANSLATORS: the code of the language of the catalogue, such as "ja". */
    return strcmp(_("language-code"), "ja") == 0;
}

const char *dcv_pick(const char *en, const char *ja)
{
    if (en == NULL || ja == NULL)
        return en != NULL ? en : ja;
    return dcv_japanese() ? ja : en;
}

const char *dcv_word_verdict(enum dcv_verdict verdict)
{
    switch (verdict) {
    case DCV_READY: return _("ready");
    case DCV_NOT_READY: return _("not ready");
    case DCV_UNKNOWN_VERDICT: return _("unknown");
    }
    return "";
}

const char *dcv_word_severity(enum dcv_severity severity)
{
    switch (severity) {
    case DCV_BLOCKER: return _("BLOCKER");
    case DCV_WARNING: return _("warning");
    case DCV_NOTICE: return _("notice");
    case DCV_INFO: return _("info");
    }
    return "";
}

const char *dcv_word_status(enum dcv_status_of_entry status)
{
    switch (status) {
    case DCV_ENTRY_MALFORMED: return _("cannot be used");
    case DCV_ENTRY_NOT_OFFERED: return _("not offered");
    case DCV_ENTRY_UNKNOWN: return _("not known whether offered");
    case DCV_ENTRY_RETIRED: return _("ended");
    case DCV_ENTRY_FUTURE: return _("later");
    case DCV_ENTRY_DISCOURAGED: return _("permitted but discouraged");
    case DCV_ENTRY_PERMITTED: return _("permitted");
    }
    return "";
}

const char *dcv_word_mail(enum dcv_mail mail)
{
    switch (mail) {
    case DCV_MAIL_UNKNOWN: return _("mail: unknown");
    case DCV_MAIL_MX: return _("mail: MX");
    case DCV_MAIL_IMPLICIT_MX: return _("mail: no MX, address record only");
    case DCV_MAIL_NULL_MX: return _("mail: refused by a null MX");
    case DCV_MAIL_NO_MAIL: return _("mail: no MX, no address record");
    case DCV_MAIL_BROKEN_MX: return _("mail: MX that cannot be reached");
    case DCV_MAIL_NXDOMAIN: return _("mail: the domain does not exist");
    case DCV_MAIL_ACCEPTED: return _("mail: mailbox accepted");
    case DCV_MAIL_REJECTED: return _("mail: mailbox rejected");
    case DCV_MAIL_DEFERRED: return _("mail: deferred, try later");
    case DCV_MAIL_UNVERIFIABLE: return _("mail: MX, mailbox not verifiable");
    }
    return "";
}

const char *dcv_word_source(enum dcv_source source)
{
    switch (source) {
    case DCV_SOURCE_CONSTRUCTED: return _("constructed");
    case DCV_SOURCE_TXT_CONTACT: return _("TXT contact");
    case DCV_SOURCE_CAA_CONTACT: return _("CAA contact");
    case DCV_SOURCE_SOA_RNAME: return _("SOA RNAME");
    case DCV_SOURCE_WHOIS: return _("WHOIS");
    case DCV_SOURCE_RDAP: return _("RDAP");
    case DCV_SOURCE_COUNT: break;
    }
    return "";
}

const char *dcv_word_rung(enum dcv_rung_kind kind)
{
    switch (kind) {
    case DCV_RUNG_EXACT: return _("the name itself");
    case DCV_RUNG_PARENT: return _("a parent");
    case DCV_RUNG_BASE: return _("base domain");
    case DCV_RUNG_CNAME_TARGET: return _("CNAME target");
    }
    return "";
}

const char *dcv_word_permits(enum dcv_permits permits)
{
    switch (permits) {
    case DCV_PERMITS_YES: return _("yes");
    case DCV_PERMITS_NO: return _("no");
    case DCV_PERMITS_UNKNOWN: return _("unknown");
    }
    return "";
}

const char *dcv_word_known(enum dcv_known known)
{
    switch (known) {
    case DCV_UNKNOWN: return _("unknown");
    case DCV_NO: return _("no");
    case DCV_YES: return _("yes");
    }
    return "";
}

const char *dcv_word_recipients(enum dcv_recipients recipients)
{
    switch (recipients) {
    case DCV_RECIPIENTS_UNKNOWN: return _("unknown");
    case DCV_RECIPIENTS_ALL: return _("all");
    case DCV_RECIPIENTS_ONE: return _("one");
    case DCV_RECIPIENTS_CONFIGURABLE: return _("choice");
    }
    return "";
}

const char *dcv_word_recipients_rule(enum dcv_recipients recipients)
{
    switch (recipients) {
    case DCV_RECIPIENTS_UNKNOWN: return _("whom the CA mails is not known");
    case DCV_RECIPIENTS_ALL: return _("the CA mails all of its addresses; approving one mail is enough");
    case DCV_RECIPIENTS_ONE: return _("the CA mails the one address that you choose in the order");
    case DCV_RECIPIENTS_CONFIGURABLE:
        return _("all or some of its addresses, by a setting of your account; approving one mail is enough");
    }
    return "";
}

const char *dcv_word_kind(enum dcv_ca_kind kind)
{
    switch (kind) {
    case DCV_CA_KIND_CA: return _("CA");
    case DCV_CA_KIND_RESELLER: return _("reseller");
    case DCV_CA_KIND_BRAND: return _("brand");
    case DCV_CA_KIND_BASELINE: return _("baseline");
    }
    return "";
}

const char *dcv_word_role(const char *role, bool jprs)
{
    static const struct {
        const char *role, *text, *jprs;
    } words[] = {
        {"registrant", N_("registrant"), N_("registrant")},
        {"admin", N_("administrative contact"), N_("Administrative Contact")},
        {"tech", N_("technical contact"), N_("Technical Contact")},
        {"public", N_("public contact"), N_("Contact Information")},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i].role, role) == 0)
            return dcv_text(jprs ? words[i].jprs : words[i].text);
    return role;
}

const char *dcv_word_step(enum dcv_step_kind kind)
{
    switch (kind) {
    case DCV_STEP_MAIL: return _("mail");
    case DCV_STEP_INTENT: return _("intent to order");
    case DCV_STEP_DOCUMENTS: return _("documents");
    case DCV_STEP_ISSUE: return _("issue");
    case DCV_STEP_NOTE: return _("to heed");
    }
    return "";
}

const char *dcv_word_level(enum dcv_level level)
{
    switch (level) {
    case DCV_LEVEL_EXACT: return _("at the exact name");
    case DCV_LEVEL_EXACT_PLUS_BASE_IF_WWW: return _("at the exact name, and at the base domain of www.<base domain>");
    case DCV_LEVEL_EXACT_AND_BASE: return _("at the exact name and at the base domain");
    case DCV_LEVEL_ANY_ADN: return _("at the name and at every parent down to the base domain");
    case DCV_LEVEL_WWW_STRIPPED: return _("at the name without www.");
    case DCV_LEVEL_WWW_STRIPPED_AND_BASE: return _("at the name without www. and at the base domain");
    case DCV_LEVEL_WWW_STRIPPED_ANY: return _("at the name without www. and at every parent down to the base domain");
    case DCV_LEVEL_REGISTERED_OR_EXACT_STRIPPED: return _("at the registered domain, or at the name without www.");
    case DCV_LEVEL_BASE: return _("at the base domain");
    case DCV_LEVEL_COUNT: break;
    }
    return "";
}

const char *dcv_word_security(enum dcv_security security)
{
    switch (security) {
    case DCV_SECURITY_UNCHECKED: return _("not checked");
    case DCV_SECURITY_SECURE: return _("secure");
    case DCV_SECURITY_INSECURE: return _("insecure (unsigned)");
    case DCV_SECURITY_BOGUS: return _("bogus");
    case DCV_SECURITY_INDETERMINATE: return _("indeterminate");
    }
    return "";
}

const char *dcv_word_accepts(enum dcv_accepts answer)
{
    switch (answer) {
    case DCV_ACCEPTS_YES: return _("yes");
    case DCV_ACCEPTS_NO: return _("no");
    case DCV_ACCEPTS_UNKNOWN: return _("unknown");
    }
    return "";
}

/* Words that other modules put into arguments, listed for the catalogue. */
const char *const dcv_argument_words[] = {
    N_("answer"),
    N_("nodata"),
    N_("nxdomain"),
    N_("servfail"),
    N_("refused"),
    N_("rcode"),
    N_("timeout"),
    N_("unreachable"),
    N_("malformed"),
    N_("truncated"),
    N_("deadline"),
    N_("unrecorded"),
    N_("no-route"),
    N_("private"),
    N_("nowhere"),
    N_("not asked"),
    N_("only 301, 302, 307 and 308 are followed"),
    N_("the Location is missing or cannot be read"),
    N_("only http and https are followed"),
    N_("only the ports 80 and 443 are followed"),
    N_("no address in the place of a host name is followed"),
    N_("there are too many redirects"),
    N_("not-looked-up"),
    N_("found"),
    N_("none"),
    N_("free"),
    N_("reserved"),
    N_("suspended"),
    N_("redacted"),
    N_("rate-limited"),
    N_("txt-contact"),
    N_("caa-contact"),
    N_("soa-rname"),
    N_("whois"),
    N_("rdap"),
    N_("your address, and nothing else"),
    N_("in the place of the present value"),
    N_("what stands in braces comes from the CA"),
    N_("in the place of the present CNAME"),
    N_("and a record for each other address"),
    N_("e-mail and DNS methods"),
    N_("e-mail"),
    N_("DNS methods"),
};

const char *dcv_word_of_argument(const char *key, size_t key_len, const char *value)
{
    static const char *const keys[] = {"outcome", "source", "state", "where", "cause", "scope", "fault", "failure", "statuses", "location"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strlen(keys[i]) == key_len && memcmp(keys[i], key, key_len) == 0)
            return dcv_text(value);
    return value;
}

const char *dcv_recipients_id(enum dcv_recipients recipients)
{
    switch (recipients) {
    case DCV_RECIPIENTS_UNKNOWN: return "unknown";
    case DCV_RECIPIENTS_ALL: return "all";
    case DCV_RECIPIENTS_ONE: return "one";
    case DCV_RECIPIENTS_CONFIGURABLE: return "configurable";
    }
    return "unknown";
}

const char *dcv_kind_id(enum dcv_ca_kind kind)
{
    switch (kind) {
    case DCV_CA_KIND_CA: return "ca";
    case DCV_CA_KIND_RESELLER: return "reseller";
    case DCV_CA_KIND_BRAND: return "brand";
    case DCV_CA_KIND_BASELINE: return "baseline";
    }
    return "ca";
}

const char *dcv_known_id(enum dcv_known known)
{
    switch (known) {
    case DCV_UNKNOWN: return "unknown";
    case DCV_NO: return "no";
    case DCV_YES: return "yes";
    }
    return "unknown";
}

const char *dcv_accepts_id(enum dcv_accepts answer)
{
    switch (answer) {
    case DCV_ACCEPTS_YES: return "yes";
    case DCV_ACCEPTS_NO: return "no";
    case DCV_ACCEPTS_UNKNOWN: return "unknown";
    }
    return "unknown";
}

const char *dcv_reason_id(enum dcv_accepts_reason reason)
{
    static const char *const ids[] = {
        [DCV_REASON_PERMITTED] = "permitted",
        [DCV_REASON_SOURCE_NOT_OFFERED] = "source-not-offered",
        [DCV_REASON_LEVEL_NOT_OFFERED] = "level-not-offered",
        [DCV_REASON_RETIRED] = "retired",
        [DCV_REASON_FUTURE] = "future",
        [DCV_REASON_OFFER_UNKNOWN] = "offer-unknown",
        [DCV_REASON_BOGUS] = "bogus",
        [DCV_REASON_CAA_METHODS] = "caa-methods",
        [DCV_REASON_MX_REQUIRED] = "mx-required",
        [DCV_REASON_MAIL] = "mail",
        [DCV_REASON_MAIL_UNKNOWN] = "mail-unknown",
        [DCV_REASON_LOCAL_PART] = "local-part",
        [DCV_REASON_NOT_AN_ADN] = "not-an-adn",
        [DCV_REASON_NO_EMAIL] = "no-email",
        [DCV_REASON_BASE_NEEDED] = "base-needed",
        [DCV_REASON_LOOKUP] = "lookup",
    };
    return ids[reason];
}
