#include "record/message.h"

#include <string.h>

/* Upper case for every letter whose bit is set: the answer must echo it (draft-vixie-dnsext-dns0x20). */
static void mix_case(struct dcv_name *name, uint64_t bits)
{
    for (size_t at = 0; name->wire[at] != 0; at += (size_t)name->wire[at] + 1) {
        for (size_t i = at + 1; i <= at + name->wire[at]; i++) {
            uint8_t letter = name->wire[i];
            if (letter < 'a' || letter > 'z')
                continue;
            if (bits & 1)
                name->wire[i] = (uint8_t)(letter - 'a' + 'A');
            bits = bits >> 1 | bits << 63;
        }
    }
}

enum dcv_status dcv_query_build(const struct dcv_question *question, uint16_t id, uint64_t case_bits, struct dcv_buf *out)
{
    enum { RD = 0x0100, AD = 0x0020, CD = 0x0010, IN = 1, DO = 0x8000 };
    struct dcv_name name = question->name;
    dcv_name_lower(&name);
    mix_case(&name, case_bits);
    dcv_buf_u16(out, id);
    dcv_buf_u16(out, (uint16_t)((question->authority ? 0 : RD | AD) | (question->checking_disabled ? CD : 0)));
    dcv_buf_u16(out, 1);
    dcv_buf_u32(out, 0);
    dcv_buf_u16(out, !question->plain);
    dcv_buf_put(out, name.wire, name.len);
    dcv_buf_u16(out, question->type);
    dcv_buf_u16(out, IN);
    if (!question->plain) { /* RFC 6891 §6.1.2 */
        dcv_buf_putc(out, 0);
        dcv_buf_u16(out, DCV_TYPE_OPT);
        dcv_buf_u16(out, DCV_EDNS_SIZE);
        dcv_buf_u16(out, 0);
        dcv_buf_u16(out, DO);
        dcv_buf_u16(out, 0);
    }
    return out->failed ? DCV_ERR_NOMEM : DCV_OK;
}

enum { HEADER = 12 };

/* The length of the one question of a message, 0 when there is no such. */
static size_t question_length(const uint8_t *message, size_t len)
{
    struct dcv_cursor cursor;
    dcv_cursor_init(&cursor, message, len);
    (void)dcv_cursor_take(&cursor, 4);
    if (dcv_cursor_u16(&cursor) != 1)
        return 0;
    (void)dcv_cursor_take(&cursor, 6);
    const uint8_t *start = cursor.at;
    uint8_t label;
    do {
        label = dcv_cursor_u8(&cursor);
        if (label > DCV_LABEL_MAX)
            return 0;
        (void)dcv_cursor_take(&cursor, label);
    } while (label != 0 && !cursor.failed);
    (void)dcv_cursor_take(&cursor, 4);
    return cursor.failed ? 0 : (size_t)(cursor.at - start);
}

enum dcv_echo dcv_message_echo(const uint8_t *query, size_t query_len, const uint8_t *answer, size_t answer_len)
{
    size_t asked = question_length(query, query_len), echoed = question_length(answer, answer_len);
    if (asked == 0 || asked != echoed || memcmp(query, answer, 2) != 0 || (answer[2] & 0x80) == 0)
        return DCV_ECHO_WRONG;
    const uint8_t *a = query + HEADER, *b = answer + HEADER;
    if (memcmp(a, b, asked) == 0)
        return DCV_ECHO_SAME;
    /* Length octets and the class are below 'A', the type is compared as octets after the name. */
    if (memcmp(a + asked - 4, b + asked - 4, 4) != 0)
        return DCV_ECHO_WRONG;
    for (size_t i = 0; i < asked - 4; i++)
        if ((a[i] | 0x20) != (b[i] | 0x20) || (a[i] != b[i] && ((a[i] | 0x20) < 'a' || (a[i] | 0x20) > 'z')))
            return DCV_ECHO_WRONG;
    return DCV_ECHO_CASE_DIFFERS;
}
