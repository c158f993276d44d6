/* The lines of a file, one by one: however long the file is, little of it is held. */
#ifndef DCV_BASE_FEED_H
#define DCV_BASE_FEED_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dcv_feed;

/* "-": standard input, which is not closed. `max`: octets of a line. DCV_ERR_IO (errno says why), DCV_ERR_NOMEM. */
enum dcv_status dcv_feed_open(const char *path, size_t max, struct dcv_feed **out);
void dcv_feed_close(struct dcv_feed *feed); /* NULL is fine */
/* The next line without its end and, of the first one, without a byte order mark; lent until the next call. NULL: there is none, or DCV_ERR_IO, DCV_ERR_LIMIT (longer
 * than `max`), DCV_ERR_SYNTAX (it holds a zero octet). */
const char *dcv_feed_next(struct dcv_feed *feed, size_t *len, enum dcv_status *status);
/* The last line with a line feed and the next one behind it; at the end of the file as it was. */
const char *dcv_feed_more(struct dcv_feed *feed, size_t *len, enum dcv_status *status);
/* Would the next line have to be waited for, as behind a slow pipe? What is there is read. Then its descriptor is in `*fd`, to wait for. */
bool dcv_feed_waits(struct dcv_feed *feed, int *fd);
/* Of the last line read, from 1. */
uint64_t dcv_feed_number(const struct dcv_feed *feed);
/* Is it a regular file, which can be read more than once? */
bool dcv_feed_regular(const char *path);
/* The first octets of a regular file, at most so many; 0: it is none, or cannot be read. */
size_t dcv_feed_head(const char *path, void *out, size_t room);

#endif
