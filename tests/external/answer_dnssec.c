#include "external/answer_dnssec.h"

#include "dnssec/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS_MAX = 64 };

/* The lines that are left. */
struct lines {
    char *at;
};

/* The next line, ended by a zero; NULL: there is none, or it is empty. */
static char *take_line(struct lines *lines)
{
    char *line = lines->at;
    const size_t len = strcspn(line, "\n");
    lines->at += len + (line[len] != '\0');
    line[len] = '\0';
    return len != 0 ? line : NULL;
}

static bool take_records(struct dcv_arena *arena, struct lines *lines, struct dcv_rrs *out)
{
    out->items = dcv_arena_array(arena, RECORDS_MAX, sizeof out->items[0]);
    for (const char *line = take_line(lines); line != NULL; line = take_line(lines))
        if (out->count == RECORDS_MAX || dcv_rr_from_text(arena, line, &out->items[out->count++]) != DCV_OK)
            return false;
    return out->count != 0;
}

static const char *check(struct dcv_arena *arena, const struct dcv_rrs *key_records, const struct dcv_rrs *section, int64_t now)
{
    static struct dcv_dnskey keys[RECORDS_MAX];
    struct dcv_anchors *anchors;
    struct dcv_validator *validator;
    struct dcv_rrset rrset;
    struct dcv_checked checked;
    if (dcv_anchors_iana(&anchors) != DCV_OK
        || dcv_validator_create(&(struct dcv_validator_options){.anchors = anchors}, &validator) != DCV_OK)
        exit(EXIT_FAILURE);
    for (size_t i = 0; i < key_records->count; i++)
        (void)dcv_rr_dnskey(&key_records->items[i], &keys[i]);
    struct dcv_work work = {.validator = validator, .arena = arena, .now = now};
    if (!dcv_rrset_find(arena, section, &section->items[0].owner, section->items[0].type, &rrset))
        exit(EXIT_FAILURE);
    dcv_signature_check(&work, &rrset, &key_records->items[0].owner, keys, key_records->count, &checked);
    dcv_validator_free(validator);
    dcv_anchors_free(anchors);
    return checked.trust.security == DCV_SECURITY_SECURE ? "secure" : dcv_cause_text(checked.trust.cause);
}

void answer_signature(const char *text, size_t len)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct lines lines = {dcv_arena_strndup(arena, text, len)};
    struct dcv_rrs keys = {0}, section = {0};
    const char *time = take_line(&lines);
    const int64_t now = time != NULL ? strtoll(time, NULL, 10) : 0;
    if (take_records(arena, &lines, &keys) && take_records(arena, &lines, &section))
        printf("%s\n", check(arena, &keys, &section, now));
    else
        printf("unread\n");
    dcv_arena_free(arena);
}

void answer_ds(const char *text, size_t len)
{
    struct dcv_arena *arena = dcv_arena_create(NULL);
    struct lines lines = {dcv_arena_strndup(arena, text, len)};
    struct dcv_rrs records = {0};
    struct dcv_ds ds;
    struct dcv_dnskey key;
    if (take_records(arena, &lines, &records) && records.count == 2 && dcv_rr_ds(&records.items[0], &ds)
        && dcv_rr_dnskey(&records.items[1], &key))
        printf("%s\n", ds.tag == key.tag && ds.algorithm == key.algorithm && dcv_ds_digests(&ds, &records.items[1].owner,
               &key) ? "yes" : "no");
    else
        printf("unread\n");
    dcv_arena_free(arena);
}
