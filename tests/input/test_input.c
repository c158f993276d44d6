#include "input/input.h"

#include "support/rows.h"
#include "support/run.h"

#include <stdio.h>
#include <string.h>

static struct dcv_inputs *inputs;

static void setup(void)
{
    inputs = dcv_inputs_create();
}

static void teardown(void)
{
    dcv_inputs_free(inputs);
}

static size_t add(const char *text)
{
    ck_assert_int_eq(dcv_inputs_add(inputs, text), DCV_OK);
    return dcv_inputs_count(inputs);
}

START_TEST(once_in_any_spelling)
{
    static const char *const spellings[] = {"example.jp", "EXAMPLE.JP", "example.jp.", "https://example.jp/x", " example.jp ",
                                            "admin@example.jp", "\uff45xample\u3002jp"};
    for (int i = 0; i < ROWS(spellings); i++)
        ck_assert_uint_eq(add(spellings[i]), 1);
    ck_assert_str_eq(dcv_inputs_at(inputs, 0)->text, "example.jp");
    ck_assert_uint_eq(add("*.example.jp"), 2); /* a wildcard is another name */
    ck_assert_uint_eq(add("\u65e5\u672c\u8a9e.jp"), 3);
    ck_assert_uint_eq(add("xn--wgv71a119e.jp"), 3);
    ck_assert_str_eq(dcv_inputs_at(inputs, 2)->name.ascii, "xn--wgv71a119e.jp");
}
END_TEST

START_TEST(invalid_ones_are_kept)
{
    ck_assert_uint_eq(add("a..b"), 1);
    const struct dcv_input *input = dcv_inputs_at(inputs, 0);
    ck_assert(!input->valid);
    ck_assert_int_eq(input->error.fault, DCV_HOSTNAME_EMPTY_LABEL);
    ck_assert_uint_eq(input->error.at, 2);
    ck_assert_str_eq(input->text, "a..b");
    ck_assert_uint_eq(add("example.jp"), 2);
    ck_assert_uint_eq(add(""), 3);
    ck_assert(dcv_inputs_at(inputs, 1)->valid);
    ck_assert(!dcv_inputs_at(inputs, 2)->valid);
}
END_TEST

START_TEST(keeps_the_order)
{
    char name[32];
    for (size_t i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "n%zu.example.jp", (i * 7919) % 1000);
        ck_assert_uint_eq(add(name), i + 1);
    }
    for (size_t i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "n%zu.example.jp", (i * 7919) % 1000);
        if (strcmp(dcv_inputs_at(inputs, i)->name.ascii, name) != 0)
            ck_abort_msg("%zu: %s", i, dcv_inputs_at(inputs, i)->name.ascii);
    }
}
END_TEST

/* ---- requests and certificates ------------------------------------------------------------------------------------------------- */

/* The names with their origins, "name:origin", and "*N" where one was given N times. */
static const char *listed(void)
{
    static char text[4096];
    text[0] = '\0';
    for (size_t i = 0; i < dcv_inputs_count(inputs); i++) {
        const struct dcv_input *input = dcv_inputs_at(inputs, i);
        const size_t len = strlen(text);
        static const char *const origins[] = {[DCV_ORIGIN_ARGUMENT] = "", [DCV_ORIGIN_CSR] = ":csr", [DCV_ORIGIN_COMMON_NAME] = ":cn",
                                              [DCV_ORIGIN_CERTIFICATE] = ":cert", [DCV_ORIGIN_ALSO_WWW] = ":www"};
        char times[16] = "";
        if (input->times != 1)
            (void)snprintf(times, sizeof times, "*%zu", input->times);
        (void)snprintf(text + len, sizeof text - len, "%s%s%s%s", i == 0 ? "" : " ", input->valid ? input->name.ascii : input->text,
                       origins[input->origin], times);
    }
    return text;
}

static const struct {
    const char *arguments[3], *sans[6], *cn;
    bool certificate;
    const char *listed;
} x509s[] = {
    {{NULL}, {"www.example.jp", "example.jp"}, "www.example.jp", false, "www.example.jp:csr example.jp:csr"},
    {{NULL}, {"www.example.jp", "example.jp"}, NULL, true, "www.example.jp:cert example.jp:cert"},
    {{NULL}, {"example.jp"}, "www.example.jp", false, "example.jp:csr www.example.jp:cn"},
    {{NULL}, {NULL}, "www.example.jp", true, "www.example.jp:cn"},
    {{NULL}, {"example.jp", "EXAMPLE.jp", "example.jp"}, NULL, false, "example.jp:csr*3"},
    {{"example.jp", "a..b"}, {"example.jp", "b.example.jp"}, "example.jp", false, "example.jp*2 a..b b.example.jp:csr"},
    /* what is no name, and names in another form, are left to the judging of the order */
    {{NULL}, {"a_b.jp", "https://example.jp/", "example.jp.", "admin@example.com", "ok.example.jp"}, "Example Inc.", false,
     "ok.example.jp:csr"},
    {{NULL}, {NULL}, NULL, false, ""},
};

START_TEST(names_of_x509)
{
    struct dcv_san sans[7];
    const struct dcv_dn_field cn = {.type = "CN", .value = x509s[_i].cn, .len = x509s[_i].cn != NULL ? strlen(x509s[_i].cn) : 0};
    struct dcv_x509 x509 = {.certificate = x509s[_i].certificate, .sans = sans, .subject = &cn, .subject_count = x509s[_i].cn != NULL};
    sans[x509.san_count++] = (struct dcv_san){.kind = DCV_SAN_EMAIL, .text = "mail.example.jp", .len = strlen("mail.example.jp")};
    for (const char *const *san = x509s[_i].sans; *san != NULL; san++)
        sans[x509.san_count++] = (struct dcv_san){.kind = DCV_SAN_DNS, .text = *san, .len = strlen(*san)};
    for (const char *const *argument = x509s[_i].arguments; *argument != NULL; argument++)
        (void)add(*argument);
    ck_assert_int_eq(dcv_inputs_add_x509(inputs, &x509), DCV_OK);
    ck_assert_str_eq(listed(), x509s[_i].listed);
}
END_TEST

/* A zero octet ends no name. */
START_TEST(zero_octets)
{
    const struct dcv_san sans[] = {{.kind = DCV_SAN_DNS, .text = "www.example.jp\0.example.com", .len = 27}};
    const struct dcv_dn_field cn = {.type = "CN", .value = "example.jp\0", .len = 11};
    const struct dcv_x509 x509 = {.sans = sans, .san_count = 1, .subject = &cn, .subject_count = 1};
    ck_assert_int_eq(dcv_inputs_add_x509(inputs, &x509), DCV_OK);
    ck_assert_str_eq(listed(), "");
}
END_TEST

START_TEST(words_for_origins)
{
    for (int origin = DCV_ORIGIN_ARGUMENT; origin <= DCV_ORIGIN_ALSO_WWW; origin++) {
        enum dcv_input_origin parsed = DCV_ORIGIN_CSR;
        const char *text = dcv_input_origin_text((enum dcv_input_origin)origin);
        ck_assert(dcv_input_origin_parse(text, strlen(text), &parsed));
        ck_assert_int_eq(parsed, origin);
    }
    enum dcv_input_origin kept = DCV_ORIGIN_CSR;
    ck_assert(!dcv_input_origin_parse("elsewhere", strlen("elsewhere"), &kept));
    ck_assert_int_eq(kept, DCV_ORIGIN_CSR);
}
END_TEST

/* ---- siblings ------------------------------------------------------------------------------------------------------------------ */

/* 63 octets each. */
#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG L63 "." L63 "." L63 "."

static const struct {
    const char *names[4], *listed;
} siblings[] = {
    {{"example.jp"}, "example.jp www.example.jp:www"},
    {{"www.example.jp"}, "www.example.jp example.jp:www"},
    {{"WWW.Example.JP."}, "www.example.jp example.jp:www"},
    {{"mail.example.jp"}, "mail.example.jp www.mail.example.jp:www"},
    {{"www.mail.example.jp"}, "www.mail.example.jp mail.example.jp:www"},
    {{"www.www.example.jp"}, "www.www.example.jp www.example.jp:www"},
    {{"wwwx.example.jp"}, "wwwx.example.jp www.wwwx.example.jp:www"},
    {{"xn--wgv71a119e.jp"}, "xn--wgv71a119e.jp www.xn--wgv71a119e.jp:www"},
    /* already given: not again, and not as a sibling */
    {{"example.jp", "www.example.jp"}, "example.jp www.example.jp"},
    {{"www.example.jp", "a.example.jp", "example.jp"}, "www.example.jp a.example.jp www.a.example.jp:www example.jp"},
    /* each after its own */
    {{"a.jp", "b.jp"}, "a.jp www.a.jp:www b.jp www.b.jp:www"},
    /* "www" as the label that was registered */
    {{"www.jp"}, "www.jp www.www.jp:www"},
    {{"www.co.jp"}, "www.co.jp www.www.co.jp:www"},
    {{"www.www.co.jp"}, "www.www.co.jp www.co.jp:www"},
    {{"www.com"}, "www.com www.www.com:www"},
    /* none */
    {{"*.example.jp"}, "*.example.jp"},
    {{"co.jp"}, "co.jp"},
    {{"jp"}, "jp"},
    {{"a..b"}, "a..b"},
    /* 253 octets are the limit: 249 and "www." */
    {{LONG L63 "." "jp"}, LONG L63 ".jp"},
    {{LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.jp"},
     LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.jp www." LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.jp:www"},
    {{LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.jp"},
     LONG "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.jp"},
};

START_TEST(sibling)
{
    struct dcv_psl *psl;
    ck_assert_int_eq(dcv_psl_create(NULL, &psl), DCV_OK);
    for (const char *const *name = siblings[_i].names; *name != NULL; name++)
        (void)add(*name);
    ck_assert_int_eq(dcv_inputs_add_siblings(inputs, psl), DCV_OK);
    ck_assert_str_eq(listed(), siblings[_i].listed);
    ck_assert_int_eq(dcv_inputs_add_siblings(inputs, psl), DCV_OK); /* siblings have none of their own */
    ck_assert_str_eq(listed(), siblings[_i].listed);
    dcv_psl_free(psl);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("input");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, once_in_any_spelling);
    tcase_add_test(tcase, invalid_ones_are_kept);
    tcase_add_test(tcase, keeps_the_order);
    tcase_add_loop_test(tcase, names_of_x509, 0, ROWS(x509s));
    tcase_add_test(tcase, zero_octets);
    tcase_add_test(tcase, words_for_origins);
    tcase_add_loop_test(tcase, sibling, 0, ROWS(siblings));
    return run_cases("input", tcase);
}
