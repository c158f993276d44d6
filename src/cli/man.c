/* The manual pages, in the macros of man(7). */
#include "cli/document.h"
#include "cli/intl.h"

#include <ctype.h>

/* A hyphen that can be copied, a backslash that is one, and no line that begins with a request. */
static void put(FILE *out, const char *text)
{
    if (*text == '.' || *text == '\'')
        (void)fputs("\\&", out);
    for (; *text != '\0'; text++) {
        if (*text == '-')
            (void)fputs("\\-", out);
        else if (*text == '\\')
            (void)fputs("\\e", out);
        else if (*text == '\'')
            (void)fputs("\\(aq", out);
        else
            (void)fputc(*text, out);
    }
}

static void put_upper(FILE *out, const char *text)
{
    for (; *text != '\0'; text++)
        (void)fputc(toupper((unsigned char)*text), out);
}

static void put_line(FILE *out, const char *text)
{
    put(out, text);
    (void)fputc('\n', out);
}

static void put_section(FILE *out, const char *title)
{
    (void)fprintf(out, ".SH %s\n", title);
}

static void put_terms(FILE *out, const char *title, const struct cli_term *terms)
{
    put_section(out, title);
    for (; terms->term != NULL; terms++) {
        (void)fputs(".TP\n.B ", out);
        put_line(out, terms->term);
        put_line(out, _(terms->meaning));
    }
}

static void put_option(FILE *out, const struct cli_option *option, enum cli_command_id command)
{
    (void)fputs(".TP\n", out);
    if (option->letter != '\0')
        (void)fprintf(out, "\\fB\\-%c\\fR, ", option->letter);
    (void)fputs("\\fB\\-\\-", out);
    put(out, option->name);
    (void)fputs("\\fR", out);
    if (option->argument != NULL) {
        (void)fputs(" \\fI", out);
        put(out, option->argument);
        (void)fputs("\\fR", out);
    }
    (void)fputc('\n', out);
    put_line(out, _(cli_option_help(option, command)));
}

static void put_options(FILE *out, const struct cli_command *command)
{
    put_section(out, _("OPTIONS"));
    for (enum cli_group group = 0; group < CLI_GROUP_COUNT; group++) {
        bool titled = false;
        const struct cli_option *option;
        for (size_t i = 0; (option = cli_option_at(i)) != NULL; i++) {
            if (option->group != group || !cli_option_belongs(option, command))
                continue;
            if (!titled)
                (void)fprintf(out, ".SS %s\n", cli_group_title(group));
            titled = true;
            put_option(out, option, command->id);
        }
    }
}

static void put_examples(FILE *out, const struct cli_command *command)
{
    for (size_t i = 0; i < CLI_EXAMPLES && command->examples[i].line != NULL; i++) {
        if (i == 0)
            put_section(out, _("EXAMPLES"));
        (void)fputs(".TP\n.B ", out);
        put_line(out, command->examples[i].line);
        put_line(out, _(command->examples[i].meaning));
    }
}

static void put_command_list(FILE *out)
{
    put_section(out, _("COMMANDS"));
    const struct cli_command *command;
    for (size_t i = 0; (command = cli_command_at(i)) != NULL; i++) {
        if (command->hidden)
            continue;
        (void)fprintf(out, ".TP\n\\fB%s\\fR \\fI", command->name);
        put(out, command->operands);
        (void)fputs("\\fR\n", out);
        put_line(out, _(command->summary));
    }
    (void)fputs(".PP\n", out);
    put_line(out, _("Each command has a manual page of its own, for example dcvready-check(1)."));
}

static void put_head(FILE *out, const struct cli_command *command)
{
    (void)fputs(".TH DCVREADY", out);
    if (command != NULL) {
        (void)fputs("\\-", out);
        put_upper(out, command->name);
    }
    (void)fprintf(out, " 1 \"\" \"dcvready %s\"\n.nh\n.ad l\n", dcv_version());
    put_section(out, _("NAME"));
    (void)fprintf(out, command == NULL ? "dcvready \\- " : "dcvready\\-%s \\- ", command == NULL ? "" : command->name);
    put_line(out, command == NULL ? _("readiness for the domain control validation of TLS certificates")
                                  : _(command->summary));
    put_section(out, _("SYNOPSIS"));
    (void)fprintf(out, ".B dcvready %s\n[\\fI%s\\fR] \\fI", command == NULL ? "\\fICOMMAND\\fR" : command->name,
                  _("OPTION..."));
    put(out, command == NULL ? _("ARGUMENT...") : command->operands);
    (void)fputs("\\fR\n", out);
    put_section(out, _("DESCRIPTION"));
}

static void put_see_also(FILE *out, const struct cli_command *except)
{
    put_section(out, _("SEE ALSO"));
    (void)fputs(except == NULL ? "" : "\\fBdcvready\\fR(1)", out);
    const char *separator = except == NULL ? "" : ",\n";
    const struct cli_command *command;
    for (size_t i = 0; (command = cli_command_at(i)) != NULL; i++) {
        if (command->hidden || command->id == CLI_HELP || command == except)
            continue;
        (void)fprintf(out, "%s\\fBdcvready\\-%s\\fR(1)", separator, command->name);
        separator = ",\n";
    }
    (void)fputc('\n', out);
}

void cli_man(FILE *out, const struct cli_command *command)
{
    put_head(out, command);
    put_line(out, command == NULL                ? _(cli_introduction)
                  : command->description != NULL ? _(command->description)
                                                 : _(command->summary));
    if (command == NULL)
        put_command_list(out);
    else
        put_options(out, command);
    put_terms(out, _("EXIT STATUS"), command != NULL && command->exits != NULL ? command->exits : cli_exit_terms);
    put_terms(out, _("ENVIRONMENT"), cli_environment_terms);
    put_examples(out, command == NULL ? cli_command_at(0) : command);
    put_see_also(out, command);
}
