/* What registries, mail hosts, web servers and TLS servers of a world said; for world.c, whose header describes the directives. */
#ifndef DCV_SUPPORT_TALKS_H
#define DCV_SUPPORT_TALKS_H

#include "support/zone.h"

/* Begins the directive a fact about a domain's contacts that no earlier directive began? Then it is made of all that belong to it. */
bool talks_contacts(const struct zone *zone, size_t directive, struct dcv_contacts_fact *out);
/* Adds the facts of all conversations with hosts, in the order of the directives. */
void talks_add(const struct zone *zone, struct dcv_facts *facts);

#endif
