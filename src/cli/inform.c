/* Commands about the tool itself. */
#include "cli/check.h"
#include "cli/document.h"
#include "cli/intl.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/parse.h"
#include "cli/run.h"

#include <string.h>

static int write_document(const struct cli_request *request, const struct cli_command *command,
                          void (*document)(struct cli_output *out, const struct cli_command *command))
{
    struct cli_output out;
    if (!cli_output_open(&out, cli_request_value(request, CLI_TO_OUTPUT), false))
        return CLI_FAILED;
    document(&out, command);
    return cli_output_end(&out, true) ? CLI_READY : CLI_FAILED;
}

/* Of the command that the first operand names. */
static int write_document_of(const struct cli_request *request,
                             void (*document)(struct cli_output *out, const struct cli_command *command))
{
    const struct cli_command *command = NULL;
    if (request->operand_count != 0) {
        command = cli_command_by_name(request->operands[0]);
        if (command == NULL) {
            cli_tell_unknown_command(request->operands[0]);
            return CLI_USAGE;
        }
    }
    return write_document(request, command, document);
}

static void put_help(struct cli_output *out, const struct cli_command *command)
{
    cli_help(out->file, command, cli_output_width(out));
}

static void put_man(struct cli_output *out, const struct cli_command *command)
{
    cli_man(out->file, command);
}

static void put_completion(struct cli_output *out, const struct cli_command *command)
{
    (void)command;
    cli_completion_bash(out->file);
}

static void put_version(struct cli_output *out, const struct cli_command *command)
{
    (void)command;
    (void)fprintf(out->file, "dcvready %s\n", dcv_version());
}

int cli_run_help(const struct cli_request *request)
{
    /* "dcvready check --help", "dcvready help check", "dcvready --help" */
    if (request->command != NULL && request->command->id != CLI_HELP)
        return write_document(request, request->command, put_help);
    return write_document_of(request, put_help);
}

int cli_run_version(const struct cli_request *request)
{
    return write_document(request, NULL, put_version);
}

int cli_run_print_man(const struct cli_request *request)
{
    return write_document_of(request, put_man);
}

int cli_run_print_completion(const struct cli_request *request)
{
    if (strcmp(request->operands[0], "bash") != 0) {
        cli_complain(_("no completion for '%s'; there is one for bash"), request->operands[0]);
        return CLI_USAGE;
    }
    return write_document(request, NULL, put_completion);
}
