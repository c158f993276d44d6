#include "name/octets.h"

#include "base/text.h"

struct range {
    uint32_t first, last;
    enum dcv_kind kind;
};

/* Beyond ASCII; the first row that holds counts. */
static const struct range ranges[] = {
    {0x0080, 0x009f, DCV_KIND_CONTROL},   {0x00a0, 0x00a0, DCV_KIND_SPACE},
    {0x00ad, 0x00ad, DCV_KIND_INVISIBLE}, {0x1680, 0x1680, DCV_KIND_SPACE},
    {0x2000, 0x200a, DCV_KIND_SPACE},     {0x200c, 0x200d, DCV_KIND_ATEXT}, /* joiners: letters */
    {0x200b, 0x200f, DCV_KIND_INVISIBLE}, {0x2018, 0x201f, DCV_KIND_CURLY},
    {0x2028, 0x2029, DCV_KIND_SPACE},     {0x202a, 0x202e, DCV_KIND_INVISIBLE},
    {0x202f, 0x202f, DCV_KIND_SPACE},     {0x205f, 0x205f, DCV_KIND_SPACE},
    {0x2060, 0x206f, DCV_KIND_INVISIBLE}, {0x3000, 0x3000, DCV_KIND_SPACE},
    {0x3001, 0x3001, DCV_KIND_SEPARATOR}, {0x3002, 0x3002, DCV_KIND_WIDE},
    {0xfeff, 0xfeff, DCV_KIND_INVISIBLE}, {0xff02, 0xff02, DCV_KIND_CURLY},
    {0xff0c, 0xff0c, DCV_KIND_SEPARATOR}, {0xff1b, 0xff1b, DCV_KIND_SEPARATOR},
    {0xff00, 0xffef, DCV_KIND_WIDE},
};

static enum dcv_kind ascii_kind(uint8_t octet)
{
    if (octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n')
        return DCV_KIND_SPACE;
    if (octet < ' ' || octet == 0x7f)
        return DCV_KIND_CONTROL;
    if (octet == '.')
        return DCV_KIND_DOT;
    return strchr("\"(),:;<>@[\\]", octet) != NULL ? DCV_KIND_SPECIAL : DCV_KIND_ATEXT;
}

enum dcv_kind dcv_octets_kind(struct dcv_octets text, size_t *size)
{
    uint8_t lead = text.at[0];
    *size = 1;
    if (lead < 0x80)
        return ascii_kind(lead);
    size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (len > text.len || !dcv_utf8_valid(text.at, len))
        return DCV_KIND_BROKEN;
    uint32_t character = lead & (0xffU >> (len + 1));
    for (size_t i = 1; i < len; i++)
        character = character << 6 | (text.at[i] & 0x3fU);
    *size = len;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return ranges[i].kind;
    return DCV_KIND_ATEXT;
}

enum dcv_kind dcv_octets_last_kind(struct dcv_octets text, size_t *size)
{
    for (size_t len = 1; len <= 4 && len <= text.len; len++) {
        enum dcv_kind kind = dcv_octets_kind((struct dcv_octets){text.at + text.len - len, len}, size);
        if (kind != DCV_KIND_BROKEN && *size == len)
            return kind;
    }
    *size = 1;
    return DCV_KIND_BROKEN;
}

bool dcv_octets_starts(struct dcv_octets text, const char *what)
{
    size_t len = strlen(what);
    return text.len >= len && dcv_ascii_equal_nocase_n(text.at, what, len);
}

bool dcv_octets_ends(struct dcv_octets text, const char *what)
{
    size_t len = strlen(what);
    return text.len >= len && dcv_ascii_equal_nocase_n(dcv_octets_end(text) - len, what, len);
}

bool dcv_kind_blank(enum dcv_kind kind)
{
    return kind == DCV_KIND_SPACE || kind == DCV_KIND_INVISIBLE;
}

struct dcv_octets dcv_octets_trim(struct dcv_octets text)
{
    size_t size;
    while (text.len > 0 && dcv_kind_blank(dcv_octets_kind(text, &size)))
        text = dcv_octets_from(text, size);
    while (text.len > 0 && dcv_kind_blank(dcv_octets_last_kind(text, &size)))
        text.len -= size;
    return text;
}

const uint8_t *dcv_octets_find_kind(struct dcv_octets text, enum dcv_kind kind)
{
    for (size_t i = 0, size; i < text.len; i += size)
        if (dcv_octets_kind(dcv_octets_from(text, i), &size) == kind)
            return text.at + i;
    return dcv_octets_end(text);
}
