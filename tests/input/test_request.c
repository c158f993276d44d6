#include "support/read_x509.h"
#include "support/rows.h"
#include "support/scarce.h"

#include <openssl/rsa.h>
#include <stdio.h>

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

static void sign_and_read(X509_REQ *request)
{
    finish_request(request, key, EVP_sha256(), &der);
    read_request();
}

START_TEST(without_names)
{
    uint8_t sha256[32];
    sign_and_read(make_request(key));
    ck_assert(!value.certificate);
    ck_assert_str_eq(value.path, "a.pem");
    ck_assert_uint_eq(value.san_count, 0);
    ck_assert_uint_eq(value.subject_count, 1);
    ck_assert_uint_eq(value.issuer_count, 0);
    ck_assert_str_eq(value.subject[0].type, "CN");
    ck_assert_str_eq(value.subject[0].value, "www.example.jp");
    ck_assert_uint_eq(value.subject[0].len, 14);
    ck_assert_uint_eq(value.subject[0].characters, 14);
    ck_assert(value.signature_valid && !value.signature_weak && !value.self_signed);
    ck_assert_str_eq(value.signature_algorithm, "ecdsa-with-SHA256");
    ck_assert_int_eq(value.not_before, DCV_DATE_NONE);
    ck_assert_int_eq(value.not_after, DCV_DATE_NONE);
    ck_assert_ptr_null(value.serial);
    ck_assert_ptr_null(value.policy);
    ck_assert(EVP_Digest(der.data, der.len, sha256, NULL, EVP_sha256(), NULL));
    ck_assert_mem_eq(value.sha256, sha256, sizeof sha256);
    ck_assert_int_eq(dcv_csr_read(arena, NULL, der.data, der.len, &value, &error), DCV_OK);
    ck_assert_ptr_null(value.path);
}
END_TEST

START_TEST(kinds_of_names)
{
    X509_REQ *request = make_request(key);
    request_extension(request, NID_ext_req,
                      make_extension(NID_subject_alt_name,
                                     "DNS:www.example.jp,DNS:*.EXAMPLE.jp,IP:192.0.2.1,IP:2001:db8::1,email:a@example.jp,"
                                     "URI:https://example.jp/,RID:1.2.3,otherName:1.2.3;UTF8:a,DNS:www.example.jp"));
    sign_and_read(request);
    ck_assert_uint_eq(value.san_count, 9);
    expect_san(0, DCV_SAN_DNS, OCTETS("www.example.jp"));
    expect_san(1, DCV_SAN_DNS, OCTETS("*.EXAMPLE.jp"));
    expect_san(2, DCV_SAN_IP, OCTETS("192.0.2.1"));
    expect_san(3, DCV_SAN_IP, OCTETS("2001:db8::1"));
    expect_san(4, DCV_SAN_EMAIL, OCTETS("a@example.jp"));
    expect_san(5, DCV_SAN_URI, OCTETS("https://example.jp/"));
    expect_san(6, DCV_SAN_OTHER, OCTETS("registeredID"));
    expect_san(7, DCV_SAN_OTHER, OCTETS("otherName"));
    expect_san(8, DCV_SAN_DNS, OCTETS("www.example.jp"));
}
END_TEST

START_TEST(rare_kinds_of_names)
{
    /* directoryName (empty), x400Address (empty ORAddress), ediPartyName: [4] {SEQ {}}, [3] {SEQ {}}, [5] {[1] {UTF8 "a"}} */
    static const char names[] = "\x30\x0D\xA4\x02\x30\x00\xA5\x05\xA1\x03\x0C\x01"
                                "a\xA3\x00";
    X509_REQ *request = make_request(key);
    request_extension(request, NID_ext_req, make_raw_extension(NID_subject_alt_name, names, (int)sizeof names - 1));
    sign_and_read(request);
    ck_assert_uint_eq(value.san_count, 3);
    expect_san(0, DCV_SAN_OTHER, OCTETS("directoryName"));
    expect_san(1, DCV_SAN_OTHER, OCTETS("ediPartyName"));
    expect_san(2, DCV_SAN_OTHER, OCTETS("x400Address"));
}
END_TEST

START_TEST(octets_of_names)
{
    static const struct {
        int type;
        const char *octets;
        int len;
        enum dcv_san_kind kind;
        const char *text;
        size_t text_len;
    } rows[] = {
        {GEN_DNS, OCTETS("www.example.jp\0.example.net"), DCV_SAN_DNS, OCTETS("www.example.jp\0.example.net")},
        {GEN_DNS, OCTETS("\x1b[31m\xff"), DCV_SAN_DNS, OCTETS("\x1b[31m\xff")},
        {GEN_DNS, OCTETS(""), DCV_SAN_DNS, OCTETS("")},
        {GEN_EMAIL, OCTETS("a\0@example.jp"), DCV_SAN_EMAIL, OCTETS("a\0@example.jp")},
        {GEN_URI, OCTETS("\0"), DCV_SAN_URI, OCTETS("\0")},
        {GEN_IPADD, OCTETS("\xC0\0\x02\x01"), DCV_SAN_IP, OCTETS("192.0.2.1")},
        {GEN_IPADD, OCTETS("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"), DCV_SAN_IP, OCTETS("2001:db8::1")},
        {GEN_IPADD, OCTETS("\xC0\0\x02\x01\xFF\xFF\xFF\xFF"), DCV_SAN_IP, OCTETS("malformed IP")},
        {GEN_IPADD, OCTETS("0123456789abcdef0123456789abcdef"), DCV_SAN_IP, OCTETS("malformed IP")},
        {GEN_IPADD, OCTETS("192.0.2.1"), DCV_SAN_IP, OCTETS("malformed IP")},
        {GEN_IPADD, OCTETS(""), DCV_SAN_IP, OCTETS("malformed IP")},
    };
    for (int i = 0; i < ROWS(rows); i++) {
        X509_REQ *request = make_request(key);
        request_extension(request, NID_ext_req, make_san(rows[i].type, rows[i].octets, rows[i].len));
        sign_and_read(request);
        ck_assert_uint_eq(value.san_count, 1);
        expect_san(0, rows[i].kind, rows[i].text, rows[i].text_len);
    }
}
END_TEST

START_TEST(each_extension_is_read)
{
    X509_REQ *request = make_request(key);
    static const unsigned char password[] = "secret";
    ck_assert(X509_REQ_add1_attr_by_NID(request, NID_pkcs9_challengePassword, MBSTRING_ASC, password, -1));
    request_extension(request, NID_ms_ext_req, make_extension(NID_subject_alt_name, "DNS:a.example"));
    STACK_OF(X509_EXTENSION) *two = sk_X509_EXTENSION_new_null();
    sk_X509_EXTENSION_push(two, make_extension(NID_key_usage, "digitalSignature"));
    sk_X509_EXTENSION_push(two, make_extension(NID_subject_alt_name, "DNS:b.example"));
    sk_X509_EXTENSION_push(two, make_extension(NID_subject_alt_name, "DNS:c.example,DNS:a.example"));
    ck_assert(X509_REQ_add_extensions_nid(request, two, NID_ext_req));
    sk_X509_EXTENSION_pop_free(two, X509_EXTENSION_free);
    sign_and_read(request);
    ck_assert(value.signature_valid);
    /* Attributes are a SET, which DER sorts: extensionRequest happens to be the second. */
    char names[64] = "";
    for (size_t i = 0; i < value.san_count; i++)
        (void)snprintf(names + strlen(names), sizeof names - strlen(names), "%s ", value.sans[i].text);
    ck_assert_uint_eq(value.san_count, 4);
    ck_assert_ptr_nonnull(strstr(names, "b.example c.example a.example "));
}
END_TEST

/* extensionRequest has one value (RFC 2985 §5.4.2), but what has two is not read by halves. */
START_TEST(each_value_is_read)
{
    static const char *const names[] = {"DNS:a.example", "DNS:b.example"};
    X509_ATTRIBUTE *attribute = X509_ATTRIBUTE_new();
    ck_assert(X509_ATTRIBUTE_set1_object(attribute, OBJ_nid2obj(NID_ext_req)));
    for (int i = 0; i < ROWS(names); i++) {
        unsigned char *octets = NULL;
        STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
        sk_X509_EXTENSION_push(extensions, make_extension(NID_subject_alt_name, names[i]));
        const int len = i2d_X509_EXTENSIONS(extensions, &octets);
        ck_assert(X509_ATTRIBUTE_set1_data(attribute, V_ASN1_SEQUENCE, octets, len));
        sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
        OPENSSL_free(octets);
    }
    X509_REQ *request = make_request(key);
    ck_assert(X509_REQ_add1_attr(request, attribute));
    X509_ATTRIBUTE_free(attribute);
    sign_and_read(request);
    ck_assert_uint_eq(value.san_count, 2);
    expect_san(0, DCV_SAN_DNS, OCTETS("a.example"));
    expect_san(1, DCV_SAN_DNS, OCTETS("b.example"));
}
END_TEST

START_TEST(a_hundred_names)
{
    char text[4096] = "", *end = text, expected[32];
    for (int i = 0; i < 100; i++)
        end += snprintf(end, (size_t)(text + sizeof text - end), "%sDNS:n%d.example.jp", i > 0 ? "," : "", i);
    X509_REQ *request = make_request(key);
    request_extension(request, NID_ext_req, make_extension(NID_subject_alt_name, text));
    sign_and_read(request);
    ck_assert_uint_eq(value.san_count, 100);
    for (size_t i = 0; i < 100; i++) {
        (void)snprintf(expected, sizeof expected, "n%zu.example.jp", i);
        expect_san(i, DCV_SAN_DNS, expected, strlen(expected));
    }
}
END_TEST

START_TEST(malformed_extensions)
{
    static const char *const names[] = {"", "\x30", "x", "\x30\x03\x82\x01"};
    for (int i = 0; i < ROWS(names); i++) {
        X509_REQ *request = make_request(key);
        request_extension(request, NID_ext_req, make_raw_extension(NID_subject_alt_name, names[i], (int)strlen(names[i])));
        finish_request(request, key, EVP_sha256(), &der);
        ck_assert_int_eq(read_data(false, der.data, der.len), DCV_ERR_SYNTAX);
        ck_assert_str_eq(error.text, "its subjectAltName extension is malformed");
    }
    X509_REQ *request = make_request(key);
    request_extension(request, NID_ext_req, make_raw_extension(NID_subject_alt_name, "\x30\x03\x82\x01" "a\x05\x00", 7));
    finish_request(request, key, EVP_sha256(), &der);
    ck_assert_int_eq(read_data(false, der.data, der.len), DCV_ERR_SYNTAX);
    static const int types[] = {V_ASN1_UTF8STRING, V_ASN1_SEQUENCE};
    for (int i = 0; i < ROWS(types); i++) {
        request = make_request(key);
        ck_assert(X509_REQ_add1_attr_by_NID(request, NID_ext_req, types[i], (const unsigned char *)"\x30\x01x", 3));
        finish_request(request, key, EVP_sha256(), &der);
        ck_assert_int_eq(read_data(false, der.data, der.len), DCV_ERR_SYNTAX);
        ck_assert_str_eq(error.text, "its list of requested extensions is malformed");
    }
}
END_TEST

START_TEST(subjects)
{
    static const struct {
        const char *type;
        int string;
        const char *octets;
        int len;
        const char *shown, *value;
        size_t value_len, characters;
    } rows[] = {
        {"O", V_ASN1_UTF8STRING, OCTETS("日本"), "O", OCTETS("日本"), 2},
        {"OU", V_ASN1_BMPSTRING, OCTETS("\x65\xE5\x67\x2C"), "OU", OCTETS("日本"), 2},
        {"L", V_ASN1_T61STRING, OCTETS("M\xFCnchen"), "L", OCTETS("München"), 7},
        {"ST", V_ASN1_PRINTABLESTRING, OCTETS("Tokyo"), "ST", OCTETS("Tokyo"), 5},
        {"C", V_ASN1_PRINTABLESTRING, OCTETS("JP"), "C", OCTETS("JP"), 2},
        {"CN", V_ASN1_UTF8STRING, OCTETS("a.example\0.net"), "CN", OCTETS("a.example\0.net"), 14},
        {"CN", V_ASN1_UNIVERSALSTRING, OCTETS("\0\1\xF6\0"), "CN", OCTETS("\xF0\x9F\x98\x80"), 1},
        {"CN", V_ASN1_UTF8STRING, OCTETS(""), "CN", OCTETS(""), 0},
        {"emailAddress", V_ASN1_IA5STRING, OCTETS("a@example.jp"), "emailAddress", OCTETS("a@example.jp"), 12},
        {"1.3.6.1.4.1.32473.2", V_ASN1_UTF8STRING, OCTETS("x"), "1.3.6.1.4.1.32473.2", OCTETS("x"), 1},
        {"x500UniqueIdentifier", V_ASN1_BIT_STRING, OCTETS("\xAA"), "x500UniqueIdentifier", OCTETS("#030201aa"), 9},
    };
    X509_REQ *request = make_request(key);
    X509_NAME *name = X509_NAME_new();
    for (int i = 0; i < ROWS(rows); i++)
        ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, rows[i].type, rows[i].string,
                                                    (const unsigned char *)rows[i].octets, rows[i].len, -1, 0),
                         1);
    ck_assert(X509_REQ_set_subject_name(request, name));
    X509_NAME_free(name);
    sign_and_read(request);
    ck_assert_uint_eq(value.subject_count, (size_t)ROWS(rows));
    for (int i = 0; i < ROWS(rows); i++) {
        const struct dcv_dn_field *field = &value.subject[i];
        ck_assert_str_eq(field->type, rows[i].shown);
        ck_assert_msg(field->len == rows[i].value_len, "row %d: %s", i, field->value);
        ck_assert_mem_eq(field->value, rows[i].value, rows[i].value_len);
        ck_assert_int_eq(field->value[field->len], '\0');
        ck_assert_msg(field->characters == rows[i].characters, "row %d: %zu", i, field->characters);
    }
}
END_TEST

START_TEST(digests)
{
    static const struct {
        const char *md, *algorithm;
        bool weak;
    } rows[] = {
        {"MD5", "md5WithRSAEncryption", true},        {"SHA1", "sha1WithRSAEncryption", true},
        {"SHA224", "sha224WithRSAEncryption", false}, {"SHA256", "sha256WithRSAEncryption", false},
        {"SHA384", "sha384WithRSAEncryption", false}, {"SHA512", "sha512WithRSAEncryption", false},
    };
    EVP_PKEY *rsa = make_rsa(1024);
    for (int i = 0; i < ROWS(rows); i++) {
        finish_request(make_request(rsa), rsa, EVP_get_digestbyname(rows[i].md), &der);
        read_request();
        ck_assert_str_eq(value.signature_algorithm, rows[i].algorithm);
        ck_assert_msg(value.signature_weak == rows[i].weak, "%s", rows[i].md);
        ck_assert_msg(value.signature_valid, "%s", rows[i].md);
        /* Weak is not wrong, and wrong is not weak: the last octet is one of the signature. */
        der.data[der.len - 1] ^= 1;
        read_request();
        ck_assert_msg(!value.signature_valid, "%s", rows[i].md);
        ck_assert_msg(value.signature_weak == rows[i].weak, "%s", rows[i].md);
    }
    EVP_PKEY_free(rsa);
    finish_request(make_request(key), key, EVP_sha1(), &der);
    read_request();
    ck_assert(value.signature_valid && value.signature_weak);
    ck_assert_str_eq(value.signature_algorithm, "ecdsa-with-SHA1");
}
END_TEST

START_TEST(digests_that_openssl_has_not)
{
    /* No request of this age can be made here: one that is signed otherwise says that it is. */
    X509_REQ *request = make_request(key);
    const X509_ALGOR *algorithm = NULL;
    ck_assert_int_gt(X509_REQ_sign(request, key, EVP_sha256()), 0);
    X509_REQ_get0_signature(request, NULL, &algorithm);
    X509_ALGOR *writable = (X509_ALGOR *)(uintptr_t)algorithm;
    ck_assert(X509_ALGOR_set0(writable, OBJ_nid2obj(NID_md2WithRSAEncryption), V_ASN1_NULL, NULL));
    finish_request(request, NULL, NULL, &der);
    read_request();
    ck_assert(value.signature_weak && value.signature_valid);
    ck_assert_str_eq(value.signature_algorithm, "md2WithRSAEncryption");
}
END_TEST

START_TEST(pss)
{
    static const struct {
        const char *md;
        bool weak;
    } rows[] = {{"SHA1", true}, {"SHA256", false}};
    EVP_PKEY *rsa = make_rsa(1024);
    for (int i = 0; i < ROWS(rows); i++) {
        X509_REQ *request = make_request(rsa);
        EVP_MD_CTX *ctx = EVP_MD_CTX_new();
        EVP_PKEY_CTX *key_ctx = NULL;
        ck_assert_int_eq(EVP_DigestSignInit(ctx, &key_ctx, EVP_get_digestbyname(rows[i].md), NULL, rsa), 1);
        ck_assert_int_gt(EVP_PKEY_CTX_set_rsa_padding(key_ctx, RSA_PKCS1_PSS_PADDING), 0);
        ck_assert_int_gt(X509_REQ_sign_ctx(request, ctx), 0);
        EVP_MD_CTX_free(ctx);
        finish_request(request, NULL, NULL, &der);
        read_request();
        ck_assert_str_eq(value.signature_algorithm, "rsassaPss");
        ck_assert(value.signature_valid);
        ck_assert_msg(value.signature_weak == rows[i].weak, "%s", rows[i].md);
    }
    EVP_PKEY_free(rsa);
}
END_TEST

START_TEST(signed_by_another_key)
{
    EVP_PKEY *other = make_ec("P-256", false);
    finish_request(make_request(key), other, EVP_sha256(), &der);
    read_request();
    ck_assert(!value.signature_valid && !value.signature_weak);
    EVP_PKEY_free(other);
}
END_TEST

START_TEST(memory_is_short)
{
    char text[4096] = "", *end = text;
    for (int i = 0; i < 100; i++)
        end += snprintf(end, (size_t)(text + sizeof text - end), "%sDNS:n%d.example.jp", i > 0 ? "," : "", i);
    X509_REQ *request = make_request(key);
    request_extension(request, NID_ext_req, make_extension(NID_subject_alt_name, text));
    finish_request(request, key, EVP_sha256(), &der);
    enum dcv_status status = DCV_ERR_NOMEM;
    size_t budget = 1; /* for the arena itself */
    for (; status != DCV_OK && budget < 1000; budget++) {
        size_t left = budget;
        const struct dcv_allocator allocator = {scarce, &left};
        struct dcv_arena *small = dcv_arena_create(&allocator);
        status = dcv_csr_read(small, "a.pem", der.data, der.len, &value, &error);
        ck_assert(status == DCV_OK || status == DCV_ERR_NOMEM);
        dcv_arena_free(small);
    }
    ck_assert_int_eq(status, DCV_OK);
    ck_assert_uint_gt(budget, 3);
    /* What OpenSSL was short of earlier is no matter of this request. */
    ERR_raise(ERR_LIB_USER, ERR_R_MALLOC_FAILURE);
    read_request();
}
END_TEST

/* Each octet, changed: nothing is read that is not there, and no such request is right. */
START_TEST(any_octet_changed)
{
    X509_REQ *request = make_request(key);
    request_extension(request, NID_ext_req, make_extension(NID_subject_alt_name, "DNS:www.example.jp,IP:192.0.2.1"));
    finish_request(request, key, EVP_sha256(), &der);
    for (size_t i = 0; i < der.len; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            der.data[i] ^= (char)(1U << bit);
            if (read_data(false, der.data, der.len) == DCV_OK)
                ck_assert_msg(!value.signature_valid || value.signature_weak, "octet %zu, bit %u", i, bit);
            der.data[i] ^= (char)(1U << bit);
        }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("request");
    tcase_add_checked_fixture(tcase, setup_key, teardown_key);
    tcase_add_test(tcase, without_names);
    tcase_add_test(tcase, kinds_of_names);
    tcase_add_test(tcase, rare_kinds_of_names);
    tcase_add_test(tcase, octets_of_names);
    tcase_add_test(tcase, each_extension_is_read);
    tcase_add_test(tcase, each_value_is_read);
    tcase_add_test(tcase, a_hundred_names);
    tcase_add_test(tcase, malformed_extensions);
    tcase_add_test(tcase, subjects);
    tcase_add_test(tcase, digests);
    tcase_add_test(tcase, digests_that_openssl_has_not);
    tcase_add_test(tcase, pss);
    tcase_add_test(tcase, signed_by_another_key);
    tcase_add_test(tcase, memory_is_short);
    tcase_add_test(tcase, any_octet_changed);
    return run_cases("request", tcase);
}
