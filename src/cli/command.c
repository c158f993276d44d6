#include "cli/command.h"

#include "cli/document.h"
#include "cli/intl.h"
#include "cli/run.h"

#include <string.h>

static const char about_names[] = N_(
    "A NAME is a domain name, also internationalised or with a leading '*.', a URL, or a mail address, of which the "
    "domain is taken. @FILE reads names from a file and - from standard input: one a line, where blank lines and what "
    "follows a # are skipped. None is needed where --order, --csr, --cert or --connect brings names.");

/* clang-format off */
static const struct cli_command commands[] = {
    {.id = CLI_CHECK, .name = "check", .operands = "NAME...", .min = 1, .max = CLI_ANY_NUMBER, .values = "@list",
     .view = DCV_SHOW_CHECK, .run = cli_run_names,
     .summary = N_("tell whether names are ready, what is in the way and what to change"), .description = about_names,
     .examples = {{"dcvready check www.example.jp", N_("for every certification authority that validates by e-mail")},
                  {"dcvready check --method any www.example.jp", N_("by which methods could it be validated, and what is the shortest way")},
                  {"dcvready check --ca sectigo --as-of 2028-03-15 example.jp",
                   N_("for one, by the rules of a later day")},
                  {"dcvready check --csr server.csr --ca globalsign", N_("for all names of a request, and the request itself")},
                  {"dcvready check --format jsonl @names.txt", N_("for a list, to be read by a program")}}},
    {.id = CLI_APPROVERS, .name = "approvers", .operands = "NAME...", .min = 1, .max = CLI_ANY_NUMBER,
     .values = "@list", .view = DCV_SHOW_APPROVERS, .run = cli_run_names,
     .summary = N_("list the addresses that may approve a certificate, one a line"), .description = about_names,
     .examples = {{"dcvready approvers --ca sectigo example.jp", N_("the addresses that can be used")},
                  {"dcvready approvers --all example.jp", N_("every address, and why it cannot be used")}}},
    {.id = CLI_ACCEPTS, .name = "accepts", .operands = "ADDRESS NAME...", .min = 2, .max = CLI_ANY_NUMBER,
     .values = "@list", .view = DCV_SHOW_ACCEPTS, .run = cli_run_names,
     .summary = N_("tell whether an address is accepted as an approver, and if not why"), .description = about_names,
     .examples = {{"dcvready accepts --ca sectigo admin@example.jp www.example.jp",
                   N_("the exit status is 0 for yes, 1 for no")}}},
    {.id = CLI_TIMELINE, .name = "timeline", .operands = "NAME...", .min = 1, .max = CLI_ANY_NUMBER, .values = "@list",
     .view = DCV_SHOW_TIMELINE, .run = cli_run_names,
     .summary = N_("tell what is due when: last days, renewals, changes of the rules"),
     .description = N_("A NAME is as for 'dcvready check'. Without one, the names are those of the certificate of --cert or "
                       "--connect."),
     .examples = {{"dcvready timeline --ca sectigo --connect www.example.jp",
                   N_("for the names of the certificate that is served now")},
                  {"dcvready timeline --ca jprs --validated 2026-11-01 --format ics -o dcv.ics example.jp",
                   N_("as a calendar with reminders")}}},
    {.id = CLI_INSPECT, .name = "inspect", .operands = "NAME...", .min = 1, .max = CLI_ANY_NUMBER, .values = "@list",
     .view = DCV_SHOW_INSPECT, .run = cli_run_names,
     .summary = N_("show the DNS of names: delegation, chain of trust, every server's answers, and what is wrong with them"),
     .description = N_("A NAME is as for 'dcvready check'. The page begins with what is wrong, in the words for a ticket at the DNS "
                       "provider: zone, server, address, question, answer. What was seen follows."),
     .exits = cli_inspect_exit_terms,
     .examples = {{"dcvready inspect www.example.jp", N_("a page to open a ticket with")},
                  {"dcvready inspect -v --resolver 192.0.2.53 --resolver 198.51.100.53 example.jp",
                   N_("every record, and two resolvers compared")},
                  {"dcvready inspect --format svg -o example.svg example.jp", N_("delegation, servers and chain of trust as a picture")},
                  {"dcvready inspect --replay example.tape", N_("the same page again from what was recorded with --record")}}},
    {.id = CLI_WAIT, .name = "wait", .operands = "NAME...", .min = 1, .max = CLI_ANY_NUMBER, .values = "@list",
     .view = DCV_SHOW_WAIT, .run = cli_run_wait,
     .summary = N_("wait until a TXT record stands on every name server and resolver"),
     .description = N_(
         "A NAME is as for 'dcvready check'; --txt or --contact tells which record. All servers of its zone are asked, at "
         "longer and longer intervals, up to a minute; aliases are followed. A server that does not answer three times, or "
         "not for the zone, is left out. Resolvers are asked once all servers have the record, because what they are told "
         "before they remember; if one denies it, the next look is made when it asks again. Ctrl-C shows what is known by "
         "then."),
     .exits = cli_wait_exit_terms,
     .examples = {{"dcvready wait --at _acme-challenge --txt 3xvVqC0l www.example.jp", N_("before the CA is asked to look")},
                  {"dcvready wait --contact dcv@example.jp --deadline 3600 example.jp",
                   N_("for a contact address, an hour at most")},
                  {"dcvready wait --txt v1 --deadline 0 --format json example.jp", N_("how it stands now, for a program")}}},
    {.id = CLI_AUDIT, .name = "audit", .operands = "FILE", .min = 1, .max = 1, .values = "@file", .run = cli_run_audit,
     .summary = N_("check a portfolio, of one name or of millions, and go on after a break"),
     .description = N_("FILE holds one name a line, or is CSV with --column; - is standard input. Names are as for 'dcvready check', but only the "
                       "resolvers are asked, unless --deep is given, and registries only with --whois. Each name makes a row. They are written as names "
                       "are done; with -o once all are; with --run they are kept, for 'dcvready report' to show, and the same command goes on where it "
                       "was broken off. A name whose lookups fail is tried once more at the end. Ctrl-C lets what is under way finish."),
     .exits = cli_audit_exit_terms,
     .examples = {{"dcvready audit --run today.run names.txt", N_("a whole list, kept in a run; once more, after it was broken off")},
                  {"dcvready audit --column domain --format csv -o report.csv portfolio.csv", N_("from a column of a table into another table")},
                  {"dcvready audit --qps 500 names.txt | jq 'select(.verdict != \"ready\").name'", N_("gently; the names that are not ready, as they are found")}}},
    {.id = CLI_SUBMIT, .name = "submit", .operands = "[FILE]", .max = 1, .values = "@file", .run = cli_run_submit,
     .summary = N_("hand a portfolio out to 'dcvready worker' on several machines"),
     .description = N_("FILE is as for 'dcvready audit'. Its names go in chunks to a queue (RabbitMQ), with the options that decide about the verdicts; how far it came is kept in --run, "
                       "and the same command goes on where it was broken off. With --retry-dead, and without FILE, the names of chunks that were given up, since worker after "
                       "worker died with them, go out again one by one."),
     .exits = cli_submit_exit_terms,
     .examples = {{"dcvready submit --run spring.run --queue mq1,mq2 --queue-run spring names.txt", N_("a portfolio, to whoever works on this run")},
                  {"dcvready submit --retry-dead --queue mq1 --queue-run spring", N_("what no worker came back with, name by name")}}},
    {.id = CLI_WORKER, .name = "worker", .operands = "", .values = "", .run = cli_run_worker,
     .summary = N_("look up names that 'dcvready submit' handed out"),
     .description = N_("Any number may work on a run, and come and go at any time: what one of them held when it was killed is given to another. Ctrl-C lets what is held "
                       "finish."),
     .exits = cli_submit_exit_terms,
     .examples = {{"dcvready worker --queue mq1,mq2 --queue-run spring", N_("until it is told to end")},
                  {"dcvready worker --until-empty 60 --queue mq1 --queue-run spring", N_("as a job of a batch system")}}},
    {.id = CLI_COLLECT, .name = "collect", .operands = "[FILE]", .max = 1, .values = "@file", .run = cli_run_collect,
     .summary = N_("gather what workers found into a run, as 'dcvready audit' makes it"),
     .description = N_("It ends when all names that were handed out are there, and then removes the queues; what comes twice counts once. Before that it can be broken off and begun "
                       "anew. With --reconcile FILE, chunks of which nothing came are handed out again, as after the loss of the queue; give the options of 'dcvready submit', too."),
     .exits = cli_audit_exit_terms,
     .examples = {{"dcvready collect --run spring.run --queue mq1,mq2 --queue-run spring", N_("into a run, for 'dcvready report'")},
                  {"dcvready collect --reconcile --run spring.run --queue mq1 --queue-run spring names.txt", N_("after a queue was lost with what it held")}}},
    {.id = CLI_REPORT, .name = "report", .operands = "RUN", .min = 1, .max = 1, .values = "@file", .run = cli_run_report,
     .summary = N_("show what a run of 'dcvready audit' holds: the figures, or rows"),
     .description = N_("The figures are shown, or, with any of --format, --only and --finding, rows."), .exits = cli_audit_exit_terms,
     .examples = {{"dcvready report today.run", N_("how many names are ready, and what is in the way of the others")},
                  {"dcvready report --only not-ready,unknown today.run", N_("the names that need work, each with what would help it")},
                  {"dcvready report --format csv --finding caa-forbids -o caa.csv today.run", N_("every name with this finding, as a table")}}},
    {.id = CLI_DIFF, .name = "diff", .operands = "RUN RUN", .min = 2, .max = 2, .values = "@file", .run = cli_run_diff,
     .summary = N_("compare two runs: which names got worse, which better, which are new or gone"), .exits = cli_diff_exit_terms,
     .examples = {{"dcvready diff yesterday.run today.run", N_("the exit status is 1 if a name got worse")},
                  {"dcvready diff today.run later.run",
                   N_("what coming changes of the rules will do, where later.run was made by 'dcvready judge' from today.run")}}},
    {.id = CLI_JUDGE, .name = "judge", .operands = "FILE...", .min = 1, .max = CLI_ANY_NUMBER, .values = "@file",
     .view = DCV_SHOW_CHECK, .run = cli_run_judge,
     .summary = N_("judge recorded facts again, without the network"),
     .description = N_("A FILE is a report written with --facts as json or jsonl, a tape written with --record, or, alone, a run of 'dcvready audit'; "
                       "- is standard input."),
     .examples = {{"dcvready judge --as-of 2028-03-15 report.json", N_("the same facts by the rules of a later day")},
                  {"dcvready judge --as-of 2028-03-15 --only not-ready today.run", N_("which names of a portfolio will not be ready then")},
                  {"dcvready judge --as-of 2028-03-15 --run later.run today.run", N_("the same as a new run, to be compared or reported")}}},
    {.id = CLI_CAS, .name = "cas", .operands = "[ID | FILE...]", .max = 1, .values = "@file", .run = cli_run_cas,
     .summary = N_("list the certification authorities, or explain one and its sources"),
     .examples = {{"dcvready cas sectigo", N_("what is known about one of them")},
                  {"dcvready cas --check my-ca.yaml", N_("whether a profile is in order: 0 yes, 1 no")}}},
    {.id = CLI_RULES, .name = "rules", .operands = "[ID]", .max = 1, .values = "", .run = cli_run_rules,
     .summary = N_("list the findings, or explain one with its clause and source"),
     .examples = {{"dcvready rules caa-forbids", N_("what one finding means")}}},
    {.id = CLI_HELP, .name = "help", .operands = "[COMMAND]", .max = 1, .values = "@command", .run = cli_run_help,
     .summary = N_("show how a command is used"),
     .examples = {{"dcvready help check", N_("the same as 'dcvready check --help'")}}},

    {.id = CLI_PRINT_MAN, .name = "print-man", .operands = "[COMMAND]", .max = 1, .values = "@command", .hidden = true,
     .run = cli_run_print_man, .summary = N_("write the manual page")},
    {.id = CLI_PRINT_COMPLETION, .name = "print-completion", .operands = "bash", .min = 1, .max = 1, .values = "bash",
     .hidden = true, .run = cli_run_print_completion, .summary = N_("write the completion of a shell")},
};
/* clang-format on */

const struct cli_command *cli_command_at(size_t index)
{
    return index < sizeof commands / sizeof commands[0] ? &commands[index] : NULL;
}

const struct cli_command *cli_command_by_name(const char *name)
{
    const struct cli_command *command;
    for (size_t i = 0; (command = cli_command_at(i)) != NULL; i++)
        if (strcmp(command->name, name) == 0)
            return command;
    return NULL;
}

bool cli_option_belongs(const struct cli_option *option, const struct cli_command *command)
{
    return (option->commands & 1u << command->id) != 0;
}
