#include "cli/names.h"

#include "cli/intl.h"
#include "cli/message.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Far more than a URL with a name in it needs; a longer line is not one of a list of names. */
enum { LINE_MAX_OCTETS = 4096 };

static const char blanks[] = " \t\r\v\f";

static bool add(struct cli_names *names, const char *text, size_t len, const char *file, size_t line)
{
    if (names->count == names->room) {
        size_t room = names->room == 0 ? 64 : names->room * 2;
        struct cli_name *items = reallocarray(names->items, room, sizeof *items);
        if (items == NULL)
            return cli_no_memory() == 0;
        names->items = items;
        names->room = room;
    }
    char *copy = strndup(text, len);
    if (copy == NULL)
        return cli_no_memory() == 0;
    names->items[names->count++] = (struct cli_name){copy, file, line};
    return true;
}

/* A comment begins at a blank or at the start: "https://example.com/#top" has none. */
static size_t without_comment(const char *text)
{
    size_t len = 0;
    while (text[len] != '\0' && !(text[len] == '#' && (len == 0 || strchr(blanks, text[len - 1]) != NULL)))
        len++;
    while (len > 0 && strchr(blanks, text[len - 1]) != NULL)
        len--;
    return len;
}

static bool add_line(struct cli_names *names, const char *text, const char *file, size_t line)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    if (line == 1 && strncmp(text, byte_order_mark, strlen(byte_order_mark)) == 0)
        text += strlen(byte_order_mark);
    text += strspn(text, blanks);
    size_t len = without_comment(text);
    return len == 0 || add(names, text, len, file, line);
}

/* One line without its newline; false: a fault, told, or the end (`*end`). */
static bool read_line(FILE *in, char *out, const char *file, size_t line, bool *end)
{
    size_t len = 0;
    int c;
    while ((c = getc(in)) != EOF && c != '\n') {
        if (c == '\0' || len == LINE_MAX_OCTETS) {
            cli_complain(c == '\0' ? _("%s:%zu: a zero octet; a list of names is text, one name a line")
                                   : _("%s:%zu: the line is too long; a list of names is text, one name a line"),
                         file, line);
            return false;
        }
        out[len++] = (char)c;
    }
    if (c == EOF && ferror(in)) {
        cli_complain(_("cannot read '%s': %s"), file, strerror(errno));
        return false;
    }
    out[len] = '\0';
    *end = c == EOF;
    return true;
}

static bool read_list(struct cli_names *names, FILE *in, const char *file)
{
    char text[LINE_MAX_OCTETS + 1];
    bool end = false;
    size_t before = names->count;
    for (size_t line = 1; !end; line++)
        if (!read_line(in, text, file, line, &end) || !add_line(names, text, file, line))
            return false;
    if (names->count == before) {
        cli_complain(_("%s: no names in it; put one on each line"), file);
        return false;
    }
    return true;
}

bool cli_names_add(struct cli_names *names, const char *operand)
{
    if (strcmp(operand, "-") == 0)
        return read_list(names, stdin, _("standard input"));
    if (operand[0] != '@')
        return add(names, operand, strlen(operand), NULL, 0);
    FILE *in = fopen(operand + 1, "re");
    if (in == NULL) {
        cli_complain(_("cannot read '%s': %s"), operand + 1, strerror(errno));
        return false;
    }
    bool done = read_list(names, in, operand + 1);
    (void)fclose(in);
    return done;
}

void cli_names_done(struct cli_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i].text);
    free(names->items);
    *names = (struct cli_names){0};
}
