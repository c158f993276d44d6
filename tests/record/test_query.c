#include "record/message.h"

#include "support/rows.h"
#include "support/run.h"

#include <ldns/ldns.h>
#include <string.h>

static struct dcv_question ask(const char *name, uint16_t type)
{
    struct dcv_question question = {.type = type};
    ck_assert_int_eq(dcv_name_parse(name, &question.name, NULL), DCV_OK);
    return question;
}

static void build(const struct dcv_question *question, uint16_t id, uint64_t bits, struct dcv_buf *out)
{
    dcv_buf_init(out, 1000);
    ck_assert_int_eq(dcv_query_build(question, id, bits, out), DCV_OK);
}

/* Read back by ldns, which also wrote it; the flags are looked at as octets, too. */
START_TEST(flags_and_edns)
{
    struct dcv_question question = ask("www.example.jp", DCV_TYPE_CAA);
    struct dcv_buf buf;
    ldns_pkt *packet = NULL;
    question.checking_disabled = _i == 1;
    build(&question, 0xabcd, 0, &buf);
    ck_assert_mem_eq(buf.data, _i == 1 ? "\xab\xcd\x01\x30" : "\xab\xcd\x01\x20", 4);
    ck_assert_int_eq(ldns_wire2pkt(&packet, (const uint8_t *)buf.data, buf.len), LDNS_STATUS_OK);
    ck_assert_uint_eq(ldns_pkt_id(packet), 0xabcd);
    ck_assert(!ldns_pkt_qr(packet));
    ck_assert(ldns_pkt_rd(packet));
    ck_assert(ldns_pkt_ad(packet));
    ck_assert_int_eq(ldns_pkt_cd(packet), _i == 1);
    ck_assert(ldns_pkt_edns(packet));
    ck_assert(ldns_pkt_edns_do(packet));
    ck_assert_uint_eq(ldns_pkt_edns_udp_size(packet), DCV_EDNS_SIZE);
    ck_assert_uint_eq(ldns_pkt_qdcount(packet), 1);
    ck_assert_uint_eq(ldns_pkt_ancount(packet) + ldns_pkt_nscount(packet), 0);
    ck_assert_int_eq(ldns_rr_get_type(ldns_rr_list_rr(ldns_pkt_question(packet), 0)), LDNS_RR_TYPE_CAA);
    ldns_pkt_free(packet);
    dcv_buf_done(&buf);
}
END_TEST

/* c-ares cuts eleven octets off the end when a server answers FORMERR: they must be the whole OPT. */
START_TEST(bare_opt_is_last)
{
    static const char opt[] = "\0\0\x29\x04\xd0\0\0\x80\0\0\0";
    struct dcv_question question = ask("example.jp", DCV_TYPE_MX);
    struct dcv_buf buf;
    build(&question, 1, 0, &buf);
    ck_assert_uint_gt(buf.len, 11);
    ck_assert_mem_eq(buf.data + buf.len - 11, opt, 11);
    dcv_buf_done(&buf);
}
END_TEST

static const struct {
    uint64_t bits;
    const char *wire;
} cases[] = {
    {0, "\3a1b\2jp"},
    {1, "\3A1b\2jp"},
    {2, "\3a1B\2jp"}, /* the digit takes no bit */
    {4, "\3a1b\2Jp"},
    {~UINT64_C(0), "\3A1B\2JP"},
};

START_TEST(case_bits)
{
    struct dcv_question question = ask("A1b.jp", DCV_TYPE_A); /* the case given is not the case asked */
    struct dcv_buf buf;
    build(&question, 1, cases[_i].bits, &buf);
    ck_assert_str_eq(buf.data + 12, cases[_i].wire);
    dcv_buf_done(&buf);
}
END_TEST

START_TEST(long_name_uses_bits_again)
{
    struct dcv_question question =
        ask("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", DCV_TYPE_A);
    struct dcv_buf buf;
    build(&question, 1, 1, &buf);
    ck_assert_int_eq(buf.data[13], 'A');
    ck_assert_int_eq(buf.data[14], 'a');
    ck_assert_int_eq(buf.data[13 + 63 + 1 + 1], 'B'); /* the 65th letter */
    dcv_buf_done(&buf);
}
END_TEST

START_TEST(root_name)
{
    struct dcv_question question = {.name = dcv_name_root(), .type = DCV_TYPE_SOA};
    struct dcv_buf buf;
    build(&question, 7, ~UINT64_C(0), &buf);
    ck_assert_mem_eq(buf.data + 12, "\0\0\6\0\1", 5);
    dcv_buf_done(&buf);
}
END_TEST

START_TEST(no_room)
{
    struct dcv_question question = ask("example.jp", DCV_TYPE_A);
    struct dcv_buf buf;
    dcv_buf_init(&buf, 20);
    ck_assert_int_eq(dcv_query_build(&question, 7, 0, &buf), DCV_ERR_NOMEM);
    dcv_buf_done(&buf);
}
END_TEST

#define QUERY "\x12\x34\x01\x20\0\1\0\0\0\0\0\1\3wWw\2jP\0\0\1\0\1"
#define ANSWER "\x12\x34\x81\xa0\0\1\0\0\0\0\0\0"

static const struct {
    const char *answer;
    size_t len;
    enum dcv_echo echo;
} echoes[] = {
    {OCTETS(ANSWER "\3wWw\2jP\0\0\1\0\1"), DCV_ECHO_SAME},
    {OCTETS(ANSWER "\3www\2jp\0\0\1\0\1"), DCV_ECHO_CASE_DIFFERS},
    {OCTETS("\x12\x34\x81\xa0\0\1\0\x05\0\0\0\0\3wWw\2jP\0\0\1\0\1trailing"), DCV_ECHO_SAME},
    {OCTETS("\x12\x35\x81\xa0\0\1\0\0\0\0\0\0\3wWw\2jP\0\0\1\0\1"), DCV_ECHO_WRONG}, /* id */
    {OCTETS("\x12\x34\x01\xa0\0\1\0\0\0\0\0\0\3wWw\2jP\0\0\1\0\1"), DCV_ECHO_WRONG}, /* a query */
    {OCTETS(ANSWER "\3wWx\2jP\0\0\1\0\1"), DCV_ECHO_WRONG},
    {OCTETS(ANSWER "\3wWw\2jP\0\0\2\0\1"), DCV_ECHO_WRONG}, /* type */
    {OCTETS(ANSWER "\3wWw\2jP\0\0\x21\0\1"), DCV_ECHO_WRONG}, /* a type that differs in the bit of the case */
    {OCTETS(ANSWER "\3wWw\2jP\0\0\1\0\3"), DCV_ECHO_WRONG}, /* class */
    {OCTETS(ANSWER "\3wWw\0\0\1\0\1"), DCV_ECHO_WRONG},
    {OCTETS(ANSWER "\3wWw\2jP\1x\0\0\1\0\1"), DCV_ECHO_WRONG},
    {OCTETS("\x12\x34\x81\xa0\0\0\0\0\0\0\0\0"), DCV_ECHO_WRONG}, /* no question */
    {OCTETS("\x12\x34\x81\xa0\0\2\0\0\0\0\0\0\3wWw\2jP\0\0\1\0\1\3wWw\2jP\0\0\1\0\1"), DCV_ECHO_WRONG},
    {OCTETS(ANSWER "\xc0\x0c\0\1\0\1"), DCV_ECHO_WRONG}, /* a pointer */
    {OCTETS(""), DCV_ECHO_WRONG},
    {OCTETS("\x12\x34"), DCV_ECHO_WRONG},
};

START_TEST(echo)
{
    ck_assert_int_eq(dcv_message_echo((const uint8_t *)QUERY, sizeof QUERY - 1, (const uint8_t *)echoes[_i].answer, echoes[_i].len),
                     echoes[_i].echo);
}
END_TEST

/* '[' and '{' differ as upper and lower case letters do, yet are none. */
START_TEST(echo_of_other_octets)
{
    static const char query[] = "\0\1\1\0\0\1\0\0\0\0\0\0\1[\0\0\1\0\1", answer[] = "\0\1\x81\0\0\1\0\0\0\0\0\0\1{\0\0\1\0\1";
    ck_assert_int_eq(dcv_message_echo((const uint8_t *)query, sizeof query - 1, (const uint8_t *)answer, sizeof answer - 1), DCV_ECHO_WRONG);
}
END_TEST

START_TEST(echo_cut_anywhere)
{
    static const char answer[] = ANSWER "\3wWw\2jP\0\0\1\0\1";
    for (size_t len = 0; len < sizeof answer - 1; len++) {
        uint8_t *exact = malloc(len + (len == 0));
        memcpy(exact, answer, len);
        ck_assert_int_eq(dcv_message_echo((const uint8_t *)QUERY, sizeof QUERY - 1, exact, len), DCV_ECHO_WRONG);
        free(exact);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("query");
    tcase_add_loop_test(tcase, flags_and_edns, 0, 2);
    tcase_add_test(tcase, bare_opt_is_last);
    tcase_add_loop_test(tcase, case_bits, 0, ROWS(cases));
    tcase_add_test(tcase, long_name_uses_bits_again);
    tcase_add_test(tcase, root_name);
    tcase_add_test(tcase, no_room);
    tcase_add_loop_test(tcase, echo, 0, ROWS(echoes));
    tcase_add_test(tcase, echo_of_other_octets);
    tcase_add_test(tcase, echo_cut_anywhere);
    return run_cases("query", tcase);
}
