#include "base/date.h"

#include "support/rows.h"
#include "support/run.h"

#include <string.h>

static const struct {
    int year, month, day;
    dcv_date date;
    const char *text;
} days[] = {
    {1970, 1, 1, 0, "1970-01-01"},
    {1970, 12, 31, 364, "1970-12-31"},
    {1972, 2, 29, 789, "1972-02-29"},
    {2000, 2, 28, 11015, "2000-02-28"},
    {2000, 2, 29, 11016, "2000-02-29"}, /* a century, yet a leap year */
    {2000, 3, 1, 11017, "2000-03-01"},
    {2026, 11, 21, 20778, "2026-11-21"},
    {2028, 2, 29, 21243, "2028-02-29"},
    {2100, 2, 28, 47540, "2100-02-28"}, /* a century, and no leap year */
    {2100, 3, 1, 47541, "2100-03-01"},
    {9999, 12, 31, 2932896, "9999-12-31"},
};

START_TEST(day)
{
    dcv_date parsed = 0;
    char text[DCV_DATE_TEXT];
    ck_assert_int_eq(dcv_date_ymd(days[_i].year, days[_i].month, days[_i].day), days[_i].date);
    ck_assert(dcv_date_parse(days[_i].text, &parsed));
    ck_assert_int_eq(parsed, days[_i].date);
    ck_assert_str_eq(dcv_date_format(days[_i].date, text), days[_i].text);
}
END_TEST

/* Every day of 1970 to 2400 leads to its text and back, and texts ascend with the days. */
START_TEST(every_day)
{
    char before[DCV_DATE_TEXT] = "", text[DCV_DATE_TEXT];
    for (dcv_date date = 0; date < dcv_date_ymd(2400, 12, 31); date++) {
        dcv_date parsed = -1;
        dcv_date_format(date, text);
        if (!dcv_date_parse(text, &parsed) || parsed != date || strcmp(text, before) <= 0)
            ck_abort_msg("%s after %s", text, before);
        memcpy(before, text, sizeof before);
    }
}
END_TEST

static const char *const no_days[] = {
    "",           "2026-11",    "2026-11-2",   "2026-11-211", "26-11-21",   "2026/11/21", "2026-11-21 ", " 2026-11-21",
    "1969-12-31", "2026-00-10", "2026-13-01",  "2026-01-00",  "2026-01-32", "2026-04-31", "2026-02-29",  "2100-02-29",
    "2026-1a-01", "+026-01-01", "2026--1-01",  "2026-11-2x",  "0000-00-00",
};

START_TEST(no_day)
{
    dcv_date date = 7;
    ck_assert_msg(!dcv_date_parse(no_days[_i], &date), "%s", no_days[_i]);
    ck_assert_int_eq(date, 7);
}
END_TEST

START_TEST(none_is_empty)
{
    char text[DCV_DATE_TEXT] = "x";
    ck_assert_str_eq(dcv_date_format(DCV_DATE_NONE, text), "");
}
END_TEST

static const struct {
    dcv_date date, from, until;
    bool within;
} periods[] = {
    {10, 10, 20, true},
    {19, 10, 20, true},
    {9, 10, 20, false},
    {20, 10, 20, false}, /* the end does not belong to it */
    {-5, DCV_DATE_NONE, 20, true},
    {20, DCV_DATE_NONE, 20, false},
    {1000000, 10, DCV_DATE_NONE, true},
    {0, DCV_DATE_NONE, DCV_DATE_NONE, true},
    {10, 10, 10, false},
};

START_TEST(period)
{
    ck_assert_int_eq(dcv_date_within(periods[_i].date, periods[_i].from, periods[_i].until), periods[_i].within);
}
END_TEST

static const struct {
    int64_t seconds;
    const char *text, *people;
} times[] = {
    {0, "1970-01-01T00:00:00Z", "1970-01-01 00:00 UTC"},
    {86399, "1970-01-01T23:59:59Z", "1970-01-01 23:59 UTC"},
    {86400, "1970-01-02T00:00:00Z", "1970-01-02 00:00 UTC"},
    {1795253400, "2026-11-21T09:30:00Z", "2026-11-21 09:30 UTC"},
    {4294967296, "2106-02-07T06:28:16Z", "2106-02-07 06:28 UTC"},
};

START_TEST(time_of_day)
{
    char text[DCV_TIME_TEXT];
    int64_t seconds = -1;
    ck_assert_str_eq(dcv_time_format(times[_i].seconds, text), times[_i].text);
    ck_assert(dcv_time_parse(times[_i].text, &seconds));
    ck_assert_str_eq(dcv_time_format_people(times[_i].seconds, text), times[_i].people);
    ck_assert_int_eq(seconds, times[_i].seconds);
    ck_assert_int_eq(dcv_date_of_unix(times[_i].seconds), times[_i].seconds / 86400);
}
END_TEST

static const char *const no_times[] = {
    "",
    "2026-11-21",
    "2026-11-21T09:30:00",
    "2026-11-21T09:30:00+00:00",
    "2026-11-21 09:30:00Z",
    "2026-11-21T24:00:00Z",
    "2026-11-21T09:60:00Z",
    "2026-11-21T09:30:60Z",
    "2026-02-30T09:30:00Z",
    "2026-11-21T09:3x:00Z",
};

START_TEST(no_time)
{
    int64_t seconds = 7;
    ck_assert_msg(!dcv_time_parse(no_times[_i], &seconds), "%s", no_times[_i]);
    ck_assert_int_eq(seconds, 7);
}
END_TEST

START_TEST(before_the_epoch)
{
    ck_assert_int_eq(dcv_date_of_unix(-1), -1);
    ck_assert_int_eq(dcv_date_of_unix(-86400), -1);
    ck_assert_int_eq(dcv_date_of_unix(-86401), -2);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("date");
    tcase_add_loop_test(tcase, day, 0, ROWS(days));
    tcase_add_test(tcase, every_day);
    tcase_add_loop_test(tcase, no_day, 0, ROWS(no_days));
    tcase_add_test(tcase, none_is_empty);
    tcase_add_loop_test(tcase, period, 0, ROWS(periods));
    tcase_add_loop_test(tcase, time_of_day, 0, ROWS(times));
    tcase_add_loop_test(tcase, no_time, 0, ROWS(no_times));
    tcase_add_test(tcase, before_the_epoch);
    return run_cases("date", tcase);
}
