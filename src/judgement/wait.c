#include "judgement/wait.h"

const char *dcv_wait_state_text(enum dcv_wait_state state)
{
    switch (state) {
    case DCV_WAIT_HAS: return "has";
    case DCV_WAIT_ALIAS: return "alias";
    case DCV_WAIT_OTHER: return "other";
    case DCV_WAIT_LACKS: return "lacks";
    case DCV_WAIT_FAILS: return "fails";
    case DCV_WAIT_LAME: return "lame";
    case DCV_WAIT_SILENT: return "silent";
    case DCV_WAIT_NO_ROUTE: return "no-route";
    case DCV_WAIT_PRIVATE: return "private";
    case DCV_WAIT_UNASKED: return "unasked";
    }
    return "unasked";
}

const char *dcv_wait_end_text(enum dcv_wait_end end)
{
    switch (end) {
    case DCV_WAIT_MET: return "met";
    case DCV_WAIT_DEADLINE: return "deadline";
    case DCV_WAIT_STOPPED: return "stopped";
    }
    return "stopped";
}
