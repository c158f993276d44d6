/* The wrong places of contact records: which names they are, and which lookups served nothing else. */
#include "fact/misplaced.h"

#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

static const struct {
    enum dcv_misplacement misplacement;
    const char *text, *adn, *base;
    const char *owner; /* NULL: there is none */
} owners[] = {
    {DCV_MISPLACED_APEX, "apex", "www.example.jp", "example.jp", "www.example.jp"},
    {DCV_MISPLACED_HYPHEN, "hyphen", "example.jp", "example.jp", "_validation_contactemail.example.jp"},
    {DCV_MISPLACED_UNDERSCORE, "underscore", "example.jp", "example.jp", "validation-contactemail.example.jp"},
    {DCV_MISPLACED_WWW, "www", "example.jp", "example.jp", "_validation-contactemail.www.example.jp"},
    {DCV_MISPLACED_WWW, "www", "a.example.jp", "example.jp", "_validation-contactemail.www.a.example.jp"},
    {DCV_MISPLACED_WWW, "www", "www.example.jp", "example.jp", NULL},
    {DCV_MISPLACED_WWW, "www", "WWW.example.jp", "example.jp", NULL},
    {DCV_MISPLACED_SHORT, "short", "example.jp", "example.jp", "_contactemail.example.jp"},
    {DCV_MISPLACED_JOINED, "joined", "example.jp", "example.jp", "_validationcontactemail.example.jp"},
    {DCV_MISPLACED_DOUBLED, "doubled", "example.jp", "example.jp", "_validation-contactemail.example.jp.example.jp"},
    {DCV_MISPLACED_DOUBLED, "doubled", "a.example.jp", "example.jp", "_validation-contactemail.a.example.jp.a.example.jp"},
    {DCV_MISPLACED_DOUBLED_BASE, "doubled-base", "a.example.jp", "example.jp", "_validation-contactemail.a.example.jp.example.jp"},
    {DCV_MISPLACED_DOUBLED_BASE, "doubled-base", "example.jp", "example.jp", NULL},
    {DCV_MISPLACED_DOUBLED_BASE, "doubled-base", "EXAMPLE.jp", "example.JP", NULL},
    {DCV_MISPLACED_COUNT, NULL, "example.jp", "example.jp", NULL},
};

START_TEST(owner)
{
    const struct dcv_name adn = world_name(owners[_i].adn), base = world_name(owners[_i].base);
    struct dcv_name name;
    char text[DCV_NAME_TEXT_MAX];
    const bool found = dcv_misplaced_owner(owners[_i].misplacement, &adn, &base, &name);
    ck_assert_int_eq(found, owners[_i].owner != NULL);
    if (found)
        ck_assert_str_eq(dcv_name_text(&name, text), owners[_i].owner);
    if (owners[_i].text != NULL)
        ck_assert_str_eq(dcv_misplacement_text(owners[_i].misplacement), owners[_i].text);
}
END_TEST

static bool has_guard(const char *text, struct dcv_name *out)
{
    const struct dcv_name adn = world_name(text);
    return dcv_misplaced_owner(DCV_MISPLACED_GUARD, &adn, &adn, out);
}

/* A recorded run asks for the same label again, however the name is typed; each name has its own. */
START_TEST(guard)
{
    struct dcv_name first, second, other;
    ck_assert(has_guard("example.jp", &first));
    ck_assert(has_guard("EXAMPLE.jp", &second));
    ck_assert(has_guard("www.example.jp", &other));
    ck_assert(dcv_name_equal(&first, &second));
    ck_assert(!dcv_name_first_is(&other, "_validation-contactemail"));
    ck_assert_uint_eq(dcv_name_labels(&first), 3);
    ck_assert_uint_eq(dcv_name_labels(&other), 4);
    ck_assert(memcmp(first.wire, other.wire, (size_t)first.wire[0] + 1) != 0);
}
END_TEST

/* Two labels of these lengths below example.jp: 14 octets more. */
static struct dcv_name long_name(int first, int second)
{
    static const char letters[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    char text[DCV_NAME_TEXT_MAX];
    (void)snprintf(text, sizeof text, "%.*s.%.*s.example.jp", first, letters, second, letters);
    const struct dcv_name name = world_name(text);
    ck_assert_int_eq(name.len, first + second + 14);
    return name;
}

/* RFC 1035 §2.3.4: 255 octets are all that a name has; 25 are the label's, one the root's. */
START_TEST(too_long)
{
    const struct dcv_name base = world_name("example.jp"), fits = long_name(50, 51), longer = long_name(51, 51);
    struct dcv_name name;
    ck_assert(dcv_misplaced_owner(DCV_MISPLACED_DOUBLED, &fits, &base, &name));
    ck_assert_uint_eq(name.len, 25 + 2 * 114 + 1);
    ck_assert(!dcv_misplaced_owner(DCV_MISPLACED_DOUBLED, &longer, &base, &name));
    ck_assert(dcv_misplaced_owner(DCV_MISPLACED_DOUBLED_BASE, &longer, &base, &name));
    ck_assert_uint_eq(name.len, 25 + 115 + 11 + 1);
}
END_TEST

/* Of a name that has no room for a label nothing but the apex can be asked. */
START_TEST(no_room)
{
    const struct dcv_name base = world_name("example.jp");
    struct dcv_name whole = long_name(60, 60), name;
    while (dcv_name_prepend("aaaaaaaaaaaaaa", &whole, &name) == DCV_OK)
        whole = name;
    ck_assert_uint_gt(whole.len + sizeof "_contactemail", 255);
    for (int i = 0; i < DCV_MISPLACED_COUNT; i++)
        ck_assert_int_eq(dcv_misplaced_owner((enum dcv_misplacement)i, &whole, &base, &name), i == DCV_MISPLACED_APEX);
}
END_TEST

static const struct {
    const char *name, *adn;
    bool looked_at;
} adns[] = {
    {"example.jp", "example.jp", true},        {"a.example.jp", "a.example.jp", true},    {"a.example.jp", "example.jp", true},
    {"a.example.jp", "jp", false},             {"a.example.jp", "b.example.jp", false},   {"a.example.jp", "x.a.example.jp", false},
    {"e.d.c.b.a.example.jp", "example.jp", true}, {"e.d.c.b.a.example.jp", "a.example.jp", true}, {"e.d.c.b.a.example.jp", "b.a.example.jp", true},
    {"e.d.c.b.a.example.jp", "c.b.a.example.jp", false}, {"e.d.c.b.a.example.jp", "d.c.b.a.example.jp", false},
    {"e.d.c.b.a.example.jp", "e.d.c.b.a.example.jp", true},
};

START_TEST(adn)
{
    const struct dcv_name name = world_name(adns[_i].name), looked = world_name(adns[_i].adn), base = world_name("example.jp");
    const struct dcv_name none = {.len = 0};
    ck_assert_int_eq(dcv_misplaced_adn(&looked, &name, &base), adns[_i].looked_at);
    ck_assert(!dcv_misplaced_adn(&looked, &name, &none));
}
END_TEST

/* Facts about a.example.jp, an alias of www.a.example.jp. */
static const struct {
    const char *owner;
    uint16_t type;
    bool misplaced;
} lookups[] = {
    {"a.example.jp", DCV_TYPE_TXT, true},
    {"example.jp", DCV_TYPE_TXT, true},
    {"a.example.jp", DCV_TYPE_A, false},
    {"_validation-contactemail.a.example.jp", DCV_TYPE_TXT, false},
    {"_VALIDATION-contactemail.a.example.jp", DCV_TYPE_TXT, false},
    {"_validation-contactemail.example.jp", DCV_TYPE_TXT, false},
    {"_validation_contactemail.a.example.jp", DCV_TYPE_TXT, true},
    {"validation-contactemail.example.jp", DCV_TYPE_TXT, true},
    {"_contactemail.example.jp", DCV_TYPE_TXT, true},
    {"_contactemail.example.jp", DCV_TYPE_CAA, false},
    {"_contactemail.b.example.jp", DCV_TYPE_TXT, false}, /* nobody asked for it */
    {"_validation-contactemail.www.example.jp", DCV_TYPE_TXT, true},
    {"_validation-contactemail.www.a.example.jp", DCV_TYPE_TXT, false}, /* an ADN behind the alias */
    {"_validation-contactemail.example.jp.example.jp", DCV_TYPE_TXT, true},
    {"_validation-contactemail.a.example.jp.a.example.jp", DCV_TYPE_TXT, true},
    {"_validation-contactemail.a.example.jp.example.jp", DCV_TYPE_TXT, true},
    {"_validation-contactemail.example.jp.a.example.jp", DCV_TYPE_TXT, false},
    {"_dnsauth.a.example.jp", DCV_TYPE_TXT, false},
};

START_TEST(fact)
{
    struct dcv_facts *facts = world_facts("a.example.jp", "a.example.jp. IN CNAME www.a.example.jp.\nwww.a.example.jp. IN A 192.0.2.1");
    const struct dcv_name name = world_name("a.example.jp"), base = world_name("example.jp"), none = {.len = 0};
    const struct dcv_dns_fact made = {.name = world_name(lookups[_i].owner), .type = lookups[_i].type};
    ck_assert_int_eq(dcv_misplaced_fact(facts, &made, &name, &base), lookups[_i].misplaced);
    ck_assert(!dcv_misplaced_fact(facts, &made, &name, &none));
    dcv_facts_free(facts);
}
END_TEST

/* Of the lookups that a plan makes, TXT at the contact names and at those of DNS methods serve something else, and no other does. */
START_TEST(lookups_of_a_plan)
{
    struct dcv_facts *facts = world_facts("www.example.jp", "");
    const struct dcv_name name = world_name("www.example.jp"), base = world_name("example.jp");
    size_t misplaced = 0, others = 0;
    for (size_t i = 0; i < dcv_facts_count(facts); i++) {
        const struct dcv_dns_fact *made = &dcv_facts_at(facts, i)->dns;
        if (made->type != DCV_TYPE_TXT)
            continue;
        misplaced += dcv_misplaced_fact(facts, made, &name, &base);
        others += !dcv_misplaced_fact(facts, made, &name, &base);
    }
    ck_assert_uint_eq(misplaced, 8 + 7); /* www has no www, the base domain no base but itself, and its www is no wrong place */
    ck_assert_uint_eq(others, 2 + 4);
    dcv_facts_free(facts);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("misplaced");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, owner, 0, ROWS(owners));
    tcase_add_test(tcase, guard);
    tcase_add_test(tcase, too_long);
    tcase_add_test(tcase, no_room);
    tcase_add_loop_test(tcase, adn, 0, ROWS(adns));
    tcase_add_loop_test(tcase, fact, 0, ROWS(lookups));
    tcase_add_test(tcase, lookups_of_a_plan);
    return run_cases("misplaced", tcase);
}
