/* The user's cache of what registries said: one file a key in a directory of its own, readable by the user alone. It is spoken to by exchanges, like a
 * server, so that a tape holds what came out of it. A directory that is another user's, or to which others may write, is none; a file that does not
 * begin as ours do is neither read nor removed. */
#ifndef DCV_NET_CACHE_H
#define DCV_NET_CACHE_H

#include "net/net.h"

enum { DCV_CACHE_MAX = 1 << 20, DCV_CACHE_KEPT_S = 48 * 3600 /* BR 3.2.2.4: registry data is not used longer */ };

/* The endpoint of the cache. */
struct dcv_endpoint dcv_cache_endpoint(void);
/* The query that reads the file of `key`: answered with its octets, or ended with DCV_EXCHANGE_FAILED where there is none, or it is older than `age_s`.
 * Keys are of a-z, 0-9, ".", "_" and "-", do not begin with "." and have 200 octets at most: DCV_ERR_USAGE. */
enum dcv_status dcv_cache_get(const char *key, unsigned age_s, struct dcv_buf *query);
/* The query that writes it, whole or not at all: answered with nothing, or ended with DCV_EXCHANGE_FAILED. */
enum dcv_status dcv_cache_put(const char *key, const void *data, size_t len, struct dcv_buf *query);

/* Does what the query of the exchange says, now. `dir` NULL: there is no cache. Files of the cache that are older than any use are removed with the first put
 * of a process. `now_s`: UNIX time. */
struct dcv_cache;
enum dcv_status dcv_cache_create(const char *dir, struct dcv_cache **out);
enum dcv_exchange_end dcv_cache_do(struct dcv_cache *cache, struct dcv_exchange *exchange, int64_t now_s);
void dcv_cache_free(struct dcv_cache *cache);

#endif
