/* The chain of trust: what a broken or a missing link makes of an answer that is signed as it should be. */
#include "dnssec/tree.h"

#define WWW "www.example.test. 300 IN A 192.0.2.1"

static void setup(void)
{
    plant();
    put_signed(arena, &answer.answer, example_key, WWW, NULL);
}

static void put_ds(const char *lines)
{
    put_answer("example.test.", DCV_TYPE_DS, test_key, lines, NULL);
}

static void as_it_should_be(void)
{
}

static void ds_of_another_key(void)
{
    put_ds(signer_ds(other_key("example.test.", SIGN_ED25519, SIGN_KSK), 2));
}

static void ds_digest_wrong(void)
{
    char line[256];
    (void)snprintf(line, sizeof line, "example.test. 300 IN DS %u 15 2 %064d", (unsigned)signer_tag(example_key), 0);
    put_ds(line);
}

static void ds_too_short(void)
{
    char line[256];
    (void)snprintf(line, sizeof line, "example.test. 300 IN DS %u 15 2 00", (unsigned)signer_tag(example_key));
    put_ds(line);
}

static void ds_of_another_algorithm(void)
{
    char line[256];
    (void)snprintf(line, sizeof line, "example.test. 300 IN DS %u 8 2 %064d", (unsigned)signer_tag(example_key), 0);
    put_ds(line);
}

static void ds_of_an_algorithm_without_key(void)
{
    put_ds(signer_ds(other_key("example.test.", SIGN_ECDSAP384, SIGN_KSK), 2));
}

static void ds_of_unknown_algorithm(void)
{
    put_ds("example.test. 300 IN DS 1 200 2 0000000000000000000000000000000000000000000000000000000000000000");
}

static void ds_of_unknown_digest(void)
{
    char line[256];
    (void)snprintf(line, sizeof line, "example.test. 300 IN DS %u 15 200 00", (unsigned)signer_tag(example_key));
    put_ds(line);
}

static void ds_unknown_beside_known(void)
{
    char lines[1024];
    (void)snprintf(lines, sizeof lines,
                   "example.test. 3600 IN DS 1 200 2 %064d\nexample.test. 3600 IN DS 2 15 200 00\n%s", 0, signer_ds(example_key, 4));
    put_ds(lines);
}

static void ds_of_sha1(void)
{
    put_ds(signer_ds(example_key, 1));
}

static void ds_of_sha1_refused(void)
{
    put_ds(signer_ds(example_key, 1));
    use_anchors(signer_ds(root_key, 2), true);
}

/* RFC 4509 §3: the SHA-1 digest does not count, be it right or wrong. */
static void ds_sha1_right_sha256_wrong(void)
{
    char lines[1024];
    (void)snprintf(lines, sizeof lines,
                   "%sexample.test. 3600 IN DS %u 15 2 %064d", signer_ds(example_key, 1), (unsigned)signer_tag(example_key), 0);
    put_ds(lines);
}

static void ds_sha1_wrong_sha256_right(void)
{
    char lines[1024];
    (void)snprintf(lines, sizeof lines,
                   "%sexample.test. 3600 IN DS %u 15 1 %040d", signer_ds(example_key, 2), (unsigned)signer_tag(example_key), 0);
    put_ds(lines);
}

static void ds_unsigned(void)
{
    put_records(arena, &lookup("example.test.", DCV_TYPE_DS)->message.answer, signer_ds(example_key, 2));
}

static void ds_signed_by_child(void)
{
    put_answer("example.test.", DCV_TYPE_DS, example_key, signer_ds(example_key, 2), NULL);
}

static void ds_expired(void)
{
    put_answer("example.test.", DCV_TYPE_DS, test_key, signer_ds(example_key, 2), &(struct signing){.expiration = SIGN_NOW - DAY / 2});
}

static void ds_invalid(void)
{
    put_answer("example.test.", DCV_TYPE_DS, test_key, signer_ds(example_key, 2), &(struct signing){.spoilt = true});
}

/* "*.test. DS", which no zone can mean, found at example.test. */
static void ds_from_wildcard(void)
{
    char line[1024];
    (void)snprintf(line, sizeof line, "*.test.%s", strchr(signer_ds(example_key, 2), '\t'));
    put_answer("example.test.", DCV_TYPE_DS, test_key, line, &(struct signing){.owner = "example.test."});
}

static void ds_failed(void)
{
    lookup("example.test.", DCV_TYPE_DS)->state = DCV_KNOWN_FAILED;
}

static void ds_denied_unsigned(void)
{
    put_denial("example.test.", test_key, "example.test. 300 IN NSEC x.test. NS RRSIG NSEC");
}

static void ds_denied_no_cut(void)
{
    put_denial("example.test.", test_key, "example.test. 300 IN NSEC x.test. TXT RRSIG NSEC");
}

static void ds_denied_by_child(void)
{
    put_denial("example.test.", example_key, "example.test. 300 IN NSEC x.example.test. NS SOA RRSIG NSEC DNSKEY");
}

static void ds_denied_wrongly(void)
{
    put_denial("example.test.", test_key, "other.test. 300 IN NSEC x.test. NS RRSIG NSEC");
}

static void ds_denied_without_records(void)
{
    (void)lookup("example.test.", DCV_TYPE_DS);
}

static void ds_denied_without_signature(void)
{
    put_records(arena, &lookup("example.test.", DCV_TYPE_DS)->message.authority, "example.test. 300 IN NSEC x.test. NS RRSIG NSEC");
}

static void ds_denied_by_expired(void)
{
    put_signed(arena, &lookup("example.test.", DCV_TYPE_DS)->message.authority, test_key, "example.test. 300 IN NSEC x.test. NS RRSIG NSEC",
               &(struct signing){.expiration = SIGN_NOW - 9});
}

static void ds_alias(void)
{
    put_answer("example.test.", DCV_TYPE_DS, test_key, "example.test. 300 IN CNAME www.test.", NULL);
}

static void ds_alias_unsigned(void)
{
    put_records(arena, &lookup("example.test.", DCV_TYPE_DS)->message.answer, "example.test. 300 IN CNAME www.test.");
}

static void ds_below_dname(void)
{
    struct lookup *ds = lookup("example.test.", DCV_TYPE_DS);
    put_records(arena, &ds->message.answer, "example.test. 300 IN CNAME example.net.");
    put_signed(arena, &ds->message.answer, test_key, "test. 300 IN DNAME net.", NULL);
}

static void dnskey_missing(void)
{
    (void)lookup("example.test.", DCV_TYPE_DNSKEY);
}

static void dnskey_failed(void)
{
    lookup("example.test.", DCV_TYPE_DNSKEY)->state = DCV_KNOWN_FAILED;
}

static void dnskey_unsigned(void)
{
    put_records(arena, &lookup("example.test.", DCV_TYPE_DNSKEY)->message.answer, signer_dnskey(example_key));
}

static void dnskey_expired(void)
{
    put_answer("example.test.", DCV_TYPE_DNSKEY, example_key, signer_dnskey(example_key), &(struct signing){.expiration = SIGN_NOW - 1});
}

static void dnskey_not_yet(void)
{
    put_answer("example.test.", DCV_TYPE_DNSKEY, example_key, signer_dnskey(example_key), &(struct signing){.inception = SIGN_NOW + 1});
}

static void dnskey_invalid(void)
{
    put_answer("example.test.", DCV_TYPE_DNSKEY, example_key, signer_dnskey(example_key), &(struct signing){.spoilt = true});
}

static void dnskey_of_another_zone(void)
{
    put_answer("example.test.", DCV_TYPE_DNSKEY, example_key, signer_dnskey(example_key), &(struct signing){.signer = "test."});
}

/* Two keys, and only the one that no DS names has signed them. */
static void dnskey_signed_by_other(void)
{
    char lines[2048];
    struct signer *zsk = other_key("example.test.", SIGN_ED25519, SIGN_ZSK);
    (void)snprintf(lines, sizeof lines, "%s%s", signer_dnskey(example_key), signer_dnskey(zsk));
    put_answer("example.test.", DCV_TYPE_DNSKEY, zsk, lines, NULL);
}

/* As it is most often done: the key that the DS names signs the keys, another the zone. */
static void two_keys(void)
{
    char lines[2048];
    struct signer *zsk = other_key("example.test.", SIGN_ECDSAP256, SIGN_ZSK);
    (void)snprintf(lines, sizeof lines, "%s%s", signer_dnskey(example_key), signer_dnskey(zsk));
    put_answer("example.test.", DCV_TYPE_DNSKEY, example_key, lines, NULL);
    answer.answer.count = 0;
    put_signed(arena, &answer.answer, zsk, WWW, NULL);
}

/* The zone with a key of these flags, which signs everything. */
static void use_flags(unsigned flags)
{
    struct signer *key = other_key("example.test.", SIGN_ED25519, flags);
    put_ds(signer_ds(key, 2));
    put_keys("example.test.", key);
    answer.answer.count = 0;
    put_signed(arena, &answer.answer, key, WWW, NULL);
}

static void key_revoked(void)
{
    use_flags(SIGN_REVOKED);
}

static void key_of_no_zone(void)
{
    use_flags(SIGN_NO_ZONE_KEY);
}

static void parent_expired(void)
{
    put_answer("test.", DCV_TYPE_DNSKEY, test_key, signer_dnskey(test_key), &(struct signing){.expiration = SIGN_NOW - 1});
}

static void parent_failed(void)
{
    lookup("test.", DCV_TYPE_DS)->state = DCV_KNOWN_FAILED;
}

static void parent_insecure(void)
{
    put_denial("test.", root_key, "test. 300 IN NSEC x. NS RRSIG NSEC");
}

static void anchor_wrong(void)
{
    use_anchors(signer_ds(other_key(".", SIGN_ED25519, SIGN_KSK), 2), false);
}

static void anchor_is_key(void)
{
    use_anchors(signer_dnskey(root_key), false);
}

static void anchor_is_other_key(void)
{
    use_anchors(signer_dnskey(other_key(".", SIGN_ED25519, SIGN_KSK)), false);
}

static void anchor_of_unknown_algorithm(void)
{
    use_anchors(". IN DS 1 200 2 0000000000000000000000000000000000000000000000000000000000000000", false);
}

static void anchor_elsewhere(void)
{
    use_anchors("example.net. IN DS 1 15 2 0000000000000000000000000000000000000000000000000000000000000000", false);
}

/* Nothing above the anchor is asked for. */
static void anchor_below(void)
{
    lookup_count = 0;
    put_keys("example.test.", example_key);
    use_anchors(signer_dnskey(example_key), false);
}

/* A zone above the deepest anchor has no say, though the chain to it would hold. */
static void signer_above_anchor(void)
{
    char text[2048];
    (void)snprintf(text, sizeof text, "%s%s", signer_ds(root_key, 2), signer_dnskey(example_key));
    use_anchors(text, false);
    put_denial("www.example.test.", example_key, "www.example.test. 300 IN NSEC x.example.test. A RRSIG NSEC");
    answer.answer.count = 0;
    put_signed(arena, &answer.answer, test_key, WWW, NULL);
}

/* Signed by the parent of the zone: the parent is not asked whether there is a cut; the names that a cut hides are its own affair. */
static void signer_is_no_zone(void)
{
    struct signer *key = other_key("www.example.test.", SIGN_ED25519, SIGN_KSK);
    answer.answer.count = 0;
    put_signed(arena, &answer.answer, key, WWW, NULL);
    put_denial("www.example.test.", example_key, "www.example.test. 300 IN NSEC x.example.test. A RRSIG NSEC");
}

static void signer_below(void)
{
    answer.answer.count = 0;
    put_signed(arena, &answer.answer, example_key, WWW, &(struct signing){.signer = "a.www.example.test."});
    put_denial("www.example.test.", example_key, "www.example.test. 300 IN NSEC x.example.test. A RRSIG NSEC");
}

static const struct row {
    void (*change)(void);
    const char *verdict;
} rows[] = {
    {as_it_should_be, "secure"},
    {two_keys, "secure"},
    {ds_of_another_key, "bogus ds-mismatch example.test example.test DS"},
    {ds_digest_wrong, "bogus ds-mismatch example.test example.test DS"},
    {ds_too_short, "bogus ds-mismatch example.test example.test DS"},
    {ds_of_another_algorithm, "bogus algorithm-mismatch example.test example.test DS"},
    {ds_of_an_algorithm_without_key, "bogus algorithm-mismatch example.test example.test DS"},
    {ds_of_unknown_algorithm, "insecure algorithm-unknown example.test example.test DS"},
    {ds_of_unknown_digest, "insecure digest-unknown example.test example.test DS"},
    {ds_unknown_beside_known, "secure"},
    {ds_of_sha1, "secure"},
    {ds_of_sha1_refused, "insecure digest-unknown example.test example.test DS"},
    {ds_sha1_right_sha256_wrong, "bogus ds-mismatch example.test example.test DS"},
    {ds_sha1_wrong_sha256_right, "secure"},
    {ds_unsigned, "bogus signature-missing test example.test DS"},
    {ds_signed_by_child, "bogus signer-wrong example.test example.test DS"},
    {ds_expired, "bogus signature-expired test example.test DS"},
    {ds_invalid, "bogus signature-invalid test example.test DS"},
    {ds_from_wildcard, "bogus signature-invalid test example.test DS"},
    {ds_failed, "indeterminate chain-unanswered - example.test DS"},
    {ds_denied_unsigned, "insecure unsigned example.test - -"},
    {ds_denied_no_cut, "bogus signer-wrong example.test www.example.test A"},
    {ds_denied_by_child, "bogus denial-missing test example.test DS"},
    {ds_denied_wrongly, "bogus denial-wrong test example.test DS"},
    {ds_denied_without_records, "bogus denial-missing test example.test DS"},
    {ds_denied_without_signature, "bogus signature-missing test example.test NSEC"},
    {ds_denied_by_expired, "bogus signature-expired test example.test NSEC"},
    {ds_alias, "bogus signer-wrong example.test www.example.test A"},
    {ds_alias_unsigned, "bogus signature-missing test example.test CNAME"},
    {ds_below_dname, "bogus signer-wrong example.test www.example.test A"},
    {dnskey_missing, "bogus dnskey-missing example.test example.test DNSKEY"},
    {dnskey_failed, "indeterminate chain-unanswered - example.test DNSKEY"},
    {dnskey_unsigned, "bogus signature-missing example.test example.test DNSKEY"},
    {dnskey_expired, "bogus signature-expired example.test example.test DNSKEY"},
    {dnskey_not_yet, "bogus signature-not-yet-valid example.test example.test DNSKEY"},
    {dnskey_invalid, "bogus signature-invalid example.test example.test DNSKEY"},
    {dnskey_of_another_zone, "bogus signer-wrong example.test example.test DNSKEY"},
    {dnskey_signed_by_other, "bogus signature-missing example.test example.test DNSKEY"},
    {key_revoked, "bogus key-unfit example.test example.test DNSKEY"},
    {key_of_no_zone, "bogus key-unfit example.test example.test DNSKEY"},
    {parent_expired, "bogus signature-expired test test DNSKEY"},
    {parent_failed, "indeterminate chain-unanswered - test DS"},
    {parent_insecure, "insecure unsigned test - -"},
    {anchor_wrong, "bogus anchor-mismatch . . DNSKEY"},
    {anchor_is_key, "secure"},
    {anchor_is_other_key, "bogus anchor-mismatch . . DNSKEY"},
    {anchor_of_unknown_algorithm, "indeterminate no-anchor - . DNSKEY"},
    {anchor_elsewhere, "indeterminate no-anchor - www.example.test A"},
    {anchor_below, "secure"},
    {signer_above_anchor, "bogus signer-wrong test www.example.test A"},
    {signer_is_no_zone, "bogus signer-wrong www.example.test www.example.test A"},
    {signer_below, "bogus signer-wrong a.www.example.test www.example.test A"},
};

START_TEST(link)
{
    rows[_i].change();
    ck_assert_str_eq(verdict("www.example.test", DCV_TYPE_A), rows[_i].verdict);
}
END_TEST

/* What a cause is about is told in numbers, too. */
START_TEST(numbers)
{
    struct signer *other = other_key("example.test.", SIGN_ED25519, SIGN_KSK);
    put_ds(signer_ds(other, 2));
    ck_assert_int_eq(validate("www.example.test", DCV_TYPE_A), DCV_CAUSE_DS_MISMATCH);
    ck_assert_uint_eq(trust.key_tag, signer_tag(other));
    ck_assert_uint_eq(trust.algorithm, SIGN_ED25519);
    ds_of_another_algorithm();
    ck_assert_int_eq(validate("www.example.test", DCV_TYPE_A), DCV_CAUSE_ALGORITHM_MISMATCH);
    ck_assert_uint_eq(trust.key_tag, signer_tag(example_key));
    ck_assert_uint_eq(trust.algorithm, SIGN_RSASHA256);
    ds_expired();
    ck_assert_int_eq(validate("www.example.test", DCV_TYPE_A), DCV_CAUSE_SIGNATURE_EXPIRED);
    ck_assert_int_eq(trust.at, SIGN_NOW - DAY / 2);
    ck_assert_uint_eq(trust.key_tag, signer_tag(test_key));
}
END_TEST

/* Secure until the first signature of the chain ends. */
START_TEST(until)
{
    static const struct {
        const char *owner;
        uint16_t type;
    } ends[] = {{"", DCV_TYPE_DNSKEY}, {"test.", DCV_TYPE_DS}, {"test.", DCV_TYPE_DNSKEY}, {"example.test.", DCV_TYPE_DS},
                {"example.test.", DCV_TYPE_DNSKEY}};
    const struct signing soon = {.expiration = SIGN_NOW + DAY};
    struct signer *signers[] = {root_key, root_key, test_key, test_key, example_key};
    const char *records[] = {signer_dnskey(root_key), signer_ds(test_key, 2), signer_dnskey(test_key), signer_ds(example_key, 2),
                             signer_dnskey(example_key)};
    const char *owner = _i == 0 ? "." : ends[_i].owner;
    put_answer(owner, ends[_i].type, signers[_i], records[_i], &soon);
    ck_assert_str_eq(verdict("www.example.test", DCV_TYPE_A), "secure");
    const struct dcv_name expected = name_of(owner);
    ck_assert_int_eq(trust.until, SIGN_NOW + DAY);
    ck_assert(dcv_name_equal(&trust.until_owner, &expected));
    ck_assert_uint_eq(trust.until_type, ends[_i].type);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("chain");
    tcase_add_checked_fixture(tcase, setup, fell);
    tcase_add_loop_test(tcase, link, 0, ROWS(rows));
    tcase_add_test(tcase, numbers);
    tcase_add_loop_test(tcase, until, 0, 5);
    return run_cases("chain", tcase);
}
