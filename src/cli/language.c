#include "cli/language.h"

#include "cli/intl.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOMAIN "dcvready"
#define UTF8_LOCALE "C.UTF-8"

/* The locale that the environment asks for, by the precedence of POSIX. */
static const char *wanted_locale(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return "";
}

/* The catalogues lie beside the program, so that a build tree and a copied installation work. */
static void bind_catalogues(void)
{
    const char *given = getenv("DCVREADY_LOCALEDIR");
    if (given != NULL && given[0] != '\0') {
        (void)bindtextdomain(DOMAIN, given);
    } else {
        char path[PATH_MAX];
        static const char below[] = "/../share/locale";
        ssize_t len = readlink("/proc/self/exe", path, sizeof path - sizeof below);
        char *slash = len > 0 ? memrchr(path, '/', (size_t)len) : NULL;
        if (slash != NULL) {
            memcpy(slash, below, sizeof below);
            (void)bindtextdomain(DOMAIN, path);
        }
    }
    (void)bind_textdomain_codeset(DOMAIN, "UTF-8");
    (void)textdomain(DOMAIN);
}

/* gettext looks at LANGUAGE first, but in no locale named "C"; C.UTF-8 is on every machine, ja_JP.UTF-8 is not. */
static void force_language(const char *language, bool replace)
{
    const char *messages = setlocale(LC_MESSAGES, NULL);
    if (messages == NULL || strcmp(messages, "C") == 0 || strcmp(messages, "POSIX") == 0)
        (void)setlocale(LC_MESSAGES, UTF8_LOCALE);
    (void)setenv("LANGUAGE", language, replace);
}

bool cli_language_utf8(void)
{
    static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
    if (locale != (locale_t)0) {
        const bool utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
        freelocale(locale);
        return utf8;
    }
    /* A locale that this machine has not, as in small containers: its name tells. */
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && value[0] != '\0')
            return strcasestr(value, "utf-8") != NULL || strcasestr(value, "utf8") != NULL;
    }
    return false;
}

void cli_language_set(const char *language)
{
    bool generated = setlocale(LC_ALL, "") != NULL;
    if (!generated)
        (void)setlocale(LC_ALL, UTF8_LOCALE);
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        (void)setlocale(LC_CTYPE, UTF8_LOCALE);
    (void)setlocale(LC_NUMERIC, "C");
    if (language != NULL)
        force_language(language, true);
    else if (!generated && strncmp(wanted_locale(), "ja", 2) == 0)
        force_language("ja", false);
    bind_catalogues();
}
