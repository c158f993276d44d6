/* Addresses as text: merged over the CAs, of one CA, and the list of `approvers`. */
#include "base/text.h"
#include "report/text.h"
#include "report/words.h"

#include <string.h>

/* "admin administrator … @example.jp", an address, or what was published instead. */
static const char *address_text(struct dcv_page *page, const struct dcv_entry_group *group)
{
    const struct dcv_entry *entry = group->entry;
    if (entry->address == NULL) {
        struct dcv_buf buf;
        dcv_buf_init(&buf, DCV_REPORT_MAX);
        dcv_text_escape(&buf, entry->raw, entry->raw_len);
        if (buf.failed)
            dcv_arena_fail(page->arena);
        const char *text = dcv_page_printf(page, "\"%s\"", dcv_buf_text(&buf));
        dcv_buf_done(&buf);
        return text;
    }
    const char *safe = dcv_page_safe(page, entry->address);
    const char *at = strrchr(safe, '@');
    return group->locals != NULL && at != NULL ? dcv_page_printf(page, "%s %s", group->locals, at) : safe;
}

static const char *status_text(struct dcv_page *page, const struct dcv_entry *entry)
{
    const char *word = dcv_word_status(entry->status);
    if (entry->status == DCV_ENTRY_RETIRED && entry->until != DCV_DATE_NONE)
        return dcv_page_printf(page, _("ended on %s"), dcv_page_date(page, entry->until));
    if (entry->status == DCV_ENTRY_FUTURE && entry->from != DCV_DATE_NONE)
        return dcv_page_printf(page, _("from %s"), dcv_page_date(page, entry->from));
    if (entry->status < DCV_ENTRY_DISCOURAGED || entry->until == DCV_DATE_NONE)
        return word;
    return dcv_page_printf(page, _("%s, only before %s"), word, dcv_page_date(page, entry->until));
}

static bool below_jp(const struct dcv_name *name)
{
    static const char jp[] = ".jp";
    char text[DCV_NAME_TEXT_MAX];
    const size_t len = strlen(dcv_name_text(name, text));
    return len >= sizeof jp && dcv_ascii_equal_nocase(text + len - (sizeof jp - 1), jp);
}

static const char *source_text(struct dcv_page *page, const struct dcv_entry *entry)
{
    const char *source = dcv_word_source(entry->source);
    if (entry->role != NULL)
        source = dcv_page_printf(page, "%s (%s)", source, dcv_page_safe(page, dcv_word_role(entry->role, below_jp(&entry->adn))));
    return dcv_page_printf(page, _("%s at %s (%s)"), source, dcv_page_name(page, &entry->adn),
                           dcv_word_rung(entry->level));
}

/* What is to be known of an address beside itself. */
static const char *details(struct dcv_page *page, const struct dcv_entry *entry)
{
    const char *text = dcv_page_printf(page, "%s; %s", source_text(page, entry), status_text(page, entry));
    if (entry->status >= DCV_ENTRY_DISCOURAGED)
        text = dcv_page_printf(page, "%s; %s", text, dcv_word_mail(entry->mail));
    if (entry->status < DCV_ENTRY_FUTURE)
        return entry->bogus ? dcv_page_printf(page, "%s; %s", text, _("DNSSEC bogus")) : text;
    if (!entry->is_default)
        text = dcv_page_printf(page, "%s; %s", text, _("on request or by an account setting"));
    else if (!entry->automatic)
        text = dcv_page_printf(page, "%s; %s", text, _("mailed only when asked for"));
    if (entry->bogus)
        text = dcv_page_printf(page, "%s; %s", text, _("DNSSEC bogus"));
    else if (entry->unvalidated)
        text = dcv_page_printf(page, "%s; DNSSEC %s", text, dcv_word_security(DCV_SECURITY_INDETERMINATE));
    return text;
}

static const char *cas_text(struct dcv_page *page, const struct dcv_entry_group *group)
{
    enum { NAMED = 4 };
    const size_t all = dcv_judged_count(page->judged);
    if (group->cas.count == 0)
        return _("no CA");
    if (group->cas.count == all)
        return dcv_page_printf(page, _("all %zu CAs"), all);
    if (group->cas.count <= NAMED || page->options->verbosity > 0)
        return dcv_ca_names(page->arena, &group->cas);
    return dcv_page_printf(page, _("%zu of %zu CAs"), group->cas.count, all);
}

static void put_summary(struct dcv_page *page, const struct dcv_entry_group *group)
{
    const struct dcv_entry *entry = group->entry;
    dcv_paper_put(&page->paper, 2, entry->usable ? DCV_BOLD : DCV_PLAIN, address_text(page, group), 4, "");
    const char *text = dcv_page_printf(page, "%s; %s", source_text(page, entry), status_text(page, entry));
    if (entry->status >= DCV_ENTRY_DISCOURAGED)
        text = dcv_page_printf(page, "%s; %s", text, dcv_word_mail(entry->mail));
    dcv_paper_put(&page->paper, 6, DCV_PLAIN, "", 6,
                  dcv_page_printf(page, _("%s; usable by %s"), text, cas_text(page, group)));
}

/* Offered by no CA: nothing to choose, so nothing to show. */
static bool worth_showing(const struct dcv_page *page, const struct dcv_entry *entry)
{
    return entry->usable || page->options->verbosity > 0 || entry->status == DCV_ENTRY_MALFORMED ||
           entry->status >= DCV_ENTRY_FUTURE;
}

void dcv_text_address_summary(struct dcv_page *page)
{
    dcv_entry_groups groups;
    size_t shown = 0;
    dcv_group_entries(page->arena, page->judged, NULL, true, &groups);
    dcv_join_constructed(page->arena, &groups);
    dcv_paper_title(&page->paper, _("Addresses, and who may use them"));
    for (int usable = 1; usable >= 0; usable--)
        for (size_t i = 0; i < groups.count; i++)
            if (groups.items[i].entry->usable == (usable != 0) && worth_showing(page, groups.items[i].entry)) {
                put_summary(page, &groups.items[i]);
                shown++;
            }
    if (shown == 0)
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 2, _("none"));
}

static size_t put_entries(struct dcv_page *page, const dcv_entry_groups *groups, bool usable, const char *heading)
{
    size_t count = 0;
    for (size_t i = 0; i < groups->count; i++) {
        const struct dcv_entry_group *group = &groups->items[i];
        const bool hidden = group->entry->status == DCV_ENTRY_NOT_OFFERED && page->options->verbosity == 0;
        if (group->entry->usable != usable || hidden)
            continue;
        if (count++ == 0 && heading != NULL)
            dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 4, heading);
        dcv_paper_put(&page->paper, 4, usable ? DCV_BOLD : DCV_PLAIN, address_text(page, group), 6, "");
        dcv_paper_put(&page->paper, 8, DCV_PLAIN, "", 8, details(page, group->entry));
    }
    return count;
}

static bool used_otherwise(const struct dcv_judged_ca *ca, const struct dcv_entry *entry)
{
    const struct dcv_entry *best = entry->address != NULL ? dcv_judged_best(ca, entry->address) : NULL;
    return best != NULL && best->status >= DCV_ENTRY_FUTURE;
}

/* Where no mail is sent, although it could be expected: in short. An address that the CA uses by another source is none of these. */
static void put_not_offered(struct dcv_page *page, const struct dcv_judged_ca *ca, const dcv_entry_groups *groups)
{
    for (size_t i = 0; i < groups->count && page->options->verbosity == 0; i++)
        if (groups->items[i].entry->status == DCV_ENTRY_NOT_OFFERED && !used_otherwise(ca, groups->items[i].entry))
            dcv_paper_put(&page->paper, 2, DCV_PLAIN, _("Not offered by this CA: "), 4,
                          address_text(page, &groups->items[i]));
}

const char *dcv_text_caa_of(struct dcv_page *page, const struct dcv_judged_ca *ca)
{
    const struct dcv_caa_answer *caa = &ca->caa;
    if (!caa->judged)
        return _("CAA: not judged, this profile is no issuer");
    const char *where = caa->found ? dcv_page_printf(page, _("record found at %s"), dcv_page_name(page, &caa->found_at))
                        : caa->permits == DCV_PERMITS_YES ? _("there is no CAA record")
                                                          : _("no record could be read");
    switch (caa->permits) {
    case DCV_PERMITS_YES: return dcv_page_printf(page, _("CAA: permits this CA (%s)"), where);
    case DCV_PERMITS_NO: return dcv_page_printf(page, _("CAA: does not permit this CA (%s)"), where);
    case DCV_PERMITS_UNKNOWN: return dcv_page_printf(page, _("CAA: unknown whether it permits this CA (%s)"), where);
    }
    return "";
}

void dcv_text_addresses(struct dcv_page *page, const struct dcv_judged_ca *ca)
{
    dcv_entry_groups groups;
    dcv_group_entries(page->arena, page->judged, ca, false, &groups);
    dcv_join_constructed(page->arena, &groups);
    const char *id = ca->ca->id, *name = dcv_page_ca(page, ca->ca), *verdict = dcv_word_verdict(ca->verdict);
    dcv_paper_title(&page->paper, dcv_text_several_kinds(page) ? dcv_page_printf(page, _("%s - %s, by %s: %s"), id, name, dcv_word_by(ca->by), verdict)
                                                               : dcv_page_printf(page, "%s - %s: %s", id, name, verdict));
    dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 4, dcv_text_caa_of(page, ca));
    if (put_entries(page, &groups, true, _("Addresses that may approve:")) == 0)
        dcv_paper_put(&page->paper, 2, DCV_PLAIN, "", 4, _("Addresses that may approve: none"));
    (void)put_entries(page, &groups, false, _("Addresses that cannot be used:"));
    put_not_offered(page, ca, &groups);
}

static void put_all_columns(struct dcv_page *page, const dcv_entry_groups *groups)
{
    enum { COLUMNS = 7 };
    struct dcv_cell *cells = dcv_arena_array(page->arena, (groups->count + 1) * COLUMNS, sizeof *cells);
    if (cells == NULL)
        return;
    const char *const titles[COLUMNS] = {_("address"), _("source"), _("at"), _("level"),
                                         _("status"),  _("mail"),   _("CAs")};
    for (size_t i = 0; i < COLUMNS; i++)
        cells[i] = (struct dcv_cell){titles[i], DCV_BOLD};
    for (size_t i = 0; i < groups->count; i++) {
        const struct dcv_entry *entry = groups->items[i].entry;
        const char *const texts[COLUMNS] = {
            address_text(page, &groups->items[i]), dcv_source_text(entry->source),
            dcv_page_name(page, &entry->adn),      dcv_rung_kind_text(entry->level),
            dcv_entry_status_text(entry->status),  dcv_mail_text(entry->mail),
            cas_text(page, &groups->items[i]),
        };
        for (size_t j = 0; j < COLUMNS; j++)
            cells[(i + 1) * COLUMNS + j] = (struct dcv_cell){texts[j], DCV_PLAIN};
    }
    dcv_paper_wide_table(&page->paper, 0, cells, COLUMNS, groups->count + 1);
}

void dcv_text_approvers(struct dcv_page *page)
{
    dcv_entry_groups groups;
    dcv_group_entries(page->arena, page->judged, NULL, true, &groups);
    if (page->options->all) {
        dcv_paper_put(&page->paper, 0, DCV_BOLD, dcv_page_safe(page, page->judged->name->unicode), 2, "");
        put_all_columns(page, &groups);
        return;
    }
    for (size_t i = 0; i < groups.count; i++) {
        const struct dcv_entry *entry = groups.items[i].entry;
        bool before = !entry->usable || entry->address == NULL;
        for (size_t j = 0; j < i && !before; j++)
            before = groups.items[j].entry->usable && groups.items[j].entry->address != NULL &&
                     strcmp(groups.items[j].entry->address, entry->address) == 0;
        if (!before)
            dcv_paper_line(&page->paper, 0, dcv_page_safe(page, entry->address));
    }
}
