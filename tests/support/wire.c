#include "support/wire.h"

#include "record/rr.h"

#include <check.h>

enum { HEADER = 12, CLASS_IN = 1, TTL = 300 };

void wire_begin(struct wire *wire, uint16_t id, unsigned flags)
{
    *wire = (struct wire){0};
    dcv_buf_init(&wire->buf, 1 << 20);
    dcv_buf_u16(&wire->buf, id);
    dcv_buf_u16(&wire->buf, (uint16_t)flags);
    dcv_buf_fill(&wire->buf, 0, HEADER - 4);
}

/* The octets of the question behind the header: the name and four octets. */
static size_t question_size(const uint8_t *query, size_t len)
{
    size_t at = HEADER;
    while (at < len && query[at] != 0)
        at += (size_t)query[at] + 1;
    ck_assert_uint_le(at + 5, len);
    return at + 5 - HEADER;
}

void wire_begin_answer(struct wire *wire, const uint8_t *query, size_t len, unsigned flags)
{
    wire_begin(wire, (uint16_t)(query[0] << 8 | query[1]), WIRE_QR | flags);
    dcv_buf_put(&wire->buf, query + HEADER, question_size(query, len));
    wire->counts[WIRE_QUESTION]++;
}

static void put_name(struct wire *wire, const char *text)
{
    struct dcv_name name;
    ck_assert_msg(dcv_name_parse(text, &name, NULL) == DCV_OK, "%s", text);
    dcv_buf_put(&wire->buf, name.wire, name.len);
}

void wire_question(struct wire *wire, const char *name, uint16_t type)
{
    put_name(wire, name);
    dcv_buf_u16(&wire->buf, type);
    dcv_buf_u16(&wire->buf, CLASS_IN);
    wire->counts[WIRE_QUESTION]++;
}

void wire_raw(struct wire *wire, enum wire_section section, const char *owner, uint16_t type, const void *rdata, size_t len)
{
    put_name(wire, owner);
    dcv_buf_u16(&wire->buf, type);
    dcv_buf_u16(&wire->buf, CLASS_IN);
    dcv_buf_u32(&wire->buf, TTL);
    dcv_buf_u16(&wire->buf, (uint16_t)len);
    dcv_buf_put(&wire->buf, rdata, len);
    wire->counts[section]++;
}

void wire_rr(struct wire *wire, enum wire_section section, const char *text)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct dcv_rr rr;
    ck_assert_msg(dcv_rr_from_text(arena, text, &rr) == DCV_OK, "%s", text);
    dcv_buf_put(&wire->buf, rr.owner.wire, rr.owner.len);
    dcv_buf_u16(&wire->buf, rr.type);
    dcv_buf_u16(&wire->buf, CLASS_IN);
    dcv_buf_u32(&wire->buf, rr.ttl);
    dcv_buf_u16(&wire->buf, rr.rdlen);
    dcv_buf_put(&wire->buf, rr.rdata, rr.rdlen);
    wire->counts[section]++;
    dcv_arena_free(arena);
}

void wire_opt(struct wire *wire, uint8_t extended_rcode, const void *options, size_t len)
{
    dcv_buf_putc(&wire->buf, 0);
    dcv_buf_u16(&wire->buf, DCV_TYPE_OPT);
    dcv_buf_u16(&wire->buf, 1232);
    dcv_buf_u32(&wire->buf, (uint32_t)extended_rcode << 24);
    dcv_buf_u16(&wire->buf, (uint16_t)len);
    dcv_buf_put(&wire->buf, options, len);
    wire->counts[WIRE_ADDITIONAL]++;
}

void wire_end(struct wire *wire)
{
    ck_assert(!wire->buf.failed);
    for (size_t i = 0; i < 4; i++) {
        wire->buf.data[4 + 2 * i] = (char)(wire->counts[i] >> 8);
        wire->buf.data[5 + 2 * i] = (char)wire->counts[i];
    }
}

void wire_done(struct wire *wire)
{
    dcv_buf_done(&wire->buf);
}
