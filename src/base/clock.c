#include "base/clock.h"

#include <time.h>

static uint64_t system_mono_us(void *user)
{
    (void)user;
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

static int64_t system_wall_s(void *user)
{
    (void)user;
    return (int64_t)time(NULL);
}

struct dcv_clock dcv_clock_system(void)
{
    return (struct dcv_clock){.mono_us = system_mono_us, .wall_s = system_wall_s};
}
