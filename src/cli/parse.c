#include "cli/parse.h"

#include <stdlib.h>
#include <string.h>

struct parser {
    char **argv;
    int argc, next;
    bool options_over; /* after "--" */
    struct cli_request *out;
};

static void set_fault(struct cli_request *request, enum cli_fault fault, const char *text, size_t len)
{
    if (request->fault != CLI_NO_FAULT)
        return;
    request->fault = fault;
    request->fault_text = text;
    request->fault_len = len;
}

static void add_setting(struct cli_request *request, const struct cli_option *option, const char *value)
{
    request->settings[request->setting_count++] = (struct cli_setting){option, value};
}

/* "--name", "--name=value", "--name value". */
static void take_long(struct parser *parser, const char *text)
{
    size_t len = strcspn(text, "=");
    const char *value = text[len] == '=' ? text + len + 1 : NULL;
    const struct cli_option *option = cli_option_by_name(text, len);
    if (option == NULL)
        set_fault(parser->out, CLI_UNKNOWN_OPTION, text, len);
    else if (option->argument == NULL && value != NULL)
        set_fault(parser->out, CLI_TAKES_NO_VALUE, text, len);
    else if (option->argument == NULL)
        add_setting(parser->out, option, "");
    else if (value != NULL)
        add_setting(parser->out, option, value);
    else if (parser->next < parser->argc)
        add_setting(parser->out, option, parser->argv[parser->next++]);
    else
        set_fault(parser->out, CLI_NEEDS_VALUE, text, len);
}

/* "-q", "-qv", "-oFILE", "-o FILE". */
static void take_letters(struct parser *parser, const char *text)
{
    for (; *text != '\0'; text++) {
        const struct cli_option *option = cli_option_by_letter(*text);
        if (option == NULL) {
            set_fault(parser->out, CLI_UNKNOWN_LETTER, text, 1);
            return;
        }
        if (option->argument == NULL) {
            add_setting(parser->out, option, "");
            continue;
        }
        if (text[1] != '\0')
            add_setting(parser->out, option, text + 1);
        else if (parser->next < parser->argc)
            add_setting(parser->out, option, parser->argv[parser->next++]);
        else
            set_fault(parser->out, CLI_NEEDS_VALUE, option->name, strlen(option->name));
        return;
    }
}

static void take_operand(struct cli_request *request, const char *text)
{
    if (request->word == NULL) {
        request->word = text;
        request->command = cli_command_by_name(text);
    } else {
        request->operands[request->operand_count++] = text;
    }
}

static void take_argument(struct parser *parser, const char *text)
{
    if (parser->options_over || text[0] != '-' || text[1] == '\0')
        take_operand(parser->out, text);
    else if (strcmp(text, "--") == 0)
        parser->options_over = true;
    else if (text[1] == '-')
        take_long(parser, text + 2);
    else
        take_letters(parser, text + 1);
}

/* Every letter of an argument may be a setting of its own. */
static size_t most_settings(int argc, char **argv)
{
    size_t most = 0;
    for (int i = 1; i < argc; i++)
        most += strlen(argv[i]);
    return most;
}

bool cli_parse(int argc, char **argv, struct cli_request *out)
{
    *out = (struct cli_request){0};
    out->settings = calloc(most_settings(argc, argv) + 1, sizeof *out->settings);
    out->operands = calloc((size_t)argc + 1, sizeof *out->operands);
    if (out->settings == NULL || out->operands == NULL) {
        cli_request_done(out);
        return false;
    }
    struct parser parser = {.argv = argv, .argc = argc, .next = 1, .out = out};
    while (parser.next < argc)
        take_argument(&parser, argv[parser.next++]);
    return true;
}

void cli_request_done(struct cli_request *request)
{
    free(request->settings);
    free(request->operands);
    *request = (struct cli_request){0};
}

const char *cli_request_value(const struct cli_request *request, enum cli_effect effect)
{
    const char *value = NULL;
    for (size_t i = 0; i < request->setting_count; i++)
        if (request->settings[i].option->effect == effect)
            value = request->settings[i].value;
    return value;
}

const char *cli_request_named(const struct cli_request *request, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; i < request->setting_count; i++)
        if (strcmp(request->settings[i].option->name, name) == 0)
            value = request->settings[i].value;
    return value;
}
