/* What an order comes to, and how long a certificate and a validation last. */
#include "snapshot.h"

#include "policy/judge.h"
#include "support/rows.h"
#include "support/world.h"

#include <string.h>

#define ZONE "example.jp. IN SOA ns.example.jp. root.example.jp. 1 2 3 4 5\nexample.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\n"

static const char *known_text(enum dcv_known known)
{
    switch (known) {
    case DCV_UNKNOWN: return "not known";
    case DCV_NO: return "no";
    case DCV_YES: return "yes";
    }
    return "?";
}

static const char *recipients_text(enum dcv_recipients recipients)
{
    switch (recipients) {
    case DCV_RECIPIENTS_UNKNOWN: return "not known";
    case DCV_RECIPIENTS_ALL: return "all";
    case DCV_RECIPIENTS_ONE: return "one, chosen by the applicant";
    case DCV_RECIPIENTS_CONFIGURABLE: return "configurable";
    }
    return "?";
}

/* ---- an order --------------------------------------------------------------------------------------------------------------- */

static const char *who_is_mailed(const struct dcv_ca *ca, const struct days *days, struct dcv_arena *arena)
{
    struct timeline timeline = {0};
    for (size_t i = 0; i < days->list.count; i++)
        timeline_add(&timeline, arena, days->list.items[i], recipients_text(dcv_ca_recipients(ca, days->list.items[i])));
    return timeline.text;
}

/* The mail states with which an address is usable, or not. */
static const char *mail_states(const struct dcv_ca *ca, bool arrives, struct dcv_arena *arena)
{
    const char *text = "";
    for (int state = 0; state <= DCV_MAIL_UNVERIFIABLE; state++)
        if (mail_arrives(ca, (enum dcv_mail)state) == arrives)
            text = page_join(arena, text, dcv_mail_text((enum dcv_mail)state));
    return text;
}

/* Is a wildcard name refused for want of a product? */
static const char *wildcard(const struct dcv_ca *ca, struct dcv_arena *arena)
{
    char day[DCV_DATE_TEXT];
    struct world world = {.name = "*.example.jp", .as_of = dcv_date_format(days_reference(), day), .zone = ZONE, .ca = ca->id};
    world_judge(&world);
    const bool refused = strstr(world_findings(&world, 0), "wildcard-no-product") != NULL;
    world_done(&world);
    return dcv_arena_printf(arena, "%s (product: %s)", refused ? "refused" : "not refused", known_text(ca->wildcard));
}

static const char *products(const struct dcv_ca *ca, struct dcv_arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < ca->product_count; i++) {
        const struct dcv_product *product = &ca->products[i];
        text = page_join(arena, text, dcv_arena_printf(arena, "%s %s%s", product->id, product->validation, product->wildcard ? " wildcard" : ""));
    }
    return text[0] != '\0' ? text : "none known";
}

/* DNS and HTTP methods: each with what is known of it. */
static const char *technical(const struct dcv_ca *ca, struct dcv_arena *arena)
{
    const char *text = "";
    for (size_t i = 0; i < ca->method_count; i++) {
        const struct dcv_technical_method *method = &ca->methods[i];
        text = page_join(arena, text, dcv_arena_printf(arena, "%s%s%s %s", dcv_method_info(method->method)->name, method->type != NULL ? " " : "",
                                                       method->type != NULL ? method->type : "", known_text(method->offered)));
    }
    return text[0] != '\0' ? text : "none known";
}

void order_print(const struct dcv_ca *ca, struct dcv_arena *arena, struct dcv_buf *out)
{
    struct days days = {0};
    days_fill(&days, arena, true);
    page_title(out, "orders");
    page_row(out, "issues by itself", ca->issues ? "yes" : "no");
    page_row(out, "validates by e-mail", ca->by_email ? "yes" : "no");
    page_row(out, "who is mailed", who_is_mailed(ca, &days, arena));
    page_row(out, "wants an MX", known_text(ca->mx_required));
    page_row(out, "mail states that do", mail_states(ca, true, arena));
    page_row(out, "mail states that do not", mail_states(ca, false, arena));
    page_row(out, "life of the code in the mail", ca->code_hours != 0 ? dcv_arena_printf(arena, "%d h", ca->code_hours) : "not known");
    page_row(out, "wildcard names", wildcard(ca, arena));
    page_row(out, "products", products(ca, arena));
    page_row(out, "methods without e-mail", technical(ca, arena));
}

/* ---- validity ------------------------------------------------------------------------------------------------------------------ */

/* As judged; in months where that is how the CA counts and what the judgement came to. */
static const char *validity_on(const struct dcv_ca *ca, const struct dcv_facts *facts, dcv_date day, struct dcv_arena *arena)
{
    struct dcv_arena *own = dcv_arena_create(NULL);
    struct dcv_policy_options options = {.as_of = day, .set = world_set, .cas = &ca, .ca_count = 1, .psl = world_psl};
    struct dcv_hostname hostname;
    struct dcv_hostname_error error;
    struct dcv_judged judged;
    if (dcv_hostname_parse("example.jp", strlen("example.jp"), &hostname, &error) != DCV_OK
        || dcv_policy_judge(&options, "example.jp", &hostname, facts, own, &judged) != DCV_OK)
        snapshot_die("example.jp cannot be judged");
    const int validity = judged.cas.items[0].validity_days;
    const struct dcv_ca_limit *limit = dcv_ca_limit(ca, day);
    dcv_arena_free(own);
    if (limit != NULL && limit->validity_months != 0 && validity == dcv_date_add_months(day, limit->validity_months) - day)
        return dcv_arena_printf(arena, "%d months", limit->validity_months);
    return dcv_arena_printf(arena, "%d d", validity);
}

/* The age that a validation may have on a day of issue: the largest with which it may still be used. */
static int reuse_on(const struct dcv_ca *ca, dcv_date day)
{
    enum { MORE_THAN_ANY = 1000 };
    int low = 0, high = MORE_THAN_ANY; /* may be used; may not */
    while (high - low > 1) {
        const int age = (low + high) / 2;
        const dcv_date last = dcv_ca_last_reuse_day(ca, day - age, DCV_METHOD_DNS_CHANGE);
        if (last != DCV_DATE_NONE && last >= day)
            low = age;
        else
            high = age;
    }
    return low;
}

static const char *const done_on[] = {"2024-06-01", "2025-07-01", "2025-09-01", "2025-11-10", "2026-02-24", "2026-03-15",
                                      "2026-11-21", "2027-03-01", "2028-03-01", "2028-03-15", "2029-03-10"};
static const enum dcv_method done_by[] = {DCV_METHOD_DOMAIN_CONTACT, DCV_METHOD_CONSTRUCTED, DCV_METHOD_TXT_CONTACT,
                                          DCV_METHOD_CAA_CONTACT, DCV_METHOD_DNS_CHANGE, DCV_METHOD_DNS_PERSIST};

static dcv_date day_of(const char *text)
{
    dcv_date day;
    if (!dcv_date_parse(text, &day))
        snapshot_die("%s is no date", text);
    return day;
}

/* Has the CA no limit of its own that shows? */
static bool as_the_br(const struct dcv_ca *ca)
{
    for (int i = 0; i < ROWS(done_on); i++)
        for (int j = 0; j < ROWS(done_by); j++)
            if (dcv_ca_last_reuse_day(ca, day_of(done_on[i]), done_by[j]) != dcv_br_last_reuse_day(day_of(done_on[i]), done_by[j], 0))
                return false;
    return true;
}

static void print_last_days(const struct dcv_ca *ca, struct dcv_buf *out)
{
    if (ca->kind != DCV_CA_KIND_BASELINE && as_the_br(ca)) {
        page_row(out, "last day to issue on a validation", "as in baseline.txt");
        return;
    }
    dcv_buf_puts(out, "  last day to issue on a validation\n  done        ");
    for (int i = 0; i < ROWS(done_by); i++)
        dcv_buf_printf(out, "%-*s", i + 1 < ROWS(done_by) ? 15 : 0, dcv_method_info(done_by[i])->name);
    dcv_buf_putc(out, '\n');
    for (int i = 0; i < ROWS(done_on); i++) {
        char text[DCV_DATE_TEXT];
        dcv_buf_printf(out, "  %-12s", done_on[i]);
        for (int j = 0; j < ROWS(done_by); j++) {
            const dcv_date last = dcv_ca_last_reuse_day(ca, day_of(done_on[i]), done_by[j]);
            dcv_buf_printf(out, "%-*s", j + 1 < ROWS(done_by) ? 15 : 0, last != DCV_DATE_NONE ? dcv_date_format(last, text) : "-");
        }
        dcv_buf_putc(out, '\n');
    }
}

void limits_print(const struct dcv_ca *ca, struct dcv_arena *arena, struct dcv_buf *out)
{
    struct days days = {0};
    struct timeline validity = {0}, reuse = {0};
    struct dcv_facts *facts = world_facts("example.jp", ZONE);
    days_fill(&days, arena, false);
    for (size_t i = 0; i < days.list.count; i++) {
        const dcv_date day = days.list.items[i];
        timeline_add(&validity, arena, day, validity_on(ca, facts, day, arena));
        timeline_add(&reuse, arena, day, dcv_arena_printf(arena, "%d d", reuse_on(ca, day)));
    }
    dcv_facts_free(facts);
    page_title(out, "limits by the day of issue");
    page_row(out, "a certificate lasts", validity.text);
    page_row(out, "a validation may be reused for", reuse.text);
    print_last_days(ca, out);
}
