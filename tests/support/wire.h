/* DNS messages made by hand, octet by octet where it matters. */
#ifndef DCV_SUPPORT_WIRE_H
#define DCV_SUPPORT_WIRE_H

#include "base/buf.h"

enum wire_section { WIRE_QUESTION, WIRE_ANSWER, WIRE_AUTHORITY, WIRE_ADDITIONAL };

struct wire {
    struct dcv_buf buf;
    uint16_t counts[4];
};

/* Flags: the second 16 bits of the header, RCODE included. */
enum { WIRE_QR = 0x8000, WIRE_AA = 0x0400, WIRE_TC = 0x0200, WIRE_RD = 0x0100, WIRE_RA = 0x0080, WIRE_AD = 0x0020, WIRE_CD = 0x0010 };

void wire_begin(struct wire *wire, uint16_t id, unsigned flags);
/* Begins an answer to a query: its id and its question, octet by octet. */
void wire_begin_answer(struct wire *wire, const uint8_t *query, size_t len, unsigned flags);
void wire_question(struct wire *wire, const char *name, uint16_t type);
/* A record in presentation form. */
void wire_rr(struct wire *wire, enum wire_section section, const char *text);
/* A record whose RDATA is given as octets. */
void wire_raw(struct wire *wire, enum wire_section section, const char *owner, uint16_t type, const void *rdata, size_t len);
/* OPT with the upper bits of the RCODE and options. */
void wire_opt(struct wire *wire, uint8_t extended_rcode, const void *options, size_t len);
/* Sets the counts; the octets are in `buf` until wire_done(). */
void wire_end(struct wire *wire);
void wire_done(struct wire *wire);

#endif
