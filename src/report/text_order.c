/* The text of an order: what it is, what blocks it, which address approves what, and who may be asked. */
#include "report/text.h"

#include "fact/x509.h"
#include "report/words.h"

#include <string.h>

struct order_page {
    struct dcv_page page;
    const struct dcv_report_order *report;
    const struct dcv_order *order;
};

/* ---- the head -------------------------------------------------------------------------------------------------------------------- */

static const char *key_text(struct dcv_page *page, const struct dcv_key *key)
{
    if (key->type == DCV_KEY_EC && key->curve != NULL)
        return dcv_page_printf(page, "EC %s", dcv_page_safe(page, key->curve));
    if (key->type == DCV_KEY_RSA)
        return dcv_page_printf(page, "RSA %u", key->bits);
    return dcv_page_safe(page, key->type_text);
}

static const char *subject_text(struct dcv_page *page, const struct dcv_x509 *x509)
{
    const char *text = "";
    for (size_t i = 0; i < x509->subject_count; i++) {
        const struct dcv_dn_field *field = &x509->subject[i];
        text = dcv_page_printf(page, "%s%s%s=%s", text, i == 0 ? "" : ", ", dcv_page_safe(page, field->type),
                               dcv_page_safe_n(page, field->value, field->len));
    }
    return text;
}

static void put_x509(struct order_page *page, const char *lead, const struct dcv_x509 *x509)
{
    struct dcv_page *base = &page->page;
    if (x509 == NULL)
        return;
    const char *ends = x509->certificate ? dcv_page_printf(base, _(", valid until %s"), dcv_page_date(base, x509->not_after)) : "";
    const char *subject = subject_text(base, x509);
    dcv_paper_put(&base->paper, 0, DCV_PLAIN, lead, 2,
                  dcv_page_printf(base, "%s (%s%s%s%s)", dcv_page_safe(base, x509->path != NULL ? x509->path : "-"), key_text(base, &x509->key), ends,
                                  subject[0] != '\0' ? "; " : "", subject));
}

static const char *sentence_of_one(struct order_page *page, const char *ca)
{
    switch (page->order->sum.verdict) {
    case DCV_READY: return dcv_page_printf(&page->page, _("%s can validate every name of the order by e-mail."), ca);
    case DCV_NOT_READY:
        return dcv_page_printf(&page->page, _("%s cannot validate every name of the order by e-mail. Begin with the blockers below."), ca);
    case DCV_UNKNOWN_VERDICT:
        return dcv_page_printf(&page->page, _("whether %s can validate every name of the order by e-mail could not be learned; see the warnings below."),
                               ca);
    }
    return "";
}

static const char *verdict_sentence(struct order_page *page)
{
    const struct dcv_judged *sum = &page->order->sum;
    if (sum->cas.count == 1)
        return sentence_of_one(page, sum->cas.items[0].ca->id);
    size_t ready = 0, unknown = 0;
    for (size_t i = 0; i < sum->cas.count; i++) {
        ready += sum->cas.items[i].verdict == DCV_READY;
        unknown += sum->cas.items[i].verdict == DCV_UNKNOWN_VERDICT;
    }
    switch (sum->verdict) {
    case DCV_READY:
        return dcv_page_printf(&page->page, _("%zu of %zu CAs can validate every name of the order by e-mail."), ready, sum->cas.count);
    case DCV_NOT_READY:
        return dcv_page_printf(&page->page, _("%zu of %zu CAs can validate every name of the order by e-mail. Begin with the blockers below."),
                               ready, sum->cas.count);
    case DCV_UNKNOWN_VERDICT:
        return dcv_page_printf(&page->page, _("for %zu of %zu CAs, what decides could not be learned; see the warnings below."), unknown,
                               sum->cas.count);
    }
    return "";
}

static void head(struct order_page *page)
{
    struct dcv_page *base = &page->page;
    const struct dcv_order *order = page->order;
    const size_t count = order->names.count + order->invalid;
    dcv_paper_put(&base->paper, 0, DCV_BOLD, count == 1 ? _("Order of one name") : dcv_page_printf(base, _("Order of %zu names"), count), 2,
                  order->invalid != 0 ? dcv_page_printf(base, _(", of which %zu are no host names"), order->invalid) : "");
    dcv_paper_put(&base->paper, 0, DCV_PLAIN, "", 2, dcv_page_printf(base, _("e-mail validation on %s"), dcv_page_date(base, order->sum.as_of)));
    dcv_verdict_line(base, order->sum.verdict, verdict_sentence(page));
    put_x509(page, _("Request: "), order->csr);
    put_x509(page, _("Certificate in use: "), order->certificate);
    if (order->issuer != NULL)
        dcv_paper_put(&page->page.paper, 0, DCV_PLAIN, _("Issued by "), 2,
                      dcv_page_printf(&page->page, order->issuer_ca != NULL ? "%s (%s)" : "%s", dcv_page_safe(&page->page, order->issuer),
                                      order->issuer_ca != NULL ? order->issuer_ca->id : ""));
}

/* ---- what is wrong with the names -------------------------------------------------------------------------------------------------- */

static const char *name_of(struct order_page *page, size_t number)
{
    return dcv_page_safe(&page->page, page->order->names.items[number].judged->name->unicode);
}

/* "a, b, c and 97 more" */
static const char *some_names(struct order_page *page, const size_t *names, size_t count)
{
    enum { SHOWN = 4 };
    const size_t shown = page->page.options->verbosity > 0 || count <= SHOWN + 1 ? count : SHOWN;
    const char *text = "";
    for (size_t i = 0; i < shown; i++)
        text = dcv_page_printf(&page->page, "%s%s%s", text, i == 0 ? "" : ", ", name_of(page, names[i]));
    return shown == count ? text : dcv_page_printf(&page->page, _("%s and %zu more"), text, count - shown);
}

/* One rule, and the names that it hits. */
struct hit {
    enum dcv_rule rule;
    const struct dcv_finding_group *first;
    DCV_VEC(size_t) names;
    DCV_VEC(const char *) fixes; /* lines for a zone file */
};
typedef DCV_VEC(struct hit) hits;

static struct hit *hit_of(struct order_page *page, hits *all, const struct dcv_finding_group *group)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].rule == group->finding->rule)
            return &all->items[i];
    struct hit *hit = DCV_VEC_ADD(page->page.arena, all);
    if (hit != NULL)
        *hit = (struct hit){.rule = group->finding->rule, .first = group};
    return hit;
}

static void add_fix(struct order_page *page, struct hit *hit, const char *line)
{
    for (size_t i = 0; i < hit->fixes.count; i++)
        if (strcmp(hit->fixes.items[i], line) == 0)
            return;
    const char **slot = DCV_VEC_ADD(page->page.arena, &hit->fixes);
    if (slot != NULL)
        *slot = line;
}

static void add_hit(struct order_page *page, hits *all, size_t name, const struct dcv_finding_group *group)
{
    struct hit *hit = hit_of(page, all, group);
    if (hit == NULL)
        return;
    if (hit->names.count == 0 || hit->names.items[hit->names.count - 1] != name) {
        size_t *slot = DCV_VEC_ADD(page->page.arena, &hit->names);
        if (slot != NULL)
            *slot = name;
    }
    for (size_t i = 0; i < group->fixes.count; i++)
        if (group->fixes.items[i].kind == DCV_FIX_ZONE)
            add_fix(page, hit, group->fixes.items[i].text);
}

static void put_hit(struct order_page *page, const struct hit *hit, enum dcv_severity severity)
{
    enum { FIXES = 6, INDENT = 4 };
    struct dcv_page *base = &page->page;
    const char *clause = hit->first->finding->clause;
    dcv_paper_put(&base->paper, 0, severity == DCV_BLOCKER ? DCV_RED : DCV_YELLOW,
                  dcv_page_printf(base, "%s %s: ", dcv_word_severity(severity), dcv_rule_info(hit->rule)->id), 2,
                  clause[0] == '\0' ? hit->first->text : dcv_page_printf(base, "%s [%s]", hit->first->text, dcv_page_safe(base, clause)));
    /* The sentence is that of the first name: for the others it may be another CAA record, or another mail domain. */
    const char *lead = hit->names.count == 1 ? _("Names: ") : dcv_page_printf(base, _("This, or its like, for %zu names: "), hit->names.count);
    dcv_paper_put(&base->paper, 2, DCV_PLAIN, lead, INDENT, some_names(page, hit->names.items, hit->names.count));
    const size_t shown = hit->fixes.count > FIXES && base->options->verbosity == 0 ? FIXES : hit->fixes.count;
    if (shown != 0)
        dcv_paper_put(&base->paper, 2, DCV_PLAIN, "", INDENT, _("Fix, in the zone file:"));
    for (size_t i = 0; i < shown; i++)
        dcv_paper_line(&base->paper, INDENT, hit->fixes.items[i]);
    if (shown < hit->fixes.count)
        dcv_paper_put(&base->paper, INDENT, DCV_PLAIN, "", INDENT, dcv_page_printf(base, _("... and %zu more; -v shows them"), hit->fixes.count - shown));
    for (size_t i = 0; hit->fixes.count == 0 && i < hit->first->fixes.count; i++)
        dcv_paper_put(&base->paper, 2, DCV_PLAIN, _("Fix: "), INDENT, hit->first->fixes.items[i].text);
}

static void put_hits(struct order_page *page, enum dcv_severity severity)
{
    hits all = {0};
    for (size_t name = 0; name < page->order->names.count; name++) {
        dcv_finding_groups groups = {0};
        dcv_group_findings(page->page.arena, page->order->names.items[name].judged, NULL, severity, &groups);
        for (size_t i = 0; i < groups.count; i++)
            add_hit(page, &all, name, &groups.items[i]);
    }
    if (all.count != 0)
        dcv_paper_title(&page->page.paper, severity == DCV_BLOCKER ? _("What blocks single names") : _("Warnings about single names"));
    for (size_t i = 0; i < all.count; i++)
        put_hit(page, &all.items[i], severity);
}

static void findings(struct order_page *page)
{
    for (enum dcv_severity severity = DCV_BLOCKER; severity <= DCV_NOTICE; severity++)
        (void)dcv_text_findings_by_rule(&page->page, severity);
    put_hits(page, DCV_BLOCKER);
    put_hits(page, DCV_WARNING);
}

/* ---- names by how many CAs -------------------------------------------------------------------------------------------------------- */

/* Of an unknown verdict, what could not be learned. */
static const char *reasons_of(struct order_page *page, const struct dcv_judged *judged)
{
    const enum dcv_severity severity = judged->verdict == DCV_UNKNOWN_VERDICT ? DCV_WARNING : DCV_BLOCKER;
    dcv_finding_groups groups = {0};
    const char *text = "";
    bool seen[DCV_RULE_COUNT] = {false};
    dcv_group_findings(page->page.arena, judged, NULL, severity, &groups);
    for (size_t i = 0; i < groups.count; i++) {
        enum dcv_rule rule = groups.items[i].finding->rule;
        if (!seen[rule] && !(severity == DCV_WARNING && dcv_rule_advises(rule)))
            text = dcv_page_printf(&page->page, "%s%s%s", text, text[0] == '\0' ? "" : ", ", dcv_rule_info(rule)->id);
        seen[rule] = true;
    }
    return text;
}

static size_t ready_cas(const struct dcv_judged *judged)
{
    size_t ready = 0;
    for (size_t i = 0; i < judged->cas.count; i++)
        ready += judged->cas.items[i].verdict == DCV_READY;
    return ready;
}

static const char *origin_mark(const char *origin)
{
    if (strcmp(origin, "also-www") == 0)
        return _(" (added by --also-www)");
    if (strcmp(origin, "common-name") == 0)
        return _(" (the common name)");
    return "";
}

/* Names that fare alike. */
struct alike {
    size_t ready;
    enum dcv_verdict verdict;
    const char *reasons;
    DCV_VEC(size_t) names;
};
typedef DCV_VEC(struct alike) alikes;

/* Of a short order every name has its row; of a long one, or when all is to be shown at once, names that fare alike share one. */
static void collect_alike(struct order_page *page, bool apart, alikes *out)
{
    for (size_t i = 0; i < page->order->names.count; i++) {
        const struct dcv_judged *judged = page->order->names.items[i].judged;
        const size_t ready = ready_cas(judged);
        const char *reasons = reasons_of(page, judged);
        struct alike *alike = NULL;
        for (size_t j = 0; !apart && j < out->count && alike == NULL; j++)
            if (out->items[j].ready == ready && out->items[j].verdict == judged->verdict && strcmp(out->items[j].reasons, reasons) == 0)
                alike = &out->items[j];
        if (alike == NULL && (alike = DCV_VEC_ADD(page->page.arena, out)) != NULL)
            *alike = (struct alike){.ready = ready, .verdict = judged->verdict, .reasons = reasons};
        size_t *slot = alike != NULL ? DCV_VEC_ADD(page->page.arena, &alike->names) : NULL;
        if (slot != NULL)
            *slot = i;
    }
}

static const char *names_of_row(struct order_page *page, const struct alike *alike)
{
    if (alike->names.count > 1)
        return some_names(page, alike->names.items, alike->names.count);
    const size_t number = alike->names.items[0];
    return dcv_page_printf(&page->page, "%s%s", name_of(page, number), origin_mark(page->order->names.items[number].origin));
}

static void names(struct order_page *page)
{
    enum { COLUMNS = 3, APART = 12 };
    const struct dcv_order *order = page->order;
    struct dcv_page *base = &page->page;
    alikes rows = {0};
    collect_alike(page, order->names.count <= APART || base->options->verbosity > 0, &rows);
    struct dcv_cell *cells = dcv_arena_array(base->arena, (rows.count + 1) * COLUMNS, sizeof *cells);
    if (cells == NULL || rows.count == 0)
        return;
    cells[0] = (struct dcv_cell){order->cas.count == 1 ? _("verdict") : _("ready for"), DCV_BOLD};
    cells[1] = (struct dcv_cell){_("because of"), DCV_BOLD};
    cells[2] = (struct dcv_cell){_("names"), DCV_BOLD};
    for (size_t i = 0; i < rows.count; i++) {
        const struct alike *alike = &rows.items[i];
        const size_t all = order->cas.count;
        const enum dcv_style style = all == 1 ? dcv_verdict_style(alike->verdict)
                                     : alike->ready == all ? DCV_GREEN : alike->ready == 0 ? DCV_RED : DCV_YELLOW;
        struct dcv_cell *row = cells + (i + 1) * COLUMNS;
        row[0] = (struct dcv_cell){all == 1 ? dcv_word_verdict(alike->verdict) : dcv_page_printf(base, _("%zu of %zu CAs"), alike->ready, all), style};
        row[1] = (struct dcv_cell){alike->reasons, DCV_PLAIN};
        row[2] = (struct dcv_cell){names_of_row(page, alike), DCV_PLAIN};
    }
    dcv_paper_title(&base->paper, _("Name by name"));
    dcv_paper_table(&base->paper, 2, cells, COLUMNS, rows.count + 1);
}

/* ---- CA by CA --------------------------------------------------------------------------------------------------------------------- */

static const char *smallest_text(struct order_page *page, const struct dcv_order_ca *ca)
{
    enum { SHOWN = 3 };
    const char *text = "";
    for (size_t i = 0; i < ca->smallest.count && i < SHOWN; i++)
        text = dcv_page_printf(&page->page, "%s%s%s", text, i == 0 ? "" : ", ", dcv_page_safe(&page->page, ca->mailboxes.items[ca->smallest.items[i]].address));
    return ca->smallest.count <= SHOWN ? text : dcv_page_printf(&page->page, _("%s and %zu more"), text, ca->smallest.count - SHOWN);
}

static void ca_table(struct order_page *page)
{
    enum { COLUMNS = 4 };
    const struct dcv_order *order = page->order;
    struct dcv_page *base = &page->page;
    struct dcv_cell *cells = dcv_arena_array(base->arena, (order->cas.count + 1) * COLUMNS, sizeof *cells);
    if (cells == NULL)
        return;
    const char *const titles[COLUMNS] = {_("CA"), _("verdict"), _("names"), _("fewest mailboxes that approve them")};
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = (struct dcv_cell){titles[i], DCV_BOLD};
    for (size_t i = 0; i < order->cas.count; i++) {
        const struct dcv_order_ca *ca = &order->cas.items[i];
        struct dcv_cell *row = cells + (i + 1) * COLUMNS;
        const enum dcv_verdict verdict = order->sum.cas.items[i].verdict;
        row[0] = (struct dcv_cell){ca->ca->id, DCV_PLAIN};
        row[1] = (struct dcv_cell){dcv_word_verdict(verdict), dcv_verdict_style(verdict)};
        row[2] = (struct dcv_cell){dcv_page_printf(base, "%zu/%zu", ca->ready, order->names.count), DCV_PLAIN};
        row[3] = (struct dcv_cell){smallest_text(page, ca), DCV_PLAIN};
    }
    dcv_paper_title(&base->paper, _("CA by CA"));
    dcv_paper_table(&base->paper, 2, cells, COLUMNS, order->cas.count + 1);
    if (!base->options->explicit_cas && base->options->verbosity == 0)
        dcv_paper_put(&base->paper, 2, DCV_PLAIN, "", 2, _("--ca ID shows which address approves which names at one CA; -v each name in full."));
}

/* ---- one CA in full --------------------------------------------------------------------------------------------------------------- */

static void put_adns(struct order_page *page, const struct dcv_order_ca *ca)
{
    enum { COLUMNS = 4, ROWS = 20 };
    struct dcv_page *base = &page->page;
    const size_t shown = ca->adns.count > ROWS && base->options->verbosity == 0 ? ROWS : ca->adns.count;
    struct dcv_cell *cells = dcv_arena_array(base->arena, (shown + 1) * COLUMNS, sizeof *cells);
    if (cells == NULL || shown == 0)
        return;
    const char *const titles[COLUMNS] = {"ADN", _("addresses"), _("names"), _("which")};
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = (struct dcv_cell){titles[i], DCV_BOLD};
    for (size_t i = 0; i < shown; i++) {
        const struct dcv_order_adn *adn = &ca->adns.items[i];
        struct dcv_cell *row = cells + (i + 1) * COLUMNS;
        row[0] = (struct dcv_cell){dcv_page_name(base, &adn->adn), DCV_PLAIN};
        row[1] = (struct dcv_cell){dcv_page_printf(base, "%zu", adn->addresses), DCV_PLAIN};
        row[2] = (struct dcv_cell){dcv_page_printf(base, "%zu", adn->count), DCV_PLAIN};
        row[3] = (struct dcv_cell){some_names(page, adn->names, adn->count), DCV_PLAIN};
    }
    dcv_paper_put(&base->paper, 2, DCV_PLAIN, "", 4, _("What addresses at each Authorization Domain Name (ADN) approve:"));
    dcv_paper_table(&base->paper, 4, cells, COLUMNS, shown + 1);
    if (shown < ca->adns.count)
        dcv_paper_put(&base->paper, 4, DCV_PLAIN, "", 4, dcv_page_printf(base, _("... and %zu more; -v shows them"), ca->adns.count - shown));
}

/* Other mailboxes that approve the same names, for the reader to choose from. */
static const char *alternatives(struct order_page *page, const struct dcv_order_ca *ca, const struct dcv_order_mailbox *mailbox)
{
    enum { SHOWN = 6 };
    const char *text = "";
    size_t count = 0;
    for (size_t i = 0; i < ca->mailboxes.count; i++) {
        const struct dcv_order_mailbox *other = &ca->mailboxes.items[i];
        if (other == mailbox || other->count != mailbox->count || memcmp(other->names, mailbox->names, mailbox->count * sizeof mailbox->names[0]) != 0)
            continue;
        if (count++ < SHOWN)
            text = dcv_page_printf(&page->page, "%s%s%s", text, text[0] == '\0' ? "" : ", ", dcv_page_safe(&page->page, other->address));
    }
    return text;
}

static void put_smallest(struct order_page *page, const struct dcv_order_ca *ca)
{
    struct dcv_page *base = &page->page;
    if (ca->smallest.count == 0)
        return;
    const char *lead = ca->smallest_proven ? _("Fewest mailboxes that approve all of these: %zu") : _("Few mailboxes that approve all of these: %zu (perhaps not the fewest)");
    dcv_paper_put(&base->paper, 2, DCV_PLAIN, "", 4, dcv_page_printf(base, lead, ca->smallest.count));
    for (size_t i = 0; i < ca->smallest.count; i++) {
        const struct dcv_order_mailbox *mailbox = &ca->mailboxes.items[ca->smallest.items[i]];
        const char *others = alternatives(page, ca, mailbox);
        dcv_paper_put(&base->paper, 4, DCV_BOLD, dcv_page_safe(base, mailbox->address), 6,
                      dcv_page_printf(base, _("  approves %zu: %s"), mailbox->count, some_names(page, mailbox->names, mailbox->count)));
        if (others[0] != '\0')
            dcv_paper_put(&base->paper, 6, DCV_PLAIN, _("or: "), 8, others);
    }
}

static bool sells(const struct dcv_ca *ca, const struct dcv_product *product)
{
    return product >= ca->products && product < ca->products + ca->product_count;
}

static void one_ca(struct order_page *page, size_t number)
{
    struct dcv_page *base = &page->page;
    const struct dcv_order_ca *ca = &page->order->cas.items[number];
    const struct dcv_judged_ca *sum = &page->order->sum.cas.items[number];
    dcv_paper_blank(&base->paper);
    dcv_paper_put(&base->paper, 0, DCV_BOLD, dcv_page_printf(base, "%s - %s: ", ca->ca->id, dcv_page_ca(base, ca->ca)), 2,
                  dcv_page_printf(base, _("%s; %zu of %zu names ready"), dcv_word_verdict(sum->verdict), ca->ready, page->order->names.count));
    put_adns(page, ca);
    put_smallest(page, ca);
    if (ca->uncovered.count != 0)
        dcv_paper_put(&base->paper, 2, DCV_RED, _("No usable address approves: "), 4, some_names(page, ca->uncovered.items, ca->uncovered.count));
    if (page->order->product != NULL && sells(ca->ca, page->order->product))
        dcv_text_product(base, page->order->product);
    dcv_text_mailbox(base, sum);
}

/* "order", verdict, how many CAs are ready, how many names, ids of what blocks the order as a whole: separated by tabs, after a line for
 * each name. */
static void quiet(struct order_page *page)
{
    const struct dcv_judged *sum = &page->order->sum;
    size_t ready = 0;
    for (size_t i = 0; i < sum->cas.count; i++)
        ready += sum->cas.items[i].verdict == DCV_READY;
    dcv_buf_printf(&page->page.paper.buf, "order\t%s\t%zu/%zu\t%zu\t", dcv_verdict_text(sum->verdict), ready, sum->cas.count,
                   page->order->names.count + page->order->invalid);
    dcv_quiet_reasons(&page->page);
}

/* ---- the whole -------------------------------------------------------------------------------------------------------------------- */

static void render(struct order_page *page)
{
    struct dcv_page *base = &page->page;
    head(page);
    findings(page);
    if (page->order->names.count != 0)
        names(page);
    if (page->order->cas.count > 1)
        ca_table(page);
    for (size_t i = 0; (base->options->explicit_cas || base->options->verbosity > 0) && i < page->order->cas.count; i++)
        one_ca(page, i);
    dcv_paper_blank(&base->paper);
    dcv_paper_put(&base->paper, 0, DCV_PLAIN, "DNS: ", 2,
                  dcv_page_printf(base, _("queries %u, from the cache %u, for all names together; %llu ms"), page->report->queries, page->report->cached,
                                  (unsigned long long)(page->report->elapsed_us / 1000)));
}

enum dcv_status dcv_text_order(struct dcv_report *report, const struct dcv_report_order *order)
{
    struct order_page page = {.page = {.options = &report->options, .judged = &order->order->sum, .arena = dcv_arena_create(NULL)},
                              .report = order,
                              .order = order->order};
    if (page.page.arena == NULL)
        return DCV_ERR_NOMEM;
    dcv_paper_init(&page.page.paper, report->options.width, report->options.color);
    if (report->written > 0 && !report->options.quiet)
        dcv_paper_blank(&page.page.paper);
    if (report->options.quiet)
        quiet(&page);
    else
        render(&page);
    enum dcv_status status = dcv_arena_failed(page.page.arena) ? DCV_ERR_NOMEM : dcv_report_flush(report->writer, &page.page.paper.buf);
    dcv_paper_done(&page.page.paper);
    dcv_arena_free(page.page.arena);
    return status;
}
