#include "cli/document.h"
#include "cli/fill.h"
#include "cli/intl.h"
#include "cli/parse.h"

#include <stdlib.h>
#include <string.h>

enum { TERM_INDENT = 2, OPTION_COLUMN = 30, COMMAND_COLUMN = 30, EXIT_COLUMN = 5, WIDEST = 100 };

const char cli_purpose[] = N_("Is a domain ready for the domain control validation (DCV) of a TLS certificate?");
const char cli_introduction[] = N_("dcvready looks up the DNS records that decide, judges them by the Baseline "
                                   "Requirements and the published practice of each "
                                   "certification authority on a day, and tells which addresses may approve a "
                                   "certificate, whether mail to them can arrive, what "
                                   "blocks the issuance, and what to change.");

const struct cli_term cli_exit_terms[] = {
    {"0", N_("every name is ready, or the answer is yes")},
    {"1", N_("a name is not ready, or the answer is no")},
    {"2", N_("wrong usage, input that cannot be read, or an invalid name")},
    {"3", N_("unknown: a lookup that decides has failed")},
    {"4", N_("dcvready failed: no memory, output that could not be written, or no resolver that answers")},
    {NULL, NULL},
};

const struct cli_term cli_wait_exit_terms[] = {
    {"0", N_("it stands everywhere")},
    {"1", N_("it does not, by the deadline or when the wait was interrupted")},
    {"2", N_("wrong usage, input that cannot be read, or an invalid name")},
    {"3", N_("unknown: no server of a zone, or no resolver, answered")},
    {"4", N_("dcvready failed: no memory, or output that could not be written")},
    {NULL, NULL},
};

const struct cli_term cli_inspect_exit_terms[] = {
    {"0", N_("nothing wrong was found in the DNS of the name; notices do not count")},
    {"1", N_("something is wrong: a blocker or a warning about the DNS of a name")},
    {"2", N_("wrong usage, input that cannot be read, or an invalid name")},
    {"3", N_("nothing wrong was found, but not everything could be seen")},
    {"4", N_("dcvready failed: no memory, output that could not be written, or no resolver that answers")},
    {NULL, NULL},
};

const struct cli_term cli_audit_exit_terms[] = {
    {"0", N_("every name is ready")},
    {"1", N_("a name is not ready")},
    {"2", N_("wrong usage, input that cannot be read, or an invalid name in the list; the other names are done nevertheless")},
    {"3", N_("unknown: a lookup that decides has failed, or the audit was broken off")},
    {"4", N_("dcvready failed: no memory, output that could not be written, or no resolver that answers")},
    {NULL, NULL},
};

const struct cli_term cli_submit_exit_terms[] = {
    {"0", N_("everything was handed out, or a worker came to its end")},
    {"2", N_("wrong usage, or input that cannot be read")},
    {"3", N_("it was broken off")},
    {"4", N_("dcvready failed: no memory, no rights at the queue, or no resolver that answers")},
    {NULL, NULL},
};

const struct cli_term cli_diff_exit_terms[] = {
    {"0", N_("no name got worse")},
    {"1", N_("a name got worse")},
    {"2", N_("wrong usage, or a file that is no run")},
    {"4", N_("dcvready failed: no memory, or output that could not be written")},
    {NULL, NULL},
};

const struct cli_term cli_environment_terms[] = {
    {"LC_ALL, LC_MESSAGES, LANG, LANGUAGE", N_("the language of texts")},
    {"NO_COLOR", N_("when it is set and not empty, no colours are used unless --color=always")},
    {"TERM", N_("when it is 'dumb', no colours are used unless --color=always")},
    {"DCVREADY_QUEUE_USER, DCVREADY_QUEUE_PASSWORD", N_("who dcvready is at the queue, for want of --queue-user and --queue-password-file")},
    {"DCVREADY_LOCALEDIR", N_("where the translations are (default: beside the program, in ../share/locale)")},
    {NULL, NULL},
};

static void put_term(FILE *out, const char *term, const char *meaning, unsigned at, unsigned width)
{
    unsigned column = TERM_INDENT + cli_columns(term);
    (void)fprintf(out, "%*s%s", TERM_INDENT, "", term);
    if (column + 2 > at) {
        (void)fputc('\n', out);
        column = 0;
    }
    (void)fprintf(out, "%*s", (int)(at - column), "");
    cli_fill(out, _(meaning), at, at, width);
}

static void put_terms(FILE *out, const char *title, const struct cli_term *terms, unsigned at, unsigned width)
{
    (void)fprintf(out, "\n%s:\n", title);
    for (; terms->term != NULL; terms++)
        put_term(out, terms->term, terms->meaning, at, width);
}

static void put_option(FILE *out, const struct cli_option *option, enum cli_command_id command, unsigned width)
{
    char term[80];
    char letter[] = {'-', option->letter, ',', ' ', '\0'};
    (void)snprintf(term, sizeof term, "%s--%s%s%s", option->letter == '\0' ? "    " : letter, option->name,
                   option->argument == NULL ? "" : " ", option->argument == NULL ? "" : option->argument);
    put_term(out, term, cli_option_help(option, command), OPTION_COLUMN, width);
}

static void put_options(FILE *out, const struct cli_command *command, enum cli_group group, unsigned width)
{
    bool titled = false;
    const struct cli_option *option;
    for (size_t i = 0; (option = cli_option_at(i)) != NULL; i++) {
        if (option->group != group || !cli_option_belongs(option, command))
            continue;
        if (!titled)
            (void)fprintf(out, "\n%s:\n", cli_group_title(group));
        titled = true;
        put_option(out, option, command->id, width);
    }
}

static void put_examples(FILE *out, const struct cli_command *command, unsigned width)
{
    for (size_t i = 0; i < CLI_EXAMPLES && command->examples[i].line != NULL; i++) {
        if (i == 0)
            (void)fprintf(out, "\n%s:\n", _("Examples"));
        (void)fprintf(out, "%*s%s\n%*s", TERM_INDENT, "", command->examples[i].line, 2 * TERM_INDENT + 2, "");
        cli_fill(out, _(command->examples[i].meaning), 2 * TERM_INDENT + 2, 2 * TERM_INDENT + 2, width);
    }
}

static void help_command(FILE *out, const struct cli_command *command, unsigned width)
{
    (void)fprintf(out, "%s: dcvready %s [%s] %s\n\n", _("Usage"), command->name, _("OPTION..."), command->operands);
    cli_fill(out, _(command->summary), 0, 0, width);
    if (command->description != NULL) {
        (void)fputc('\n', out);
        cli_fill(out, _(command->description), 0, 0, width);
    }
    for (enum cli_group group = 0; group < CLI_GROUP_COUNT; group++)
        put_options(out, command, group, width);
    put_terms(out, _("Exit status"), command->exits != NULL ? command->exits : cli_exit_terms, EXIT_COLUMN, width);
    put_examples(out, command, width);
}

static void help_program(FILE *out, unsigned width)
{
    (void)fprintf(out, "%s: dcvready %s [%s] [%s]\n\n", _("Usage"), _("COMMAND"), _("OPTION..."), _("ARGUMENT..."));
    cli_fill(out, _(cli_purpose), 0, 0, width);
    (void)fprintf(out, "\n%s:\n", _("Commands"));
    const struct cli_command *command;
    for (size_t i = 0; (command = cli_command_at(i)) != NULL; i++) {
        char term[64];
        (void)snprintf(term, sizeof term, "%s %s", command->name, command->operands);
        if (!command->hidden)
            put_term(out, term, command->summary, COMMAND_COLUMN, width);
    }
    (void)fputc('\n', out);
    cli_fill(out, _("'dcvready COMMAND --help' shows the options of a command; 'dcvready --version' the version."), 0,
             0, width);
    put_terms(out, _("Exit status"), cli_exit_terms, EXIT_COLUMN, width);
    command = cli_command_at(0);
    put_examples(out, command, width);
}

void cli_help(FILE *out, const struct cli_command *command, unsigned width)
{
    /* Lines that are longer are hard to read. */
    if (width > WIDEST)
        width = WIDEST;
    if (command == NULL || command->id == CLI_HELP)
        help_program(out, width);
    else
        help_command(out, command, width);
}
