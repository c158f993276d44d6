#include "base/status.h"

const char *dcv_status_text(enum dcv_status status)
{
    switch (status) {
    case DCV_OK: return "ok";
    case DCV_ERR_NOMEM: return "out of memory";
    case DCV_ERR_USAGE: return "wrong use";
    case DCV_ERR_SYNTAX: return "syntax error";
    case DCV_ERR_LIMIT: return "limit reached";
    case DCV_ERR_IO: return "input/output error";
    case DCV_ERR_NOT_FOUND: return "not found";
    case DCV_ERR_SYSTEM: return "system error";
    case DCV_ERR_UNSUPPORTED: return "not supported";
    }
    return "unknown status";
}
