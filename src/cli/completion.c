/* The completion for bash, without the helpers of the package bash-completion. */
#include "cli/document.h"

#include <string.h>

static void put_commands(FILE *out)
{
    const struct cli_command *command;
    const char *separator = "";
    for (size_t i = 0; (command = cli_command_at(i)) != NULL; i++) {
        if (command->hidden)
            continue;
        (void)fprintf(out, "%s%s", separator, command->name);
        separator = " ";
    }
}

static void put_options(FILE *out, const struct cli_command *command)
{
    const struct cli_option *option;
    const char *separator = "";
    for (size_t i = 0; (option = cli_option_at(i)) != NULL; i++) {
        if (!cli_option_belongs(option, command))
            continue;
        (void)fprintf(out, "%s--%s", separator, option->name);
        separator = " ";
        if (option->letter != '\0')
            (void)fprintf(out, " -%c", option->letter);
    }
}

/* An action of the script for the values of an option or operand. */
static void put_action(FILE *out, const char *values)
{
    if (strcmp(values, "@file") == 0)
        (void)fputs("_dcvready_files -f", out);
    else if (strcmp(values, "@directory") == 0)
        (void)fputs("_dcvready_files -d", out);
    else if (strcmp(values, "@list") == 0)
        (void)fputs("_dcvready_lists", out);
    else if (strcmp(values, "@command") == 0)
        (void)fputs("_dcvready_words \"$commands\"", out);
    else
        (void)fprintf(out, "_dcvready_words '%s'", values);
}

static void put_values_of_options(FILE *out)
{
    (void)fputs("    case \"$previous\" in\n", out);
    const struct cli_option *option;
    for (size_t i = 0; (option = cli_option_at(i)) != NULL; i++) {
        if (option->argument == NULL)
            continue;
        (void)fprintf(out, "        --%s", option->name);
        if (option->letter != '\0')
            (void)fprintf(out, " | -%c", option->letter);
        (void)fputs(") ", out);
        put_action(out, option->values);
        (void)fputs("; return ;;\n", out);
    }
    (void)fputs("    esac\n", out);
}

static void put_commands_of_options(FILE *out)
{
    (void)fputs("    case \"$command\" in\n", out);
    const struct cli_command *command;
    for (size_t i = 0; (command = cli_command_at(i)) != NULL; i++) {
        if (command->hidden)
            continue;
        (void)fprintf(out, "        %s)\n            options='", command->name);
        put_options(out, command);
        (void)fputs("'\n            operands=(", out);
        put_action(out, command->values);
        (void)fputs(")\n            ;;\n", out);
    }
    (void)fputs("    esac\n", out);
}

void cli_completion_bash(FILE *out)
{
    (void)
        fputs("# bash completion for dcvready\n\n"
              "_dcvready_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$current\"); }\n"
              "_dcvready_files() { mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$current\"); compopt -o filenames; }\n"
              "_dcvready_lists() {\n"
              "    [[ $current == @* ]] || return\n"
              "    mapfile -t COMPREPLY < <(compgen -f -P @ -- \"${current#@}\")\n"
              "}\n\n"
              "_dcvready() {\n"
              "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}\n"
              "    local command='' options='--help --version' word operands=()\n"
              "    local commands='",
              out);
    put_commands(out);
    /* bash takes the "=" of --option=value for a word of its own. */
    (void)fputs("'\n"
                "    COMPREPLY=()\n"
                "    [[ $previous != = ]] || previous=${COMP_WORDS[COMP_CWORD - 2]}\n"
                "    if [[ $current == = ]]; then current=''; fi\n",
                out);
    put_values_of_options(out);
    (void)fputs("    for word in \"${COMP_WORDS[@]:1:COMP_CWORD - 1}\"; do\n"
                "        if [[ \" $commands \" == *\" $word \"* ]]; then command=$word; break; fi\n"
                "    done\n",
                out);
    put_commands_of_options(out);
    (void)fputs("    if [[ $current == -* ]]; then\n"
                "        _dcvready_words \"$options\"\n"
                "    elif [[ -z $command ]]; then\n"
                "        _dcvready_words \"$commands\"\n"
                "    else\n"
                "        \"${operands[@]}\"\n"
                "    fi\n"
                "}\n\n"
                "complete -F _dcvready dcvready\n",
                out);
}
