#include "name/ip.h"

#include "name/span.h"

#include <stdint.h>

static int hex_value(char c)
{
    c = dcv_ascii_lower(c);
    return dcv_is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool dcv_ipv4_text(const char *text, size_t len)
{
    unsigned parts = 0, digits = 0, value = 0;
    for (size_t i = 0; i <= len; i++) {
        if (i == len || text[i] == '.') {
            if (digits == 0 || ++parts > 4)
                return false;
            digits = value = 0;
            continue;
        }
        if (!dcv_is_digit(text[i]) || ++digits > 3)
            return false;
        value = value * 10 + (unsigned)(text[i] - '0');
        if (value > UINT8_MAX)
            return false;
    }
    return parts == 4;
}

/* Octets of the group of one to four hexadecimal digits at the start, 0 when there is none. */
static size_t hex_group(struct dcv_span text)
{
    size_t i = 0;
    while (i < text.len && i < 5 && hex_value(text.at[i]) >= 0)
        i++;
    return i < 5 ? i : 0;
}

bool dcv_ipv6_text(const char *text, size_t len)
{
    struct dcv_span left = {text, len};
    unsigned groups = 0;
    bool gap = dcv_span_starts(left, "::");
    left = dcv_span_from(left, gap ? 2 : 0);
    while (left.len > 0) {
        size_t size = hex_group(left);
        if (size < left.len && left.at[size] == '.') {
            groups += 2;
            left = dcv_ipv4_text(left.at, left.len) ? dcv_span_from(left, left.len) : left;
            break;
        }
        if (size == 0 || ++groups > 8)
            return false;
        left = dcv_span_from(left, size);
        if (left.len == 0)
            break;
        if (left.at[0] != ':' || left.len == 1 || (gap && dcv_span_starts(left, "::")))
            return false;
        gap = gap || left.at[1] == ':';
        left = dcv_span_from(left, left.at[1] == ':' ? 2 : 1);
    }
    return left.len == 0 && (gap ? groups <= 7 : groups == 8);
}

/* A number of an IPv4 address as inet_aton() and browsers read it: decimal, octal after "0", hexadecimal after "0x". */
static bool read_number(struct dcv_span text, uint64_t *out)
{
    unsigned base = 10;
    if (dcv_span_starts(text, "0x")) {
        base = 16;
        text = dcv_span_from(text, 2);
    } else if (text.len == 0) {
        return false;
    } else if (text.len > 1 && text.at[0] == '0') {
        base = 8;
    }
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = hex_value(text.at[i]);
        if (digit < 0 || (unsigned)digit >= base)
            return false;
        value = value > UINT32_MAX ? value : value * base + (unsigned)digit;
    }
    *out = value;
    return true;
}

bool dcv_ip_numeric_label(const char *text, size_t len)
{
    struct dcv_span label = {text, len};
    uint64_t value;
    size_t digits = 0;
    while (digits < label.len && dcv_is_digit(label.at[digits]))
        digits++;
    return digits == label.len || read_number(label, &value);
}

bool dcv_ipv4_loose(const char *at, size_t len)
{
    struct dcv_span text = {at, len};
    static const uint64_t last_max[] = {UINT32_MAX, 0xffffff, 0xffff, 0xff};
    for (unsigned part = 0; part < 4; part++) {
        size_t dot = dcv_span_find(text, ".");
        uint64_t value;
        if (!read_number((struct dcv_span){text.at, dot}, &value))
            return false;
        if (dot == text.len)
            return value <= last_max[part];
        if (value > UINT8_MAX)
            return false;
        text = dcv_span_from(text, dot + 1);
    }
    return false;
}
