#include "base/date.h"

#include <stdio.h>
#include <string.h>

enum { SECONDS_PER_DAY = 86400 };

/* Days of the proleptic Gregorian calendar, counted in eras of 400 years that begin on 1 March. */
dcv_date dcv_date_ymd(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    int year_of_era = y - era * 400;
    int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void split(dcv_date date, int *year, int *month, int *day)
{
    int shifted = date + 719468;
    int era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int day_of_era = shifted - era * 146097;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int shifted_month = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    *month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
    *year = year_of_era + era * 400 + (*month <= 2 ? 1 : 0);
}

dcv_date dcv_date_add_months(dcv_date date, int months)
{
    int year, month, day;
    split(date, &year, &month, &day);
    month += months - 1;
    year += month / 12;
    month = month % 12 + 1;
    dcv_date first = dcv_date_ymd(year, month, 1);
    dcv_date next = month == 12 ? dcv_date_ymd(year + 1, 1, 1) : dcv_date_ymd(year, month + 1, 1);
    return first + day - 1 < next ? first + day - 1 : next - 1;
}

/* Reads exactly `count` decimal digits. */
static bool digits(const char *text, int count, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        value = value * 10 + (text[i] - '0');
    }
    *out = value;
    return true;
}

bool dcv_date_parse(const char *text, dcv_date *out)
{
    int year, month, day;
    if (strlen(text) != DCV_DATE_TEXT - 1 || text[4] != '-' || text[7] != '-')
        return false;
    if (!digits(text, 4, &year) || !digits(text + 5, 2, &month) || !digits(text + 8, 2, &day))
        return false;
    if (year < 1970 || month < 1 || month > 12 || day < 1)
        return false;
    dcv_date date = dcv_date_ymd(year, month, day);
    int real_year, real_month, real_day;
    split(date, &real_year, &real_month, &real_day);
    if (real_year != year || real_month != month || real_day != day)
        return false;
    *out = date;
    return true;
}

const char *dcv_date_format(dcv_date date, char out[DCV_DATE_TEXT])
{
    out[0] = '\0';
    if (date == DCV_DATE_NONE)
        return out;
    int year, month, day;
    split(date, &year, &month, &day);
    char text[40];
    (void)snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
    text[DCV_DATE_TEXT - 1] = '\0';
    memcpy(out, text, DCV_DATE_TEXT);
    return out;
}

dcv_date dcv_date_of_unix(int64_t seconds)
{
    int64_t days = seconds / SECONDS_PER_DAY;
    if (seconds % SECONDS_PER_DAY < 0)
        days--;
    return (dcv_date)days;
}

bool dcv_date_within(dcv_date date, dcv_date from, dcv_date until)
{
    return (from == DCV_DATE_NONE || date >= from) && (until == DCV_DATE_NONE || date < until);
}

const char *dcv_time_format(int64_t seconds, char out[DCV_TIME_TEXT])
{
    dcv_date date = dcv_date_of_unix(seconds);
    int rest = (int)(seconds - (int64_t)date * SECONDS_PER_DAY);
    char day[DCV_DATE_TEXT];
    (void)snprintf(out, DCV_TIME_TEXT, "%sT%02d:%02d:%02dZ", dcv_date_format(date, day), rest / 3600, rest / 60 % 60, rest % 60);
    return out;
}

const char *dcv_time_format_people(int64_t seconds, char out[DCV_TIME_TEXT])
{
    dcv_date date = dcv_date_of_unix(seconds);
    int rest = (int)(seconds - (int64_t)date * SECONDS_PER_DAY);
    char day[DCV_DATE_TEXT];
    (void)snprintf(out, DCV_TIME_TEXT, "%s %02d:%02d UTC", dcv_date_format(date, day), rest / 3600, rest / 60 % 60);
    return out;
}

bool dcv_time_parse(const char *text, int64_t *seconds)
{
    char day[DCV_DATE_TEXT];
    int hour, minute, second;
    dcv_date date;
    if (strlen(text) != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[19] != 'Z')
        return false;
    memcpy(day, text, sizeof day - 1);
    day[sizeof day - 1] = '\0';
    if (!dcv_date_parse(day, &date) || !digits(text + 11, 2, &hour) || !digits(text + 14, 2, &minute) || !digits(text + 17, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    *seconds = (int64_t)date * SECONDS_PER_DAY + (int64_t)hour * 3600 + (int64_t)minute * 60 + second;
    return true;
}
