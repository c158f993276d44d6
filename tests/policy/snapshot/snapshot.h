/* Snapshots: what a profile comes to, as text for a review. Everything in them is said by dcv_policy_judge() about frozen facts, or by
 * the accessors of a profile; nothing is read from contrib/ca. */
#ifndef DCV_TESTS_SNAPSHOT_H
#define DCV_TESTS_SNAPSHOT_H

#include "base/buf.h"
#include "base/date.h"
#include "base/vec.h"
#include "ca/profile.h"

#include <stdbool.h>
#include <stddef.h>

/* Ends the program with a line on standard error. */
void snapshot_die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* ---- days.c --------------------------------------------------------------------------------------------------------------- */

/* The days that are judged, ascending, each once: the first and the last, each day on which a table or a profile says that something
 * changes and the day before it, and the first of each month. */
struct days {
    DCV_VEC(dcv_date) list;
};

/* With `months` false only what the BR change, for what is asked of one profile many times over. */
void days_fill(struct days *days, struct dcv_arena *arena, bool months);
/* The day that undated statements are made for. */
dcv_date days_reference(void);

/* States by date, equal ones in one run: "2024-01-01 permitted, 2025-07-15 retired". */
struct timeline {
    const char *text, *last; /* NULL before the first state */
    dcv_date last_day;
};

/* Adds the state of a day; days must ascend. A change between two days that are not neighbours ends the program: it is on a day that
 * days_fill() does not know. */
void timeline_add(struct timeline *timeline, struct dcv_arena *arena, dcv_date day, const char *state);

/* ---- page.c --------------------------------------------------------------------------------------------------------------- */

enum { PAGE_WIDTH = 100, PAGE_INDENT = 2, PAGE_COLUMN = 44 };

/* "\n== title ==\n" */
void page_title(struct dcv_buf *out, const char *title);
/* A line: `label` and then `text` from the column on; `text` is folded after ", " and goes on at the column. */
void page_row(struct dcv_buf *out, const char *label, const char *text);
/* `text` indented by `indent` columns, folded after ", " and deeper then. */
void page_paragraph(struct dcv_buf *out, size_t indent, const char *text);
/* `list`, ", " if it is not empty, and `item`. */
const char *page_join(struct dcv_arena *arena, const char *list, const char *item);

/* ---- addresses.c ---------------------------------------------------------------------------------------------------------- */

/* Every address of every name on every day, for every profile. */
struct addresses;

struct addresses *addresses_judge(struct dcv_arena *arena);
void addresses_print(const struct addresses *addresses, const struct dcv_ca *ca, struct dcv_arena *arena, struct dcv_buf *out);

/* ---- caa.c, limits.c ------------------------------------------------------------------------------------------------------ */

void caa_print(const struct dcv_ca *ca, struct dcv_arena *arena, struct dcv_buf *out);
/* Who is mailed, which mail states do, wildcard names, products. */
void order_print(const struct dcv_ca *ca, struct dcv_arena *arena, struct dcv_buf *out);
/* Validity of certificates, reuse of validations. */
void limits_print(const struct dcv_ca *ca, struct dcv_arena *arena, struct dcv_buf *out);

#endif
