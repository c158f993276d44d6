/* What a file may be, and what is said of one that is something else. */
#include "support/read_x509.h"
#include "support/rows.h"

#include <openssl/encoder.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

static EVP_PKEY *key;
static struct dcv_buf request, certificate, text;

static void setup_all(void)
{
    setup();
    struct dcv_buf *const all[] = {&request, &certificate, &text};
    for (int i = 0; i < ROWS(all); i++)
        dcv_buf_init(all[i], (size_t)2 * DCV_X509_MAX);
    key = make_rsa(1024);
    finish_request(make_request(key), key, EVP_sha256(), &request);
    finish_certificate(make_certificate(key, "20261121000000Z", "20270219000000Z"), key, EVP_sha256(), &certificate);
}

static void teardown_all(void)
{
    EVP_PKEY_free(key);
    dcv_buf_done(&request);
    dcv_buf_done(&certificate);
    dcv_buf_done(&text);
    teardown();
}

static void expect_ok(bool is_certificate)
{
    ck_assert_msg(read_data(is_certificate, text.data, text.len) == DCV_OK, "%s", error.text);
}

static void expect_error(bool is_certificate, const char *expected, size_t line)
{
    ck_assert_int_eq(read_data(is_certificate, dcv_buf_text(&text), text.len), DCV_ERR_SYNTAX);
    ck_assert_str_eq(error.text, expected);
    ck_assert_uint_eq(error.line, line);
}

START_TEST(pem_of_any_look)
{
    static const char *const eols[] = {"\n", "\r\n", "\r", " \n", "\n\n", "\n  "};
    static const char *const labels[] = {"CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"};
    uint8_t sha256[32];
    ck_assert_int_eq(read_data(false, request.data, request.len), DCV_OK);
    memcpy(sha256, value.sha256, sizeof sha256);
    for (int i = 0; i < ROWS(eols) * ROWS(labels); i++) {
        dcv_buf_clear(&text);
        dcv_buf_puts(&text, "Certificate Request:\n    Data:\n");
        put_pem(&text, labels[i / ROWS(eols)], &request, eols[i % ROWS(eols)]);
        dcv_buf_puts(&text, "and so on\n");
        expect_ok(false);
        ck_assert_mem_eq(value.sha256, sha256, sizeof sha256);
        ck_assert(value.signature_valid);
    }
    static const char *const of_certificates[] = {"CERTIFICATE", "X509 CERTIFICATE", "X.509 CERTIFICATE"};
    for (int i = 0; i < ROWS(of_certificates); i++) {
        dcv_buf_clear(&text);
        put_pem(&text, of_certificates[i], &certificate, "\n");
        expect_ok(true);
    }
}
END_TEST

START_TEST(among_other_blocks)
{
    const struct dcv_buf junk = {.data = (char[]){"junk"}, .len = 4};
    put_pem(&text, "EC PARAMETERS", &junk, "\n");
    put_pem(&text, "PRIVATE KEY", &junk, "\n");
    put_pem(&text, "CERTIFICATE", &certificate, "\n");
    put_pem(&text, "CERTIFICATE REQUEST", &request, "\n");
    expect_ok(false);
    expect_ok(true);
    /* Parameters come in front of some private keys. */
    dcv_buf_clear(&text);
    put_pem(&text, "EC PARAMETERS", &junk, "\n");
    put_pem(&text, "EC PRIVATE KEY", &junk, "\n");
    put_pem(&text, "X", &junk, "\n");
    expect_error(false, "this is a private key: keep it secret, and give the certificate signing request", 4);
    /* Of a chain the first; what follows is not even looked at. */
    dcv_buf_clear(&text);
    put_pem(&text, "CERTIFICATE", &certificate, "\n");
    put_pem(&text, "CERTIFICATE", &junk, "\n");
    expect_ok(true);
    ck_assert_str_eq(value.serial, "abcdef");
    /* Which of two requests is meant cannot be told. */
    const size_t lines = 3 + 3;
    dcv_buf_clear(&text);
    put_pem(&text, "PRIVATE KEY", &junk, "\n");
    put_pem(&text, "CERTIFICATE REQUEST", &junk, "\n");
    put_pem(&text, "NEW CERTIFICATE REQUEST", &request, "\n");
    expect_error(false, "there is more than one certificate signing request in it; give one", lines + 1);
}
END_TEST

START_TEST(something_else)
{
    static const struct {
        const char *label, *for_request, *for_certificate;
    } rows[] = {
        {"PRIVATE KEY", "this is a private key: keep it secret, and give the certificate signing request",
         "this is a private key: keep it secret, and give the certificate"},
        {"RSA PRIVATE KEY", "this is a private key: keep it secret, and give the certificate signing request",
         "this is a private key: keep it secret, and give the certificate"},
        {"ENCRYPTED PRIVATE KEY", "this is an encrypted private key: keep it secret, and give the certificate signing request",
         "this is an encrypted private key: keep it secret, and give the certificate"},
        {"PUBLIC KEY", "this is a public key only", "this is a public key only"},
        {"X509 CRL", "this is a list of revoked certificates", "this is a list of revoked certificates"},
        {"PKCS7", "this is PKCS #7; 'openssl pkcs7 -print_certs' takes the certificates out of it",
         "this is PKCS #7; 'openssl pkcs7 -print_certs' takes the certificates out of it"},
        {"X", "there is no certificate signing request in it", "there is no certificate in it"},
        {"CERTIFICATE", "this is a certificate; the option --cert takes it", NULL},
        {"CERTIFICATE REQUEST", NULL, "this is a certificate signing request; the option --csr takes it"},
    };
    const struct dcv_buf junk = {.data = (char[]){"junk"}, .len = 4};
    for (int i = 0; i < ROWS(rows); i++) {
        dcv_buf_clear(&text);
        dcv_buf_puts(&text, "text\n");
        put_pem(&text, rows[i].label, &junk, "\n");
        if (rows[i].for_request != NULL)
            expect_error(false, rows[i].for_request, 2);
        if (rows[i].for_certificate != NULL)
            expect_error(true, rows[i].for_certificate, 2);
    }
}
END_TEST

/* The same, told from the DER, in a file of its own and under a wrong label. */
static void expect_der(unsigned char *octets, int len, const char *for_request)
{
    ck_assert_int_gt(len, 0);
    const struct dcv_buf block = {.data = (char *)octets, .len = (size_t)len};
    dcv_buf_clear(&text);
    dcv_buf_put(&text, octets, (size_t)len);
    expect_error(false, for_request, 0);
    dcv_buf_clear(&text);
    put_pem(&text, "CERTIFICATE REQUEST", &block, "\n");
    expect_error(false, for_request, 1);
    OPENSSL_free(octets);
}

static void expect_private(EVP_PKEY *other)
{
    static const char expected[] = "this is a private key: keep it secret, and give the certificate signing request";
    unsigned char *out = NULL;
    int len = i2d_PrivateKey(other, &out);
    expect_der(out, len, expected);
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(other);
    X509_SIG *encrypted = PKCS8_encrypt(-1, EVP_aes_128_cbc(), "x", 1, NULL, 0, 1, info);
    out = NULL;
    len = i2d_PKCS8_PRIV_KEY_INFO(info, &out);
    expect_der(out, len, expected);
    out = NULL;
    len = i2d_X509_SIG(encrypted, &out);
    expect_der(out, len, "this is an encrypted private key: keep it secret, and give the certificate signing request");
    X509_SIG_free(encrypted);
    PKCS8_PRIV_KEY_INFO_free(info);
}

START_TEST(something_else_in_der)
{
    EVP_PKEY *const others[] = {make_ec("P-256", false), make_key("ED25519"), make_dsa()};
    expect_private(key);
    for (int i = 0; i < ROWS(others); i++) {
        expect_private(others[i]);
        EVP_PKEY_free(others[i]);
    }
    unsigned char *out = NULL;
    int len = i2d_PUBKEY(key, &out);
    expect_der(out, len, "this is a public key only");
    const unsigned char *at = (const unsigned char *)certificate.data;
    X509 *x509 = d2i_X509(NULL, &at, (long)certificate.len);
    PKCS12 *pkcs12 = PKCS12_create("x", "x", key, x509, NULL, 0, 0, 1, 1, 0);
    out = NULL;
    len = i2d_PKCS12(pkcs12, &out);
    expect_der(out, len, "this is PKCS #12, which holds a private key: keep it secret; "
                    "'openssl pkcs12 -nokeys' takes the certificates out of it");
    PKCS12_free(pkcs12);
    PKCS7 *pkcs7 = PKCS7_sign(NULL, NULL, NULL, NULL, PKCS7_PARTIAL);
    ck_assert(PKCS7_add_certificate(pkcs7, x509));
    X509_free(x509);
    out = NULL;
    len = i2d_PKCS7(pkcs7, &out);
    expect_der(out, len, "this is PKCS #7; 'openssl pkcs7 -print_certs' takes the certificates out of it");
    PKCS7_free(pkcs7);
    expect_der(OPENSSL_memdup(certificate.data, certificate.len), (int)certificate.len,
               "this is a certificate; the option --cert takes it");
    expect_der(OPENSSL_memdup("\x30\x03\x02\x01\x05", 5), 5, "the certificate signing request is malformed");
}
END_TEST

START_TEST(a_list_of_revoked_certificates)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *now = ASN1_TIME_new();
    ck_assert(ASN1_TIME_set_string(now, "20261121000000Z"));
    ck_assert(X509_CRL_set1_lastUpdate(crl, now) && X509_CRL_set1_nextUpdate(crl, now));
    ck_assert_int_gt(X509_CRL_sign(crl, key, EVP_sha256()), 0);
    unsigned char *out = NULL;
    const int len = i2d_X509_CRL(crl, &out);
    expect_der(out, len, "this is a list of revoked certificates");
    ASN1_TIME_free(now);
    X509_CRL_free(crl);
}
END_TEST

START_TEST(request_in_place_of_a_certificate)
{
    dcv_buf_put(&text, request.data, request.len);
    expect_error(true, "this is a certificate signing request; the option --csr takes it", 0);
    dcv_buf_clear(&text);
    put_pem(&text, "CERTIFICATE", &request, "\n");
    expect_error(true, "this is a certificate signing request; the option --csr takes it", 1);
}
END_TEST

START_TEST(damaged_pem)
{
    put_pem(&text, "CERTIFICATE REQUEST", &request, "\n");
    const size_t len = text.len;
    const char *const end = strstr(text.data, "-----END");
    text.len = (size_t)(end - text.data);
    expect_error(false, "the END line of the PEM block is missing: the text is not complete", 1);
    text.len = len;
    /* The third line loses its last character. */
    char *line = strchr(strchr(text.data, '\n') + 1, '\n') + 1, *eol = strchr(line, '\n');
    memmove(eol - 1, eol, (size_t)(text.data + text.len - eol));
    text.len--;
    read_data(false, text.data, text.len);
    ck_assert_str_eq(error.text, "the PEM block is damaged: its Base64 ends too early or has something after its end");
    line[5] = '*';
    expect_error(false, "the PEM block is damaged here: this line is not Base64", 3);
    dcv_buf_clear(&text);
    dcv_buf_puts(&text, "-----BEGIN CERTIFICATE REQUEST-----\nTWFu\n-----END CERTIFICATE-----\n");
    expect_error(false, "the END line of the PEM block is not that of its BEGIN line", 1);
    dcv_buf_clear(&text);
    dcv_buf_puts(&text, "-----BEGIN CERTIFICATE REQUEST-----\nProc-Type: 4,ENCRYPTED\n\nTWFu\n-----END CERTIFICATE REQUEST-----\n");
    expect_error(false, "the PEM block is encrypted", 1);
    dcv_buf_clear(&text);
    dcv_buf_puts(&text, "-----BEGIN CERTIFICATE REQUEST-----\nTWFu\n-----END CERTIFICATE REQUEST-----\n");
    expect_error(false, "the certificate signing request is malformed", 1);
    dcv_buf_clear(&text);
    dcv_buf_puts(&text, "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n");
    expect_error(true, "the certificate is malformed", 1);
}
END_TEST

START_TEST(no_pem)
{
    static const struct {
        const char *octets;
        size_t len;
        const char *expected;
        size_t line;
    } rows[] = {
        {OCTETS(""), "the file is empty", 0},
        {OCTETS("hello\n"), "there is no certificate signing request in it", 0},
        {OCTETS("\0\0\0\0"), "there is no certificate signing request in it", 0},
        {OCTETS("0 is text"), "there is no certificate signing request in it", 0},
        {OCTETS("\xFF\xFE-\0-\0"), "the text is in UTF-16; save it as ASCII or UTF-8", 0},
        {OCTETS("\xFE\xFF\0-\0-"), "the text is in UTF-16; save it as ASCII or UTF-8", 0},
        {OCTETS("x\n----BEGIN CERTIFICATE REQUEST-----\n"),
         "the BEGIN line must stand alone, with five hyphens before and after its words", 2},
        {OCTETS("-----BEGIN CERTIFICATE REQUEST-----TWFu-----END CERTIFICATE REQUEST-----"),
         "the BEGIN line must stand alone, with five hyphens before and after its words", 1},
        {OCTETS("TWFuTWFuTWFuTWFuTWFuTWFuTWFuTWFuTWFu\n"), "this is Base64 without a BEGIN line and an END line", 0},
        {OCTETS("\x30\x82\x10"), "the certificate signing request is malformed", 0},
        {OCTETS("\x30\x82\x10\x00x"), "it ends too early: the file is not complete", 0},
        {OCTETS("\x30\x80\x00\x00"), "the certificate signing request is malformed", 0},
    };
    for (int i = 0; i < ROWS(rows); i++) {
        ck_assert_int_eq(read_data(false, rows[i].octets, rows[i].len), DCV_ERR_SYNTAX);
        ck_assert_msg(strcmp(error.text, rows[i].expected) == 0, "row %d: %s", i, error.text);
        ck_assert_uint_eq(error.line, rows[i].line);
    }
    /* "0", and a character that is not ASCII: text, though DER begins with the same octet. */
    dcv_buf_puts(&text, "0\xE7\xAB\xA0\n");
    put_pem(&text, "CERTIFICATE REQUEST", &request, "\n");
    expect_ok(false);
}
END_TEST

START_TEST(length_of_der)
{
    dcv_buf_put(&text, request.data, request.len);
    text.len--;
    expect_error(false, "it ends too early: the file is not complete", 0);
    text.len++;
    dcv_buf_putc(&text, '\0');
    expect_error(false, "there are octets after its end", 0);
    text.len--;
    expect_ok(false);
    dcv_buf_clear(&text);
    dcv_buf_fill(&text, ' ', DCV_X509_MAX - 4096);
    dcv_buf_puts(&text, "\n");
    put_pem(&text, "CERTIFICATE REQUEST", &request, "\n");
    expect_ok(false);
    dcv_buf_fill(&text, ' ', DCV_X509_MAX + 1 - text.len);
    expect_error(false, "the file is larger than 1 MiB", 0);
}
END_TEST

/* What is not read leaves the last value alone. */
START_TEST(output_only_on_success)
{
    struct dcv_x509 untouched = {.path = "untouched"};
    ck_assert_int_eq(dcv_csr_read(arena, "b", "x", 1, &untouched, &error), DCV_ERR_SYNTAX);
    ck_assert_str_eq(untouched.path, "untouched");
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("form");
    tcase_add_checked_fixture(tcase, setup_all, teardown_all);
    tcase_add_test(tcase, pem_of_any_look);
    tcase_add_test(tcase, among_other_blocks);
    tcase_add_test(tcase, something_else);
    tcase_add_test(tcase, something_else_in_der);
    tcase_add_test(tcase, a_list_of_revoked_certificates);
    tcase_add_test(tcase, request_in_place_of_a_certificate);
    tcase_add_test(tcase, damaged_pem);
    tcase_add_test(tcase, no_pem);
    tcase_add_test(tcase, length_of_der);
    tcase_add_test(tcase, output_only_on_success);
    return run_cases("form", tcase);
}
