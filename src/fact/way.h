/* Where the records of DNS methods stand: names that are looked up for the way out of e-mail alone. */
#ifndef DCV_FACT_WAY_H
#define DCV_FACT_WAY_H

#include "fact/fact.h"

/* Labels before an ADN: "_validation-persist" (BR 3.2.2.4.22) counts at the name and at its parents, the others are looked up at the name. */
extern const char dcv_persist_label[];
enum { DCV_WAY_LABELS = 3 };
extern const char *const dcv_way_labels[DCV_WAY_LABELS];

/* Is `name` one that such a record stands at? */
bool dcv_way_owner(const struct dcv_name *name);
/* Is the fact the answer to a lookup that serves nothing else: a TXT there, or the CNAME of a wildcard beside one? */
bool dcv_way_fact(const struct dcv_dns_fact *fact);

#endif
