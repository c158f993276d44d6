/* What is read of answers over RDAP, and of registries of RDAP servers. */
#ifndef DCV_EXTERNAL_ANSWER_RDAP_H
#define DCV_EXTERNAL_ANSWER_RDAP_H

#include <stddef.h>

/* `text`: a domain, a line feed, and the domain object. Prints its state, what kept it from being known, its registrar, and each contact as
 * "role=address", "role=~address" where that is withheld. */
void answer_rdap(const char *text, size_t len);
/* `text`: domains, one a line, an empty line, and the file. Prints "ok", the time it was published, and the base URL for each ("-": none); or "no" and
 * what is wrong. */
void answer_bootstrap(const char *text, size_t len);
/* As answer_bootstrap(), of the registry compiled in; `text`: domains only. */
void answer_shipped(const char *text, size_t len);

#endif
