#include "net/window.h"

enum {
    FIRST = 64,
    LEAST = 8,
    LEAST_SLOW = FIRST / 2, /* because of round trips alone */
    SPAN_US = 100000,       /* in which it shrinks once at most */
    LOSS_SHARE = 16,
    SLOW_TIMES = 4,
    SLOW_US = 50000,
    SAMPLES_MIN = 16,       /* answers before the smoothed round trip is one */
    FORGETTING = 1024,
    DEAD_US = 5000000,
    DEAD_LOSSES = 64,
};

static unsigned first_size(const struct dcv_window *window)
{
    return window->steady || window->most < FIRST ? window->most : FIRST;
}

void dcv_window_init(struct dcv_window *window, unsigned most, bool steady)
{
    *window = (struct dcv_window){.most = most, .steady = steady};
    window->size = first_size(window);
}

static bool dead(const struct dcv_window *window, uint64_t now_us)
{
    return window->answers == 0 && window->losses >= DEAD_LOSSES && now_us - window->first_us >= DEAD_US;
}

bool dcv_window_fits(const struct dcv_window *window, uint64_t now_us)
{
    return window->most == 0 || window->under_way < window->size || (window->under_way < window->most && dead(window, now_us));
}

void dcv_window_sent(struct dcv_window *window, uint64_t now_us)
{
    window->under_way++;
    if (window->first_us == 0)
        window->first_us = now_us;
}

/* ---- what was seen ------------------------------------------------------------------------------------------------------------------ */

static uint64_t span_of(const struct dcv_window *window)
{
    return window->rtt_us > SPAN_US ? window->rtt_us : SPAN_US;
}

static void count_span(struct dcv_window *window, uint64_t now_us)
{
    const uint64_t passed_us = now_us - window->span_us, span_us = span_of(window);
    if (passed_us < span_us)
        return;
    window->seen_before = passed_us < 2 * span_us ? window->seen : (struct dcv_window_span){0};
    window->seen = (struct dcv_window_span){0};
    window->span_us = now_us;
}

static void shrink(struct dcv_window *window, unsigned least, uint64_t now_us)
{
    const unsigned less = window->size * 7 / 10;
    if (window->steady || window->size <= least || (window->cut_us != 0 && now_us - window->cut_us < span_of(window)))
        return;
    window->size = less > least ? less : least;
    window->credit = 0;
    window->cut_us = now_us;
}

static void grow(struct dcv_window *window)
{
    if (window->steady || window->size >= window->most || window->under_way < window->size / 2 || ++window->credit < window->size)
        return;
    window->credit = 0;
    window->size++;
}

static void measure(struct dcv_window *window, uint64_t rtt_us, uint64_t now_us)
{
    window->rtt_us = window->answers == 1 ? rtt_us : window->rtt_us - window->rtt_us / 8 + rtt_us / 8;
    if (window->answers < SAMPLES_MIN)
        return;
    if (window->answers == SAMPLES_MIN || window->rtt_us < window->least_us)
        window->least_us = window->rtt_us;
    else
        window->least_us += (window->rtt_us - window->least_us) / FORGETTING;
    if (window->rtt_us > SLOW_TIMES * window->least_us && window->rtt_us > window->least_us + SLOW_US)
        shrink(window, LEAST_SLOW, now_us);
}

void dcv_window_answered(struct dcv_window *window, uint64_t rtt_us, bool in_time, uint64_t now_us)
{
    if (dead(window, now_us)) /* it lives */
        window->size = first_size(window);
    window->answers++;
    count_span(window, now_us);
    window->seen.answers++;
    measure(window, rtt_us, now_us);
    if (in_time)
        grow(window);
}

void dcv_window_lost(struct dcv_window *window, bool again, uint64_t now_us)
{
    window->losses++;
    if (again)
        return;
    count_span(window, now_us);
    const uint64_t losses = ++window->seen.losses + window->seen_before.losses;
    if (losses * LOSS_SHARE > losses + window->seen.answers + window->seen_before.answers)
        shrink(window, LEAST, now_us);
}

uint64_t dcv_window_capacity(const struct dcv_window *window, uint64_t in_us)
{
    if (window->most == 0)
        return UINT64_MAX;
    return window->rtt_us == 0 || window->rtt_us > in_us ? window->size : (uint64_t)window->size * in_us / window->rtt_us;
}
