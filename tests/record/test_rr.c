#include "record/rr.h"

#include "support/records.h"
#include "support/rows.h"
#include "support/run.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const struct dcv_name *name)
{
    static char text[DCV_NAME_TEXT_MAX];
    return dcv_name_text(name, text);
}

static const struct {
    uint16_t type;
    const char *text;
} type_rows[] = {{1, "A"},     {2, "NS"},   {5, "CNAME"}, {6, "SOA"},  {15, "MX"},     {16, "TXT"},   {28, "AAAA"},   {39, "DNAME"},
                 {43, "DS"},   {46, "RRSIG"}, {47, "NSEC"}, {48, "DNSKEY"}, {50, "NSEC3"}, {257, "CAA"}, {65280, "TYPE65280"}, {33, "TYPE33"}};

START_TEST(type_texts)
{
    char text[DCV_TYPE_TEXT];
    ck_assert_str_eq(dcv_type_text(type_rows[_i].type, text), type_rows[_i].text);
    ck_assert_uint_eq(dcv_type_parse(type_rows[_i].text), type_rows[_i].type);
}
END_TEST

static const char *const no_types[] = {"", "TYPE", "TYPE65536", "TYPE-1", "TYPE1x", "TYPE99999999999999999999", "a", "XA", "TYPE 1", "TYPE0"};

START_TEST(no_type)
{
    ck_assert_uint_eq(dcv_type_parse(no_types[_i]), 0);
}
END_TEST

static const char *const lines[] = {
    "example.jp. 300 IN A 192.0.2.1",
    "example.jp. 300 IN AAAA 2001:db8::1",
    "example.jp. 300 IN NS ns.example.jp.",
    "www.example.jp. 300 IN CNAME example.jp.",
    "example.jp. 300 IN DNAME example.com.",
    "example.jp. 300 IN SOA ns.example.jp. admin.example.jp. 1 2 3 4 5",
    "example.jp. 300 IN MX 10 mail.example.jp.",
    "example.jp. 300 IN MX 0 .",
    "example.jp. 300 IN TXT \"a b\" \"c;d\" \"\\\"\\\\\"",
    "example.jp. 300 IN TXT \"\"",
    "example.jp. 300 IN TXT \"\\227\\129\\130\"",
    "example.jp. 300 IN CAA 0 issue \"sectigo.com; accounturi=https://a.example/1\"",
    "example.jp. 300 IN TYPE65280 \\# 3 010203",
    "a\\.b.example.jp. 300 IN A 192.0.2.1",
    "_validation-contactemail.example.jp. 0 IN TXT \"a@example.jp\"",
};

/* What is read is written so that it is read as the same again. */
START_TEST(text_round_trip)
{
    struct dcv_buf text, again;
    dcv_buf_init(&text, 4096);
    dcv_buf_init(&again, 4096);
    const struct dcv_rr rr = rr_of(lines[_i]);
    dcv_rr_text(&rr, &text);
    const struct dcv_rr second = rr_of(dcv_buf_text(&text));
    dcv_rr_text(&second, &again);
    ck_assert_str_eq(dcv_buf_text(&again), dcv_buf_text(&text));
    ck_assert(dcv_name_equal(&rr.owner, &second.owner));
    ck_assert_uint_eq(rr.type, second.type);
    ck_assert_uint_eq(rr.ttl, second.ttl);
    ck_assert_uint_eq(rr.rdlen, second.rdlen);
    ck_assert_mem_eq(rr.rdata, second.rdata, rr.rdlen);
    ck_assert_ptr_null(strpbrk(dcv_buf_text(&text), "\n\t"));
    dcv_buf_done(&text);
    dcv_buf_done(&again);
}
END_TEST

static const char *const no_records[] = {
    "", "example.jp.", "example.jp. IN", "example.jp. IN A", "example.jp. IN A 192.0.2.256", "example.jp. CH A 192.0.2.1",
    "example.jp. IN MX ten mail.example.jp.", "a..b. IN A 192.0.2.1", "example.jp. IN NOTYPE x",
};

START_TEST(no_record)
{
    struct dcv_rr rr = {.type = 99};
    ck_assert_int_eq(dcv_rr_from_text(arena, no_records[_i], &rr), DCV_ERR_SYNTAX);
    ck_assert_uint_eq(rr.type, 99);
}
END_TEST

START_TEST(reads_mx)
{
    struct dcv_mx mx;
    struct dcv_rr rr = rr_of("example.jp. IN MX 10 Mail.EXAMPLE.jp.");
    ck_assert(dcv_rr_mx(&rr, &mx));
    ck_assert_uint_eq(mx.preference, 10);
    ck_assert_uint_eq(dcv_name_labels(&mx.exchange), 3);
    rr = rr_of("example.jp. IN MX 0 .");
    ck_assert(dcv_rr_mx(&rr, &mx));
    ck_assert_uint_eq(mx.exchange.len, 1);
    rr.type = DCV_TYPE_TXT;
    ck_assert(!dcv_rr_mx(&rr, &mx));
}
END_TEST

/* The local part of an RNAME keeps its case and its dot. */
START_TEST(reads_soa)
{
    struct dcv_soa soa;
    const struct dcv_rr rr = rr_of("example.jp. IN SOA NS.example.jp. John\\.Doe.Example.jp. 1 2 3 4 5");
    ck_assert(dcv_rr_soa(&rr, &soa));
    ck_assert_str_eq(text_of(&soa.rname), "John\\.Doe.example.jp");
    ck_assert_uint_eq(soa.serial, 1);
    ck_assert_uint_eq(soa.minimum, 5);
}
END_TEST

START_TEST(reads_caa)
{
    struct dcv_caa caa;
    const struct dcv_rr rr = rr_of("example.jp. IN CAA 130 IssueWild \"ca.example\"");
    ck_assert(dcv_rr_caa(&rr, &caa));
    ck_assert_uint_eq(caa.flags, 130);
    ck_assert_uint_eq(caa.tag_len, 9);
    ck_assert_mem_eq(caa.tag, "IssueWild", 9);
    ck_assert_uint_eq(caa.value_len, 10);
    ck_assert_mem_eq(caa.value, "ca.example", 10);
}
END_TEST

static const struct {
    const char *rdata;
    size_t len;
    bool good;
} caas[] = {
    {OCTETS("\0\5issue"), true}, /* an empty value */
    {OCTETS("\0\5issue;"), true},
    {OCTETS("\0\1x\0\xff"), true},
    {OCTETS(""), false},
    {OCTETS("\0"), false},
    {OCTETS("\0\0"), false}, /* a tag of no characters */
    {OCTETS("\0\0x"), false},
    {OCTETS("\0\6issue"), false},
};

START_TEST(caa_forms)
{
    struct dcv_caa caa;
    const struct dcv_rr rr = {.type = DCV_TYPE_CAA, .rdata = (const uint8_t *)caas[_i].rdata, .rdlen = (uint16_t)caas[_i].len};
    ck_assert_int_eq(dcv_rr_caa(&rr, &caa), caas[_i].good);
}
END_TEST

static const struct {
    const char *rdata;
    size_t len;
    const char *joined; /* NULL: not of the form */
    size_t strings;
} txts[] = {
    {OCTETS("\0"), "", 1},
    {OCTETS("\3abc"), "abc", 1},
    {OCTETS("\1a\0\2bc"), "abc", 3}, /* without a separator */
    {OCTETS(""), NULL, 0},
    {OCTETS("\4abc"), NULL, 0},
    {OCTETS("\3abc\1"), NULL, 0},
};

START_TEST(joins_txt)
{
    size_t len = 99, strings = 99;
    const struct dcv_rr rr = {.type = DCV_TYPE_TXT, .rdata = (const uint8_t *)txts[_i].rdata, .rdlen = (uint16_t)txts[_i].len};
    const uint8_t *joined = dcv_rr_txt(&rr, arena, &len, &strings);
    ck_assert_int_eq(joined != NULL, txts[_i].joined != NULL);
    if (joined == NULL)
        return;
    ck_assert_uint_eq(len, strlen(txts[_i].joined));
    ck_assert_mem_eq(joined, txts[_i].joined, len);
    ck_assert_uint_eq(strings, txts[_i].strings);
}
END_TEST

START_TEST(rest_behind_a_name)
{
    struct dcv_name target;
    struct dcv_rr rr = {.type = DCV_TYPE_CNAME, .rdata = (const uint8_t *)"\1a\0x", .rdlen = 4};
    ck_assert(!dcv_rr_target(&rr, &target));
    rr.rdlen = 3;
    ck_assert(dcv_rr_target(&rr, &target));
    rr.rdlen = 2;
    ck_assert(!dcv_rr_target(&rr, &target));
    rr.type = DCV_TYPE_A;
    rr.rdlen = 3;
    ck_assert(!dcv_rr_target(&rr, &target));
}
END_TEST

static const struct {
    const char *address;
    bool private;
} addresses[] = {
    {"A 0.0.0.0", true},          {"A 0.255.255.255", true},   {"A 1.0.0.0", false},          {"A 9.255.255.255", false},
    {"A 10.0.0.1", true},         {"A 11.0.0.0", false},       {"A 100.63.255.255", false},   {"A 100.64.0.0", true},
    {"A 100.127.255.255", true},  {"A 100.128.0.0", false},    {"A 127.0.0.1", true},         {"A 169.254.1.1", true},
    {"A 169.255.0.0", false},     {"A 172.15.255.255", false}, {"A 172.16.0.0", true},        {"A 172.31.255.255", true},
    {"A 172.32.0.0", false},      {"A 192.0.0.1", true},       {"A 192.0.2.1", false},        {"A 192.167.255.255", false},
    {"A 192.168.0.1", true},      {"A 198.51.100.1", false},   {"A 203.0.113.1", false},      {"A 223.255.255.255", false},
    {"A 224.0.0.1", true},        {"A 255.255.255.255", true}, {"AAAA ::", true},             {"AAAA ::1", true},
    {"AAAA ::2", true},           {"AAAA ::ffff:10.0.0.1", true}, {"AAAA ::ffff:192.0.2.1", false}, {"AAAA fbff::1", false},
    {"AAAA fc00::1", true},       {"AAAA fdff::1", true},      {"AAAA fe7f::1", false},       {"AAAA fe80::1", true},
    {"AAAA fec0::1", true},       {"AAAA feff::1", true},
    {"AAAA febf::1", true},       {"AAAA ff02::1", true},      {"AAAA 100::1", true},         {"AAAA 100:0:0:1::", false},
    {"AAAA 2001:db8::1", false},  {"AAAA 2606:4700::1", false}, {"A 198.17.255.255", false},  {"A 198.18.0.0", true},
    {"A 198.19.255.255", true},   {"A 198.20.0.0", false},     {"AAAA ::127.0.0.1", true},    {"AAAA ::192.0.2.1", false},
    {"AAAA 64:ff9b::a00:1", true}, {"AAAA 64:ff9b::c000:201", false}, {"AAAA 64:ff9b:1::1", true}, {"AAAA 64:ff9b:2::1", false},
};

START_TEST(private_addresses)
{
    char text[100];
    (void)snprintf(text, sizeof text, "example.jp. IN %s", addresses[_i].address);
    const struct dcv_rr rr = rr_of(text);
    ck_assert_msg(dcv_rr_private_address(&rr) == addresses[_i].private, "%s", text);
}
END_TEST

START_TEST(private_address_of_other_types)
{
    const struct dcv_rr rr = {.type = DCV_TYPE_TXT, .rdata = (const uint8_t *)"\x0a\0\0\1", .rdlen = 4};
    ck_assert(!dcv_rr_private_address(&rr));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("rr");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, type_texts, 0, ROWS(type_rows));
    tcase_add_loop_test(tcase, no_type, 0, ROWS(no_types));
    tcase_add_loop_test(tcase, text_round_trip, 0, ROWS(lines));
    tcase_add_loop_test(tcase, no_record, 0, ROWS(no_records));
    tcase_add_test(tcase, reads_mx);
    tcase_add_test(tcase, reads_soa);
    tcase_add_test(tcase, reads_caa);
    tcase_add_loop_test(tcase, caa_forms, 0, ROWS(caas));
    tcase_add_loop_test(tcase, joins_txt, 0, ROWS(txts));
    tcase_add_test(tcase, rest_behind_a_name);
    tcase_add_loop_test(tcase, private_addresses, 0, ROWS(addresses));
    tcase_add_test(tcase, private_address_of_other_types);
    return run_cases("rr", tcase);
}
