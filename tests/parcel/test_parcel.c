/* Lines between the processes of an audit: what was put is read, and nothing else is. */
#include "parcel/parcel.h"

#include "support/rows.h"
#include "support/run.h"

#include <string.h>

static struct dcv_buf out;
static struct dcv_parcel_reader *reader;
static struct dcv_parcel got;

static void setup(void)
{
    dcv_buf_init(&out, 1 << 20);
    ck_assert_int_eq(dcv_parcel_reader_create(&reader), DCV_OK);
}

static void teardown(void)
{
    dcv_parcel_reader_free(reader);
    dcv_buf_done(&out);
}

/* A copy of exactly that size, so that a sanitizer sees a read beyond it. */
static enum dcv_status read_octets(const char *line, size_t len)
{
    char *exact = malloc(len + (len == 0));
    memcpy(exact, line, len);
    const enum dcv_status status = dcv_parcel_read(reader, exact, len, &got);
    free(exact);
    return status;
}

/* The one line that was put. */
static enum dcv_status read_back(void)
{
    ck_assert(!out.failed && out.len > 0);
    ck_assert_ptr_eq(memchr(out.data, '\n', out.len), out.data + out.len - 1);
    return read_octets(out.data, out.len - 1);
}

/* Quotation marks, backslashes, controls and places as they lie in bodies. */
static const char odd[] = "a\"b\\c\x01\"!\x01\\x\n\t\x1f\x7f \xe6\x97\xa5\xe6\x9c\xac {[,]}";

static const struct dcv_store_class classes[] = {
    {.key = {0}, .verdict = DCV_STORE_READY, .findings = "", .body = "", .facts = "", .witness = NULL},
    {.key = {0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0xee}, .verdict = DCV_STORE_NOT_READY, .findings = "caa-forbids mail-none", .body = odd, .facts = odd,
     .witness = "{\"schema\": 1}"},
    {.key = {9}, .verdict = DCV_STORE_UNKNOWN, .findings = odd, .body = "b", .facts = "", .witness = "w"},
};

START_TEST(class)
{
    const struct dcv_store_class *put = &classes[_i];
    dcv_parcel_put_class(&out, put);
    ck_assert_int_eq(read_back(), DCV_OK);
    ck_assert_int_eq(got.kind, DCV_PARCEL_CLASS);
    ck_assert_mem_eq(got.class.key, put->key, DCV_STORE_KEY);
    ck_assert_int_eq(got.class.verdict, put->verdict);
    ck_assert_str_eq(got.class.findings, put->findings);
    ck_assert_str_eq(got.class.body, put->body);
    ck_assert_str_eq(got.class.facts, put->facts);
    ck_assert_pstr_eq(got.class.witness, put->witness);
}
END_TEST

static const struct dcv_store_name names[] = {
    {.number = 1, .text = "www.example.jp", .state = DCV_STORE_JUDGED, .key = {1}, .values = "www.example.jp mx.example", .note = ""},
    {.number = INT64_MAX, .text = odd, .state = DCV_STORE_PROVISIONAL, .key = {0xab}, .values = odd, .note = odd, .queries = UINT32_MAX, .cached = 1, .retries = 2, .elapsed_ms = 3},
    {.number = 42, .text = "a..b", .state = DCV_STORE_INVALID, .values = "", .note = "an empty label"},
    {.number = 43, .text = "x", .state = DCV_STORE_CRASHED, .values = "", .note = "signal 6", .elapsed_ms = UINT32_MAX},
};

START_TEST(name)
{
    const struct dcv_store_name *put = &names[_i];
    dcv_parcel_put_name(&out, put);
    ck_assert_int_eq(read_back(), DCV_OK);
    ck_assert_int_eq(got.kind, DCV_PARCEL_NAME);
    ck_assert_uint_eq(got.name.number, put->number);
    ck_assert_str_eq(got.name.text, put->text);
    ck_assert_int_eq(got.name.state, put->state);
    ck_assert_mem_eq(got.name.key, put->key, DCV_STORE_KEY);
    ck_assert_str_eq(got.name.values, put->values);
    ck_assert_str_eq(got.name.note, put->note);
    ck_assert_uint_eq(got.name.queries, put->queries);
    ck_assert_uint_eq(got.name.cached, put->cached);
    ck_assert_uint_eq(got.name.retries, put->retries);
    ck_assert_uint_eq(got.name.elapsed_ms, put->elapsed_ms);
}
END_TEST

/* What a list holds is not always text. */
START_TEST(octets_that_are_no_utf8)
{
    static const char *const octets[] = {"b\xfc.example", "\xff", "\xc3", "a\xed\xa0\x80z", "\xf5\x80\x80\x80", "\xc0\xaf", "\xe6\x97"};
    const struct dcv_store_name put = {.number = 5, .text = octets[_i], .state = DCV_STORE_INVALID, .values = "", .note = "no UTF-8"};
    dcv_parcel_put_name(&out, &put);
    ck_assert_int_eq(read_back(), DCV_OK);
    ck_assert_uint_eq(got.name.number, 5);
    ck_assert_str_eq(got.name.text, octets[_i]);
}
END_TEST

START_TEST(counts)
{
    const struct dcv_parcel_counts put = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, INT64_MAX};
    dcv_parcel_put_counts(&out, &put);
    ck_assert_int_eq(read_back(), DCV_OK);
    ck_assert_int_eq(got.kind, DCV_PARCEL_COUNTS);
    ck_assert_mem_eq(&got.counts, &put, sizeof put);
}
END_TEST

START_TEST(failed)
{
    dcv_parcel_put_failed(&out, odd);
    ck_assert_int_eq(read_back(), DCV_OK);
    ck_assert_int_eq(got.kind, DCV_PARCEL_FAILED);
    ck_assert_str_eq(got.text, odd);
}
END_TEST

static void put_kind(int kind)
{
    static const struct dcv_parcel_counts some = {.exchanges = 12};
    switch (kind) {
    case 0: dcv_parcel_put_class(&out, &classes[1]); return;
    case 1: dcv_parcel_put_name(&out, &names[1]); return;
    case 2: dcv_parcel_put_counts(&out, &some); return;
    default: dcv_parcel_put_failed(&out, odd); return;
    }
}

/* The pipe of a process that was killed ends anywhere. */
START_TEST(cut_anywhere)
{
    put_kind(_i);
    for (size_t len = 0; len + 1 < out.len; len++)
        ck_assert_int_eq(read_octets(out.data, len), DCV_ERR_SYNTAX);
    ck_assert_int_eq(read_back(), DCV_OK);
}
END_TEST

START_TEST(damaged_anywhere)
{
    put_kind(_i);
    for (size_t at = 0; at + 1 < out.len; at++) {
        const char was = out.data[at];
        for (int flip = 1; flip < 256; flip <<= 1) {
            out.data[at] = (char)(was ^ flip);
            const enum dcv_status status = read_octets(out.data, out.len - 1);
            ck_assert(status == DCV_OK || status == DCV_ERR_SYNTAX);
        }
        out.data[at] = was;
    }
}
END_TEST

#define KEY "\"000102030405060708090a0b0c0d0e0f\""
static const char *const bad[] = {
    "", "null", "1", "\"name\"", "{}", "[]", "[[]]", "[1]", "[null]", "[\"other\"]", "[\"class\"]", "[\"name\"]", "[\"counts\"]", "[\"failed\"]", "[\"failed\",1]",
    "[\"failed\",\"a\",\"b\"]", "[\"failed\",\"a\"] x", "[\"counts\",1,2,3,4,5,6,7,8,9,10,11,12]", "[\"counts\",1,2,3,4,5,6,7,8,9,10,11,12,13,14]",
    "[\"counts\",1,2,3,4,5,6,7,8,9,10,11,12,-1]", "[\"counts\",1,2,3,4,5,6,7,8,9,10,11,12,1.5]", "[\"counts\",1,2,3,4,5,6,7,8,9,10,11,12,\"13\"]",
    "[\"counts\",1,2,3,4,5,6,7,8,9,10,11,12,9223372036854775808]", "[\"name\"," KEY ",0,\"a\",0,\"\",\"\",0,0,0,0]",    /* numbers begin at 1 */
    "[\"name\"," KEY ",-1,\"a\",0,\"\",\"\",0,0,0,0]", "[\"name\"," KEY ",1,\"a\",4,\"\",\"\",0,0,0,0]", "[\"name\"," KEY ",1,\"a\",-1,\"\",\"\",0,0,0,0]",
    "[\"name\"," KEY ",1,\"a\",0,\"\",\"\",4294967296,0,0,0]", "[\"name\"," KEY ",1,\"a\",0,\"\",\"\",0,4294967296,0,0]",
    "[\"name\"," KEY ",1,\"a\",0,\"\",\"\",0,0,4294967296,0]", "[\"name\"," KEY ",1,\"a\",0,\"\",\"\",0,0,0,4294967296]", "[\"name\"," KEY ",1,null,0,\"\",\"\",0,0,0,0]",
    "[\"name\"," KEY ",1,\"a\",0,null,\"\",0,0,0,0]", "[\"name\"," KEY ",1,\"a\",0,\"\",7,0,0,0,0]", "[\"name\"," KEY ",\"1\",\"a\",0,\"\",\"\",0,0,0,0]",
    "[\"name\"," KEY ",1,\"a\\u0000b\",0,\"\",\"\",0,0,0,0]", "[\"name\"," KEY ",1,\"a\xff\",0,\"\",\"\",0,0,0,0]", "[\"name\",\"00\",1,\"a\",0,\"\",\"\",0,0,0,0]",
    "[\"name\",\"000102030405060708090a0b0c0d0e0f00\",1,\"a\",0,\"\",\"\",0,0,0,0]", "[\"name\",\"000102030405060708090a0b0c0d0e0g\",1,\"a\",0,\"\",\"\",0,0,0,0]",
    "[\"name\"," KEY ",1,\"a\",0,\"\",\"\",0,0,0,0,0]", "[\"name\"," KEY ",1,[],0,\"\",\"\",0,0,0,0]", "[\"name\"," KEY ",1,[7],0,\"\",\"\",0,0,0,0]",
    "[\"name\"," KEY ",1,[\"fff\"],0,\"\",\"\",0,0,0,0]", "[\"name\"," KEY ",1,[\"ff00\"],0,\"\",\"\",0,0,0,0]", "[\"name\"," KEY ",1,[\"ff\",\"ff\"],0,\"\",\"\",0,0,0,0]",
    "[\"name\"," KEY ",1,[\"xx\"],0,\"\",\"\",0,0,0,0]", "[\"name\"," KEY ",1,\"a\",0,\"\",\"\",0,0,0]", "[\"class\"," KEY ",3,\"\",\"\",\"\",\"\"]",
    "[\"class\"," KEY ",-1,\"\",\"\",\"\",\"\"]", "[\"class\"," KEY ",0,1,\"\",\"\",\"\"]", "[\"class\"," KEY ",0,\"\",\"\",\"\"]", "[\"class\"," KEY ",0,\"\",\"\",\"\",\"\",\"\"]",
    "[\"class\",1,0,\"\",\"\",\"\",\"\"]", "[\"class\"," KEY ",true,\"\",\"\",\"\",\"\"]",
};

START_TEST(refused)
{
    ck_assert_msg(read_octets(bad[_i], strlen(bad[_i])) == DCV_ERR_SYNTAX, "%s", bad[_i]);
}
END_TEST

/* Nested more deeply than any parcel, by somebody who means harm. */
START_TEST(deep)
{
    dcv_buf_fill(&out, '[', 100000);
    ck_assert_int_eq(read_octets(out.data, out.len), DCV_ERR_SYNTAX);
}
END_TEST

START_TEST(key_text)
{
    char text[DCV_PARCEL_KEY_TEXT];
    ck_assert_str_eq(dcv_parcel_key_text(classes[1].key, text), "ff0102030405060708090a0b0c0d0eee");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("parcel");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, class, 0, ROWS(classes));
    tcase_add_loop_test(tcase, name, 0, ROWS(names));
    tcase_add_loop_test(tcase, octets_that_are_no_utf8, 0, 7);
    tcase_add_test(tcase, counts);
    tcase_add_test(tcase, failed);
    tcase_add_loop_test(tcase, cut_anywhere, 0, 4);
    tcase_add_loop_test(tcase, damaged_anywhere, 0, 4);
    tcase_add_loop_test(tcase, refused, 0, ROWS(bad));
    tcase_add_test(tcase, deep);
    tcase_add_test(tcase, key_text);
    return run_cases("parcel", tcase);
}
