/* How far a wait has come. */
#ifndef DCV_REPORT_WAIT_H
#define DCV_REPORT_WAIT_H

#include "report/json.h"
#include "report/text.h"

#include "judgement/wait.h"

json_t *dcv_json_wait(struct dcv_json *json, const struct dcv_report_name *name);
void dcv_text_wait(struct dcv_page *page);

#endif
