/* Answers about WHOIS texts, for the scripts of this directory. Each value is a name, a line feed and the octets of a server's answer. */
#ifndef DCV_TESTS_ANSWER_WHOIS_H
#define DCV_TESTS_ANSWER_WHOIS_H

#include <stddef.h>

/* Prints what dcv_whois_read() makes of the text, as JSON; the name is the domain. */
void answer_whois(const char *octets, size_t len);
/* The same of dcv_whois_read_handle(); the name is the handle, its role "tech". */
void answer_whois_handle(const char *octets, size_t len);

#endif
