#include "record/message.h"

#include "support/rows.h"
#include "support/run.h"
#include "support/wire.h"

#include <string.h>

static struct dcv_arena *arena;
static struct wire wire;
static struct dcv_message message;

static void setup(void)
{
    arena = dcv_arena_create(NULL);
    wire_begin(&wire, 1, WIRE_QR | WIRE_RD | WIRE_RA);
    memset(&message, 0, sizeof message);
}

static void teardown(void)
{
    wire_done(&wire);
    dcv_arena_free(arena);
}

static enum dcv_status parse(void)
{
    wire_end(&wire);
    return dcv_message_parse(arena, (const uint8_t *)wire.buf.data, wire.buf.len, &message);
}

static struct dcv_name name_of(const char *text)
{
    struct dcv_name name;
    ck_assert_int_eq(dcv_name_parse(text, &name, NULL), DCV_OK);
    return name;
}

static const char *text_of(const struct dcv_name *name)
{
    static char text[DCV_NAME_TEXT_MAX];
    return dcv_name_text(name, text);
}

START_TEST(nodata)
{
    wire_question(&wire, "www.example.jp", DCV_TYPE_CAA);
    wire_rr(&wire, WIRE_AUTHORITY, "example.jp. 3600 IN SOA ns.example.jp. admin.example.jp. 1 7200 3600 1209600 600");
    wire_opt(&wire, 0, NULL, 0);
    ck_assert_int_eq(parse(), DCV_OK);
    ck_assert_uint_eq(message.rcode, 0);
    ck_assert_uint_eq(message.answer.count, 0);
    ck_assert_uint_eq(message.authority.count, 1);
    ck_assert(message.edns && message.recursion_available && !message.authentic && !message.truncated);
    ck_assert_uint_eq(dcv_message_ttl(&message), 600); /* RFC 2308 §5 */
}
END_TEST

static const struct {
    unsigned flags;
    size_t offset;
} flag_rows[] = {
    {WIRE_AA, offsetof(struct dcv_message, authoritative)},       {WIRE_TC, offsetof(struct dcv_message, truncated)},
    {WIRE_RA, offsetof(struct dcv_message, recursion_available)}, {WIRE_AD, offsetof(struct dcv_message, authentic)},
    {WIRE_CD, offsetof(struct dcv_message, checking_disabled)},
};

START_TEST(flags)
{
    wire_done(&wire);
    wire_begin(&wire, 1, WIRE_QR | flag_rows[_i].flags);
    wire_question(&wire, "example.jp", DCV_TYPE_A);
    ck_assert_int_eq(parse(), DCV_OK);
    for (int i = 0; i < ROWS(flag_rows); i++)
        ck_assert_int_eq(*(const bool *)((const char *)&message + flag_rows[i].offset), i == _i);
    ck_assert(!message.edns);
    ck_assert_uint_eq(dcv_message_ttl(&message), 0);
}
END_TEST

START_TEST(extended_rcode)
{
    char text[DCV_RCODE_TEXT];
    wire.buf.data[3] = (char)(wire.buf.data[3] | 0x03);
    wire_opt(&wire, 1, NULL, 0);
    ck_assert_int_eq(parse(), DCV_OK);
    ck_assert_uint_eq(message.rcode, 0x13);
    ck_assert_str_eq(dcv_rcode_text(message.rcode, text), "RCODE19");
}
END_TEST

START_TEST(alias_chain)
{
    struct dcv_name asked = name_of("WWW.example.jp"), last, targets[1];
    wire_rr(&wire, WIRE_ANSWER, "c.example.org. 50 IN A 192.0.2.1"); /* order does not matter */
    wire_rr(&wire, WIRE_ANSWER, "www.example.jp. 300 IN CNAME b.example.com.");
    wire_rr(&wire, WIRE_ANSWER, "B.example.com. 60 IN CNAME C.Example.org.");
    wire_rr(&wire, WIRE_ANSWER, "elsewhere.example.net. 60 IN CNAME x.example.net.");
    ck_assert_int_eq(parse(), DCV_OK);
    ck_assert_uint_eq(dcv_message_chain(&message, &asked, targets, 1, &last), 2);
    ck_assert_str_eq(text_of(&targets[0]), "b.example.com");
    const struct dcv_name end = name_of("c.example.org");
    ck_assert(dcv_name_equal(&last, &end));
    ck_assert_uint_eq(dcv_message_find(&message, &last, DCV_TYPE_A, 0), 0);
    ck_assert_uint_eq(dcv_message_find(&message, &last, DCV_TYPE_A, 1), SIZE_MAX);
    ck_assert_uint_eq(dcv_message_find(&message, &asked, DCV_TYPE_A, 0), SIZE_MAX);
    ck_assert_uint_eq(dcv_message_ttl(&message), 50);
}
END_TEST

START_TEST(no_alias)
{
    struct dcv_name asked = name_of("example.jp"), last;
    wire_rr(&wire, WIRE_ANSWER, "example.jp. IN A 192.0.2.1");
    ck_assert_int_eq(parse(), DCV_OK);
    ck_assert_uint_eq(dcv_message_chain(&message, &asked, NULL, 0, &last), 0);
    ck_assert(dcv_name_equal(&last, &asked));
}
END_TEST

START_TEST(dname_and_its_cname)
{
    struct dcv_name asked = name_of("a.old.example"), last;
    wire_rr(&wire, WIRE_ANSWER, "old.example. IN DNAME new.example.");
    wire_rr(&wire, WIRE_ANSWER, "a.old.example. 0 IN CNAME a.new.example.");
    ck_assert_int_eq(parse(), DCV_OK);
    ck_assert_uint_eq(dcv_message_chain(&message, &asked, NULL, 0, &last), 1);
    ck_assert_str_eq(text_of(&last), "a.new.example");
}
END_TEST

static const char *const loops[][3] = {
    {"a.example. IN CNAME a.example.", NULL, NULL},
    {"a.example. IN CNAME b.example.", "b.example. IN CNAME a.example.", NULL},
    {"a.example. IN CNAME b.example.", "b.example. IN CNAME c.example.", "c.example. IN CNAME b.example."},
};

/* The walk ends, and never writes more targets than there is room for. */
START_TEST(alias_loop)
{
    struct dcv_name asked = name_of("a.example"), targets[3], last;
    for (size_t i = 0; i < 3 && loops[_i][i] != NULL; i++)
        wire_rr(&wire, WIRE_ANSWER, loops[_i][i]);
    ck_assert_int_eq(parse(), DCV_OK);
    memset(targets, 0, sizeof targets);
    size_t links = dcv_message_chain(&message, &asked, targets, 2, &last);
    ck_assert_uint_eq(links, (size_t)_i + 1);
    ck_assert(dcv_message_loops(&message, &asked));
    ck_assert_uint_eq(targets[2].len, 0);
}
END_TEST

START_TEST(records_of_other_classes_are_left_out)
{
    static const char chaos[] = "\0\0\x10\0\3\0\0\0\0\0\2\1x"; /* ". 0 CH TXT x" */
    wire_rr(&wire, WIRE_ANSWER, "example.jp. IN A 192.0.2.1");
    dcv_buf_put(&wire.buf, chaos, sizeof chaos - 1);
    wire.counts[WIRE_ANSWER]++;
    ck_assert_int_eq(parse(), DCV_OK);
    ck_assert_uint_eq(message.answer.count, 1);
    ck_assert_uint_eq(message.answer.items[0].type, DCV_TYPE_A);
}
END_TEST

/* 64 KiB of empty strings would cost ldns hundreds of MiB. */
START_TEST(txt_of_empty_strings)
{
    static const uint8_t zeros[60000];
    const size_t len = _i == 0 ? sizeof zeros : 1000;
    wire_raw(&wire, WIRE_ANSWER, "example.jp", DCV_TYPE_TXT, zeros, len);
    ck_assert_int_eq(parse(), _i == 0 ? DCV_ERR_SYNTAX : DCV_OK);
    if (_i == 0)
        ck_assert_uint_lt(dcv_arena_used(arena), 4096);
}
END_TEST

static const struct {
    const char *what;
    uint16_t type;
    const char *rdata;
    size_t len;
} bad_rdata[] = {
    {"TXT whose string ends beyond it", DCV_TYPE_TXT, OCTETS("\5abc")},
    {"MX without a name", DCV_TYPE_MX, OCTETS("\0\1")},
    {"A of three octets", DCV_TYPE_A, OCTETS("\1\2\3")},
    {"CNAME that points forward", DCV_TYPE_CNAME, OCTETS("\xc0\xff")},
    {"CNAME that points at itself", DCV_TYPE_CNAME, OCTETS("\xc0\x17")},
    {"SOA cut off", DCV_TYPE_SOA, OCTETS("\0\0\0\0\0\1")},
    {"name with a label type of RFC 2673", DCV_TYPE_NS, OCTETS("\x41\x01\0")},
};

/* Refused as a whole; a record that ldns lets through is refused by its typed reading. */
START_TEST(malformed_rdata)
{
    struct dcv_name target;
    struct dcv_mx mx;
    struct dcv_soa soa;
    size_t len;
    wire_raw(&wire, WIRE_ANSWER, ".", bad_rdata[_i].type, bad_rdata[_i].rdata, bad_rdata[_i].len);
    if (parse() != DCV_OK)
        return;
    ck_assert_uint_eq(message.answer.count, 1);
    const struct dcv_rr *rr = &message.answer.items[0];
    ck_assert_msg(!dcv_rr_target(rr, &target) && !dcv_rr_mx(rr, &mx) && !dcv_rr_soa(rr, &soa) && dcv_rr_txt(rr, arena, &len, NULL) == NULL
                      && rr->type != DCV_TYPE_A,
                  "%s", bad_rdata[_i].what);
}
END_TEST

static const uint16_t types[] = {DCV_TYPE_A,    DCV_TYPE_NS,    DCV_TYPE_CNAME, DCV_TYPE_SOA,  DCV_TYPE_MX,     DCV_TYPE_TXT,   DCV_TYPE_AAAA,
                                 DCV_TYPE_DNAME, DCV_TYPE_DS,   DCV_TYPE_RRSIG, DCV_TYPE_NSEC, DCV_TYPE_DNSKEY, DCV_TYPE_NSEC3, DCV_TYPE_CAA, 65280};

/* A record without RDATA, as an update has them: no reading may take it for one of its type. */
START_TEST(rdlength_zero)
{
    struct dcv_name target;
    struct dcv_mx mx;
    struct dcv_soa soa;
    struct dcv_caa caa;
    struct dcv_buf text;
    size_t len;
    wire_raw(&wire, WIRE_ANSWER, "example.jp", types[_i], NULL, 0);
    if (parse() != DCV_OK)
        return;
    dcv_buf_init(&text, 10000);
    for (size_t i = 0; i < message.answer.count; i++) {
        const struct dcv_rr *rr = &message.answer.items[i];
        ck_assert_uint_eq(rr->rdlen, 0);
        ck_assert(!dcv_rr_target(rr, &target) && !dcv_rr_mx(rr, &mx) && !dcv_rr_soa(rr, &soa) && !dcv_rr_caa(rr, &caa));
        ck_assert_ptr_null(dcv_rr_txt(rr, arena, &len, NULL));
        ck_assert(!dcv_rr_private_address(rr));
        dcv_rr_text(rr, &text);
        ck_assert_ptr_nonnull(strstr(dcv_buf_text(&text), "\\# 0"));
    }
    dcv_buf_done(&text);
}
END_TEST

START_TEST(errors_of_rfc_8914)
{
    static const char options[] = "\0\x0a\0\2\1\2"               /* a cookie */
                                  "\0\x0f\0\2\0\x16"             /* 22, no text */
                                  "\0\x0f\0\1\7"                 /* too short */
                                  "\0\x0f\0\x0b\0\7ex\033[1m<W\0" /* with an escape sequence, and a final zero */
                                  "\0\x0f\0\x0d\0\6<eXample A>";
    wire_opt(&wire, 0, options, sizeof options - 1);
    ck_assert_int_eq(parse(), DCV_OK);
    ck_assert_uint_eq(message.ede_count, 3);
    ck_assert_uint_eq(message.edes[0].code, 22);
    ck_assert_str_eq(message.edes[0].text, "");
    ck_assert_uint_eq(message.edes[1].code, 7);
    ck_assert_str_eq(message.edes[1].text, "ex\\x1b[1m<w");
    ck_assert_uint_eq(message.edes[2].code, 6);
    ck_assert_str_eq(message.edes[2].text, "<example A>");
    ck_assert_str_eq(dcv_ede_meaning(22), "No Reachable Authority");
    ck_assert_str_eq(dcv_ede_meaning(24), "Invalid Data");
    ck_assert_str_eq(dcv_ede_meaning(31), "");
}
END_TEST

START_TEST(many_errors_of_rfc_8914)
{
    struct dcv_buf options;
    dcv_buf_init(&options, 60000);
    for (int i = 0; i < 5000; i++)
        dcv_buf_put(&options, "\0\x0f\0\3\0\7x", 7);
    wire_opt(&wire, 0, options.data, options.len);
    dcv_buf_done(&options);
    ck_assert_int_eq(parse(), DCV_OK);
    ck_assert_uint_gt(message.ede_count, 0);
    ck_assert_uint_le(message.ede_count, 16);
}
END_TEST

START_TEST(option_cut_off)
{
    static const char options[] = "\0\x0f\0\2\0\x16\0\x0f\0\xff\0\7";
    wire_opt(&wire, 0, options, sizeof options - 1);
    if (parse() == DCV_OK) {
        ck_assert_uint_eq(message.ede_count, 1);
        ck_assert_uint_eq(message.edes[0].code, 22);
    }
}
END_TEST

static void rich_message(void)
{
    wire_question(&wire, "www.example.jp", DCV_TYPE_CAA);
    wire_rr(&wire, WIRE_ANSWER, "www.example.jp. IN CNAME www.example.com.");
    wire_rr(&wire, WIRE_ANSWER, "www.example.com. IN CAA 0 issue \"sectigo.com; accounturi=x\"");
    wire_raw(&wire, WIRE_ANSWER, "example.jp", DCV_TYPE_CNAME, "\xc0\x0c", 2);
    wire_rr(&wire, WIRE_ANSWER, "example.jp. IN TXT \"a\" \"b\"");
    wire_rr(&wire, WIRE_ANSWER, "example.jp. IN MX 10 mail.example.jp.");
    wire_rr(&wire, WIRE_AUTHORITY, "example.jp. IN SOA ns.example.jp. a\\.b.example.jp. 1 2 3 4 5");
    wire_opt(&wire, 0, "\0\x0f\0\4\0\7ab", 8);
    wire_end(&wire);
}

/* Cut anywhere, a message is refused: nothing is read beyond its end, and no half of it is taken for the whole. */
START_TEST(cut_anywhere)
{
    rich_message();
    for (size_t len = 0; len < wire.buf.len; len++) {
        uint8_t *exact = malloc(len + (len == 0));
        memcpy(exact, wire.buf.data, len);
        ck_assert_msg(dcv_message_parse(arena, exact, len, &message) == DCV_ERR_SYNTAX, "cut at %zu", len);
        free(exact);
    }
    ck_assert_int_eq(parse(), DCV_OK);
    ck_assert_uint_eq(message.answer.count, 5);
    ck_assert_uint_eq(message.ede_count, 1);
    struct dcv_name target;
    ck_assert(dcv_rr_target(&message.answer.items[2], &target));
    ck_assert_str_eq(text_of(&target), "www.example.jp");
}
END_TEST

/* Any octet changed to any of some values: read or refused, never a fault. */
START_TEST(damaged_anywhere)
{
    static const uint8_t values[] = {0, 1, 0x3f, 0x40, 0x80, 0xc0, 0xff};
    size_t refused = 0;
    rich_message();
    for (size_t at = 0; at < wire.buf.len; at++) {
        for (size_t i = 0; i < sizeof values; i++) {
            struct dcv_arena *own = dcv_arena_create(NULL);
            uint8_t *damaged = malloc(wire.buf.len);
            memcpy(damaged, wire.buf.data, wire.buf.len);
            damaged[at] = values[i];
            const enum dcv_status status = dcv_message_parse(own, damaged, wire.buf.len, &message);
            if (status != DCV_OK && status != DCV_ERR_SYNTAX)
                ck_abort_msg("octet %zu as %x: %d", at, values[i], (int)status);
            refused += status != DCV_OK;
            free(damaged);
            dcv_arena_free(own);
        }
    }
    ck_assert_uint_gt(refused, 100);
}
END_TEST

START_TEST(more_records_than_bearable)
{
    for (int i = 0; i < 5000; i++)
        wire_raw(&wire, WIRE_ANSWER, ".", 65280, NULL, 0);
    ck_assert_int_eq(parse(), DCV_ERR_SYNTAX);
}
END_TEST

static const struct {
    uint16_t rcode;
    const char *text;
} rcodes[] = {{0, "NOERROR"}, {1, "FORMERR"}, {2, "SERVFAIL"}, {3, "NXDOMAIN"}, {4, "NOTIMP"},
              {5, "REFUSED"}, {10, "NOTZONE"}, {11, "RCODE11"}, {16, "BADVERS"}, {4095, "RCODE4095"}};

START_TEST(rcode_texts)
{
    char text[DCV_RCODE_TEXT];
    ck_assert_str_eq(dcv_rcode_text(rcodes[_i].rcode, text), rcodes[_i].text);
}
END_TEST

/* The labels of a signature tell whether a wildcard made the RRset (RFC 4035 §5.3.4). */
START_TEST(origin)
{
    static const struct {
        const char *signature;
        enum dcv_origin origin;
    } signatures[] = {
        {"a.example.jp. 60 IN RRSIG CNAME 13 3 60 20300101000000 20200101000000 1 example.jp. AAAA", DCV_ORIGIN_OWN},
        {"a.example.jp. 60 IN RRSIG CNAME 13 2 60 20300101000000 20200101000000 1 example.jp. AAAA", DCV_ORIGIN_WILDCARD},
        {"a.example.jp. 60 IN RRSIG TXT 13 2 60 20300101000000 20200101000000 1 example.jp. AAAA", DCV_ORIGIN_UNKNOWN},
        {"b.example.jp. 60 IN RRSIG CNAME 13 2 60 20300101000000 20200101000000 1 example.jp. AAAA", DCV_ORIGIN_UNKNOWN},
    };
    const struct dcv_name owner = name_of("A.example.jp");
    wire_rr(&wire, WIRE_ANSWER, "a.example.jp. 60 IN CNAME t.example.com.");
    wire_rr(&wire, WIRE_ANSWER, signatures[_i].signature);
    ck_assert_int_eq(parse(), DCV_OK);
    ck_assert_int_eq(dcv_message_origin(&message, &owner, DCV_TYPE_CNAME), signatures[_i].origin);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("message");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, nodata);
    tcase_add_loop_test(tcase, flags, 0, ROWS(flag_rows));
    tcase_add_test(tcase, extended_rcode);
    tcase_add_test(tcase, alias_chain);
    tcase_add_test(tcase, no_alias);
    tcase_add_test(tcase, dname_and_its_cname);
    tcase_add_loop_test(tcase, alias_loop, 0, ROWS(loops));
    tcase_add_loop_test(tcase, origin, 0, 4);
    tcase_add_test(tcase, records_of_other_classes_are_left_out);
    tcase_add_loop_test(tcase, txt_of_empty_strings, 0, 2);
    tcase_add_loop_test(tcase, malformed_rdata, 0, ROWS(bad_rdata));
    tcase_add_loop_test(tcase, rdlength_zero, 0, ROWS(types));
    tcase_add_test(tcase, errors_of_rfc_8914);
    tcase_add_test(tcase, many_errors_of_rfc_8914);
    tcase_add_test(tcase, option_cut_off);
    tcase_add_test(tcase, cut_anywhere);
    tcase_add_test(tcase, damaged_anywhere);
    tcase_add_test(tcase, more_records_than_bearable);
    tcase_add_loop_test(tcase, rcode_texts, 0, ROWS(rcodes));
    return run_cases("message", tcase);
}
