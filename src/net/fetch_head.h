/* The header fields of a response, as far as they are kept: the first of each name, of the response that is no 1xx. Private to this module. */
#ifndef DCV_NET_FETCH_HEAD_H
#define DCV_NET_FETCH_HEAD_H

#include "net/fetch.h"

enum { DCV_FETCH_HEAD_MAX = 256 << 10 /* octets of all header fields, those of 1xx responses among them */ };

struct dcv_fetch_head {
    bool any, fields, over; /* a status line came; its fields are coming; all have come, of the response that counts */
    bool too_long;          /* more than is taken, or a Location that is */
    size_t octets;
    unsigned status;
    bool moved, typed;      /* there is a Location, a Content-Type */
    char location[DCV_FETCH_URL_MAX + 1], type[DCV_FETCH_TYPE_MAX + 1];
    char date[64], retry_after[64]; /* what is longer is neither: "" */
};

/* Takes one line, with its line end; lines of the trailer, after the body, are passed over. False: it is too long. */
bool dcv_fetch_head_take(struct dcv_fetch_head *head, const char *line, size_t len);
/* Retry-After (RFC 9110 §10.2.3) in seconds, a date by the Date beside it; -1: none that can be read. */
long dcv_fetch_head_retry_after_s(const struct dcv_fetch_head *head);

#endif
