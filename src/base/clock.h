/* The clock, injected: everything that needs a time asks one of these. */
#ifndef DCV_BASE_CLOCK_H
#define DCV_BASE_CLOCK_H

#include <stdint.h>

struct dcv_clock {
    uint64_t (*mono_us)(void *user); /* microseconds that never go back */
    int64_t (*wall_s)(void *user);   /* UNIX time in seconds */
    void *user;
};

/* The clock of the operating system. */
struct dcv_clock dcv_clock_system(void);

#endif
