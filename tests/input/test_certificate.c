#include "support/read_x509.h"
#include "support/rows.h"

static EVP_PKEY *key;

static void setup_key(void)
{
    setup();
    key = make_ec("P-256", false);
}

static void teardown_key(void)
{
    EVP_PKEY_free(key);
    teardown();
}

static void add(X509 *certificate, X509_EXTENSION *extension)
{
    ck_assert(X509_add_ext(certificate, extension, -1));
    X509_EXTENSION_free(extension);
}

static void sign_and_read(X509 *certificate)
{
    finish_certificate(certificate, key, EVP_sha256(), &der);
    read_certificate();
}

/* Its issuer is another one; it signs with the key of the certificate all the same. */
static void set_issuer(X509 *certificate)
{
    X509_NAME *name = X509_get_issuer_name(certificate);
    ck_assert(X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"日本", -1, -1, 0));
}

START_TEST(every_field)
{
    uint8_t sha256[32];
    X509 *certificate = make_certificate(key, "20261121093000Z", "20270219092959Z");
    set_issuer(certificate);
    add(certificate, make_extension(NID_subject_alt_name, "DNS:www.example.jp,DNS:example.jp,IP:192.0.2.1"));
    sign_and_read(certificate);
    ck_assert(value.certificate);
    ck_assert_str_eq(value.path, "a.pem");
    ck_assert_uint_eq(value.subject_count, 1);
    ck_assert_str_eq(value.subject[0].value, "www.example.jp");
    ck_assert_uint_eq(value.issuer_count, 2);
    ck_assert_str_eq(value.issuer[1].type, "O");
    ck_assert_str_eq(value.issuer[1].value, "日本");
    ck_assert_uint_eq(value.san_count, 3);
    expect_san(1, DCV_SAN_DNS, OCTETS("example.jp"));
    ck_assert_str_eq(value.serial, "abcdef");
    ck_assert_int_eq(value.not_before, dcv_date_ymd(2026, 11, 21));
    ck_assert_int_eq(value.not_after, dcv_date_ymd(2027, 2, 19));
    ck_assert(!value.self_signed && value.signature_valid && !value.signature_weak);
    ck_assert_str_eq(value.signature_algorithm, "ecdsa-with-SHA256");
    ck_assert_ptr_null(value.policy);
    ck_assert_int_eq(value.key.type, DCV_KEY_EC);
    ck_assert(EVP_Digest(der.data, der.len, sha256, NULL, EVP_sha256(), NULL));
    ck_assert_mem_eq(value.sha256, sha256, sizeof sha256);
}
END_TEST

START_TEST(same_key_as_in_a_request)
{
    uint8_t spki[32];
    finish_request(make_request(key), key, EVP_sha256(), &der);
    read_request();
    memcpy(spki, value.key.spki_sha256, sizeof spki);
    sign_and_read(make_certificate(key, "20261121000000Z", "20270219000000Z"));
    ck_assert_mem_eq(value.key.spki_sha256, spki, sizeof spki);
}
END_TEST

START_TEST(times)
{
    static const struct {
        const char *not_before, *not_after;
        int64_t from, to;
        int year, month, day; /* of not_after */
        int tag;              /* of not_after */
    } rows[] = {
        {"19700101000000Z", "20491231235959Z", 0, 2524607999, 2049, 12, 31, V_ASN1_UTCTIME},
        {"20491231235959Z", "20500101000000Z", 2524607999, 2524608000, 2050, 1, 1, V_ASN1_GENERALIZEDTIME},
        {"19500101000000Z", "19991231235959Z", -631152000, 946684799, 1999, 12, 31, V_ASN1_UTCTIME},
        {"19691231235959Z", "20240229120000Z", -1, 1709208000, 2024, 2, 29, V_ASN1_UTCTIME},
        {"20000101000000Z", "99991231235959Z", 946684800, 253402300799, 9999, 12, 31, V_ASN1_GENERALIZEDTIME},
    };
    for (int i = 0; i < ROWS(rows); i++) {
        X509 *certificate = make_certificate(key, rows[i].not_before, rows[i].not_after);
        ASN1_TIME *end = X509_getm_notAfter(certificate);
        ck_assert(ASN1_TIME_normalize(end)); /* as RFC 5280 §4.1.2.5 wants it */
        ck_assert_msg(ASN1_STRING_type(end) == rows[i].tag, "row %d", i);
        sign_and_read(certificate);
        ck_assert_int_eq(value.not_before_s, rows[i].from);
        ck_assert_int_eq(value.not_before, dcv_date_of_unix(rows[i].from));
        ck_assert_int_eq(value.not_after_s, rows[i].to);
        ck_assert_int_eq(value.not_after, dcv_date_ymd(rows[i].year, rows[i].month, rows[i].day));
    }
}
END_TEST

START_TEST(no_times)
{
    static const char *const ends[] = {"", "261131000000Z", "x", "2611210000Z\0Z"};
    for (int i = 0; i < ROWS(ends); i++) {
        X509 *certificate = make_certificate(key, "20261121000000Z", "20270219000000Z");
        ck_assert(ASN1_STRING_set(X509_getm_notAfter(certificate), ends[i], -1));
        finish_certificate(certificate, key, EVP_sha256(), &der);
        ck_assert_msg(read_data(true, der.data, der.len) == DCV_ERR_SYNTAX, "row %d", i);
        ck_assert_str_eq(error.text, "its dates are malformed");
    }
}
END_TEST

START_TEST(policies)
{
    static const struct {
        const char *oids, *policy;
    } rows[] = {
        {"2.23.140.1.2.1", "DV"},
        {"2.23.140.1.2.2", "OV"},
        {"2.23.140.1.1", "EV"},
        {"1.2.3.4,2.23.140.1.2.2", "OV"},
        {"2.23.140.1.2.3", NULL},
        {"2.23.140.1.2", NULL},
        {"2.23.140.1.2.1.1", NULL},
        {"1.2.3.4", NULL},
    };
    for (int i = 0; i < ROWS(rows); i++) {
        X509 *certificate = make_certificate(key, "20261121000000Z", "20270219000000Z");
        add(certificate, make_extension(NID_certificate_policies, rows[i].oids));
        sign_and_read(certificate);
        ck_assert_pstr_eq(value.policy, rows[i].policy);
    }
    X509 *certificate = make_certificate(key, "20261121000000Z", "20270219000000Z");
    add(certificate, make_raw_extension(NID_certificate_policies, "x", 1));
    sign_and_read(certificate);
    ck_assert_ptr_null(value.policy);
}
END_TEST

START_TEST(self_signed)
{
    sign_and_read(make_certificate(key, "20261121000000Z", "20270219000000Z"));
    ck_assert(value.self_signed && value.signature_valid);
    der.data[der.len - 1] ^= 1;
    read_certificate();
    ck_assert(value.self_signed && !value.signature_valid);
    /* Where an extension is malformed, X509_self_signed() will not tell. */
    X509 *certificate = make_certificate(key, "20261121000000Z", "20270219000000Z");
    add(certificate, make_raw_extension(NID_basic_constraints, "x", 1));
    sign_and_read(certificate);
    ck_assert(value.self_signed && value.signature_valid);
    /* The signature of another CA is not looked at. */
    certificate = make_certificate(key, "20261121000000Z", "20270219000000Z");
    set_issuer(certificate);
    finish_certificate(certificate, key, EVP_sha1(), &der);
    der.data[der.len - 1] ^= 1;
    read_certificate();
    ck_assert(!value.self_signed && value.signature_valid && value.signature_weak);
}
END_TEST

START_TEST(serials)
{
    static const struct {
        const char *decimal, *hex;
    } rows[] = {{"0", "0"}, {"10", "0a"}, {"255", "ff"}, {"256", "0100"}, {"-5", "-05"},
                {"730750818665451459101842416358141509827966271487", "7fffffffffffffffffffffffffffffffffffffff"}};
    for (int i = 0; i < ROWS(rows); i++) {
        X509 *certificate = make_certificate(key, "20261121000000Z", "20270219000000Z");
        BIGNUM *number = NULL;
        ck_assert_int_gt(BN_dec2bn(&number, rows[i].decimal), 0);
        ASN1_INTEGER *serial = BN_to_ASN1_INTEGER(number, NULL);
        ck_assert(X509_set_serialNumber(certificate, serial));
        ASN1_INTEGER_free(serial);
        BN_free(number);
        sign_and_read(certificate);
        ck_assert_str_eq(value.serial, rows[i].hex);
    }
}
END_TEST

START_TEST(malformed_names)
{
    X509 *certificate = make_certificate(key, "20261121000000Z", "20270219000000Z");
    add(certificate, make_raw_extension(NID_subject_alt_name, "x", 1));
    finish_certificate(certificate, key, EVP_sha256(), &der);
    ck_assert_int_eq(read_data(true, der.data, der.len), DCV_ERR_SYNTAX);
    ck_assert_str_eq(error.text, "its subjectAltName extension is malformed");
}
END_TEST

START_TEST(any_octet_changed)
{
    X509 *certificate = make_certificate(key, "20261121000000Z", "20270219000000Z");
    add(certificate, make_extension(NID_subject_alt_name, "DNS:www.example.jp"));
    finish_certificate(certificate, key, EVP_sha256(), &der);
    for (size_t i = 0; i < der.len; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            der.data[i] ^= (char)(1U << bit);
            if (read_data(true, der.data, der.len) == DCV_OK && value.self_signed)
                ck_assert_msg(!value.signature_valid || value.signature_weak, "octet %zu, bit %u", i, bit);
            der.data[i] ^= (char)(1U << bit);
        }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("certificate");
    tcase_add_checked_fixture(tcase, setup_key, teardown_key);
    tcase_add_test(tcase, every_field);
    tcase_add_test(tcase, same_key_as_in_a_request);
    tcase_add_test(tcase, times);
    tcase_add_test(tcase, no_times);
    tcase_add_test(tcase, policies);
    tcase_add_test(tcase, self_signed);
    tcase_add_test(tcase, serials);
    tcase_add_test(tcase, malformed_names);
    tcase_add_test(tcase, any_octet_changed);
    return run_cases("certificate", tcase);
}
