#include "fact/redirect.h"

#include "support/rows.h"
#include "support/run.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct dcv_http_fact answer(const char *url, unsigned status, const char *location)
{
    return (struct dcv_http_fact){.method = "http", .begin = url, .first_server = "", .url = url, .server = "", .met = DCV_MET_TALKED, .why = "",
                                  .status = status, .location = location, .flaw = ""};
}

/* ---- URLs -------------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *text, *printed; /* NULL: refused */
    enum dcv_redirect why;
} urls[] = {
    {"http://example.jp/a?b", "http://example.jp/a?b", 0},
    {"http://example.jp", "http://example.jp/", 0},
    {"http://example.jp?q", "http://example.jp/?q", 0},
    {"http://example.jp/?", "http://example.jp/?", 0},
    {"HTTP://WWW.Example.JP/PaTh", "http://www.example.jp/PaTh", 0},
    {"https://xn--r8jz45g.example.jp./", "https://xn--r8jz45g.example.jp/", 0},
    {"http://example.jp:80/", "http://example.jp/", 0},
    {"http://example.jp:0080/", "http://example.jp/", 0},
    {"http://example.jp:/", "http://example.jp/", 0},
    {"https://example.jp:443/", "https://example.jp/", 0},
    {"https://example.jp:80/", "https://example.jp:80/", 0},
    {"http://example.jp:443/", "http://example.jp:443/", 0},
    {"http://a_b.example.jp/", "http://a_b.example.jp/", 0},
    {"http://example.jp/#fragment", "http://example.jp/", 0},
    {"http://example.jp#/x", "http://example.jp/", 0},
    {"http://example.jp/a/../b/./c//d", "http://example.jp/b/c//d", 0},
    {"http://example.jp/%2e%2E/%41?%20", "http://example.jp/%2e%2E/%41?%20", 0},
    {"http://example.jp/\xe6\x97\xa5?\xff", "http://example.jp/%E6%97%A5?%FF", 0},
    {"http://example.jp/a?b/../c?d", "http://example.jp/a?b/../c?d", 0},
    {"", NULL, DCV_REDIRECT_LOCATION},
    {"/a", NULL, DCV_REDIRECT_LOCATION},
    {"//example.jp/", NULL, DCV_REDIRECT_LOCATION},
    {"example.jp", NULL, DCV_REDIRECT_LOCATION},
    {"http:", NULL, DCV_REDIRECT_LOCATION},
    {"http:a", NULL, DCV_REDIRECT_LOCATION},
    {"http:/a", NULL, DCV_REDIRECT_LOCATION},
    {"http://", NULL, DCV_REDIRECT_LOCATION},
    {"http:///a", NULL, DCV_REDIRECT_LOCATION},
    {"http://./", NULL, DCV_REDIRECT_LOCATION},
    {"http://a..b/", NULL, DCV_REDIRECT_LOCATION},
    {"http://.a/", NULL, DCV_REDIRECT_LOCATION},
    {"http://:80/", NULL, DCV_REDIRECT_LOCATION},
    {"http://user@example.jp/", NULL, DCV_REDIRECT_LOCATION},
    {"http://user:word@example.jp/", NULL, DCV_REDIRECT_LOCATION},
    {"http://@example.jp/", NULL, DCV_REDIRECT_LOCATION},
    {"http://exa%6dple.jp/", NULL, DCV_REDIRECT_LOCATION},
    {"http://\xe6\x97\xa5.example/", NULL, DCV_REDIRECT_LOCATION},
    {"http://example.jp:8o/", NULL, DCV_REDIRECT_LOCATION},
    {"http://example.jp:-80/", NULL, DCV_REDIRECT_LOCATION},
    {"http://example.jp:65616/", NULL, DCV_REDIRECT_LOCATION}, /* 80 + 65536 */
    {"http://example.jp:4294967376/", NULL, DCV_REDIRECT_LOCATION},
    {"http://example.jp:80:80/", NULL, DCV_REDIRECT_LOCATION},
    {"http://example.jp\\@other.example/", NULL, DCV_REDIRECT_LOCATION},
    {"http://example.jp/a\\b", NULL, DCV_REDIRECT_LOCATION},
    {"http://example.jp/a b", NULL, DCV_REDIRECT_LOCATION},
    {" http://example.jp/", NULL, DCV_REDIRECT_LOCATION},
    {"http://example.jp/\r\nHost: x", NULL, DCV_REDIRECT_LOCATION},
    {"http://example.jp/\x7f", NULL, DCV_REDIRECT_LOCATION},
    {"http://example.jp/#a\x01", NULL, DCV_REDIRECT_LOCATION},
    {"http://[2001:db8::1]x/", NULL, DCV_REDIRECT_LOCATION},
    {"http://[2001:db8::1", NULL, DCV_REDIRECT_LOCATION},
    {"http://[]/", NULL, DCV_REDIRECT_LOCATION},
    {"http://[fe80::1%25eth0]/", NULL, DCV_REDIRECT_LOCATION},
    {"http://[v1.x]/", NULL, DCV_REDIRECT_LOCATION},
    {"ftp://example.jp/", NULL, DCV_REDIRECT_SCHEME},
    {"file:///etc/hosts", NULL, DCV_REDIRECT_SCHEME},
    {"javascript:alert(1)", NULL, DCV_REDIRECT_SCHEME},
    {"httpss://example.jp/", NULL, DCV_REDIRECT_SCHEME},
    {"example.jp:80/x", NULL, DCV_REDIRECT_SCHEME}, /* RFC 3986 §4.2: what is before the first colon is a scheme */
    {"http://example.jp:8080/", NULL, DCV_REDIRECT_PORT},
    {"https://example.jp:8443/", NULL, DCV_REDIRECT_PORT},
    {"http://example.jp:0/", NULL, DCV_REDIRECT_PORT},
    {"http://192.0.2.1/", NULL, DCV_REDIRECT_ADDRESS},
    {"http://192.0.2.1:8080/", NULL, DCV_REDIRECT_ADDRESS},
    {"http://127.1/", NULL, DCV_REDIRECT_ADDRESS},
    {"http://2130706433/", NULL, DCV_REDIRECT_ADDRESS},
    {"http://0x7f000001/", NULL, DCV_REDIRECT_ADDRESS},
    {"http://0X7F.1./", NULL, DCV_REDIRECT_ADDRESS},
    {"http://example.123/", NULL, DCV_REDIRECT_ADDRESS},
    {"http://[2001:db8::1]/", NULL, DCV_REDIRECT_ADDRESS},
    {"https://[::ffff:192.0.2.1]:443/", NULL, DCV_REDIRECT_ADDRESS},
};

START_TEST(url)
{
    struct dcv_url out = {.port = 7};
    enum dcv_redirect why = DCV_REDIRECT_NONE;
    const enum dcv_status status = dcv_url_parse(urls[_i].text, 80, 443, &out, &why);
    ck_assert_int_eq(dcv_url_parse(urls[_i].text, 80, 443, &out, NULL), status);
    if (urls[_i].printed == NULL) {
        ck_assert_int_eq(status, DCV_ERR_SYNTAX);
        ck_assert_str_eq(dcv_redirect_text(why), dcv_redirect_text(urls[_i].why));
        ck_assert_uint_eq(out.port, 7);
        return;
    }
    struct dcv_url again;
    ck_assert_msg(status == DCV_OK, "%s: %s", urls[_i].text, dcv_redirect_text(why));
    ck_assert_str_eq(out.text, urls[_i].printed);
    ck_assert_int_eq(dcv_url_parse(out.text, 80, 443, &again, NULL), DCV_OK);
    ck_assert_str_eq(again.text, out.text);
    ck_assert(again.https == out.https && again.port == out.port && dcv_name_equal(&again.host, &out.host));
}
END_TEST

/* Where other ports stand for 80 and 443, they are meant where none is given, and written. */
START_TEST(other_ports)
{
    struct dcv_url out;
    enum dcv_redirect why = DCV_REDIRECT_NONE;
    ck_assert_int_eq(dcv_url_parse("http://example.jp/", 8080, 8443, &out, NULL), DCV_OK);
    ck_assert_uint_eq(out.port, 8080);
    ck_assert_str_eq(out.text, "http://example.jp:8080/");
    ck_assert_int_eq(dcv_url_parse("https://example.jp/", 8080, 8443, &out, NULL), DCV_OK);
    ck_assert_uint_eq(out.port, 8443);
    ck_assert(out.https);
    ck_assert_int_eq(dcv_url_parse("http://example.jp:80/", 8080, 8443, &out, &why), DCV_ERR_SYNTAX);
    ck_assert_int_eq(why, DCV_REDIRECT_PORT);
}
END_TEST

/* What is as long as there is room for is taken, one octet more is not. */
START_TEST(length)
{
    const size_t room = sizeof((struct dcv_url *)0)->text;
    for (size_t len = room - 2; len <= room + 1; len++) {
        struct dcv_url out;
        char text[3000] = "http://example.jp/";
        memset(text + strlen(text), 'x', len - strlen(text));
        ck_assert_int_eq(dcv_url_parse(text, 80, 443, &out, NULL), len < room ? DCV_OK : DCV_ERR_SYNTAX);
        memset(text + len - 1, '\xff', 1);
        ck_assert_int_eq(dcv_url_parse(text, 80, 443, &out, NULL), len + 2 < room ? DCV_OK : DCV_ERR_SYNTAX);
        const struct dcv_http_fact fact = answer("http://example.jp/", 301, text + strlen("http://example.jp/"));
        ck_assert_int_eq(dcv_redirect_of(&fact, 80, 443, &out), len + 2 < room ? DCV_REDIRECT_FOLLOW : DCV_REDIRECT_LOCATION);
    }
}
END_TEST

/* ---- references ---------------------------------------------------------------------------------------------------------------------- */

/* RFC 3986 §5.4, but for fragments, which are not followed. */
static const struct {
    const char *reference, *target; /* NULL: another end */
    enum dcv_redirect end;
} references[] = {
    {"g:h", NULL, DCV_REDIRECT_SCHEME},
    {"g", "http://a/b/c/g", 0},
    {"./g", "http://a/b/c/g", 0},
    {"g/", "http://a/b/c/g/", 0},
    {"/g", "http://a/g", 0},
    {"//g", "http://g/", 0},
    {"?y", "http://a/b/c/d;p?y", 0},
    {"g?y", "http://a/b/c/g?y", 0},
    {"#s", "http://a/b/c/d;p?q", 0},
    {"g#s", "http://a/b/c/g", 0},
    {"g?y#s", "http://a/b/c/g?y", 0},
    {";x", "http://a/b/c/;x", 0},
    {"g;x", "http://a/b/c/g;x", 0},
    {"g;x?y#s", "http://a/b/c/g;x?y", 0},
    {"", NULL, DCV_REDIRECT_LOCATION}, /* it would be the same page for ever */
    {".", "http://a/b/c/", 0},
    {"./", "http://a/b/c/", 0},
    {"..", "http://a/b/", 0},
    {"../", "http://a/b/", 0},
    {"../g", "http://a/b/g", 0},
    {"../..", "http://a/", 0},
    {"../../", "http://a/", 0},
    {"../../g", "http://a/g", 0},
    {"../../../g", "http://a/g", 0},
    {"../../../../g", "http://a/g", 0},
    {"/./g", "http://a/g", 0},
    {"/../g", "http://a/g", 0},
    {"g.", "http://a/b/c/g.", 0},
    {".g", "http://a/b/c/.g", 0},
    {"g..", "http://a/b/c/g..", 0},
    {"..g", "http://a/b/c/..g", 0},
    {"./../g", "http://a/b/g", 0},
    {"./g/.", "http://a/b/c/g/", 0},
    {"g/./h", "http://a/b/c/g/h", 0},
    {"g/../h", "http://a/b/c/h", 0},
    {"g;x=1/./y", "http://a/b/c/g;x=1/y", 0},
    {"g;x=1/../y", "http://a/b/c/y", 0},
    {"g?y/./x", "http://a/b/c/g?y/./x", 0},
    {"g?y/../x", "http://a/b/c/g?y/../x", 0},
    {"g#s/./x", "http://a/b/c/g", 0},
    {"g#s/../x", "http://a/b/c/g", 0},
    {"http:g", NULL, DCV_REDIRECT_LOCATION}, /* the strict reading has no host */
    /* others */
    {" \t/g \t", "http://a/g", 0},
    {"?", "http://a/b/c/d;p?", 0},
    {"//g?y", "http://g/?y", 0},
    {"///g", NULL, DCV_REDIRECT_LOCATION},
    {"/..//g", "http://a//g", 0},
    {"/b//../g", "http://a/b/g", 0},
    {"./a:b", "http://a/b/c/a:b", 0},
    {"https://g/x/../y?z#f", "https://g/y?z", 0},
    {"//192.0.2.1/", NULL, DCV_REDIRECT_ADDRESS},
    {"//[::1]/", NULL, DCV_REDIRECT_ADDRESS},
    {"//g:8080/", NULL, DCV_REDIRECT_PORT},
    {"//u@g/", NULL, DCV_REDIRECT_LOCATION},
    {"/a b", NULL, DCV_REDIRECT_LOCATION},
    {"/\\g", NULL, DCV_REDIRECT_LOCATION},
    {"\\\\g\\", NULL, DCV_REDIRECT_LOCATION},
};

START_TEST(reference)
{
    struct dcv_url next = {.port = 7};
    const struct dcv_http_fact fact = answer("http://a/b/c/d;p?q", 302, references[_i].reference);
    const enum dcv_redirect end = dcv_redirect_of(&fact, 80, 443, &next);
    const enum dcv_redirect wanted = references[_i].target != NULL ? DCV_REDIRECT_FOLLOW : references[_i].end;
    ck_assert_str_eq(dcv_redirect_text(end), dcv_redirect_text(wanted));
    if (references[_i].target != NULL)
        ck_assert_str_eq(next.text, references[_i].target);
    else
        ck_assert_uint_eq(next.port, 7);
}
END_TEST

/* A relative reference stays with scheme, host and port. */
START_TEST(stays)
{
    struct dcv_url next;
    const struct dcv_http_fact fact = answer("https://www.example.jp:80/a?b", 308, "c");
    ck_assert_int_eq(dcv_redirect_of(&fact, 80, 443, &next), DCV_REDIRECT_FOLLOW);
    ck_assert_str_eq(next.text, "https://www.example.jp:80/c");
    const struct dcv_http_fact other = answer("https://www.example.jp:80/a", 308, "//example.jp/c");
    ck_assert_int_eq(dcv_redirect_of(&other, 80, 443, &next), DCV_REDIRECT_FOLLOW);
    ck_assert_str_eq(next.text, "https://example.jp/c");
    ck_assert_uint_eq(next.port, 443);
}
END_TEST

/* ---- answers ------------------------------------------------------------------------------------------------------------------------- */

static const struct {
    enum dcv_meeting met;
    unsigned status, hop;
    const char *location;
    enum dcv_redirect end;
} answers[] = {
    {DCV_MET_TALKED, 200, 0, "/x", DCV_REDIRECT_NONE},
    {DCV_MET_TALKED, 404, 0, NULL, DCV_REDIRECT_NONE},
    {DCV_MET_TALKED, 299, 0, "/x", DCV_REDIRECT_NONE},
    {DCV_MET_TALKED, 400, 0, "/x", DCV_REDIRECT_NONE},
    {DCV_MET_BROKEN, 301, 0, "/x", DCV_REDIRECT_NONE},
    {DCV_MET_TIMEOUT, 0, 0, NULL, DCV_REDIRECT_NONE},
    {DCV_MET_TALKED, 301, 0, "/x", DCV_REDIRECT_FOLLOW},
    {DCV_MET_TALKED, 302, 0, "/x", DCV_REDIRECT_FOLLOW},
    {DCV_MET_TALKED, 307, 0, "/x", DCV_REDIRECT_FOLLOW},
    {DCV_MET_TALKED, 308, 0, "/x", DCV_REDIRECT_FOLLOW},
    {DCV_MET_TALKED, 300, 0, "/x", DCV_REDIRECT_STATUS},
    {DCV_MET_TALKED, 303, 0, "/x", DCV_REDIRECT_STATUS},
    {DCV_MET_TALKED, 304, 0, NULL, DCV_REDIRECT_STATUS},
    {DCV_MET_TALKED, 305, 0, "/x", DCV_REDIRECT_STATUS},
    {DCV_MET_TALKED, 306, 0, "/x", DCV_REDIRECT_STATUS},
    {DCV_MET_TALKED, 309, 0, "/x", DCV_REDIRECT_STATUS},
    {DCV_MET_TALKED, 301, 0, NULL, DCV_REDIRECT_LOCATION},
    {DCV_MET_TALKED, 301, 0, " ", DCV_REDIRECT_LOCATION},
    {DCV_MET_TALKED, 301, DCV_REDIRECTS_MAX - 1, "/x", DCV_REDIRECT_FOLLOW},
    {DCV_MET_TALKED, 301, DCV_REDIRECTS_MAX, "/x", DCV_REDIRECT_TOO_MANY},
    {DCV_MET_TALKED, 301, DCV_REDIRECTS_MAX, "ftp://x/", DCV_REDIRECT_SCHEME},
    {DCV_MET_TALKED, 200, DCV_REDIRECTS_MAX, NULL, DCV_REDIRECT_NONE},
};

START_TEST(end_of_answer)
{
    struct dcv_url next;
    struct dcv_http_fact fact = answer("http://example.jp/f", answers[_i].status, answers[_i].location);
    fact.met = answers[_i].met;
    fact.hop = answers[_i].hop;
    ck_assert_str_eq(dcv_redirect_text(dcv_redirect_of(&fact, 80, 443, &next)), dcv_redirect_text(answers[_i].end));
}
END_TEST

/* Facts may come from a file, and their URLs be anything. */
START_TEST(strange_base)
{
    struct dcv_url next;
    const struct dcv_http_fact fact = answer("example.jp", 301, "/x");
    ck_assert_int_eq(dcv_redirect_of(&fact, 80, 443, &next), DCV_REDIRECT_LOCATION);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("redirect");
    tcase_add_loop_test(tcase, url, 0, ROWS(urls));
    tcase_add_test(tcase, other_ports);
    tcase_add_test(tcase, length);
    tcase_add_loop_test(tcase, reference, 0, ROWS(references));
    tcase_add_test(tcase, stays);
    tcase_add_loop_test(tcase, end_of_answer, 0, ROWS(answers));
    tcase_add_test(tcase, strange_base);
    return run_cases("redirect", tcase);
}
