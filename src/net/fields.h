/* Lines "KEY VALUE" in a fixed order, and an empty one after the last: how requests and answers of conversations stand on a tape. Private to this
 * module. */
#ifndef DCV_NET_FIELDS_H
#define DCV_NET_FIELDS_H

#include "base/arena.h"
#include "base/buf.h"

/* The line; of the value what stands before its first line end. */
void dcv_fields_put(struct dcv_buf *out, const char *key, const char *value);
/* The value of the next line if that has this key, a copy in the arena; NULL, and nothing is taken: it has another, its value holds a zero octet,
 * or memory is short. */
const char *dcv_fields_take(struct dcv_cursor *cursor, struct dcv_arena *arena, const char *key);
/* Takes the empty line; false: there is something else. */
bool dcv_fields_end(struct dcv_cursor *cursor);

#endif
