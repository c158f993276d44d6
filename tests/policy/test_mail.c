/* POLICY: mail states (RFC 5321 §5.1, RFC 7505), and what follows for an address. */
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <stdio.h>
#include <string.h>

#define SOA "example.jp. IN SOA ns.example.jp. root.example.jp. 1 2 3 4 5\n"

static const struct {
    const char *zone;
    enum dcv_mail mail;
    enum dcv_verdict verdict; /* for sectigo */
    const char *findings;     /* likewise */
} rows[] = {
    {SOA "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25", DCV_MAIL_MX, DCV_READY, ""},
    {SOA "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN AAAA 2001:db8::25", DCV_MAIL_MX, DCV_READY, ""},
    {SOA "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\n! timeout mail.example.jp AAAA", DCV_MAIL_MX, DCV_READY,
     "lookup-failed"},
    {SOA "example.jp. IN MX 10 a.example.jp.\nexample.jp. IN MX 20 b.example.jp.\nb.example.jp. IN A 192.0.2.25", DCV_MAIL_MX, DCV_READY,
     "mail-mx-dangling"},
    {SOA "example.jp. IN A 192.0.2.80", DCV_MAIL_IMPLICIT_MX, DCV_READY, "mail-implicit-mx=warning"},
    {SOA "example.jp. IN AAAA 2001:db8::80", DCV_MAIL_IMPLICIT_MX, DCV_READY, "mail-implicit-mx=warning"},
    {SOA "example.jp. IN MX 0 .\nexample.jp. IN A 192.0.2.80", DCV_MAIL_NULL_MX, DCV_NOT_READY, "no-usable-address mail-null-mx"},
    {SOA, DCV_MAIL_NO_MAIL, DCV_NOT_READY, "no-usable-address mail-none"},
    {SOA "example.jp. IN A 10.0.0.1", DCV_MAIL_BROKEN_MX, DCV_NOT_READY, "no-usable-address mail-mx-private"},
    {SOA "example.jp. IN MX 10 gone.example.jp.", DCV_MAIL_BROKEN_MX, DCV_NOT_READY, "no-usable-address mail-mx-dangling"},
    {SOA "example.jp. IN MX 10 gone.example.jp.\nexample.jp. IN A 192.0.2.80", DCV_MAIL_BROKEN_MX, DCV_NOT_READY,
     "no-usable-address mail-mx-dangling"}, /* an MX that leads nowhere is no leave to use the address */
    {SOA "example.jp. IN MX 10 alias.example.jp.\nalias.example.jp. IN CNAME mail.example.jp.\nmail.example.jp. IN A 192.0.2.25",
     DCV_MAIL_BROKEN_MX, DCV_NOT_READY, "no-usable-address mail-mx-cname"},
    {SOA "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.168.0.1", DCV_MAIL_BROKEN_MX, DCV_NOT_READY,
     "no-usable-address mail-mx-private"},
    {SOA "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 127.0.0.1\nmail.example.jp. IN A 192.0.2.25", DCV_MAIL_MX, DCV_READY, ""},
    {SOA "! timeout example.jp MX", DCV_MAIL_UNKNOWN, DCV_UNKNOWN_VERDICT, "mail-failed"},
    {SOA "! servfail example.jp MX", DCV_MAIL_UNKNOWN, DCV_UNKNOWN_VERDICT, "mail-failed"},
    {SOA "example.jp. IN MX 10 mail.example.jp.\n! servfail mail.example.jp A", DCV_MAIL_UNKNOWN, DCV_UNKNOWN_VERDICT, "mail-failed"},
    {SOA "! timeout example.jp A", DCV_MAIL_UNKNOWN, DCV_UNKNOWN_VERDICT, "mail-failed"},
    {"jp. IN SOA ns.jp. root.jp. 1 2 3 4 5", DCV_MAIL_NXDOMAIN, DCV_NOT_READY, "name-nxdomain mail-nxdomain"},
};

START_TEST(state)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .zone = rows[_i].zone};
    world_judge(&world);
    const struct dcv_judged_ca *ca = &world.judged.cas.items[0];
    size_t constructed = 0;
    for (size_t i = 0; i < ca->entries.count; i++) {
        const struct dcv_entry *entry = &ca->entries.items[i];
        if (entry->source != DCV_SOURCE_CONSTRUCTED)
            continue;
        constructed++;
        ck_assert_msg(entry->mail == rows[_i].mail, "%s: %s", rows[_i].zone, world_entry(&world, 0, i));
        ck_assert_int_eq(entry->usable, rows[_i].verdict == DCV_READY);
    }
    ck_assert_uint_eq(constructed, 5);
    ck_assert_msg(strcmp(world_findings(&world, 0), rows[_i].findings) == 0, "%s\n%s", rows[_i].zone, world_findings(&world, 0));
    ck_assert_int_eq(ca->verdict, rows[_i].verdict);
    world_done(&world);
}
END_TEST

/* digicert mails only where there is an MX. */
START_TEST(mx_required)
{
    struct world world = {.name = "example.jp", .ca = "digicert sectigo", .as_of = "2026-11-21", .zone = SOA "example.jp. IN A 192.0.2.80"};
    world_judge(&world);
    ck_assert_int_eq(world.judged.cas.items[0].verdict, DCV_NOT_READY);
    ck_assert_str_eq(world_findings(&world, 0), "no-usable-address mail-mx-required mail-implicit-mx");
    ck_assert_int_eq(world.judged.cas.items[1].verdict, DCV_READY);
    world_done(&world);
}
END_TEST

START_TEST(private_addresses_allowed)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21", .allow_private_addresses = true,
                          .zone = SOA "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.168.0.1"};
    world_judge(&world);
    ck_assert_int_eq(world.judged.cas.items[0].verdict, DCV_READY);
    world_done(&world);
}
END_TEST

/* What is wrong with one mail domain counts for less where another one works. */
START_TEST(weakened)
{
    struct world world = {.name = "www.example.jp", .ca = "sectigo", .as_of = "2026-11-21",
                          .zone = SOA "www.example.jp. IN A 10.0.0.1\nexample.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25"};
    world_judge(&world);
    ck_assert_int_eq(world.judged.cas.items[0].verdict, DCV_READY);
    ck_assert_str_eq(world_findings(&world, 0), "mail-mx-private=notice");
    world_done(&world);
}
END_TEST

/* The mail domain of a contact is judged, wherever it lies. */
START_TEST(mail_domain_elsewhere)
{
    struct world world = {.name = "example.jp", .ca = "sectigo", .as_of = "2026-11-21",
                          .zone = SOA "example.jp. IN MX 0 .\n_validation-contactemail.example.jp. IN TXT \"dcv@mail.example.com\"\n"
                                      "mail.example.com. IN MX 10 mx.example.net.\nmx.example.net. IN A 192.0.2.25"};
    world_judge(&world);
    const struct dcv_entry *entry = dcv_judged_best(&world.judged.cas.items[0], "dcv@mail.example.com");
    ck_assert_ptr_nonnull(entry);
    ck_assert_int_eq(entry->mail, DCV_MAIL_MX);
    ck_assert(entry->usable);
    ck_assert_int_eq(world.judged.cas.items[0].verdict, DCV_READY);
    ck_assert_str_eq(world_findings(&world, 0), "mail-null-mx=notice");
    world_done(&world);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("mail");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_loop_test(tcase, state, 0, ROWS(rows));
    tcase_add_test(tcase, mx_required);
    tcase_add_test(tcase, private_addresses_allowed);
    tcase_add_test(tcase, weakened);
    tcase_add_test(tcase, mail_domain_elsewhere);
    return run_cases("mail", tcase);
}
