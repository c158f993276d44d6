/* What a contact value that is no address was probably meant to be. */
#ifndef DCV_NAME_MAILBOX_DIAGNOSE_H
#define DCV_NAME_MAILBOX_DIAGNOSE_H

#include "name/addr_spec.h"

/* `flaw` is what the grammar said of the value; the most helpful fault takes its place. Returns one to eight addresses
 * joined by ' ', or NULL. A shortage of memory is left in the arena. */
const char *dcv_mailbox_diagnose(struct dcv_arena *arena, struct dcv_octets value, struct dcv_mailbox_flaw *flaw);

#endif
