#include "fact/delivery.h"

#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

/* One zone for all rows: "HOST/v4" or "HOST/v6" in the order in which they are tried. */
static const char zone[] = "a.example.jp. IN MX 20 two.example.net.\na.example.jp. IN MX 10 one.example.net.\n"
                           "b.example.jp. IN MX 10 one.example.net.\nf.example.jp. IN MX 5 one.example.net.\nf.example.jp. IN MX 6 two.example.net.\n"
                           "c.example.jp. IN A 192.0.2.80\n"
                           "d.example.jp. IN MX 0 .\nd.example.jp. IN A 192.0.2.81\n"
                           "e.example.jp. IN MX 10 gone.example.net.\n"
                           "one.example.net. IN A 192.0.2.1\none.example.net. IN AAAA 2001:db8::1\n"
                           "two.example.net. IN A 192.0.2.2\n";
static const char names[] = "a.example.jp b.example.jp c.example.jp d.example.jp e.example.jp f.example.jp";

static const struct {
    const char *domain, *hosts;
} rows[] = {
    {"a.example.jp", "one.example.net/v6 one.example.net/v4 two.example.net/v4"},
    {"b.example.jp", "one.example.net/v6 one.example.net/v4"},
    {"c.example.jp", "c.example.jp/v4"}, /* RFC 5321 §5.1: the domain itself, without an MX */
    {"d.example.jp", ""},                /* RFC 7505: no mail at all, whatever addresses there are */
    {"e.example.jp", ""},
    {"nobody.example.jp", ""},
};

/* Facts of all domains, as contacts at www.example.jp lead to them. */
static struct dcv_facts *facts_in(const char *records)
{
    char text[2000] = "", domain[64];
    for (const char *at = names; sscanf(at, "%63s", domain) == 1; at += strlen(domain) + (at[strlen(domain)] != '\0')) {
        const size_t len = strlen(text);
        (void)snprintf(text + len, sizeof text - len, "_validation-contactemail.www.example.jp. IN TXT \"dcv@%s\"\n", domain);
        if (at[strlen(domain)] == '\0')
            break;
    }
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s", records);
    return world_facts("www.example.jp", text);
}

static struct dcv_facts *facts_of(void)
{
    return facts_in(zone);
}

START_TEST(hosts)
{
    char text[1000] = "", host[DCV_NAME_TEXT_MAX];
    struct dcv_mail_host out[DCV_MAIL_HOSTS];
    struct dcv_facts *facts = facts_of();
    const struct dcv_name domain = world_name(rows[_i].domain);
    const size_t count = dcv_mail_hosts(facts, &domain, out);
    for (size_t i = 0; i < count; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s/%s", i == 0 ? "" : " ", dcv_name_text(&out[i].host, host),
                       out[i].address.type == DCV_TYPE_AAAA ? "v6" : "v4");
    ck_assert_str_eq(text, rows[_i].hosts);
    dcv_facts_free(facts);
}
END_TEST

/* One conversation for domains that have the same hosts, each address once; one that shares but the first of them has its own. */
START_TEST(conversations)
{
    static const char *const addresses[] = {"x@a.example.jp", "y@f.example.jp", "x@a.example.jp", "z@c.example.jp", "z@d.example.jp", "w@b.example.jp"};
    enum { COUNT = sizeof addresses / sizeof addresses[0] };
    struct dcv_mailbox mailboxes[COUNT] = {0};
    struct dcv_delivery out[DCV_DELIVERIES];
    struct dcv_facts *facts = facts_of();
    for (size_t i = 0; i < COUNT; i++)
        mailboxes[i] = (struct dcv_mailbox){.address = addresses[i], .local_len = 1, .domain = world_name(addresses[i] + 2)};
    ck_assert_uint_eq(dcv_deliveries(facts, mailboxes, COUNT, out), 3);
    ck_assert_uint_eq(out[0].count, 2);
    ck_assert_str_eq(out[0].addresses[0], "x@a.example.jp");
    ck_assert_str_eq(out[0].addresses[1], "y@f.example.jp");
    ck_assert_uint_eq(out[0].domain_count, 2);
    ck_assert_uint_eq(out[0].host_count, 3);
    ck_assert_uint_eq(out[0].hosts[1].preference, 10);
    ck_assert_uint_eq(out[0].hosts[2].preference, 20);
    ck_assert_uint_eq(out[1].count, 1);
    ck_assert_str_eq(out[1].addresses[0], "z@c.example.jp");
    ck_assert_str_eq(out[2].addresses[0], "w@b.example.jp");
    ck_assert_uint_eq(out[2].host_count, 2);
    dcv_facts_free(facts);
}
END_TEST

/* Hosts of the lowest preference are all asked: only domains with the same ones share a conversation, in whatever order they stand. */
START_TEST(fronts)
{
    static const char text[] = "a.example.jp. IN MX 10 one.example.net.\na.example.jp. IN MX 10 two.example.net.\n"
                               "b.example.jp. IN MX 5 two.example.net.\nb.example.jp. IN MX 5 one.example.net.\n"
                               "c.example.jp. IN MX 10 one.example.net.\nc.example.jp. IN MX 20 two.example.net.\n"
                               "one.example.net. IN A 192.0.2.1\ntwo.example.net. IN A 192.0.2.2\n";
    static const char *const addresses[] = {"x@a.example.jp", "y@b.example.jp", "z@c.example.jp"};
    struct dcv_mailbox mailboxes[ROWS(addresses)];
    struct dcv_delivery out[DCV_DELIVERIES];
    struct dcv_facts *facts = facts_in(text);
    for (size_t i = 0; i < ROWS(addresses); i++)
        mailboxes[i] = (struct dcv_mailbox){.address = addresses[i], .local_len = 1, .domain = world_name(addresses[i] + 2)};
    ck_assert_uint_eq(dcv_deliveries(facts, mailboxes, ROWS(addresses), out), 2);
    ck_assert_uint_eq(out[0].count, 2);
    ck_assert_str_eq(out[0].addresses[1], "y@b.example.jp");
    ck_assert_str_eq(out[1].addresses[0], "z@c.example.jp");
    dcv_facts_free(facts);
}
END_TEST

/* However many there are. */
START_TEST(bounds)
{
    static struct dcv_mailbox mailboxes[3 * DCV_DELIVERY_ADDRESSES];
    static char addresses[3 * DCV_DELIVERY_ADDRESSES][32];
    struct dcv_delivery out[DCV_DELIVERIES];
    struct dcv_facts *facts = facts_of();
    for (size_t i = 0; i < ROWS(mailboxes); i++) {
        (void)snprintf(addresses[i], sizeof addresses[i], "n%zu@a.example.jp", i);
        mailboxes[i] = (struct dcv_mailbox){.address = addresses[i], .domain = world_name("a.example.jp")};
    }
    ck_assert_uint_eq(dcv_deliveries(facts, mailboxes, ROWS(mailboxes), out), 1);
    ck_assert_uint_eq(out[0].count, DCV_DELIVERY_ADDRESSES);
    dcv_facts_free(facts);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("delivery");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, hosts, 0, ROWS(rows));
    tcase_add_test(tcase, conversations);
    tcase_add_test(tcase, fronts);
    tcase_add_test(tcase, bounds);
    return run_cases("delivery", tcase);
}
