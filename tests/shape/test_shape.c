/* What makes two names alike, and what does not; and texts about one of them put with the names of the other. */
#include "shape/shape.h"

#include "finding/finding.h"
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

/* "$": the domain, "&": the domain of its mail hosts. */
/* As an audit asks: what is looked for at names put together of others has names of its own. */
#define APEX "! misplaced off\n$. IN SOA ns.$. root.$. 1 2 3 4 5\n"
#define A "$. IN A 192.0.2.80\n"
#define MX "$. IN MX 10 mx1.&.\n$. IN MX 20 mx2.&.\n"
#define HOSTS "mx1.&. IN A 192.0.2.25\nmx2.&. IN A 192.0.2.26\n"
#define TXT "$. IN TXT \"v=spf1 include:_spf.& -all\"\n"
#define CAA "$. IN CAA 0 issue \"sectigo.com\"\n$. IN CAA 0 iodef \"mailto:security@$\"\n"
#define CONTACT "_validation-contactemail.$. IN TXT \"certs@$\"\n"
#define BASE APEX A MX HOSTS TXT CAA CONTACT

struct taken {
    struct dcv_facts *facts;
    struct dcv_hostname name;
    struct dcv_shaper *shaper;
    struct dcv_shape shape;
};

static char *with_names(const char *zone, const char *domain, const char *others)
{
    struct dcv_buf out;
    dcv_buf_init(&out, 1 << 20);
    dcv_buf_puts(&out, "");
    for (; *zone != '\0'; zone++) {
        if (*zone == '$')
            dcv_buf_puts(&out, domain);
        else if (*zone == '&')
            dcv_buf_puts(&out, others);
        else
            dcv_buf_putc(&out, *zone);
    }
    ck_assert(!out.failed);
    return out.data;
}

static void take(struct taken *taken, const char *name, const char *zone, const char *domain, const char *others)
{
    char *text = with_names(zone, domain, others), *full = with_names(name, domain, others);
    struct dcv_hostname_error fault;
    ck_assert_msg(dcv_hostname_parse(full, strlen(full), &taken->name, &fault) == DCV_OK, "%s", full);
    taken->facts = world_facts(full, text);
    ck_assert_int_eq(dcv_shaper_create(world_psl, &taken->shaper), DCV_OK);
    ck_assert_int_eq(dcv_shape_of(taken->shaper, &taken->name, taken->facts, &taken->shape), DCV_OK);
    free(full);
    free(text);
}

static void done(struct taken *taken)
{
    dcv_shaper_free(taken->shaper);
    dcv_facts_free(taken->facts);
}

static bool same(const struct taken *one, const struct taken *other)
{
    ck_assert(one->shape.shared && other->shape.shared);
    return one->shape.len == other->shape.len && memcmp(one->shape.octets, other->shape.octets, one->shape.len) == 0;
}

static const char *const alike[] = {"$", "www.$", "a.b.$", "*.$", "shop.$"};

START_TEST(names_are_left_out)
{
    struct taken one, other;
    take(&one, alike[_i], BASE, "example-one.jp", "postbox.example");
    take(&other, alike[_i], BASE, "another.jp", "post-office.example");
    ck_assert(same(&one, &other));
    ck_assert_str_ne(one.shape.values, other.shape.values);
    done(&one);
    done(&other);
}
END_TEST

/* The label of a host matters no more than its domain does, but for "www", "mail" and those that begin with "_". */
START_TEST(labels_of_hosts)
{
    struct taken one, other, www;
    take(&one, "shop.$", BASE, "example-one.jp", "postbox.example");
    take(&other, "store.$", BASE, "example-one.jp", "postbox.example");
    take(&www, "www.$", BASE, "example-one.jp", "postbox.example");
    ck_assert(same(&one, &other));
    ck_assert(!same(&one, &www));
    done(&one);
    done(&other);
    done(&www);
}
END_TEST

/* Labels that stand before a place, as in "mail.{base}". */
static void look_at(const char *text)
{
    for (const char *place = strchr(text, '{'); place != NULL; place = strchr(place + 1, '{')) {
        const char *from = place;
        while (from > text && strchr("abcdefghijklmnopqrstuvwxyz0123456789-_.", from[-1]) != NULL)
            from--;
        if (from == place || place[-1] != '.')
            continue;
        for (size_t len; from < place; from += len + 1) {
            len = strcspn(from, ".");
            ck_assert_msg(len == 0 || dcv_shape_tells(from, len), "%.*s of: %s", (int)len, from, text);
        }
    }
}

START_TEST(labels_of_rules)
{
    const struct dcv_rule_info *info = dcv_rule_info((enum dcv_rule)_i);
    look_at(info->text);
    look_at(info->fix);
}
END_TEST

#define SIGNED "\n! secure $"
#define UNTIL "\n! trust $ CAA security=secure zone=$ owner=$ type=CAA at=0 until=%s until-zone=$ until-owner=$ until-type=CAA"

/* What differs from "$" with BASE, and whether it is then of another shape. */
static const struct {
    const char *what, *name, *zone, *domain, *others;
    bool differs;
} rows[] = {
    {"nothing", "$", BASE, "example-one.jp", "postbox.example", false},
    {"the order of records", "$", CONTACT "$. IN CAA 0 iodef \"mailto:security@$\"\n$. IN CAA 0 issue \"sectigo.com\"\n" TXT HOSTS
     "$. IN MX 20 mx2.&.\n$. IN MX 10 mx1.&.\n" A APEX, "example-one.jp", "postbox.example", false},
    {"TTLs", "$", "! misplaced off\n$. 60 IN SOA ns.$. root.$. 1 2 3 4 5\n$. 7 IN A 192.0.2.80\n$. 8 IN MX 10 mx1.&.\n$. 9 IN MX 20 mx2.&.\n" HOSTS TXT CAA CONTACT,
     "example-one.jp", "postbox.example", false},
    {"another public address", "$", APEX "$. IN A 198.51.100.9\n" MX "mx1.&. IN A 203.0.113.1\nmx2.&. IN A 203.0.113.2\n" TXT CAA CONTACT, "example-one.jp",
     "postbox.example", false},
    {"the serial of the zone", "$", "! misplaced off\n$. IN SOA ns.$. root.$. 99 2 3 4 5\n" A MX HOSTS TXT CAA CONTACT, "example-one.jp", "postbox.example", false},
    {"a private address", "$", APEX A MX "mx1.&. IN A 10.0.0.25\nmx2.&. IN A 192.0.2.26\n" TXT CAA CONTACT, "example-one.jp", "postbox.example", true},
    {"no address of a mail host", "$", APEX A MX "mx2.&. IN A 192.0.2.26\n" TXT CAA CONTACT, "example-one.jp", "postbox.example", true},
    {"an MX preference", "$", APEX A "$. IN MX 10 mx1.&.\n$. IN MX 21 mx2.&.\n" HOSTS TXT CAA CONTACT, "example-one.jp", "postbox.example", true},
    {"one MX less", "$", APEX A "$. IN MX 10 mx1.&.\n" HOSTS TXT CAA CONTACT, "example-one.jp", "postbox.example", true},
    {"a null MX", "$", APEX A "$. IN MX 0 .\n" TXT CAA CONTACT, "example-one.jp", "postbox.example", true},
    {"no MX", "$", APEX A TXT CAA CONTACT, "example-one.jp", "postbox.example", true},
    {"mail hosts below the domain", "$", APEX A "$. IN MX 10 mx1.$.\n$. IN MX 20 mx2.$.\nmx1.$. IN A 192.0.2.25\nmx2.$. IN A 192.0.2.26\n" TXT CAA CONTACT,
     "example-one.jp", "postbox.example", true},
    {"mail hosts of two others", "$", APEX A "$. IN MX 10 mx1.&.\n$. IN MX 20 mx2.second.example.\n" HOSTS "mx2.second.example. IN A 192.0.2.26\n" TXT CAA CONTACT,
     "example-one.jp", "postbox.example", true},
    {"a CAA issuer", "$", APEX A MX HOSTS TXT "$. IN CAA 0 issue \"digicert.com\"\n$. IN CAA 0 iodef \"mailto:security@$\"\n" CONTACT, "example-one.jp",
     "postbox.example", true},
    {"a CAA flag", "$", APEX A MX HOSTS TXT "$. IN CAA 128 issue \"sectigo.com\"\n$. IN CAA 0 iodef \"mailto:security@$\"\n" CONTACT, "example-one.jp",
     "postbox.example", true},
    {"a CAA tag", "$", APEX A MX HOSTS TXT "$. IN CAA 0 issuewild \"sectigo.com\"\n$. IN CAA 0 iodef \"mailto:security@$\"\n" CONTACT, "example-one.jp",
     "postbox.example", true},
    {"a CAA parameter", "$", APEX A MX HOSTS TXT "$. IN CAA 0 issue \"sectigo.com; validationmethods=dns-01\"\n$. IN CAA 0 iodef \"mailto:security@$\"\n" CONTACT,
     "example-one.jp", "postbox.example", true},
    {"a CAA mailbox elsewhere", "$", APEX A MX HOSTS TXT "$. IN CAA 0 issue \"sectigo.com\"\n$. IN CAA 0 iodef \"mailto:security@elsewhere.example\"\n" CONTACT,
     "example-one.jp", "postbox.example", true},
    {"CAA at the parent", "www.$", BASE, "example-one.jp", "postbox.example", true},
    {"a text", "$", APEX A MX HOSTS "$. IN TXT \"v=spf1 include:_spf.& ~all\"\n" CAA CONTACT, "example-one.jp", "postbox.example", false}, /* nobody asked for it */
    {"a contact", "$", APEX A MX HOSTS TXT CAA "_validation-contactemail.$. IN TXT \"admin@$\"\n", "example-one.jp", "postbox.example", true},
    {"a contact elsewhere", "$", APEX A MX HOSTS TXT CAA "_validation-contactemail.$. IN TXT \"certs@elsewhere.example\"\n", "example-one.jp", "postbox.example", true},
    {"a contact in two strings", "$", APEX A MX HOSTS TXT CAA "_validation-contactemail.$. IN TXT \"certs\" \"@$\"\n", "example-one.jp", "postbox.example", true},
    {"no contact", "$", APEX A MX HOSTS TXT CAA, "example-one.jp", "postbox.example", true},
    {"two contacts", "$", BASE "_validation-contactemail.$. IN TXT \"admin@$\"\n", "example-one.jp", "postbox.example", true},
    {"an outcome", "$", BASE "! servfail $ CAA", "example-one.jp", "postbox.example", true},
    {"another outcome", "$", BASE "! timeout $ CAA", "example-one.jp", "postbox.example", true},
    {"bogus", "$", BASE "! bogus $ CAA", "example-one.jp", "postbox.example", true},
    {"secure", "$", BASE "! secure $", "example-one.jp", "postbox.example", true},
    {"no validation", "$", BASE "! dnssec off", "example-one.jp", "postbox.example", true},
    {"who validates", "$", BASE "! validation no", "example-one.jp", "postbox.example", true},
    {"a wildcard", "*.$", BASE, "example-one.jp", "postbox.example", true},
    {"www", "www.$", BASE, "example-one.jp", "postbox.example", true},
    {"mail", "mail.$", BASE, "example-one.jp", "postbox.example", true},
    {"the public suffix", "$", BASE, "example-one.com", "postbox.example", true},
    {"a longer public suffix", "$", BASE, "example-one.co.jp", "postbox.example", true},
    {"the public suffix of the mail hosts", "$", BASE, "example-one.jp", "postbox.test", true},
    {"an alias", "www.$", BASE "www.$. IN CNAME host.&.\nhost.&. IN A 192.0.2.1\n", "example-one.jp", "postbox.example", true},
};

START_TEST(differences)
{
    struct taken plain, other;
    take(&plain, "$", BASE, "first-name.jp", "post.example");
    take(&other, rows[_i].name, rows[_i].zone, rows[_i].domain, rows[_i].others);
    ck_assert_msg(same(&plain, &other) != rows[_i].differs, "%s", rows[_i].what);
    done(&plain);
    done(&other);
}
END_TEST

/* Why an answer is not trusted, and until when it is. */
static const struct {
    const char *trust, *other;
    bool differs;
} trusts[] = {
    {"security=bogus cause=signature-expired zone=$ owner=$ type=CAA at=3600", "security=bogus cause=signature-expired zone=$ owner=$ type=CAA at=3600 key=77", false},
    {"security=bogus cause=signature-expired zone=$ owner=$ type=CAA at=3600", "security=bogus cause=signature-expired zone=$ owner=$ type=CAA at=90000", true},
    {"security=bogus cause=signature-expired zone=$ owner=$ type=CAA at=3600", "security=bogus cause=signature-missing zone=$ owner=$ type=CAA at=3600", true},
    {"security=bogus cause=signature-expired zone=$ owner=$ type=CAA at=3600", "security=bogus cause=signature-expired zone=jp owner=$ type=CAA at=3600", true},
    {"security=bogus cause=signature-expired zone=$ owner=$ type=CAA at=3600", "security=bogus cause=signature-expired zone=$ owner=$ type=DNSKEY at=3600", true},
    {"security=secure until=864000 until-zone=$ until-owner=$ until-type=CAA", "security=secure until=1728000 until-zone=$ until-owner=$ until-type=CAA", true},
    {"security=secure until=864000 until-zone=$ until-owner=$ until-type=CAA", "security=insecure until=864000 until-zone=$ until-owner=$ until-type=CAA", true},
    {"security=secure until=864000 until-zone=$ until-owner=$ until-type=CAA", "security=secure until=864000 until-zone=jp until-owner=jp until-type=CAA", true},
};

START_TEST(trust)
{
    char zone[2][2048];
    struct taken one, other;
    (void)snprintf(zone[0], sizeof zone[0], "%s! dnssec local\n! trust $ CAA %s\n", BASE, trusts[_i].trust);
    (void)snprintf(zone[1], sizeof zone[1], "%s! dnssec local\n! trust $ CAA %s\n", BASE, trusts[_i].other);
    take(&one, "$", zone[0], "example-one.jp", "postbox.example");
    take(&other, "$", zone[1], "another.jp", "post.example");
    ck_assert(same(&one, &other) != trusts[_i].differs);
    done(&one);
    done(&other);
}
END_TEST

static const struct {
    const char *name, *domain, *zone;
} alone[] = {
    {"$", "xn--wgv71a119e.jp", BASE},
    {"www.$", "xn--wgv71a119e.jp", BASE},
    {"xn--wgv71a119e.$", "example-one.jp", BASE},
    {"$", "co.jp", BASE}, /* a public suffix */
    {"$", "jp", BASE},
    {"$", "a123456789012345678901234567890123456789012345678901234567890.b123456789012345678901234567890123456789012345678901234567890.example.jp", BASE},
    {"$", "example-one.jp", BASE "! whois $ admin a@b.example\n"}, /* facts that are not of the DNS */
};

START_TEST(not_shared)
{
    struct taken taken;
    take(&taken, alone[_i].name, alone[_i].zone, alone[_i].domain, "postbox.example");
    ck_assert(!taken.shape.shared);
    done(&taken);
}
END_TEST

/* An A-label of a host elsewhere is shown as what it means: it is kept. */
START_TEST(a_label_of_a_mail_host)
{
    struct taken one, other;
    take(&one, "$", BASE, "example-one.jp", "xn--wgv71a119e.example");
    take(&other, "$", BASE, "example-one.jp", "xn--zckzah.example");
    ck_assert(!same(&one, &other));
    done(&one);
    done(&other);
}
END_TEST

static const char *const texts[] = {
    "", "nothing of it", "$", "mail to certs@$ or admin@www.$.", "$. IN CAA 0 issue \"x\"", "mx1.& and mx2.&", "[$,&]", "sub.mx1.&", "_spf.&", "www.$:www.$", "a.b.c.$", "$..",
    "\"name\":\"www.$\",\"other\":\"$\"", "ns.$ $. root.$", "\xc3\xa9$\xc3\xa9", "jp", "mail", "EXAMPLE-ONE.jp", "Certs@$",
    "*.$", "..$", "\"name\":\"*.$\",\"other\":\"*.www.$\"",
    "x$", "$x", "-$", "$.$", "$.jp", /* the first that is none of the names */
};
enum { FIRST_OTHER = 22 };

/* Marked and filled with the same names it is what it was; with those of the other, what would be said of it. */
START_TEST(marked_and_filled)
{
    struct taken one, other;
    struct dcv_buf marked, filled;
    dcv_buf_init(&marked, 1 << 16);
    dcv_buf_init(&filled, 1 << 16);
    take(&one, "www.$", BASE, "example-one.jp", "postbox.example");
    take(&other, "www.$", BASE, "another.jp", "post-office.example");
    ck_assert(same(&one, &other));
    char *first = with_names(texts[_i], "example-one.jp", "postbox.example"), *second = with_names(texts[_i], "another.jp", "post-office.example");
    const char *of_first = first != NULL ? first : "", *of_second = second != NULL ? second : "";
    dcv_shape_mark(one.shaper, of_first, strlen(of_first), &marked);
    ck_assert(dcv_shape_fill(dcv_buf_text(&marked), marked.len, one.shape.values, &filled));
    ck_assert_str_eq(dcv_buf_text(&filled), of_first);
    dcv_buf_clear(&filled);
    ck_assert(dcv_shape_fill(dcv_buf_text(&marked), marked.len, other.shape.values, &filled));
    if (_i < FIRST_OTHER)
        ck_assert_str_eq(dcv_buf_text(&filled), of_second);
    free(first);
    free(second);
    dcv_buf_done(&marked);
    dcv_buf_done(&filled);
    done(&one);
    done(&other);
}
END_TEST

/* Of a run that somebody else wrote. */
static const struct {
    const char *marked;
    size_t len;
    const char *values, *filled; /* NULL: refused */
} fills[] = {
    {OCTETS(""), "", ""},
    {OCTETS("plain"), "", "plain"},
    {OCTETS("\1  "), "www.example.jp", "www.example.jp"},
    {OCTETS("\1 !"), "www.example.jp", "example.jp"},
    {OCTETS("\1 \""), "www.example.jp", "jp"},
    {OCTETS("\1 #"), "www.example.jp", NULL},
    {OCTETS("\1 \xff"), "www.example.jp", NULL},
    {OCTETS("\1! "), "www.example.jp mx.example", "mx.example"},
    {OCTETS("\1!!"), "www.example.jp mx.example", "example"},
    {OCTETS("\1!\""), "www.example.jp mx.example", NULL},
    {OCTETS("\1\" "), "www.example.jp mx.example", NULL},
    {OCTETS("\1\xff "), "www.example.jp mx.example", NULL},
    {OCTETS("\1"), "www.example.jp", NULL},
    {OCTETS("\1 "), "www.example.jp", NULL},
    {OCTETS("\1\1\1"), "www.example.jp", NULL},
    {OCTETS("\1\0 "), "www.example.jp", NULL},
    {OCTETS("\1 \0"), "www.example.jp", NULL},
    {OCTETS("\1\x1f "), "www.example.jp", NULL},
    {OCTETS("\1  "), "", ""},
    {OCTETS("\1 !"), "", NULL},
    {OCTETS("\1! "), " ", ""},
    {OCTETS("a\1  b\1  c"), "x", "axbxc"},
    {OCTETS("a\1  b\1"), "x", NULL},
};

START_TEST(hostile_marks)
{
    struct dcv_buf filled;
    dcv_buf_init(&filled, 1 << 16);
    char *exact = malloc(fills[_i].len + (fills[_i].len == 0));
    memcpy(exact, fills[_i].marked, fills[_i].len);
    ck_assert_int_eq(dcv_shape_fill(exact, fills[_i].len, fills[_i].values, &filled), fills[_i].filled != NULL);
    if (fills[_i].filled != NULL)
        ck_assert_str_eq(dcv_buf_text(&filled), fills[_i].filled);
    free(exact);
    dcv_buf_done(&filled);
}
END_TEST

/* More hosts than can be told apart, and more records than are sorted. */
START_TEST(too_much)
{
    struct dcv_buf zone;
    struct taken taken;
    dcv_buf_init(&zone, 1 << 16);
    dcv_buf_puts(&zone, APEX);
    for (int i = 0; i < (_i == 0 ? 48 : 260); i++)
        dcv_buf_printf(&zone, _i == 0 ? "$. IN MX %d mx.host%d.example.\n" : "_validation-contactemail.$. IN TXT \"a%d@b%d.example\"\n", i, i);
    take(&taken, "$", dcv_buf_text(&zone), "example-one.jp", "postbox.example");
    ck_assert(!taken.shape.shared);
    done(&taken);
    dcv_buf_done(&zone);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("shape");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, names_are_left_out, 0, ROWS(alike));
    tcase_add_test(tcase, labels_of_hosts);
    tcase_add_loop_test(tcase, labels_of_rules, 0, DCV_RULE_COUNT);
    tcase_add_loop_test(tcase, differences, 0, ROWS(rows));
    tcase_add_loop_test(tcase, trust, 0, ROWS(trusts));
    tcase_add_loop_test(tcase, not_shared, 0, ROWS(alone));
    tcase_add_test(tcase, a_label_of_a_mail_host);
    tcase_add_loop_test(tcase, marked_and_filled, 0, ROWS(texts));
    tcase_add_loop_test(tcase, hostile_marks, 0, ROWS(fills));
    tcase_add_loop_test(tcase, too_much, 0, 2);
    return run_cases("shape", tcase);
}
