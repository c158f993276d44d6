#include "registry/whois_date.h"

#include "base/date.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { DAY_S = 86400, HOUR_S = 3600, MINUTE_S = 60, JAPAN_S = 9 * HOUR_S, FIELDS = 3 };

struct reading {
    const char *at;
    int field[FIELDS];
    int digits[FIELDS];
    char between; /* of the first two */
};

/* A number of up to `most` digits; false: there is none. */
static bool number(const char **at, int most, int *out, int *digits)
{
    *out = *digits = 0;
    while (*digits < most && **at >= '0' && **at <= '9') {
        *out = *out * 10 + (*(*at)++ - '0');
        (*digits)++;
    }
    return *digits > 0;
}

/* "Mar", "March". */
static bool month_name(const char **at, int *out)
{
    static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    for (int month = 0; month < 12; month++) {
        if (!dcv_ascii_equal_nocase_n(*at, names + (size_t)month * 3, strnlen(*at, 3)) || strnlen(*at, 3) < 3)
            continue;
        while ((**at >= 'a' && **at <= 'z') || (**at >= 'A' && **at <= 'Z'))
            (*at)++;
        *out = month + 1;
        return true;
    }
    return false;
}

static char separator(const char **at)
{
    const char found = **at;
    if (found == '\0' || strchr("-/. ", found) == NULL)
        return '\0';
    (*at)++;
    while (**at == ' ')
        (*at)++;
    return found;
}

/* Three fields with something between them, the middle one perhaps a month's name; or eight digits. */
static bool three_fields(struct reading *reading)
{
    if (!number(&reading->at, 8, &reading->field[0], &reading->digits[0]))
        return false;
    if (reading->digits[0] == 8) {
        reading->field[2] = reading->field[0] % 100;
        reading->field[1] = reading->field[0] / 100 % 100;
        reading->field[0] /= 10000;
        reading->digits[0] = 4;
        return true;
    }
    reading->between = separator(&reading->at);
    if (reading->between == '\0')
        return false;
    if (month_name(&reading->at, &reading->field[1]))
        reading->between = 'm';
    else if (!number(&reading->at, 2, &reading->field[1], &reading->digits[1]))
        return false;
    return separator(&reading->at) != '\0' && number(&reading->at, 4, &reading->field[2], &reading->digits[2]);
}

/* Which field is the year, and which the day; 0 where that cannot be known. */
static dcv_date date_of(const struct reading *reading)
{
    const int *field = reading->field;
    int year = field[2], month = field[1], day = field[0];
    if (reading->digits[0] == 4) {
        year = field[0];
        day = field[2];
    } else if (reading->digits[2] != 4) {
        return DCV_DATE_NONE;
    } else if (reading->between == '/' && field[0] != field[1]) {
        if (field[0] <= 12 && field[1] <= 12) /* the day goes first here, the month there */
            return DCV_DATE_NONE;
        if (field[1] > 12) {
            month = field[0];
            day = field[1];
        }
    }
    char text[sizeof "2147483647-2147483647-2147483647"];
    dcv_date date;
    (void)snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    return dcv_date_parse(text, &date) ? date : DCV_DATE_NONE;
}

/* "hh:mm[:ss[.fff]]" as seconds; 0 where there is none. */
static int time_of(const char **at)
{
    const char *start = *at + strspn(*at, " -");
    int part[FIELDS] = {0}, digits;
    start += *start == 'T' || *start == 't';
    for (int i = 0; i < FIELDS; i++) {
        if (!number(&start, 2, &part[i], &digits) || digits != 2)
            return 0;
        if (i < FIELDS - 1 && *start++ != ':') {
            if (i == 0)
                return 0;
            start--;
            break;
        }
    }
    if (*start == '.')
        start += 1 + strspn(start + 1, "0123456789");
    *at = start;
    return part[0] < 24 && part[1] < 60 && part[2] <= 60 ? part[0] * HOUR_S + part[1] * MINUTE_S + part[2] : 0;
}

/* East of Greenwich, in seconds: "+09:00", " +0900", " (UTC+9)". */
static int zone_of(const char *at)
{
    int hours, minutes = 0, digits;
    at += *at == ' ';
    at += *at == '(';
    if (dcv_ascii_equal_nocase_n(at, "UTC", strnlen(at, 3)) || dcv_ascii_equal_nocase_n(at, "GMT", strnlen(at, 3)))
        at += strnlen(at, 3);
    if (*at != '+' && *at != '-')
        return 0;
    const int sign = *at++ == '-' ? -1 : 1;
    if (!number(&at, 2, &hours, &digits))
        return 0;
    at += *at == ':';
    if (!number(&at, 2, &minutes, &digits) || digits != 2)
        minutes = 0;
    return sign * (hours * HOUR_S + minutes * MINUTE_S);
}

/* Midnight of the date; `*rest` is what follows it. */
static int64_t day_of(const char *text, const char **rest)
{
    struct reading reading = {.at = text};
    if (!three_fields(&reading))
        return 0;
    const dcv_date date = date_of(&reading);
    *rest = reading.at;
    return date != DCV_DATE_NONE ? (int64_t)date * DAY_S : 0;
}

int64_t whois_date(const char *text)
{
    const char *rest;
    const int64_t day = day_of(text, &rest);
    if (day == 0)
        return 0;
    const char *zone = rest;
    const int time = time_of(&zone);
    return zone == rest ? day : day + time - zone_of(zone);
}

int64_t whois_date_japan(const char *text)
{
    const char *rest;
    const int64_t day = day_of(text, &rest);
    return day == 0 ? 0 : day + DAY_S - JAPAN_S;
}
