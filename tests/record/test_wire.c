/* Two readers, one opinion: what is read without ldns is what ldns reads of it, octet by octet. And queries as somebody else writes them. */
#include "record/wire.h"

#include "support/rows.h"
#include "support/run.h"
#include "support/wire.h"

#include <stdio.h>
#include <string.h>

static struct dcv_arena *arena;
static uint64_t state; /* of the mutations, the same each time */
static unsigned long quick, odd, refused;

static void setup(void)
{
    arena = dcv_arena_create(NULL);
    state = 0x9e3779b97f4a7c15;
    quick = odd = refused = 0;
}

static void teardown(void)
{
    dcv_arena_free(arena);
}

static uint32_t chance(uint32_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % below;
}

/* ---- both readers ----------------------------------------------------------------------------------------------------------------- */

static bool same_rr(const struct dcv_rr *a, const struct dcv_rr *b)
{
    return a->owner.len == b->owner.len && memcmp(a->owner.wire, b->owner.wire, a->owner.len) == 0 && a->type == b->type && a->ttl == b->ttl && a->rdlen == b->rdlen
        && (a->rdlen == 0 || memcmp(a->rdata, b->rdata, a->rdlen) == 0);
}

static bool same_section(const struct dcv_rrs *a, const struct dcv_rrs *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!same_rr(&a->items[i], &b->items[i]))
            return false;
    return true;
}

static bool same_message(const struct dcv_message *a, const struct dcv_message *b)
{
    bool same = a->rcode == b->rcode && a->authoritative == b->authoritative && a->truncated == b->truncated && a->recursion_available == b->recursion_available
        && a->authentic == b->authentic && a->checking_disabled == b->checking_disabled && a->edns == b->edns && a->size == b->size && a->ede_count == b->ede_count
        && same_section(&a->answer, &b->answer) && same_section(&a->authority, &b->authority) && same_section(&a->additional, &b->additional);
    for (size_t i = 0; same && i < a->ede_count; i++)
        same = a->edes[i].code == b->edes[i].code && strcmp(a->edes[i].text, b->edes[i].text) == 0;
    return same;
}

static void show(const uint8_t *wire, size_t len)
{
    for (size_t i = 0; i < len; i++)
        (void)fprintf(stderr, "%02x", wire[i]);
    (void)fprintf(stderr, "\n");
}

static void compare(const uint8_t *wire, size_t len)
{
    struct dcv_message one = {0}, other = {0};
    uint8_t *exact = malloc(len + (len == 0));
    memcpy(exact, wire, len);
    if (len >= 12) {
        const enum wire_read read = wire_read(arena, exact, len, &one);
        ck_assert_int_ne(read, WIRE_NO_MEMORY);
        *(read == WIRE_READ ? &quick : &odd) += 1;
    }
    const enum dcv_status first = dcv_message_parse(arena, exact, len, &one), second = dcv_message_parse_odd(arena, exact, len, &other);
    free(exact);
    refused += second != DCV_OK;
    if (first == second && (first != DCV_OK || same_message(&one, &other)))
        return;
    show(wire, len);
    ck_abort_msg("read as %d and by ldns as %d", first, second);
}

/* ---- messages ---------------------------------------------------------------------------------------------------------------------- */

#define SIG "A 13 2 300 20270101000000 20260101000000 12345 example.jp. AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
static const char *const bodies[][10] = {
    {"www.example.jp. 300 IN A 192.0.2.1", "www.example.jp. 300 IN A 192.0.2.2", "www.example.jp. 300 IN RRSIG " SIG},
    {"WWW.Example.JP. 300 IN AAAA 2001:db8::1"},
    {"example.jp. 300 IN MX 10 Mail.Example.JP.", "example.jp. 300 IN MX 0 ."},
    {"example.jp. 300 IN TXT \"v=spf1\" \"\" \"-all\"", "example.jp. 300 IN TXT \"x\""},
    {"example.jp. 300 IN CAA 0 issue \"ca.example\"", "example.jp. 300 IN CAA 128 Issue \";\"", "example.jp. 300 IN CAA 0 iodef \"mailto:a@example.jp\""},
    {"a.example.jp. 300 IN CNAME B.Example.com.", "b.example.com. 300 IN DNAME C.test.", "c.test. 300 IN NS NS.c.test."},
    {"example.jp. 300 IN SOA NS.example.jp. Admin.Example.JP. 1 7200 3600 1209600 600"},
    {"example.jp. 300 IN DS 12345 13 2 0000000000000000000000000000000000000000000000000000000000000000",
     "example.jp. 300 IN DNSKEY 257 3 13 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="},
    {"example.jp. 300 IN NSEC Next.Example.jp. A MX RRSIG NSEC", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.jp. 300 IN NSEC3 1 1 0 - 0p9mhaveqvm6t7vbl5lop2u3t2rp3ton A RRSIG",
     "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.jp. 300 IN NSEC3 1 0 5 aabbccdd 0p9mhaveqvm6t7vbl5lop2u3t2rp3ton A"},
    {"example.jp. 300 IN SRV 0 0 25 mail.example.jp.", "example.jp. 300 IN PTR a.example.jp.", "example.jp. 300 IN TYPE65280 \\# 3 010203"},
    {"_25._tcp.example.jp. 300 IN TLSA 3 1 1 00000000", "example.jp. 300 IN HINFO \"a\" \"b\""},
    {"example.jp. 2147483647 IN A 192.0.2.1", "example.jp. 0 IN A 192.0.2.1", "example.jp. 4294967295 IN A 192.0.2.1"},
};

/* A message with the records in every section by turns, and an OPT of several kinds. */
static void make(struct wire *wire, size_t body, unsigned variant)
{
    static const unsigned flags[] = {WIRE_QR | WIRE_RD | WIRE_RA, WIRE_QR | WIRE_AA | 3, WIRE_QR | WIRE_AD | WIRE_CD | WIRE_RA, WIRE_QR | WIRE_TC};
    static const uint8_t ede[] = {0, 15, 0, 4, 0, 7, 'a', 'b'};
    wire_begin(wire, 7, flags[variant % 4]);
    wire_question(wire, "www.example.jp", DCV_TYPE_A);
    for (size_t i = 0; i < 10 && bodies[body][i] != NULL; i++)
        wire_rr(wire, (enum wire_section)(WIRE_ANSWER + (i + variant) % 3), bodies[body][i]);
    if (variant % 5 < 3)
        wire_opt(wire, variant % 5 == 1 ? 1 : 0, variant % 5 == 2 ? ede : NULL, variant % 5 == 2 ? sizeof ede : 0);
    wire_end(wire);
}

enum { VARIANTS = 12 };

START_TEST(usual_messages)
{
    for (unsigned variant = 0; variant < VARIANTS; variant++) {
        struct wire wire;
        make(&wire, (size_t)_i, variant);
        compare((const uint8_t *)wire.buf.data, wire.buf.len);
        wire_done(&wire);
    }
}
END_TEST

START_TEST(all_are_not_left_to_ldns)
{
    for (size_t body = 0; body < 9; body++) {
        struct wire wire;
        make(&wire, body, 0);
        compare((const uint8_t *)wire.buf.data, wire.buf.len);
        wire_done(&wire);
        ck_assert_msg(quick == body + 1, "%s is left to ldns", bodies[body][0]);
    }
    ck_assert_uint_eq(quick, 9);
    ck_assert_uint_eq(odd, 0);
}
END_TEST

START_TEST(cut_anywhere)
{
    struct wire wire;
    make(&wire, (size_t)_i, 0);
    for (size_t len = 0; len < wire.buf.len; len++)
        compare((const uint8_t *)wire.buf.data, len);
    wire_done(&wire);
}
END_TEST

/* Octets that mean something: lengths, pointers, types, counts. */
static uint8_t telling(void)
{
    static const uint8_t octets[] = {0, 1, 2, 12, 0x3f, 0x40, 0x80, 0xc0, 0xff, 5, 6, 15, 16, 28, 39, 41, 43, 46, 47, 48, 50};
    return octets[chance(sizeof octets)];
}

static size_t mutate(uint8_t *wire, size_t len, size_t room)
{
    for (uint32_t times = 1 + chance(3); times > 0; times--) {
        const uint32_t at = chance((uint32_t)len);
        switch (chance(7)) {
        case 0: wire[at] ^= (uint8_t)(1U << chance(8)); break;
        case 1: wire[at] = telling(); break;
        case 2: wire[at] = (uint8_t)chance(256); break;
        case 3: /* an octet more */
            if (len < room) {
                memmove(wire + at + 1, wire + at, len - at);
                wire[at] = telling();
                len++;
            }
            break;
        case 4: /* one less */
            memmove(wire + at, wire + at + 1, len - at - 1);
            len -= len > 13;
            break;
        case 5: /* a pointer */
            if (at + 1 < len) {
                wire[at] = 0xc0;
                wire[at + 1] = (uint8_t)chance((uint32_t)(len < 256 ? len : 256));
            }
            break;
        default: len = len > 13 ? len - chance(2) : len; break;
        }
    }
    return len;
}

enum { MUTATIONS = 1500 };

static void compare_mutants(const uint8_t *wire, size_t len)
{
    uint8_t changed[4096];
    ck_assert_uint_lt(len, sizeof changed - 16);
    for (int i = 0; i < MUTATIONS; i++) {
        memcpy(changed, wire, len);
        compare(changed, mutate(changed, len, sizeof changed));
        if (i % 100 == 0) {
            dcv_arena_free(arena);
            arena = dcv_arena_create(NULL);
        }
    }
}

START_TEST(mutants)
{
    struct wire wire;
    make(&wire, (size_t)_i % ROWS(bodies), (unsigned)_i / ROWS(bodies) * 2 + 5);
    state += (uint64_t)_i;
    compare_mutants((const uint8_t *)wire.buf.data, wire.buf.len);
    ck_assert_uint_gt(quick + odd, MUTATIONS / 2);
    ck_assert_uint_gt(refused, 0);
    ck_assert_uint_lt(refused, MUTATIONS);
    wire_done(&wire);
}
END_TEST

/* ---- messages octet by octet --------------------------------------------------------------------------------------------------------- */

#define HEAD(counts) "\0\1\x84\0\0\1" counts "\3www\7example\2jp\0\0\1\0\1"
#define NAME "\xc0\x0c"
static const struct {
    const char *octets;
    size_t len;
} by_hand[] = {
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\1")},
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\1\0\1\0\0\1\x2c\0\3\xc0\0\2")},         /* a short address */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\1\0\1\0\0\1\x2c\0\0")},                 /* none */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\1\0\1\x80\0\0\0\0\4\xc0\0\2\1")},      /* a TTL of 2^31 (RFC 2181 §8) */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\1\0\1\x7f\xff\xff\xff\0\4\xc0\0\2\1")},
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\1\0\xfe\0\0\1\x2c\0\0")},              /* class NONE */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\5\0\1\0\0\1\x2c\0\2" NAME)},
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\5\0\1\0\0\1\x2c\0\3" NAME "x")},       /* something behind the name */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\5\0\1\0\0\1\x2c\0\1\xc0")},            /* half a pointer */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\5\0\1\0\0\1\x2c\0\2\xc0\x2a")},        /* to itself */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\5\0\1\0\0\1\x2c\0\2\xc0\x00")},        /* into the header */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\5\0\1\0\0\1\x2c\0\2\xc0\x0b")},
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\5\0\1\0\0\1\x2c\0\2\xc0\xff")},        /* past the end */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\xf\0\1\0\0\1\x2c\0\4\0\xa" NAME)},
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\xf\0\1\0\0\1\x2c\0\2\0\xa")},          /* MX without a name */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\x10\0\1\0\0\1\x2c\0\0")},              /* TXT without a string */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\x10\0\1\0\0\1\x2c\0\1\0")},
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\x10\0\1\0\0\1\x2c\0\2\2a")},           /* a string cut off */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\x10\0\1\0\0\1\x2c\0\5\3abc\0")},
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\1\1\0\1\0\0\1\x2c\0\2\0\5")},            /* CAA */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\1\1\0\1\0\0\1\x2c\0\7\0\5issue")},
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\1\1\0\1\0\0\1\x2c\0\x8\0\5issue;")},
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\1\1\0\1\0\0\1\x2c\0\3\0\0;")},
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\x2e\0\1\0\0\1\x2c\0\x15" "\0\1\xd\2\0\0\1\x2c\0\0\0\2\0\0\0\1\x30\x39" NAME "x")}, /* a signer by pointer */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\x2e\0\1\0\0\1\x2c\0\x14" "\0\1\xd\2\0\0\1\x2c\0\0\0\2\0\0\0\1\x30\x39" "\0x")},
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\x2e\0\1\0\0\1\x2c\0\x13" "\0\1\xd\2\0\0\1\x2c\0\0\0\2\0\0\0\1\x30\x39" "\0")},  /* no signature */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\x2f\0\1\0\0\1\x2c\0\6\1A\0\0\1\x40")},
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\x2f\0\1\0\0\1\x2c\0\3\1A\0")},         /* NSEC without types */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\x30\0\1\0\0\1\x2c\0\4\1\1\3\xd")},     /* a key of no octets */
    {OCTETS(HEAD("\0\1\0\0\0\0") NAME "\0\x2b\0\1\0\0\1\x2c\0\4\1\1\xd\2")},     /* a digest of none */
    {OCTETS(HEAD("\0\1\0\0\0\0") "\7Example\2JP\0\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\1")},
    {OCTETS(HEAD("\0\1\0\0\0\0") "\0\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\1")},
    {OCTETS(HEAD("\0\0\0\0\0\1") "\0\0\x29\x04\xd0\0\0\x80\0\0\0")},
    {OCTETS(HEAD("\0\0\0\0\0\1") "\0\0\x29\x04\xd0\1\0\x80\0\0\0")},             /* BADVERS */
    {OCTETS(HEAD("\0\0\0\0\0\1") "\0\0\x29\x04\xd0\0\1\x80\0\0\0")},             /* another version of EDNS */
    {OCTETS(HEAD("\0\0\0\0\0\2") "\0\0\x29\x04\xd0\0\0\x80\0\0\0" "\0\0\x29\x04\xd0\1\0\x80\0\0\0")},
    {OCTETS(HEAD("\0\1\0\0\0\0") "\0\0\x29\x04\xd0\0\0\x80\0\0\0")},             /* OPT as an answer */
    {OCTETS(HEAD("\0\0\0\1\0\0") "\0\0\x29\x04\xd0\1\0\x80\0\0\0")},
    {OCTETS(HEAD("\0\0\0\0\0\1") NAME "\0\x29\x04\xd0\0\0\x80\0\0\0")},          /* with an owner */
    {OCTETS(HEAD("\0\0\0\0\0\1") "\0\0\x29\x04\xd0\0\0\x80\0\0\0z")},
    {OCTETS(HEAD("\0\0\0\0\0\1"))},                                              /* not there */
    {OCTETS(HEAD("\0\0\0\0\0\0") "z")},
    {OCTETS("\0\1\x84\0\0\0\0\0\0\0\0\0")},
    {OCTETS("\0\1\x84\0\0\2\0\0\0\0\0\0\0\0\1\0\1\0\0\1\0\1")},
    {OCTETS("\0\1\x04\0\0\1\0\0\0\0\0\0\0\0\1\0\1")},                            /* a query */
    {OCTETS("\0\1\xfc\0\0\1\0\0\0\0\0\0\0\0\1\0\1")},                            /* another opcode */
    {OCTETS("\0\1\x84\0\0\1\0\0\0\0\0\0\0\0\1\0")},
    {OCTETS("\0\1\x84\0\0\1\0\0\0\0\0\0\xc0\x0c\0\1\0\1")},
    {OCTETS("\0\1\x84\0\0\1\0\0\0\0\0\0\x41x\0\0\1\0\1")},
};

START_TEST(octet_by_octet)
{
    const uint8_t *wire = (const uint8_t *)by_hand[_i].octets;
    compare(wire, by_hand[_i].len);
    compare_mutants(wire, by_hand[_i].len);
}
END_TEST

/* Names of the greatest length and beyond, with and without pointers; long chains of those. */
START_TEST(long_names)
{
    for (int labels = 1; labels <= 66; labels++) {
        struct wire wire;
        char name[400] = "";
        for (int i = 0; i < labels && strlen(name) < 250; i++)
            (void)snprintf(name + strlen(name), sizeof name - strlen(name), "%s", i % 4 == 3 ? "abcdefghijklmnopqrstuvwxyz0123456789." : "a.");
        wire_begin(&wire, 1, WIRE_QR);
        wire_raw(&wire, WIRE_ANSWER, "a.", DCV_TYPE_CNAME, "\xc0\x0c", 2);
        for (int i = 0; i < labels; i++) {
            const size_t before = wire.buf.len;
            const uint8_t link[] = {1, 'b', (uint8_t)(0xc0 | (before - 4) >> 8), (uint8_t)(before - 4)}; /* to the name that is the RDATA before */
            wire_raw(&wire, WIRE_ANSWER, "a.", DCV_TYPE_CNAME, link + (i == 0 ? 2 : 0), i == 0 ? 2 : 4);
        }
        wire_end(&wire);
        compare((const uint8_t *)wire.buf.data, wire.buf.len);
        wire_done(&wire);
    }
}
END_TEST

START_TEST(many_records)
{
    static const int numbers[] = {254, 255, 256, 257, 300};
    struct wire wire;
    wire_begin(&wire, 1, WIRE_QR);
    for (int i = 0; i < numbers[_i]; i++)
        wire_raw(&wire, WIRE_ANSWER, "a.", DCV_TYPE_A, "\xc0\0\2\1", 4);
    wire_end(&wire);
    compare((const uint8_t *)wire.buf.data, wire.buf.len);
    wire_done(&wire);
}
END_TEST

/* ---- queries ---------------------------------------------------------------------------------------------------------------------- */

/* As RFC 1035 §4.1 and RFC 6891 §6.1.2 have it, put together otherwise than dcv_query_build() does. */
static size_t encode(const struct dcv_question *question, uint16_t id, uint64_t bits, uint8_t out[512])
{
    char text[DCV_NAME_TEXT_MAX];
    size_t len = 12;
    memset(out, 0, 12);
    out[0] = (uint8_t)(id / 256);
    out[1] = (uint8_t)(id % 256);
    out[2] = question->authority ? 0 : 1;
    out[3] = (uint8_t)((question->authority ? 0 : 0x20) + (question->checking_disabled ? 0x10 : 0));
    out[5] = 1;
    out[11] = question->plain ? 0 : 1;
    for (const char *label = dcv_name_text(&question->name, text); label[0] != '\0' && strcmp(label, ".") != 0;) {
        const size_t size = strcspn(label, ".");
        out[len++] = (uint8_t)size;
        for (size_t i = 0; i < size; i++) {
            const char lower = label[i] >= 'A' && label[i] <= 'Z' ? (char)(label[i] - 'A' + 'a') : label[i];
            const bool letter = lower >= 'a' && lower <= 'z';
            out[len++] = (uint8_t)(letter && bits % 2 == 1 ? lower - 'a' + 'A' : lower);
            if (letter)
                bits = bits / 2 + (bits % 2) * (UINT64_C(1) << 63);
        }
        label += size + (label[size] == '.');
    }
    out[len++] = 0;
    const uint8_t behind[] = {(uint8_t)(question->type / 256), (uint8_t)(question->type % 256), 0, 1, 0, 0, 41, 4, 208, 0, 0, 128, 0, 0, 0};
    const size_t size = question->plain ? 4 : sizeof behind;
    memcpy(out + len, behind, size);
    return len + size;
}

START_TEST(queries)
{
    static const char *const names[] = {".", "jp", "Example.JP", "www.example.jp", "_validation-contactemail.xn--wgv71a119e.jp", "a.b.c.d.e.f.g.h.i.j.k.example",
                                        "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk.abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk.example"};
    static const uint64_t bits[] = {0, 1, UINT64_MAX, 0xaaaaaaaaaaaaaaaa, 0x8000000000000001};
    for (unsigned flags = 0; flags < 8; flags++) {
        for (size_t i = 0; i < sizeof bits / sizeof bits[0]; i++) {
            struct dcv_question question = {.type = flags == 3 ? DCV_TYPE_CAA : (uint16_t)(0xff00 + flags), .checking_disabled = (flags & 1) != 0, .plain = (flags & 2) != 0,
                                            .authority = (flags & 4) != 0};
            uint8_t expected[512];
            struct dcv_buf built;
            dcv_buf_init(&built, 512);
            ck_assert_int_eq(dcv_name_parse(names[_i], &question.name, NULL), DCV_OK);
            const size_t len = encode(&question, (uint16_t)(flags * 8191), bits[i], expected);
            ck_assert_int_eq(dcv_query_build(&question, (uint16_t)(flags * 8191), bits[i], &built), DCV_OK);
            ck_assert_uint_eq(built.len, len);
            ck_assert_mem_eq(built.data, expected, len);
            dcv_buf_done(&built);
        }
    }
}
END_TEST

START_TEST(no_room)
{
    struct dcv_question question = {.type = DCV_TYPE_A};
    struct dcv_buf built;
    dcv_buf_init(&built, 20);
    ck_assert_int_eq(dcv_name_parse("www.example.jp", &question.name, NULL), DCV_OK);
    ck_assert_int_eq(dcv_query_build(&question, 1, 0, &built), DCV_ERR_NOMEM);
    dcv_buf_done(&built);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("wire");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, usual_messages, 0, ROWS(bodies));
    tcase_add_test(tcase, all_are_not_left_to_ldns);
    tcase_add_loop_test(tcase, cut_anywhere, 0, ROWS(bodies));
    tcase_add_loop_test(tcase, mutants, 0, 2 * ROWS(bodies));
    tcase_add_loop_test(tcase, octet_by_octet, 0, ROWS(by_hand));
    tcase_add_test(tcase, long_names);
    tcase_add_loop_test(tcase, many_records, 0, 5);
    tcase_add_loop_test(tcase, queries, 0, 7);
    tcase_add_test(tcase, no_room);
    return run_cases("wire", tcase);
}
