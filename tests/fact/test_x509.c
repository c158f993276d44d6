#include "fact/x509.h"

#include "support/rows.h"
#include "support/run.h"

#include <string.h>

/* ---- names in the form of a certificate ---------------------------------------------------------------------------------------- */

static const struct {
    const char *text;
    size_t len;
    const char *name; /* NULL: none */
    bool form;        /* it is in the form of a certificate */
} hostnames[] = {
    {OCTETS("www.example.jp"), "www.example.jp", true},
    {OCTETS("WWW.Example.JP"), "www.example.jp", true},
    {OCTETS("*.example.jp"), "*.example.jp", true},
    {OCTETS("xn--wgv71a119e.jp"), "xn--wgv71a119e.jp", true},
    {OCTETS("localhost"), "localhost", true},
    {OCTETS("www.example.jp."), "www.example.jp", false},
    {OCTETS("https://www.example.jp/x"), "www.example.jp", false},
    {OCTETS("www.example.jp:443"), "www.example.jp", false},
    {OCTETS("admin@example.jp"), "example.jp", false},
    {OCTETS(" www.example.jp"), "www.example.jp", false},
    {OCTETS("\u65e5\u672c\u8a9e.jp"), "xn--wgv71a119e.jp", false},
    {OCTETS("\uff57ww.example.jp"), "www.example.jp", false},
    {OCTETS(""), NULL, false},
    {OCTETS("a_b.example.jp"), NULL, false},
    {OCTETS("a..b"), NULL, false},
    {OCTETS("192.0.2.1"), NULL, false},
    {OCTETS("www.*.example.jp"), NULL, false},
    {OCTETS("*.*.example.jp"), NULL, false},
    {OCTETS("Example Inc."), NULL, false},
    {OCTETS("www.example.jp\0.example.com"), NULL, false}, /* not the name before the zero */
    {OCTETS("www.example.jp\0"), NULL, false},
    {OCTETS("\0"), NULL, false},
    {OCTETS("\xff\xfe.jp"), NULL, false},
    {OCTETS("\033[31m.jp"), NULL, false},
};

START_TEST(hostname)
{
    struct dcv_hostname name;
    struct dcv_hostname_error error;
    const bool is = dcv_x509_hostname(hostnames[_i].text, hostnames[_i].len, &name, &error);
    ck_assert_int_eq(is, hostnames[_i].form);
    ck_assert_int_eq(error.fault == DCV_HOSTNAME_OK, hostnames[_i].name != NULL);
    if (hostnames[_i].name != NULL)
        ck_assert_str_eq(name.ascii, hostnames[_i].name);
}
END_TEST

/* ---- the common name ----------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *cn, *san;
    const char *extra; /* NULL: none */
} common_names[] = {
    {"www.example.jp", "example.jp", "www.example.jp"},
    {"WWW.example.jp", "example.jp", "www.example.jp"},
    {"www.example.jp", "", "www.example.jp"},
    {"*.example.jp", "example.jp", "*.example.jp"},
    {"example.jp", "*.example.jp", "example.jp"},
    {"www.example.jp", "www.example.jp", NULL},
    {"www.example.jp", "WWW.EXAMPLE.JP", NULL},
    {"Example", "example.jp", NULL},
    {"example", "example", NULL},
    {"Example Inc.", "example.jp", NULL},
    {"www.example.jp.", "example.jp", NULL},
    {"", "example.jp", NULL},
    {NULL, "example.jp", NULL},
};

START_TEST(extra_name)
{
    const struct dcv_dn_field fields[] = {
        {.type = "O", .value = "other.example.jp", .len = strlen("other.example.jp")},
        {.type = "CN", .value = common_names[_i].cn, .len = common_names[_i].cn != NULL ? strlen(common_names[_i].cn) : 0},
    };
    const struct dcv_san sans[] = {
        {.kind = DCV_SAN_EMAIL, .text = "www.example.jp", .len = strlen("www.example.jp")}, /* no DNS name */
        {.kind = DCV_SAN_DNS, .text = common_names[_i].san, .len = strlen(common_names[_i].san)},
    };
    const struct dcv_x509 x509 = {.subject = fields, .subject_count = common_names[_i].cn != NULL ? 2 : 1, .sans = sans, .san_count = 2};
    struct dcv_hostname name;
    const struct dcv_dn_field *found = dcv_x509_extra_name(&x509, &name);
    ck_assert_int_eq(found != NULL, common_names[_i].extra != NULL);
    if (found != NULL) {
        ck_assert_ptr_eq(found, &fields[1]);
        ck_assert_str_eq(name.ascii, common_names[_i].extra);
    }
}
END_TEST

START_TEST(attribute)
{
    const struct dcv_dn_field fields[] = {{.type = "O"}, {.type = "CN"}, {.type = "CN"}};
    ck_assert_ptr_eq(dcv_dn_find(fields, 3, "CN"), &fields[1]); /* the first */
    ck_assert_ptr_null(dcv_dn_find(fields, 3, "C"));
    ck_assert_ptr_null(dcv_dn_find(fields, 1, "CN"));
    ck_assert_ptr_null(dcv_dn_find(NULL, 0, "CN"));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("x509");
    tcase_add_loop_test(tcase, hostname, 0, ROWS(hostnames));
    tcase_add_loop_test(tcase, extra_name, 0, ROWS(common_names));
    tcase_add_test(tcase, attribute);
    return run_cases("x509", tcase);
}
