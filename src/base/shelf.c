#include "base/shelf.h"

void dcv_shelf_init(struct dcv_shelf *shelf, size_t budget)
{
    *shelf = (struct dcv_shelf){.budget = budget, .due_us = DCV_SHELF_NEVER};
}

/* ---- by use ------------------------------------------------------------------------------------------------------------------------- */

static void leave_uses(struct dcv_shelf *shelf, struct dcv_shelf_item *item)
{
    *(item->less != NULL ? &item->less->more : &shelf->least) = item->more;
    *(item->more != NULL ? &item->more->less : &shelf->most) = item->less;
}

static void enter_uses(struct dcv_shelf *shelf, struct dcv_shelf_item *item)
{
    item->less = shelf->most;
    item->more = NULL;
    *(shelf->most != NULL ? &shelf->most->more : &shelf->least) = item;
    shelf->most = item;
}

/* ---- by lifetime -------------------------------------------------------------------------------------------------------------------- */

/* Lifetimes of a class differ by less than two times. */
static unsigned char class_of(uint64_t expires_us, uint64_t now_us)
{
    unsigned char class = 0;
    if (expires_us == DCV_SHELF_NEVER)
        return DCV_SHELF_NEVER_CLASS;
    for (uint64_t left_us = expires_us > now_us ? expires_us - now_us : 0; left_us > 1 && class < DCV_SHELF_NEVER_CLASS - 1; left_us /= 2)
        class++;
    return class;
}

static void leave_class(struct dcv_shelf *shelf, struct dcv_shelf_item *item)
{
    *(item->before != NULL ? &item->before->after : &shelf->classes[item->class].first) = item->after;
    *(item->after != NULL ? &item->after->before : &shelf->classes[item->class].last) = item->before;
    if (item->before == NULL && item->after != NULL && item->after->expires_us < shelf->due_us)
        shelf->due_us = item->after->expires_us;
}

static void enter_class(struct dcv_shelf *shelf, struct dcv_shelf_item *item)
{
    item->before = shelf->classes[item->class].last;
    item->after = NULL;
    *(item->before != NULL ? &item->before->after : &shelf->classes[item->class].first) = item;
    shelf->classes[item->class].last = item;
    if (item->before == NULL && item->expires_us < shelf->due_us)
        shelf->due_us = item->expires_us;
}

/* One that has expired, or NULL. Where there is none, the classes are not looked at again before the first of them expires. */
static struct dcv_shelf_item *expired(struct dcv_shelf *shelf, uint64_t now_us)
{
    uint64_t due_us = DCV_SHELF_NEVER;
    if (now_us < shelf->due_us)
        return NULL;
    for (unsigned i = 0; i < DCV_SHELF_NEVER_CLASS; i++) {
        struct dcv_shelf_item *first = shelf->classes[i].first;
        if (first == NULL)
            continue;
        if (first->expires_us <= now_us)
            return first;
        if (first->expires_us < due_us)
            due_us = first->expires_us;
    }
    shelf->due_us = due_us;
    return NULL;
}

/* ---- items -------------------------------------------------------------------------------------------------------------------------- */

static void enter(struct dcv_shelf *shelf, struct dcv_shelf_item *item)
{
    enter_uses(shelf, item);
    enter_class(shelf, item);
}

static void leave(struct dcv_shelf *shelf, struct dcv_shelf_item *item)
{
    leave_uses(shelf, item);
    leave_class(shelf, item);
}

void dcv_shelf_take(struct dcv_shelf *shelf, struct dcv_shelf_item *item)
{
    if (!item->kept)
        return;
    if (!item->pinned)
        leave(shelf, item);
    shelf->bytes -= item->bytes;
    shelf->count--;
    item->kept = item->pinned = false;
}

bool dcv_shelf_put(struct dcv_shelf *shelf, struct dcv_shelf_item *item, size_t bytes, uint64_t expires_us, uint64_t now_us)
{
    const bool pinned = item->pinned;
    bool stays = true;
    dcv_shelf_take(shelf, item);
    if (shelf->budget != 0 && bytes > shelf->budget / 4 && !pinned) {
        item->drop(item);
        return false;
    }
    item->bytes = bytes;
    item->expires_us = expires_us;
    item->class = class_of(expires_us, now_us);
    item->kept = true;
    item->pinned = pinned;
    if (!pinned)
        enter(shelf, item);
    shelf->bytes += bytes;
    shelf->count++;
    while (shelf->budget != 0 && shelf->bytes > shelf->budget && shelf->least != NULL) {
        struct dcv_shelf_item *goes = expired(shelf, now_us);
        if (goes == NULL)
            goes = shelf->least;
        stays = stays && goes != item;
        dcv_shelf_take(shelf, goes);
        goes->drop(goes);
    }
    return stays;
}

void dcv_shelf_use(struct dcv_shelf *shelf, struct dcv_shelf_item *item)
{
    if (!item->kept || item->pinned || shelf->most == item)
        return;
    leave_uses(shelf, item);
    enter_uses(shelf, item);
}

void dcv_shelf_pin(struct dcv_shelf *shelf, struct dcv_shelf_item *item)
{
    if (item->pinned)
        return;
    if (item->kept)
        leave(shelf, item);
    item->pinned = true;
}

void dcv_shelf_unpin(struct dcv_shelf *shelf, struct dcv_shelf_item *item)
{
    if (!item->pinned)
        return;
    item->pinned = false;
    if (item->kept)
        enter(shelf, item);
}
