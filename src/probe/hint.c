#include "probe/hint.h"

#include "base/text.h"

#include <stddef.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return dcv_ascii_lower(c) >= 'a' && dcv_ascii_lower(c) <= 'z';
}

static size_t blanks(const char *text)
{
    return strspn(text, " \t\n");
}

/* A whole number at `*text`, which moves behind it. */
static bool take_number(const char **text, unsigned *out)
{
    unsigned value = 0;
    if (!is_digit(**text))
        return false;
    for (; is_digit(**text); (*text)++)
        value = value > HINT_MAX_S ? value : value * 10 + (unsigned)(**text - '0');
    *out = value;
    return true;
}

/* "h:m:s", of which the first number was taken. A time of day would be one that is too long to wait for. */
static bool take_clock(const char *text, unsigned hours, unsigned *pause_s)
{
    unsigned minutes, seconds;
    if (*text++ != ':' || !take_number(&text, &minutes) || *text++ != ':' || !take_number(&text, &seconds) || hours > HINT_MAX_S
        || minutes > HINT_MAX_S || seconds > HINT_MAX_S)
        return false;
    *pause_s = hours * 3600 + minutes * 60 + seconds;
    return true;
}

/* A word for a unit, of which the number was taken; 0: it is none. */
static unsigned take_unit(const char **text)
{
    static const struct {
        const char *word;
        unsigned seconds;
    } units[] = {{"s", 1},       {"sec", 1},     {"secs", 1},     {"second", 1}, {"seconds", 1}, {"m", 60},      {"min", 60},    {"mins", 60},
                 {"minute", 60}, {"minutes", 60}, {"h", 3600},    {"hr", 3600},  {"hrs", 3600},  {"hour", 3600}, {"hours", 3600}};
    const char *at = *text + blanks(*text);
    size_t len = 0;
    while (is_letter(at[len]))
        len++;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strlen(units[i].word) == len && dcv_ascii_equal_nocase_n(at, units[i].word, len)) {
            *text = at + len;
            return units[i].seconds;
        }
    }
    return 0;
}

/* "5 minutes", "4 min 30 s", "4 minutes and 30 seconds", "00:05:00", at the start of the text. */
static bool take_pause(const char *text, unsigned *pause_s)
{
    unsigned number, sum = 0;
    bool any = false;
    while (take_number(&text, &number)) {
        if (!any && take_clock(text, number, pause_s))
            return true;
        const unsigned unit = take_unit(&text);
        if (unit == 0)
            break;
        any = true;
        sum = number > HINT_MAX_S || sum > HINT_MAX_S ? HINT_MAX_S + 1 : sum + number * unit;
        text += blanks(text);
        text += strncmp(text, "and ", 4) == 0 ? 4 : 0;
    }
    *pause_s = sum;
    return any;
}

/* Where the text begins to speak of coming again; NULL: it does not. */
static const char *again(const char *text)
{
    static const char *const words[] = {"again", "retry", "greylist", "graylist", "grey-list", "gray-list", "come back", "wait", "delay", "later"};
    for (const char *at = text; *at != '\0'; at++)
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
            if (strlen(at) >= strlen(words[i]) && dcv_ascii_equal_nocase_n(at, words[i], strlen(words[i])))
                return at;
    return NULL;
}

bool hint_pause(const char *text, unsigned *pause_s)
{
    text = again(text);
    for (const char *at = text; at != NULL && *at != '\0'; at++)
        if (is_digit(*at) && strchr(" \t\n(=", at[-1]) != NULL && take_pause(at, pause_s))
            return *pause_s <= HINT_MAX_S;
    return false;
}
