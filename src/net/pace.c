#include "net/pace.h"

#include "base/map.h"

#include <stdlib.h>
#include <string.h>

/* One server: what it may be sent, and who waits. */
struct bucket {
    struct dcv_timer timer; /* set while someone waits */
    struct dcv_pace *pace;
    unsigned tokens;
    uint64_t counted_us;    /* up to when refills are in `tokens` */
    uint64_t held_us;       /* until when it is left alone */
    struct dcv_pace_waiter *first, *last;
    size_t waiting;
    struct bucket *older, *newer; /* used before it, and after it */
    char key[];
};

struct dcv_pace_waiter {
    struct dcv_pace_waiter *previous, *next;
    struct bucket *bucket;
    void (*go)(void *user);
    void *user;
};

struct dcv_pace {
    struct dcv_net *net;
    unsigned burst;
    uint64_t refill_us;
    struct dcv_map *buckets;
    struct bucket *oldest, *newest;
};

/* ---- tokens ------------------------------------------------------------------------------------------------------------------------- */

static void refill(struct bucket *bucket)
{
    const struct dcv_pace *pace = bucket->pace;
    const uint64_t now_us = dcv_net_now_us(pace->net);
    const uint64_t refills = pace->refill_us != 0 ? (now_us - bucket->counted_us) / pace->refill_us : pace->burst;
    if (refills >= pace->burst - bucket->tokens) {
        bucket->tokens = pace->burst;
        bucket->counted_us = now_us;
    } else {
        bucket->tokens += (unsigned)refills;
        bucket->counted_us += refills * pace->refill_us;
    }
}

static uint64_t due_us(const struct bucket *bucket)
{
    const uint64_t now_us = dcv_net_now_us(bucket->pace->net);
    const uint64_t token_us = bucket->tokens != 0 ? now_us : bucket->counted_us + bucket->pace->refill_us;
    return token_us > bucket->held_us ? token_us : bucket->held_us;
}

/* ---- those who wait ----------------------------------------------------------------------------------------------------------------- */

static void take_out(struct dcv_pace_waiter *waiter)
{
    struct bucket *bucket = waiter->bucket;
    bucket->waiting--;
    if (waiter->previous != NULL)
        waiter->previous->next = waiter->next;
    else
        bucket->first = waiter->next;
    if (waiter->next != NULL)
        waiter->next->previous = waiter->previous;
    else
        bucket->last = waiter->previous;
}

/* Sets the timer for the first who waits; DCV_ERR_NOMEM only where it was not set before. */
static enum dcv_status arm(struct bucket *bucket)
{
    if (bucket->first == NULL) {
        dcv_net_timer_stop(bucket->pace->net, &bucket->timer);
        return DCV_OK;
    }
    refill(bucket);
    return dcv_net_timer_set(bucket->pace->net, &bucket->timer, due_us(bucket));
}

/* One at a time: whoever is called may ask, forget and hold, and may even free the pacer. */
static void fire(struct dcv_timer *timer)
{
    struct bucket *bucket = timer->user;
    struct dcv_pace_waiter *waiter = bucket->first;
    refill(bucket);
    bucket->tokens--;
    take_out(waiter);
    (void)arm(bucket); /* there is room: this timer has just left it */
    void (*go)(void *) = waiter->go;
    void *user = waiter->user;
    free(waiter);
    go(user);
}

static void leave_uses(struct bucket *bucket)
{
    struct dcv_pace *pace = bucket->pace;
    *(bucket->older != NULL ? &bucket->older->newer : &pace->oldest) = bucket->newer;
    *(bucket->newer != NULL ? &bucket->newer->older : &pace->newest) = bucket->older;
}

static void enter_uses(struct bucket *bucket)
{
    struct dcv_pace *pace = bucket->pace;
    bucket->older = pace->newest;
    bucket->newer = NULL;
    *(pace->newest != NULL ? &pace->newest->newer : &pace->oldest) = bucket;
    pace->newest = bucket;
}

/* A bucket that is full again, and for which nobody waits, is as good as a new one: two go for each that comes, so that there are no more than servers
 * that were asked a while ago. */
static void forget_oldest(struct dcv_pace *pace)
{
    for (unsigned i = 0; i < 2 && pace->oldest != NULL; i++) {
        struct bucket *bucket = pace->oldest;
        refill(bucket); /* each is in the list; NOLINT(clang-analyzer-unix.Malloc) */
        leave_uses(bucket);
        if (bucket->first != NULL || bucket->tokens != pace->burst || bucket->held_us > dcv_net_now_us(pace->net)) {
            enter_uses(bucket);
            continue;
        }
        (void)dcv_map_take(pace->buckets, bucket->key, strlen(bucket->key));
        free(bucket);
    }
}

static struct bucket *bucket_of(struct dcv_pace *pace, const char *key)
{
    const size_t len = strlen(key);
    struct bucket *bucket = dcv_map_get(pace->buckets, key, len);
    if (bucket != NULL) {
        leave_uses(bucket);
        enter_uses(bucket);
        return bucket;
    }
    forget_oldest(pace);
    bucket = calloc(1, sizeof *bucket + len + 1);
    if (bucket == NULL)
        return NULL;
    *bucket = (struct bucket){.timer = {.fire = fire, .user = bucket}, .pace = pace, .tokens = pace->burst, .counted_us = dcv_net_now_us(pace->net)};
    memcpy(bucket->key, key, len + 1);
    if (!dcv_map_put(pace->buckets, key, len, bucket)) {
        free(bucket);
        return NULL;
    }
    enter_uses(bucket);
    return bucket;
}

/* ---- the pacer ---------------------------------------------------------------------------------------------------------------------- */

enum dcv_status dcv_pace_ask(struct dcv_pace *pace, const char *key, void (*go)(void *user), void *user, struct dcv_pace_waiter **handle)
{
    struct bucket *bucket = bucket_of(pace, key);
    struct dcv_pace_waiter *waiter = calloc(1, sizeof *waiter);
    if (bucket == NULL || waiter == NULL) {
        free(waiter);
        return DCV_ERR_NOMEM;
    }
    *waiter = (struct dcv_pace_waiter){.previous = bucket->last, .bucket = bucket, .go = go, .user = user};
    if (bucket->last != NULL)
        bucket->last->next = waiter;
    else
        bucket->first = waiter;
    bucket->last = waiter;
    bucket->waiting++;
    if (bucket->first == waiter && arm(bucket) != DCV_OK) {
        take_out(waiter);
        free(waiter);
        return DCV_ERR_NOMEM;
    }
    *handle = waiter;
    return DCV_OK;
}

uint64_t dcv_pace_wait_us(const struct dcv_pace *pace, const char *key)
{
    struct bucket *bucket = dcv_map_get(pace->buckets, key, strlen(key));
    if (bucket == NULL)
        return 0;
    refill(bucket);
    const size_t short_of = bucket->waiting >= bucket->tokens ? bucket->waiting + 1 - bucket->tokens : 0;
    const uint64_t now_us = dcv_net_now_us(pace->net);
    const uint64_t token_us = short_of != 0 ? bucket->counted_us + short_of * pace->refill_us : now_us;
    const uint64_t at_us = token_us > bucket->held_us ? token_us : bucket->held_us;
    return at_us > now_us ? at_us - now_us : 0;
}

void dcv_pace_forget(struct dcv_pace *pace, struct dcv_pace_waiter *waiter)
{
    struct bucket *bucket = waiter->bucket;
    (void)pace;
    take_out(waiter);
    free(waiter);
    if (bucket->first == NULL)
        (void)arm(bucket);
}

void dcv_pace_hold(struct dcv_pace *pace, const char *key, unsigned hold_ms)
{
    struct bucket *bucket = bucket_of(pace, key);
    const uint64_t until_us = dcv_net_now_us(pace->net) + hold_ms * UINT64_C(1000);
    if (bucket == NULL || until_us <= bucket->held_us)
        return;
    bucket->held_us = until_us;
    (void)arm(bucket); /* there is room: where someone waits, the timer was set */
}

enum dcv_status dcv_pace_create(struct dcv_net *net, const struct dcv_pace_options *options, struct dcv_pace **out)
{
    struct dcv_pace *pace = calloc(1, sizeof *pace);
    struct dcv_map *buckets = dcv_map_create();
    if (pace == NULL || buckets == NULL) {
        free(pace);
        dcv_map_free(buckets, NULL);
        return DCV_ERR_NOMEM;
    }
    *pace = (struct dcv_pace){.net = net, .burst = options->burst != 0 ? options->burst : 1, .refill_us = options->refill_ms * UINT64_C(1000),
                              .buckets = buckets};
    *out = pace;
    return DCV_OK;
}

static void free_bucket(void *value)
{
    struct bucket *bucket = value;
    dcv_net_timer_stop(bucket->pace->net, &bucket->timer);
    for (struct dcv_pace_waiter *waiter = bucket->first, *next; waiter != NULL; waiter = next) {
        next = waiter->next;
        free(waiter);
    }
    free(bucket);
}

void dcv_pace_free(struct dcv_pace *pace)
{
    if (pace == NULL)
        return;
    dcv_map_free(pace->buckets, free_bucket);
    free(pace);
}

size_t dcv_pace_count(const struct dcv_pace *pace)
{
    return dcv_map_count(pace->buckets);
}
