#include "dnssec/work.h"

#include "support/rows.h"
#include "support/run.h"
#include "support/sign.h"

#include <string.h>

enum { DAY = 86400, KEYS = 32 };

static struct dcv_arena *arena;
static struct dcv_anchors *anchors;
static struct dcv_validator *validator;
static struct dcv_needs needs;
static struct dcv_work work;
static struct dcv_rrs section;
static struct dcv_rrset rrset;
static struct dcv_dnskey keys[KEYS];
static size_t key_count;
static struct dcv_name zone;
static struct signer *signer;
static struct dcv_checked checked;

static void create_validator(bool refuse_sha1)
{
    const struct dcv_validator_options options = {.anchors = anchors, .refuse_sha1 = refuse_sha1};
    dcv_validator_free(validator);
    ck_assert_int_eq(dcv_validator_create(&options, &validator), DCV_OK);
    work = (struct dcv_work){.validator = validator, .arena = arena, .needs = &needs, .now = SIGN_NOW};
}

static void setup(void)
{
    arena = dcv_arena_create(NULL);
    ck_assert_int_eq(dcv_anchors_iana(&anchors), DCV_OK);
    create_validator(false);
    section = (struct dcv_rrs){.items = NULL};
    key_count = 0;
    ck_assert_int_eq(dcv_name_parse("example.test", &zone, NULL), DCV_OK);
    signer = signer_create("example.test.", SIGN_ED25519, SIGN_ZSK);
}

static void teardown(void)
{
    signer_free(signer);
    dcv_validator_free(validator);
    validator = NULL;
    dcv_anchors_free(anchors);
    dcv_arena_free(arena);
}

static void use_key(struct signer *of)
{
    struct dcv_rr rr;
    ck_assert_int_eq(dcv_rr_from_text(arena, signer_dnskey(of), &rr), DCV_OK);
    ck_assert(dcv_rr_dnskey(&rr, &keys[key_count++]));
}

/* Checks the RRset that the section begins with. */
static enum dcv_cause check(void)
{
    ck_assert(dcv_rrset_find(arena, &section, &section.items[0].owner, section.items[0].type, &rrset));
    dcv_signature_check(&work, &rrset, &zone, keys, key_count, &checked);
    ck_assert(!dcv_arena_failed(arena));
    ck_assert_int_eq(checked.trust.security, checked.trust.cause == DCV_CAUSE_NONE ? DCV_SECURITY_SECURE : DCV_SECURITY_BOGUS);
    return checked.trust.cause;
}

#define A "www.example.test. 300 IN A 192.0.2.1\n"

static const enum sign_algorithm algorithms[] = {SIGN_RSASHA1, SIGN_RSASHA256, SIGN_ECDSAP256, SIGN_ECDSAP384, SIGN_ED25519, SIGN_ED448};

START_TEST(every_algorithm)
{
    struct signer *other = signer_create("example.test.", algorithms[_i], SIGN_ZSK);
    use_key(other);
    put_signed(arena, &section, other, A "www.example.test. 300 IN A 192.0.2.2\n", NULL);
    ck_assert_int_eq(check(), DCV_CAUSE_NONE);
    ck_assert_uint_eq(checked.labels, 3);
    ck_assert_int_eq(checked.trust.until, SIGN_NOW + 7 * DAY);
    ck_assert(dcv_name_equal(&checked.trust.until_zone, &zone));
    ck_assert(dcv_name_equal(&checked.trust.until_owner, &section.items[0].owner));
    ck_assert_uint_eq(checked.trust.until_type, DCV_TYPE_A);
    section.count = 0;
    put_signed(arena, &section, other, A, &(struct signing){.spoilt = true});
    ck_assert_int_eq(check(), DCV_CAUSE_SIGNATURE_INVALID);
    ck_assert_uint_eq(checked.trust.key_tag, signer_tag(other));
    ck_assert_uint_eq(checked.trust.algorithm, algorithms[_i]);
    create_validator(true);
    section.count = 0;
    put_signed(arena, &section, other, A, NULL);
    ck_assert_int_eq(check(), algorithms[_i] == SIGN_RSASHA1 ? DCV_CAUSE_SIGNATURE_MISSING : DCV_CAUSE_NONE);
    signer_free(other);
}
END_TEST

/* Canonical form: names in RDATA in lower case for the types of RFC 4034 §6.2, and records in order, none twice. */
static const char *const forms[] = {
    "example.test. 300 IN SOA NS.Example.test. Admin.Example.TEST. 1 2 3 4 5\n",
    "example.test. 300 IN MX 10 Mail.Example.test.\nexample.test. 300 IN MX 5 b.Example.test.\n",
    "a.example.test. 300 IN CNAME B.Example.Test.\n",
    "a.example.test. 300 IN DNAME B.Example.Test.\n",
    "example.test. 300 IN NS NS2.Example.test.\nexample.test. 300 IN NS ns1.example.test.\n",
    "a.example.test. 300 IN PTR B.Example.Test.\n",
    "a.example.test. 300 IN SRV 1 2 3 B.Example.Test.\n",
    "a.example.test. 300 IN NAPTR 1 2 \"S\" \"SIP+D2U\" \"!^.*$!sip:A@Example.test!\" _SIP._udp.Example.test.\n",
    "a.example.test. 300 IN RP Admin.Example.test. TXT.Example.test.\n",
    "a.example.test. 300 IN KX 1 B.Example.Test.\n",
    "a.example.test. 300 IN AFSDB 1 B.Example.Test.\n",
    "a.example.test. 300 IN PX 1 B.Example.Test. C.Example.Test.\n",
    "a.example.test. 300 IN TXT \"Case Is Kept\" \"B.Example.Test.\"\n",
    "a.example.test. 300 IN HINFO \"PC\" \"UNIX\"\n",
    "a.example.test. 300 IN NSEC B.Example.Test. A RRSIG NSEC\n",
    "A.EXAMPLE.test. 300 IN TXT \"b\"\n",
    "a.example.test. 300 IN CAA 0 issue \"ca.Example.test\"\na.example.test. 300 IN CAA 0 iodef \"mailto:a@example.test\"\n",
    "*.example.test. 300 IN A 192.0.2.1\n",
    "a.example.test. 300 IN TYPE65280 \\# 3 41 42 43\n",
};

START_TEST(canonical_form)
{
    use_key(signer);
    put_signed(arena, &section, signer, forms[_i], NULL);
    ck_assert_int_eq(check(), DCV_CAUSE_NONE);
}
END_TEST

/* What is there twice counts once, however its names are written. */
START_TEST(twice)
{
    use_key(signer);
    put_signed(arena, &section, signer, "example.test. 300 IN MX 10 mail.example.test.\nexample.test. 300 IN MX 5 b.example.test.\n", NULL);
    put_records(arena, &section, "example.test. 300 IN MX 5 B.example.test.\nExample.test. 300 IN MX 10 Mail.Example.test.\n");
    ck_assert_int_eq(check(), DCV_CAUSE_NONE);
    ck_assert_uint_eq(rrset.count, 2);
}
END_TEST

static const struct {
    const char *what;
    const char *lines;
    struct signing how;
    enum dcv_cause cause;
    int64_t at;
} rows[] = {
    {"as it should be", A, {.spoilt = false}, DCV_CAUSE_NONE, 0},
    {"ends now", A, {.expiration = SIGN_NOW}, DCV_CAUSE_NONE, 0},
    {"begins now", A, {.inception = SIGN_NOW}, DCV_CAUSE_NONE, 0},
    {"ended", A, {.expiration = SIGN_NOW - 1}, DCV_CAUSE_SIGNATURE_EXPIRED, SIGN_NOW - 1},
    {"ended, and is wrong", A, {.expiration = SIGN_NOW - DAY / 2, .spoilt = true}, DCV_CAUSE_SIGNATURE_EXPIRED, SIGN_NOW - DAY / 2},
    {"begins later", A, {.inception = SIGN_NOW + 1}, DCV_CAUSE_SIGNATURE_NOT_YET, SIGN_NOW + 1},
    {"ends before it begins", A, {.inception = SIGN_NOW - DAY, .expiration = SIGN_NOW - 2 * DAY}, DCV_CAUSE_SIGNATURE_INVALID, 0},
    {"over 2106, RFC 4034 §3.1.5", A, {.expiration = SIGN_NOW + INT64_C(2000000000), .inception = SIGN_NOW - 100000000}, DCV_CAUSE_NONE, 0},
    {"wrong", A, {.spoilt = true}, DCV_CAUSE_SIGNATURE_INVALID, 0},
    {"of another zone", A, {.signer = "test."}, DCV_CAUSE_SIGNER_WRONG, 0},
    {"signer in upper case", A, {.signer = "EXAMPLE.test."}, DCV_CAUSE_NONE, 0},
    {"another tag", A, {.tag = 1}, DCV_CAUSE_KEY_MISSING, 0},
    {"another tag, and ended", A, {.tag = 1, .expiration = SIGN_NOW - 1}, DCV_CAUSE_KEY_MISSING, 0},
    {"another algorithm", A, {.algorithm = 16}, DCV_CAUSE_KEY_MISSING, 0},
    {"an unknown algorithm", A, {.algorithm = 200}, DCV_CAUSE_SIGNATURE_MISSING, 0},
    {"more labels than the owner", A, {.labels = 4}, DCV_CAUSE_SIGNATURE_INVALID, 0},
    {"a wildcard above the zone", A, {.labels = 1}, DCV_CAUSE_SIGNATURE_INVALID, 0},
    {"fewer labels, not made from a wildcard", A, {.labels = 2}, DCV_CAUSE_SIGNATURE_INVALID, 0},
    {"from a wildcard", "*.example.test. 300 IN A 192.0.2.1\n", {.owner = "a.b.example.test."}, DCV_CAUSE_NONE, 0},
    {"from another wildcard", "*.b.example.test. 300 IN A 192.0.2.1\n", {.owner = "a.c.example.test."}, DCV_CAUSE_SIGNATURE_INVALID, 0},
    {"at another owner", A, {.owner = "a.example.test."}, DCV_CAUSE_SIGNATURE_INVALID, 0},
};

START_TEST(one_signature)
{
    use_key(signer);
    put_signed(arena, &section, signer, rows[_i].lines, &rows[_i].how);
    ck_assert_msg(check() == rows[_i].cause, "%s: %s", rows[_i].what, dcv_cause_text(checked.trust.cause));
    ck_assert_int_eq(checked.trust.at, rows[_i].at);
    if (rows[_i].cause == DCV_CAUSE_NONE)
        return;
    ck_assert(dcv_name_equal(&checked.trust.zone, &zone) && dcv_name_equal(&checked.trust.owner, &section.items[0].owner));
    ck_assert_uint_eq(checked.trust.type, DCV_TYPE_A);
    if (rows[_i].cause != DCV_CAUSE_SIGNER_WRONG)
        ck_assert_int_eq(checked.trust.key_tag, rows[_i].how.tag != 0 ? rows[_i].how.tag : signer_tag(signer));
}
END_TEST

START_TEST(changed_record)
{
    use_key(signer);
    put_signed(arena, &section, signer, A, NULL);
    put_records(arena, &section, "www.example.test. 300 IN A 192.0.2.66\n");
    ck_assert_int_eq(check(), DCV_CAUSE_SIGNATURE_INVALID);
}
END_TEST

/* Signatures and keys that are too short or too long for their algorithm are wrong, not a failure of ours. */
START_TEST(sizes)
{
    struct signer *other = signer_create("example.test.", algorithms[_i], SIGN_ZSK);
    put_signed(arena, &section, other, A, NULL);
    const uint16_t whole = section.items[1].rdlen;
    use_key(other);
    for (unsigned cut = 1; cut <= 130 && cut < whole - 18U - zone.len; cut++) {
        section.items[1].rdlen = (uint16_t)(whole - cut);
        ck_assert_int_eq(check(), DCV_CAUSE_SIGNATURE_INVALID);
        work.operations = 0;
    }
    section.items[1].rdlen = (uint16_t)(18 + zone.len);
    ck_assert_int_eq(check(), DCV_CAUSE_SIGNATURE_INVALID);
    section.items[1].rdlen = 18;
    ck_assert_int_eq(check(), DCV_CAUSE_SIGNER_WRONG);
    section.items[1].rdlen = whole;
    ck_assert_int_eq(check(), DCV_CAUSE_NONE);
    while (--keys[0].key_len > 0) { /* the tag stays */
        work.operations = 0;
        ck_assert_int_eq(check(), DCV_CAUSE_SIGNATURE_INVALID);
    }
    signer_free(other);
}
END_TEST

/* All octets of a signature zero: ECDSA has no such numbers. */
START_TEST(zero_signature)
{
    struct signer *other = signer_create("example.test.", algorithms[_i], SIGN_ZSK);
    put_signed(arena, &section, other, A, NULL);
    const size_t head = 18U + zone.len;
    uint8_t *rdata = dcv_arena_copy(arena, section.items[1].rdata, section.items[1].rdlen);
    memset(rdata + head, 0, section.items[1].rdlen - head);
    section.items[1].rdata = rdata;
    use_key(other);
    ck_assert_int_eq(check(), DCV_CAUSE_SIGNATURE_INVALID);
    signer_free(other);
}
END_TEST

static const struct {
    unsigned flags;
    enum dcv_cause cause;
} flag_rows[] = {{SIGN_ZSK, DCV_CAUSE_NONE}, {SIGN_KSK, DCV_CAUSE_NONE}, {SIGN_REVOKED, DCV_CAUSE_KEY_UNFIT},
{SIGN_NO_ZONE_KEY, DCV_CAUSE_KEY_UNFIT}};

START_TEST(key_flags)
{
    struct signer *other = signer_create("example.test.", SIGN_ED25519, flag_rows[_i].flags);
    use_key(other);
    put_signed(arena, &section, other, A, NULL);
    ck_assert_int_eq(check(), flag_rows[_i].cause);
    ck_assert_uint_eq(validator->counts.signatures, flag_rows[_i].cause == DCV_CAUSE_NONE);
    signer_free(other);
}
END_TEST

START_TEST(key_protocol)
{
    use_key(signer);
    keys[0].protocol = 1;
    put_signed(arena, &section, signer, A, NULL);
    ck_assert_int_eq(check(), DCV_CAUSE_KEY_UNFIT);
}
END_TEST

/* Of several signatures: a good one is enough, that which lasts longest counts; else the most telling failure. */
START_TEST(good_among_bad)
{
    struct signer *other = signer_create("example.test.", SIGN_ECDSAP256, SIGN_ZSK);
    use_key(signer);
    use_key(other);
    put_signed(arena, &section, signer, A, &(struct signing){.expiration = SIGN_NOW - 1});
    put_signed(arena, &section, other, A, &(struct signing){.alone = true, .expiration = SIGN_NOW + DAY});
    put_signed(arena, &section, signer, A, &(struct signing){.alone = true, .expiration = SIGN_NOW + 3 * DAY});
    put_signed(arena, &section, signer, A, &(struct signing){.alone = true, .expiration = SIGN_NOW + 5 * DAY, .spoilt = true});
    ck_assert_int_eq(check(), DCV_CAUSE_NONE);
    ck_assert_int_eq(checked.trust.until, SIGN_NOW + 3 * DAY);
    ck_assert_uint_eq(validator->counts.signatures, 2);
    signer_free(other);
}
END_TEST

static const struct {
    struct signing how[3];
    enum dcv_cause cause;
} tellings[] = {
    {{{.spoilt = true}, {.expiration = SIGN_NOW - 1}, {.tag = 1}}, DCV_CAUSE_SIGNATURE_EXPIRED},
    {{{.spoilt = true}, {.inception = SIGN_NOW + 1}, {.tag = 1}}, DCV_CAUSE_SIGNATURE_NOT_YET},
    {{{.inception = SIGN_NOW + 1}, {.expiration = SIGN_NOW - 1}, {.spoilt = true}}, DCV_CAUSE_SIGNATURE_EXPIRED},
    {{{.tag = 1}, {.spoilt = true}, {.algorithm = 200}}, DCV_CAUSE_SIGNATURE_INVALID},
    {{{.algorithm = 200}, {.tag = 1}, {.signer = "test."}}, DCV_CAUSE_KEY_MISSING},
    {{{.expiration = SIGN_NOW - DAY / 2}, {.expiration = SIGN_NOW - 2}, {.expiration = SIGN_NOW - 60}}, DCV_CAUSE_SIGNATURE_EXPIRED},
};

START_TEST(most_telling)
{
    static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    use_key(signer);
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        section.count = 0;
        put_records(arena, &section, A);
        for (size_t j = 0; j < 3; j++) {
            struct signing how = tellings[_i].how[orders[i][j]];
            how.alone = true;
            put_signed(arena, &section, signer, A, &how);
        }
        work.operations = 0;
        ck_assert_int_eq(check(), tellings[_i].cause);
        if (_i == 5) /* the one that ended last */
            ck_assert_int_eq(checked.trust.at, SIGN_NOW - 2);
    }
}
END_TEST

/* The same check costs once, whether it ends well or ill. */
START_TEST(remembers)
{
    use_key(signer);
    put_signed(arena, &section, signer, A, &(struct signing){.spoilt = _i != 0});
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(check(), _i != 0 ? DCV_CAUSE_SIGNATURE_INVALID : DCV_CAUSE_NONE);
        ck_assert_uint_eq(validator->counts.signatures, 1);
        ck_assert_uint_eq(validator->counts.remembered, i);
    }
    section.items[0].ttl = 1; /* is not signed: the RRSIG has the original one */
    ck_assert_int_eq(check(), _i != 0 ? DCV_CAUSE_SIGNATURE_INVALID : DCV_CAUSE_NONE);
    put_records(arena, &section, "www.example.test. 300 IN A 192.0.2.2\n");
    ck_assert_int_eq(check(), DCV_CAUSE_SIGNATURE_INVALID);
    ck_assert_uint_eq(validator->counts.signatures, 2);
}
END_TEST

/* Many results: those that are needed again and again stay, the others go; and there is an end to how many there are. */
START_TEST(forgets_in_time)
{
    static const uint8_t kept[DCV_MEMORY_KEY] = {0xff, 0xff, 1}, first[DCV_MEMORY_KEY] = {0};
    ck_assert(dcv_memory_put(validator, kept, DCV_MEMORY_BAD));
    for (unsigned i = 0; i < 4 * DCV_REMEMBERED_MAX; i++) {
        const uint8_t key[DCV_MEMORY_KEY] = {(uint8_t)(i >> 8), (uint8_t)i};
        ck_assert(dcv_memory_put(validator, key, DCV_MEMORY_GOOD));
        ck_assert_int_eq(dcv_memory_get(validator, key), DCV_MEMORY_GOOD);
        if (i % (DCV_REMEMBERED_MAX / 2) == 0)
            ck_assert_int_eq(dcv_memory_get(validator, kept), DCV_MEMORY_BAD);
        ck_assert_uint_le(dcv_map_count(validator->remembered), DCV_REMEMBERED_MAX);
    }
    ck_assert_int_eq(dcv_memory_get(validator, kept), DCV_MEMORY_BAD);
    ck_assert_int_eq(dcv_memory_get(validator, first), DCV_MEMORY_NONE);
    ck_assert_uint_le(dcv_map_count(validator->older), DCV_REMEMBERED_MAX);
}
END_TEST

/* Or an end to the octets that they take. */
START_TEST(forgets_by_octets)
{
    enum { BYTES = 32 << 10 };
    const struct dcv_validator_options options = {.anchors = anchors, .cache_bytes = BYTES};
    dcv_validator_free(validator);
    ck_assert_int_eq(dcv_validator_create(&options, &validator), DCV_OK);
    for (unsigned i = 0; i < 10000; i++) {
        const uint8_t key[DCV_MEMORY_KEY] = {(uint8_t)(i >> 8), (uint8_t)i};
        ck_assert(dcv_memory_put(validator, key, DCV_MEMORY_GOOD));
        ck_assert_int_eq(dcv_memory_get(validator, key), DCV_MEMORY_GOOD);
        ck_assert_uint_le(dcv_validator_cache_bytes(validator), BYTES);
    }
    ck_assert_uint_gt(dcv_validator_cache_bytes(validator), BYTES / 4);
}
END_TEST

/* Keys of the same tag, none of which made the signature (CVE-2023-50387): two words of the key have changed places,
the sum is as it was. */
static void collide(size_t count)
{
    struct dcv_rr rr;
    ck_assert_int_eq(dcv_rr_from_text(arena, signer_dnskey(signer), &rr), DCV_OK);
    for (size_t i = 0; i < count; i++) {
        uint8_t *rdata = dcv_arena_copy(arena, rr.rdata, rr.rdlen);
        memcpy(rdata + 4 + 2 * i, rr.rdata + 6 + 2 * i, 2);
        memcpy(rdata + 6 + 2 * i, rr.rdata + 4 + 2 * i, 2);
        const struct dcv_rr twin = {.type = DCV_TYPE_DNSKEY, .rdlen = rr.rdlen, .rdata = rdata};
        ck_assert(dcv_rr_dnskey(&twin, &keys[key_count++]));
        ck_assert_uint_eq(keys[key_count - 1].tag, signer_tag(signer));
    }
}

START_TEST(same_tag)
{
    collide((size_t)_i);
    use_key(signer);
    put_signed(arena, &section, signer, A, NULL);
    const bool within = _i < DCV_SAME_TAG_MAX;
    ck_assert_int_eq(check(), within ? DCV_CAUSE_NONE : DCV_CAUSE_TOO_MUCH_WORK);
    ck_assert_uint_eq(validator->counts.signatures, within ? (unsigned)_i + 1 : 0);
}
END_TEST

static void put_wrong(unsigned count)
{
    put_records(arena, &section, A);
    for (unsigned i = 0; i < count; i++)
        put_signed(arena, &section, signer, A, &(struct signing){.alone = true, .spoilt = true, .expiration = SIGN_NOW + 8 * DAY + i});
}

START_TEST(many_signatures)
{
    use_key(signer);
    put_wrong((unsigned)_i);
    put_signed(arena, &section, signer, A, &(struct signing){.alone = true});
    const bool within = _i < DCV_SIGNATURES_MAX;
    ck_assert_int_eq(check(), within ? DCV_CAUSE_NONE : DCV_CAUSE_TOO_MUCH_WORK);
    ck_assert_uint_eq(validator->counts.signatures, within ? (unsigned)_i + 1 : DCV_SIGNATURES_MAX);
}
END_TEST

START_TEST(many_operations)
{
    collide(DCV_SAME_TAG_MAX - 1);
    use_key(signer);
    put_wrong(DCV_SIGNATURES_MAX);
    ck_assert_int_eq(check(), DCV_CAUSE_TOO_MUCH_WORK);
    ck_assert_uint_eq(validator->counts.signatures, DCV_RRSET_OPERATIONS_MAX);
}
END_TEST

/* What was spared counts like what was done: the verdict must not depend on what was validated before. */
START_TEST(operations_of_an_answer)
{
    use_key(signer);
    put_signed(arena, &section, signer, A, NULL);
    for (unsigned i = 0; i < DCV_ANSWER_OPERATIONS_MAX; i++)
        ck_assert_int_eq(check(), DCV_CAUSE_NONE);
    ck_assert_int_eq(check(), DCV_CAUSE_TOO_MUCH_WORK);
    ck_assert_uint_eq(validator->counts.signatures, 1);
}
END_TEST

/* More than a message holds, as names in it are compressed. */
START_TEST(large_rrset)
{
    static char text[32768];
    use_key(signer);
    put_signed(arena, &section, signer, A, NULL);
    memset(text, 'a', sizeof text);
    struct dcv_rr *items = dcv_arena_array(arena, 4, sizeof *items);
    for (size_t i = 0; i < 3; i++) {
        char *copy = dcv_arena_copy(arena, text, sizeof text);
        copy[0] = (char)i;
        items[i] = section.items[0];
        items[i].rdata = (const uint8_t *)copy;
        items[i].rdlen = sizeof text;
    }
    items[3] = section.items[1];
    section = (struct dcv_rrs){items, 4};
    ck_assert_int_eq(check(), DCV_CAUSE_SIGNATURE_INVALID);
    ck_assert_uint_eq(validator->counts.signatures, 0);
}
END_TEST

/* RDATA that end within a name: signed by a hostile zone, or not at all. */
START_TEST(short_rdata)
{
    static const uint16_t types[] = {DCV_TYPE_NS, DCV_TYPE_SOA, DCV_TYPE_MX, 26, 33, 35};
    static const uint8_t octets[] = {0, 1, 0, 2, 1, 'S', 1, 'A', 1, 'B', 63, 'C', 0xc0, 200, 'D', 'E'};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        for (size_t from = 0; from < sizeof octets; from++) {
            for (size_t len = 0; from + len <= sizeof octets; len++) {
                uint8_t *exact = malloc(len + (len == 0));
                memcpy(exact, octets + from, len);
                struct dcv_rr rr = {.owner = zone, .type = types[i], .rdlen = (uint16_t)len, .rdata = exact};
                ck_assert(dcv_rrset_find(arena, &(struct dcv_rrs){&rr, 1}, &zone, types[i], &rrset));
                ck_assert_uint_eq(rrset.rdatas[0].len, len);
                free(exact);
            }
        }
    }
}
END_TEST

static TCase *create_case(void)
{
    TCase *tcase = tcase_create("signature");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, every_algorithm, 0, ROWS(algorithms));
    tcase_add_loop_test(tcase, canonical_form, 0, ROWS(forms));
    tcase_add_test(tcase, twice);
    tcase_add_loop_test(tcase, one_signature, 0, ROWS(rows));
    tcase_add_test(tcase, changed_record);
    tcase_add_loop_test(tcase, sizes, 0, ROWS(algorithms));
    tcase_add_loop_test(tcase, zero_signature, 0, ROWS(algorithms));
    tcase_add_loop_test(tcase, key_flags, 0, ROWS(flag_rows));
    tcase_add_test(tcase, key_protocol);
    tcase_add_test(tcase, good_among_bad);
    tcase_add_loop_test(tcase, most_telling, 0, ROWS(tellings));
    return tcase;
}

int main(void)
{
    TCase *tcase = create_case();
    tcase_add_loop_test(tcase, remembers, 0, 2);
    tcase_add_test(tcase, forgets_in_time);
    tcase_add_test(tcase, forgets_by_octets);
    tcase_add_loop_test(tcase, same_tag, 0, DCV_SAME_TAG_MAX + 3);
    tcase_add_loop_test(tcase, many_signatures, 0, DCV_SIGNATURES_MAX + 3);
    tcase_add_test(tcase, many_operations);
    tcase_add_test(tcase, operations_of_an_answer);
    tcase_add_test(tcase, large_rrset);
    tcase_add_test(tcase, short_rdata);
    return run_cases("signature", tcase);
}
