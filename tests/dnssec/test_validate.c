/* Answers of a tree whose chain holds: positive ones, made from wildcards, aliases, and denials. */
#include "dnssec/tree.h"

static void setup(void)
{
    plant();
    answer = (struct dcv_message){.rcode = 0};
}

/* Records and what signs them; several for one answer. */
struct part {
    enum { ANSWER = 1, AUTHORITY } in;
    enum { NOBODY, EXAMPLE, TEST, ROOT, OTHER /* example.net., of its own chain */ } by;
    const char *lines;
    struct signing how;
};

enum { PARTS = 6 };

struct row {
    const char *what, *name;
    uint16_t type, rcode;
    struct part parts[PARTS];
    const char *verdict;
};

static struct signer *net_key;

/* example.net., signed as example.test. is, and plain.test., which is not signed. */
static void plant_more(void)
{
    struct signer *top = other_key("net.", SIGN_ED25519, SIGN_KSK);
    net_key = other_key("example.net.", SIGN_ED25519, SIGN_KSK);
    put_answer("net.", DCV_TYPE_DS, root_key, signer_ds(top, 2), NULL);
    put_keys("net.", top);
    put_answer("example.net.", DCV_TYPE_DS, top, signer_ds(net_key, 2), NULL);
    put_keys("example.net.", net_key);
    put_denial("plain.test.", test_key, "plain.test. 300 IN NSEC x.test. NS RRSIG NSEC");
}

/* What the DS lookups at names of the signed zone say: none is a cut. */
static void plant_denials(void)
{
    static const char *const names[] = {"www", "a", "b", "c", "x.a", "y.x.a", "d", "e.d", "nowhere", "alias", "wild", "x.wild", "dname",
        "x.dname"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[64], line[256];
        (void)snprintf(name, sizeof name, "%s.example.test.", names[i]);
        (void)snprintf(line, sizeof line, "%s 300 IN NSEC \\000.%s A RRSIG NSEC", name, name);
        put_denial(name, example_key, line);
    }
}

static void put_part(const struct part *part)
{
    struct signer *const signers[] = {NULL, example_key, test_key, root_key, net_key};
    struct dcv_rrs *section = part->in == ANSWER ? &answer.answer : &answer.authority;
    if (part->by == NOBODY)
        put_records(arena, section, part->lines);
    else
        put_signed(arena, section, signers[part->by], part->lines, &part->how);
}

#define WWW "www.example.test. 300 IN A 192.0.2.1"
#define WILD "*.wild.example.test. 300 IN A 192.0.2.1"
#define APEX "example.test. 300 IN NSEC a.example.test. SOA NS RRSIG NSEC DNSKEY"
#define TO_NET "alias.example.test. 300 IN CNAME www.example.net."
#define NET "www.example.net. 300 IN A 192.0.2.1"
#define EXPIRED {.expiration = SIGN_NOW - 5}
#define A DCV_TYPE_A

static const struct row positives[] = {
    {"as it should be", "www.example.test", A, 0, {{ANSWER, EXAMPLE, WWW, {0}}}, "secure"},
    {"asked in upper case", "WWW.Example.TEST", A, 0, {{ANSWER, EXAMPLE, WWW, {0}}}, "secure"},
    {"at the apex", "example.test", A, 0, {{ANSWER, EXAMPLE, "example.test. 300 IN A 192.0.2.1", {0}}}, "secure"},
    {"several labels below", "y.x.a.example.test", A, 0, {{ANSWER, EXAMPLE, "y.x.a.example.test. 300 IN A 192.0.2.1", {0}}}, "secure"},
    {"twice", "www.example.test", A, 0, {{ANSWER, EXAMPLE, WWW, {0}}, {ANSWER, NOBODY, WWW, {0}}}, "secure"},
    {"not signed", "www.example.test", A, 0, {{ANSWER, NOBODY, WWW, {0}}}, "bogus signature-missing example.test www.example.test A"},
    {"not signed, below", "y.x.a.example.test", A, 0, {{ANSWER, NOBODY, "y.x.a.example.test. 300 IN A 192.0.2.1", {0}}},
     "bogus signature-missing example.test y.x.a.example.test A"},
    {"signature over another type", "www.example.test", A, 0,
     {{ANSWER, NOBODY, WWW, {0}}, {ANSWER, EXAMPLE, "www.example.test. 300 IN TXT \"a\"", {.alone = true}}},
     "bogus signature-missing example.test www.example.test A"},
    {"expired", "www.example.test", A, 0, {{ANSWER, EXAMPLE, WWW, EXPIRED}}, "bogus signature-expired example.test www.example.test A"},
    {"not yet", "www.example.test", A, 0, {{ANSWER, EXAMPLE, WWW, {.inception = SIGN_NOW + 5}}},
     "bogus signature-not-yet-valid example.test www.example.test A"},
    {"wrong", "www.example.test", A, 0, {{ANSWER, EXAMPLE, WWW, {.spoilt = true}}},
     "bogus signature-invalid example.test www.example.test A"},
    {"one forged", "www.example.test", A, 0, {{ANSWER, EXAMPLE, WWW, {0}}, {ANSWER, NOBODY, "www.example.test. 300 IN A 192.0.2.66", {0}}},
     "bogus signature-invalid example.test www.example.test A"},
    {"tag of no key", "www.example.test", A, 0, {{ANSWER, EXAMPLE, WWW, {.tag = 1}}}, "bogus key-missing example.test www.example.test A"},
    {"in the name of the parent", "www.example.test", A, 0, {{ANSWER, EXAMPLE, WWW, {.signer = "test."}}},
     "bogus key-missing test www.example.test A"},
    {"in the name of another", "www.example.test", A, 0, {{ANSWER, OTHER, WWW, {0}}}, "bogus signer-wrong example.net www.example.test A"},
    {"both, the right one is enough", "www.example.test", A, 0, {{ANSWER, EXAMPLE, WWW, {0}},
     {ANSWER, OTHER, WWW, {.alone = true}}}, "secure"},
    {"others that are not asked for", "www.example.test", A, 0, {{ANSWER, EXAMPLE, WWW, {0}},
     {ANSWER, NOBODY, "a.example.test. 300 IN A 192.0.2.66", {0}}},
     "secure"},
    {"the zone's keys", "example.test", DCV_TYPE_CAA, 0, {{ANSWER, EXAMPLE, "example.test. 300 IN CAA 0 issue \";\"", {0}}}, "secure"},
    {"unsigned zone", "www.plain.test", A, 0, {{ANSWER, NOBODY, "www.plain.test. 300 IN A 192.0.2.1", {0}}},
     "insecure unsigned plain.test - -"},
    {"unsigned zone, signed by nobody that counts", "www.plain.test", A, 0, {{ANSWER, OTHER, "www.plain.test. 300 IN A 192.0.2.1", {0}}},
     "insecure unsigned plain.test - -"},
    {"unsigned zone, at its apex", "plain.test", DCV_TYPE_NS, 0, {{ANSWER, NOBODY, "plain.test. 300 IN NS ns.plain.test.", {0}}},
     "insecure unsigned plain.test - -"},
    {"a DS", "plain.test", DCV_TYPE_DS, 0, {{AUTHORITY, TEST, "plain.test. 300 IN NSEC x.test. NS RRSIG NSEC", {0}}}, "secure"},
    {"no answer", "www.example.test", A, 2, {{0}}, "indeterminate chain-unanswered - www.example.test A"},
};

static const struct row wildcards[] = {
    {"with its proof", "x.wild.example.test", A, 0,
     {{ANSWER, EXAMPLE, WILD, {.owner = "x.wild.example.test."}},
      {AUTHORITY, EXAMPLE, "*.wild.example.test. 300 IN NSEC www.example.test. A RRSIG NSEC", {0}}},
     "secure"},
    {"without", "x.wild.example.test", A, 0, {{ANSWER, EXAMPLE, WILD, {.owner = "x.wild.example.test."}}},
     "bogus denial-missing example.test x.wild.example.test A"},
    {"with another proof", "x.wild.example.test", A, 0,
     {{ANSWER, EXAMPLE, WILD, {.owner = "x.wild.example.test."}}, {AUTHORITY, EXAMPLE, APEX, {0}}},
     "bogus denial-wrong example.test x.wild.example.test A"},
    {"with one not signed", "x.wild.example.test", A, 0,
     {{ANSWER, EXAMPLE, WILD, {.owner = "x.wild.example.test."}},
      {AUTHORITY, NOBODY, "*.wild.example.test. 300 IN NSEC www.example.test. A RRSIG NSEC", {0}}},
     "bogus signature-missing example.test *.wild.example.test NSEC"},
    {"with one that expired", "x.wild.example.test", A, 0,
     {{ANSWER, EXAMPLE, WILD, {.owner = "x.wild.example.test."}},
      {AUTHORITY, EXAMPLE, "*.wild.example.test. 300 IN NSEC www.example.test. A RRSIG NSEC", EXPIRED}},
     "bogus signature-expired example.test *.wild.example.test NSEC"},
    {"the wildcard itself", "*.wild.example.test", A, 0, {{ANSWER, EXAMPLE, WILD, {0}}}, "secure"},
    {"an alias from a wildcard", "x.wild.example.test", A, 0,
     {{ANSWER, EXAMPLE, "*.wild.example.test. 300 IN CNAME www.example.test.", {.owner = "x.wild.example.test."}},
      {ANSWER, EXAMPLE, WWW, {0}},
      {AUTHORITY, EXAMPLE, "*.wild.example.test. 300 IN NSEC www.example.test. CNAME RRSIG NSEC", {0}}},
     "secure"},
    {"an alias from a wildcard, not proven", "x.wild.example.test", A, 0,
     {{ANSWER, EXAMPLE, "*.wild.example.test. 300 IN CNAME www.example.test.", {.owner = "x.wild.example.test."}},
      {ANSWER, EXAMPLE, WWW, {0}}},
     "bogus denial-missing example.test x.wild.example.test CNAME"},
};

static const struct row aliases[] = {
    {"within the zone", "alias.example.test", A, 0,
     {{ANSWER, EXAMPLE, "alias.example.test. 300 IN CNAME www.example.test.", {0}}, {ANSWER, EXAMPLE, WWW, {0}}}, "secure"},
    {"to another zone", "alias.example.test", A, 0, {{ANSWER, EXAMPLE, TO_NET, {0}}, {ANSWER, OTHER, NET, {0}}}, "secure"},
    {"in another order", "alias.example.test", A, 0, {{ANSWER, OTHER, NET, {0}}, {ANSWER, EXAMPLE, TO_NET, {0}}}, "secure"},
    {"the target expired", "alias.example.test", A, 0, {{ANSWER, EXAMPLE, TO_NET, {0}}, {ANSWER, OTHER, NET, EXPIRED}},
     "bogus signature-expired example.net www.example.net A"},
    {"the alias expired", "alias.example.test", A, 0, {{ANSWER, EXAMPLE, TO_NET, EXPIRED}, {ANSWER, OTHER, NET, {0}}},
     "bogus signature-expired example.test alias.example.test CNAME"},
    {"the alias not signed", "alias.example.test", A, 0, {{ANSWER, NOBODY, TO_NET, {0}}, {ANSWER, OTHER, NET, {0}}},
     "bogus signature-missing example.test alias.example.test CNAME"},
    {"to an unsigned zone", "alias.example.test", A, 0,
     {{ANSWER, EXAMPLE, "alias.example.test. 300 IN CNAME www.plain.test.", {0}},
      {ANSWER, NOBODY, "www.plain.test. 300 IN A 192.0.2.1", {0}}},
     "insecure unsigned plain.test - -"},
    {"from an unsigned zone to what is bogus", "www.plain.test", A, 0,
     {{ANSWER, NOBODY, "www.plain.test. 300 IN CNAME www.example.test.", {0}}, {ANSWER, EXAMPLE, WWW, EXPIRED}},
     "bogus signature-expired example.test www.example.test A"},
    {"asked for itself", "alias.example.test", DCV_TYPE_CNAME, 0, {{ANSWER, EXAMPLE, TO_NET, {0}}}, "secure"},
    {"to what is not there", "alias.example.test", A, 3,
     {{ANSWER, EXAMPLE, "alias.example.test. 300 IN CNAME nowhere.example.test.", {0}}, {AUTHORITY, EXAMPLE, APEX, {0}},
      {AUTHORITY, EXAMPLE, "e.d.example.test. 300 IN NSEC www.example.test. A RRSIG NSEC", {0}}},
     "secure"},
    {"to what is not there, with NOERROR", "alias.example.test", A, 0,
     {{ANSWER, EXAMPLE, "alias.example.test. 300 IN CNAME nowhere.example.test.", {0}}, {AUTHORITY, EXAMPLE, APEX, {0}},
      {AUTHORITY, EXAMPLE, "e.d.example.test. 300 IN NSEC www.example.test. A RRSIG NSEC", {0}}},
     "secure"},
    {"to a name without the type", "alias.example.test", A, 0,
     {{ANSWER, EXAMPLE, "alias.example.test. 300 IN CNAME www.example.test.", {0}},
      {AUTHORITY, EXAMPLE, "www.example.test. 300 IN NSEC example.test. TXT RRSIG NSEC", {0}}},
     "secure"},
    {"the target is left out", "alias.example.test", A, 0, {{ANSWER, EXAMPLE, "alias.example.test. 300 IN CNAME www.example.test.", {0}}},
     "bogus denial-missing example.test www.example.test A"},
    {"in a circle", "a.example.test", A, 0,
     {{ANSWER, EXAMPLE, "a.example.test. 300 IN CNAME b.example.test.", {0}},
      {ANSWER, EXAMPLE, "b.example.test. 300 IN CNAME a.example.test.", {0}}},
     "secure"},
    {"in a circle, not signed", "a.example.test", A, 0,
     {{ANSWER, EXAMPLE, "a.example.test. 300 IN CNAME b.example.test.", {0}},
      {ANSWER, NOBODY, "b.example.test. 300 IN CNAME a.example.test.", {0}}},
     "bogus signature-missing example.test b.example.test CNAME"},
};

#define DNAME "dname.example.test. 300 IN DNAME example.net."

static const struct row dnames[] = {
    {"made from the DNAME", "www.dname.example.test", A, 0,
     {{ANSWER, EXAMPLE, DNAME, {0}}, {ANSWER, NOBODY, "www.dname.example.test. 300 IN CNAME www.example.net.", {0}},
      {ANSWER, OTHER, NET, {0}}}, "secure"},
    {"asked for itself", "www.dname.example.test", DCV_TYPE_CNAME, 0,
     {{ANSWER, EXAMPLE, DNAME, {0}}, {ANSWER, NOBODY, "www.dname.example.test. 300 IN CNAME www.example.net.", {0}}}, "secure"},
    {"another target", "www.dname.example.test", A, 0,
     {{ANSWER, EXAMPLE, DNAME, {0}}, {ANSWER, NOBODY, "www.dname.example.test. 300 IN CNAME mail.example.net.", {0}},
      {ANSWER, OTHER, "mail.example.net. 300 IN A 192.0.2.1", {0}}},
     "bogus alias-wrong example.test www.dname.example.test CNAME"},
    {"expired", "www.dname.example.test", A, 0,
     {{ANSWER, EXAMPLE, DNAME, EXPIRED}, {ANSWER, NOBODY, "www.dname.example.test. 300 IN CNAME www.example.net.", {0}},
      {ANSWER, OTHER, NET, {0}}},
     "bogus signature-expired example.test dname.example.test DNAME"},
    {"not signed", "www.dname.example.test", A, 0,
     {{ANSWER, NOBODY, DNAME, {0}}, {ANSWER, NOBODY, "www.dname.example.test. 300 IN CNAME www.example.net.", {0}},
      {ANSWER, OTHER, NET, {0}}},
     "bogus signature-missing example.test dname.example.test DNAME"},
    {"of an unsigned zone", "www.plain.test", A, 0,
     {{ANSWER, NOBODY, "plain.test. 300 IN DNAME example.net.", {0}},
      {ANSWER, NOBODY, "www.plain.test. 300 IN CNAME mail.example.net.", {0}},
      {ANSWER, OTHER, "mail.example.net. 300 IN A 192.0.2.1", {0}}},
     "insecure unsigned plain.test - -"},
    {"not above the name", "www.example.test", A, 0,
     {{ANSWER, EXAMPLE, DNAME, {0}}, {ANSWER, NOBODY, "www.example.test. 300 IN CNAME www.example.net.", {0}}, {ANSWER, OTHER, NET, {0}}},
     "bogus signature-missing example.test www.example.test CNAME"},
};

static const struct row denials[] = {
    {"no such type", "www.example.test", A, 0, {{AUTHORITY, EXAMPLE,
     "www.example.test. 300 IN NSEC example.test. TXT RRSIG NSEC", {0}}}, "secure"},
    {"the type is there", "www.example.test", A, 0, {{AUTHORITY, EXAMPLE, "www.example.test. 300 IN NSEC example.test. A RRSIG NSEC", {0}}},
     "bogus denial-wrong example.test www.example.test A"},
    {"no such name", "nowhere.example.test", A, 3,
     {{AUTHORITY, EXAMPLE, APEX, {0}},
      {AUTHORITY, EXAMPLE, "e.d.example.test. 300 IN NSEC www.example.test. A RRSIG NSEC", {0}}}, "secure"},
    {"a wildcard may be there", "nowhere.example.test", A, 3,
     {{AUTHORITY, EXAMPLE, "e.d.example.test. 300 IN NSEC www.example.test. A RRSIG NSEC", {0}}},
     "bogus denial-wrong example.test nowhere.example.test A"},
    {"an empty non-terminal", "d.example.test", A, 0, {{AUTHORITY, EXAMPLE,
     "c.example.test. 300 IN NSEC e.d.example.test. A RRSIG NSEC", {0}}},
     "secure"},
    {"an empty non-terminal, with NXDOMAIN", "d.example.test", A, 3,
     {{AUTHORITY, EXAMPLE, "c.example.test. 300 IN NSEC e.d.example.test. A RRSIG NSEC", {0}}}, "secure"},
    {"no records", "www.example.test", A, 0, {{AUTHORITY, EXAMPLE,
     "example.test. 300 IN SOA ns.example.test. admin.example.test. 1 2 3 4 5", {0}}},
     "bogus denial-missing example.test www.example.test A"},
    {"nothing at all", "nowhere.example.test", A, 3, {{0}}, "bogus denial-missing example.test nowhere.example.test A"},
    {"not signed", "www.example.test", A, 0, {{AUTHORITY, NOBODY, "www.example.test. 300 IN NSEC example.test. TXT RRSIG NSEC", {0}}},
     "bogus signature-missing example.test www.example.test NSEC"},
    {"expired", "www.example.test", A, 0, {{AUTHORITY, EXAMPLE, "www.example.test. 300 IN NSEC example.test. TXT RRSIG NSEC", EXPIRED}},
     "bogus signature-expired example.test www.example.test NSEC"},
    {"expired beside another", "nowhere.example.test", A, 3,
     {{AUTHORITY, EXAMPLE, APEX, EXPIRED}, {AUTHORITY, EXAMPLE, "e.d.example.test. 300 IN NSEC www.example.test. A RRSIG NSEC", {0}}},
     "bogus signature-expired example.test example.test NSEC"},
    {"expired, but not needed", "www.example.test", A, 0,
     {{AUTHORITY, EXAMPLE, APEX, EXPIRED},
      {AUTHORITY, EXAMPLE, "www.example.test. 300 IN NSEC example.test. TXT RRSIG NSEC", {0}}}, "secure"},
    {"by another zone", "www.example.test", A, 0, {{AUTHORITY, OTHER, "www.example.test. 300 IN NSEC example.test. TXT RRSIG NSEC", {0}}},
     "bogus denial-missing example.test www.example.test A"},
    {"by the parent", "www.example.test", A, 3, {{AUTHORITY, TEST, "example.test. 300 IN NSEC x.test. NS DS RRSIG NSEC", {0}}},
     "bogus denial-wrong test www.example.test A"},
    {"from a wildcard (CVE-2017-15105)", "x.wild.example.test", A, 0,
     {{AUTHORITY, EXAMPLE, "*.wild.example.test. 300 IN NSEC www.example.test. TXT RRSIG NSEC", {.owner = "x.wild.example.test."}}},
     "bogus denial-missing example.test x.wild.example.test A"},
    {"of an unsigned zone", "nowhere.plain.test", A, 3, {{AUTHORITY, NOBODY,
     "plain.test. 300 IN SOA ns.plain.test. admin.plain.test. 1 2 3 4 5", {0}}},
     "insecure unsigned plain.test - -"},
    {"no DS, by the child", "example.test", DCV_TYPE_DS, 0, {{AUTHORITY, EXAMPLE, APEX, {0}}}, "bogus denial-missing test example.test DS"},
    {"no DS, but there is one", "example.test", DCV_TYPE_DS, 0, {{AUTHORITY, TEST,
     "example.test. 300 IN NSEC x.test. NS DS RRSIG NSEC", {0}}},
     "bogus denial-wrong test example.test DS"},
};

static void check_row(const struct row *row)
{
    plant_more();
    plant_denials();
    answer.rcode = row->rcode;
    for (size_t i = 0; i < PARTS && row->parts[i].lines != NULL; i++)
        put_part(&row->parts[i]);
    const char *found = verdict(row->name, row->type);
    ck_assert_msg(strcmp(found, row->verdict) == 0, "%s: %s, not %s", row->what, found, row->verdict);
    ck_assert(trust.security != DCV_SECURITY_SECURE || trust.until == SIGN_NOW + 7 * DAY);
}

START_TEST(positive)
{
    check_row(&positives[_i]);
}
END_TEST

START_TEST(wildcard)
{
    check_row(&wildcards[_i]);
}
END_TEST

START_TEST(alias)
{
    check_row(&aliases[_i]);
}
END_TEST

START_TEST(dname)
{
    check_row(&dnames[_i]);
}
END_TEST

START_TEST(denial)
{
    check_row(&denials[_i]);
}
END_TEST

/* The first of all signatures to end, be it that of a denial. */
START_TEST(until_the_denial_ends)
{
    put_signed(arena, &answer.authority, example_key, "www.example.test. 300 IN NSEC example.test. TXT RRSIG NSEC",
               &(struct signing){.expiration = SIGN_NOW + 99});
    ck_assert_str_eq(verdict("www.example.test", DCV_TYPE_A), "secure");
    ck_assert_int_eq(trust.until, SIGN_NOW + 99);
    ck_assert_uint_eq(trust.until_type, DCV_TYPE_NSEC);
}
END_TEST

/* More aliases, and more records that deny, than an honest answer has. */
START_TEST(many_aliases)
{
    char line[128];
    for (unsigned i = 0; i <= DCV_RRSETS_MAX; i++) {
        (void)snprintf(line, sizeof line, "a%u.example.test. 300 IN CNAME a%u.example.test.", i, i + 1);
        put_signed(arena, &answer.answer, example_key, line, NULL);
    }
    ck_assert_int_eq(validate("a0.example.test", DCV_TYPE_A), DCV_CAUSE_TOO_MUCH_WORK);
}
END_TEST

START_TEST(many_denials)
{
    char line[128];
    for (unsigned i = 0; i <= DCV_RRSETS_MAX; i++) {
        (void)snprintf(line, sizeof line, "a%u.example.test. 300 IN NSEC a%u.example.test. A RRSIG NSEC", i, i + 1);
        put_signed(arena, &answer.authority, example_key, line, NULL);
    }
    ck_assert_int_eq(validate("www.example.test", DCV_TYPE_A), DCV_CAUSE_TOO_MUCH_WORK);
    ck_assert_uint_le(dcv_validator_counts(validator)->signatures, 5);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("validate");
    tcase_add_checked_fixture(tcase, setup, fell);
    tcase_add_loop_test(tcase, positive, 0, ROWS(positives));
    tcase_add_loop_test(tcase, wildcard, 0, ROWS(wildcards));
    tcase_add_loop_test(tcase, alias, 0, ROWS(aliases));
    tcase_add_loop_test(tcase, dname, 0, ROWS(dnames));
    tcase_add_loop_test(tcase, denial, 0, ROWS(denials));
    tcase_add_test(tcase, until_the_denial_ends);
    tcase_add_test(tcase, many_aliases);
    tcase_add_test(tcase, many_denials);
    return run_cases("validate", tcase);
}
