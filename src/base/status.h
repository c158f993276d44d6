/* Status codes, shared with the public interface. */
#ifndef DCV_BASE_STATUS_H
#define DCV_BASE_STATUS_H

#include <dcvready/status.h>

/* A short English description of a status, never NULL. */
const char *dcv_status_text(enum dcv_status status);

#endif
