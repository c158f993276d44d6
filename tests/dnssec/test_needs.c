/* Which lookups a validation needs, and what it costs. */
#include "dnssec/tree.h"

#include "support/scarce.h"

static void setup(void)
{
    plant();
    put_signed(arena, &answer.answer, example_key, "www.example.test. 300 IN A 192.0.2.1", NULL);
}

/* ---- what is to be looked up ------------------------------------------------------------------------------------------------- */

static const char *needed(void)
{
    static char line[1024];
    line[0] = '\0';
    for (size_t i = 0; i < needs.count; i++) {
        char type[DCV_TYPE_TEXT];
        (void)snprintf(line + strlen(line), sizeof line - strlen(line), "%s%s/%s", i != 0 ? " " : "", text_of(&needs.items[i].name),
                       dcv_type_text(needs.items[i].type, type));
    }
    return line;
}

/* Makes every lookup known again that is needed; those not of the tree failed. */
static void look_up(const struct lookup *tree, size_t count)
{
    const struct dcv_needs asked = needs;
    for (size_t i = 0; i < asked.count; i++) {
        ck_assert_uint_lt(lookup_count, LOOKUPS);
        lookups[lookup_count] = (struct lookup){.name = asked.items[i].name, .type = asked.items[i].type, .state = DCV_KNOWN_FAILED};
        for (size_t j = 0; j < count; j++)
            if (tree[j].type == asked.items[i].type && dcv_name_equal(&tree[j].name, &asked.items[i].name))
                lookups[lookup_count] = tree[j];
        lookup_count++;
    }
}

/* An answer to (`name`, DS) that says NXDOMAIN, right for gone.test. and wrong for hollow.test., below which there is a name. */
static void put_nxdomain(const char *name)
{
    struct dcv_message *message = &lookup(name, DCV_TYPE_DS)->message;
    message->rcode = 3;
    put_signed(arena, &message->authority, test_key, "example.test. 300 IN NSEC a.hollow.test. NS DS RRSIG NSEC", NULL);
    put_signed(arena, &message->authority, test_key, "test. 300 IN NSEC example.test. NS SOA RRSIG NSEC DNSKEY", NULL);
}

static const struct {
    const char *asked;
    bool is_signed;
    const char *rounds[4]; /* what is needed, round by round */
    const char *verdict;
} searches[] = {
    /* Known at once: the chain of a signature down to the first cut below the anchor; with it the rest. */
    {"www.example.test", true, {"example.test/DS example.test/DNSKEY test/DS test/DNSKEY ./DNSKEY"}, "secure"},
    /* Without a signature: from the root down, two labels at a time, and no further than the first unsigned cut. */
    {"www.plain.test", false, {"./DNSKEY test/DS plain.test/DS", "test/DNSKEY"}, "insecure unsigned plain.test - -"},
    {"www.example.test", false, {"./DNSKEY test/DS example.test/DS", "test/DNSKEY", "example.test/DNSKEY", "www.example.test/DS"},
     "bogus signature-missing example.test www.example.test A"},
    {"www.nowhere.test", false, {"./DNSKEY test/DS nowhere.test/DS", "test/DNSKEY"}, "indeterminate chain-unanswered - nowhere.test DS"},
    /* Where a name is not there, no cut is below it (RFC 8020 §2), and an empty non-terminal is there. */
    {"a.www.gone.test", false, {"./DNSKEY test/DS gone.test/DS", "test/DNSKEY"}, "bogus signature-missing test a.www.gone.test A"},
    {"www.hollow.test", false, {"./DNSKEY test/DS hollow.test/DS", "test/DNSKEY", "www.hollow.test/DS"},
     "indeterminate chain-unanswered - www.hollow.test DS"},
};

START_TEST(search)
{
    static struct lookup tree[LOOKUPS];
    char line[128];
    put_denial("plain.test.", test_key, "plain.test. 300 IN NSEC x.test. NS RRSIG NSEC");
    put_denial("www.example.test.", example_key, "www.example.test. 300 IN NSEC example.test. A RRSIG NSEC");
    put_nxdomain("gone.test.");
    put_nxdomain("hollow.test.");
    const size_t count = lookup_count;
    memcpy(tree, lookups, sizeof tree);
    lookup_count = 0;
    answer.answer.count = 0;
    (void)snprintf(line, sizeof line, "%s. 300 IN A 192.0.2.1", searches[_i].asked);
    if (searches[_i].is_signed)
        put_signed(arena, &answer.answer, example_key, line, NULL);
    else
        put_records(arena, &answer.answer, line);
    for (size_t i = 0; i < 4 && searches[_i].rounds[i] != NULL; i++) {
        ck_assert_str_eq(verdict(searches[_i].asked, DCV_TYPE_A), "pending");
        ck_assert_str_eq(needed(), searches[_i].rounds[i]);
        look_up(tree, count);
    }
    ck_assert_str_eq(verdict(searches[_i].asked, DCV_TYPE_A), searches[_i].verdict);
}
END_TEST

/* ---- what it costs ----------------------------------------------------------------------------------------------------------- */

/* The keys of a chain cost once for all names. */
START_TEST(keys_cost_once)
{
    const struct dcv_validator_counts *counts = dcv_validator_counts(validator);
    ck_assert_str_eq(verdict("www.example.test", DCV_TYPE_A), "secure");
    ck_assert_uint_eq(counts->signatures, 6);
    ck_assert_uint_eq(counts->keys, 3);
    ck_assert_uint_eq(counts->remembered, 0);
    answer.answer.count = 0;
    put_signed(arena, &answer.answer, example_key, "mail.example.test. 300 IN A 192.0.2.2", NULL);
    ck_assert_str_eq(verdict("mail.example.test", DCV_TYPE_A), "secure");
    ck_assert_uint_eq(counts->signatures, 7);
    ck_assert_uint_eq(counts->keys, 3);
    ck_assert_uint_eq(counts->remembered, 5);
    ck_assert_uint_eq(counts->hashes, 0);
}
END_TEST

/* A DS RRset of so many records of one tag, and as many keys of that tag. */
START_TEST(many_digests)
{
    enum { RECORDS = 8 };
    char lines[RECORDS * 200] = "";
    struct dcv_rr key;
    ck_assert_int_eq(dcv_rr_from_text(arena, signer_dnskey(example_key), &key), DCV_OK);
    for (unsigned i = 0; i < RECORDS; i++)
        (void)snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "example.test. 300 IN DS %u 15 2 %064x\n",
                       (unsigned)signer_tag(example_key), i);
    put_answer("example.test.", DCV_TYPE_DS, test_key, lines, NULL);
    struct dcv_rrs *keys = &lookup("example.test.", DCV_TYPE_DNSKEY)->message.answer;
    put_signed(arena, keys, example_key, signer_dnskey(example_key), NULL);
    for (size_t i = 0; i < RECORDS; i++) {
        uint8_t *rdata = dcv_arena_copy(arena, key.rdata, key.rdlen);
        memcpy(rdata + 4 + 2 * i, key.rdata + 6 + 2 * i, 2);
        memcpy(rdata + 6 + 2 * i, key.rdata + 4 + 2 * i, 2);
        keys->items[keys->count] = key;
        keys->items[keys->count++].rdata = rdata;
    }
    ck_assert_str_eq(verdict("www.example.test", DCV_TYPE_A), "bogus too-much-work example.test example.test DNSKEY");
}
END_TEST

/* Cuts at every label: the chain is followed so far and no further. */
START_TEST(long_chain)
{
    char zone[256] = "test.", next[256];
    struct signer *parent = test_key, *key = test_key;
    const unsigned labels = _i == 0 ? DCV_CHAIN_MAX - 2 : DCV_CHAIN_MAX - 1; /* below test., which is itself the second zone */
    for (unsigned i = 0; i < labels; i++) {
        (void)snprintf(next, sizeof next, "a.%.200s", zone);
        key = i % 2 == 0 ? other_key(next, SIGN_ED25519, SIGN_KSK) : other_key(next, SIGN_ECDSAP256, SIGN_KSK);
        put_answer(next, DCV_TYPE_DS, parent, signer_ds(key, 2), NULL);
        put_keys(next, key);
        parent = key;
        (void)snprintf(zone, sizeof zone, "%s", next);
    }
    char line[512];
    answer.answer.count = 0;
    (void)snprintf(line, sizeof line, "%s 300 IN A 192.0.2.1", zone);
    put_signed(arena, &answer.answer, key, line, NULL);
    ck_assert_int_eq(validate(zone, DCV_TYPE_A), _i == 0 ? DCV_CAUSE_NONE : DCV_CAUSE_TOO_MUCH_WORK);
}
END_TEST

/* Memory that ends at every allocation in turn: never a verdict that is not the right one. */
START_TEST(memory_is_short)
{
    const struct dcv_chain chain = {find, NULL};
    const struct dcv_name asked = name_of(_i == 0 ? "www.example.test" : "nowhere.example.test");
    enum dcv_status status = DCV_ERR_NOMEM;
    size_t allocations = 0;
    if (_i != 0) {
        answer = (struct dcv_message){.rcode = 3};
        put_signed(arena, &answer.authority, example_key, "example.test. 300 IN NSEC www.example.test. NS SOA RRSIG NSEC DNSKEY", NULL);
    }
    for (; status != DCV_OK; allocations++) {
        size_t left = allocations;
        struct dcv_arena *small = dcv_arena_create(&(struct dcv_allocator){scarce, &left});
        if (small == NULL)
            continue;
        memset(&trust, 0, sizeof trust);
        status = dcv_validate_in(small, validator, &chain, &asked, DCV_TYPE_A, &answer, SIGN_NOW, &trust, &needs);
        dcv_arena_free(small);
        ck_assert(status == DCV_OK || status == DCV_ERR_NOMEM);
        ck_assert(status == DCV_OK || trust.security == DCV_SECURITY_UNCHECKED);
    }
    ck_assert_int_eq(trust.security, DCV_SECURITY_SECURE);
    ck_assert_uint_gt(allocations, 2);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("needs");
    tcase_add_checked_fixture(tcase, setup, fell);
    tcase_add_loop_test(tcase, search, 0, ROWS(searches));
    tcase_add_test(tcase, keys_cost_once);
    tcase_add_test(tcase, many_digests);
    tcase_add_loop_test(tcase, long_chain, 0, 2);
    tcase_add_loop_test(tcase, memory_is_short, 0, 2);
    return run_cases("needs", tcase);
}
