#include "record/places.h"

#include "base/date.h"
#include "record/dnskey.h"
#include "record/message.h"

#include <stdlib.h>
#include <string.h>

struct places {
    struct dcv_arena *arena;
    struct dcv_place *items;
    size_t count;
};

static void put(struct places *places, const char *key, const char *value)
{
    if (value != NULL)
        places->items[places->count++] = (struct dcv_place){key, value};
}

static void put_name(struct places *places, const char *key, const struct dcv_name *name)
{
    char text[DCV_NAME_TEXT_MAX];
    if (name->len != 0)
        put(places, key, dcv_arena_strdup(places->arena, dcv_name_text(name, text)));
}

/* To the minute; and how far off, unless that is hardly to be told from now. */
static void put_time(struct places *places, int64_t at, int64_t now)
{
    enum { HOUR = 3600, DAY = 24 * HOUR, CLOCK_LEN = 5 };
    char text[DCV_TIME_TEXT];
    (void)dcv_time_format(at, text);
    const size_t date = strcspn(text, "T");
    if (text[date] == 'T')
        put(places, "date", dcv_arena_printf(places->arena, "%.*s %.*s UTC", (int)date, text, CLOCK_LEN, text + date + 1));
    const int64_t off = llabs(now - at);
    if (off >= 2 * DAY)
        put(places, "days", dcv_arena_printf(places->arena, "%lld", (long long)(off / DAY)));
    else if (off >= 2 * HOUR)
        put(places, "hours", dcv_arena_printf(places->arena, "%lld", (long long)(off / HOUR)));
}

size_t dcv_trust_places(const struct dcv_trust *trust, int64_t now, struct dcv_arena *arena, struct dcv_place out[DCV_TRUST_PLACES])
{
    struct places places = {arena, out, 0};
    char type[DCV_TYPE_TEXT], algorithm[DCV_ALGORITHM_TEXT];
    const int ede = dcv_cause_ede(trust->cause);
    put_name(&places, "zone", &trust->zone);
    put_name(&places, "owner", &trust->owner);
    if (trust->type != 0)
        put(&places, "type", dcv_arena_strdup(arena, dcv_type_text(trust->type, type)));
    if (trust->at != 0)
        put_time(&places, trust->at, now);
    if (trust->algorithm != 0) {
        put(&places, "key", dcv_arena_printf(arena, "%u", (unsigned)trust->key_tag));
        put(&places, "algorithm", dcv_arena_strdup(arena, dcv_algorithm_text(trust->algorithm, algorithm)));
    }
    if (ede >= 0)
        put(&places, "ede", dcv_arena_printf(arena, " (EDE %d %s)", ede, dcv_ede_meaning((uint16_t)ede)));
    return places.count;
}
