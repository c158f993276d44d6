/* DNS messages: queries built and answers read, with ldns behind. */
#ifndef DCV_RECORD_MESSAGE_H
#define DCV_RECORD_MESSAGE_H

#include "base/arena.h"
#include "base/buf.h"
#include "record/rr.h"

enum { DCV_EDNS_SIZE = 1232, DCV_MESSAGE_MAX = 65535 };

/* What is asked. */
struct dcv_question {
    struct dcv_name name;
    uint16_t type;
    bool checking_disabled; /* CD: the resolver hands out what does not validate */
    bool plain;             /* without EDNS, for servers that do not know it */
    bool authority;         /* put to a server of the zone: no recursion is asked for */
    bool tcp;               /* over TCP, not only after truncation */
    bool fresh;             /* not to be answered from dcvready's own cache */
};

/* Builds a query: RD and AD unless it is put to an authority, and unless `plain` DO and EDNS 1232 with a bare OPT last (c-ares cuts it off by length), `id`, and the case of the
 * letters mixed by the bits of `case_bits` (0x20). */
enum dcv_status dcv_query_build(const struct dcv_question *question, uint16_t id, uint64_t case_bits, struct dcv_buf *out);

struct dcv_ede {
    uint16_t code;
    const char *text; /* escaped printable text, "" when none */
};

struct dcv_rrs {
    struct dcv_rr *items;
    size_t count;
};

/* An answer as read. */
struct dcv_message {
    uint16_t rcode; /* extended RCODE, 12 bits */
    bool authoritative, truncated, recursion_available, authentic, checking_disabled, edns;
    struct dcv_rrs answer, authority, additional;
    uint64_t serial; /* no other message of a run has it; 0: it has none */
    size_t size; /* octets on the wire; 0: it was not read from there */
    const struct dcv_ede *edes;
    size_t ede_count;
};

/* Reads a message of `len` octets into the arena. DCV_ERR_SYNTAX: malformed, or larger in its parts than dcvready bears
 * (a hostile TXT of tens of thousands of empty strings); DCV_ERR_NOMEM. */
enum dcv_status dcv_message_parse(struct dcv_arena *arena, const uint8_t *wire, size_t len, struct dcv_message *out);

/* The same by ldns alone, which reads what is out of the ordinary: for tests. */
enum dcv_status dcv_message_parse_odd(struct dcv_arena *arena, const uint8_t *wire, size_t len, struct dcv_message *out);

/* Does `answer` echo the id and the question of `query` octet by octet? */
enum dcv_echo { DCV_ECHO_SAME, DCV_ECHO_CASE_DIFFERS, DCV_ECHO_WRONG };
enum dcv_echo dcv_message_echo(const uint8_t *query, size_t query_len, const uint8_t *answer, size_t answer_len);

/* RCODE as text: "NOERROR", "RCODE23"; returns `out`. */
enum { DCV_RCODE_TEXT = 16 };
const char *dcv_rcode_text(uint16_t rcode, char out[DCV_RCODE_TEXT]);
/* What an EDE code means (RFC 8914 §4), "" for unknown ones. */
const char *dcv_ede_meaning(uint16_t code);

/* The alias chain of an answer to a question about `name`: every CNAME from `name` on, in order. DNAMEs are seen through the
 * CNAMEs synthesised from them. At most `room` targets are written; returns the number of links. `*last` (may be NULL) is where
 * the chain ends. A loop ends the walk. */
size_t dcv_message_chain(const struct dcv_message *message, const struct dcv_name *name, struct dcv_name *targets, size_t room,
                         struct dcv_name *last);
/* Does the alias chain from `name` run in a circle, or longer than dcvready follows? */
bool dcv_message_loops(const struct dcv_message *message, const struct dcv_name *name);
/* Records of `type` at the end of the chain that starts at `name`: the first index at or after `from`, or SIZE_MAX. */
size_t dcv_message_find(const struct dcv_message *message, const struct dcv_name *owner, uint16_t type, size_t from);
/* Was the RRset of (owner, type) in the answer made from a wildcard? Its signature counts fewer labels then (RFC 4035 §5.3.4);
 * UNKNOWN: it has none, or is not there. */
enum dcv_origin { DCV_ORIGIN_UNKNOWN, DCV_ORIGIN_OWN, DCV_ORIGIN_WILDCARD };
enum dcv_origin dcv_message_origin(const struct dcv_message *message, const struct dcv_name *owner, uint16_t type);
/* Smallest TTL in the answer section; for a negative answer, min(SOA TTL, SOA minimum) (RFC 2308 §5); 0 when there is
 * nothing to go by. */
uint32_t dcv_message_ttl(const struct dcv_message *message);

#endif
