/* Calendar dates, UTC. */
#ifndef DCV_BASE_DATE_H
#define DCV_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

/* Days since 1970-01-01. Comparable with < and >. */
typedef int32_t dcv_date;

/* No date: an open end, or "not known". */
#define DCV_DATE_NONE INT32_MIN
enum { DCV_DATE_TEXT = 11 }; /* room for "YYYY-MM-DD" and the final zero */

dcv_date dcv_date_ymd(int year, int month, int day);
/* The same day of a later month, or that month's last day. */
dcv_date dcv_date_add_months(dcv_date date, int months);
/* Strict "YYYY-MM-DD", years 1970 to 9999, days that exist. */
bool dcv_date_parse(const char *text, dcv_date *out);
/* Writes "YYYY-MM-DD", or "" for DCV_DATE_NONE; returns `out`. */
const char *dcv_date_format(dcv_date date, char out[DCV_DATE_TEXT]);
dcv_date dcv_date_of_unix(int64_t seconds);
/* Does a rule that holds from `from` to before `until` (either may be NONE: open) hold on `date`? */
bool dcv_date_within(dcv_date date, dcv_date from, dcv_date until);
/* "2026-11-21T09:30:00Z" of a UNIX time; returns `out`. */
enum { DCV_TIME_TEXT = 32 };
const char *dcv_time_format(int64_t seconds, char out[DCV_TIME_TEXT]);
/* "2026-11-21 09:30 UTC", for people; returns `out`. */
const char *dcv_time_format_people(int64_t seconds, char out[DCV_TIME_TEXT]);
/* Reads what dcv_time_format() writes. */
bool dcv_time_parse(const char *text, int64_t *seconds);

#endif
