#include "record/dnskey.h"

#include "support/records.h"
#include "support/rows.h"
#include "support/run.h"

#include <string.h>

static struct dcv_rr rr_with(uint16_t type, const void *rdata, size_t len)
{
    return (struct dcv_rr){.type = type, .rdata = rdata, .rdlen = (uint16_t)len};
}

/* The examples of RFC 4034 §5.4, RFC 5702 §6, RFC 6605 §6 and RFC 8080 §6, with the tags that they give. */
static const struct {
    const char *text;
    uint16_t tag;
    unsigned bits;
    const char *algorithm, *role;
} keys[] = {
    {"dskey.example.com. 86400 IN DNSKEY 256 3 5 AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvxegXd/"
     "M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==", 60485, 1024, "RSASHA1", "ZSK"},
    {"example.net. 3600 IN DNSKEY 256 3 8 AwEAAcFcGsaxxdgiuuGmCkVImy4h99CqT7jwY3pexPGcnUFtR2Fh36BponcwtkZ4cAgtvd4Qs8PkxUdp6p/DlUmObdk=", 9033, 512,
     "RSASHA256", "ZSK"},
    {"example.net. 3600 IN DNSKEY 257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==", 55648, 256,
     "ECDSAP256SHA256", "KSK"},
    {"example.com. 3600 IN DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=", 3613, 256, "ED25519", "KSK"},
};

START_TEST(reads_keys)
{
    struct dcv_dnskey key;
    char text[DCV_ALGORITHM_TEXT];
    const struct dcv_rr rr = rr_of(keys[_i].text);
    ck_assert(dcv_rr_dnskey(&rr, &key));
    ck_assert_uint_eq(key.tag, keys[_i].tag);
    ck_assert_uint_eq(dcv_dnskey_tag(&rr), keys[_i].tag);
    ck_assert_uint_eq(dcv_dnskey_bits(&key), keys[_i].bits);
    ck_assert_str_eq(dcv_algorithm_text(key.algorithm, text), keys[_i].algorithm);
    ck_assert_str_eq(dcv_dnskey_role(&key), keys[_i].role);
    ck_assert_uint_eq(key.protocol, 3);
    ck_assert_ptr_eq(key.key + key.key_len, rr.rdata + rr.rdlen);
}
END_TEST

/* RSA keys that are no numbers have no size; zeros before the modulus do not count. */
static const struct {
    const char *rdata;
    size_t len;
    unsigned bits;
} sizes[] = {
    {OCTETS("\1\0\3\10\1\3\x80"), 8},       {OCTETS("\1\0\3\10\1\3\x01"), 1},   {OCTETS("\1\0\3\10\1\3\0\0\x7f\xff"), 15},
    {OCTETS("\1\0\3\10\0\0\1\3\xff"), 8},   {OCTETS("\1\0\3\10\1\3\0\0"), 0},   {OCTETS("\1\0\3\10\1\3"), 0},
    {OCTETS("\1\0\3\10\4\3"), 0},           {OCTETS("\1\0\3\10\0\1"), 0},       {OCTETS("\1\0\3\10"), 0},
    {OCTETS("\1\0\3\x0e"), 384},            {OCTETS("\1\0\3\x10"), 456},        {OCTETS("\1\0\3\xc8xx"), 0},
};

START_TEST(sizes_of_keys)
{
    struct dcv_dnskey key;
    const struct dcv_rr rr = rr_with(DCV_TYPE_DNSKEY, sizes[_i].rdata, sizes[_i].len);
    ck_assert(dcv_rr_dnskey(&rr, &key));
    ck_assert_uint_eq(dcv_dnskey_bits(&key), sizes[_i].bits);
}
END_TEST

static const struct {
    uint16_t flags;
    const char *role;
} roles[] = {{0x0101, "KSK"}, {0x0100, "ZSK"}, {0x0181, "revoked"}, {0x0001, "key"}, {0x0000, "key"}};

START_TEST(roles_of_keys)
{
    const struct dcv_dnskey key = {.flags = roles[_i].flags};
    ck_assert_str_eq(dcv_dnskey_role(&key), roles[_i].role);
}
END_TEST

/* RFC 4034 Appendix B.1: the last octets but one of the modulus; and a record too short for that. */
START_TEST(tag_of_algorithm_1)
{
    const struct dcv_rr rr = rr_with(DCV_TYPE_DNSKEY, "\1\0\3\1\1\3\x12\x34\x56", 9), stub = rr_with(DCV_TYPE_DNSKEY, "\1\0\3\1", 4);
    ck_assert_uint_eq(dcv_dnskey_tag(&rr), 0x1234);
    ck_assert_uint_eq(dcv_dnskey_tag(&stub), 0x0401);
}
END_TEST

START_TEST(reads_ds)
{
    struct dcv_ds ds;
    char text[DCV_ALGORITHM_TEXT];
    const struct dcv_rr rr = rr_of("example.com. 3600 IN DS 3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b");
    ck_assert(dcv_rr_ds(&rr, &ds));
    ck_assert_uint_eq(ds.tag, 3613);
    ck_assert_uint_eq(ds.algorithm, 15);
    ck_assert_str_eq(dcv_digest_text(ds.digest_type, text), "SHA-256");
    ck_assert_uint_eq(ds.digest_len, 32);
    ck_assert_uint_eq(ds.digest[0], 0x3a);
}
END_TEST

START_TEST(reads_rrsig)
{
    struct dcv_rrsig rrsig;
    const struct dcv_rr rr = rr_of("example.com. 3600 IN RRSIG MX 15 2 3600 1440021600 1438207200 3613 Example.com. "
                                   "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==");
    ck_assert(dcv_rr_rrsig(&rr, &rrsig));
    ck_assert_uint_eq(rrsig.covered, DCV_TYPE_MX);
    ck_assert_uint_eq(rrsig.algorithm, 15);
    ck_assert_uint_eq(rrsig.labels, 2);
    ck_assert_uint_eq(rrsig.original_ttl, 3600);
    ck_assert_uint_eq(rrsig.expiration, 1440021600);
    ck_assert_uint_eq(rrsig.inception, 1438207200);
    ck_assert_uint_eq(rrsig.tag, 3613);
    ck_assert_uint_eq(dcv_name_labels(&rrsig.signer), 2);
    ck_assert_uint_eq(rrsig.signature_len, 64);
}
END_TEST

START_TEST(reads_nsec3param)
{
    struct dcv_nsec3param param;
    struct dcv_rr rr = rr_of("example. 3600 IN NSEC3PARAM 1 0 12 aabbccdd");
    ck_assert(dcv_rr_nsec3param(&rr, &param));
    ck_assert_uint_eq(param.algorithm, 1);
    ck_assert_uint_eq(param.iterations, 12);
    ck_assert_uint_eq(param.salt_len, 4);
    ck_assert_mem_eq(param.salt, "\xaa\xbb\xcc\xdd", 4);
    rr = rr_of("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example. 3600 IN NSEC3 1 1 12 aabbccdd 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY");
    ck_assert(dcv_rr_nsec3param(&rr, &param));
    ck_assert_uint_eq(param.flags, DCV_NSEC3_OPT_OUT);
    ck_assert_uint_eq(param.salt_len, 4);
}
END_TEST

/* Whatever is cut off, or is of another type, is not read. */
static const struct {
    uint16_t type;
    const char *rdata;
    size_t len;
} cut[] = {
    {DCV_TYPE_DNSKEY, OCTETS("\1\0\3")},
    {DCV_TYPE_DNSKEY, OCTETS("")},
    {DCV_TYPE_DS, OCTETS("\1\0\3")},
    {DCV_TYPE_RRSIG, OCTETS("\0\1\15\2\0\0\0\0\0\0\0\0\0\0\0\0\0")},
    {DCV_TYPE_RRSIG, OCTETS("\0\1\15\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
    {DCV_TYPE_RRSIG, OCTETS("\0\1\15\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\2jp")},
    {DCV_TYPE_RRSIG, OCTETS("\0\1\15\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xc0\0")},
    {DCV_TYPE_NSEC3PARAM, OCTETS("\1\0\0\1")},
    {DCV_TYPE_NSEC3PARAM, OCTETS("\1\0\0\1\1")},
    {DCV_TYPE_NSEC3PARAM, OCTETS("\1\0\0\1\0x")},
    {DCV_TYPE_TXT, OCTETS("\1\0\0\1\0")},
    {DCV_TYPE_TXT, OCTETS("\0\1\15\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
};

START_TEST(refuses_the_rest)
{
    struct dcv_dnskey key;
    struct dcv_ds ds;
    struct dcv_rrsig rrsig;
    struct dcv_nsec3param param;
    const struct dcv_rr rr = rr_with(cut[_i].type, cut[_i].rdata, cut[_i].len);
    ck_assert(!dcv_rr_dnskey(&rr, &key));
    ck_assert(!dcv_rr_ds(&rr, &ds));
    ck_assert(!dcv_rr_rrsig(&rr, &rrsig));
    ck_assert(!dcv_rr_nsec3param(&rr, &param));
}
END_TEST

/* Dates are serial numbers, which begin again at zero in 2106. */
static const struct {
    uint32_t date;
    int64_t near, time;
} dates[] = {
    {1800000000, 1790000000, 1800000000},
    {1700000000, 1790000000, 1700000000},
    {5, 4294967290, 4294967301},
    {4294967290, 4294967301, 4294967290},
    {4294967290, 5, -6},
    {0, INT32_MAX, 0},
    {UINT32_MAX, 0, -1},
};

START_TEST(dates_of_signatures)
{
    ck_assert_int_eq(dcv_rrsig_time(dates[_i].date, dates[_i].near), dates[_i].time);
}
END_TEST

START_TEST(unknown_numbers)
{
    char text[DCV_ALGORITHM_TEXT];
    ck_assert_str_eq(dcv_algorithm_text(255, text), "ALGORITHM255");
    ck_assert_str_eq(dcv_digest_text(99, text), "DIGEST99");
    ck_assert_str_eq(dcv_algorithm_text(7, text), "RSASHA1-NSEC3-SHA1");
    ck_assert_str_eq(dcv_digest_text(5, text), "GOST R 34.11-2012");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("dnskey");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, reads_keys, 0, ROWS(keys));
    tcase_add_loop_test(tcase, sizes_of_keys, 0, ROWS(sizes));
    tcase_add_loop_test(tcase, roles_of_keys, 0, ROWS(roles));
    tcase_add_test(tcase, tag_of_algorithm_1);
    tcase_add_test(tcase, reads_ds);
    tcase_add_test(tcase, reads_rrsig);
    tcase_add_test(tcase, reads_nsec3param);
    tcase_add_loop_test(tcase, refuses_the_rest, 0, ROWS(cut));
    tcase_add_loop_test(tcase, dates_of_signatures, 0, ROWS(dates));
    tcase_add_test(tcase, unknown_numbers);
    return run_cases("dnskey", tcase);
}
