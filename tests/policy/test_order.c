/* What is said about an order as such: its names beside each other, its request, the certificate in use, its product. */
#include "policy/policy.h"

#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

static struct dcv_arena *arena;
static struct dcv_order order;
static struct dcv_x509 csr, certificate;
static struct dcv_dn_field fields[8];
static struct dcv_san sans[16], old_sans[16];

/* A request with nothing wrong about it, and a certificate of another key. */
static void setup(void)
{
    arena = dcv_arena_create(NULL);
    order = (struct dcv_order){0};
    csr = (struct dcv_x509){.signature_algorithm = "sha256WithRSAEncryption",
                            .signature_valid = true,
                            .subject = fields,
                            .sans = sans,
                            .key = {.type = DCV_KEY_RSA, .type_text = "RSA", .bits = 2048, .exponent = "65537", .spki_sha256 = {1}}};
    certificate = csr;
    certificate.certificate = true;
    certificate.sans = old_sans;
    certificate.key.spki_sha256[0] = 2;
}

static void teardown(void)
{
    dcv_arena_free(arena);
}

/* ---- orders from text ---------------------------------------------------------------------------------------------------------- */

/* Names with a space between them; "name=2" stands twice, "name@csr" comes from the request. */
static void add_names(const char *text)
{
    char *copy = dcv_arena_strdup(arena, text), *rest = NULL;
    for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
        char *times = strchr(word, '='), *origin = strchr(word, '@');
        if (times != NULL)
            *times++ = '\0';
        if (origin != NULL)
            *origin++ = '\0';
        struct dcv_hostname *name = dcv_arena_alloc(arena, sizeof *name);
        struct dcv_judged *judged = dcv_arena_alloc(arena, sizeof *judged);
        struct dcv_hostname_error error;
        ck_assert_msg(dcv_hostname_parse(word, strlen(word), name, &error) == DCV_OK, "%s", word);
        judged->name = name;
        (void)dcv_psl_base(world_psl, &name->name, &judged->base);
        *DCV_VEC_ADD(arena, &order.names) =
            (struct dcv_order_name){judged, origin != NULL ? origin : "argument", times != NULL ? (size_t)(*times - '0') : 1};
    }
}

static enum dcv_san_kind kind_of(const char *word)
{
    static const char *const kinds[] = {
        [DCV_SAN_DNS] = "dns:", [DCV_SAN_IP] = "ip:", [DCV_SAN_EMAIL] = "email:", [DCV_SAN_URI] = "uri:", [DCV_SAN_OTHER] = "other:"};
    for (int kind = 0; kind < ROWS(kinds); kind++)
        if (strncmp(word, kinds[kind], strlen(kinds[kind])) == 0)
            return (enum dcv_san_kind)kind;
    ck_abort_msg("%s", word);
}

/* "dns:www.example.jp|ip:192.0.2.1"; "^" stands for a zero octet. */
static void set_sans(struct dcv_x509 *x509, struct dcv_san *list, const char *text)
{
    char *copy = dcv_arena_strdup(arena, text), *rest = NULL;
    for (char *word = strtok_r(copy, "|", &rest); word != NULL; word = strtok_r(NULL, "|", &rest)) {
        char *value = strchr(word, ':') + 1;
        list[x509->san_count++] = (struct dcv_san){.kind = kind_of(word), .text = value, .len = strlen(value)};
        for (char *zero; (zero = strchr(value, '^')) != NULL;)
            *zero = '\0';
    }
}

static void set_field(const char *type, const char *value, size_t len, size_t characters)
{
    fields[csr.subject_count++] = (struct dcv_dn_field){.type = type, .value = value, .len = len, .characters = characters};
}

static void judge(const char *cas, const char *product)
{
    const struct dcv_ca *chosen[8];
    struct dcv_policy_options options = {.set = world_set, .psl = world_psl, .cas = chosen};
    char *copy = dcv_arena_strdup(arena, cas), *rest = NULL;
    ck_assert(dcv_date_parse("2026-11-21", &options.as_of));
    for (char *id = strtok_r(copy, " ", &rest); id != NULL; id = strtok_r(NULL, " ", &rest))
        chosen[options.ca_count++] = dcv_ca_find(world_set, id);
    if (product != NULL)
        options.product = order.product = dcv_product_find(world_set, product, &options.seller);
    ck_assert_int_eq(dcv_policy_order(&options, arena, &order), DCV_OK);
    ck_assert_uint_eq(order.sum.cas.count, options.ca_count);
}

/* "id subject; …" of the findings of a CA, in their order. */
static const char *findings(size_t ca)
{
    const char *text = "";
    for (size_t i = 0; i < order.sum.cas.items[ca].findings.count; i++) {
        const struct dcv_finding *finding = &order.sum.findings.items[order.sum.cas.items[ca].findings.items[i]];
        text = dcv_arena_printf(arena, "%s%s%s %s", text, i == 0 ? "" : "; ", dcv_rule_info(finding->rule)->id, finding->subject);
    }
    return text;
}

static const struct dcv_finding *finding(const char *id)
{
    for (size_t i = 0; i < order.sum.findings.count; i++)
        if (strcmp(dcv_rule_info(order.sum.findings.items[i].rule)->id, id) == 0)
            return &order.sum.findings.items[i];
    ck_abort_msg("no finding %s", id);
}

/* ---- names beside each other --------------------------------------------------------------------------------------------------- */

static const struct {
    const char *names, *findings;
} names[] = {
    {"example.jp www.example.jp", ""},
    {"example.jp=3 www.example.jp", "order-duplicate example.jp"},
    {"example.jp *.example.jp", ""},
    {"*.example.jp", "order-wildcard-base *.example.jp"},
    {"*.example.jp example.jp www.example.jp", "order-covered www.example.jp"},
    {"*.example.jp example.jp a.b.example.jp", ""},                /* one label only */
    {"*.example.jp example.jp *.b.example.jp b.example.jp", "order-covered b.example.jp"},
    {"*.b.example.jp www.example.jp", "order-wildcard-base *.b.example.jp"},
    {"*.example.jp=2 www.example.jp=2", "order-duplicate *.example.jp; order-wildcard-base *.example.jp; order-duplicate www.example.jp; "
                                        "order-covered www.example.jp"},
    {"*.co.jp", ""},                                              /* refused as such */
    {"", ""},
};

START_TEST(of_names)
{
    add_names(names[_i].names);
    judge("sectigo", NULL);
    ck_assert_str_eq(findings(0), names[_i].findings);
}
END_TEST

START_TEST(what_is_said_of_names)
{
    add_names("*.example.jp www.example.jp=4 *.example.com");
    judge("sectigo digicert", NULL);
    ck_assert_str_eq(findings(0), findings(1));
    ck_assert_str_eq(world_arg(finding("order-duplicate"), "count"), "4");
    ck_assert_str_eq(world_arg(finding("order-covered"), "wildcard"), "*.example.jp");
    ck_assert_str_eq(world_arg(finding("order-wildcard-base"), "name"), "example.jp");
}
END_TEST

/* ---- the names of a request ---------------------------------------------------------------------------------------------------- */

static const struct {
    const char *sans, *cn, *findings;
} requests[] = {
    {"dns:www.example.jp", "www.example.jp", ""},
    {"dns:www.example.jp", "WWW.Example.JP", ""},
    {"dns:WWW.example.jp", "www.example.jp", ""},
    {"dns:*.example.jp", "*.example.jp", ""},
    {"dns:www.example.jp", NULL, ""},
    {"dns:xn--wgv71a119e.jp", "xn--wgv71a119e.jp", ""},
    {"dns:example.jp", "www.example.jp", "csr-cn-not-in-san www.example.jp"},
    {"", "www.example.jp", "csr-cn-not-in-san www.example.jp"},
    {"dns:*.example.jp", "www.example.jp", "csr-cn-not-in-san www.example.jp"},
    {"dns:www.example.jp", "Example Inc.", "csr-cn-no-name Example Inc."},
    {"dns:www.example.jp", "Example", "csr-cn-no-name Example"},
    {"dns:www.example.jp", "www.example.jp.", "csr-cn-no-name www.example.jp."},
    {"dns:www.example.jp", "192.0.2.1", "csr-cn-no-name 192.0.2.1"},
    {"dns:www.example.jp", "admin@example.jp", "csr-cn-no-name admin@example.jp"},
    {"dns:www.example.jp", "", "csr-cn-no-name "},
    {"ip:192.0.2.1|dns:www.example.jp|ip:2001:db8::1", NULL, "san-ip 192.0.2.1; san-ip 2001:db8::1"},
    {"email:a@example.jp|uri:https://example.jp/|other:otherName", NULL,
     "san-kind a@example.jp; san-kind https://example.jp/; san-kind otherName"},
    {"dns:a_b.example.jp|dns:a..b|dns:|dns:-a.example.jp|dns:www.*.example.jp", NULL,
     "san-invalid a_b.example.jp; san-invalid a..b; san-invalid ; san-invalid -a.example.jp; san-invalid www.*.example.jp"},
    {"dns:192.0.2.1", NULL, "san-invalid 192.0.2.1"},
    {"dns:www.example.jp^.example.com", NULL, "san-invalid www.example.jp\\x00.example.com"},
    {"dns:www.example.jp.|dns:https://www.example.jp/|dns:\u65e5\u672c\u8a9e.jp|dns: www.example.jp|dns:admin@example.jp", NULL,
     "san-form www.example.jp.; san-form https://www.example.jp/; san-form \u65e5\u672c\u8a9e.jp; san-form  www.example.jp; "
     "san-form admin@example.jp"},
    {"email:a@b|dns:a_b.jp|ip:192.0.2.1", NULL, "san-invalid a_b.jp; san-ip 192.0.2.1; san-kind a@b"}, /* blockers first */
};

START_TEST(of_requests)
{
    order.csr = &csr;
    set_sans(&csr, sans, requests[_i].sans);
    if (requests[_i].cn != NULL)
        set_field("CN", requests[_i].cn, strlen(requests[_i].cn), strlen(requests[_i].cn));
    judge("sectigo", NULL);
    ck_assert_str_eq(findings(0), requests[_i].findings);
}
END_TEST

START_TEST(what_is_said_of_requests)
{
    order.csr = &csr;
    set_sans(&csr, sans, "dns:ab_c.example.jp|dns:\u65e5\u672c\u8a9e.jp");
    judge("sectigo", NULL);
    ck_assert_str_eq(world_arg(finding("san-invalid"), "offset"), "2");
    ck_assert_str_ne(world_arg(finding("san-invalid"), "fault"), "");
    ck_assert_str_eq(world_arg(finding("san-form"), "meant"), "xn--wgv71a119e.jp");
}
END_TEST

/* The limit counts characters, not octets. */
START_TEST(length_of_a_common_name)
{
    static const struct {
        size_t characters, octets;
        bool found;
    } rows[] = {{64, 64, false}, {65, 65, true}, {40, 120, false}, {65, 195, true}};
    char *cn = dcv_arena_alloc(arena, rows[_i].octets + 1);
    for (size_t at = 0; at < rows[_i].octets; at += rows[_i].octets / rows[_i].characters)
        memcpy(cn + at, rows[_i].octets == rows[_i].characters ? "a" : "\u65e5", rows[_i].octets / rows[_i].characters);
    set_field("CN", cn, rows[_i].octets, rows[_i].characters);
    order.csr = &csr;
    judge("sectigo", NULL);
    ck_assert_int_eq(strstr(findings(0), "csr-cn-length") != NULL, rows[_i].found);
    if (rows[_i].found)
        ck_assert_str_eq(world_arg(finding("csr-cn-length"), "count"), "65");
}
END_TEST

/* ---- its key and signature ----------------------------------------------------------------------------------------------------- */

static const struct {
    struct dcv_key key;
    const char *findings;
} keys[] = {
    {{.type = DCV_KEY_RSA, .bits = 2048}, ""},
    {{.type = DCV_KEY_RSA, .bits = 2047}, "csr-key-size"},
    {{.type = DCV_KEY_RSA, .bits = 1024}, "csr-key-size"},
    {{.type = DCV_KEY_RSA, .bits = 2049}, "csr-key-size"},
    {{.type = DCV_KEY_RSA, .bits = 2056}, ""},
    {{.type = DCV_KEY_RSA, .bits = 4096}, ""},
    {{.type = DCV_KEY_RSA, .bits = 0}, "csr-key-size"},
    {{.type = DCV_KEY_RSA, .bits = 2048, .exponent_low = true}, "csr-exponent"},
    {{.type = DCV_KEY_RSA, .bits = 2048, .exponent_low = true, .weaknesses = DCV_WEAK_EXPONENT}, "csr-key-weak=exponent"},
    {{.type = DCV_KEY_RSA, .bits = 2048, .weaknesses = DCV_WEAK_ROCA}, "csr-key-weak=roca"},
    {{.type = DCV_KEY_RSA, .bits = 2048, .weaknesses = DCV_WEAK_FERMAT}, "csr-key-weak=close-primes"},
    {{.type = DCV_KEY_RSA, .bits = 2048, .weaknesses = DCV_WEAK_SMALL_FACTOR | DCV_WEAK_FERMAT},
     "csr-key-weak=close-primes csr-key-weak=small-factor"},
    {{.type = DCV_KEY_RSA, .bits = 512, .weaknesses = DCV_WEAK_ROCA}, "csr-key-size csr-key-weak=roca"},
    {{.type = DCV_KEY_EC, .bits = 256, .curve = "P-256"}, ""},
    {{.type = DCV_KEY_EC, .bits = 384, .curve = "P-384"}, ""},
    {{.type = DCV_KEY_EC, .bits = 521, .curve = "P-521"}, ""},
    {{.type = DCV_KEY_EC, .bits = 224, .curve = "P-224"}, "csr-key-type"},
    {{.type = DCV_KEY_EC, .bits = 256, .curve = "secp256k1"}, "csr-key-type"},
    {{.type = DCV_KEY_EC, .bits = 256}, "csr-key-type"}, /* parameters of its own */
    {{.type = DCV_KEY_EC, .bits = 256, .curve = "P-256", .weaknesses = DCV_WEAK_POINT}, "csr-key-weak=bad-point"},
    {{.type = DCV_KEY_ED25519}, "csr-key-type"},
    {{.type = DCV_KEY_ED448}, "csr-key-type"},
    {{.type = DCV_KEY_DSA, .bits = 2048}, "csr-key-type"},
    {{.type = DCV_KEY_OTHER}, "csr-key-type"},
};

static const char *with_reasons(void)
{
    const char *text = "";
    for (size_t i = 0; i < order.sum.findings.count; i++) {
        const struct dcv_finding *row = &order.sum.findings.items[i];
        const char *reason = world_arg(row, "reason");
        text = dcv_arena_printf(arena, "%s%s%s%s%s", text, i == 0 ? "" : " ", dcv_rule_info(row->rule)->id, reason[0] == '\0' ? "" : "=", reason);
    }
    return text;
}

START_TEST(of_keys)
{
    order.csr = &csr;
    csr.key = keys[_i].key;
    csr.key.type_text = "X";
    csr.key.exponent = "3";
    judge("sectigo", NULL);
    ck_assert_str_eq(with_reasons(), keys[_i].findings);
}
END_TEST

START_TEST(what_is_said_of_keys)
{
    static const struct {
        struct dcv_key key;
        const char *id, *place, *value;
    } rows[] = {
        {{.type = DCV_KEY_EC, .type_text = "EC", .curve = "secp256k1"}, "csr-key-type", "type", "EC secp256k1"},
        {{.type = DCV_KEY_EC, .type_text = "EC"}, "csr-key-type", "type", "EC ?"},
        {{.type = DCV_KEY_ED25519, .type_text = "Ed25519"}, "csr-key-type", "type", "Ed25519"},
        {{.type = DCV_KEY_RSA, .type_text = "RSA", .bits = 1023}, "csr-key-size", "bits", "1023"},
        {{.type = DCV_KEY_RSA, .type_text = "RSA", .bits = 1023}, "csr-key-size", "least", "2048"},
        {{.type = DCV_KEY_RSA, .type_text = "RSA", .bits = 2048, .exponent = "17", .exponent_low = true}, "csr-exponent", "exponent", "17"},
    };
    for (int i = 0; i < ROWS(rows); i++) {
        order = (struct dcv_order){.csr = &csr};
        csr.key = rows[i].key;
        judge("sectigo", NULL);
        ck_assert_str_eq(world_arg(finding(rows[i].id), rows[i].place), rows[i].value);
    }
}
END_TEST

/* A CA that wants more than the Baseline Requirements says so of its own; the shipped profiles do not. */
START_TEST(of_keys_for_one_ca)
{
    struct dcv_ca strict = {.id = "strict", .csr = {.rsa_bits_min = 3072}};
    const struct dcv_ca *chosen[] = {dcv_ca_find(world_set, "sectigo"), &strict};
    struct dcv_policy_options options = {.set = world_set, .psl = world_psl, .cas = chosen, .ca_count = 2};
    static const unsigned bits[] = {2048, 3072, 1024};
    csr.key.bits = bits[_i];
    order.csr = &csr;
    ck_assert_int_eq(dcv_policy_order(&options, arena, &order), DCV_OK);
    ck_assert_str_eq(findings(0), _i == 2 ? "csr-key-size RSA" : "");
    ck_assert_str_eq(findings(1), _i == 1 ? "" : "csr-key-size RSA");
    if (_i == 0)
        ck_assert_str_eq(world_arg(finding("csr-key-size"), "least"), "3072");
}
END_TEST

START_TEST(of_signatures)
{
    order.csr = &csr;
    csr.signature_valid = (_i & 1) == 0;
    csr.signature_weak = (_i & 2) != 0;
    csr.signature_algorithm = "sha1WithRSAEncryption";
    judge("sectigo", NULL);
    static const char *const expected[] = {"", "csr-signature RSA", "csr-hash sha1WithRSAEncryption",
                                           "csr-signature RSA; csr-hash sha1WithRSAEncryption"};
    ck_assert_str_eq(findings(0), expected[_i]);
}
END_TEST

/* ---- characters of the subject ------------------------------------------------------------------------------------------------- */

static const struct {
    const char *value;
    size_t len;
    const char *character, *offset; /* NULL: taken */
} characters[] = {
    {OCTETS("Example Works (Test), Inc. #1 & Co.: a=b; c? 50% 'x' !*+-/@[]^_`{|}"), NULL, NULL},
    {OCTETS("Example~Works"), "~", "7"},
    {OCTETS("\"Example\""), "\"", "0"},
    {OCTETS("a$"), "$", "1"},
    {OCTETS("a<b"), "<", "1"},
    {OCTETS("a>b"), ">", "1"},
    {OCTETS("a\\b"), "\\", "1"},
    {OCTETS("a\tb"), "\t", "1"},
    {OCTETS("a\033[31mb"), "\033", "1"},
    {OCTETS("a\0b"), "\\x00", "1"},
    {OCTETS("\u682a\u5f0f\u4f1a\u793e"), "\u682a", "0"},
    {OCTETS("Caf\u00e9"), "\u00e9", "3"},
    {OCTETS("ab\U0001f600"), "\U0001f600", "2"},
    {OCTETS("ab\xe6"), "\xe6", "2"},
    {OCTETS(""), NULL, NULL},
};

START_TEST(of_characters)
{
    order.csr = &csr;
    set_field("O", characters[_i].value, characters[_i].len, 1);
    judge("iij-globalsign iij-digicert sectigo", NULL);
    const bool taken = characters[_i].character == NULL;
    ck_assert_str_eq(findings(2), ""); /* nothing is known of its rules */
    ck_assert_str_eq(findings(0), taken ? "" : "csr-dn-character O");
    ck_assert_str_eq(findings(1), taken ? "" : "csr-dn-character O");
    if (taken)
        return;
    ck_assert_str_eq(world_arg(finding("csr-dn-character"), "character"), characters[_i].character);
    ck_assert_str_eq(world_arg(finding("csr-dn-character"), "offset"), characters[_i].offset);
    ck_assert_str_eq(world_arg(finding("csr-dn-character"), "ca"), "iij-globalsign");
}
END_TEST

START_TEST(of_characters_in_each_field)
{
    order.csr = &csr;
    set_field("CN", OCTETS("a~"), 2);
    set_field("O", OCTETS("fine"), 4);
    set_field("2.5.4.97", OCTETS("~~"), 2);
    judge("iij-globalsign", NULL);
    ck_assert_str_eq(findings(0), "csr-dn-character CN; csr-dn-character 2.5.4.97; csr-cn-no-name a~");
}
END_TEST

/* ---- beside the certificate in use --------------------------------------------------------------------------------------------- */

static const struct {
    const char *names, *sans, *old, *findings;
    bool request;
} compared[] = {
    {"www.example.jp", "", "dns:www.example.jp", "", false},
    {"www.example.jp", "", "dns:WWW.EXAMPLE.JP", "", false},
    {"www.example.jp", "", "dns:www.example.jp|dns:example.jp", "order-missing example.jp", false},
    {"www.example.jp@csr", "dns:www.example.jp", "dns:*.example.jp", "order-missing *.example.jp", true},
    {"www.example.jp@csr", "dns:www.example.jp", "ip:192.0.2.1", "order-missing 192.0.2.1", true},
    {"www.example.jp@csr", "dns:www.example.jp|ip:192.0.2.1", "ip:192.0.2.1", "san-ip 192.0.2.1", true},
    {"www.example.jp", "", "dns:a_b.jp|email:a@b|uri:x", "", false}, /* what can be ordered by nobody */
    /* a certificate alone is what is ordered */
    {"www.example.jp@certificate", "", "dns:www.example.jp", "", false},
    {"www.example.jp@certificate www.example.com@also-www", "", "dns:www.example.jp|ip:192.0.2.1", "san-ip 192.0.2.1", false},
    {"www.example.jp@certificate", "", "dns:a_b.jp|email:a@b", "san-invalid a_b.jp", false},
    {"", "", "ip:192.0.2.1", "san-ip 192.0.2.1", false},
};

START_TEST(of_certificates)
{
    order.csr = compared[_i].request ? &csr : NULL;
    order.certificate = &certificate;
    add_names(compared[_i].names);
    set_sans(&csr, sans, compared[_i].sans);
    set_sans(&certificate, old_sans, compared[_i].old);
    judge("sectigo", NULL);
    ck_assert_str_eq(findings(0), compared[_i].findings);
}
END_TEST

START_TEST(of_one_key)
{
    order.csr = &csr;
    order.certificate = &certificate;
    if (_i == 1)
        memcpy(certificate.key.spki_sha256, csr.key.spki_sha256, sizeof csr.key.spki_sha256);
    if (_i == 2)
        certificate.key.spki_sha256[31] = 1;
    judge("sectigo", NULL);
    ck_assert_str_eq(findings(0), _i == 1 ? "csr-key-reused RSA" : "");
}
END_TEST

/* ---- products ------------------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *names, *product, *findings, *other;
} products[] = {
    {"www.example.jp", "quick-auth", "", NULL},
    {"*.example.jp example.jp", "quick-auth", "product-no-wildcard *.example.jp", "quick-auth-wildcard"},
    {"*.example.jp example.jp *.a.example.jp a.example.jp=1", "org-auth",
     "product-no-wildcard *.example.jp; product-no-wildcard *.a.example.jp; order-covered a.example.jp", "org-auth-wildcard"},
    {"*.example.jp example.jp", "quick-auth-wildcard", "", NULL},
    {"www.example.jp", "quick-auth-wildcard", "product-wildcard-unused quick-auth-wildcard", "quick-auth"},
    {"", "quick-auth-wildcard", "", NULL},
    {"*.example.jp example.jp", "sureserver", "product-no-wildcard *.example.jp", ""},
    {"*.example.jp example.jp", "secure-server-id-ev", "product-no-wildcard *.example.jp", ""},
};

START_TEST(of_products)
{
    const struct dcv_ca *seller = NULL;
    const struct dcv_product *product = dcv_product_find(world_set, products[_i].product, &seller);
    ck_assert_ptr_nonnull(product);
    add_names(products[_i].names);
    judge(dcv_arena_printf(arena, "sectigo %s", seller->id), products[_i].product);
    ck_assert_ptr_null(strstr(findings(0), "product"));
    ck_assert_str_eq(findings(1), products[_i].findings);
    if (products[_i].other != NULL)
        ck_assert_str_eq(world_arg(finding(strstr(products[_i].findings, "unused") != NULL ? "product-wildcard-unused" : "product-no-wildcard"),
                                   "other"),
                         products[_i].other);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("order");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, of_names, 0, ROWS(names));
    tcase_add_test(tcase, what_is_said_of_names);
    tcase_add_loop_test(tcase, of_requests, 0, ROWS(requests));
    tcase_add_test(tcase, what_is_said_of_requests);
    tcase_add_loop_test(tcase, length_of_a_common_name, 0, 4);
    tcase_add_loop_test(tcase, of_keys, 0, ROWS(keys));
    tcase_add_test(tcase, what_is_said_of_keys);
    tcase_add_loop_test(tcase, of_keys_for_one_ca, 0, 3);
    tcase_add_loop_test(tcase, of_signatures, 0, 4);
    tcase_add_loop_test(tcase, of_characters, 0, ROWS(characters));
    tcase_add_test(tcase, of_characters_in_each_field);
    tcase_add_loop_test(tcase, of_certificates, 0, ROWS(compared));
    tcase_add_loop_test(tcase, of_one_key, 0, 3);
    tcase_add_loop_test(tcase, of_products, 0, ROWS(products));
    return run_cases("order", tcase);
}
