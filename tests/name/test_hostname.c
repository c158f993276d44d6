#include "name/hostname.h"
#include "name/ip.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(array) (int)(sizeof(array) / sizeof *(array))
#define OCTETS(literal) literal, sizeof(literal) - 1

struct good {
    const char *input;
    size_t len;
    const char *ascii, *unicode; /* unicode NULL: as ascii */
    enum dcv_hostname_form form;
};

static const struct good good_rows[] = {
    {OCTETS("example.jp"), "example.jp", NULL, DCV_FORM_NAME},
    {OCTETS("WWW.Example.JP."), "www.example.jp", NULL, DCV_FORM_NAME},
    {OCTETS(" \t\u3000example.jp\r\n"), "example.jp", NULL, DCV_FORM_NAME},
    {OCTETS("\ufeff"
            "example.jp"),
     "example.jp", NULL, DCV_FORM_NAME},
    {OCTETS("localhost"), "localhost", NULL, DCV_FORM_NAME},
    {OCTETS("1.example"), "1.example", NULL, DCV_FORM_NAME},
    {OCTETS("1.0.2.192.in-addr.arpa"), "1.0.2.192.in-addr.arpa", NULL, DCV_FORM_NAME},
    {OCTETS("a-b--c.example"), "a-b--c.example", NULL, DCV_FORM_NAME},

    {OCTETS("*.example.jp"), "*.example.jp", NULL, DCV_FORM_NAME},
    {OCTETS("*.jp"), "*.jp", NULL, DCV_FORM_NAME},
    {OCTETS("*.\u65e5\u672c\u8a9e.jp"), "*.xn--wgv71a119e.jp", "*.\u65e5\u672c\u8a9e.jp", DCV_FORM_NAME},
    {OCTETS("https://*.example.jp/"), "*.example.jp", NULL, DCV_FORM_URL},

    {OCTETS("https://www.example.jp"), "www.example.jp", NULL, DCV_FORM_URL},
    {OCTETS("HTTPS://user:p%40ss@WWW.example.jp:8443/a?b=c@d#e"), "www.example.jp", NULL, DCV_FORM_URL},
    {OCTETS("ldap+x://example.jp:"), "example.jp", NULL, DCV_FORM_URL},
    {OCTETS("http://a@b@example.jp/"), "example.jp", NULL, DCV_FORM_URL},
    {OCTETS("//example.jp/x"), "example.jp", NULL, DCV_FORM_URL},
    {OCTETS("https://example.jp?q"), "example.jp", NULL, DCV_FORM_URL},
    {OCTETS("https://example.jp#f"), "example.jp", NULL, DCV_FORM_URL},
    {OCTETS("https://example.jp./"), "example.jp", NULL, DCV_FORM_URL},
    {OCTETS("example.jp:443"), "example.jp", NULL, DCV_FORM_URL},
    {OCTETS("example.jp:65535"), "example.jp", NULL, DCV_FORM_URL},
    {OCTETS("example.jp/path"), "example.jp", NULL, DCV_FORM_URL},
    {OCTETS("example.jp:443/path"), "example.jp", NULL, DCV_FORM_URL},
    {OCTETS("example.jp/@user"), "example.jp", NULL, DCV_FORM_URL},

    {OCTETS("admin@example.jp"), "example.jp", NULL, DCV_FORM_MAILBOX},
    {OCTETS("MAILTO:admin@Example.jp?subject=x"), "example.jp", NULL, DCV_FORM_MAILBOX},
    {OCTETS("\"a@b\"@example.jp"), "example.jp", NULL, DCV_FORM_MAILBOX},
    {OCTETS("a/b@example.jp"), "example.jp", NULL, DCV_FORM_MAILBOX},
    {OCTETS("\u65e5@\u65e5\u672c\u8a9e.jp"), "xn--wgv71a119e.jp", "\u65e5\u672c\u8a9e.jp", DCV_FORM_MAILBOX},

    {OCTETS("\u65e5\u672c\u8a9e.jp"), "xn--wgv71a119e.jp", "\u65e5\u672c\u8a9e.jp", DCV_FORM_NAME},
    {OCTETS("XN--WGV71A119E.jp"), "xn--wgv71a119e.jp", "\u65e5\u672c\u8a9e.jp", DCV_FORM_NAME},
    {OCTETS("\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45\uff0e\uff4a\uff50"), "example.jp", NULL, DCV_FORM_NAME},
    {OCTETS("www\u3002example\uff61jp\u3002"), "www.example.jp", NULL, DCV_FORM_NAME},
    {OCTETS("*\u3002example.jp"), "*.example.jp", NULL, DCV_FORM_NAME},
    {OCTETS("B\u00dcCHER.example"), "xn--bcher-kva.example", "b\u00fccher.example", DCV_FORM_NAME},
    {OCTETS("bu\u0308cher.example"), "xn--bcher-kva.example", "b\u00fccher.example", DCV_FORM_NAME},
    {OCTETS("fa\u00df.example"), "xn--fa-hia.example", "fa\u00df.example", DCV_FORM_NAME},
    {OCTETS("ex\u00adample.jp"), "example.jp", NULL, DCV_FORM_NAME},
    {OCTETS("\u05d0\u05d1.example"), "xn--4dbc.example", "\u05d0\u05d1.example", DCV_FORM_NAME},
    {OCTETS("\u2615.example"), "xn--53h.example", "\u2615.example", DCV_FORM_NAME},
    {OCTETS("xn--53h.example"), "xn--53h.example", "\u2615.example", DCV_FORM_NAME},
    {OCTETS("FA\u1e9e.example"), "xn--fa-hia.example", "fa\u00df.example", DCV_FORM_NAME},
    {OCTETS("\u10a0\u3164.example"), "xn--rkj.example", "\u2d00.example", DCV_FORM_NAME},
    /* valid, yet what passes for "/" or "=" is not shown */
    {OCTETS("example\u2044a.example"), "xn--examplea-k03d.example", NULL, DCV_FORM_NAME},
    {OCTETS("a=\u0338.example"), "xn--a-ufo.example", NULL, DCV_FORM_NAME},
    /* a zero width non-joiner is valid after a virama, yet nobody sees it */
    {OCTETS("\u0915\u094d\u200c\u0937.example"), "xn--11b2ezcs70k.example", NULL, DCV_FORM_NAME},
};

START_TEST(accepts)
{
    const struct good *row = &good_rows[_i];
    struct dcv_hostname name;
    struct dcv_hostname_error error;
    enum dcv_status status = dcv_hostname_parse(row->input, row->len, &name, &error);
    ck_assert_msg(status == DCV_OK, "%s: %s at %zu", row->input, dcv_hostname_fault_text(error.fault), error.at);
    ck_assert_str_eq(name.ascii, row->ascii);
    ck_assert_str_eq(name.unicode, row->unicode != NULL ? row->unicode : row->ascii);
    ck_assert_int_eq(name.form, row->form);
    ck_assert_int_eq(name.wildcard, row->ascii[0] == '*');
    char text[DCV_NAME_TEXT_MAX];
    ck_assert_str_eq(dcv_name_text(&name.name, text), row->ascii + (name.wildcard ? 2 : 0));
    ck_assert_int_eq(error.fault, DCV_HOSTNAME_OK);
}
END_TEST

struct bad {
    const char *input;
    size_t len;
    enum dcv_hostname_fault fault;
    size_t at;
    const char *detail; /* NULL: not looked at */
};

static const struct bad bad_rows[] = {
    {OCTETS(""), DCV_HOSTNAME_EMPTY, 0, ""},
    {OCTETS(" \u3000\n"), DCV_HOSTNAME_EMPTY, 0, ""},
    {OCTETS("https://"), DCV_HOSTNAME_EMPTY, 8, ""},
    {OCTETS("https:///path"), DCV_HOSTNAME_EMPTY, 8, ""},
    {OCTETS("https://user@/"), DCV_HOSTNAME_EMPTY, 13, ""},
    {OCTETS("a@"), DCV_HOSTNAME_EMPTY, 2, ""},

    {OCTETS("."), DCV_HOSTNAME_EMPTY_LABEL, 0, ""},
    {OCTETS(".example.jp"), DCV_HOSTNAME_EMPTY_LABEL, 0, ""},
    {OCTETS("a..example.jp"), DCV_HOSTNAME_EMPTY_LABEL, 2, ""},
    {OCTETS("example.jp.."), DCV_HOSTNAME_EMPTY_LABEL, 11, ""},
    {OCTETS("https://a..b/"), DCV_HOSTNAME_EMPTY_LABEL, 10, ""},
    {OCTETS("\u00ad.example.jp"), DCV_HOSTNAME_EMPTY_LABEL, 0, NULL},

    {OCTETS("exa mple.jp"), DCV_HOSTNAME_BAD_CHARACTER, 3, " "},
    {OCTETS("example.jp,example.com"), DCV_HOSTNAME_BAD_CHARACTER, 10, ","},
    {OCTETS("a\0b"), DCV_HOSTNAME_BAD_CHARACTER, 1, "\\x00"},
    {OCTETS("a\033[31m"), DCV_HOSTNAME_BAD_CHARACTER, 1, "\\x1b"},
    {OCTETS("https://example.jp/\x7f"), DCV_HOSTNAME_BAD_CHARACTER, 19, "\\x7f"},
    {OCTETS("https://a\\@example.jp/"), DCV_HOSTNAME_BAD_CHARACTER, 9, "\\\\"},
    {OCTETS("https://exa%6dple.jp/"), DCV_HOSTNAME_BAD_CHARACTER, 11, "%"},
    {OCTETS("example.jp:"), DCV_HOSTNAME_BAD_CHARACTER, 10, ":"},
    {OCTETS("example.jp:65536"), DCV_HOSTNAME_BAD_CHARACTER, 10, ":"},
    {OCTETS("example.jp:x"), DCV_HOSTNAME_BAD_CHARACTER, 10, ":"},
    {OCTETS("https:example.jp"), DCV_HOSTNAME_BAD_CHARACTER, 5, ":"},
    {OCTETS("a:b:c"), DCV_HOSTNAME_BAD_CHARACTER, 1, ":"},
    {OCTETS("[example.jp]"), DCV_HOSTNAME_BAD_CHARACTER, 0, "["},
    {OCTETS("@example.jp"), DCV_HOSTNAME_BAD_CHARACTER, 0, "@"},
    {OCTETS("mailto:x"), DCV_HOSTNAME_BAD_CHARACTER, 7, "x"},
    {OCTETS("DCV <a@example.jp>"), DCV_HOSTNAME_BAD_CHARACTER, 3, " "},
    {OCTETS("a@example.jp,b@example.com"), DCV_HOSTNAME_BAD_CHARACTER, 1, "@"},
    {OCTETS("a.b/c@d.e"), DCV_HOSTNAME_BAD_CHARACTER, 3, "/"},

    {OCTETS("_dmarc.example.jp"), DCV_HOSTNAME_UNDERSCORE, 0, "_"},
    {OCTETS("www.exa_mple.jp"), DCV_HOSTNAME_UNDERSCORE, 7, "_"},
    {OCTETS("\u3000www.ex_.jp"), DCV_HOSTNAME_UNDERSCORE, 9, "_"},
    {OCTETS("a\uff3fb.jp"), DCV_HOSTNAME_UNDERSCORE, 0, "a\uff3fb"},

    {OCTETS("-a.example.jp"), DCV_HOSTNAME_HYPHEN, 0, "-"},
    {OCTETS("www.a-.example.jp"), DCV_HOSTNAME_HYPHEN, 5, "-"},
    {OCTETS("-"), DCV_HOSTNAME_HYPHEN, 0, "-"},

    {OCTETS("*"), DCV_HOSTNAME_WILDCARD, 0, "*"},
    {OCTETS("*."), DCV_HOSTNAME_WILDCARD, 0, "*"},
    {OCTETS("*.*.example.jp"), DCV_HOSTNAME_WILDCARD, 2, "*"},
    {OCTETS("a.*.example.jp"), DCV_HOSTNAME_WILDCARD, 2, "*"},
    {OCTETS("*a.example.jp"), DCV_HOSTNAME_WILDCARD, 0, "*"},
    {OCTETS("a*.example.jp"), DCV_HOSTNAME_WILDCARD, 1, "*"},
    {OCTETS("**.example.jp"), DCV_HOSTNAME_WILDCARD, 0, "*"},
    {OCTETS("example.*"), DCV_HOSTNAME_WILDCARD, 8, "*"},

    {OCTETS("192.0.2.1"), DCV_HOSTNAME_IP_ADDRESS, 0, "192.0.2.1"},
    {OCTETS("192.0.2.1."), DCV_HOSTNAME_IP_ADDRESS, 0, NULL},
    {OCTETS("https://192.0.2.1:443/"), DCV_HOSTNAME_IP_ADDRESS, 8, "192.0.2.1"},
    {OCTETS("192.0.2.0/24"), DCV_HOSTNAME_IP_ADDRESS, 0, NULL},
    {OCTETS("\uff11\uff19\uff12.0.2.1"), DCV_HOSTNAME_IP_ADDRESS, 0, NULL},
    {OCTETS("127.1"), DCV_HOSTNAME_IP_ADDRESS, 0, NULL},
    {OCTETS("0x7f000001"), DCV_HOSTNAME_IP_ADDRESS, 0, NULL},
    {OCTETS("0x7f.0.0.1"), DCV_HOSTNAME_IP_ADDRESS, 0, NULL},
    {OCTETS("0177.0.0.01"), DCV_HOSTNAME_IP_ADDRESS, 0, NULL},
    {OCTETS("2130706433"), DCV_HOSTNAME_IP_ADDRESS, 0, NULL},
    {OCTETS("2001:db8::1"), DCV_HOSTNAME_IP_ADDRESS, 0, NULL},
    {OCTETS("::1"), DCV_HOSTNAME_IP_ADDRESS, 0, NULL},
    {OCTETS("2001:db8::/32"), DCV_HOSTNAME_IP_ADDRESS, 0, NULL},
    {OCTETS("fe80::1%eth0"), DCV_HOSTNAME_IP_ADDRESS, 0, NULL},
    {OCTETS("[2001:db8::1]"), DCV_HOSTNAME_IP_ADDRESS, 0, NULL},
    {OCTETS("https://u@[2001:db8::1]:443/x"), DCV_HOSTNAME_IP_ADDRESS, 10, NULL},
    {OCTETS("a@[192.0.2.1]"), DCV_HOSTNAME_IP_ADDRESS, 2, NULL},
    {OCTETS("a@[IPv6:2001:db8::1]"), DCV_HOSTNAME_IP_ADDRESS, 2, NULL},

    {OCTETS("example.123"), DCV_HOSTNAME_NUMERIC_TLD, 8, "123"},
    {OCTETS("192.0.2.256"), DCV_HOSTNAME_NUMERIC_TLD, 8, "256"},
    {OCTETS("1.2.3.4.5"), DCV_HOSTNAME_NUMERIC_TLD, 8, "5"},
    {OCTETS("4294967296"), DCV_HOSTNAME_NUMERIC_TLD, 0, NULL},
    {OCTETS("example.0x1f"), DCV_HOSTNAME_NUMERIC_TLD, 8, "0x1f"},

    {OCTETS("www.a\ufffd.example"), DCV_HOSTNAME_IDNA, 5, "\ufffd"},
    {OCTETS("a\u202eb\u202c.example"), DCV_HOSTNAME_IDNA, 1, "\\u{202e}"},
    {OCTETS("\u0300a.example"), DCV_HOSTNAME_IDNA, 0, NULL},
    {OCTETS("\u65e5=.example"), DCV_HOSTNAME_BAD_CHARACTER, 3, "="},
    {OCTETS("www.a\u2488.example"), DCV_HOSTNAME_IDNA, 5, "\u2488"}, /* "1." */
    {OCTETS("www.example\uff20"
            "b"),
     DCV_HOSTNAME_BAD_CHARACTER, 4, NULL},
    {OCTETS("xn--a.example"), DCV_HOSTNAME_IDNA, 0, "xn--a"},
    {OCTETS("www.xn--.example"), DCV_HOSTNAME_HYPHEN, 7, NULL},
    {OCTETS("xn--abc-.example"), DCV_HOSTNAME_HYPHEN, 7, NULL},
    {OCTETS("xn--0.example"), DCV_HOSTNAME_IDNA, 0, NULL},
    {OCTETS("www.ab--cd.example"), DCV_HOSTNAME_IDNA, 4, "ab--cd"},
    {OCTETS("0a.\u05d0.example"), DCV_HOSTNAME_IDNA, 0, "0a"},             /* RFC 5893 §2 condition 1 */
    {OCTETS("a.\u05d00\u0660\u05d0.example"), DCV_HOSTNAME_IDNA, 2, NULL}, /* condition 4 */
    {OCTETS("a\u200cb.example"), DCV_HOSTNAME_IDNA, 0, NULL},              /* RFC 5892 A.1 */

    {OCTETS("www.\xff.jp"), DCV_HOSTNAME_UTF8, 4, "\\xff"},
    {OCTETS("www.\xe3\x81.jp"), DCV_HOSTNAME_UTF8, 4, NULL},
    {OCTETS("\xc0\xae.jp"), DCV_HOSTNAME_UTF8, 0, NULL},
};

START_TEST(refuses)
{
    const struct bad *row = &bad_rows[_i];
    struct dcv_hostname name = {.wildcard = true};
    struct dcv_hostname_error error;
    enum dcv_status status = dcv_hostname_parse(row->input, row->len, &name, &error);
    ck_assert_msg(status == DCV_ERR_SYNTAX, "%s is taken as %s", row->input, name.ascii);
    ck_assert_msg(error.fault == row->fault && error.at == row->at, "%s: %s at %zu, not %s at %zu", row->input,
                  dcv_hostname_fault_text(error.fault), error.at, dcv_hostname_fault_text(row->fault), row->at);
    if (row->detail != NULL)
        ck_assert_str_eq(error.detail, row->detail);
    ck_assert_uint_eq(name.name.len, 0);
}
END_TEST

/* Labels of 63 octets, the last one shorter. */
static size_t make_text(char *out, size_t len)
{
    memset(out, 'a', len);
    for (size_t i = 63; i < len; i += 64)
        out[i] = '.';
    return len;
}

static enum dcv_hostname_fault fault_of(const char *text, size_t len)
{
    struct dcv_hostname name;
    struct dcv_hostname_error error;
    return dcv_hostname_parse(text, len, &name, &error) == DCV_OK ? DCV_HOSTNAME_OK : error.fault;
}

START_TEST(limits)
{
    char text[70000] = "*.";
    ck_assert_int_eq(fault_of(text, make_text(text, 63)), DCV_HOSTNAME_OK);
    memset(text, 'a', 64);
    ck_assert_int_eq(fault_of(text, 64), DCV_HOSTNAME_LABEL_TOO_LONG);
    ck_assert_int_eq(fault_of(text, make_text(text, 253)), DCV_HOSTNAME_OK);
    text[253] = '.';
    ck_assert_int_eq(fault_of(text, 254), DCV_HOSTNAME_OK);
    ck_assert_int_eq(fault_of(text, make_text(text, 254)), DCV_HOSTNAME_TOO_LONG);
    ck_assert_int_eq(fault_of(text, make_text(text, 255)), DCV_HOSTNAME_TOO_LONG);
    text[0] = '*';
    text[1] = '.';
    ck_assert_int_eq(fault_of(text, 2 + make_text(text + 2, 251)), DCV_HOSTNAME_OK);
    ck_assert_int_eq(fault_of(text, 2 + make_text(text + 2, 252)), DCV_HOSTNAME_TOO_LONG);
    memset(text, 'a', sizeof text);
    ck_assert_int_eq(fault_of(text, sizeof text), DCV_HOSTNAME_LABEL_TOO_LONG);
    memset(text, ' ', sizeof text);
    ck_assert_int_eq(fault_of(text, sizeof text), DCV_HOSTNAME_EMPTY);
}
END_TEST

/* The same character again and again: each length is either taken or too long. */
START_TEST(idn_limits)
{
    char text[1024];
    enum dcv_hostname_fault last = DCV_HOSTNAME_OK;
    size_t taken = 0;
    for (size_t count = 1; count <= 300; count++) {
        for (size_t i = 0; i < count; i++)
            memcpy(text + 3 * i, "\u3042", 4);
        last = fault_of(text, 3 * count);
        taken += last == DCV_HOSTNAME_OK;
        ck_assert(last == DCV_HOSTNAME_OK || last == DCV_HOSTNAME_LABEL_TOO_LONG);
    }
    ck_assert_int_eq(last, DCV_HOSTNAME_LABEL_TOO_LONG);
    ck_assert_uint_gt(taken, 50);
}
END_TEST

START_TEST(long_detail)
{
    char text[400];
    struct dcv_hostname name;
    struct dcv_hostname_error error;
    memset(text, 'a', sizeof text);
    ck_assert_int_eq(dcv_hostname_parse(text, sizeof text, &name, &error), DCV_ERR_SYNTAX);
    ck_assert_uint_lt(strlen(error.detail), sizeof error.detail);
    ck_assert_str_eq(error.detail + strlen(error.detail) - 3, "\u2026");
}
END_TEST

struct unicode {
    const char *text, *unicode;
};

static const struct unicode unicode_rows[] = {
    {".", "."},
    {"Example.jp", "Example.jp"},
    {"xn--wgv71a119e.jp", "\u65e5\u672c\u8a9e.jp"},
    {"_validation-contactemail.XN--WGV71A119E.jp", "_validation-contactemail.\u65e5\u672c\u8a9e.jp"},
    {"*.xn--wgv71a119e.jp", "*.\u65e5\u672c\u8a9e.jp"},
    {"xn--a.xn--wgv71a119e.jp", "xn--a.\u65e5\u672c\u8a9e.jp"},
    {"xn--53h.jp", "\u2615.jp"},
    {"xn--1ch.jp", "xn--1ch.jp"}, /* U+2260 */
    {"xn--abc-.jp", "xn--abc-.jp"},
    {"xn--\\000.jp", "xn--\\000.jp"},
    {"a\\.b.jp", "a\\.b.jp"},
    {"\\227\\129\\130.jp", "\\227\\129\\130.jp"}, /* UTF-8 in the DNS is no U-label */
};

START_TEST(unicode_form)
{
    struct dcv_name name;
    char out[DCV_NAME_TEXT_MAX];
    ck_assert_int_eq(dcv_name_parse(unicode_rows[_i].text, &name, NULL), DCV_OK);
    ck_assert_str_eq(dcv_name_unicode(&name, out), unicode_rows[_i].unicode);
}
END_TEST

struct domain {
    const char *text, *ascii; /* NULL: none */
};

static const struct domain domain_rows[] = {
    {"Example.JP", "example.jp"},
    {"\u65e5\u672c\u8a9e.jp", "xn--wgv71a119e.jp"},
    {"ab--cd.example", "ab--cd.example"},
    {"localhost", "localhost"},
    {"", NULL},
    {"example.jp.", NULL},
    {" example.jp", NULL},
    {"*.example.jp", NULL},
    {"a_b.example.jp", NULL},
    {"192.0.2.1", NULL},
    {"example.jp/", NULL},
    {"\xff.jp", NULL},
};

START_TEST(from_unicode)
{
    const struct domain *row = &domain_rows[_i];
    struct dcv_name name;
    char text[DCV_NAME_TEXT_MAX];
    enum dcv_status status = dcv_name_from_unicode(row->text, strlen(row->text), &name);
    ck_assert_int_eq(status, row->ascii != NULL ? DCV_OK : DCV_ERR_SYNTAX);
    if (status == DCV_OK)
        ck_assert_str_eq(dcv_name_text(&name, text), row->ascii);
}
END_TEST

struct address {
    const char *text;
    bool v4, v6, loose;
};

static const struct address address_rows[] = {
    {"192.0.2.1", true, false, true},
    {"255.255.255.255", true, false, true},
    {"256.0.0.1", false, false, false},
    {"1.2.3", false, false, true},
    {"1.2.3.4.5", false, false, false},
    {"1..2.3", false, false, false},
    {"1.2.3.", false, false, false},
    {"0001.2.3.4", false, false, true},
    {"", false, false, false},
    {"::", false, true, false},
    {"::1", false, true, false},
    {"1::", false, true, false},
    {"1:2:3:4:5:6:7:8", false, true, false},
    {"1:2:3:4:5:6:7::", false, true, false},
    {"::2:3:4:5:6:7:8", false, true, false},
    {"1:2:3:4:5:6:7:8:9", false, false, false},
    {"1:2:3:4::5:6:7:8", false, false, false},
    {"1:2:3:4:5:6:7", false, false, false},
    {"::ffff:192.0.2.1", false, true, false},
    {"1:2:3:4:5:6:192.0.2.1", false, true, false},
    {"1:2:3:4:5:6:7:192.0.2.1", false, false, false},
    {"::192.0.2.256", false, false, false},
    {"1::2::3", false, false, false},
    {":::", false, false, false},
    {":1", false, false, false},
    {"1:", false, false, false},
    {"1:2:3:4:5:6:7:", false, false, false},
    {"12345::", false, false, false},
    {"g::", false, false, false},
    {"::1%eth0", false, false, false},
    {"0x", false, false, true},
    {"0x100000000", false, false, false},
    {"4294967295", false, false, true},
    {"09", false, false, false},
    {"1.16777215", false, false, true},
    {"1.16777216", false, false, false},
};

START_TEST(addresses)
{
    const struct address *row = &address_rows[_i];
    size_t len = strlen(row->text);
    ck_assert_msg(dcv_ipv4_text(row->text, len) == row->v4, "IPv4 %s", row->text);
    ck_assert_msg(dcv_ipv6_text(row->text, len) == row->v6, "IPv6 %s", row->text);
    ck_assert_msg(dcv_ipv4_loose(row->text, len) == row->loose, "loose %s", row->text);
}
END_TEST

START_TEST(texts)
{
    for (enum dcv_hostname_fault fault = DCV_HOSTNAME_OK; fault <= DCV_HOSTNAME_NUMERIC_TLD; fault++)
        ck_assert_str_ne(dcv_hostname_fault_text(fault), "an unknown fault");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("hostname");
    tcase_add_loop_test(tcase, accepts, 0, ROWS(good_rows));
    tcase_add_loop_test(tcase, refuses, 0, ROWS(bad_rows));
    tcase_add_test(tcase, limits);
    tcase_add_test(tcase, idn_limits);
    tcase_add_test(tcase, long_detail);
    tcase_add_loop_test(tcase, unicode_form, 0, ROWS(unicode_rows));
    tcase_add_loop_test(tcase, from_unicode, 0, ROWS(domain_rows));
    tcase_add_loop_test(tcase, addresses, 0, ROWS(address_rows));
    tcase_add_test(tcase, texts);
    Suite *suite = suite_create("hostname");
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
