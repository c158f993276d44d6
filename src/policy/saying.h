/* What mail hosts said to an address. */
#ifndef DCV_POLICY_SAYING_H
#define DCV_POLICY_SAYING_H

#include "policy/judge.h"

/* From the least that can be gone by to the most. */
enum said { SAID_NOTHING, SAID_DEFERRED, SAID_REFUSED_US, SAID_NOT_HERE, SAID_REJECTED, SAID_CATCH_ALL, SAID_ACCEPTED };

/* What one conversation, or all of them together, said to an address. */
struct saying {
    enum said said;
    size_t fact;             /* the conversation that decided */
    unsigned code;
    const char *text;
};

/* What a sender gets in the end: it goes on to the hosts of the next preference where it gets no answer, or is asked to come back. What a host
 * thinks of us is nothing that a CA would hear, so that behind it nothing is certain. `*differ` (may be NULL) is set to a
 * saying that denies where another host of the same preference takes mail. */
struct saying saying_to(struct judge *judge, const struct mail_answer *mail, const char *address, struct saying *differ);

#endif
