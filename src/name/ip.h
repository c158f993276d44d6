/* IP addresses, told from names. Texts need no final zero. */
#ifndef DCV_NAME_IP_H
#define DCV_NAME_IP_H

#include <stdbool.h>
#include <stddef.h>

/* An IPv4 address of four decimal numbers (RFC 5321 §4.1.3). */
bool dcv_ipv4_text(const char *text, size_t len);
/* An IPv6 address in a form of RFC 4291 §2.2, without zone, prefix length or brackets. */
bool dcv_ipv6_text(const char *text, size_t len);
/* An IPv4 address as inet_aton() and browsers read it: one to four numbers, decimal, octal or hexadecimal, of which the
 * last fills what is left of 32 bits ("127.1", "0x7f000001", "2130706433"). */
bool dcv_ipv4_loose(const char *text, size_t len);
/* Does a label look like a number of such an address? No name ends in one. */
bool dcv_ip_numeric_label(const char *label, size_t len);

#endif
