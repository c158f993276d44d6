/* A shelf: things kept within a budget of octets. Where it is exceeded those go first that have expired, then those used least recently.
 *
 * Everything takes constant time. To find what has expired, things lie in classes of like lifetimes, each in the order of coming: the first of
 * a class is looked at. One that expires behind a first that does not is found once it is that, or goes for being used least recently. */
#ifndef DCV_BASE_SHELF_H
#define DCV_BASE_SHELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DCV_SHELF_CLASSES = 64, DCV_SHELF_ALLOCATION = 16 /* what malloc() adds to a block, about */ };

/* What lies on a shelf; it begins the struct that does, and is the caller's. Zero it before first use. */
struct dcv_shelf_item {
    struct dcv_shelf_item *less, *more;   /* recently used */
    struct dcv_shelf_item *before, *after; /* of its class */
    void (*drop)(struct dcv_shelf_item *item); /* given: called when it had to go, to free it */
    uint64_t expires_us;
    size_t bytes;
    unsigned char class;
    bool kept, pinned;
};

struct dcv_shelf {
    size_t budget; /* 0: there is none, and nothing ever goes */
    size_t bytes, count;
    struct dcv_shelf_item *least, *most;
    struct {
        struct dcv_shelf_item *first, *last;
    } classes[DCV_SHELF_CLASSES];
    uint64_t due_us; /* nothing that is first in its class expires before */
};

enum { DCV_SHELF_NEVER_CLASS = DCV_SHELF_CLASSES - 1 }; /* those never looked at */
#define DCV_SHELF_NEVER UINT64_MAX

void dcv_shelf_init(struct dcv_shelf *shelf, size_t budget);
/* Puts an item of so many octets, all that belongs to it, on the shelf; one that lies there is weighed anew. What is too much goes: false: this one did,
 * which is more than a quarter of the budget, or there was nothing else that could. */
bool dcv_shelf_put(struct dcv_shelf *shelf, struct dcv_shelf_item *item, size_t bytes, uint64_t expires_us, uint64_t now_us);
/* It was used just now. */
void dcv_shelf_use(struct dcv_shelf *shelf, struct dcv_shelf_item *item);
/* It counts, but does not go until it is unpinned; also before it is put there. */
void dcv_shelf_pin(struct dcv_shelf *shelf, struct dcv_shelf_item *item);
void dcv_shelf_unpin(struct dcv_shelf *shelf, struct dcv_shelf_item *item);
/* Takes it off, without a call. */
void dcv_shelf_take(struct dcv_shelf *shelf, struct dcv_shelf_item *item);

#endif
