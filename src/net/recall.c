#include "net/recall.h"

#include <stdlib.h>
#include <string.h>

enum {
    UNANSWERED_US = 60000000, /* for which it is remembered how often a question was asked that has no answer, where memory is short */
    ALLOCATIONS = 3 * DCV_SHELF_ALLOCATION, /* of an answer: itself, its arena, and a block */
};

struct known {
    struct dcv_shelf_item item; /* first */
    struct dcv_recall *recall;
    uintptr_t repeat;           /* how often it was asked */
    struct dcv_recalled answer; /* response NULL: there is none */
    size_t key_len;
    uint8_t key[];
};

void dcv_response_ref(struct dcv_response *response)
{
    response->references++;
}

void dcv_response_unref(struct dcv_response *response)
{
    if (response == NULL || --response->references != 0)
        return;
    dcv_arena_free(response->arena);
    free(response);
}

static void known_free(void *value)
{
    struct known *known = value;
    dcv_shelf_take(known->recall->shelf, &known->item);
    dcv_response_unref(known->answer.response);
    free(known);
}

/* The shelf is full. */
static void known_drop(struct dcv_shelf_item *item)
{
    struct known *known = (struct known *)item;
    struct dcv_recall *recall = known->recall;
    (void)dcv_map_take(recall->known, known->key, known->key_len);
    if (known->repeat > recall->repeats)
        recall->repeats = known->repeat;
    known_free(known);
}

static size_t bytes_of(const struct known *known)
{
    const struct dcv_response *response = known->answer.response;
    const size_t answer = response != NULL ? sizeof *response + dcv_arena_held(response->arena) + ALLOCATIONS : 0;
    return sizeof *known + known->key_len + DCV_SHELF_ALLOCATION + dcv_map_cost(known->key_len) + answer;
}

/* Weighs it; it may be gone then. */
static void weigh(struct known *known, uint64_t now_us)
{
    const uint64_t until_us = known->answer.response != NULL ? known->answer.expires_us : now_us + UNANSWERED_US;
    (void)dcv_shelf_put(known->recall->shelf, &known->item, bytes_of(known), until_us, now_us);
}

/* What is known of the question, or something new that begins to be; NULL: memory is short. */
static struct known *known_of(struct dcv_recall *recall, const uint8_t *key, size_t key_len)
{
    struct known *known = dcv_map_get(recall->known, key, key_len);
    if (known != NULL)
        return known;
    known = calloc(1, sizeof *known + key_len);
    if (known == NULL)
        return NULL;
    *known = (struct known){.item = {.drop = known_drop}, .recall = recall, .repeat = recall->repeats, .key_len = key_len};
    memcpy(known->key, key, key_len);
    if (dcv_map_put(recall->known, key, key_len, known))
        return known;
    free(known);
    return NULL;
}

const struct dcv_recalled *dcv_recall_get(struct dcv_recall *recall, const uint8_t *key, size_t key_len, uint64_t now_us)
{
    struct known *known = dcv_map_get(recall->known, key, key_len);
    if (known == NULL || known->answer.response == NULL || known->answer.expires_us <= now_us)
        return NULL;
    dcv_shelf_use(recall->shelf, &known->item);
    return &known->answer;
}

bool dcv_recall_count(struct dcv_recall *recall, const uint8_t *key, size_t key_len, uint64_t now_us, uintptr_t *repeat)
{
    struct known *known = known_of(recall, key, key_len);
    if (known == NULL)
        return false;
    *repeat = known->repeat++;
    weigh(known, now_us);
    return true;
}

void dcv_recall_put(struct dcv_recall *recall, const uint8_t *key, size_t key_len, uintptr_t repeat, const struct dcv_recalled *answer, uint64_t now_us)
{
    struct known *known = known_of(recall, key, key_len);
    if (known == NULL)
        return;
    if (known->repeat <= repeat) /* it was forgotten meanwhile */
        known->repeat = repeat + 1;
    dcv_response_unref(known->answer.response);
    known->answer = *answer;
    dcv_response_ref(known->answer.response);
    weigh(known, now_us);
}

bool dcv_recall_init(struct dcv_recall *recall, struct dcv_shelf *shelf)
{
    *recall = (struct dcv_recall){.known = dcv_map_create(), .shelf = shelf};
    return recall->known != NULL;
}

void dcv_recall_done(struct dcv_recall *recall)
{
    dcv_map_free(recall->known, known_free);
}
