/* What tables of test cases are made with. */
#ifndef DCV_SUPPORT_ROWS_H
#define DCV_SUPPORT_ROWS_H

#define ROWS(array) (int)(sizeof(array) / sizeof *(array))
/* A literal and its length, zeros within included. */
#define OCTETS(literal) literal, sizeof(literal) - 1

#endif
