/* Which hosts take the mail of a domain, as its MX records and their addresses say (RFC 5321 §5.1). */
#ifndef DCV_FACT_DELIVERY_H
#define DCV_FACT_DELIVERY_H

#include "fact/fact.h"
#include "name/mailbox.h"

enum {
    DCV_MAIL_HOSTS = 8,          /* addresses that are tried for one domain; a sender would try no more for long */
    DCV_DELIVERY_ADDRESSES = 20, /* recipients of one conversation */
    DCV_DELIVERY_DOMAINS = 4,    /* of theirs */
    DCV_DELIVERIES = 8,          /* conversations for one name */
};

/* An address of a mail host. */
struct dcv_mail_host {
    struct dcv_name host;
    struct dcv_rr address; /* lends from the facts */
    uint16_t preference;   /* of the host; 0 without an MX */
};

/* The addresses of the hosts of a domain, the most preferred first, of one host IPv6 first; 0: none that is known. */
size_t dcv_mail_hosts(const struct dcv_facts *facts, const struct dcv_name *domain, struct dcv_mail_host out[DCV_MAIL_HOSTS]);

/* One conversation to hold. */
struct dcv_delivery {
    struct dcv_mail_host hosts[DCV_MAIL_HOSTS]; /* to be tried in this order */
    size_t host_count;
    const char *addresses[DCV_DELIVERY_ADDRESSES];
    size_t count;
    struct dcv_name domains[DCV_DELIVERY_DOMAINS]; /* of them, each once */
    size_t domain_count;
};

/* The conversations that tell whether mail to these mailboxes arrives: one for all domains with the same hosts. Returns their number; mailboxes beyond the limits, and those of domains without a host, are left out. Values lend from the facts and the mailboxes. */
size_t dcv_deliveries(const struct dcv_facts *facts, const struct dcv_mailbox *mailboxes, size_t count, struct dcv_delivery out[DCV_DELIVERIES]);

#endif
