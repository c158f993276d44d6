#include "cli/check.h"

#include "cli/intl.h"
#include "cli/message.h"
#include "cli/nearest.h"

#include <string.h>

/* Among the options of the command, or all while the command is not known. */
static const char *nearest_option(const struct cli_request *request)
{
    struct cli_nearest nearest = cli_nearest_start(request->fault_text, request->fault_len);
    const struct cli_option *option;
    for (size_t i = 0; (option = cli_option_at(i)) != NULL; i++)
        if (request->command == NULL || cli_option_belongs(option, request->command))
            cli_nearest_offer(&nearest, option->name);
    return nearest.best;
}

static void tell_unknown_option(const struct cli_request *request)
{
    int len = (int)request->fault_len;
    const char *nearest = nearest_option(request);
    if (nearest != NULL)
        cli_complain(_("unknown option '--%.*s'; did you mean '--%s'?"), len, request->fault_text, nearest);
    else if (request->command != NULL)
        cli_complain(_("unknown option '--%.*s'; 'dcvready %s --help' lists the options"), len, request->fault_text,
                     request->command->name);
    else
        cli_complain(_("unknown option '--%.*s'; 'dcvready --help' lists the commands"), len, request->fault_text);
}

static bool options_well_formed(const struct cli_request *request)
{
    int len = (int)request->fault_len;
    switch (request->fault) {
    case CLI_NO_FAULT: return true;
    case CLI_UNKNOWN_OPTION: tell_unknown_option(request); return false;
    case CLI_UNKNOWN_LETTER:
        cli_complain(_("unknown option '-%.*s'; a name or file that begins with '-' goes after '--'"), len,
                     request->fault_text);
        return false;
    case CLI_NEEDS_VALUE:
        cli_complain(_("option '--%.*s' needs a value: --%.*s %s"), len, request->fault_text, len, request->fault_text,
                     cli_option_by_name(request->fault_text, request->fault_len)->argument);
        return false;
    case CLI_TAKES_NO_VALUE: cli_complain(_("option '--%.*s' takes no value"), len, request->fault_text); return false;
    }
    return false;
}

void cli_tell_unknown_command(const char *word)
{
    struct cli_nearest nearest = cli_nearest_start(word, strlen(word));
    const struct cli_command *command;
    for (size_t i = 0; (command = cli_command_at(i)) != NULL; i++)
        if (!command->hidden)
            cli_nearest_offer(&nearest, command->name);
    if (nearest.best != NULL)
        cli_complain(_("unknown command '%s'; did you mean '%s'?"), word, nearest.best);
    else if (strchr(word, '.') != NULL)
        cli_complain(_("unknown command '%s'; to check a name: dcvready check %s"), word, word);
    else
        cli_complain(_("unknown command '%s'; 'dcvready --help' lists the commands"), word);
}

static const struct cli_command *first_command_with(const struct cli_option *option)
{
    const struct cli_command *command;
    for (size_t i = 0; (command = cli_command_at(i)) != NULL; i++)
        if (cli_option_belongs(option, command))
            return command;
    return NULL;
}

static bool options_belong(const struct cli_request *request)
{
    for (size_t i = 0; i < request->setting_count; i++) {
        const struct cli_option *option = request->settings[i].option;
        if (!cli_option_belongs(option, request->command)) {
            cli_complain(_("'%s' takes no option '--%s'; '%s' does"), request->command->name, option->name,
                         first_command_with(option)->name);
            return false;
        }
    }
    return true;
}

/* A tape holds its names, and so do requests, certificates and orders. */
static bool brings_names(const struct cli_request *request)
{
    static const char *const options[] = {"order", "csr", "cert", "connect"};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (cli_request_named(request, options[i]) != NULL)
            return true;
    return request->command->view != DCV_SHOW_ACCEPTS && cli_request_named(request, "replay") != NULL;
}

static bool operands_fit(const struct cli_request *request)
{
    const struct cli_command *command = request->command;
    size_t least = command->min > 0 && brings_names(request) ? (size_t)command->min - 1 : (size_t)command->min;
    if (request->operand_count < least) {
        cli_complain(_("an argument is missing; usage: dcvready %s %s"), command->name, command->operands);
        return false;
    }
    bool files = cli_request_named(request, "check") != NULL; /* in the place of the one id */
    if (command->max != CLI_ANY_NUMBER && !files && request->operand_count > (size_t)command->max) {
        cli_complain(_("unexpected argument '%s'; usage: dcvready %s %s"), request->operands[command->max],
                     command->name, command->operands);
        return false;
    }
    return true;
}

/* Values that the library does not see. */
static bool own_values_valid(const struct cli_request *request)
{
    for (size_t i = 0; i < request->setting_count; i++) {
        const struct cli_setting *setting = &request->settings[i];
        bool valid = true;
        if (setting->option->effect == CLI_TO_LANGUAGE)
            valid = strcmp(setting->value, "en") == 0 || strcmp(setting->value, "ja") == 0;
        else if (setting->option->effect == CLI_TO_COLOR)
            valid = strcmp(setting->value, "auto") == 0 || strcmp(setting->value, "always") == 0 ||
                    strcmp(setting->value, "never") == 0;
        else if (setting->option->effect == CLI_TO_OUTPUT)
            valid = setting->value[0] != '\0';
        if (!valid) {
            cli_complain(_("--%s: '%s' is not possible; it takes: %s"), setting->option->name, setting->value,
                         setting->option->effect == CLI_TO_OUTPUT ? setting->option->argument
                                                                  : setting->option->values);
            return false;
        }
    }
    return true;
}

bool cli_request_check(const struct cli_request *request)
{
    if (!options_well_formed(request))
        return false;
    bool informing =
        cli_request_value(request, CLI_SHOW_HELP) != NULL || cli_request_value(request, CLI_SHOW_VERSION) != NULL;
    if (request->word == NULL) {
        if (!informing)
            cli_complain(
                "%s",
                _("no command given; for example: dcvready check example.com; 'dcvready --help' lists the commands"));
        return informing && own_values_valid(request);
    }
    if (request->command == NULL) {
        cli_tell_unknown_command(request->word);
        return false;
    }
    return options_belong(request) && own_values_valid(request) && (informing || operands_fit(request));
}
