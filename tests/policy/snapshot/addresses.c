/* Sources x names x Authorization Domain Names (ADNs) x days: the status of each address. */
#include "snapshot.h"

#include "support/rows.h"
#include "support/world.h"

#include <string.h>

/* Contacts stand wherever a CA could look: TXT and CAA at every name, SOA likewise, registry contacts at the registered names. */
#define HERE(name)                                                                                                      \
    name ". IN SOA ns.example.jp. soa." name ". 1 2 3 4 5\n" name ". IN MX 10 mail.example.jp.\n" name                  \
         ". IN CAA 0 contactemail \"caa@" name "\"\n"
#define CONTACT(name) "_validation-contactemail." name ". IN TXT \"txt@" name "\"\n"
#define ROLES(word, name)                                                                                               \
    "! " word " " name " public public@" name "\n! " word " " name " registrant registrant@" name "\n! " word " " name   \
    " admin admin-c@" name "\n! " word " " name " tech tech-c@" name "\n! " word " " name " billing billing@" name       \
    "\n! " word " " name " abuse abuse@" name "\n"
#define REGISTERED(name) HERE(name) CONTACT(name) ROLES("whois", name) ROLES("rdap", name)
#define BELOW(name) HERE(name) CONTACT(name)
#define ALIAS(name, target) name ". IN CNAME " target ".\n" CONTACT(name)
#define MAIL_HOST "mail.example.jp. IN A 192.0.2.25\n"
#define OWN REGISTERED("example.jp") MAIL_HOST
#define TARGET REGISTERED("example.com") BELOW("host.example.com")

static const struct {
    const char *name, *zone;
} names[] = {
    {"example.jp", OWN},
    {"www.example.jp", OWN BELOW("www.example.jp")},
    {"a.example.jp", OWN BELOW("a.example.jp")},
    {"a.b.example.jp", OWN BELOW("b.example.jp") BELOW("a.b.example.jp")},
    {"www.a.example.jp", OWN BELOW("a.example.jp") BELOW("www.a.example.jp")},
    {"*.example.jp", OWN},
    {"*.a.b.example.jp", OWN BELOW("b.example.jp") BELOW("a.b.example.jp")},
    {"www.jp", REGISTERED("www.jp") MAIL_HOST},
    {"alias.example.jp", OWN TARGET ALIAS("alias.example.jp", "host.example.com")},
    {"*.alias.example.jp", OWN TARGET ALIAS("alias.example.jp", "host.example.com")},
    {"x.alias.example.jp", OWN TARGET ALIAS("alias.example.jp", "host.example.com") BELOW("x.alias.example.jp")},
};

enum { NAMES = sizeof names / sizeof names[0], CAS_MAX = 64, LABELS_MAX = 32, STATE_TEXT = 80 };

/* One address of one name; `detail` is the local part of a constructed address, the role of a registry contact, or "". */
struct cell {
    enum dcv_source source;
    const char *detail, *adn;
    struct timeline timeline;
};

struct cells {
    DCV_VEC(struct cell) list;
};

struct addresses {
    struct cells of[CAS_MAX][NAMES];
};

/* ---- judging -------------------------------------------------------------------------------------------------------------- */

static const char *detail_of(const struct dcv_entry *entry, struct dcv_arena *arena)
{
    if (entry->source == DCV_SOURCE_CONSTRUCTED)
        return dcv_arena_strndup(arena, entry->address, strcspn(entry->address, "@"));
    return entry->role != NULL ? dcv_arena_strdup(arena, entry->role) : "";
}

/* "permitted (on request)"; what contradicts the status is said, too. */
static const char *state_of(const struct dcv_entry *entry, struct dcv_arena *arena)
{
    const bool flags = entry->status >= DCV_ENTRY_FUTURE;
    const bool permitted = entry->status >= DCV_ENTRY_DISCOURAGED;
    return dcv_arena_printf(arena, "%s%s%s%s", dcv_entry_status_text(entry->status), flags && !entry->is_default ? " (on request)" : "",
                            flags && !entry->automatic ? " (never mailed by itself)" : "",
                            permitted != entry->usable ? entry->usable ? " BUT USABLE" : " BUT NOT USABLE" : "");
}

/* Entries come in much the same order every day: the search begins behind the last hit. */
static struct cell *cell_of(struct cells *cells, size_t *hint, const struct dcv_entry *entry, struct dcv_arena *arena, struct dcv_arena *kept)
{
    char adn[DCV_NAME_TEXT_MAX];
    const char *detail = detail_of(entry, arena);
    (void)dcv_name_text(&entry->adn, adn);
    for (size_t i = 0; i < cells->list.count; i++) {
        const size_t at = (*hint + i) % cells->list.count;
        struct cell *cell = &cells->list.items[at];
        if (cell->source != entry->source || strcmp(cell->detail, detail) != 0 || strcmp(cell->adn, adn) != 0)
            continue;
        *hint = at + 1;
        return cell;
    }
    struct cell *added = DCV_VEC_ADD(kept, &cells->list);
    if (added == NULL)
        snapshot_die("memory is short");
    *added = (struct cell){.source = entry->source, .detail = dcv_arena_strdup(kept, detail), .adn = dcv_arena_strdup(kept, adn)};
    return added;
}

/* The rung is no more. Where nobody mailed it that is no news. */
static void end_cell(struct cell *cell, dcv_date day, struct dcv_arena *kept)
{
    const char *last = cell->timeline.last;
    if (strcmp(last, dcv_entry_status_text(DCV_ENTRY_NOT_OFFERED)) != 0 && strcmp(last, dcv_entry_status_text(DCV_ENTRY_UNKNOWN)) != 0)
        timeline_add(&cell->timeline, kept, day, "no ADN");
}

static void take_entries(struct cells *cells, const struct dcv_judged_ca *judged, dcv_date day, struct dcv_arena *arena, struct dcv_arena *kept)
{
    size_t hint = 0;
    for (size_t i = 0; i < judged->entries.count; i++) {
        const struct dcv_entry *entry = &judged->entries.items[i];
        if (entry->address == NULL)
            snapshot_die("an address of the snapshot's world is malformed");
        timeline_add(&cell_of(cells, &hint, entry, arena, kept)->timeline, kept, day, state_of(entry, arena));
    }
    for (size_t i = 0; i < cells->list.count; i++)
        if (cells->list.items[i].timeline.last_day != day)
            end_cell(&cells->list.items[i], day, kept);
}

static void judge_day(struct addresses *addresses, size_t name, const struct dcv_hostname *hostname, const struct dcv_facts *facts, dcv_date day,
                      struct dcv_arena *kept)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_judged judged;
    const struct dcv_ca *cas[CAS_MAX];
    struct dcv_policy_options options = {.as_of = day, .set = world_set, .cas = cas, .ca_count = dcv_ca_count(world_set), .psl = world_psl};
    for (size_t i = 0; i < options.ca_count; i++)
        cas[i] = dcv_ca_at(world_set, i);
    if (dcv_policy_judge(&options, names[name].name, hostname, facts, arena, &judged) != DCV_OK)
        snapshot_die("%s cannot be judged", names[name].name);
    for (size_t i = 0; i < judged.cas.count; i++)
        take_entries(&addresses->of[i][name], &judged.cas.items[i], day, arena, kept);
    dcv_arena_free(arena);
}

struct addresses *addresses_judge(struct dcv_arena *arena)
{
    struct addresses *addresses = dcv_arena_alloc(arena, sizeof *addresses);
    struct days days = {0};
    if (addresses == NULL || dcv_ca_count(world_set) > CAS_MAX)
        snapshot_die("there are more profiles than this program has room for");
    days_fill(&days, arena, true);
    for (size_t name = 0; name < NAMES; name++) {
        struct dcv_hostname hostname;
        struct dcv_hostname_error error;
        if (dcv_hostname_parse(names[name].name, strlen(names[name].name), &hostname, &error) != DCV_OK)
            snapshot_die("%s is no name", names[name].name);
        struct dcv_facts *facts = world_facts(names[name].name, names[name].zone);
        for (size_t i = 0; i < days.list.count; i++)
            judge_day(addresses, name, &hostname, facts, days.list.items[i], arena);
        dcv_facts_free(facts);
    }
    return addresses;
}

/* ---- printing ------------------------------------------------------------------------------------------------------------- */

/* What is told apart within a source: each local part, each role. */
struct label {
    enum dcv_source source;
    const char *detail;
    const char *table; /* as it is printed; equal tables are printed once */
};

struct labels {
    struct label items[LABELS_MAX];
    size_t count;
};

static bool labelled(const struct cell *cell, const struct label *label)
{
    return cell->source == label->source && strcmp(cell->detail, label->detail) == 0;
}

static void add_label(struct labels *labels, const struct cell *cell)
{
    for (size_t i = 0; i < labels->count; i++)
        if (labelled(cell, &labels->items[i]))
            return;
    if (labels->count == LABELS_MAX)
        snapshot_die("there are more sources than this program has room for");
    labels->items[labels->count++] = (struct label){cell->source, cell->detail, NULL};
}

/* The ADNs of a name where the label has this timeline; "" for none, "every ADN" for all. */
static const char *adns_with(const struct cells *cells, const struct label *label, const char *timeline, struct dcv_arena *arena)
{
    const char *adns = "";
    size_t all = 0, some = 0;
    for (size_t i = 0; i < cells->list.count; i++) {
        const struct cell *cell = &cells->list.items[i];
        if (!labelled(cell, label))
            continue;
        all++;
        if (strcmp(cell->timeline.text, timeline) != 0)
            continue;
        some++;
        adns = page_join(arena, adns, cell->adn);
    }
    return some == all && some != 0 ? "every ADN" : adns;
}

/* The names with this timeline, those with the same ADNs in one line. */
static void print_timeline(const struct cells of[NAMES], const struct label *label, const char *timeline, struct dcv_arena *arena, struct dcv_buf *out)
{
    const char *adns[NAMES];
    for (size_t i = 0; i < NAMES; i++)
        adns[i] = adns_with(&of[i], label, timeline, arena);
    page_paragraph(out, PAGE_INDENT, timeline);
    for (size_t i = 0; i < NAMES; i++) {
        const char *sharing = names[i].name;
        bool printed = adns[i][0] == '\0';
        for (size_t j = 0; j < i && !printed; j++)
            printed = strcmp(adns[i], adns[j]) == 0;
        for (size_t j = i + 1; j < NAMES; j++)
            if (strcmp(adns[i], adns[j]) == 0)
                sharing = page_join(arena, sharing, names[j].name);
        if (!printed)
            page_paragraph(out, (size_t)2 * PAGE_INDENT, dcv_arena_printf(arena, "%s at %s", sharing, adns[i]));
    }
}

/* The timelines of a label in their order; one that is the only one needs no names. */
static const char *table_of(const struct cells of[NAMES], const struct label *label, struct dcv_arena *arena)
{
    enum { TIMELINES_MAX = 64, TABLE_MAX = 1 << 16 };
    const char *timelines[TIMELINES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < NAMES; i++) {
        for (size_t j = 0; j < of[i].list.count; j++) {
            const struct cell *cell = &of[i].list.items[j];
            bool known = !labelled(cell, label);
            for (size_t k = 0; k < count && !known; k++)
                known = strcmp(timelines[k], cell->timeline.text) == 0;
            if (!known && count < TIMELINES_MAX)
                timelines[count++] = cell->timeline.text;
        }
    }
    struct dcv_buf text;
    dcv_buf_init(&text, TABLE_MAX);
    if (count == 1)
        page_paragraph(&text, PAGE_INDENT, dcv_arena_printf(arena, "%s: everywhere", timelines[0]));
    for (size_t i = 0; i < count && count > 1; i++)
        print_timeline(of, label, timelines[i], arena, &text);
    const char *table = dcv_arena_strdup(arena, dcv_buf_text(&text));
    dcv_buf_done(&text);
    return table;
}

/* "whois admin, tech; rdap admin, tech". */
static const char *heading(const struct labels *labels, const char *table, struct dcv_arena *arena)
{
    const char *text = "";
    for (size_t i = 0, last = SIZE_MAX; i < labels->count; i++) {
        const struct label *label = &labels->items[i];
        if (strcmp(label->table, table) != 0)
            continue;
        const bool same = last != SIZE_MAX && labels->items[last].source == label->source;
        const char *source = same ? "" : dcv_source_text(label->source);
        const char *item = dcv_arena_printf(arena, "%s%s%s", source, !same && label->detail[0] != '\0' ? " " : "", label->detail);
        text = same || text[0] == '\0' ? page_join(arena, text, item) : dcv_arena_printf(arena, "%s; %s", text, item);
        last = i;
    }
    return text;
}

/* Every ADN of each name; the same for every profile, so one page has them. */
static void print_ladders(const struct cells of[NAMES], const struct label *label, struct dcv_arena *arena, struct dcv_buf *out)
{
    page_title(out, "names, and their ADNs on any day");
    for (size_t i = 0; i < NAMES; i++) {
        const char *adns = "";
        for (size_t j = 0; j < of[i].list.count; j++)
            if (labelled(&of[i].list.items[j], label))
                adns = page_join(arena, adns, of[i].list.items[j].adn);
        page_row(out, names[i].name, adns);
    }
    dcv_buf_puts(out, "alias.example.jp is a CNAME of host.example.com, and www.jp is a registered name.\n");
}

void addresses_print(const struct addresses *addresses, const struct dcv_ca *ca, struct dcv_arena *arena, struct dcv_buf *out)
{
    size_t at = 0;
    while (dcv_ca_at(world_set, at) != ca)
        at++;
    const struct cells *of = addresses->of[at];
    struct labels labels = {.count = 0};
    for (size_t i = 0; i < NAMES; i++)
        for (size_t j = 0; j < of[i].list.count; j++)
            add_label(&labels, &of[i].list.items[j]);
    for (size_t i = 0; i < labels.count; i++)
        labels.items[i].table = table_of(of, &labels.items[i], arena);
    if (ca->kind == DCV_CA_KIND_BASELINE)
        print_ladders(of, &labels.items[0], arena, out);
    page_title(out, "addresses");
    for (size_t i = 0; i < labels.count; i++) {
        bool printed = false;
        for (size_t j = 0; j < i && !printed; j++)
            printed = strcmp(labels.items[i].table, labels.items[j].table) == 0;
        if (printed)
            continue;
        page_paragraph(out, 0, heading(&labels, labels.items[i].table, arena));
        dcv_buf_puts(out, labels.items[i].table);
    }
}
