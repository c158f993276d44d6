/* What was found out before, taken again while the answers that it rests on are the very same: the keys of a top-level domain, and that a domain below it is not signed,
 * cost once for all names of a run and not once for every answer. */
#include "dnssec/precedent.h"

#include <stdlib.h>
#include <string.h>

enum { FRESH_S = 60 /* signatures may end meanwhile */, PRECEDENTS_MAX = 2048, KEY_MAX = DCV_NAME_WIRE_MAX + 16 };

struct precedent {
    int64_t at;
    struct dcv_trust trust;
    size_t count;
    struct dcv_dependence of[];
};

void dcv_precedent_note(struct dcv_work *work, const struct dcv_name *name, uint16_t type, uint64_t serial)
{
    if (work->dependences == NULL) {
        work->independent = true;
        return;
    }
    for (size_t i = 0; i < work->dependence_count; i++)
        if (work->dependences[i].serial == serial && serial != 0)
            return;
    if (serial == 0 || work->dependence_count == DCV_DEPENDENCES_MAX) {
        work->independent = true;
        return;
    }
    work->dependences[work->dependence_count++] = (struct dcv_dependence){.name = *name, .type = type, .serial = serial};
}

static size_t put_key(const struct dcv_name *name, uint16_t type, uint64_t serial, uint8_t out[KEY_MAX])
{
    memcpy(out, name->wire, name->len);
    memcpy(out + name->len, &type, sizeof type);
    memcpy(out + name->len + sizeof type, &serial, sizeof serial);
    return name->len + sizeof type + sizeof serial;
}

/* Do all answers stand as they did? Those not asked for yet are put on the list of needs. */
static enum dcv_precedent still_holds(struct dcv_work *work, const struct precedent *precedent)
{
    enum dcv_precedent result = DCV_PRECEDENT_HOLDS;
    for (size_t i = 0; i < precedent->count; i++) {
        const struct dcv_dependence *of = &precedent->of[i];
        const struct dcv_known_answer known = dcv_work_find(work, &of->name, of->type);
        if (known.state == DCV_KNOWN_FAILED || (known.state == DCV_KNOWN_ANSWER && known.message->serial != of->serial))
            return DCV_PRECEDENT_NONE;
        if (known.state == DCV_KNOWN_NOT_ASKED)
            result = DCV_PRECEDENT_WAITS;
    }
    return result;
}

enum dcv_precedent dcv_precedent(struct dcv_work *work, const struct dcv_name *name, uint16_t type, uint64_t serial, struct dcv_outcome *out)
{
    uint8_t key[KEY_MAX];
    const size_t len = put_key(name, type, serial, key);
    const struct precedent *precedent = dcv_map_get(work->validator->precedents, key, len);
    if (precedent == NULL || work->now < precedent->at || work->now > precedent->at + FRESH_S)
        return DCV_PRECEDENT_NONE;
    const enum dcv_precedent result = still_holds(work, precedent);
    if (result == DCV_PRECEDENT_HOLDS)
        *out = (struct dcv_outcome){.trust = precedent->trust};
    else if (result == DCV_PRECEDENT_WAITS)
        *out = (struct dcv_outcome){.pending = true};
    return result;
}

static bool make_room(struct dcv_validator *validator)
{
    if (dcv_map_count(validator->precedents) < PRECEDENTS_MAX)
        return true;
    struct dcv_map *fresh = dcv_map_create();
    if (fresh == NULL)
        return false;
    dcv_map_free(validator->precedents, free);
    validator->precedents = fresh;
    return true;
}

void dcv_precedent_put(struct dcv_work *work, const struct dcv_name *name, uint16_t type, uint64_t serial, const struct dcv_outcome *outcome)
{
    uint8_t key[KEY_MAX];
    const size_t len = put_key(name, type, serial, key);
    struct dcv_validator *validator = work->validator;
    if (outcome->pending || work->independent || !make_room(validator))
        return;
    struct precedent *precedent = malloc(sizeof *precedent + work->dependence_count * sizeof precedent->of[0]);
    if (precedent == NULL)
        return;
    precedent->at = work->now;
    precedent->trust = outcome->trust;
    precedent->count = work->dependence_count;
    memcpy(precedent->of, work->dependences, work->dependence_count * sizeof precedent->of[0]);
    free(dcv_map_take(validator->precedents, key, len));
    if (!dcv_map_put(validator->precedents, key, len, precedent))
        free(precedent);
}
