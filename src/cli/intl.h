/* Translation of the texts of the command line; they are UTF-8. */
#ifndef DCV_CLI_INTL_H
#define DCV_CLI_INTL_H

#include <libintl.h>

#define _(text) gettext(text)
/* Marks a text in a table; whoever shows it calls _(). */
#define N_(text) text

#endif
