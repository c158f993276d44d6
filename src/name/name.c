#include "name/name.h"

#include "base/text.h"

#include <string.h>

enum { LABELS_MAX = 128 }; /* 127 labels of one octet and the root label fill 255 octets */

/* Where each label of a name starts in the wire form, leftmost first, the root label left out. */
struct label_starts {
    uint8_t at[LABELS_MAX];
    unsigned count;
};

static void find_labels(const struct dcv_name *name, struct label_starts *out)
{
    out->count = 0;
    for (unsigned i = 0; i < name->len && name->wire[i] != 0; i += name->wire[i] + 1U)
        out->at[out->count++] = (uint8_t)i;
}

/* Lengths of labels are below 'A', so the wire form can be compared as a whole. */
static bool equal_nocase(const uint8_t *a, const uint8_t *b, size_t len)
{
    return dcv_ascii_equal_nocase_n(a, b, len);
}

struct dcv_name dcv_name_root(void)
{
    return (struct dcv_name){.len = 1};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* One octet of a label: plain, "\X" or "\DDD" (RFC 1035 §5.1). Returns how many characters it took, 0 for a fault. What
 * is not printable ASCII has to be escaped. */
static size_t read_octet(const char *text, uint8_t *out)
{
    if (text[0] != '\\') {
        *out = (uint8_t)text[0];
        return text[0] > ' ' && text[0] <= '~' ? 1 : 0;
    }
    if (!is_digit(text[1])) {
        *out = (uint8_t)text[1];
        return text[1] >= ' ' && text[1] <= '~' ? 2 : 0;
    }
    if (!is_digit(text[2]) || !is_digit(text[3]))
        return 0;
    int value = (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
    *out = (uint8_t)value;
    return value <= UINT8_MAX ? 4 : 0;
}

/* One label up to a dot or the end; `*text` moves behind it. False: a fault at `*text`. Room is kept for the root
 * label. */
static bool read_label(const char **text, struct dcv_name *name)
{
    unsigned start = name->len, at = start + 1;
    for (size_t size; **text != '\0' && **text != '.'; *text += size) {
        uint8_t octet;
        size = read_octet(*text, &octet);
        if (size == 0 || at - start > DCV_LABEL_MAX || at >= DCV_NAME_WIRE_MAX - 1)
            return false;
        name->wire[at++] = octet;
    }
    if (at == start + 1)
        return false;
    name->wire[start] = (uint8_t)(at - start - 1);
    name->len = (uint8_t)at;
    return true;
}

enum dcv_status dcv_name_parse(const char *text, struct dcv_name *out, size_t *at)
{
    struct dcv_name name = {0};
    const char *cursor = text;
    bool good = true;
    if (strcmp(text, ".") == 0)
        cursor++;
    else
        do {
            good = read_label(&cursor, &name);
            if (good && *cursor == '.')
                cursor++;
        } while (good && *cursor != '\0');
    if (!good) {
        if (at != NULL)
            *at = (size_t)(cursor - text);
        return DCV_ERR_SYNTAX;
    }
    name.wire[name.len++] = 0;
    *out = name;
    return DCV_OK;
}

enum dcv_status dcv_name_from_wire(const uint8_t *wire, size_t len, struct dcv_name *out)
{
    if (len == 0 || len > DCV_NAME_WIRE_MAX)
        return DCV_ERR_SYNTAX;
    size_t at = 0;
    while (at < len && wire[at] != 0) {
        if (wire[at] > DCV_LABEL_MAX)
            return DCV_ERR_SYNTAX;
        at += wire[at] + 1U;
    }
    if (at != len - 1)
        return DCV_ERR_SYNTAX;
    struct dcv_name name = {.len = (uint8_t)len};
    memcpy(name.wire, wire, len);
    *out = name;
    return DCV_OK;
}

/* Writes one octet of a label; returns where the next one goes. */
static char *put_octet(char *out, uint8_t octet)
{
    if (octet <= ' ' || octet > '~') {
        *out++ = '\\';
        *out++ = (char)('0' + octet / 100);
        *out++ = (char)('0' + octet / 10 % 10);
        *out++ = (char)('0' + octet % 10);
        return out;
    }
    if (strchr(".\\\"();@$", octet) != NULL) /* special in a zone file */
        *out++ = '\\';
    *out++ = (char)octet;
    return out;
}

const char *dcv_name_text(const struct dcv_name *name, char out[DCV_NAME_TEXT_MAX])
{
    char *to = out;
    if (name->len == 1)
        *to++ = '.';
    for (unsigned i = 0; i < name->len && name->wire[i] != 0; i += name->wire[i] + 1U) {
        if (i > 0)
            *to++ = '.';
        for (unsigned k = 1; k <= name->wire[i]; k++)
            to = put_octet(to, name->wire[i + k]);
    }
    *to = '\0';
    return out;
}

bool dcv_name_equal(const struct dcv_name *a, const struct dcv_name *b)
{
    return a->len == b->len && equal_nocase(a->wire, b->wire, a->len);
}

/* Labels as left-justified octet strings in lower case; where one begins the other, the shorter is first. */
static int compare_labels(const uint8_t *a, const uint8_t *b)
{
    unsigned shorter = a[0] < b[0] ? a[0] : b[0];
    for (unsigned i = 1; i <= shorter; i++) {
        uint8_t x = (uint8_t)dcv_ascii_lower((char)a[i]), y = (uint8_t)dcv_ascii_lower((char)b[i]);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return (a[0] > b[0]) - (a[0] < b[0]);
}

int dcv_name_compare(const struct dcv_name *a, const struct dcv_name *b)
{
    struct label_starts x, y;
    find_labels(a, &x);
    find_labels(b, &y);
    while (x.count > 0 && y.count > 0) {
        int order = compare_labels(a->wire + x.at[--x.count], b->wire + y.at[--y.count]);
        if (order != 0)
            return order;
    }
    return (x.count > 0) - (y.count > 0);
}

unsigned dcv_name_labels(const struct dcv_name *name)
{
    unsigned count = 0;
    for (unsigned i = 0; i < name->len && name->wire[i] != 0; i += name->wire[i] + 1U)
        count++;
    return count;
}

bool dcv_name_under(const struct dcv_name *name, const struct dcv_name *ancestor)
{
    unsigned at = 0;
    while (name->len > at && name->len - at > ancestor->len)
        at += name->wire[at] + 1U;
    return name->len > at && name->len - at == ancestor->len &&
           equal_nocase(name->wire + at, ancestor->wire, ancestor->len);
}

/* The name from octet `at` of the wire form on, where a label starts. */
static struct dcv_name tail(const struct dcv_name *name, unsigned at)
{
    struct dcv_name rest = {.len = (uint8_t)(name->len - at)};
    memcpy(rest.wire, name->wire + at, rest.len);
    return rest;
}

bool dcv_name_parent(const struct dcv_name *name, struct dcv_name *out)
{
    if (name->len <= 1)
        return false;
    *out = tail(name, name->wire[0] + 1U);
    return true;
}

struct dcv_name dcv_name_suffix(const struct dcv_name *name, unsigned labels)
{
    unsigned at = 0;
    for (unsigned drop = dcv_name_labels(name); drop > labels; drop--)
        at += name->wire[at] + 1U;
    return tail(name, at);
}

enum dcv_status dcv_name_prepend(const char *label, const struct dcv_name *name, struct dcv_name *out)
{
    size_t len = strlen(label);
    if (len == 0 || name->len == 0)
        return DCV_ERR_SYNTAX;
    if (len > DCV_LABEL_MAX || len + 1 + name->len > DCV_NAME_WIRE_MAX)
        return DCV_ERR_LIMIT;
    struct dcv_name longer = {.len = (uint8_t)(len + 1 + name->len)};
    longer.wire[0] = (uint8_t)len;
    memcpy(longer.wire + 1, label, len);
    memcpy(longer.wire + 1 + len, name->wire, name->len);
    *out = longer;
    return DCV_OK;
}

bool dcv_name_first_is(const struct dcv_name *name, const char *label)
{
    size_t len = strlen(label);
    return len > 0 && name->len > 1 && name->wire[0] == len &&
           equal_nocase(name->wire + 1, (const uint8_t *)label, len);
}

void dcv_name_lower(struct dcv_name *name)
{
    for (unsigned i = 0; i < name->len; i++)
        name->wire[i] = (uint8_t)dcv_ascii_lower((char)name->wire[i]);
}

/* Eight octets at a time. A bit that tells letters of either case apart is set in all octets, of whatever kind: what then looks alike is told apart by comparing. */
uint64_t dcv_name_hash(const struct dcv_name *name, uint64_t salt)
{
    uint64_t hash = salt ^ ((uint64_t)name->len << 32);
    for (size_t at = 0; at < name->len; at += sizeof(uint64_t)) {
        uint64_t word = 0;
        const size_t left = name->len - at;
        memcpy(&word, name->wire + at, left < sizeof word ? left : sizeof word);
        hash = (hash ^ (word | UINT64_C(0x2020202020202020))) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return hash;
}
