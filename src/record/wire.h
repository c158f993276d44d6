/* Private to this module. */
#ifndef DCV_RECORD_WIRE_H
#define DCV_RECORD_WIRE_H

#include "record/message.h"

enum wire_read { WIRE_READ, WIRE_ODD, WIRE_NO_MEMORY };
/* A message of at least 12 octets. WIRE_ODD: it is for ldns to say what it is; what lies in the arena is of no use then. */
enum wire_read wire_read(struct dcv_arena *arena, const uint8_t *wire, size_t len, struct dcv_message *out);

#endif
