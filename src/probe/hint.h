/* What a mail host says of when to come again; private to this module. */
#ifndef DCV_PROBE_HINT_H
#define DCV_PROBE_HINT_H

#include <stdbool.h>

enum { HINT_MAX_S = 24 * 3600 }; /* longer pauses are none for a run */

/* The pause that the text of a reply asks for: "try again in 5 minutes", "greylisted for 300s", "retry in 00:05:00". False: it asks for none, or
 * does not say how long. */
bool hint_pause(const char *text, unsigned *pause_s);

#endif
