/* Records from text in an arena of the case, for tests of readings. */
#ifndef DCV_SUPPORT_RECORDS_H
#define DCV_SUPPORT_RECORDS_H

#include "record/rr.h"

#include <check.h>

static struct dcv_arena *arena;

static void setup(void)
{
    arena = dcv_arena_create(NULL);
}

static void teardown(void)
{
    dcv_arena_free(arena);
}

static struct dcv_rr rr_of(const char *text)
{
    struct dcv_rr rr;
    ck_assert_msg(dcv_rr_from_text(arena, text, &rr) == DCV_OK, "%s", text);
    return rr;
}

#endif
