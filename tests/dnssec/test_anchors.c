#include "dnssec/dnssec.h"

#include "dnssec/crypto.h"
#include "support/rows.h"
#include "support/run.h"
#include "support/sign.h"

#include <stdio.h>
#include <string.h>

static struct dcv_anchors *anchors;
static size_t line;

static void teardown(void)
{
    dcv_anchors_free(anchors);
    anchors = NULL;
}

static enum dcv_status parse(const char *text)
{
    return dcv_anchors_parse(text, strlen(text), &anchors, &line);
}

#define KSK_2017 \
    "AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixHlFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDd" \
    "D5LKyWbRd2n9WG" \
    "e2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eNbuv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVI" \
    "zuDWfdRUfhHdY6+cn8" \
    "HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU="
#define KSK_2024 \
    "AwEAAa96jeuknZlaeSrvyAJj6ZHv28hhOKkx3rLGXVaC6rXTsDc449/cidltpkyGwCJNnOAlFNKF2jBosZBU5eeHspaQWOmOElZsjICMQMC3aeHbGiShvZsx4wMYSjH8e7" \
    "Vrhbu6irwCzVBApESj" \
    "bUdpWWmEnhathWu1jo+siFUiRAAxm9qyJNg/wOZqqzL/dL/q8PkcRU5oUKEpUge71M3ej2/7CPqpdVwuMoTvoB+ZOT4YeGyxMvHmbrxlFzGOHOijtzN+u1TQNatX2XBuzZ" \
    "NQ1K+s2CXkPIZo7s6J" \
    "gZyvaBevYtxPvYLw4z9mR7K2vaF18UYH9Z9GNUUeayffKC73PYc="

/* The digests that are built in are those of the root's keys. */
START_TEST(iana)
{
    static const char *const keys[] = {". IN DNSKEY 257 3 8 " KSK_2017, ". IN DNSKEY 257 3 8 " KSK_2024};
    static const uint16_t tags[] = {20326, 38696};
    struct dcv_arena *arena = dcv_arena_create(NULL);
    ck_assert_int_eq(dcv_anchors_iana(&anchors), DCV_OK);
    ck_assert_uint_eq(dcv_anchors_count(anchors), 2);
    for (size_t i = 0; i < 2; i++) {
        struct dcv_rr rr;
        struct dcv_dnskey key;
        struct dcv_ds ds;
        ck_assert_int_eq(dcv_rr_from_text(arena, keys[i], &rr), DCV_OK);
        ck_assert(dcv_rr_dnskey(&rr, &key));
        ck_assert(dcv_rr_ds(dcv_anchors_at(anchors, i), &ds));
        ck_assert_uint_eq(dcv_anchors_at(anchors, i)->owner.len, 1);
        ck_assert_uint_eq(ds.tag, tags[i]);
        ck_assert_uint_eq(key.tag, tags[i]);
        ck_assert_uint_eq(ds.algorithm, key.algorithm);
        ck_assert(dcv_dnskey_fit(&key));
        ck_assert(dcv_ds_digests(&ds, &rr.owner, &key));
    }
    dcv_arena_free(arena);
}
END_TEST

#define DS "DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"
#define KEY_13 "DNSKEY 257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA=="

static const struct {
    const char *text;
    size_t count;
    const char *owners; /* joined by spaces */
} good[] = {
    {". IN " DS, 1, "."},
    {".\t172800 IN\t" DS "\n; a comment\n\nexample.test. IN " KEY_13 " ; keytag 55648\n", 2, ". example.test"},
    {"example.test. IN DNSKEY ( 257 3 13\n  GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edb ; half\n"
     "  krSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA== )\n. IN " DS "\n", 2, "example.test ."},
    {"test. IN SOA ns.test. admin.test. 1 2 3 4 5\nexample.test. IN " KEY_13 "\nexample.test. IN DS 1 13 2 ( 00112233445566778899AABBCCDDEEFF\n"
     " 00112233445566778899AABBCCDDEEFF )\nns.test. IN A 192.0.2.1\n", 2, "example.test example.test"},
    {"EXAMPLE.Test. IN " DS "\r\n", 1, "example.test"},
    {"; autotrust trust anchor file\n;;id: . 1\n;;last_queried: 1795255200 ;;Sat Nov 21 10:00:00 2026\n"
     ".\t86400\tIN\t" KEY_13 " ;{id = 55648 (ksk), size = 256b} ;;state=2 [  VALID  ] ;;count=0 ;;lastchange=1795000000 ;;Wed\n"
     "example.test.\t86400\tIN\t" KEY_13 " ;{id = 55648 (ksk), size = 256b} ;;state=1 [ ADDPEND ] ;;count=3 ;;lastchange=1795000000 ;;Wed\n"
     "example.net.\t86400\tIN\t" KEY_13 " ;{id = 55648 (ksk), size = 256b} ;;state=3 [ MISSING ] ;;count=0 ;;lastchange=1795000000 ;;Wed\n"
     "example.org.\t86400\tIN\t" KEY_13 " ;{id = 55648 (ksk), size = 256b} ;;state=4 [ REVOKED ] ;;count=0 ;;lastchange=1795000000 ;;Wed\n",
     2, ". example.net"},
};

START_TEST(reads)
{
    char owners[DCV_NAME_TEXT_MAX * 2] = "";
    ck_assert_msg(parse(good[_i].text) == DCV_OK, "line %zu", line);
    for (size_t i = 0; i < dcv_anchors_count(anchors); i++) {
        char text[DCV_NAME_TEXT_MAX];
        const size_t used = strlen(owners);
        (void)snprintf(owners + used, sizeof owners - used,
                       "%s%s", i != 0 ? " " : "", dcv_name_text(&dcv_anchors_at(anchors, i)->owner, text));
    }
    ck_assert_str_eq(owners, good[_i].owners);
    ck_assert_uint_eq(dcv_anchors_count(anchors), good[_i].count);
}
END_TEST

static const struct {
    const char *text;
    size_t line; /* 0: nothing is wrong but that there is no anchor */
} bad[] = {
    {"", 0},
    {"\n\n; nothing\n", 0},
    {"example.test. IN A 192.0.2.1\n", 0},
    {". IN " KEY_13 " ;;state=1 [ ADDPEND ]", 0},
    {". IN " DS "\n\nexample.test. IN DS 1 13 zwei 00\n", 3},
    {"trust-anchors { . initial-key 257 3 8 \"\"; };\n", 1},
    {". IN " DS "\n. IN DNSKEY 257\n", 2},
    {". CH " DS "\n", 1},
    {". IN " DS "\n$ORIGIN test.\n", 2},
    {". IN " DS "\n   IN " DS "\n", 2},
    {". IN " DS "\n. IN DS 1 13 2 ( 0011\n2233\n", 2},
};

START_TEST(refuses)
{
    line = 99;
    ck_assert_int_eq(parse(bad[_i].text), DCV_ERR_SYNTAX);
    ck_assert_uint_eq(line, bad[_i].line);
    ck_assert_ptr_null(anchors);
}
END_TEST

START_TEST(refuses_zero_octets)
{
    static const char text[] = ". IN " DS "\n. IN \0 " DS;
    ck_assert_int_eq(dcv_anchors_parse(text, sizeof text - 1, &anchors, &line), DCV_ERR_SYNTAX);
    ck_assert_uint_eq(line, 2);
}
END_TEST

/* Each digest type that is computed, against ldns. */
START_TEST(digests)
{
    static const int types[] = {1, 2, 4};
    struct signer *signer = signer_create("example.test.", SIGN_ED25519, SIGN_KSK);
    char text[4096];
    (void)snprintf(text, sizeof text, "%s%s", signer_dnskey(signer), signer_ds(signer, types[_i]));
    ck_assert_int_eq(parse(text), DCV_OK);
    struct dcv_dnskey key;
    struct dcv_ds ds;
    ck_assert(dcv_rr_dnskey(dcv_anchors_at(anchors, 0), &key) && dcv_rr_ds(dcv_anchors_at(anchors, 1), &ds));
    ck_assert_uint_eq(key.tag, signer_tag(signer));
    ck_assert_uint_eq(ds.tag, key.tag);
    ck_assert(dcv_ds_digests(&ds, &dcv_anchors_at(anchors, 0)->owner, &key));
    const struct dcv_name root = dcv_name_root();
    ck_assert(!dcv_ds_digests(&ds, &root, &key));
    ds.digest_len--;
    ck_assert(!dcv_ds_digests(&ds, &dcv_anchors_at(anchors, 0)->owner, &key));
    signer_free(signer);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("anchors");
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, iana);
    tcase_add_loop_test(tcase, reads, 0, ROWS(good));
    tcase_add_loop_test(tcase, refuses, 0, ROWS(bad));
    tcase_add_test(tcase, refuses_zero_octets);
    tcase_add_loop_test(tcase, digests, 0, 3);
    return run_cases("anchors", tcase);
}
