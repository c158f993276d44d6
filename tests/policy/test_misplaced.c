/* Contact records at wrong places, told apart from what stands there for another reason and from wildcards. */
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include "fact/misplaced.h"

#include <stdio.h>
#include <string.h>

#define MAIL                                                                                                            \
    "example.jp. IN SOA ns.example.jp. h.example.jp. 1 2 3 4 5\n"                                                       \
    "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\n"                                         \
    "www.example.jp. IN A 192.0.2.80\nwww.example.jp. IN MX 10 mail.example.jp.\n"
#define LABEL "_validation-contactemail"
#define ADDRESS "\"dcv@example.jp\"\n"
#define TXT " IN TXT "
#define ALIAS " IN CNAME "

enum { ZONE_MAX = 8000 };

/* ---- which places --------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *zone, *findings, *subject;
} places[] = {
    {"example.jp", "", "", ""},
    {"example.jp", LABEL ".example.jp." TXT ADDRESS, "", ""},
    {"example.jp", "example.jp." TXT ADDRESS, "contact-misplaced-apex", "example.jp"},
    {"example.jp", "_validation_contactemail.example.jp." TXT ADDRESS, "contact-misplaced-label", "_validation_contactemail.example.jp"},
    {"example.jp", "validation-contactemail.example.jp." TXT ADDRESS, "contact-misplaced-label", "validation-contactemail.example.jp"},
    {"example.jp", "_contactemail.example.jp." TXT ADDRESS, "contact-misplaced-label", "_contactemail.example.jp"},
    {"example.jp", "_validationcontactemail.example.jp." TXT ADDRESS, "contact-misplaced-label", "_validationcontactemail.example.jp"},
    {"example.jp", LABEL ".www.example.jp." TXT ADDRESS, "contact-misplaced-www", LABEL ".www.example.jp"},
    {"example.jp", LABEL ".example.jp.example.jp." TXT ADDRESS, "contact-misplaced-doubled", LABEL ".example.jp.example.jp"},
    {"a.example.jp", LABEL ".a.example.jp.a.example.jp." TXT ADDRESS, "contact-misplaced-doubled", LABEL ".a.example.jp.a.example.jp"},
    {"a.example.jp", LABEL ".a.example.jp.example.jp." TXT ADDRESS, "contact-misplaced-doubled", LABEL ".a.example.jp.example.jp"},
    {"a.example.jp", LABEL ".example.jp.example.jp." TXT ADDRESS, "contact-misplaced-doubled", LABEL ".example.jp.example.jp"},
    {"a.example.jp", "a.example.jp." TXT ADDRESS, "contact-misplaced-apex", "a.example.jp"},
    {"a.example.jp", "example.jp." TXT ADDRESS, "contact-misplaced-apex", "example.jp"},
    {"*.example.jp", "example.jp." TXT ADDRESS, "contact-misplaced-apex", "example.jp"},
    /* each owner once, in the order of the ADNs */
    {"a.example.jp", "example.jp." TXT ADDRESS "a.example.jp." TXT ADDRESS, "contact-misplaced-apex contact-misplaced-apex", "a.example.jp"},
    {"example.jp", "example.jp." TXT ADDRESS "_contactemail.example.jp." TXT ADDRESS, "contact-misplaced-apex contact-misplaced-label", "example.jp"},
    /* the right place of one ADN is not the wrong one of another */
    {"www.example.jp", LABEL ".www.example.jp." TXT ADDRESS, "name-subtree", ""},
    {"a.example.jp", "a.example.jp." ALIAS "www.a.example.jp.\nwww.a.example.jp. IN A 192.0.2.80\n" LABEL ".www.a.example.jp." TXT ADDRESS, "", ""},
    /* where a contact stands at the right place nothing else is looked for, and less is said about other ADNs */
    {"example.jp", LABEL ".example.jp." TXT ADDRESS "example.jp." TXT ADDRESS, "", ""},
    {"example.jp", LABEL ".example.jp." TXT "\"nothing\"\nexample.jp." TXT ADDRESS, "contact-no-at", LABEL ".example.jp"},
    {"a.example.jp", LABEL ".example.jp." TXT ADDRESS "_contactemail.a.example.jp." TXT ADDRESS, "contact-misplaced-label=notice", "_contactemail.a.example.jp"},
    {"example.jp", "example.jp. IN CAA 0 contactemail \"caa@example.jp\"\n_contactemail.example.jp." TXT ADDRESS, "contact-misplaced-label=notice",
     "_contactemail.example.jp"},
    /* one that cannot receive mail settles nothing */
    {"example.jp", "example.jp. IN CAA 0 contactemail \"caa@example.net\"\n_contactemail.example.jp." TXT ADDRESS,
     "contact-misplaced-label mail-nxdomain=notice", "_contactemail.example.jp"},
    /* through an alias */
    {"example.jp", "_contactemail.example.jp." ALIAS "c.example.net.\nc.example.net." TXT ADDRESS, "contact-misplaced-label", "_contactemail.example.jp"},
    /* whether the right place is empty is not known */
    {"example.jp", "example.jp." TXT ADDRESS "! timeout " LABEL ".example.jp TXT", "contact-failed", LABEL ".example.jp"},
};

START_TEST(found)
{
    char zone[ZONE_MAX];
    struct world world = {.name = places[_i].name, .ca = "sectigo", .as_of = "2026-11-21", .zone = zone};
    (void)snprintf(zone, sizeof zone, "%sa.example.jp. IN MX 10 mail.example.jp.\n%s", MAIL, places[_i].zone);
    world_judge(&world);
    ck_assert_msg(strcmp(world_findings(&world, 0), places[_i].findings) == 0, "%s: %s", places[_i].zone, world_findings(&world, 0));
    if (places[_i].subject[0] != '\0')
        ck_assert_str_eq(world.judged.findings.items[world.judged.cas.items[0].findings.items[0]].subject, places[_i].subject);
    ck_assert_int_eq(world.judged.cas.items[0].verdict, DCV_READY);
    world_done(&world);
}
END_TEST

/* ---- whom it concerns ------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *ca, *as_of, *name;
    const char *findings;
} readers[] = {
    {"sectigo", "2028-03-14", "example.jp", "contact-misplaced-apex"},
    {"letsencrypt", "2026-11-21", "example.jp", "ca-no-email"},
    {"godaddy", "2026-11-21", "example.jp", ""},       /* reads no TXT contact */
    {"iij-digicert", "2026-11-21", "example.jp", "contact-misplaced-apex"},
    {"iij-digicert", "2026-11-21", "www.example.jp", "name-subtree"}, /* reads it at the exact name only */
    {"fujissl", "2026-11-21", "example.jp", ""},       /* not known to read it */
};

START_TEST(concerned)
{
    struct world world = {.name = readers[_i].name, .ca = readers[_i].ca, .as_of = readers[_i].as_of, .zone = MAIL "example.jp." TXT ADDRESS};
    world_judge(&world);
    ck_assert_msg(strcmp(world_findings(&world, 0), readers[_i].findings) == 0, "%s: %s", readers[_i].ca, world_findings(&world, 0));
    world_done(&world);
}
END_TEST

/* Once the BR have ended e-mail nobody is told where a contact should stand. */
START_TEST(ended)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2028-03-15", .zone = MAIL "example.jp." TXT ADDRESS};
    world_judge(&world);
    ck_assert_ptr_null(strstr(world_findings(&world, 0), "misplaced"));
    world_done(&world);
}
END_TEST

/* ---- values ----------------------------------------------------------------------------------------------------------------------- */

#define FIX "_validation-contactemail.example.jp. IN TXT "
#define MANY "  ; and a record for each other address"

static const struct {
    const char *owner, *value;
    const char *fixline; /* NULL: nothing is found */
} values[] = {
    /* at the name itself only the bare address */
    {"", "\"dcv@example.jp\"", FIX "\"dcv@example.jp\""},
    {"", "\"  dcv@example.jp \"", FIX "\"dcv@example.jp\""},
    {"", "\"mailto:dcv@example.jp\"", FIX "\"dcv@example.jp\""},
    {"", "\"\\\"dcv@example.jp\\\"\"", FIX "\"dcv@example.jp\""},
    {"", "\"'dcv@example.jp'\"", FIX "\"dcv@example.jp\""},
    {"", "\"<dcv@example.jp>\"", FIX "\"dcv@example.jp\""},
    {"", "\"\\\"<mailto:dcv@example.jp>\\\" \"", FIX "\"dcv@example.jp\""},
    {"", "\"\\226\\128\\156dcv@example.jp\\226\\128\\157\"", FIX "\"dcv@example.jp\""},
    {"", "\"dcv@\" \"example.jp\"", FIX "\"dcv@example.jp\""},
    {"", "\"DCV@Example.JP\"", FIX "\"DCV@example.jp\""},
    {"", "\"\"", NULL},
    {"", "\" \"", NULL},
    {"", "\"\\\"\\\"\"", NULL},
    {"", "\"v=spf1 a:mail@example.jp -all\"", NULL},
    {"", "\"v=spf1 include:example.net -all\"", NULL},
    {"", "\"v=DMARC1; p=none; rua=mailto:dcv@example.jp\"", NULL},
    {"", "\"verification=dcv@example.jp\"", NULL},
    {"", "\"verify_42=dcv@example.jp\"", NULL},
    {"", "\"contact dcv@example.jp\"", NULL},
    {"", "\"DCV <dcv@example.jp>\"", NULL},
    {"", "\"dcv@example.jp, a@example.jp\"", NULL},
    {"", "\"dcv@localhost\"", NULL},
    {"", "\"dcv@192.0.2.1\"", NULL},
    {"", "\"dcv@[192.0.2.1]\"", NULL},
    {"", "\"@example.jp\"", NULL},
    {"", "\"dcv\\000@example.jp\"", NULL},
    {"", "\"\\255dcv@example.jp\"", NULL},
    /* below a label that means a contact, whatever holds an address */
    {"_contactemail.", "\"dcv@example.jp\"", FIX "\"dcv@example.jp\""},
    {"_contactemail.", "\"mailto:dcv@example.jp?subject=x\"", FIX "\"dcv@example.jp\""},
    {"_contactemail.", "\"DCV <dcv@example.jp>\"", FIX "\"dcv@example.jp\""},
    {"_contactemail.", "\"email=dcv@example.jp\"", FIX "\"dcv@example.jp\""},
    {"_contactemail.", "\" dcv@ example.jp\"", FIX "\"dcv@example.jp\""},
    {"_contactemail.", "\"\\226\\128\\156dcv@example.jp\\226\\128\\157\"", FIX "\"dcv@example.jp\""},
    {"_contactemail.", "\"dcv@example.jp.\"", FIX "\"dcv@example.jp\""},
    {"_contactemail.", "\"dcv@example.jp, a@example.jp\"", FIX "\"dcv@example.jp\"" MANY},
    {"_contactemail.", "\"\\\"a b\\\"@example.jp\"", FIX "\"\\\"a b\\\"@example.jp\""},
    {"_contactemail.", "\"\\195\\188@example.jp\"", FIX "\"\\195\\188@example.jp\""},
    {"_contactemail.", "\"dcv@example.jp\\000\"", FIX "\"dcv@example.net\"  ; your address, and nothing else"},
    {"_contactemail.", "\"nothing\"", NULL},
    {"_contactemail.", "\"\"", NULL},
    {"_contactemail.", "\"@\"", NULL},
    {"_contactemail.", "\"v=spf1 -all\"", NULL},
};

START_TEST(value)
{
    char zone[ZONE_MAX];
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = zone};
    (void)snprintf(zone, sizeof zone, "%s%sexample.jp. IN TXT %s\n", MAIL, values[_i].owner, values[_i].value);
    world_judge(&world);
    const char *id = values[_i].owner[0] == '\0' ? "contact-misplaced-apex" : "contact-misplaced-label";
    ck_assert_msg(strcmp(world_findings(&world, 0), values[_i].fixline != NULL ? id : "") == 0, "%s: %s", values[_i].value, world_findings(&world, 0));
    if (values[_i].fixline != NULL)
        ck_assert_str_eq(world_arg(world_finding(&world, 0, id), "fixline"), values[_i].fixline);
    world_done(&world);
}
END_TEST

/* Among records that stand there for a reason. */
START_TEST(among_others)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21",
                          .zone = MAIL "example.jp." TXT "\"v=spf1 -all\"\nexample.jp." TXT ADDRESS "example.jp." TXT "\"proof=1\"\n"};
    world_judge(&world);
    const struct dcv_finding *finding = world_finding(&world, 0, "contact-misplaced-apex");
    ck_assert_str_eq(world_arg(finding, "value"), "dcv@example.jp");
    ck_assert_str_eq(world_arg(finding, "fixline"), FIX "\"dcv@example.jp\"");
    ck_assert_uint_eq(finding->facts.count, 1);
    ck_assert_int_eq(dcv_facts_at(world.facts, finding->facts.items[0])->dns.type, DCV_TYPE_TXT);
    world_done(&world);
}
END_TEST

START_TEST(several_records)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21",
                          .zone = MAIL "example.jp." TXT "\"a@example.jp\"\nexample.jp." TXT "\"b@example.jp\"\n"};
    world_judge(&world);
    ck_assert_str_eq(world_findings(&world, 0), "contact-misplaced-apex");
    ck_assert_str_eq(world_arg(world_finding(&world, 0, "contact-misplaced-apex"), "fixline"), FIX "\"a@example.jp\"" MANY);
    world_done(&world);
}
END_TEST

/* What the texts need, and the place behind the alias of a contact name. */
START_TEST(arguments)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21",
                          .zone = MAIL LABEL ".example.jp." ALIAS "c.example.net.\n_contactemail.example.jp." TXT ADDRESS LABEL ".www.example.jp." TXT ADDRESS};
    world_judge(&world);
    const struct dcv_finding *label = world_finding(&world, 0, "contact-misplaced-label"), *www = world_finding(&world, 0, "contact-misplaced-www");
    ck_assert_str_eq(world_arg(label, "label"), "_contactemail");
    ck_assert_str_eq(world_arg(label, "place"), LABEL ".example.jp");
    ck_assert_str_eq(world_arg(label, "fixline"), "c.example.net. IN TXT \"dcv@example.jp\"");
    ck_assert_str_eq(world_arg(www, "host"), "www.example.jp");
    ck_assert_str_eq(world_arg(www, "adn"), "example.jp");
    world_done(&world);
}
END_TEST

/* ---- wildcards -------------------------------------------------------------------------------------------------------------------- */

/* "{guard}" in a zone is the label that nobody publishes below example.jp. */
static void put_zone(char *out, size_t room, const char *text)
{
    static const char mark[] = "{guard}";
    const struct dcv_name base = world_name("example.jp");
    struct dcv_name guard;
    char owner[DCV_NAME_TEXT_MAX];
    ck_assert(dcv_misplaced_owner(DCV_MISPLACED_GUARD, &base, &base, &guard));
    (void)dcv_name_text(&guard, owner);
    (void)snprintf(out, room, "%s", MAIL);
    for (const char *at; (at = strstr(text, mark)) != NULL; text = at + strlen(mark))
        (void)snprintf(out + strlen(out), room - strlen(out), "%.*s%s.", (int)(at - text), text, owner);
    (void)snprintf(out + strlen(out), room - strlen(out), "%s", text);
}

#define SIGNED(labels) " IN RRSIG TXT 13 " labels " 300 20300101000000 20200101000000 1 jp. AAAA\n"
#define GUARD "{guard}" TXT

static const struct {
    const char *name, *zone, *findings;
} wildcards[] = {
    {"example.jp", "_contactemail.example.jp." TXT ADDRESS GUARD ADDRESS, "contact-wildcard-txt"},
    {"example.jp", "_contactemail.example.jp." TXT ADDRESS LABEL ".example.jp.example.jp." TXT ADDRESS GUARD ADDRESS, "contact-wildcard-txt"}, /* once */
    {"example.jp", "_contactemail.example.jp." TXT ADDRESS GUARD "\"other@example.jp\"\n", "contact-misplaced-label"},
    {"example.jp", "_contactemail.example.jp." TXT ADDRESS "_contactemail.example.jp." TXT "\"x\"\n" GUARD ADDRESS, "contact-misplaced-label"},
    {"example.jp", "_contactemail.example.jp." TXT ADDRESS "_contactemail.example.jp." TXT "\"x\"\n" GUARD "\"x\"\n" GUARD ADDRESS, "contact-wildcard-txt"},
    {"example.jp", "example.jp." TXT ADDRESS GUARD "\"x\"\n", "contact-misplaced-apex"},
    {"example.jp", "_contactemail.example.jp." TXT "\"x\"\n" GUARD "\"x\"\n", ""}, /* no address: nobody's contact */
    /* an alias that a wildcard makes */
    {"example.jp", "_contactemail.example.jp." ALIAS "c.example.net.\n{guard}" ALIAS "c.example.net.\nc.example.net." TXT ADDRESS, "contact-wildcard-txt"},
    /* what the wildcard of the base domain answers behind it */
    {"a.example.jp", LABEL ".a.example.jp.example.jp." TXT ADDRESS GUARD ADDRESS, "contact-wildcard-txt"},
    {"a.example.jp", LABEL ".a.example.jp.example.jp." TXT ADDRESS "_validation-persist.example.jp." TXT ADDRESS, "contact-wildcard-txt"},
    /* signed, the record says so itself */
    {"example.jp", "_contactemail.example.jp." TXT ADDRESS "_contactemail.example.jp." SIGNED("2"), "contact-wildcard-txt"},
    {"example.jp", "_contactemail.example.jp." TXT ADDRESS "_contactemail.example.jp." SIGNED("3"), "contact-misplaced-label"},
    /* at the right place */
    {"example.jp", LABEL ".example.jp." TXT ADDRESS LABEL ".example.jp." SIGNED("2"), "contact-wildcard-txt"},
    {"example.jp", LABEL ".example.jp." TXT ADDRESS LABEL ".example.jp." SIGNED("3"), ""},
    {"example.jp", LABEL ".example.jp." TXT ADDRESS "_dnsauth.example.jp." TXT ADDRESS, "contact-wildcard-txt"},
    {"example.jp", LABEL ".example.jp." TXT ADDRESS "_dnsauth.example.jp." TXT "\"x\"\n", ""},
    {"a.example.jp", LABEL ".example.jp." TXT ADDRESS "_validation-persist.example.jp." TXT ADDRESS, "contact-wildcard-txt"},
    {"example.jp", LABEL ".example.jp." TXT "\"v=spf1 -all\"\n_dnsauth.example.jp." TXT "\"v=spf1 -all\"\n", "contact-no-at contact-wildcard-txt"},
};

START_TEST(wildcard)
{
    char zone[ZONE_MAX];
    struct world world = {.name = wildcards[_i].name, .ca = "sectigo", .as_of = "2026-11-21", .zone = zone};
    put_zone(zone, sizeof zone, wildcards[_i].zone);
    (void)snprintf(zone + strlen(zone), sizeof zone - strlen(zone), "\na.example.jp. IN MX 10 mail.example.jp.\n");
    world_judge(&world);
    char *findings = dcv_arena_strdup(world.arena, world_findings(&world, 0)), *persist = strstr(findings, "persist-malformed ");
    if (persist != NULL) /* what stands at that label is another matter */
        memmove(persist, persist + strlen("persist-malformed "), strlen(persist + strlen("persist-malformed ")) + 1);
    ck_assert_msg(strcmp(findings, wildcards[_i].findings) == 0, "%s: %s", wildcards[_i].zone, findings);
    world_done(&world);
}
END_TEST

/* ---- lookups that fail ------------------------------------------------------------------------------------------------------------ */

static const char *const failures[] = {"timeout", "servfail", "refused", "malformed", "truncated", "unrecorded", "deadline"};

/* Of all wrong places and the guard: nothing is said, nothing is in doubt. */
START_TEST(failed)
{
    char zone[ZONE_MAX] = MAIL, owner[DCV_NAME_TEXT_MAX];
    const struct dcv_name base = world_name("example.jp");
    for (int i = 0; i < DCV_MISPLACED_COUNT; i++) {
        struct dcv_name place;
        if (dcv_misplaced_owner((enum dcv_misplacement)i, &base, &base, &place))
            (void)snprintf(zone + strlen(zone), sizeof zone - strlen(zone), "! %s %s TXT\n", failures[_i], dcv_name_text(&place, owner));
    }
    if (strcmp(failures[_i], "deadline") == 0)
        (void)snprintf(zone + strlen(zone), sizeof zone - strlen(zone), "! deadline over .\n");
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = zone};
    world_judge(&world);
    ck_assert_str_eq(world_findings(&world, 0), "");
    ck_assert_int_eq(world.judged.cas.items[0].verdict, DCV_READY);
    world_done(&world);
}
END_TEST

/* The guard's alone: what stands at a wrong place is told all the same. */
START_TEST(guard_failed)
{
    char zone[ZONE_MAX];
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = zone};
    put_zone(zone, sizeof zone, "_contactemail.example.jp." TXT ADDRESS "! timeout {guard} TXT");
    world_judge(&world);
    ck_assert_str_eq(world_findings(&world, 0), "contact-misplaced-label");
    world_done(&world);
}
END_TEST

/* A bogus answer at a wrong place taints nothing. */
START_TEST(bogus)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21",
                          .zone = MAIL "! bogus " LABEL ".www.example.jp TXT\n! bogus example.jp TXT"};
    world_judge(&world);
    ck_assert_str_eq(world_findings(&world, 0), "");
    world_done(&world);
}
END_TEST

/* However many ADNs and records, the findings are few. */
START_TEST(bounded)
{
    char zone[ZONE_MAX] = MAIL;
    static const char *const labels[] = {"", "_validation_contactemail.", "validation-contactemail.", "_contactemail.", "_validationcontactemail."};
    static const char *const adns[] = {"a.b.c.d.e.example.jp", "c.d.e.example.jp", "d.e.example.jp", "e.example.jp", "example.jp"};
    for (size_t i = 0; i < sizeof adns / sizeof adns[0]; i++)
        for (size_t j = 0; j < sizeof labels / sizeof labels[0]; j++)
            (void)snprintf(zone + strlen(zone), sizeof zone - strlen(zone), "%s%s." TXT ADDRESS, labels[j], adns[i]);
    struct world world = {.name = "a.b.c.d.e.example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = zone};
    world_judge(&world);
    size_t count = 0;
    for (const char *at = world_findings(&world, 0); (at = strstr(at, "contact-misplaced")) != NULL; at++)
        count++;
    ck_assert_uint_eq(count, 16);
    world_done(&world);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("misplaced");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, found, 0, ROWS(places));
    tcase_add_loop_test(tcase, concerned, 0, ROWS(readers));
    tcase_add_test(tcase, ended);
    tcase_add_loop_test(tcase, value, 0, ROWS(values));
    tcase_add_test(tcase, among_others);
    tcase_add_test(tcase, several_records);
    tcase_add_test(tcase, arguments);
    tcase_add_loop_test(tcase, wildcard, 0, ROWS(wildcards));
    tcase_add_loop_test(tcase, failed, 0, ROWS(failures));
    tcase_add_test(tcase, guard_failed);
    tcase_add_test(tcase, bogus);
    tcase_add_test(tcase, bounded);
    return run_cases("misplaced", tcase);
}
