/* addr-spec of RFC 5322 §3.4.1 with the UTF-8 of RFC 6532 §3.2, without comments and folding: the grammar. */
#ifndef DCV_NAME_ADDR_SPEC_H
#define DCV_NAME_ADDR_SPEC_H

#include "name/mailbox.h"
#include "name/octets.h"

/* An address as it stands in the value. */
struct dcv_addr_spec {
    struct dcv_octets local, domain;
    struct dcv_name name; /* len 0 for a domain literal */
    bool quoted;
    bool number; /* is the last label of the domain a number, as in "a@192.0.2.1"? */
};

/* The first thing that keeps a text from being an address. */
struct dcv_mailbox_flaw {
    enum dcv_mailbox_fault fault;
    const uint8_t *at;
};

/* The whole text. DCV_ERR_SYNTAX: `flaw`, NULL where only the answer is asked for, is written; after a fault in the
 * domain, `out` has both parts. DCV_ERR_NOMEM. */
enum dcv_status dcv_addr_spec_read(struct dcv_octets text, struct dcv_addr_spec *out, struct dcv_mailbox_flaw *flaw);
/* Local part as given, "@", domain in lower-case A-label form; NULL when the arena has failed. */
char *dcv_addr_spec_address(struct dcv_arena *arena, const struct dcv_addr_spec *spec);
/* May a character stand in a domain? */
bool dcv_addr_spec_in_domain(enum dcv_kind kind, uint8_t octet);

#endif
