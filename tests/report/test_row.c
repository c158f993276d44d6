/* Rows of a portfolio: valid JSON, CSV that no spreadsheet runs, and lines for people, whatever names and notes hold. */
#include "report/row.h"

#include "sample.h"

#include "base/text.h"
#include "support/rows.h"
#include "support/run.h"

#include <jansson.h>

static struct dcv_buf out, body;
static struct sample sample;

static void setup(void)
{
    dcv_buf_init(&out, 1 << 20);
    dcv_buf_init(&body, 1 << 20);
}

static void teardown(void)
{
    dcv_buf_done(&out);
    dcv_buf_done(&body);
}

/* ---- CSV, read by RFC 4180 ----------------------------------------------------------------------------------------------------------- */

enum { CELLS = 17, CELL_MAX = 2048 };
static char cells[CELLS + 1][CELL_MAX];

static size_t split(const char *row)
{
    size_t count = 0, len = 0;
    for (bool quoted = false;; row++) {
        ck_assert(count <= CELLS && len + 1 < CELL_MAX);
        if (quoted && row[0] == '"' && row[1] == '"')
            cells[count][len++] = *row++;
        else if (*row == '"')
            quoted = !quoted;
        else if (!quoted && (*row == ',' || *row == '\r')) {
            cells[count++][len] = '\0';
            len = 0;
            if (*row == '\r')
                break;
        } else
            cells[count][len++] = *row;
        ck_assert_msg(*row != '\0', "the row does not end");
    }
    ck_assert_str_eq(row, "\r\n");
    return count;
}

/* ---- rows that were not judged -------------------------------------------------------------------------------------------------------- */

static const char *const hostile[] = {
    "", "plain.example.jp", "a..b", "=cmd|'/c calc'!A0", "+1", "-1", "@SUM(A1)", "\ttab", "a,b", "a\"b", "\"", "\"\"", "a\nb", "a\r\nb", "\r=1", "\x1b[31mred", "b\xfc.example",
    "\xff\xfe", "\xe2\x80\x8bxyz", "\xe2\x80\xaexyz\xe2\x80\xac", "\xe6\x97\xa5\xe6\x9c\xac.example", "\x01 !", "a\\b", "{\"a\":1}", "</script>", "\x7f", "\xc2\x9b.31m", " blank ", "\xef\xbb\xbf",
};

static struct dcv_row of(const char *name, const char *error, bool unknown)
{
    return (struct dcv_row){.number = INT64_MAX, .name = name, .error = error, .unknown = unknown, .queries = UINT32_MAX, .cached = 2, .retries = 3, .elapsed_ms = 4};
}

static bool plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
            return false;
    return dcv_utf8_valid(text, len);
}

START_TEST(json)
{
    const struct dcv_row row = of(hostile[_i], hostile[_i], _i % 2 == 1);
    dcv_row_put(DCV_ROW_JSONL, &row, &out);
    ck_assert(!out.failed && out.data[out.len - 1] == '\n');
    ck_assert(plain(out.data, out.len - 1));
    json_t *object = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_msg(json_is_object(object), "%s", out.data);
    ck_assert_str_eq(json_string_value(json_object_get(object, "schema")), "dcvready/audit/1");
    if (dcv_utf8_valid(hostile[_i], strlen(hostile[_i])) && dcv_text_plain(hostile[_i], strlen(hostile[_i])))
        ck_assert_str_eq(json_string_value(json_object_get(object, "name")), hostile[_i]);
    ck_assert_int_eq(json_object_get(object, "verdict") != NULL, _i % 2 == 1);
    ck_assert_int_eq(json_integer_value(json_object_get(object, "queries")), UINT32_MAX);
    ck_assert_int_eq(json_integer_value(json_object_get(object, "elapsed_ms")), 4);
    json_decref(object);
}
END_TEST

START_TEST(csv)
{
    const struct dcv_row row = of(hostile[_i], hostile[_i], _i % 2 == 1);
    dcv_row_put(DCV_ROW_CSV, &row, &out);
    ck_assert(!out.failed && out.len > 2);
    ck_assert(plain(out.data, out.len - 2));
    ck_assert_uint_eq(split(out.data), CELLS);
    ck_assert_str_eq(cells[0], "9223372036854775807");
    ck_assert_str_eq(cells[3], _i % 2 == 1 ? "unknown" : "");
    ck_assert_str_eq(cells[13], "4294967295");
    ck_assert_str_eq(cells[16], "4");
    for (size_t i = 0; i < CELLS; i++)
        ck_assert_msg(cells[i][0] == '\0' || strchr("=+-@\t\r", cells[i][0]) == NULL, "%s", cells[i]);
    if (hostile[_i][0] != '\0' && strchr("=+-@", hostile[_i][0]) != NULL) {
        ck_assert_int_eq(cells[1][0], '\'');
        ck_assert_str_eq(cells[1] + 1, hostile[_i]);
    }
}
END_TEST

START_TEST(text)
{
    const struct dcv_row row = of(hostile[_i], hostile[_i], _i % 2 == 1);
    dcv_row_put(DCV_ROW_TEXT, &row, &out);
    ck_assert(!out.failed && out.len > 0);
    ck_assert_msg(plain(out.data, out.len - 1), "%s", out.data);
    ck_assert_ptr_eq(strchr(out.data, '\n'), out.data + out.len - 1);
    ck_assert_int_eq(strncmp(out.data, _i % 2 == 1 ? "unknown" : "invalid", 7), 0);
}
END_TEST

START_TEST(heads)
{
    ck_assert_str_eq(dcv_row_head(DCV_ROW_JSONL), "");
    ck_assert_str_eq(dcv_row_head(DCV_ROW_TEXT), "");
    ck_assert_uint_eq(split(dcv_row_head(DCV_ROW_CSV)), CELLS);
    ck_assert_str_eq(cells[1], "name");
    ck_assert_str_eq(cells[16], "elapsed_ms");
}
END_TEST

/* ---- rows that were ------------------------------------------------------------------------------------------------------------------- */

static void make(const char *approver)
{
    sample_init(&sample, "www.example.jp", "www.example.jp", "example.jp");
    struct dcv_judged_ca *first = sample_ca(&sample, "sectigo", DCV_NOT_READY), *second;
    sample_finding(&sample, NULL, DCV_RULE_CAA_FORBIDS, "www.example.jp",
                   (const struct dcv_arg[]){{"ca", "sectigo"}, {"found", "example.jp"}, {"place", "www.example.jp"}, {"issuers", "a, \"b\""}, {"tag", "issue"}, {"issuer", "sectigo.com"},
                                            {"fixline", "example.jp. IN CAA 0 issue \"sectigo.com\""}, {NULL, NULL}});
    (void)first;
    second = sample_ca(&sample, "digicert", DCV_READY);
    (void)sample_entry(&sample, second, approver, DCV_SOURCE_TXT_CONTACT, "example.jp", DCV_MAIL_MX);
    (void)sample_ca(&sample, "jprs", DCV_UNKNOWN_VERDICT);
    sample.judged.verdict = DCV_NOT_READY;
    ck_assert_int_eq(dcv_row_judged(&sample.judged, sample.facts, &body), DCV_OK);
}

static struct dcv_row judged_row(void)
{
    return (struct dcv_row){.number = 7, .name = "WWW.example.jp", .judged = dcv_buf_text(&body), .judged_len = body.len, .queries = 1};
}

static const char *const approvers[] = {"admin@example.jp", "=a+b@example.jp", "\"a b\"@example.jp", "a,b@example.jp", "'x'@example.jp"};

START_TEST(judged_json)
{
    make(approvers[_i]);
    const struct dcv_row row = judged_row();
    dcv_row_put(DCV_ROW_JSONL, &row, &out);
    json_t *object = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_msg(json_is_object(object), "%s", out.data);
    ck_assert_str_eq(json_string_value(json_object_get(object, "verdict")), "not-ready");
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(object, "ready"), 0)), "digicert");
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(object, "not_ready"), 0)), "sectigo");
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(object, "unknown"), 0)), "jprs");
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(object, "approvers"), 0)), approvers[_i]);
    ck_assert_ptr_null(json_object_get(object, "error"));
    json_decref(object);
    sample_done(&sample);
}
END_TEST

START_TEST(judged_csv)
{
    make(approvers[_i]);
    const struct dcv_row row = judged_row();
    dcv_row_put(DCV_ROW_CSV, &row, &out);
    ck_assert_uint_eq(split(out.data), CELLS);
    ck_assert_str_eq(cells[0], "7");
    ck_assert_str_eq(cells[1], "WWW.example.jp");
    ck_assert_str_eq(cells[2], "www.example.jp");
    ck_assert_str_eq(cells[3], "not-ready");
    ck_assert_str_eq(cells[4], "digicert");
    ck_assert_str_eq(cells[7] + (cells[7][0] == '\'' && approvers[_i][0] == '='), approvers[_i]);
    ck_assert(strchr("=+-@", cells[7][0]) == NULL);
    ck_assert_str_eq(cells[9], "caa-forbids");
    ck_assert_str_eq(cells[12], "");
    ck_assert_str_eq(cells[13], "1");
    sample_done(&sample);
}
END_TEST

START_TEST(judged_text)
{
    make(approvers[0]);
    const struct dcv_row row = judged_row();
    dcv_row_put(DCV_ROW_TEXT, &row, &out);
    const char *first = "not-ready  WWW.example.jp  caa-forbids\n";
    ck_assert_msg(strncmp(out.data, first, strlen(first)) == 0, "%s", out.data);
    const char *fix = out.data + strlen(first);
    ck_assert_msg(strncmp(fix, "           ", 11) == 0 && strchr(fix, '\n') == out.data + out.len - 1, "%s", out.data);
    ck_assert_ptr_nonnull(strstr(fix, "\"sectigo.com\"")); /* as it was, without the quoting of CSV */
    ck_assert_ptr_null(strstr(fix, "\"\""));
    sample_done(&sample);
}
END_TEST

START_TEST(findings)
{
    make(approvers[0]);
    sample_finding(&sample, NULL, DCV_RULE_CAA_FORBIDS, "example.jp", NULL);
    sample_finding(&sample, NULL, DCV_RULE_NAME_SUBTREE, "example.jp", (const struct dcv_arg[]){{"base", "example.jp"}, {NULL, NULL}});
    dcv_row_findings(&sample.judged, &out);
    ck_assert_str_eq(dcv_buf_text(&out), "caa-forbids"); /* once, and no notice */
    sample_done(&sample);
}
END_TEST

/* ---- changes ---------------------------------------------------------------------------------------------------------------------------- */

static const struct {
    struct dcv_row_change change;
    const char *text, *json, *csv;
} changes[] = {
    {{"regressed", "a.example", "ready", "not-ready", "", "caa-forbids mail-none"}, "regressed  a.example  ready -> not-ready  +caa-forbids +mail-none\n",
     "{\"schema\":\"dcvready/diff/1\",\"change\":\"regressed\",\"name\":\"a.example\",\"before\":\"ready\",\"after\":\"not-ready\",\"appeared\":[\"caa-forbids\",\"mail-none\"],"
     "\"disappeared\":[]}\n",
     "regressed,a.example,ready,not-ready,caa-forbids mail-none,\r\n"},
    {{"changed", "a.example", "ready", "ready", "a b", "b c"}, "changed    a.example  ready  +c -a\n",
     "{\"schema\":\"dcvready/diff/1\",\"change\":\"changed\",\"name\":\"a.example\",\"before\":\"ready\",\"after\":\"ready\",\"appeared\":[\"c\"],\"disappeared\":[\"a\"]}\n",
     "changed,a.example,ready,ready,c,a\r\n"},
    {{"new", "a.example", NULL, "unknown", "", ""}, "new        a.example  unknown\n",
     "{\"schema\":\"dcvready/diff/1\",\"change\":\"new\",\"name\":\"a.example\",\"before\":null,\"after\":\"unknown\",\"appeared\":[],\"disappeared\":[]}\n",
     "new,a.example,,unknown,,\r\n"},
    {{"gone", "=a\"b", "ready", NULL, "ab", ""}, "gone       =a\"b  ready  -ab\n",
     "{\"schema\":\"dcvready/diff/1\",\"change\":\"gone\",\"name\":\"=a\\\"b\",\"before\":\"ready\",\"after\":null,\"appeared\":[],\"disappeared\":[\"ab\"]}\n",
     "gone,\"'=a\"\"b\",ready,,,ab\r\n"},
    {{"changed", "x", "ready", "ready", "ab", "abc"}, "changed    x  ready  +abc -ab\n",
     "{\"schema\":\"dcvready/diff/1\",\"change\":\"changed\",\"name\":\"x\",\"before\":\"ready\",\"after\":\"ready\",\"appeared\":[\"abc\"],\"disappeared\":[\"ab\"]}\n",
     "changed,x,ready,ready,abc,ab\r\n"},
};

START_TEST(change)
{
    static const enum dcv_row_format formats[] = {DCV_ROW_TEXT, DCV_ROW_JSONL, DCV_ROW_CSV};
    const char *const expected[] = {changes[_i].text, changes[_i].json, changes[_i].csv};
    for (size_t i = 0; i < 3; i++) {
        dcv_buf_clear(&out);
        dcv_row_put_change(formats[i], &changes[_i].change, &out);
        ck_assert_str_eq(dcv_buf_text(&out), expected[i]);
    }
}
END_TEST

/* Of a run that somebody else wrote. */
START_TEST(hostile_change)
{
    const struct dcv_row_change row = {"changed", hostile[_i], "ready", "unknown", "", hostile[_i]};
    dcv_row_put_change(DCV_ROW_TEXT, &row, &out);
    ck_assert(plain(out.data, out.len - 1));
    dcv_buf_clear(&out);
    dcv_row_put_change(DCV_ROW_JSONL, &row, &out);
    json_t *object = json_loadb(out.data, out.len, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_msg(json_is_object(object), "%s", out.data);
    json_decref(object);
    dcv_buf_clear(&out);
    dcv_row_put_change(DCV_ROW_CSV, &row, &out);
    ck_assert(plain(out.data, out.len - 2));
    ck_assert_uint_eq(split(out.data), 6);
    for (size_t i = 0; i < 6; i++)
        ck_assert_msg(cells[i][0] == '\0' || strchr("=+-@", cells[i][0]) == NULL, "%s", out.data);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("row");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, json, 0, ROWS(hostile));
    tcase_add_loop_test(tcase, csv, 0, ROWS(hostile));
    tcase_add_loop_test(tcase, text, 0, ROWS(hostile));
    tcase_add_test(tcase, heads);
    tcase_add_loop_test(tcase, judged_json, 0, ROWS(approvers));
    tcase_add_loop_test(tcase, judged_csv, 0, ROWS(approvers));
    tcase_add_test(tcase, judged_text);
    tcase_add_test(tcase, findings);
    tcase_add_loop_test(tcase, change, 0, ROWS(changes));
    tcase_add_loop_test(tcase, hostile_change, 0, ROWS(hostile));
    return run_cases("row", tcase);
}
