#include "shape/internal.h"

#include <string.h>

void cut_name(const struct dcv_name *name, struct cut *out)
{
    size_t at = 0;
    out->len = name->len;
    out->labels = 0;
    while (at < name->len && name->wire[at] != 0) {
        const uint8_t len = name->wire[at];
        out->at[out->labels++] = (uint8_t)at;
        out->wire[at++] = len;
        for (uint8_t i = 0; i < len; i++, at++) {
            const uint8_t octet = name->wire[at];
            out->wire[at] = octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
        }
    }
    out->at[out->labels] = (uint8_t)at;
    out->wire[at] = 0;
}

unsigned common_labels(const struct cut *a, const struct cut *b)
{
    const unsigned most = a->labels < b->labels ? a->labels : b->labels;
    unsigned same = 0;
    while (same < most) {
        const uint8_t *first = a->wire + a->at[a->labels - same - 1], *second = b->wire + b->at[b->labels - same - 1];
        if (first[0] != second[0] || memcmp(first + 1, second + 1, first[0]) != 0)
            break;
        same++;
    }
    return same;
}

static bool plain_octet(uint8_t octet)
{
    return (octet >= 'a' && octet <= 'z') || (octet >= '0' && octet <= '9') || octet == '-' || octet == '_';
}

/* Made of letters, digits and hyphens, of ordinary length, and shown to people as it is: an A-label is not. */
static bool ordinary(const struct cut *cut)
{
    if (cut->len > NAME_LONG)
        return false;
    for (unsigned i = 0; i < cut->labels; i++) {
        const uint8_t *label = cut->wire + cut->at[i];
        if (label[0] >= 4 && memcmp(label + 1, "xn--", 4) == 0)
            return false;
        for (uint8_t j = 1; j <= label[0]; j++)
            if (!plain_octet(label[j]))
                return false;
    }
    return true;
}

/* Labels of the base domain of a name; 0: it has none. */
static uint8_t base_labels(const struct names *names, const struct cut *cut)
{
    struct dcv_name name = {.len = cut->len};
    memcpy(name.wire, cut->wire, cut->len);
    const unsigned suffix = dcv_psl_suffix_labels(names->psl, &name);
    return suffix < cut->labels ? (uint8_t)(suffix + 1) : 0;
}

bool names_begin(struct names *names, const struct dcv_name *own)
{
    struct known *known = &names->items[0];
    cut_name(own, &known->cut);
    known->least = base_labels(names, &known->cut);
    names->count = 1;
    names->full = false;
    return known->least != 0 && ordinary(&known->cut);
}

bool names_own(const struct names *names, const struct cut *cut)
{
    return common_labels(&names->items[0].cut, cut) >= names->items[0].least;
}

bool dcv_shape_tells(const char *label, size_t len)
{
    static const char *const told[] = {"www", "mail", "example"};
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        if (strlen(told[i]) == len && memcmp(told[i], label, len) == 0)
            return true;
    return len > 0 && label[0] == '_';
}

void names_put_label(const uint8_t *label, bool always, struct dcv_buf *out)
{
    if (always || dcv_shape_tells((const char *)label + 1, label[0]))
        dcv_buf_put(out, label, label[0] + 1U);
    else
        dcv_buf_putc(out, 0);
}

static void put_wire(const struct cut *cut, unsigned from, unsigned to, struct dcv_buf *out)
{
    dcv_buf_put(out, cut->wire + cut->at[from], (size_t)(cut->at[to] - cut->at[from]));
}

static void put_number(size_t name, unsigned left_out, struct dcv_buf *out)
{
    const char place[] = {PLACE, (char)(FIRST_NUMBER + name), (char)(FIRST_NUMBER + left_out)};
    dcv_buf_put(out, place, sizeof place);
}

/* The number of the name that this one belongs to; `*common` is how many labels they share. SIZE_MAX: of none. */
static size_t find(const struct names *names, const struct cut *cut, unsigned *common)
{
    for (size_t i = 0; i < names->count; i++) {
        const unsigned same = common_labels(&names->items[i].cut, cut);
        if (same >= names->items[i].least) {
            *common = same;
            return i;
        }
    }
    return SIZE_MAX;
}

/* A new number: where its base domain begins stays to be seen. */
static void add_name(struct names *names, const struct cut *cut, uint8_t least, struct dcv_buf *out)
{
    struct known *known = &names->items[names->count];
    known->cut = *cut;
    known->least = least;
    put_number(names->count++, 0, out);
    dcv_buf_putc(out, (char)cut->labels);
    for (unsigned i = 0; i < cut->labels; i++)
        names_put_label(cut->wire + cut->at[i], i + least > cut->labels, out);
}

void names_put(struct names *names, const struct cut *cut, bool add, struct dcv_buf *out)
{
    unsigned common = 0;
    const size_t number = find(names, cut, &common);
    if (number != SIZE_MAX) {
        put_number(number, names->items[number].cut.labels - common, out);
        put_wire(cut, 0, cut->labels - common, out);
        dcv_buf_putc(out, 0);
        return;
    }
    const uint8_t least = add && ordinary(cut) ? base_labels(names, cut) : 0;
    if (least != 0 && names->count < NAMES_MAX) {
        add_name(names, cut, least, out);
        return;
    }
    names->full = names->full || least != 0;
    dcv_buf_put(out, cut->wire, cut->len);
}

void names_put_name(struct names *names, const struct dcv_name *name, bool add, struct dcv_buf *out)
{
    struct cut cut;
    if (name->len == 0) {
        dcv_buf_putc(out, (char)0xff);
        return;
    }
    cut_name(name, &cut);
    names_put(names, &cut, add, out);
}

/* ---- texts ---------------------------------------------------------------------------------------------------------------------- */

/* Octets of a host name and the dots between its labels. */
static bool of_name(char octet)
{
    return plain_octet((uint8_t)octet) || octet == '.' || (octet >= 'A' && octet <= 'Z');
}

/* A run of such octets as a name, its case kept; false: it is none. */
static bool cut_text(const char *text, size_t len, struct cut *out)
{
    if (len == 0 || len > DCV_NAME_WIRE_MAX - 2)
        return false;
    out->labels = 0;
    size_t at = 0;
    for (size_t from = 0; from <= len;) {
        const char *dot = memchr(text + from, '.', len - from);
        const size_t label = dot != NULL ? (size_t)(dot - text) - from : len - from;
        if (label == 0 || label > DCV_LABEL_MAX)
            return false;
        out->at[out->labels++] = (uint8_t)at;
        out->wire[at++] = (uint8_t)label;
        memcpy(out->wire + at, text + from, label);
        at += label;
        from += label + 1;
    }
    out->at[out->labels] = (uint8_t)at;
    out->wire[at] = 0;
    out->len = (uint8_t)(at + 1);
    return true;
}

static void mark_run(const struct names *names, const char *text, size_t len, struct dcv_buf *out)
{
    struct cut cut;
    unsigned common = 0;
    size_t lead = 0, dots = 0;
    while (lead < len && text[lead] == '.') /* behind the asterisk of a wildcard name */
        lead++;
    dcv_buf_put(out, text, lead);
    text += lead;
    len -= lead;
    while (dots < len && text[len - 1 - dots] == '.') /* of an absolute name, or of a sentence */
        dots++;
    const size_t number = cut_text(text, len - dots, &cut) ? find(names, &cut, &common) : SIZE_MAX;
    if (number == SIZE_MAX) {
        dcv_buf_put(out, text, len);
        return;
    }
    dcv_buf_put(out, text, cut.at[cut.labels - common]); /* a label costs one octet in either form */
    put_number(number, names->items[number].cut.labels - common, out);
    dcv_buf_fill(out, '.', dots);
}

void names_mark(const struct names *names, const char *text, size_t len, struct dcv_buf *out)
{
    for (size_t at = 0; at < len;) {
        size_t end = at;
        while (end < len && of_name(text[end]))
            end++;
        if (end > at)
            mark_run(names, text + at, end - at, out);
        at = end;
        while (end < len && !of_name(text[end]))
            end++;
        dcv_buf_put(out, text + at, end - at);
        at = end;
    }
}

void names_values(const struct names *names, struct dcv_buf *out)
{
    for (size_t i = 0; i < names->count; i++) {
        const struct cut *cut = &names->items[i].cut;
        if (i > 0)
            dcv_buf_putc(out, ' ');
        for (unsigned j = 0; j < cut->labels; j++) {
            if (j > 0)
                dcv_buf_putc(out, '.');
            dcv_buf_put(out, cut->wire + cut->at[j] + 1, cut->wire[cut->at[j]]);
        }
    }
}

/* ---- places ------------------------------------------------------------------------------------------------------------------------ */

/* The value of a place: the name of that number without its first labels. */
static bool put_value(const char *values, unsigned number, unsigned left_out, struct dcv_buf *out)
{
    for (; number > 0; number--) {
        values = strchr(values, ' ');
        if (values == NULL)
            return false;
        values++;
    }
    const char *end = values + strcspn(values, " ");
    for (; left_out > 0; left_out--) {
        const char *dot = memchr(values, '.', (size_t)(end - values));
        if (dot == NULL)
            return false;
        values = dot + 1;
    }
    dcv_buf_put(out, values, (size_t)(end - values));
    return true;
}

bool dcv_shape_fill(const char *marked, size_t len, const char *values, struct dcv_buf *out)
{
    const char *end = marked + len;
    while (marked < end) {
        const char *place = memchr(marked, PLACE, (size_t)(end - marked));
        dcv_buf_put(out, marked, (size_t)((place != NULL ? place : end) - marked));
        if (place == NULL)
            return true;
        if (end - place < 3 || (unsigned char)place[1] < FIRST_NUMBER || (unsigned char)place[2] < FIRST_NUMBER
            || !put_value(values, (unsigned char)place[1] - FIRST_NUMBER, (unsigned char)place[2] - FIRST_NUMBER, out))
            return false;
        marked = place + 3;
    }
    return true;
}
