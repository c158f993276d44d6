#include "ca/profile.h"

#include "base/buf.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct dcv_ca_set *set;

static void open_set(void)
{
    char *error = NULL;
    const enum dcv_status status = dcv_ca_set_create(NULL, &set, &error);
    ck_assert_msg(status == DCV_OK, "%s", error != NULL ? error : "no message");
}

static void close_set(void)
{
    dcv_ca_set_free(set);
}

static dcv_date day(const char *text)
{
    dcv_date date = DCV_DATE_NONE;
    if (text[0] != '\0')
        ck_assert_msg(dcv_date_parse(text, &date), "%s is no date", text);
    return date;
}

static const struct dcv_ca *ca_of(const char *id)
{
    const struct dcv_ca *ca = dcv_ca_find(set, id);
    ck_assert_msg(ca != NULL, "no profile %s", id);
    return ca;
}

/* The offers of a source in short: "?" before what is unknown, "n" for what is not offered. */
static void describe(const struct dcv_ca *ca, enum dcv_source source, struct dcv_buf *out)
{
    for (size_t i = 0; i < ca->offer_count; i++) {
        const struct dcv_offer *offer = &ca->offers[i];
        char date[DCV_DATE_TEXT];
        if (offer->source != source)
            continue;
        if (out->len != 0)
            dcv_buf_puts(out, ", ");
        if (offer->offered == DCV_NO) {
            dcv_buf_puts(out, "n");
            continue;
        }
        dcv_buf_printf(out, "%s%s", offer->offered == DCV_UNKNOWN ? "?" : "", dcv_level_text(offer->level));
        if (offer->from != DCV_DATE_NONE)
            dcv_buf_printf(out, " from %s", dcv_date_format(offer->from, date));
        if (offer->until != DCV_DATE_NONE)
            dcv_buf_printf(out, " until %s", dcv_date_format(offer->until, date));
        if (!offer->is_default)
            dcv_buf_puts(out, " on request");
        if (!offer->automatic)
            dcv_buf_puts(out, " never by itself");
    }
}

static void assert_offers(const struct dcv_ca *ca, enum dcv_source source, const char *expected)
{
    struct dcv_buf text;
    dcv_buf_init(&text, 512);
    describe(ca, source, &text);
    ck_assert_msg(strcmp(dcv_buf_text(&text), expected) == 0, "%s, %s: \"%s\", expected \"%s\"", ca->id,
                  dcv_source_text(source), dcv_buf_text(&text), expected);
    dcv_buf_done(&text);
}

#define ANY "any-adn"
#define UNTIL(date) "any-adn until " date
#define ONE DCV_RECIPIENTS_ONE
#define ALL DCV_RECIPIENTS_ALL
#define SOME DCV_RECIPIENTS_CONFIGURABLE
#define NONE DCV_RECIPIENTS_UNKNOWN

/* Each profile as it is agreed on: e-mail sources, recipients, MX, wildcard products, number of issuer domains. */
static const struct {
    const char *id, *constructed, *txt, *caa, *soa, *whois;
    enum dcv_recipients recipients;
    enum dcv_known mx, wildcard;
    size_t domains;
    const char *parent;
} expected[] = {
    {"actalis", ANY, "n", "n", "n", UNTIL("2025-06-18"), ONE, DCV_UNKNOWN, DCV_YES, 1, NULL},
    {"amazon", "www-stripped, www-stripped-any on request", "n", "n", "n", UNTIL("2024-06-01"), ALL, DCV_YES, DCV_YES,
     5, NULL},
    {"baseline", ANY, ANY, ANY, UNTIL("2025-07-15"), UNTIL("2025-07-15"), NONE, DCV_NO, DCV_YES, 0, NULL},
    {"buypass", "n", "n", "n", "n", "n", NONE, DCV_UNKNOWN, DCV_NO, 2, NULL},
    {"certum", "exact-and-base, www-stripped on request", "n", "n", "n", UNTIL("2025-07-15"), ONE, DCV_UNKNOWN, DCV_YES,
     2, NULL},
    {"cybertrust", "exact", "exact", "?any-adn", "n", UNTIL("2025-06-26"), ONE, DCV_UNKNOWN, DCV_UNKNOWN, 2, NULL},
    {"digicert", "base, exact on request", "exact-and-base", "exact-and-base", "n", UNTIL("2025-05-08"), SOME, DCV_YES,
     DCV_YES, 14, NULL},
    {"entrust", ANY, ANY, ANY, "n", UNTIL("2025-06-15"), ONE, DCV_UNKNOWN, DCV_YES, 7, "sectigo"},
    {"fujissl", "exact-and-base", "?any-adn", "?any-adn", "n", UNTIL("2025-05-31"), ONE, DCV_UNKNOWN, DCV_UNKNOWN, 0,
     NULL},
    {"globalsign", "exact-and-base", ANY, "?any-adn", UNTIL("2025-07-14"), UNTIL("2025-07-14"), ONE, DCV_UNKNOWN,
     DCV_YES, 1, NULL},
    {"godaddy", ANY, "n", "n", "n", "n", ALL, DCV_UNKNOWN, DCV_YES, 2, NULL},
    {"google-trust-services", "n", "n", "n", "n", "n", NONE, DCV_UNKNOWN, DCV_UNKNOWN, 1, NULL},
    {"identrust", ANY, "n", "n", "n", "n", ONE, DCV_UNKNOWN, DCV_YES, 2, NULL},
    {"iij-cybertrust", "exact from 2025-06-26",
     "exact until 2025-06-26 on request never by itself, exact from 2025-06-26", "n", "n", UNTIL("2025-06-26"), ONE,
     DCV_UNKNOWN, DCV_NO, 2, "cybertrust"},
    {"iij-digicert", "exact-plus-base-if-www", "exact", "n", "n", UNTIL("2025-05-08"), ALL, DCV_YES, DCV_NO, 14,
     "digicert"},
    {"iij-globalsign", "exact-and-base", "exact", "n", UNTIL("2025-07-14"), UNTIL("2025-07-14"), ONE, DCV_UNKNOWN,
     DCV_YES, 1, "globalsign"},
    {"jprs", "registered-or-exact-stripped", "exact from 2025-06-10", "?any-adn", "n", UNTIL("2025-07-06"), ONE,
     DCV_UNKNOWN, DCV_YES, 1, NULL},
    {"letsencrypt", "n", "n", "n", "n", "n", NONE, DCV_UNKNOWN, DCV_YES, 1, NULL},
    {"nii-upki", "www-stripped-and-base, ?www-stripped-any", "exact", "?any-adn", "n", UNTIL("2025-01-13"), ONE,
     DCV_UNKNOWN, DCV_UNKNOWN, 1, "secom"},
    {"secom", "www-stripped-and-base, ?www-stripped-any", "exact", "?any-adn", "n", UNTIL("2025-01-15"), ONE,
     DCV_UNKNOWN, DCV_UNKNOWN, 1, NULL},
    {"sectigo", ANY, ANY, ANY, "n", UNTIL("2025-06-15"), ONE, DCV_UNKNOWN, DCV_YES, 7, NULL},
    {"ssl-com", ANY, ANY, ANY, "n", UNTIL("2025-07-15"), ONE, DCV_UNKNOWN, DCV_YES, 3, NULL},
    {"swisssign", "n", "n", "n", "n", "n", NONE, DCV_UNKNOWN, DCV_UNKNOWN, 1, NULL},
    {"telia", "exact, ?any-adn", "exact", "exact", "n", UNTIL("2025-05-15"), ALL, DCV_UNKNOWN, DCV_UNKNOWN, 4, NULL},
};

enum { PROFILES = sizeof expected / sizeof expected[0] };

START_TEST(profiles)
{
    const struct dcv_ca *ca = dcv_ca_at(set, (size_t)_i);
    ck_assert_uint_eq(dcv_ca_count(set), PROFILES);
    ck_assert_str_eq(ca->id, expected[_i].id);
    assert_offers(ca, DCV_SOURCE_CONSTRUCTED, expected[_i].constructed);
    assert_offers(ca, DCV_SOURCE_TXT_CONTACT, expected[_i].txt);
    assert_offers(ca, DCV_SOURCE_CAA_CONTACT, expected[_i].caa);
    assert_offers(ca, DCV_SOURCE_SOA_RNAME, expected[_i].soa);
    assert_offers(ca, DCV_SOURCE_WHOIS, expected[_i].whois);
    assert_offers(ca, DCV_SOURCE_RDAP, expected[_i].whois);
    ck_assert_int_eq(ca->recipients, expected[_i].recipients);
    ck_assert_int_eq(ca->mx_required, expected[_i].mx);
    ck_assert_int_eq(ca->wildcard, expected[_i].wildcard);
    ck_assert_uint_eq(ca->issuer_domain_count, expected[_i].domains);
    ck_assert_pstr_eq(ca->parent, expected[_i].parent);
    ck_assert_int_eq(ca->by_email, strcmp(expected[_i].constructed, "n") != 0);
    ck_assert_int_eq(ca->issues, strcmp(ca->id, "entrust") != 0);
    const bool baseline = strcmp(ca->id, "baseline") == 0;
    ck_assert_int_eq(ca->caa_judged, !baseline);
    ck_assert_int_eq(ca->kind == DCV_CA_KIND_BASELINE, baseline);
    for (size_t i = 0; i < ca->offer_count; i++)
        ck_assert_int_eq(ca->offers[i].cname_targets, baseline ? DCV_YES : DCV_UNKNOWN);
    ck_assert_int_eq(ca->rfc8657 == DCV_YES,
                     strcmp(ca->id, "certum") == 0 || strcmp(ca->id, "actalis") == 0 || strcmp(ca->id, "letsencrypt") == 0);
    ck_assert_int_eq(ca->flag1 == DCV_YES, strcmp(ca->id, "letsencrypt") == 0);
}
END_TEST

static void assert_ref(const struct dcv_ca *ca, const struct dcv_ref *ref, const char *what)
{
    ck_assert_msg(ref->key != NULL && ref->title != NULL, "%s: %s has no source", ca->id, what);
    ck_assert_msg(ref->date != DCV_DATE_NONE || ref->read != DCV_DATE_NONE, "%s: %s has no day", ca->id, what);
    ck_assert_msg(ref->grade == 'A' || ref->grade == 'B', "%s: %s has no grade", ca->id, what);
}

START_TEST(every_fact_has_a_source)
{
    const struct dcv_ca *ca = dcv_ca_at(set, (size_t)_i);
    for (size_t i = 0; i < ca->offer_count; i++)
        if (ca->offers[i].offered != DCV_UNKNOWN)
            assert_ref(ca, &ca->offers[i].ref, dcv_source_text(ca->offers[i].source));
    for (size_t i = 0; i < ca->method_count; i++)
        if (ca->methods[i].offered != DCV_UNKNOWN)
            assert_ref(ca, &ca->methods[i].ref, "a method");
    for (size_t i = 0; i < ca->note_count; i++)
        if (!ca->notes[i].unverified)
            assert_ref(ca, &ca->notes[i].ref, "a note");
    for (size_t i = 0; i < ca->limit_count; i++)
        assert_ref(ca, &ca->limits[i].ref, "a limit");
    if (ca->issuer_domain_count != 0)
        assert_ref(ca, &ca->issuer_ref, "issuer_domains");
    if (ca->recipients != DCV_RECIPIENTS_UNKNOWN)
        assert_ref(ca, &ca->recipients_ref, "recipients");
    for (size_t i = 0; i < ca->recipients_period_count; i++)
        assert_ref(ca, &ca->recipients_periods[i].ref, "a period of recipients");
    for (size_t i = 0; i < ca->product_count; i++) {
        assert_ref(ca, &ca->products[i].ref, ca->products[i].id);
        for (size_t j = 0; j < ca->products[i].step_count; j++)
            assert_ref(ca, &ca->products[i].steps[j].ref, "a step");
    }
    const struct {
        bool known;
        const struct dcv_ref *ref;
        const char *what;
    } facts[] = {
        {ca->rfc8657 != DCV_UNKNOWN, &ca->rfc8657_ref, "honours_rfc8657"},
        {ca->contactemail_critical_ok != DCV_UNKNOWN, &ca->contactemail_ref, "knows_contactemail"},
        {ca->flag1 != DCV_UNKNOWN, &ca->flag1_ref, "flag_1_is_critical"},
        {ca->cname_targets != DCV_UNKNOWN, &ca->cname_ref, "cname_targets"},
        {ca->mx_required != DCV_UNKNOWN, &ca->mx_ref, "mx_required"},
        {ca->wildcard != DCV_UNKNOWN, &ca->wildcard_ref, "wildcard"},
        {ca->code_hours != 0, &ca->code_ref, "mail_code"},
        {ca->resend_en != NULL, &ca->resend_ref, "resend"},
        {ca->sender != NULL || ca->allow_list != NULL || ca->subject_ja != NULL, &ca->sender_ref, "mail"},
        {ca->notice_count != 0, &ca->notices_ref, "notices"},
        {ca->csr.dn_characters != NULL || ca->csr.rsa_bits_min != 0, &ca->csr.ref, "csr"},
    };
    for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
        if (facts[i].known)
            assert_ref(ca, facts[i].ref, facts[i].what);
    assert_ref(ca, &ca->issues_ref, "issues");
    ck_assert_uint_gt(ca->source_count, 0);
    ck_assert_uint_gt(strlen(ca->name_en), 0);
    ck_assert_uint_gt(strlen(ca->name_ja), 0);
}
END_TEST

/* Where mail to a constructed address or TXT contact may go on a day. */
static const struct {
    const char *ca, *as_of, *name, *base;
    enum dcv_source source;
    const char *adns;
} permitted[] = {
    {"iij-digicert", "2025-01-10", "sub.example.jp", "example.jp", DCV_SOURCE_CONSTRUCTED, "sub.example.jp"},
    {"iij-digicert", "2026-11-21", "www.example.jp", "example.jp", DCV_SOURCE_CONSTRUCTED, "www.example.jp example.jp"},
    {"iij-digicert", "2025-01-10", "www.sub.example.jp", "example.jp", DCV_SOURCE_CONSTRUCTED, "www.sub.example.jp"},
    {"iij-digicert", "2025-05-07", "example.co.jp", "example.co.jp", DCV_SOURCE_WHOIS, "example.co.jp"},
    {"iij-digicert", "2025-05-08", "example.co.jp", "example.co.jp", DCV_SOURCE_WHOIS, ""},
    {"iij-cybertrust", "2025-06-25", "example.co.jp", "example.co.jp", DCV_SOURCE_CONSTRUCTED, ""},
    {"iij-cybertrust", "2025-06-25", "example.co.jp", "example.co.jp", DCV_SOURCE_WHOIS, "example.co.jp"},
    {"iij-cybertrust", "2025-01-10", "example.co.jp", "example.co.jp", DCV_SOURCE_TXT_CONTACT, "example.co.jp"},
    {"iij-cybertrust", "2025-06-26", "example.co.jp", "example.co.jp", DCV_SOURCE_CONSTRUCTED, "example.co.jp"},
    {"iij-cybertrust", "2025-06-26", "example.co.jp", "example.co.jp", DCV_SOURCE_WHOIS, ""},
    {"iij-globalsign", "2025-07-13", "www.example.jp", "example.jp", DCV_SOURCE_SOA_RNAME, "www.example.jp example.jp"},
    {"iij-globalsign", "2025-07-14", "www.example.jp", "example.jp", DCV_SOURCE_SOA_RNAME, ""},
    {"iij-globalsign", "2026-11-21", "a.b.example.jp", "example.jp", DCV_SOURCE_CONSTRUCTED,
     "a.b.example.jp example.jp"},
    {"iij-globalsign", "2026-11-21", "a.b.example.jp", "example.jp", DCV_SOURCE_TXT_CONTACT, "a.b.example.jp"},
    {"globalsign", "2026-11-21", "a.b.example.jp", "example.jp", DCV_SOURCE_TXT_CONTACT,
     "a.b.example.jp b.example.jp example.jp"},
    {"sectigo", "2026-11-21", "a.b.example.co.jp", "example.co.jp", DCV_SOURCE_CONSTRUCTED,
     "a.b.example.co.jp b.example.co.jp example.co.jp"},
    {"amazon", "2026-11-21", "www.a.example.com", "example.com", DCV_SOURCE_CONSTRUCTED, "a.example.com example.com"},
    {"amazon", "2026-11-21", "example.com", "example.com", DCV_SOURCE_TXT_CONTACT, ""},
    {"letsencrypt", "2026-11-21", "example.com", "example.com", DCV_SOURCE_TXT_CONTACT, ""},
    {"jprs", "2026-11-21", "tls.example.jp", "example.jp", DCV_SOURCE_CONSTRUCTED, "tls.example.jp example.jp"},
    {"jprs", "2026-11-21", "www.tls.example.jp", "example.jp", DCV_SOURCE_CONSTRUCTED, "tls.example.jp example.jp"},
    {"jprs", "2025-06-09", "tls.example.jp", "example.jp", DCV_SOURCE_TXT_CONTACT, ""},
    {"secom", "2026-11-21", "www.1.example.com", "example.com", DCV_SOURCE_CONSTRUCTED, "1.example.com example.com"},
    {"secom", "2026-11-21", "a.b.example.com", "example.com", DCV_SOURCE_CONSTRUCTED, "a.b.example.com example.com"},
    {"telia", "2026-11-21", "a.example.fi", "example.fi", DCV_SOURCE_CONSTRUCTED, "a.example.fi"},
    {"entrust", "2026-11-21", "example.com", "example.com", DCV_SOURCE_CONSTRUCTED, "example.com"},
    {"certum", "2026-11-21", "a.example.pl", "example.pl", DCV_SOURCE_CONSTRUCTED, "a.example.pl example.pl"},
    {"certum", "2026-11-21", "www.a.example.pl", "example.pl", DCV_SOURCE_CONSTRUCTED,
     "www.a.example.pl a.example.pl example.pl"},
    {"digicert", "2026-11-21", "a.b.example.com", "example.com", DCV_SOURCE_CONSTRUCTED, "a.b.example.com example.com"},
    {"digicert", "2026-11-21", "a.b.example.com", "example.com", DCV_SOURCE_TXT_CONTACT, "a.b.example.com example.com"},
};

static bool is_permitted(const struct dcv_ca *ca, enum dcv_source source, dcv_date date, const struct dcv_name name[3])
{
    for (size_t i = 0; i < ca->offer_count; i++) {
        const struct dcv_offer *offer = &ca->offers[i];
        if (offer->source == source && offer->offered == DCV_YES && dcv_date_within(date, offer->from, offer->until) &&
            dcv_level_covers(offer->level, &name[0], &name[1], &name[2]))
            return true;
    }
    return false;
}

START_TEST(adns)
{
    const struct dcv_ca *ca = ca_of(permitted[_i].ca);
    struct dcv_name name[3]; /* the name, its base, the ADN */
    ck_assert_int_eq(dcv_name_parse(permitted[_i].name, &name[0], NULL), DCV_OK);
    ck_assert_int_eq(dcv_name_parse(permitted[_i].base, &name[1], NULL), DCV_OK);
    struct dcv_buf got;
    dcv_buf_init(&got, 512);
    for (name[2] = name[0]; dcv_name_under(&name[2], &name[1]); (void)dcv_name_parent(&name[2], &name[2])) {
        char text[DCV_NAME_TEXT_MAX];
        if (is_permitted(ca, permitted[_i].source, day(permitted[_i].as_of), name))
            dcv_buf_printf(&got, "%s%s", got.len != 0 ? " " : "", dcv_name_text(&name[2], text));
    }
    ck_assert_msg(strcmp(dcv_buf_text(&got), permitted[_i].adns) == 0, "%s, %s, %s, %s: \"%s\", expected \"%s\"",
                  ca->id, permitted[_i].as_of, permitted[_i].name, dcv_source_text(permitted[_i].source),
                  dcv_buf_text(&got), permitted[_i].adns);
    dcv_buf_done(&got);
}
END_TEST

START_TEST(whois_roles)
{
    static const struct {
        const char *ca, *roles;
    } rows[] = {
        {"iij-digicert", "public admin tech "},
        {"iij-cybertrust", "public registrant admin tech "},
        {"iij-globalsign", "public admin tech "},
        {"sectigo", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct dcv_ca *ca = ca_of(rows[i].ca);
        for (size_t j = 0; j < ca->offer_count; j++) {
            char got[128] = "";
            if (ca->offers[j].source != DCV_SOURCE_WHOIS && ca->offers[j].source != DCV_SOURCE_RDAP)
                continue;
            for (const char *const *role = ca->offers[j].roles; role != NULL && *role != NULL; role++) {
                strncat(got, *role, sizeof got - 1 - strlen(got));
                strncat(got, " ", sizeof got - 1 - strlen(got));
            }
            ck_assert_str_eq(got, rows[i].roles);
        }
    }
}
END_TEST

START_TEST(recipients_by_date)
{
    const struct dcv_ca *ca = ca_of("iij-cybertrust");
    ck_assert_int_eq(dcv_ca_recipients(ca, day("2025-06-25")), DCV_RECIPIENTS_ALL);
    ck_assert_int_eq(dcv_ca_recipients(ca, day("2025-06-26")), DCV_RECIPIENTS_ONE);
    ck_assert_int_eq(dcv_ca_recipients(ca_of("amazon"), day("2026-11-21")), DCV_RECIPIENTS_ALL);
}
END_TEST

START_TEST(limits)
{
    const struct dcv_ca *ca = ca_of("digicert");
    ck_assert_ptr_null(dcv_ca_limit(ca, day("2026-02-23")));
    ck_assert_int_eq(dcv_ca_limit(ca, day("2026-02-24"))->validity_days, 199);
    ck_assert_int_eq(dcv_ca_limit(ca, day("2026-02-24"))->reuse_days, 199);
    ck_assert_int_eq(dcv_ca_limit(ca_of("globalsign"), day("2026-11-21"))->validity_days, 199);
    ck_assert_int_eq(dcv_ca_limit(ca_of("globalsign"), day("2026-11-21"))->reuse_days, 0);
    ck_assert_int_eq(dcv_ca_limit(ca_of("jprs"), day("2026-02-18"))->validity_months, 5);
    ck_assert_int_eq(dcv_ca_last_reuse_day(ca, day("2026-04-01"), DCV_METHOD_DNS_CHANGE), day("2026-10-17"));
    ck_assert_int_eq(dcv_ca_last_reuse_day(ca, day("2025-08-01"), DCV_METHOD_DNS_CHANGE), day("2026-02-23"));
    ck_assert_int_eq(dcv_ca_last_reuse_day(ca_of("sectigo"), day("2026-11-21"), DCV_METHOD_CONSTRUCTED),
                     day("2027-03-14"));
    ck_assert_int_eq(dcv_ca_last_reuse_day(ca, day("2028-03-15"), DCV_METHOD_CONSTRUCTED), DCV_DATE_NONE);
}
END_TEST

START_TEST(contactemail_tag)
{
    static const char *const yes[] = {"baseline", "digicert", "iij-digicert", "sectigo", "entrust", "ssl-com", "telia"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        ck_assert_int_eq(ca_of(yes[i])->contactemail_critical_ok, DCV_YES);
    ck_assert_int_eq(ca_of("letsencrypt")->contactemail_critical_ok, DCV_NO);
    ck_assert_int_eq(ca_of("godaddy")->contactemail_critical_ok, DCV_UNKNOWN);
}
END_TEST

START_TEST(products)
{
    const struct dcv_ca *ca = ca_of("iij-globalsign");
    ck_assert_uint_eq(ca->product_count, 4);
    ck_assert_str_eq(ca->products[1].id, "quick-auth-wildcard");
    ck_assert_str_eq(ca->products[1].validation, "DV");
    ck_assert(ca->products[1].wildcard);
    ck_assert_str_eq(ca->products[1].servers, "several");
    ck_assert_uint_eq(ca_of("iij-digicert")->product_count, 8);
    ck_assert_str_eq(ca_of("iij-digicert")->products[0].servers, "one");
    ck_assert_uint_eq(ca_of("iij-cybertrust")->product_count, 2);
}
END_TEST

/* The kinds of the steps of each product, by their first letters, and a text that the step of the intent holds. */
static const struct {
    const char *id, *ca, *steps, *intent;
} sold[] = {
    {"secure-server-id", "iij-digicert", "mnidin", "by telephone or mail within 1 to 2 weeks"},
    {"secure-server-id-cloud", "iij-digicert", "mnidin", "Teikoku Databank or Tokyo Shoko Research"},
    {"secure-server-id-ev", "iij-digicert", "mnidin", "telephone"},
    {"secure-server-id-ev-cloud", "iij-digicert", "mnidin", "telephone"},
    {"global-server-id", "iij-digicert", "mnidin", "telephone"},
    {"global-server-id-cloud", "iij-digicert", "mnidin", "telephone"},
    {"global-server-id-ev", "iij-digicert", "mnidin", "telephone"},
    {"global-server-id-ev-cloud", "iij-digicert", "mnidin", "telephone"},
    {"sureserver", "iij-cybertrust", "mnidin", "telephone"},
    {"sureserver-ev", "iij-cybertrust", "mnidin", "telephone"},
    {"quick-auth", "iij-globalsign", "minin", "The same mail"},
    {"quick-auth-wildcard", "iij-globalsign", "minin", "The same mail"},
    {"org-auth", "iij-globalsign", "mnidin", "telephone"},
    {"org-auth-wildcard", "iij-globalsign", "mnidin", "telephone"},
};

START_TEST(steps)
{
    const struct dcv_ca *ca = NULL;
    const struct dcv_product *product = dcv_product_find(set, sold[_i].id, &ca);
    ck_assert_ptr_nonnull(product);
    ck_assert_str_eq(ca->id, sold[_i].ca);
    char kinds[16] = "";
    const char *intent = "";
    for (size_t i = 0; i < product->step_count; i++) {
        const struct dcv_step *step = &product->steps[i];
        kinds[i] = dcv_step_kind_text(step->kind)[0];
        if (step->kind == DCV_STEP_INTENT)
            intent = step->en;
        ck_assert_ptr_nonnull(step->ref.key);
    }
    ck_assert_str_eq(kinds, sold[_i].steps);
    ck_assert_msg(strstr(intent, sold[_i].intent) != NULL, "%s: %s", product->id, intent);
}
END_TEST

START_TEST(notices_and_requests)
{
    static const char *const ids[] = {"iij-digicert", "iij-cybertrust", "iij-globalsign"};
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        const struct dcv_ca *ca = ca_of(ids[i]);
        ck_assert_uint_eq(ca->notice_count, 2);
        ck_assert_int_eq(ca->notice_days[0], 35);
        ck_assert_int_eq(ca->notice_days[1], 30);
        ck_assert_int_eq(ca->csr.rsa_bits_min, 2048);
        /* Of the printable characters these six are refused. */
        for (int c = ' '; c <= '~'; c++)
            ck_assert_int_eq(strchr(ca->csr.dn_characters, c) == NULL, strchr("\"$<>\\~", c) != NULL);
    }
    ck_assert_uint_eq(ca_of("sectigo")->notice_count, 0);
    ck_assert_ptr_null(ca_of("sectigo")->csr.dn_characters);
    ck_assert_int_eq(ca_of("sectigo")->csr.rsa_bits_min, 0);
}
END_TEST

START_TEST(nearest_product)
{
    const struct dcv_ca *ca = NULL;
    ck_assert_ptr_null(dcv_product_find(set, "quick-aut", &ca));
    ck_assert_ptr_null(ca);
    ck_assert_pstr_eq(dcv_product_nearest(set, "quick-aut"), "quick-auth");
    ck_assert_pstr_eq(dcv_product_nearest(set, "sure-server"), "sureserver");
    ck_assert_pstr_eq(dcv_product_nearest(set, "org"), "org-auth");
    ck_assert_pstr_eq(dcv_product_nearest(set, "xyzzy"), NULL);
}
END_TEST

START_TEST(find_and_nearest)
{
    static const struct {
        const char *id, *nearest;
    } rows[] = {
        {"digisert", "digicert"},
        {"sectgo", "sectigo"},
        {"lets-encrypt", "letsencrypt"},
        {"ssl.com", "ssl-com"},
        {"google", "google-trust-services"},
        {"iij-digcert", "iij-digicert"},
        {"nii", "nii-upki"},
        {"xyzzy-none", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_pstr_eq(dcv_ca_nearest(set, rows[i].id), rows[i].nearest);
    ck_assert_ptr_eq(dcv_ca_find(set, "DigiCert"), ca_of("digicert"));
    ck_assert_ptr_null(dcv_ca_find(set, "digicer"));
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
    Suite *suite = suite_create("profile");
    TCase *tests = tcase_create("profile");
    tcase_add_checked_fixture(tests, open_set, close_set);
    tcase_add_loop_test(tests, profiles, 0, PROFILES);
    tcase_add_loop_test(tests, every_fact_has_a_source, 0, PROFILES);
    tcase_add_loop_test(tests, adns, 0, COUNT(permitted));
    tcase_add_test(tests, whois_roles);
    tcase_add_test(tests, recipients_by_date);
    tcase_add_test(tests, limits);
    tcase_add_test(tests, contactemail_tag);
    tcase_add_test(tests, products);
    tcase_add_loop_test(tests, steps, 0, COUNT(sold));
    tcase_add_test(tests, notices_and_requests);
    tcase_add_test(tests, nearest_product);
    tcase_add_test(tests, find_and_nearest);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
