/* Which addresses approve how many names of an order, the fewest that approve all, and the verdict of the order. */
#include "verdict/verdict.h"

#include "support/rows.h"
#include "support/run.h"

#include <stdio.h>
#include <string.h>

static struct dcv_arena *arena;
static struct dcv_ca ca;
static struct dcv_order order;

static void setup(void)
{
    arena = dcv_arena_create(NULL);
    ca = (struct dcv_ca){.id = "test"};
    order = (struct dcv_order){0};
    order.sum.arena = arena;
    struct dcv_judged_ca *sum = DCV_VEC_ADD(arena, &order.sum.cas);
    sum->ca = &ca;
}

static void teardown(void)
{
    dcv_arena_free(arena);
}

/* ---- orders from text ---------------------------------------------------------------------------------------------------------- */

static struct dcv_name name_of(const char *text)
{
    struct dcv_name name;
    ck_assert_msg(dcv_name_parse(text, &name, NULL) == DCV_OK, "%s", text);
    return name;
}

/* "local@domain", its ADN the domain; then marks: "~" no MX, "?" on request, "-" cannot be used, "/adn" another ADN. */
static void add_entry(struct dcv_judged_ca *judged, char *word)
{
    struct dcv_entry *entry = DCV_VEC_ADD(arena, &judged->entries);
    char *adn = strchr(word, '/');
    char *marks = word + strcspn(word, "~?-/");
    *entry = (struct dcv_entry){.source = DCV_SOURCE_CONSTRUCTED,
                                .mail = memchr(marks, '~', strlen(marks)) != NULL ? DCV_MAIL_IMPLICIT_MX : DCV_MAIL_MX,
                                .is_default = strchr(marks, '?') == NULL,
                                .usable = strchr(marks, '-') == NULL};
    if (adn != NULL) {
        *adn = '\0';
        entry->source = DCV_SOURCE_TXT_CONTACT;
    }
    char *address = dcv_arena_strndup(arena, word, (size_t)(marks - word));
    entry->address = address;
    entry->adn = name_of(adn != NULL ? adn + 1 : strchr(address, '@') + 1);
}

/* "verdict address address …" of one more name; the verdict is r, n or u. */
static void add_name(const char *row)
{
    char *copy = dcv_arena_strdup(arena, row), *rest = NULL;
    struct dcv_judged *judged = dcv_arena_alloc(arena, sizeof *judged);
    struct dcv_judged_ca *own = DCV_VEC_ADD(arena, &judged->cas);
    own->ca = &ca;
    const char *verdict = strtok_r(copy, " ", &rest);
    own->verdict = *verdict == 'r' ? DCV_READY : *verdict == 'n' ? DCV_NOT_READY : DCV_UNKNOWN_VERDICT;
    for (char *word; (word = strtok_r(NULL, " ", &rest)) != NULL;)
        add_entry(own, word);
    *DCV_VEC_ADD(arena, &order.names) = (struct dcv_order_name){judged, "argument", 1};
}

static const struct dcv_order_ca *decide(void)
{
    ck_assert_int_eq(dcv_verdict_order(&order, arena, true), DCV_OK);
    ck_assert_uint_eq(order.cas.count, 1);
    return &order.cas.items[0];
}

static void add_names(const char *const *rows)
{
    for (; *rows != NULL; rows++)
        add_name(*rows);
}

/* "0,2,5" */
static const char *numbers(const size_t *items, size_t count)
{
    const char *text = "";
    for (size_t i = 0; i < count; i++)
        text = dcv_arena_printf(arena, "%s%s%zu", text, i == 0 ? "" : ",", items[i]);
    return text;
}

/* "address=0,2 …", marks as above */
static const char *mailboxes(const struct dcv_order_ca *row)
{
    const char *text = "";
    for (size_t i = 0; i < row->mailboxes.count; i++) {
        const struct dcv_order_mailbox *mailbox = &row->mailboxes.items[i];
        char adn[DCV_NAME_TEXT_MAX];
        text = dcv_arena_printf(arena, "%s%s%s%s%s/%s=%s", text, i == 0 ? "" : " ", mailbox->address, mailbox->mx ? "" : "~",
                                mailbox->on_request ? "?" : "", dcv_name_text(&mailbox->adn, adn), numbers(mailbox->names, mailbox->count));
    }
    return text;
}

static const char *adns(const struct dcv_order_ca *row)
{
    const char *text = "";
    for (size_t i = 0; i < row->adns.count; i++) {
        char adn[DCV_NAME_TEXT_MAX];
        text = dcv_arena_printf(arena, "%s%s%s:%zu=%s", text, i == 0 ? "" : " ", dcv_name_text(&row->adns.items[i].adn, adn),
                                row->adns.items[i].addresses, numbers(row->adns.items[i].names, row->adns.items[i].count));
    }
    return text;
}

static const char *smallest(const struct dcv_order_ca *row)
{
    const char *text = "";
    for (size_t i = 0; i < row->smallest.count; i++)
        text = dcv_arena_printf(arena, "%s%s%s", text, i == 0 ? "" : " ", row->mailboxes.items[row->smallest.items[i]].address);
    return text;
}

/* ---- tables -------------------------------------------------------------------------------------------------------------------- */

enum { NAMES_MOST = 8 };
static const struct {
    const char *names[NAMES_MOST];
    const char *mailboxes, *adns, *smallest, *uncovered;
} tables[] = {
    {{"r a@x.jp b@x.jp"}, "a@x.jp/x.jp=0 b@x.jp/x.jp=0", "x.jp:2=0", "a@x.jp", ""},
    /* those of more names first, then in the order of the ladder */
    {{"r a@w.x.jp a@x.jp", "r a@x.jp"}, "a@x.jp/x.jp=0,1 a@w.x.jp/w.x.jp=0", "x.jp:1=0,1 w.x.jp:1=0", "a@x.jp", ""},
    /* mail that is surer to arrive, then what is used without asking */
    {{"r a@x.jp~? b@x.jp~ c@x.jp? d@x.jp"}, "d@x.jp/x.jp=0 c@x.jp?/x.jp=0 b@x.jp~/x.jp=0 a@x.jp~?/x.jp=0", "x.jp:4=0", "d@x.jp", ""},
    /* ... but only among equals */
    {{"r a@x.jp~? b@y.jp", "r a@x.jp~?"}, "a@x.jp~?/x.jp=0,1 b@y.jp/y.jp=0", "x.jp:1=0,1 y.jp:1=0", "a@x.jp", ""},
    /* by default for one name is enough */
    {{"r a@x.jp?", "r a@x.jp"}, "a@x.jp/x.jp=0,1", "x.jp:1=0,1", "a@x.jp", ""},
    /* one address at several ADNs: the highest counts, and each ADN has its names */
    {{"r c@z.jp/w.x.jp c@z.jp/x.jp", "r c@z.jp/x.jp"}, "c@z.jp/x.jp=0,1", "x.jp:1=0,1 w.x.jp:1=0", "c@z.jp", ""},
    {{"r c@z.jp/x.jp c@z.jp/w.x.jp"}, "c@z.jp/x.jp=0", "x.jp:1=0 w.x.jp:1=0", "c@z.jp", ""},
    /* addresses compare octet by octet */
    {{"r A@x.jp", "r a@x.jp"}, "A@x.jp/x.jp=0 a@x.jp/x.jp=1", "x.jp:2=0,1", "A@x.jp a@x.jp", ""},
    /* what cannot be used approves nothing */
    {{"n a@x.jp-", "r a@x.jp", "n b@y.jp-"}, "a@x.jp/x.jp=1", "x.jp:1=1", "a@x.jp", "0,2"},
    {{"n a@x.jp-"}, "", "", "", "0"},
    {{"n"}, "", "", "", "0"},
    /* two domains */
    {{"r a@x.jp", "r a@y.jp", "r a@x.jp"}, "a@x.jp/x.jp=0,2 a@y.jp/y.jp=1", "x.jp:1=0,2 y.jp:1=1", "a@x.jp a@y.jp", ""},
    /* the widest first is not the best: it takes three where two are enough */
    {{"r l@a.jp", "r l@a.jp w@c.jp", "r l@a.jp w@c.jp", "r r@b.jp w@c.jp", "r r@b.jp w@c.jp", "r r@b.jp"},
     "w@c.jp/c.jp=1,2,3,4 l@a.jp/a.jp=0,1,2 r@b.jp/b.jp=3,4,5", "c.jp:1=1,2,3,4 a.jp:1=0,1,2 b.jp:1=3,4,5", "l@a.jp r@b.jp", ""},
};

START_TEST(coverage)
{
    add_names(tables[_i].names);
    const struct dcv_order_ca *row = decide();
    ck_assert_str_eq(mailboxes(row), tables[_i].mailboxes);
    ck_assert_str_eq(adns(row), tables[_i].adns);
    ck_assert_str_eq(smallest(row), tables[_i].smallest);
    ck_assert_str_eq(numbers(row->uncovered.items, row->uncovered.count), tables[_i].uncovered);
    ck_assert(row->smallest_proven);
}
END_TEST

/* ---- the fewest, beside every set there is ------------------------------------------------------------------------------------- */

/* Numbers that look like chance and are the same every time. */
static unsigned next(unsigned *state)
{
    *state = *state * 1103515245 + 12345;
    return *state >> 16 & 0x7fff;
}

static size_t fewest_of_all(const unsigned *sets, unsigned count, unsigned wanted)
{
    size_t fewest = SIZE_MAX;
    for (unsigned choice = 0; choice < 1u << count; choice++) {
        unsigned covered = 0;
        for (unsigned i = 0; i < count; i++)
            covered |= (choice >> i & 1) != 0 ? sets[i] : 0;
        if (covered == wanted && (size_t)__builtin_popcount(choice) < fewest)
            fewest = (size_t)__builtin_popcount(choice);
    }
    return fewest;
}

static unsigned covered_by(const struct dcv_order_ca *row)
{
    unsigned covered = 0;
    for (size_t i = 0; i < row->smallest.count; i++) {
        const struct dcv_order_mailbox *mailbox = &row->mailboxes.items[row->smallest.items[i]];
        for (size_t j = 0; j < mailbox->count; j++)
            covered |= 1u << mailbox->names[j];
    }
    return covered;
}

START_TEST(fewest)
{
    enum { BOXES = 10, NAMES = 12 };
    unsigned state = (unsigned)_i + 1, sets[BOXES] = {0}, wanted = 0;
    for (unsigned name = 0; name < NAMES; name++) {
        const char *row = "r";
        for (unsigned box = 0; box < BOXES; box++) {
            if (next(&state) % 100 >= 15 + (unsigned)_i % 20)
                continue;
            sets[box] |= 1u << name;
            row = dcv_arena_printf(arena, "%s b%u@x.jp", row, box);
        }
        add_name(row);
    }
    for (unsigned box = 0; box < BOXES; box++)
        wanted |= sets[box];
    const struct dcv_order_ca *row = decide();
    ck_assert(row->smallest_proven);
    ck_assert_uint_eq(covered_by(row), wanted);
    ck_assert_uint_eq(row->smallest.count, fewest_of_all(sets, BOXES, wanted));
    ck_assert_uint_eq(row->uncovered.count, NAMES - (unsigned)__builtin_popcount(wanted));
}
END_TEST

/* ---- many names ---------------------------------------------------------------------------------------------------------------- */

/* Three hundred hosts under three domains, each with mailboxes of its own. */
START_TEST(of_three_hundred)
{
    enum { NAMES = 300, DOMAINS = 3 };
    for (unsigned i = 0; i < NAMES; i++)
        add_name(dcv_arena_printf(arena, "r admin@h%u.d%u.jp webmaster@h%u.d%u.jp admin@d%u.jp webmaster@d%u.jp", i, i % DOMAINS, i, i % DOMAINS,
                                  i % DOMAINS, i % DOMAINS));
    const struct dcv_order_ca *row = decide();
    ck_assert_str_eq(smallest(row), "admin@d0.jp admin@d1.jp admin@d2.jp");
    ck_assert(row->smallest_proven);
    ck_assert_uint_eq(row->mailboxes.count, 2UL * (NAMES + DOMAINS));
    ck_assert_uint_eq(row->adns.count, NAMES + DOMAINS);
    ck_assert_uint_eq(row->mailboxes.items[0].count, NAMES / DOMAINS);
    ck_assert_uint_eq(row->ready, NAMES);
}
END_TEST

/* A domain for each name: where there is no choice, no number is too large to be proven. */
START_TEST(of_a_hundred_domains)
{
    enum { NAMES = 100 };
    for (unsigned i = 0; i < NAMES; i++)
        add_name(dcv_arena_printf(arena, "r admin@d%u.jp webmaster@d%u.jp", i, i));
    const struct dcv_order_ca *row = decide();
    ck_assert_uint_eq(row->smallest.count, NAMES);
    ck_assert(row->smallest_proven);
    ck_assert_uint_eq(row->uncovered.count, 0);
}
END_TEST

/* Of each three names each two have a mailbox: two are needed, of three that are equally good, again and again. */
START_TEST(of_many_choices)
{
    enum { TRIPLES = 100 };
    for (unsigned i = 0; i < TRIPLES; i++) {
        add_name(dcv_arena_printf(arena, "r a@d%u.jp b@d%u.jp", i, i));
        add_name(dcv_arena_printf(arena, "r b@d%u.jp c@d%u.jp", i, i));
        add_name(dcv_arena_printf(arena, "r c@d%u.jp a@d%u.jp", i, i));
    }
    const struct dcv_order_ca *row = decide();
    ck_assert(!row->smallest_proven);
    ck_assert_uint_eq(row->smallest.count, 2UL * TRIPLES);
}
END_TEST

/* Sets without any order: that no smaller one does is not found out, and it is said so. That it ends at all is what the bound is for. */
START_TEST(of_a_hard_one)
{
    enum { BOXES = 200, NAMES = 300, EACH = 12 };
    unsigned state = 7;
    bool covered[NAMES] = {false};
    for (unsigned name = 0; name < NAMES; name++) {
        const char *row = "r";
        for (unsigned i = 0; i < EACH; i++)
            row = dcv_arena_printf(arena, "%s b%u@x.jp", row, next(&state) % BOXES);
        add_name(row);
    }
    const struct dcv_order_ca *row = decide();
    ck_assert(!row->smallest_proven);
    for (size_t i = 0; i < row->smallest.count; i++)
        for (size_t j = 0; j < row->mailboxes.items[row->smallest.items[i]].count; j++)
            covered[row->mailboxes.items[row->smallest.items[i]].names[j]] = true;
    for (unsigned name = 0; name < NAMES; name++)
        ck_assert(covered[name]);
    ck_assert_uint_lt(row->smallest.count, 40);
}
END_TEST

/* ---- the verdict --------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *names; /* r, n, u: of the names */
    size_t invalid;
    int severity;      /* of a finding about the order; -1: none */
    enum dcv_verdict verdict;
} verdicts[] = {
    {"rr", 0, -1, DCV_READY},
    {"r", 0, DCV_WARNING, DCV_READY},
    {"r", 0, DCV_NOTICE, DCV_READY},
    {"r", 0, DCV_BLOCKER, DCV_NOT_READY},
    {"r", 1, -1, DCV_NOT_READY},           /* a name that is none can be on no certificate */
    {"rn", 0, -1, DCV_NOT_READY},
    {"ru", 0, -1, DCV_UNKNOWN_VERDICT},
    {"run", 0, -1, DCV_NOT_READY},
    {"u", 0, DCV_BLOCKER, DCV_NOT_READY},
    {"", 0, -1, DCV_UNKNOWN_VERDICT},      /* nothing to be ready for */
    {"", 0, DCV_BLOCKER, DCV_NOT_READY},
    {"", 1, -1, DCV_NOT_READY},
};

START_TEST(verdict)
{
    static const size_t numbers_of[] = {0};
    const char *names = verdicts[_i].names;
    for (size_t i = 0; names[i] != '\0'; i++)
        add_name((char[]){names[i], ' ', 'a', '@', 'x', '.', 'j', 'p', '\0'});
    order.invalid = verdicts[_i].invalid;
    if (verdicts[_i].severity >= 0) {
        *DCV_VEC_ADD(arena, &order.sum.findings) = (struct dcv_finding){.severity = (enum dcv_severity)verdicts[_i].severity};
        *DCV_VEC_ADD(arena, &order.sum.cas.items[0].findings) = numbers_of[0];
    }
    const struct dcv_order_ca *row = decide();
    ck_assert_str_eq(dcv_verdict_text(order.sum.cas.items[0].verdict), dcv_verdict_text(verdicts[_i].verdict));
    ck_assert_int_eq(order.sum.verdict, verdicts[_i].verdict);
    ck_assert_uint_eq(row->ready + row->not_ready + row->unknown, strlen(names));
}
END_TEST

/* Where the certificate that holds the names could not be read, none that is judged can make up for those that are not known. */
START_TEST(verdict_of_a_guess)
{
    add_name("r a@x.jp");
    order.guessed = true;
    (void)decide();
    ck_assert_int_eq(order.sum.verdict, DCV_UNKNOWN_VERDICT);
}
END_TEST

/* A blocker of one CA is none of another; of CAs that were not named one is enough. */
START_TEST(verdict_of_several)
{
    static struct dcv_ca second = {.id = "second"};
    add_name("r a@x.jp");
    struct dcv_judged *judged = (struct dcv_judged *)order.names.items[0].judged;
    *DCV_VEC_ADD(arena, &judged->cas) = (struct dcv_judged_ca){.ca = &second, .verdict = DCV_READY};
    *DCV_VEC_ADD(arena, &order.sum.cas) = (struct dcv_judged_ca){.ca = &second};
    *DCV_VEC_ADD(arena, &order.sum.findings) = (struct dcv_finding){.severity = DCV_BLOCKER};
    *DCV_VEC_ADD(arena, &order.sum.cas.items[1].findings) = 0;
    ck_assert_int_eq(dcv_verdict_order(&order, arena, _i != 0), DCV_OK);
    ck_assert_int_eq(order.sum.cas.items[0].verdict, DCV_READY);
    ck_assert_int_eq(order.sum.cas.items[1].verdict, DCV_NOT_READY);
    ck_assert_int_eq(order.sum.verdict, _i != 0 ? DCV_NOT_READY : DCV_READY);
    ck_assert_uint_eq(order.cas.items[1].mailboxes.count, 0);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("order");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, coverage, 0, ROWS(tables));
    tcase_add_loop_test(tcase, fewest, 0, 60);
    tcase_add_test(tcase, of_three_hundred);
    tcase_add_test(tcase, of_a_hundred_domains);
    tcase_add_test(tcase, of_many_choices);
    tcase_add_test(tcase, of_a_hard_one);
    tcase_add_loop_test(tcase, verdict, 0, ROWS(verdicts));
    tcase_add_test(tcase, verdict_of_a_guess);
    tcase_add_loop_test(tcase, verdict_of_several, 0, 2);
    return run_cases("order", tcase);
}
