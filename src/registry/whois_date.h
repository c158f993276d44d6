/* Dates as registries write them. Private to the module. */
#ifndef DCV_REGISTRY_WHOIS_DATE_H
#define DCV_REGISTRY_WHOIS_DATE_H

#include <stdint.h>

/* UNIX time; 0: none, or one that may be read in two ways. A date alone is its first second, UTC; a time without a zone is UTC.
 * "2027-03-31", "2027/03/31", "2027.03.31", "2027. 03. 31.", "20270331", "31.03.2027", "31-03-2027", "31/03/2027", "31-Mar-2027", "31 March 2027",
 * each with or without "T"- or blank-parted "hh:mm[:ss[.fff]]" and "Z", "+hh", "+hhmm" or "+hh:mm". */
int64_t whois_date(const char *text);
/* The end of the day, in Japan: JPRS's dates are the last day that counts. */
int64_t whois_date_japan(const char *text);

#endif
