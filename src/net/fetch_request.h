/* URLs that are fetched, as libcurl reads them. Private to this module. */
#ifndef DCV_NET_FETCH_REQUEST_H
#define DCV_NET_FETCH_REQUEST_H

#include "net/fetch.h"

#include <curl/curl.h>

/* To be freed with curl_url_cleanup(). DCV_ERR_USAGE as of dcv_fetch_request_write(), DCV_ERR_NOMEM. */
enum dcv_status dcv_fetch_url(const char *text, CURLU **out);

#endif
