#include "cli/message.h"

#include "cli/intl.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include <wctype.h>

/* Characters that iswprint() passes but that are not seen, or that turn the direction of what follows. */
static bool deceptive(wchar_t c)
{
    return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

static void put_escaped(const char *text, FILE *out)
{
    mbstate_t state = {0};
    while (*text != '\0') {
        wchar_t c;
        size_t len = mbrtowc(&c, text, MB_CUR_MAX, &state);
        bool valid = len != (size_t)-1 && len != (size_t)-2;
        if (valid && iswprint((wint_t)c) && !deceptive(c)) {
            (void)fwrite(text, 1, len, out);
            text += len;
        } else {
            (void)fprintf(out, "\\x%02x", (unsigned char)*text++);
            state = (mbstate_t){0};
        }
    }
}

void cli_complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = NULL;
    int len = vasprintf(&text, format, args);
    va_end(args);
    (void)fputs("dcvready: ", stderr);
    put_escaped(len < 0 ? _("out of memory") : text, stderr);
    (void)fputc('\n', stderr);
    if (len >= 0)
        free(text);
}

int cli_no_memory(void)
{
    cli_complain("%s", _("out of memory"));
    return CLI_FAILED;
}
