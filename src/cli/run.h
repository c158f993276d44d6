/* What the commands do. Each returns the exit status. */
#ifndef DCV_CLI_RUN_H
#define DCV_CLI_RUN_H

struct cli_request;

int cli_run_names(const struct cli_request *request); /* check, approvers, accepts */
int cli_run_wait(const struct cli_request *request);
int cli_run_judge(const struct cli_request *request);
int cli_run_audit(const struct cli_request *request);
int cli_run_submit(const struct cli_request *request);
int cli_run_worker(const struct cli_request *request);
int cli_run_collect(const struct cli_request *request);
int cli_run_report(const struct cli_request *request);
int cli_run_diff(const struct cli_request *request);
int cli_run_cas(const struct cli_request *request);
int cli_run_rules(const struct cli_request *request);
int cli_run_help(const struct cli_request *request);
int cli_run_version(const struct cli_request *request);
int cli_run_print_man(const struct cli_request *request);
int cli_run_print_completion(const struct cli_request *request);

#endif
