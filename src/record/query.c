#include "record/message.h"

#include <ldns/ldns.h>
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

static ldns_pkt *build(const struct dcv_question *question, uint16_t id, uint64_t case_bits)
{
    struct dcv_name name = question->name;
    dcv_name_lower(&name);
    mix_case(&name, case_bits);
    ldns_rdf *rdf = ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, name.len, name.wire);
    if (rdf == NULL)
        return NULL;
    ldns_pkt *packet = ldns_pkt_query_new(rdf, (ldns_rr_type)question->type, LDNS_RR_CLASS_IN, question->authority ? 0 : LDNS_RD | LDNS_AD);
    if (packet == NULL) {
        ldns_rdf_deep_free(rdf);
        return NULL;
    }
    ldns_pkt_set_id(packet, id);
    ldns_pkt_set_cd(packet, question->checking_disabled);
    if (!question->plain) {
        ldns_pkt_set_edns_udp_size(packet, DCV_EDNS_SIZE);
        ldns_pkt_set_edns_do(packet, true);
    }
    return packet;
}

enum dcv_status dcv_query_build(const struct dcv_question *question, uint16_t id, uint64_t case_bits, struct dcv_buf *out)
{
    ldns_pkt *packet = build(question, id, case_bits);
    uint8_t *wire = NULL;
    size_t len = 0;
    enum dcv_status status = DCV_ERR_NOMEM;
    if (packet != NULL && ldns_pkt2wire(&wire, packet, &len) == LDNS_STATUS_OK) {
        dcv_buf_put(out, wire, len);
        status = out->failed ? DCV_ERR_NOMEM : DCV_OK;
    }
    free(wire);
    ldns_pkt_free(packet);
    return status;
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
