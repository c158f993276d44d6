#include "ca/distance.h"
#include "ca/set.h"
#include "name/psl.h"

#include <check.h>
#include <stdlib.h>

static struct dcv_ca_set *set;
static struct dcv_psl *psl;

static void open_set(void)
{
    ck_assert_int_eq(dcv_psl_create(NULL, &psl), DCV_OK);
    char *error = NULL;
    const enum dcv_status status = dcv_ca_set_create(NULL, &set, &error);
    ck_assert_msg(status == DCV_OK, "%s", error != NULL ? error : "no message");
}

static void close_set(void)
{
    dcv_ca_set_free(set);
    dcv_psl_free(psl);
}

static const struct {
    const char *a, *b;
    size_t distance;
} distances[] = {
    {"", "", 0},
    {"", "abc", 3},
    {"abc", "", 3},
    {"abc", "ABC", 0},
    {"kitten", "sitting", 3},
    {"ab", "ba", 1},
    {"abcd", "acbd", 1},
    {"digicert", "digcert", 1},
    {"ca", "abc", 3},
    {"sectigo.com", "sectigo.co", 1},
};

START_TEST(distance)
{
    ck_assert_uint_eq(dcv_distance(distances[_i].a, distances[_i].b), distances[_i].distance);
    ck_assert_uint_eq(dcv_distance(distances[_i].b, distances[_i].a), distances[_i].distance);
}
END_TEST

START_TEST(distance_of_long_texts)
{
    char longer[300];
    for (size_t i = 0; i < sizeof longer; i++)
        longer[i] = i + 1 < sizeof longer ? 'a' : '\0';
    ck_assert_uint_eq(dcv_distance(longer, "a"), DCV_DISTANCE_FAR);
    ck_assert_uint_eq(dcv_distance("a", longer), DCV_DISTANCE_FAR);
    longer[255] = '\0';
    ck_assert_uint_eq(dcv_distance(longer, longer), 0);
}
END_TEST

static const struct {
    const char *domain, *owner;
} owners[] = {
    {"letsencrypt.org", "Let's Encrypt"},
    {"LetsEncrypt.ORG", "Let's Encrypt"},
    {"digicert.com", "DigiCert, Inc."},
    {"digicert.ne.jp", "DigiCert, Inc."},
    {"amazon.com", "Amazon"},
    {"acme.jprs.jp", "Japan Registry Services Co., Ltd."},
    {"cybertrust.ne.jp", "Cybertrust Japan Co., Ltd."},
    {"harica.gr", "Hellenic Academic and Research Institutions CA"},
    {"gtlsca.nat.gov.tw", "行政院"},
    {"example.com", NULL},
    {"letsencrypt.org.", NULL},
    {"", NULL},
};

START_TEST(owner)
{
    const char *name = dcv_issuer_owner(set, owners[_i].domain);
    if (owners[_i].owner == NULL)
        ck_assert_ptr_null(name);
    else
        ck_assert_pstr_eq(name, owners[_i].owner);
}
END_TEST

/* What a profile accepts is known to have an owner. */
START_TEST(profiles_domains_have_owners)
{
    for (size_t i = 0; i < dcv_ca_count(set); i++) {
        const struct dcv_ca *ca = dcv_ca_at(set, i);
        for (size_t j = 0; j < ca->issuer_domain_count; j++)
            ck_assert_msg(dcv_issuer_owner(set, ca->issuer_domains[j].domain) != NULL, "%s: %s", ca->id,
                          ca->issuer_domains[j].domain);
    }
}
END_TEST

static const struct {
    const char *domain, *nearest;
} typos[] = {
    {"letsencrypt.com", NULL}, /* three letters away */
    {"letsencypt.org", "letsencrypt.org"},
    {"lets-encrypt.org", "letsencrypt.org"},
    {"ltesencrypt.org", "letsencrypt.org"},
    {"digicert.co", "digicert.com"},
    {"DIGICERT.CM", "digicert.com"},
    {"sectigo.comm", "sectigo.com"},
    {"digicert.com", NULL}, /* not mistyped */
    {"DigiCert.com", NULL},
    {"example.net", NULL},
    {"", NULL},
    {";", NULL},
};

START_TEST(nearest)
{
    ck_assert_pstr_eq(dcv_issuer_nearest(set, typos[_i].domain), typos[_i].nearest);
}
END_TEST

static const struct {
    const char *domain, *meant;
} written[] = {
    /* below an issuer domain */
    {"www.letsencrypt.org", "letsencrypt.org"},
    {"WWW.LetsEncrypt.org", "letsencrypt.org"},
    {"www.acme.jprs.jp", "acme.jprs.jp"},
    {"x.y.jprs.jp", "jprs.jp"},
    {"ww.digicert.com", "digicert.com"}, /* and a letter from www.digicert.com */
    {"xletsencrypt.org", "letsencrypt.org"},
    {"acm.amazonaws.com", "amazonaws.com"},
    {"xyzamazonaws.com", NULL},
    /* by a letter or two */
    {"letsencypt.org", "letsencrypt.org"},
    {"ssl.co", "ssl.com"}, /* though ssl.gov.sa has the label, too */
    /* under another suffix */
    {"letsencrypt.com", "letsencrypt.org"},
    {"LETSENCRYPT.COM", "letsencrypt.org"},
    {"www.letsencrypt.com", "letsencrypt.org"},
    {"letsencrypt", "letsencrypt.org"},
    {"globalsign.co.jp", "globalsign.com"},
    {"globalsign.com.jp", NULL}, /* com.jp is a domain like others */
    {"digicert.co", "digicert.com"},
    {"digicert.co.jp", "digicert.com"}, /* and not digicert.ne.jp, two letters away */
    {"entrust.com", "entrust.net"},     /* and not geotrust.com */
    {"amazon.co.jp", "amazon.com"}, /* and not aws.amazon.com */
    {"aws.amazon.co.jp", "amazon.com"},
    {"amazonaws.co.jp", "amazonaws.com"},
    {"cybertrust.jp", "cybertrust.ne.jp"}, /* the one that the CA names first */
    {"certum.example", "certum.pl"},
    {"harica.example", "harica.gr"},
    {"digitalcertvalidation.net", "digitalcertvalidation.com"}, /* the shortest */
    {"dfn.example", "dfn.de"},
    {"eviden.com", "pki.eviden.com"},
    {"ssl.example", NULL}, /* whose? */
    {"letsencrypt.foo.com", NULL},
    {"letsencrypt-x.com", NULL},
    /* a brand */
    {"zerossl.com", "sectigo.com"},
    {"www.ZeroSSL.com", "sectigo.com"},
    {"zerossl", "sectigo.com"},
    {"comodo", "sectigo.com"},
    {"comodo.net", "sectigo.com"},
    {"comodo.com", NULL}, /* deprecated, but known */
    {"alphassl.com", "globalsign.com"},
    {"google.com", "pki.goog"},
    {"google.co.jp", "pki.goog"},
    {"zerossl.example.com", NULL},
    {"myzerossl.com", NULL},
    /* nothing of the kind */
    {"example.com", NULL},
    {"example", NULL},
    {"com", NULL},
    {"co.jp", NULL},
    {"fujissl.jp", NULL},
    {"", NULL},
    {".", NULL},
    {"a..b", NULL},
    {";", NULL},
};

START_TEST(meant)
{
    ck_assert_pstr_eq(dcv_issuer_meant(set, psl, written[_i].domain), written[_i].meant);
}
END_TEST

/* Nothing is found wrong with a domain that is known, and no other domain is ever proposed but a known one. */
START_TEST(known_domains_are_meant)
{
    for (size_t i = 0; i < set->issuer_count; i++)
        ck_assert_msg(dcv_issuer_meant(set, psl, set->issuers[i].domain) == NULL, "%s", set->issuers[i].domain);
    for (size_t i = 0; i < set->brand_count; i++)
        ck_assert_msg(dcv_issuer_owner(set, set->brands[i].issuer) != NULL, "%s", set->brands[i].label);
}
END_TEST

static const struct {
    const char *ca, *domain;
    bool accepts;
} accepted[] = {
    {"digicert", "digicert.com", true},
    {"digicert", "DigiCert.COM", true},
    {"digicert", "amazontrust.com", true},
    {"digicert", "aws.amazon.com", false},
    {"amazon", "aws.amazon.com", true},
    {"amazon", "digicert.com", false},
    {"sectigo", "comodoca.com", true},
    {"sectigo", "zerossl.com", false},
    {"entrust", "entrust.net", true},
    {"ssl-com", "affirmtrust.com", true},
    {"iij-cybertrust", "cybertrust.co.jp", true},
    {"iij-digicert", "cybertrust.ne.jp", true},
    {"jprs", "acme.jprs.jp", false},
    {"telia", "acme.trust.telia.com", false},
    {"fujissl", "sectigo.com", false},
    {"baseline", "digicert.com", false},
};

static const struct {
    const char *organisation, *ca; /* NULL: not known */
} organisations[] = {
    {"DigiCert Inc", "digicert"}, {"DigiCert, Inc.", "digicert"}, {"GlobalSign nv-sa", "globalsign"}, {"Sectigo Limited", "sectigo"},
    {"Let's Encrypt", "letsencrypt"}, {"SECOM Trust Systems CO.,LTD.", "secom"}, {"SECOM Trust Systems Co., Ltd.", "secom"},
    {"Japan Registry Services Co., Ltd.", "jprs"}, {"GoDaddy.com, Inc.", "godaddy"}, {"Starfield Technologies, Inc.", "godaddy"},
    {"Google Trust Services LLC", "google-trust-services"}, {"Actalis S.p.A.", "actalis"}, {"Amazon", "amazon"},
    {"Asseco Data Systems S.A.", "certum"}, {"Cybertrust Japan Co., Ltd.", "cybertrust"}, {"SSL Corporation", "ssl-com"},
    {"SwissSign AG", "swisssign"}, {"Telia Company AB", "telia"}, {"Buypass AS-983163327", "buypass"}, {"IdenTrust", "identrust"},
    {"Example Trust", NULL}, {"Digi", NULL}, {"DigiCert Example", NULL}, {"", NULL}, {"Inc.", NULL}, {"(GeoTrust)", NULL},
};

START_TEST(organisation)
{
    const struct dcv_ca *ca = dcv_ca_of_organisation(set, organisations[_i].organisation);
    ck_assert_pstr_eq(ca != NULL ? ca->id : NULL, organisations[_i].ca);
}
END_TEST

START_TEST(accepts)
{
    const struct dcv_ca *ca = dcv_ca_find(set, accepted[_i].ca);
    ck_assert_ptr_nonnull(ca);
    ck_assert_int_eq(dcv_ca_accepts_issuer(ca, accepted[_i].domain), accepted[_i].accepts);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
    Suite *suite = suite_create("issuer");
    TCase *tests = tcase_create("issuer");
    tcase_add_checked_fixture(tests, open_set, close_set);
    tcase_add_loop_test(tests, distance, 0, COUNT(distances));
    tcase_add_test(tests, distance_of_long_texts);
    tcase_add_loop_test(tests, owner, 0, COUNT(owners));
    tcase_add_test(tests, profiles_domains_have_owners);
    tcase_add_loop_test(tests, nearest, 0, COUNT(typos));
    tcase_add_loop_test(tests, meant, 0, COUNT(written));
    tcase_add_test(tests, known_domains_are_meant);
    tcase_add_loop_test(tests, organisation, 0, COUNT(organisations));
    tcase_add_loop_test(tests, accepts, 0, COUNT(accepted));
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
