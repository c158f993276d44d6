/* The answer to "would this CA accept this address" in a sentence, the same in text and JSON. */
#ifndef DCV_REPORT_ACCEPT_H
#define DCV_REPORT_ACCEPT_H

#include "report/report.h"

void dcv_accept_put(struct dcv_buf *buf, const struct dcv_report_name *name, const struct dcv_acceptance *row);

#endif
