#include "input/pem.h"

#include "support/rows.h"
#include "support/run.h"

#include <string.h>

static struct dcv_buf out;
static size_t line;

static void setup(void)
{
    dcv_buf_init(&out, 1 << 16);
}

static void teardown(void)
{
    dcv_buf_done(&out);
}

/* Decodes the block at `index`. */
static enum dcv_pem_fault decode(const char *text, size_t len, int index)
{
    struct dcv_pem_reader reader;
    struct dcv_pem_block block = {.closed = false};
    dcv_pem_init(&reader, text, len);
    for (int i = 0; i <= index; i++)
        ck_assert(dcv_pem_next(&reader, &block));
    dcv_buf_clear(&out);
    return dcv_pem_decode(&block, &out, &line);
}

#define BEGIN "-----BEGIN A-----\n"
#define END "-----END A-----\n"

START_TEST(what_is_read)
{
    static const struct {
        const char *text, *octets;
    } rows[] = {
        {BEGIN "TWFu\n" END, "Man"},
        {BEGIN "TWE=\n" END, "Ma"},
        {BEGIN "TQ==\n" END, "M"},
        {BEGIN "TWFu\nTWFu\n" END, "ManMan"},
        {BEGIN "T\nWF\nu\n" END, "Man"},
        {BEGIN "TW Fu\t\n\n" END, "Man"},
        {"-----BEGIN A-----\r\nTWFu\r\n-----END A-----\r\n", "Man"},
        {"-----BEGIN A-----\rTWFu\r-----END A-----", "Man"},
        {"\xEF\xBB\xBF" BEGIN "TWFu\n" END, "Man"},
        {"  -----BEGIN A-----  \n  TWFu\n  -----END A-----\n", "Man"},
        {"text\n-----END A-----\n" BEGIN "TWFu\n" END "text", "Man"},
        {BEGIN "Version: 1\n\nTWFu\n" END, "Man"},
        {BEGIN END, ""},
    };
    for (int i = 0; i < ROWS(rows); i++) {
        const size_t len = strlen(rows[i].text);
        ck_assert_msg(decode(rows[i].text, len, 0) == DCV_PEM_OK, "row %d", i);
        ck_assert_str_eq(dcv_buf_text(&out), rows[i].octets);
    }
}
END_TEST

START_TEST(what_is_wrong)
{
    static const struct {
        const char *text;
        enum dcv_pem_fault fault;
        size_t line;
    } rows[] = {
        {BEGIN "TWFu\n", DCV_PEM_OPEN, 1},
        {"text\n" BEGIN "TWFu\n" BEGIN "TWFu\n" END, DCV_PEM_OPEN, 2},
        {BEGIN "TWFu\n-----END B-----\n", DCV_PEM_LABELS, 1},
        {BEGIN "TWFu\nTW*u\n" END, DCV_PEM_OCTET, 3},
        {BEGIN "TWFu\r\n\r\nTW\xC3\xA9u\r\n" END, DCV_PEM_OCTET, 4},
        {BEGIN "TWFu\n-----END A----\n", DCV_PEM_OCTET, 3},
        {BEGIN "TWFu\nTWF\n" END, DCV_PEM_LENGTH, 3},
        {BEGIN "TWE=TWE=\n" END, DCV_PEM_LENGTH, 2},
        {BEGIN "TW=u\n" END, DCV_PEM_LENGTH, 2},
        {BEGIN "T===\n" END, DCV_PEM_LENGTH, 2},
        {BEGIN "====\n" END, DCV_PEM_LENGTH, 2},
        {BEGIN "TWE==\n" END, DCV_PEM_LENGTH, 2},
        {BEGIN "Proc-Type: 4,ENCRYPTED\nDEK-Info: X\n\nTWFu\n" END, DCV_PEM_ENCRYPTED, 1},
    };
    for (int i = 0; i < ROWS(rows); i++) {
        ck_assert_msg(decode(rows[i].text, strlen(rows[i].text), 0) == rows[i].fault, "row %d", i);
        ck_assert_msg(line == rows[i].line, "row %d: line %zu", i, line);
    }
}
END_TEST

START_TEST(blocks_follow_each_other)
{
    static const char text[] = BEGIN "TWFu\n" END "-----BEGIN B C-----\n" BEGIN "TQ==\n" END;
    struct dcv_pem_reader reader;
    struct dcv_pem_block block = {.closed = false};
    static const struct {
        const char *label;
        size_t line;
        bool closed;
    } rows[] = {{"A", 1, true}, {"B C", 4, false}, {"A", 5, true}};
    dcv_pem_init(&reader, text, strlen(text));
    for (int i = 0; i < ROWS(rows); i++) {
        ck_assert(dcv_pem_next(&reader, &block));
        ck_assert_mem_eq(block.label.text, rows[i].label, strlen(rows[i].label));
        ck_assert_uint_eq(block.label.len, strlen(rows[i].label));
        ck_assert_uint_eq(block.label.number, rows[i].line);
        ck_assert(block.closed == rows[i].closed);
    }
    ck_assert(!dcv_pem_next(&reader, &block));
    ck_assert_int_eq(decode(text, strlen(text), 2), DCV_PEM_OK);
    ck_assert_str_eq(dcv_buf_text(&out), "M");
}
END_TEST

/* Each part of a text is one, too, and nothing beyond its end is read. */
START_TEST(cut_anywhere)
{
    static const char text[] = "x\r\n" BEGIN "TWFu\nTQ==\n" END;
    for (size_t len = 0; len <= strlen(text); len++) {
        char *exact = malloc(len + (len == 0));
        memcpy(exact, text, len);
        struct dcv_pem_reader reader;
        struct dcv_pem_block block = {.closed = false};
        dcv_pem_init(&reader, exact, len);
        const bool found = dcv_pem_next(&reader, &block);
        ck_assert_msg(found == (len >= strlen("x\r\n" BEGIN) - 1), "%zu", len);
        const bool whole = len >= strlen(text) - 1;
        if (found)
            ck_assert_msg((decode(exact, len, 0) == DCV_PEM_OK) == whole, "%zu", len);
        free(exact);
    }
}
END_TEST

START_TEST(lines_that_only_resemble)
{
    static const struct {
        const char *text;
        size_t line;
    } rows[] = {
        {"----BEGIN A-----\n", 1},
        {"x\n-----BEGIN A-----TWFu-----END A-----\n", 2},
        {"x\n\n\xE2\x80\x94-BEGIN A-----", 3},
        {BEGIN, 0},
        {"", 0},
    };
    for (int i = 0; i < ROWS(rows); i++)
        ck_assert_msg(dcv_pem_find(rows[i].text, strlen(rows[i].text), "BEGIN ") == rows[i].line, "row %d", i);
}
END_TEST

START_TEST(bare_base64)
{
    static const struct {
        const char *text;
        bool bare;
    } rows[] = {
        {"TWFuTWFuTWFuTWFuTWFuTWFuTWFuTWFu\n", true},
        {"TWFuTWFuTWFuTWFu\r\nTWFuTWFuTWFuTQ==\r\n", true},
        {"TWFu", false},
        {"TWFuTWFuTWFuTWFuTWFuTWFuTWFuTWF.", false},
        {"", false},
    };
    for (int i = 0; i < ROWS(rows); i++)
        ck_assert_msg(dcv_pem_bare(rows[i].text, strlen(rows[i].text)) == rows[i].bare, "row %d", i);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("pem");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, what_is_read);
    tcase_add_test(tcase, what_is_wrong);
    tcase_add_test(tcase, blocks_follow_each_other);
    tcase_add_test(tcase, cut_anywhere);
    tcase_add_test(tcase, lines_that_only_resemble);
    tcase_add_test(tcase, bare_base64);
    return run_cases("pem", tcase);
}
