#include "fact/fact.h"

#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <string.h>

static struct dcv_facts *facts;

static void setup(void)
{
    facts = dcv_facts_create();
}

static void teardown(void)
{
    dcv_facts_free(facts);
}

static enum dcv_status add(const char *name, uint16_t type, size_t *index)
{
    const struct dcv_fact fact = {.kind = DCV_FACT_DNS, .dns = {.name = world_name(name), .type = type, .server = ""}};
    return dcv_facts_add(facts, &fact, index);
}

START_TEST(found_by_question)
{
    size_t index = 99;
    ck_assert_int_eq(add("example.jp", DCV_TYPE_A, &index), DCV_OK);
    ck_assert_uint_eq(index, 0);
    ck_assert_int_eq(add("example.jp", DCV_TYPE_MX, &index), DCV_OK);
    ck_assert_uint_eq(index, 1);
    const struct dcv_name upper = world_name("EXAMPLE.jp"), other = world_name("example.com");
    ck_assert_ptr_eq(dcv_facts_dns(facts, &upper, DCV_TYPE_MX, &index), &dcv_facts_at(facts, 1)->dns);
    ck_assert_uint_eq(index, 1);
    ck_assert_ptr_null(dcv_facts_dns(facts, &upper, DCV_TYPE_TXT, &index));
    ck_assert_ptr_null(dcv_facts_dns(facts, &other, DCV_TYPE_A, NULL));
    ck_assert_uint_eq(dcv_facts_count(facts), 2);
}
END_TEST

START_TEST(second_of_a_question_is_refused)
{
    size_t index = 99;
    ck_assert_int_eq(add("example.jp", DCV_TYPE_A, NULL), DCV_OK);
    ck_assert_int_eq(add("Example.JP", DCV_TYPE_A, &index), DCV_ERR_USAGE);
    ck_assert_uint_eq(index, 99);
    ck_assert_uint_eq(dcv_facts_count(facts), 1);
}
END_TEST

START_TEST(contacts_may_repeat)
{
    const struct dcv_fact fact = {.kind = DCV_FACT_CONTACTS, .contacts = {.domain = world_name("example.jp"), .server = ""}};
    ck_assert_int_eq(dcv_facts_add(facts, &fact, NULL), DCV_OK);
    ck_assert_int_eq(dcv_facts_add(facts, &fact, NULL), DCV_OK);
    ck_assert_uint_eq(dcv_facts_count(facts), 2);
}
END_TEST

START_TEST(frozen_takes_no_more)
{
    dcv_facts_freeze(facts);
    ck_assert_int_eq(add("example.jp", DCV_TYPE_A, NULL), DCV_ERR_USAGE);
    ck_assert_uint_eq(dcv_facts_count(facts), 0);
}
END_TEST

/* One server validates; what another one says without AD proves nothing. */
START_TEST(security_of_another_server)
{
    static const struct dcv_message signed_root = {.authentic = true}, plain = {0};
    static const struct {
        const char *name, *server;
        const struct dcv_message *message;
        enum dcv_security security;
    } lookups[] = {{".", "192.0.2.1#53", &signed_root, DCV_SECURITY_SECURE},
                   {"a.example", "192.0.2.1#53", &plain, DCV_SECURITY_INSECURE},
                   {"b.example", "192.0.2.2#53", &plain, DCV_SECURITY_INDETERMINATE}};
    for (int i = 0; i < ROWS(lookups); i++) {
        const struct dcv_fact fact = {.kind = DCV_FACT_DNS, .dns = {.name = world_name(lookups[i].name), .type = DCV_TYPE_SOA,
                                                                    .server = lookups[i].server, .message = lookups[i].message}};
        ck_assert_int_eq(dcv_facts_add(facts, &fact, NULL), DCV_OK);
    }
    dcv_facts_about(facts)->dnssec_source = "resolver";
    dcv_facts_about(facts)->validation = DCV_VALIDATION_YES;
    dcv_facts_freeze(facts);
    for (size_t i = 0; i < (size_t)ROWS(lookups); i++)
        ck_assert_int_eq(dcv_facts_at(facts, i)->dns.security, lookups[i].security);
}
END_TEST

static int released;

static void release(void *thing)
{
    released += *(int *)thing;
}

START_TEST(keeps_things)
{
    int one = 1, two = 2;
    released = 0;
    struct dcv_facts *own = dcv_facts_create();
    ck_assert_int_eq(dcv_facts_keep(own, &one, release), DCV_OK);
    ck_assert_int_eq(dcv_facts_keep(own, &two, release), DCV_OK);
    ck_assert_int_eq(released, 0);
    dcv_facts_free(own);
    ck_assert_int_eq(released, 3);
    dcv_facts_free(NULL);
}
END_TEST

static const struct {
    const char *source;
    enum dcv_known_validation validation;
    enum dcv_outcome outcome;
    bool authentic;
    enum dcv_security before, after;
} securities[] = {
    {"resolver", DCV_VALIDATION_YES, DCV_OUTCOME_ANSWER, true, DCV_SECURITY_UNCHECKED, DCV_SECURITY_SECURE},
    {"resolver", DCV_VALIDATION_YES, DCV_OUTCOME_NODATA, true, DCV_SECURITY_UNCHECKED, DCV_SECURITY_SECURE},
    {"resolver", DCV_VALIDATION_YES, DCV_OUTCOME_ANSWER, false, DCV_SECURITY_UNCHECKED, DCV_SECURITY_INSECURE},
    {"resolver", DCV_VALIDATION_YES, DCV_OUTCOME_NXDOMAIN, false, DCV_SECURITY_UNCHECKED, DCV_SECURITY_INSECURE},
    {"resolver", DCV_VALIDATION_NO, DCV_OUTCOME_ANSWER, false, DCV_SECURITY_UNCHECKED, DCV_SECURITY_INDETERMINATE},
    {"resolver", DCV_VALIDATION_STRIPPED, DCV_OUTCOME_ANSWER, false, DCV_SECURITY_UNCHECKED, DCV_SECURITY_INDETERMINATE},
    {"resolver", DCV_VALIDATION_UNKNOWN, DCV_OUTCOME_ANSWER, false, DCV_SECURITY_UNCHECKED, DCV_SECURITY_INDETERMINATE},
    {"resolver", DCV_VALIDATION_YES, DCV_OUTCOME_SERVFAIL, false, DCV_SECURITY_UNCHECKED, DCV_SECURITY_INDETERMINATE},
    {"resolver", DCV_VALIDATION_YES, DCV_OUTCOME_SERVFAIL, false, DCV_SECURITY_BOGUS, DCV_SECURITY_BOGUS},
    {"off", DCV_VALIDATION_YES, DCV_OUTCOME_ANSWER, true, DCV_SECURITY_UNCHECKED, DCV_SECURITY_UNCHECKED},
};

START_TEST(security_at_the_end)
{
    const struct dcv_message message = {.authentic = securities[_i].authentic};
    const struct dcv_fact fact = {.kind = DCV_FACT_DNS, .dns = {.name = dcv_name_root(), .type = DCV_TYPE_SOA, .outcome = securities[_i].outcome,
                                                                .security = securities[_i].before, .message = &message, .server = "192.0.2.53#53"}};
    ck_assert_int_eq(dcv_facts_add(facts, &fact, NULL), DCV_OK);
    dcv_facts_about(facts)->dnssec_source = securities[_i].source;
    dcv_facts_about(facts)->validation = securities[_i].validation;
    dcv_facts_freeze(facts);
    ck_assert_str_eq(dcv_security_text(dcv_facts_at(facts, 0)->dns.security), dcv_security_text(securities[_i].after));
}
END_TEST

START_TEST(texts_differ)
{
    for (int a = 0; a <= DCV_OUTCOME_UNRECORDED; a++)
        for (int b = 0; b < a; b++)
            ck_assert_str_ne(dcv_outcome_text((enum dcv_outcome)a), dcv_outcome_text((enum dcv_outcome)b));
    for (int a = 0; a <= DCV_SECURITY_INDETERMINATE; a++)
        for (int b = 0; b < a; b++)
            ck_assert_str_ne(dcv_security_text((enum dcv_security)a), dcv_security_text((enum dcv_security)b));
    for (int a = 0; a <= DCV_CONTACTS_UNREACHABLE; a++)
        for (int b = 0; b < a; b++)
            ck_assert_str_ne(dcv_contacts_state_text((enum dcv_contacts_state)a), dcv_contacts_state_text((enum dcv_contacts_state)b));
}
END_TEST

/* Records in the answer of a lookup that failed prove nothing; those of a bogus one are shown, and flagged. */
START_TEST(data_of_failures)
{
    const struct dcv_message message = {0};
    struct dcv_dns_fact fact = {.outcome = DCV_OUTCOME_SERVFAIL, .message = &message};
    ck_assert_ptr_null(dcv_dns_fact_data(&fact));
    fact.outcome = DCV_OUTCOME_REFUSED;
    ck_assert_ptr_null(dcv_dns_fact_data(&fact));
    fact.outcome = DCV_OUTCOME_TRUNCATED;
    ck_assert_ptr_null(dcv_dns_fact_data(&fact));
    fact.outcome = DCV_OUTCOME_SERVFAIL;
    fact.security = DCV_SECURITY_BOGUS;
    ck_assert_ptr_eq(dcv_dns_fact_data(&fact), &message);
    fact = (struct dcv_dns_fact){.outcome = DCV_OUTCOME_NODATA, .message = &message};
    ck_assert_ptr_eq(dcv_dns_fact_data(&fact), &message);
    ck_assert_ptr_null(dcv_dns_fact_data(NULL));
}
END_TEST

START_TEST(conclusive)
{
    for (int outcome = 0; outcome <= DCV_OUTCOME_UNRECORDED; outcome++)
        ck_assert_int_eq(dcv_outcome_conclusive((enum dcv_outcome)outcome),
                         outcome == DCV_OUTCOME_ANSWER || outcome == DCV_OUTCOME_NODATA || outcome == DCV_OUTCOME_NXDOMAIN);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("fact");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, found_by_question);
    tcase_add_test(tcase, second_of_a_question_is_refused);
    tcase_add_test(tcase, contacts_may_repeat);
    tcase_add_test(tcase, frozen_takes_no_more);
    tcase_add_test(tcase, keeps_things);
    tcase_add_loop_test(tcase, security_at_the_end, 0, ROWS(securities));
    tcase_add_test(tcase, security_of_another_server);
    tcase_add_test(tcase, texts_differ);
    tcase_add_test(tcase, data_of_failures);
    tcase_add_test(tcase, conclusive);
    return run_cases("fact", tcase);
}
