#include "cli/check.h"
#include "cli/language.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/run.h"

#include <signal.h>
#include <sys/resource.h>

static int dispatch(const struct cli_request *request)
{
    if (!cli_request_check(request))
        return CLI_USAGE;
    if (cli_request_value(request, CLI_SHOW_HELP) != NULL)
        return cli_run_help(request);
    if (cli_request_value(request, CLI_SHOW_VERSION) != NULL)
        return cli_run_version(request);
    return request->command->run(request);
}

/* Every name server asked takes sockets of its own: as many as the system lets us have without asking anybody. */
static void raise_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
    cli_output_guard();
    raise_files();
    /* A reader that goes away is an error to be told (EPIPE), not a reason to die without a word. */
    (void)signal(SIGPIPE, SIG_IGN);
    struct cli_request request;
    if (!cli_parse(argc, argv, &request))
        return cli_no_memory();
    cli_language_set(cli_request_value(&request, CLI_TO_LANGUAGE));
    int status = dispatch(&request);
    cli_request_done(&request);
    return status;
}
