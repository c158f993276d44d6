#include "name/mailbox_diagnose.h"

#include "name/hostname.h"

enum {
    MEANT_MAX = 8,     /* addresses suggested at most */
    LOOK_BACK = 256,   /* octets looked through for the start of a quoted local part */
    REPAIR_MAX = 1024, /* longer values are not repaired: no address has so many octets */
};

/* Addresses within a value that is none */

/* Addresses, and where in the value they stand. */
struct found {
    struct dcv_octets at[MEANT_MAX];
    struct dcv_addr_spec specs[MEANT_MAX];
    size_t count;
};

/* From where on the octets before the "@" at `at` may be a local part; nothing before `floor` is looked at. */
static const uint8_t *local_start(const uint8_t *floor, const uint8_t *at)
{
    const uint8_t *from = at;
    if (at > floor && at[-1] == '"') {
        for (from = at - 1; from > floor && at - from < LOOK_BACK;)
            if (*--from == '"' && (from == floor || from[-1] != '\\'))
                return from;
        return at;
    }
    while (from > floor) {
        size_t size;
        enum dcv_kind kind = dcv_octets_last_kind(dcv_octets_between(floor, from), &size);
        if (kind != DCV_KIND_ATEXT && kind != DCV_KIND_DOT && kind != DCV_KIND_WIDE)
            break;
        from -= size;
    }
    return from;
}

/* Up to where the octets behind an "@" may be a domain; a final dot is left out, it ends a sentence. */
static const uint8_t *domain_end(const uint8_t *from, const uint8_t *end)
{
    const uint8_t *to = from;
    if (from < end && *from == '[') {
        const uint8_t *close = memchr(from, ']', (size_t)(end - from) < LOOK_BACK ? (size_t)(end - from) : LOOK_BACK);
        return close != NULL ? close + 1 : from;
    }
    for (size_t size; to < end; to += size)
        if (!dcv_addr_spec_in_domain(dcv_octets_kind(dcv_octets_between(to, end), &size), *to))
            break;
    return to > from && to[-1] == '.' ? to - 1 : to;
}

/* An apostrophe is a letter of a local part, unless its twin stands behind the domain. */
static struct dcv_octets without_quotes(struct dcv_octets text, const uint8_t *end)
{
    const uint8_t *behind = dcv_octets_end(text);
    if (behind < end && (*behind == '\'' || *behind == '`') && text.at[0] == *behind)
        return dcv_octets_from(text, 1);
    return text;
}

/* May an address end here? Not where a domain goes on with what no domain has ("a@b_c", "a@b\u200b.example"), nor
 * before another "@". */
static bool ends_well(struct dcv_octets behind)
{
    size_t size, next_size;
    if (behind.len == 0)
        return true;
    enum dcv_kind kind = dcv_octets_kind(behind, &size);
    if (kind == DCV_KIND_ATEXT)
        return behind.at[0] < 0x80 && strchr("'`?!/|}", behind.at[0]) != NULL;
    struct dcv_octets next = dcv_octets_from(behind, size);
    if ((kind == DCV_KIND_INVISIBLE || kind == DCV_KIND_CURLY) && next.len > 0)
        return !dcv_addr_spec_in_domain(dcv_octets_kind(next, &next_size), next.at[0]);
    return behind.at[0] != '@' && kind != DCV_KIND_WIDE;
}

/* Is the text an address that somebody may have meant? A shortage of memory is left in the arena. */
static bool is_spec(struct dcv_arena *arena, struct dcv_octets text, struct dcv_addr_spec *out)
{
    enum dcv_status status = dcv_addr_spec_read(text, out, NULL);
    if (status == DCV_ERR_NOMEM)
        dcv_arena_fail(arena);
    return status == DCV_OK && !out->number;
}

static void find_addresses(struct dcv_arena *arena, struct dcv_octets text, struct found *out)
{
    const uint8_t *floor = text.at, *end = dcv_octets_end(text), *at = text.at;
    out->count = 0;
    while (out->count < MEANT_MAX && at < end && (at = memchr(at, '@', (size_t)(end - at))) != NULL) {
        const uint8_t *from = local_start(floor, at), *to = domain_end(at + 1, end);
        struct dcv_octets candidate = without_quotes(dcv_octets_between(from, to), end);
        bool glued = candidate.at > text.at && (candidate.at[-1] == '@' || candidate.at[-1] == '\\');
        if (!glued && ends_well(dcv_octets_between(to, end)) && is_spec(arena, candidate, &out->specs[out->count])) {
            out->at[out->count++] = candidate;
            floor = to;
        }
        at = to > at ? to : at + 1;
    }
}

static const char *join_meant(struct dcv_arena *arena, const struct found *found)
{
    const char *meant = NULL;
    for (size_t i = 0; i < found->count; i++) {
        const char *address = dcv_addr_spec_address(arena, &found->specs[i]);
        if (address == NULL)
            return NULL;
        meant = meant == NULL ? address : dcv_arena_printf(arena, "%s %s", meant, address);
    }
    return meant;
}

/* Diagnosis: what the value was probably meant to be, and with it the most helpful fault */

struct diagnosis {
    struct dcv_arena *arena;
    struct dcv_octets text;       /* the value without blanks around it */
    struct dcv_addr_spec spec;    /* what dcv_addr_spec_read() made of it */
    struct dcv_mailbox_flaw flaw; /* what it said; replaced by a better one */
    const char *meant;
};

static bool conclude(struct diagnosis *d, enum dcv_mailbox_fault fault, const uint8_t *at)
{
    d->flaw = (struct dcv_mailbox_flaw){fault, at};
    return true;
}

/* Concludes when the changed text is an address. */
static bool conclude_if(struct diagnosis *d, struct dcv_octets changed, enum dcv_mailbox_fault fault, const uint8_t *at)
{
    struct dcv_addr_spec spec;
    if (!is_spec(d->arena, dcv_octets_trim(changed), &spec))
        return false;
    d->meant = dcv_addr_spec_address(d->arena, &spec);
    return conclude(d, fault, at);
}

/* Room for a shorter copy of the text; NULL when it is not worth it. */
static uint8_t *copy_room(struct diagnosis *d)
{
    return d->text.len > REPAIR_MAX ? NULL : dcv_arena_alloc(d->arena, d->text.len);
}

/* "mailto:a@b?subject=c" (RFC 6068). */
static bool find_mailto(struct diagnosis *d)
{
    static const char scheme[] = "mailto:";
    struct found found;
    if (!dcv_octets_starts(d->text, scheme))
        return false;
    struct dcv_octets rest = dcv_octets_from(d->text, sizeof scheme - 1);
    const uint8_t *query = memchr(rest.at, '?', rest.len);
    find_addresses(d->arena, query != NULL ? dcv_octets_between(rest.at, query) : rest, &found);
    d->meant = join_meant(d->arena, &found);
    return conclude(d, DCV_MAILBOX_MAILTO, d->text.at);
}

/* Does the white space before `rest` part what belongs together? Nobody writes prose so: " @", "@ ", " .jp". */
static bool splits_address(uint8_t before, struct dcv_octets rest)
{
    return before == '@' || (rest.len > 0 && (rest.at[0] == '@' || rest.at[0] == '.'));
}

/* "a@ b.example", "a @b.example", "a@b .example". */
static bool repair_spaces(struct diagnosis *d)
{
    uint8_t *copy = copy_room(d);
    const uint8_t *first = NULL;
    size_t to = 0;
    for (size_t i = 0, size; copy != NULL && i < d->text.len; i += size) {
        struct dcv_octets rest = dcv_octets_from(d->text, i);
        const uint8_t *behind = rest.at;
        for (size_t blank = 0;
             behind < dcv_octets_end(rest) &&
             dcv_kind_blank(dcv_octets_kind(dcv_octets_between(behind, dcv_octets_end(rest)), &blank));)
            behind += blank;
        size = (size_t)(behind - rest.at);
        bool drop =
            size > 0 && splits_address(to > 0 ? copy[to - 1] : 0, dcv_octets_between(behind, dcv_octets_end(rest)));
        first = drop && first == NULL ? rest.at : first;
        size = size > 0 ? size : 1;
        if (!drop)
            memcpy(copy + to, rest.at, size);
        to += drop ? 0 : size;
    }
    return first != NULL && conclude_if(d, (struct dcv_octets){copy, to}, DCV_MAILBOX_PADDING, first);
}

/* "a@b.example (DCV)", "a(DCV)@b.example" (RFC 5322 §3.2.2). */
static bool repair_comments(struct diagnosis *d)
{
    const uint8_t *first = dcv_octets_find(d->text, '(');
    uint8_t *copy = first != NULL ? copy_room(d) : NULL;
    size_t to = 0, depth = 0;
    for (size_t i = 0; copy != NULL && i < d->text.len; i++) {
        uint8_t octet = d->text.at[i];
        depth += octet == '(';
        if (depth == 0)
            copy[to++] = octet;
        else if (octet == ')')
            depth--;
    }
    return copy != NULL && depth == 0 && conclude_if(d, (struct dcv_octets){copy, to}, DCV_MAILBOX_COMMENT, first);
}

/* Something else in the place of "@". */
static bool repair_at(struct diagnosis *d)
{
    static const char *const stands_for_at[] = {"\uff20", "\ufe6b", "(at)", "[at]", " at ", "@@"};
    for (size_t k = 0; k < sizeof stands_for_at / sizeof *stands_for_at; k++) {
        size_t size = strlen(stands_for_at[k]), i = 0;
        while (i < d->text.len && !dcv_octets_starts(dcv_octets_from(d->text, i), stands_for_at[k]))
            i++;
        uint8_t *copy = i < d->text.len ? copy_room(d) : NULL;
        if (copy == NULL)
            continue;
        struct dcv_octets rest = dcv_octets_from(d->text, i + size);
        memcpy(copy, d->text.at, i);
        copy[i] = '@';
        memcpy(copy + i + 1, rest.at, rest.len);
        bool twice = stands_for_at[k][0] == '@';
        if (conclude_if(d, (struct dcv_octets){copy, i + 1 + rest.len}, twice ? DCV_MAILBOX_TWO_AT : DCV_MAILBOX_NO_AT,
                        d->text.at + i + twice))
            return true;
    }
    return false;
}

/* A domain in full-width letters, with ideographic or invisible characters: what UTS #46 makes of it. */
static bool repair_domain(struct diagnosis *d)
{
    static const char *const wide_dots[] = {"\u3002", "\uff0e", "\uff61"};
    bool domain = d->flaw.fault == DCV_MAILBOX_DOMAIN || d->flaw.fault == DCV_MAILBOX_PADDING;
    if (!domain || d->spec.domain.len == 0)
        return false;
    for (size_t i = 0; i < sizeof wide_dots / sizeof *wide_dots; i++) {
        size_t size = strlen(wide_dots[i]);
        struct dcv_octets shorter = {d->text.at, d->text.len - (dcv_octets_ends(d->text, wide_dots[i]) ? size : 0)};
        if (shorter.len < d->text.len && conclude_if(d, shorter, DCV_MAILBOX_TRAILING_DOT, dcv_octets_end(shorter)))
            return true;
    }
    if (dcv_name_from_unicode((const char *)d->spec.domain.at, d->spec.domain.len, &d->spec.name) != DCV_OK)
        return false;
    d->meant = dcv_addr_spec_address(d->arena, &d->spec);
    return true;
}

/* "a”@b.example": without its typographic quotation marks. */
static bool repair_curly(struct diagnosis *d)
{
    uint8_t *copy = d->flaw.fault == DCV_MAILBOX_CURLY_QUOTE ? copy_room(d) : NULL;
    size_t to = 0;
    for (size_t i = 0, size; copy != NULL && i < d->text.len; i += size)
        if (dcv_octets_kind(dcv_octets_from(d->text, i), &size) != DCV_KIND_CURLY) {
            memcpy(copy + to, d->text.at + i, size);
            to += size;
        }
    return copy != NULL && conclude_if(d, (struct dcv_octets){copy, to}, DCV_MAILBOX_CURLY_QUOTE, d->flaw.at);
}

/* Is there nothing but quotation marks (backslashes of a doubly escaped value among them)? */
static bool only_quotes(struct dcv_octets text)
{
    for (size_t i = 0, size; i < text.len; i += size)
        if (dcv_octets_kind(dcv_octets_from(text, i), &size) != DCV_KIND_CURLY && strchr("\"'`\\", text.at[i]) == NULL)
            return false;
    return true;
}

/* Quotation marks and nothing else around an address. */
static bool conclude_quotes(struct diagnosis *d, struct dcv_octets before, struct dcv_octets after)
{
    const uint8_t *curly = dcv_octets_find_kind(before, DCV_KIND_CURLY);
    if (curly == dcv_octets_end(before))
        curly = dcv_octets_find_kind(after, DCV_KIND_CURLY);
    if (curly < dcv_octets_end(after))
        return conclude(d, DCV_MAILBOX_CURLY_QUOTE, curly);
    return conclude(d, DCV_MAILBOX_QUOTES, before.len > 0 ? before.at : after.at);
}

static bool is_list_separator(struct dcv_octets text, bool last)
{
    size_t size;
    if (text.len == 0)
        return false;
    enum dcv_kind kind = last ? dcv_octets_last_kind(text, &size) : dcv_octets_kind(text, &size);
    uint8_t octet = last ? dcv_octets_end(text)[-1] : text.at[0];
    return kind == DCV_KIND_SEPARATOR || octet == ',' || octet == ';';
}

/* One address with something around it. */
static bool judge_surroundings(struct diagnosis *d, struct dcv_octets address)
{
    struct dcv_octets before = dcv_octets_trim(dcv_octets_between(d->text.at, address.at));
    struct dcv_octets after = dcv_octets_trim(dcv_octets_between(dcv_octets_end(address), dcv_octets_end(d->text)));
    const uint8_t *angle = dcv_octets_find(before, '<');
    if (d->flaw.fault == DCV_MAILBOX_TRAILING_DOT)
        return true;
    if (only_quotes(before) && only_quotes(after))
        return conclude_quotes(d, before, after);
    if (angle != NULL || dcv_octets_starts(after, ">"))
        return conclude(d, DCV_MAILBOX_ANGLE, angle != NULL ? angle : after.at);
    if (dcv_octets_ends(before, "mailto:"))
        return conclude(d, DCV_MAILBOX_MAILTO, dcv_octets_end(before) - strlen("mailto:"));
    if (dcv_octets_starts(after, "("))
        return conclude(d, DCV_MAILBOX_COMMENT, after.at);
    if (dcv_octets_starts(before, "("))
        return conclude(d, DCV_MAILBOX_COMMENT, before.at);
    if (is_list_separator(after, false))
        return conclude(d, DCV_MAILBOX_LIST, after.at);
    if (is_list_separator(before, true))
        return conclude(d, DCV_MAILBOX_LIST, dcv_octets_end(before) - (dcv_octets_end(before)[-1] < 0x80 ? 1 : 3));
    return conclude(d, DCV_MAILBOX_PREFIX, before.len > 0 ? before.at : dcv_octets_end(address));
}

/* What parts the first address of several from the next: a comma or semicolon, else white space, else anything. */
static const uint8_t *find_separator(struct dcv_octets between)
{
    const uint8_t *end = dcv_octets_end(between);
    for (size_t i = 0, size; i < between.len; i += size) {
        struct dcv_octets rest = dcv_octets_from(between, i);
        (void)dcv_octets_kind(rest, &size);
        if (is_list_separator(rest, false))
            return rest.at;
    }
    const uint8_t *space = dcv_octets_find_kind(between, DCV_KIND_SPACE);
    return space < end ? space : between.at;
}

static bool judge_found(struct diagnosis *d)
{
    struct found found;
    find_addresses(d->arena, d->text, &found);
    if (found.count == 0)
        return false;
    d->meant = join_meant(d->arena, &found);
    if (found.count == 1)
        return judge_surroundings(d, found.at[0]);
    return conclude(d, DCV_MAILBOX_LIST,
                    find_separator(dcv_octets_between(dcv_octets_end(found.at[0]), found.at[1].at)));
}

/* Octets that no address has, wherever they are. */
static bool judge_octets(struct diagnosis *d, struct dcv_octets value)
{
    const uint8_t *broken = dcv_octets_find_kind(value, DCV_KIND_BROKEN),
                  *control = dcv_octets_find_kind(value, DCV_KIND_CONTROL), *end = dcv_octets_end(value);
    struct found found;
    if (broken == end && control == end)
        return false;
    find_addresses(d->arena, d->text, &found);
    d->meant = join_meant(d->arena, &found);
    return conclude(d, broken < end ? DCV_MAILBOX_UTF8 : DCV_MAILBOX_CONTROL, broken < end ? broken : control);
}

static bool judge_padding(struct diagnosis *d, struct dcv_octets value)
{
    if (d->text.len == 0)
        return conclude(d, DCV_MAILBOX_EMPTY, value.at);
    return d->text.len < value.len &&
           conclude_if(d, d->text, DCV_MAILBOX_PADDING, d->text.at > value.at ? value.at : dcv_octets_end(d->text));
}

static void judge(struct diagnosis *d, struct dcv_octets value)
{
    d->text = dcv_octets_trim(value);
    if (judge_octets(d, value) || judge_padding(d, value))
        return;
    if (dcv_addr_spec_read(d->text, &d->spec, &d->flaw) == DCV_ERR_NOMEM)
        dcv_arena_fail(d->arena);
    if (find_mailto(d) || repair_spaces(d) || repair_comments(d) || repair_at(d) || judge_found(d) || repair_curly(d) ||
        repair_domain(d))
        return;
    if (dcv_octets_find(d->text, '@') == NULL)
        (void)conclude(d, DCV_MAILBOX_NO_AT, d->flaw.at);
}

const char *dcv_mailbox_diagnose(struct dcv_arena *arena, struct dcv_octets value, struct dcv_mailbox_flaw *flaw)
{
    struct diagnosis diagnosis = {.arena = arena, .flaw = *flaw};
    judge(&diagnosis, value);
    *flaw = diagnosis.flaw;
    return diagnosis.meant;
}
