#include "name/mailbox.h"

#include "base/text.h"
#include "name/hostname.h"
#include "name/ip.h"

#include <string.h>

enum {
    LOCAL_MAX = 64,    /* RFC 5321 §4.5.3.1.1 */
    DOMAIN_MAX = 255,  /* §4.5.3.1.2 */
    ADDRESS_MAX = 254, /* §4.5.3.1.3 as corrected by erratum 1690 */
    MEANT_MAX = 8,     /* addresses suggested at most */
    LOOK_BACK = 256,   /* octets looked through for the start of a quoted local part */
    REPAIR_MAX = 1024, /* longer values are not repaired: no address has so many octets */
};

/* Octets of the value; `at` is behind or at the last one where `len` is 0. */
struct text {
    const uint8_t *at;
    size_t len;
};

/* The first thing that keeps a text from being an address. */
struct flaw {
    enum dcv_mailbox_fault fault;
    const uint8_t *at;
};

/* Characters */

enum kind {
    KIND_ATEXT, /* RFC 5322 §3.2.3, and what RFC 6532 §3.2 adds */
    KIND_DOT,
    KIND_SPECIAL,   /* printable ASCII that has a meaning of its own: RFC 5322 §3.2.3 "specials" without the dot */
    KIND_SPACE,     /* white space of any script */
    KIND_INVISIBLE, /* what no eye can see at the edge of a text: zero width, bidirectional controls */
    KIND_CONTROL,
    KIND_CURLY,     /* a typographic quotation mark */
    KIND_SEPARATOR, /* an ideographic or full-width comma or semicolon */
    KIND_WIDE,      /* other full-width forms and the ideographic full stop: never part of a U-label */
    KIND_BROKEN,    /* an octet that begins no valid UTF-8 */
};

struct range {
    uint32_t first, last;
    enum kind kind;
};

/* Beyond ASCII; the first row that holds counts. */
static const struct range ranges[] = {
    {0x0080, 0x009f, KIND_CONTROL},   {0x00a0, 0x00a0, KIND_SPACE},
    {0x00ad, 0x00ad, KIND_INVISIBLE}, {0x1680, 0x1680, KIND_SPACE},
    {0x2000, 0x200a, KIND_SPACE},     {0x200c, 0x200d, KIND_ATEXT}, /* joiners: letters */
    {0x200b, 0x200f, KIND_INVISIBLE}, {0x2018, 0x201f, KIND_CURLY},
    {0x2028, 0x2029, KIND_SPACE},     {0x202a, 0x202e, KIND_INVISIBLE},
    {0x202f, 0x202f, KIND_SPACE},     {0x205f, 0x205f, KIND_SPACE},
    {0x2060, 0x206f, KIND_INVISIBLE}, {0x3000, 0x3000, KIND_SPACE},
    {0x3001, 0x3001, KIND_SEPARATOR}, {0x3002, 0x3002, KIND_WIDE},
    {0xfeff, 0xfeff, KIND_INVISIBLE}, {0xff02, 0xff02, KIND_CURLY},
    {0xff0c, 0xff0c, KIND_SEPARATOR}, {0xff1b, 0xff1b, KIND_SEPARATOR},
    {0xff00, 0xffef, KIND_WIDE},
};

static enum kind ascii_kind(uint8_t octet)
{
    if (octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n')
        return KIND_SPACE;
    if (octet < ' ' || octet == 0x7f)
        return KIND_CONTROL;
    if (octet == '.')
        return KIND_DOT;
    return strchr("\"(),:;<>@[\\]", octet) != NULL ? KIND_SPECIAL : KIND_ATEXT;
}

/* The character at the start of a text that is not empty: its kind, and in `*size` its octets. */
static enum kind read_kind(struct text text, size_t *size)
{
    uint8_t lead = text.at[0];
    *size = 1;
    if (lead < 0x80)
        return ascii_kind(lead);
    size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (len > text.len || !dcv_utf8_valid(text.at, len))
        return KIND_BROKEN;
    uint32_t character = lead & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++)
        character = character << 6 | (text.at[i] & 0x3fU);
    *size = len;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return ranges[i].kind;
    return KIND_ATEXT;
}

/* The same for the character at the end. */
static enum kind read_last_kind(struct text text, size_t *size)
{
    for (size_t len = 1; len <= 4 && len <= text.len; len++) {
        enum kind kind = read_kind((struct text){text.at + text.len - len, len}, size);
        if (kind != KIND_BROKEN && *size == len)
            return kind;
    }
    *size = 1;
    return KIND_BROKEN;
}

static struct text text_from(struct text text, size_t skip)
{
    return (struct text){text.at + skip, text.len - skip};
}

static struct text text_between(const uint8_t *from, const uint8_t *to)
{
    return (struct text){from, (size_t)(to - from)};
}

static const uint8_t *end_of(struct text text)
{
    return text.at + text.len;
}

static bool starts_with(struct text text, const char *what)
{
    size_t len = strlen(what);
    return text.len >= len && dcv_ascii_equal_nocase_n(text.at, what, len);
}

static bool ends_with(struct text text, const char *what)
{
    size_t len = strlen(what);
    return text.len >= len && dcv_ascii_equal_nocase_n(end_of(text) - len, what, len);
}

/* The first such octet, or NULL. */
static const uint8_t *find_octet(struct text text, char octet)
{
    return text.len == 0 ? NULL : memchr(text.at, octet, text.len);
}

static bool is_blank(enum kind kind)
{
    return kind == KIND_SPACE || kind == KIND_INVISIBLE;
}

/* Without white space and invisible characters at either end. */
static struct text trim(struct text text)
{
    size_t size;
    while (text.len > 0 && is_blank(read_kind(text, &size)))
        text = text_from(text, size);
    while (text.len > 0 && is_blank(read_last_kind(text, &size)))
        text.len -= size;
    return text;
}

/* The first character of a kind, or the end. */
static const uint8_t *find_kind(struct text text, enum kind kind)
{
    for (size_t i = 0, size; i < text.len; i += size)
        if (read_kind(text_from(text, i), &size) == kind)
            return text.at + i;
    return end_of(text);
}

/* The grammar */

/* An address as it stands in the value. */
struct spec {
    struct text local, domain;
    struct dcv_name name; /* len 0 for a domain literal */
    bool quoted;
};

/* `flaw` is NULL where only the answer is asked for. */
static enum dcv_status flawed(struct flaw *flaw, enum dcv_mailbox_fault fault, const uint8_t *at)
{
    if (flaw != NULL)
        *flaw = (struct flaw){fault, at};
    return DCV_ERR_SYNTAX;
}

/* What a character that may not stand in a dot-atom says about the value. */
static enum dcv_mailbox_fault fault_of(enum kind kind, uint8_t octet, enum dcv_mailbox_fault otherwise)
{
    switch (kind) {
    case KIND_SPACE:
    case KIND_INVISIBLE: return DCV_MAILBOX_PADDING;
    case KIND_CONTROL: return DCV_MAILBOX_CONTROL;
    case KIND_CURLY: return DCV_MAILBOX_CURLY_QUOTE;
    case KIND_SEPARATOR: return DCV_MAILBOX_LIST;
    case KIND_BROKEN: return DCV_MAILBOX_UTF8;
    case KIND_ATEXT:
    case KIND_DOT:
    case KIND_SPECIAL:
    case KIND_WIDE: break;
    }
    switch (octet) {
    case '(': return DCV_MAILBOX_COMMENT;
    case '<':
    case '>': return DCV_MAILBOX_ANGLE;
    case '"': return DCV_MAILBOX_QUOTES;
    case ',':
    case ';': return DCV_MAILBOX_LIST;
    default: return otherwise;
    }
}

/* quoted-string (RFC 5322 §3.2.4) without folding; spaces are its own. The octets up to "@" or the end are taken. */
static enum dcv_status read_quoted(struct text text, struct spec *out, struct flaw *flaw)
{
    for (size_t i = 1, size; i < text.len; i += size) {
        bool pair = text.at[i] == '\\' && i + 1 < text.len;
        struct text rest = text_from(text, pair ? i + 1 : i);
        enum kind kind = read_kind(rest, &size);
        if (kind == KIND_CONTROL || kind == KIND_BROKEN || (kind == KIND_SPACE && size == 1 && rest.at[0] != ' '))
            return flawed(flaw, fault_of(kind, rest.at[0], DCV_MAILBOX_LOCAL_PART), rest.at);
        if (!pair && text.at[i] == '"') {
            out->local = (struct text){text.at, i + 1};
            out->quoted = true;
            return DCV_OK;
        }
        size += pair;
    }
    return flawed(flaw, DCV_MAILBOX_QUOTES, text.at);
}

/* What is copied with an address stands at its edges: the grammar takes it for UTF8-non-ascii (RFC 6532 §3.1), yet
 * nobody means it. */
static bool check_edges(struct text local, struct flaw *flaw)
{
    size_t size;
    enum kind kind = read_kind(local, &size);
    const uint8_t *at = local.at;
    if (!is_blank(kind) && kind != KIND_CURLY) {
        kind = read_last_kind(local, &size);
        at = end_of(local) - size;
    }
    if (!is_blank(kind) && kind != KIND_CURLY)
        return true;
    (void)flawed(flaw, fault_of(kind, *at, DCV_MAILBOX_LOCAL_PART), at);
    return false;
}

/* dot-atom-text (RFC 5322 §3.2.3) up to "@" or the end. */
static enum dcv_status read_dot_atom(struct text text, struct spec *out, struct flaw *flaw)
{
    size_t i = 0, size;
    for (bool dot = true; i < text.len && text.at[i] != '@'; i += size) {
        enum kind kind = read_kind(text_from(text, i), &size);
        bool last = i + 1 == text.len || text.at[i + 1] == '@';
        if (kind == KIND_SPECIAL || kind == KIND_SPACE || kind == KIND_CONTROL || kind == KIND_BROKEN ||
            (kind == KIND_DOT && (dot || last)))
            return flawed(flaw, fault_of(kind, text.at[i], DCV_MAILBOX_LOCAL_PART), text.at + i);
        dot = kind == KIND_DOT;
    }
    if (i == 0)
        return flawed(flaw, DCV_MAILBOX_LOCAL_PART, text.at);
    out->local = (struct text){text.at, i};
    return check_edges(out->local, flaw) ? DCV_OK : DCV_ERR_SYNTAX;
}

/* domain-literal, of the forms that RFC 5321 §4.1.3 defines. */
static enum dcv_status read_literal(struct text text, struct flaw *flaw)
{
    static const char tag[] = "IPv6:";
    const uint8_t *close = memchr(text.at, ']', text.len);
    if (close == NULL)
        return flawed(flaw, DCV_MAILBOX_DOMAIN, text.at);
    struct text inside = text_between(text.at + 1, close);
    bool v6 = starts_with(inside, tag);
    if (v6)
        inside = text_from(inside, sizeof tag - 1);
    const char *address = (const char *)inside.at;
    if (v6 ? !dcv_ipv6_text(address, inside.len) : !dcv_ipv4_text(address, inside.len))
        return flawed(flaw, DCV_MAILBOX_DOMAIN, text.at);
    if (close + 1 < end_of(text)) {
        size_t size;
        enum kind kind = read_kind(text_between(close + 1, end_of(text)), &size);
        return flawed(flaw, fault_of(kind, close[1], DCV_MAILBOX_DOMAIN), close + 1);
    }
    return DCV_OK;
}

static bool is_host_octet(uint8_t octet)
{
    return (octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') ||
           octet == '-';
}

/* May a character stand in a domain? */
static bool in_domain(enum kind kind, uint8_t octet)
{
    return kind == KIND_DOT || (kind == KIND_ATEXT && (octet >= 0x80 || is_host_octet(octet)));
}

/* A domain whose characters are good, into a name; the flaw is where the reader of host names sees it. */
static enum dcv_status read_name(struct text domain, struct dcv_name *out, struct flaw *flaw)
{
    struct dcv_hostname host;
    struct dcv_hostname_error error;
    const char *text = (const char *)domain.at;
    enum dcv_status status = dcv_name_from_unicode(text, domain.len, out);
    if (status != DCV_ERR_SYNTAX || flaw == NULL)
        return status;
    if (dcv_hostname_parse(text, domain.len, &host, &error) != DCV_ERR_SYNTAX)
        error.at = 0;
    return flawed(flaw, DCV_MAILBOX_DOMAIN, domain.at + error.at);
}

static enum dcv_status read_domain(struct text text, struct spec *out, struct flaw *flaw)
{
    out->domain = text;
    out->name = (struct dcv_name){.len = 0};
    if (text.len > 0 && text.at[0] == '[')
        return read_literal(text, flaw);
    bool dot = true;
    for (size_t i = 0, size; i < text.len; i += size) {
        enum kind kind = read_kind(text_from(text, i), &size);
        if (text.at[i] == '@')
            return flawed(flaw, DCV_MAILBOX_TWO_AT, text.at + i);
        if (!in_domain(kind, text.at[i]) || (kind == KIND_DOT && dot))
            return flawed(flaw, fault_of(kind, text.at[i], DCV_MAILBOX_DOMAIN), text.at + i);
        dot = kind == KIND_DOT;
    }
    if (text.len == 0)
        return flawed(flaw, DCV_MAILBOX_DOMAIN, text.at);
    if (!dot)
        return read_name(text, &out->name, flaw);
    text.len--;
    enum dcv_status status = read_name(text, &out->name, flaw);
    return status != DCV_OK ? status : flawed(flaw, DCV_MAILBOX_TRAILING_DOT, end_of(text));
}

/* addr-spec, the whole text. After a fault in the domain, `out` has both parts. */
static enum dcv_status read_spec(struct text text, struct spec *out, struct flaw *flaw)
{
    *out = (struct spec){.quoted = false};
    if (text.len == 0)
        return flawed(flaw, DCV_MAILBOX_EMPTY, text.at);
    enum dcv_status status = text.at[0] == '"' ? read_quoted(text, out, flaw) : read_dot_atom(text, out, flaw);
    if (status != DCV_OK)
        return status;
    struct text rest = text_from(text, out->local.len);
    if (rest.len == 0)
        return flawed(flaw, DCV_MAILBOX_NO_AT, rest.at);
    if (rest.at[0] != '@')
        return flawed(flaw, DCV_MAILBOX_LOCAL_PART, rest.at);
    return read_domain(text_from(rest, 1), out, flaw);
}

/* The value found good */

static bool beyond_ascii(struct text text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] >= 0x80)
            return true;
    return false;
}

static unsigned warnings_of(const struct spec *spec, size_t address_len)
{
    size_t given = spec->local.len + 1 + spec->domain.len;
    unsigned warnings = 0;
    warnings |= spec->quoted ? DCV_MAILBOX_QUOTED_LOCAL : 0U;
    warnings |= spec->name.len == 0 ? DCV_MAILBOX_LITERAL : 0U;
    warnings |= spec->local.len > LOCAL_MAX ? DCV_MAILBOX_LOCAL_LONG : 0U;
    warnings |= spec->domain.len > DOMAIN_MAX ? DCV_MAILBOX_DOMAIN_LONG : 0U;
    warnings |= given > ADDRESS_MAX || address_len > ADDRESS_MAX ? DCV_MAILBOX_ADDRESS_LONG : 0U;
    warnings |= beyond_ascii(spec->local) ? DCV_MAILBOX_UTF8_LOCAL : 0U;
    warnings |= beyond_ascii(spec->domain) ? DCV_MAILBOX_UTF8_DOMAIN : 0U;
    warnings |= spec->name.len > 0 && dcv_name_labels(&spec->name) == 1 ? DCV_MAILBOX_SINGLE_LABEL : 0U;
    return warnings;
}

/* The domain part as `address` has it, in `room`. */
static struct text domain_text(const struct spec *spec, char room[DCV_NAME_TEXT_MAX])
{
    if (spec->name.len == 0)
        return spec->domain;
    const char *text = dcv_name_text(&spec->name, room);
    return (struct text){(const uint8_t *)text, strlen(text)};
}

static char *spec_address(struct dcv_arena *arena, const struct spec *spec)
{
    char room[DCV_NAME_TEXT_MAX];
    struct text domain = domain_text(spec, room);
    char *address = dcv_arena_alloc(arena, spec->local.len + domain.len + 2);
    if (address == NULL)
        return NULL;
    memcpy(address, spec->local.at, spec->local.len);
    address[spec->local.len] = '@';
    memcpy(address + spec->local.len + 1, domain.at, domain.len);
    return address;
}

static enum dcv_status take(struct dcv_arena *arena, const struct spec *spec, struct dcv_mailbox *out)
{
    char *address = spec_address(arena, spec);
    if (address == NULL)
        return DCV_ERR_NOMEM;
    *out = (struct dcv_mailbox){address, spec->local.len, spec->name, warnings_of(spec, strlen(address))};
    return DCV_OK;
}

/* Addresses within a value that is none */

/* Addresses, and where in the value they stand. */
struct found {
    struct text at[MEANT_MAX];
    struct spec specs[MEANT_MAX];
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
        enum kind kind = read_last_kind(text_between(floor, from), &size);
        if (kind != KIND_ATEXT && kind != KIND_DOT && kind != KIND_WIDE)
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
        if (!in_domain(read_kind(text_between(to, end), &size), *to))
            break;
    return to > from && to[-1] == '.' ? to - 1 : to;
}

/* An apostrophe is a letter of a local part, unless its twin stands behind the domain. */
static struct text without_quotes(struct text text, const uint8_t *end)
{
    const uint8_t *behind = end_of(text);
    if (behind < end && (*behind == '\'' || *behind == '`') && text.at[0] == *behind)
        return text_from(text, 1);
    return text;
}

/* May an address end here? Not where a domain goes on with what no domain has ("a@b_c", "a@b\u200b.example"), nor
 * before another "@". */
static bool ends_well(struct text behind)
{
    size_t size, next_size;
    if (behind.len == 0)
        return true;
    enum kind kind = read_kind(behind, &size);
    if (kind == KIND_ATEXT)
        return behind.at[0] < 0x80 && strchr("'`?!/|}", behind.at[0]) != NULL;
    struct text next = text_from(behind, size);
    if ((kind == KIND_INVISIBLE || kind == KIND_CURLY) && next.len > 0)
        return !in_domain(read_kind(next, &next_size), next.at[0]);
    return behind.at[0] != '@' && kind != KIND_WIDE;
}

/* Is the text an address? A shortage of memory is left in the arena. */
static bool is_spec(struct dcv_arena *arena, struct text text, struct spec *out)
{
    enum dcv_status status = read_spec(text, out, NULL);
    if (status == DCV_ERR_NOMEM)
        dcv_arena_fail(arena);
    return status == DCV_OK;
}

static void find_addresses(struct dcv_arena *arena, struct text text, struct found *out)
{
    const uint8_t *floor = text.at, *end = end_of(text), *at = text.at;
    out->count = 0;
    while (out->count < MEANT_MAX && at < end && (at = memchr(at, '@', (size_t)(end - at))) != NULL) {
        const uint8_t *from = local_start(floor, at), *to = domain_end(at + 1, end);
        struct text candidate = without_quotes(text_between(from, to), end);
        bool glued = candidate.at > text.at && (candidate.at[-1] == '@' || candidate.at[-1] == '\\');
        if (!glued && ends_well(text_between(to, end)) && is_spec(arena, candidate, &out->specs[out->count])) {
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
        const char *address = spec_address(arena, &found->specs[i]);
        if (address == NULL)
            return NULL;
        meant = meant == NULL ? address : dcv_arena_printf(arena, "%s %s", meant, address);
    }
    return meant;
}

/* Diagnosis: what the value was probably meant to be, and with it the most helpful fault */

struct diagnosis {
    struct dcv_arena *arena;
    struct text text; /* the value without blanks around it */
    struct spec spec; /* what read_spec() made of it */
    struct flaw flaw; /* what it said; replaced by a better one */
    const char *meant;
};

static bool conclude(struct diagnosis *d, enum dcv_mailbox_fault fault, const uint8_t *at)
{
    d->flaw = (struct flaw){fault, at};
    return true;
}

/* Concludes when the changed text is an address. */
static bool conclude_if(struct diagnosis *d, struct text changed, enum dcv_mailbox_fault fault, const uint8_t *at)
{
    struct spec spec;
    if (!is_spec(d->arena, trim(changed), &spec))
        return false;
    d->meant = spec_address(d->arena, &spec);
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
    if (!starts_with(d->text, scheme))
        return false;
    struct text rest = text_from(d->text, sizeof scheme - 1);
    const uint8_t *query = memchr(rest.at, '?', rest.len);
    find_addresses(d->arena, query != NULL ? text_between(rest.at, query) : rest, &found);
    d->meant = join_meant(d->arena, &found);
    return conclude(d, DCV_MAILBOX_MAILTO, d->text.at);
}

/* Does the white space before `rest` part what belongs together? Nobody writes prose so: " @", "@ ", " .jp". */
static bool splits_address(uint8_t before, struct text rest)
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
        struct text rest = text_from(d->text, i);
        const uint8_t *behind = rest.at;
        for (size_t blank = 0;
             behind < end_of(rest) && is_blank(read_kind(text_between(behind, end_of(rest)), &blank));)
            behind += blank;
        size = (size_t)(behind - rest.at);
        bool drop = size > 0 && splits_address(to > 0 ? copy[to - 1] : 0, text_between(behind, end_of(rest)));
        first = drop && first == NULL ? rest.at : first;
        size = size > 0 ? size : 1;
        if (!drop)
            memcpy(copy + to, rest.at, size);
        to += drop ? 0 : size;
    }
    return first != NULL && conclude_if(d, (struct text){copy, to}, DCV_MAILBOX_PADDING, first);
}

/* "a@b.example (DCV)", "a(DCV)@b.example" (RFC 5322 §3.2.2). */
static bool repair_comments(struct diagnosis *d)
{
    const uint8_t *first = find_octet(d->text, '(');
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
    return copy != NULL && depth == 0 && conclude_if(d, (struct text){copy, to}, DCV_MAILBOX_COMMENT, first);
}

/* Something else in the place of "@". */
static bool repair_at(struct diagnosis *d)
{
    static const char *const stands_for_at[] = {"\uff20", "\ufe6b", "(at)", "[at]", " at ", "@@"};
    for (size_t k = 0; k < sizeof stands_for_at / sizeof *stands_for_at; k++) {
        size_t size = strlen(stands_for_at[k]), i = 0;
        while (i < d->text.len && !starts_with(text_from(d->text, i), stands_for_at[k]))
            i++;
        uint8_t *copy = i < d->text.len ? copy_room(d) : NULL;
        if (copy == NULL)
            continue;
        struct text rest = text_from(d->text, i + size);
        memcpy(copy, d->text.at, i);
        copy[i] = '@';
        memcpy(copy + i + 1, rest.at, rest.len);
        bool twice = stands_for_at[k][0] == '@';
        if (conclude_if(d, (struct text){copy, i + 1 + rest.len}, twice ? DCV_MAILBOX_TWO_AT : DCV_MAILBOX_NO_AT,
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
        struct text shorter = {d->text.at, d->text.len - (ends_with(d->text, wide_dots[i]) ? size : 0)};
        if (shorter.len < d->text.len && conclude_if(d, shorter, DCV_MAILBOX_TRAILING_DOT, end_of(shorter)))
            return true;
    }
    if (dcv_name_from_unicode((const char *)d->spec.domain.at, d->spec.domain.len, &d->spec.name) != DCV_OK)
        return false;
    d->meant = spec_address(d->arena, &d->spec);
    return true;
}

/* "a”@b.example": without its typographic quotation marks. */
static bool repair_curly(struct diagnosis *d)
{
    uint8_t *copy = d->flaw.fault == DCV_MAILBOX_CURLY_QUOTE ? copy_room(d) : NULL;
    size_t to = 0;
    for (size_t i = 0, size; copy != NULL && i < d->text.len; i += size)
        if (read_kind(text_from(d->text, i), &size) != KIND_CURLY) {
            memcpy(copy + to, d->text.at + i, size);
            to += size;
        }
    return copy != NULL && conclude_if(d, (struct text){copy, to}, DCV_MAILBOX_CURLY_QUOTE, d->flaw.at);
}

/* Is there nothing but quotation marks (backslashes of a doubly escaped value among them)? */
static bool only_quotes(struct text text)
{
    for (size_t i = 0, size; i < text.len; i += size)
        if (read_kind(text_from(text, i), &size) != KIND_CURLY && strchr("\"'`\\", text.at[i]) == NULL)
            return false;
    return true;
}

/* Quotation marks and nothing else around an address. */
static bool conclude_quotes(struct diagnosis *d, struct text before, struct text after)
{
    const uint8_t *curly = find_kind(before, KIND_CURLY);
    if (curly == end_of(before))
        curly = find_kind(after, KIND_CURLY);
    if (curly < end_of(after))
        return conclude(d, DCV_MAILBOX_CURLY_QUOTE, curly);
    return conclude(d, DCV_MAILBOX_QUOTES, before.len > 0 ? before.at : after.at);
}

static bool is_list_separator(struct text text, bool last)
{
    size_t size;
    if (text.len == 0)
        return false;
    enum kind kind = last ? read_last_kind(text, &size) : read_kind(text, &size);
    uint8_t octet = last ? end_of(text)[-1] : text.at[0];
    return kind == KIND_SEPARATOR || octet == ',' || octet == ';';
}

/* One address with something around it. */
static bool judge_surroundings(struct diagnosis *d, struct text address)
{
    struct text before = trim(text_between(d->text.at, address.at));
    struct text after = trim(text_between(end_of(address), end_of(d->text)));
    const uint8_t *angle = find_octet(before, '<');
    if (d->flaw.fault == DCV_MAILBOX_TRAILING_DOT)
        return true;
    if (only_quotes(before) && only_quotes(after))
        return conclude_quotes(d, before, after);
    if (angle != NULL || starts_with(after, ">"))
        return conclude(d, DCV_MAILBOX_ANGLE, angle != NULL ? angle : after.at);
    if (ends_with(before, "mailto:"))
        return conclude(d, DCV_MAILBOX_MAILTO, end_of(before) - strlen("mailto:"));
    if (starts_with(after, "("))
        return conclude(d, DCV_MAILBOX_COMMENT, after.at);
    if (starts_with(before, "("))
        return conclude(d, DCV_MAILBOX_COMMENT, before.at);
    if (is_list_separator(after, false))
        return conclude(d, DCV_MAILBOX_LIST, after.at);
    if (is_list_separator(before, true))
        return conclude(d, DCV_MAILBOX_LIST, end_of(before) - (end_of(before)[-1] < 0x80 ? 1 : 3));
    return conclude(d, DCV_MAILBOX_PREFIX, before.len > 0 ? before.at : end_of(address));
}

/* What parts the first address of several from the next: a comma or semicolon, else white space, else anything. */
static const uint8_t *find_separator(struct text between)
{
    const uint8_t *end = end_of(between);
    for (size_t i = 0, size; i < between.len; i += size) {
        struct text rest = text_from(between, i);
        (void)read_kind(rest, &size);
        if (is_list_separator(rest, false))
            return rest.at;
    }
    const uint8_t *space = find_kind(between, KIND_SPACE);
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
    return conclude(d, DCV_MAILBOX_LIST, find_separator(text_between(end_of(found.at[0]), found.at[1].at)));
}

/* Octets that no address has, wherever they are. */
static bool judge_octets(struct diagnosis *d, struct text value)
{
    const uint8_t *broken = find_kind(value, KIND_BROKEN), *control = find_kind(value, KIND_CONTROL),
                  *end = end_of(value);
    struct found found;
    if (broken == end && control == end)
        return false;
    find_addresses(d->arena, d->text, &found);
    d->meant = join_meant(d->arena, &found);
    return conclude(d, broken < end ? DCV_MAILBOX_UTF8 : DCV_MAILBOX_CONTROL, broken < end ? broken : control);
}

static bool judge_padding(struct diagnosis *d, struct text value)
{
    if (d->text.len == 0)
        return conclude(d, DCV_MAILBOX_EMPTY, value.at);
    return d->text.len < value.len &&
           conclude_if(d, d->text, DCV_MAILBOX_PADDING, d->text.at > value.at ? value.at : end_of(d->text));
}

static void diagnose(struct diagnosis *d, struct text value)
{
    d->text = trim(value);
    if (judge_octets(d, value) || judge_padding(d, value))
        return;
    if (read_spec(d->text, &d->spec, &d->flaw) == DCV_ERR_NOMEM)
        dcv_arena_fail(d->arena);
    if (find_mailto(d) || repair_spaces(d) || repair_comments(d) || repair_at(d) || judge_found(d) || repair_curly(d) ||
        repair_domain(d))
        return;
    if (find_octet(d->text, '@') == NULL)
        (void)conclude(d, DCV_MAILBOX_NO_AT, d->flaw.at);
}

enum dcv_status dcv_mailbox_parse(struct dcv_arena *arena, const void *value, size_t len, struct dcv_mailbox *out,
                                  struct dcv_mailbox_error *error)
{
    struct text text = {len > 0 ? value : (const void *)"", len};
    struct spec spec;
    struct diagnosis diagnosis = {.arena = arena};
    enum dcv_status status = read_spec(text, &spec, &diagnosis.flaw);
    if (status == DCV_OK)
        return take(arena, &spec, out);
    if (status == DCV_ERR_SYNTAX)
        diagnose(&diagnosis, text);
    if (dcv_arena_failed(arena) || status != DCV_ERR_SYNTAX)
        return DCV_ERR_NOMEM;
    *error = (struct dcv_mailbox_error){diagnosis.flaw.fault, (size_t)(diagnosis.flaw.at - text.at), diagnosis.meant};
    return DCV_ERR_SYNTAX;
}

const char *dcv_mailbox_fault_word(enum dcv_mailbox_fault fault)
{
    static const char *const words[] = {
        [DCV_MAILBOX_OK] = "ok",
        [DCV_MAILBOX_EMPTY] = "empty",
        [DCV_MAILBOX_UTF8] = "utf8",
        [DCV_MAILBOX_CONTROL] = "control",
        [DCV_MAILBOX_PADDING] = "padding",
        [DCV_MAILBOX_MAILTO] = "mailto",
        [DCV_MAILBOX_ANGLE] = "angle",
        [DCV_MAILBOX_LIST] = "list",
        [DCV_MAILBOX_QUOTES] = "quotes",
        [DCV_MAILBOX_CURLY_QUOTE] = "curly-quote",
        [DCV_MAILBOX_COMMENT] = "comment",
        [DCV_MAILBOX_PREFIX] = "prefix",
        [DCV_MAILBOX_TRAILING_DOT] = "trailing-dot",
        [DCV_MAILBOX_NO_AT] = "no-at",
        [DCV_MAILBOX_TWO_AT] = "two-at",
        [DCV_MAILBOX_LOCAL_PART] = "local-part",
        [DCV_MAILBOX_DOMAIN] = "domain",
    };
    return (size_t)fault < sizeof words / sizeof *words ? words[fault] : "unknown";
}

bool dcv_mailbox_equal(const struct dcv_mailbox *a, const struct dcv_mailbox *b, bool *case_only)
{
    *case_only = false;
    /* a domain literal has no name: its text is compared */
    bool domains = dcv_name_equal(&a->domain, &b->domain) &&
                   dcv_ascii_equal_nocase(a->address + a->local_len, b->address + b->local_len);
    if (!domains || a->local_len != b->local_len || !dcv_ascii_equal_nocase_n(a->address, b->address, a->local_len))
        return false;
    *case_only = memcmp(a->address, b->address, a->local_len) != 0;
    return !*case_only;
}
