/* What the validator makes of records in presentation form. */
#ifndef DCV_EXTERNAL_ANSWER_DNSSEC_H
#define DCV_EXTERNAL_ANSWER_DNSSEC_H

#include <stddef.h>

/* `text`: a UNIX time, the DNSKEY records of a zone, an empty line, and the records of one RRset, each on a line. Prints "secure", the
 * cause that it is not, or "unread". */
void answer_signature(const char *text, size_t len);
/* A DS and a DNSKEY record, each on a line. Prints "yes", "no" or "unread". */
void answer_ds(const char *text, size_t len);

#endif
