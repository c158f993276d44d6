/* What each server said to each question, and how the answers differ. */
#include "report/survey.h"

#include "base/text.h"
#include "fact/misplaced.h"

#include <stdlib.h>
#include <string.h>

const char *dcv_survey_reach_text(enum dcv_survey_reach reach)
{
    switch (reach) {
    case DCV_REACH_ANSWERS: return "answers";
    case DCV_REACH_SILENT: return "silent";
    case DCV_REACH_LAME: return "lame";
    case DCV_REACH_NO_ROUTE: return "no-route";
    case DCV_REACH_PRIVATE: return "private";
    case DCV_REACH_NOT_ASKED: return "not-asked";
    }
    return "not-asked";
}

/* ---- the names and questions ---------------------------------------------------------------------------------------------- */

/* The name that a question is about: of a contact record its ADN. */
static bool subject_of(const struct dcv_name *asked, uint16_t type, struct dcv_name *out)
{
    *out = *asked;
    return type != DCV_TYPE_TXT || (dcv_name_first_is(asked, dcv_contact_label) && dcv_name_parent(asked, out));
}

static bool column_of(uint16_t type, enum dcv_survey_column *out)
{
    static const uint16_t types[] = {[DCV_COLUMN_NS] = DCV_TYPE_NS,
                                     [DCV_COLUMN_TXT] = DCV_TYPE_TXT,
                                     [DCV_COLUMN_CAA] = DCV_TYPE_CAA,
                                     [DCV_COLUMN_MX] = DCV_TYPE_MX,
                                     [DCV_COLUMN_A] = DCV_TYPE_A};
    for (size_t i = 0; i < DCV_COLUMN_COUNT; i++) {
        *out = (enum dcv_survey_column)i;
        if (types[i] == type)
            return true;
    }
    return false;
}

static int by_length(const void *a, const void *b)
{
    const struct dcv_name *left = a, *right = b;
    return left->len != right->len ? (left->len < right->len ? -1 : 1) : dcv_name_compare(left, right);
}

static size_t place_of(const struct dcv_survey *survey, const struct dcv_name *name)
{
    for (size_t i = 0; i < survey->names.count; i++)
        if (dcv_name_equal(&survey->names.items[i], name))
            return i;
    return SIZE_MAX;
}

static bool asked_for_comparison(const struct dcv_fact *fact)
{
    enum dcv_survey_column column;
    return fact->kind == DCV_FACT_SERVER && fact->server.as != DCV_ASKED_PARENT && fact->server.over == DCV_OVER_UDP &&
           column_of(fact->server.type, &column);
}

static void collect_names(struct dcv_survey *survey)
{
    for (size_t i = 0; i < dcv_facts_count(survey->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(survey->facts, i);
        struct dcv_name name;
        if (!asked_for_comparison(fact) || fact->server.type == DCV_TYPE_NS ||
            !subject_of(&fact->server.name, fact->server.type, &name) || place_of(survey, &name) != SIZE_MAX)
            continue;
        struct dcv_name *slot = DCV_VEC_ADD(survey->arena, &survey->names);
        if (slot != NULL)
            *slot = name;
    }
    if (survey->names.count != 0)
        qsort(survey->names.items, survey->names.count, sizeof survey->names.items[0], by_length);
}

static size_t question_of(const struct dcv_survey *survey, const struct dcv_name *name, uint16_t type)
{
    for (size_t i = 0; i < survey->questions.count; i++)
        if (survey->questions.items[i].type == type && dcv_name_equal(&survey->questions.items[i].name, name))
            return i;
    return SIZE_MAX;
}

static int by_column(const void *a, const void *b)
{
    const struct dcv_survey_question *left = a, *right = b;
    if (left->column != right->column)
        return left->column < right->column ? -1 : 1;
    return left->place != right->place ? (left->place < right->place ? -1 : 1)
                                       : dcv_name_compare(&left->name, &right->name);
}

static void collect_questions(struct dcv_survey *survey)
{
    for (size_t i = 0; i < dcv_facts_count(survey->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(survey->facts, i);
        enum dcv_survey_column column;
        struct dcv_name name;
        if (!asked_for_comparison(fact) || !column_of(fact->server.type, &column) ||
            !subject_of(&fact->server.name, fact->server.type, &name) ||
            question_of(survey, &fact->server.name, fact->server.type) != SIZE_MAX)
            continue;
        struct dcv_survey_question *question = DCV_VEC_ADD(survey->arena, &survey->questions);
        if (question == NULL)
            return;
        question->name = fact->server.name;
        question->type = fact->server.type;
        question->column = column;
        question->place = column == DCV_COLUMN_NS ? 0 : place_of(survey, &name);
    }
    if (survey->questions.count != 0)
        qsort(survey->questions.items, survey->questions.count, sizeof survey->questions.items[0], by_column);
}

/* ---- RRsets compared ------------------------------------------------------------------------------------------------------ */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Type and data; names in them without case. */
static const char *record_key(struct dcv_arena *arena, const struct dcv_rr *rr)
{
    const bool names =
        rr->type == DCV_TYPE_NS || rr->type == DCV_TYPE_CNAME || rr->type == DCV_TYPE_DNAME || rr->type == DCV_TYPE_MX;
    struct dcv_buf hex;
    dcv_buf_init(&hex, 4 * (size_t)UINT16_MAX);
    dcv_buf_printf(&hex, "%u ", (unsigned)rr->type);
    for (size_t i = 0; i < rr->rdlen; i++) {
        const uint8_t octet = names ? (uint8_t)dcv_ascii_lower((char)rr->rdata[i]) : rr->rdata[i];
        dcv_hex_put(&hex, &octet, 1);
    }
    const char *key = dcv_arena_strdup(arena, dcv_buf_text(&hex));
    dcv_buf_done(&hex);
    return key != NULL ? key : "";
}

/* What stands at the name itself: how far a server follows an alias is its own affair. */
static bool belongs(const struct dcv_rr *rr, const struct dcv_survey_question *question)
{
    return (rr->type == question->type || rr->type == DCV_TYPE_CNAME) && dcv_name_equal(&rr->owner, &question->name);
}

static bool says(const struct dcv_survey_question *question, const struct dcv_message *message)
{
    for (size_t i = 0; message != NULL && i < message->answer.count; i++)
        if (belongs(&message->answer.items[i], question))
            return true;
    return false;
}

static const char *rrset_key(struct dcv_arena *arena, const struct dcv_survey_question *question,
                             const struct dcv_message *message)
{
    const char **keys = dcv_arena_array(arena, message->answer.count + 1, sizeof *keys);
    size_t count = 0, len = 0;
    for (size_t i = 0; keys != NULL && i < message->answer.count; i++) {
        if (!belongs(&message->answer.items[i], question))
            continue;
        keys[count] = record_key(arena, &message->answer.items[i]);
        len += strlen(keys[count++]) + 1;
    }
    char *whole = keys != NULL ? dcv_arena_alloc(arena, len + 1) : NULL;
    if (whole == NULL)
        return "";
    qsort(keys, count, sizeof *keys, by_text);
    for (size_t i = 0, at = 0; i < count; i++) {
        const size_t size = strlen(keys[i]);
        memcpy(whole + at, keys[i], size);
        at += size;
        whole[at++] = ';';
    }
    return whole;
}

/* Whose letter is not known until all are counted: the number of the variant, from 1 on. */
static size_t variant_of(struct dcv_survey *survey, struct dcv_survey_question *question,
                         const struct dcv_server_fact *fact)
{
    const char *key = rrset_key(survey->arena, question, fact->message);
    size_t i = 0;
    while (i < question->variants.count && strcmp(question->variants.items[i].key, key) != 0)
        i++;
    if (i == question->variants.count) {
        struct dcv_survey_variant *variant = DCV_VEC_ADD(survey->arena, &question->variants);
        if (variant == NULL)
            return 0;
        *variant = (struct dcv_survey_variant){.key = key, .message = fact->message};
    }
    question->variants.items[i].servers += fact->as == DCV_ASKED_AUTHORITY;
    return i + 1;
}

/* ---- rows ----------------------------------------------------------------------------------------------------------------- */

static struct dcv_survey_row *row_of(struct dcv_survey *survey, const struct dcv_server_fact *fact, size_t zone)
{
    const bool resolver = fact->as == DCV_ASKED_RESOLVER;
    for (size_t i = 0; i < survey->rows.count; i++) {
        struct dcv_survey_row *row = &survey->rows.items[i];
        if (row->resolver == resolver && row->zone == zone && strcmp(row->server, fact->server) == 0 &&
            (resolver || dcv_name_equal(&row->host, &fact->host)))
            return row;
    }
    struct dcv_survey_row *row = DCV_VEC_ADD(survey->arena, &survey->rows);
    if (row == NULL)
        return NULL;
    *row =
        (struct dcv_survey_row){.resolver = resolver,
                                .zone = zone,
                                .host = fact->host,
                                .server = fact->server,
                                .reach = DCV_REACH_NOT_ASKED,
                                .cells = dcv_arena_array(survey->arena, survey->questions.count, sizeof *row->cells)};
    for (size_t i = 0; row->cells != NULL && i < survey->questions.count; i++)
        row->cells[i].state = DCV_CELL_NOT_ASKED;
    return row;
}

static enum dcv_survey_reach reach_of(const struct dcv_server_fact *fact)
{
    switch (fact->outcome) {
    case DCV_OUTCOME_ANSWER:
    case DCV_OUTCOME_NODATA:
    case DCV_OUTCOME_NXDOMAIN:
        return fact->as == DCV_ASKED_RESOLVER ||
                       (fact->message != NULL && fact->message->authoritative && fact->outcome == DCV_OUTCOME_ANSWER)
                   ? DCV_REACH_ANSWERS
                   : DCV_REACH_LAME;
    case DCV_OUTCOME_SERVFAIL:
    case DCV_OUTCOME_REFUSED:
    case DCV_OUTCOME_RCODE: return DCV_REACH_LAME;
    case DCV_OUTCOME_TIMEOUT:
    case DCV_OUTCOME_UNREACHABLE:
    case DCV_OUTCOME_MALFORMED:
    case DCV_OUTCOME_TRUNCATED: return DCV_REACH_SILENT;
    case DCV_OUTCOME_NO_ROUTE: return DCV_REACH_NO_ROUTE;
    case DCV_OUTCOME_PRIVATE: return DCV_REACH_PRIVATE;
    case DCV_OUTCOME_DEADLINE:
    case DCV_OUTCOME_UNRECORDED: return DCV_REACH_NOT_ASKED;
    }
    return DCV_REACH_NOT_ASKED;
}

/* Does it answer, and how? */
static void note_first(struct dcv_survey_row *row, const struct dcv_server_fact *fact)
{
    row->reach = reach_of(fact);
    row->outcome = fact->outcome;
    row->rcode = fact->rcode;
    row->tries = fact->tries;
    row->at = fact->at;
    row->rtt_us = fact->rtt_us;
    row->authoritative = fact->message != NULL && fact->message->authoritative;
    if (fact->message != NULL)
        row->edns = fact->message->edns && !fact->no_edns ? DCV_TRI_YES : DCV_TRI_NO;
}

/* The question that comes first to a name server, and the serial. */
static void note_soa(struct dcv_survey_row *row, const struct dcv_server_fact *fact)
{
    const size_t at = fact->message != NULL ? dcv_message_find(fact->message, &fact->name, DCV_TYPE_SOA, 0) : SIZE_MAX;
    struct dcv_soa soa;
    note_first(row, fact);
    if (at != SIZE_MAX && dcv_rr_soa(&fact->message->answer.items[at], &soa)) {
        row->has_serial = true;
        row->serial = soa.serial;
    }
}

static void note(struct dcv_survey *survey, struct dcv_survey_row *row, const struct dcv_server_fact *fact)
{
    const size_t number = fact->over == DCV_OVER_UDP ? question_of(survey, &fact->name, fact->type) : SIZE_MAX;
    row->case_ignored |= fact->case_ignored;
    if (fact->message != NULL && fact->message->size > row->size)
        row->size = fact->message->size;
    if (fact->type == DCV_TYPE_SOA && fact->over == DCV_OVER_TCP)
        row->tcp = fact->message != NULL                   ? DCV_TRI_YES
                   : fact->outcome == DCV_OUTCOME_DEADLINE ? DCV_TRI_UNKNOWN
                                                           : DCV_TRI_NO;
    else if (fact->type == DCV_TYPE_SOA && fact->over == DCV_OVER_UDP)
        note_soa(row, fact);
    else if (row->reach != DCV_REACH_ANSWERS && row->resolver)
        note_first(row, fact);
    if (number == SIZE_MAX || row->cells == NULL)
        return;
    struct dcv_survey_cell *cell = &row->cells[number];
    *cell =
        (struct dcv_survey_cell){.outcome = fact->outcome, .rcode = fact->rcode, .tries = fact->tries, .at = fact->at};
    if (dcv_outcome_conclusive(fact->outcome) && says(&survey->questions.items[number], fact->message))
        cell->variant = variant_of(survey, &survey->questions.items[number], fact);
    else
        cell->state = fact->outcome == DCV_OUTCOME_NODATA     ? DCV_CELL_NODATA
                      : fact->outcome == DCV_OUTCOME_NXDOMAIN ? DCV_CELL_NXDOMAIN
                                                              : DCV_CELL_FAILED;
    cell->ttl_s = fact->message != NULL ? dcv_message_ttl(fact->message) : 0;
}

static int by_zone(const void *a, const void *b)
{
    const struct dcv_survey_row *left = a, *right = b;
    if (left->zone != right->zone)
        return left->zone < right->zone ? -1 : 1;
    const int hosts = left->resolver ? 0 : dcv_name_compare(&left->host, &right->host);
    return hosts != 0 ? hosts : strcmp(left->server, right->server);
}

/* ---- what is usual -------------------------------------------------------------------------------------------------------- */

enum { LETTERS = 26 };

/* The letters, by how many servers of the zone give the variant; first come, first served among equals. */
static void give_letters(struct dcv_survey *survey, size_t number)
{
    struct dcv_survey_question *question = &survey->questions.items[number];
    for (size_t rank = 0; rank < question->variants.count; rank++) {
        struct dcv_survey_variant *best = NULL;
        for (size_t i = 0; i < question->variants.count; i++) {
            struct dcv_survey_variant *variant = &question->variants.items[i];
            if (variant->letter == '\0' && (best == NULL || variant->servers > best->servers))
                best = variant;
        }
        if (best != NULL)
            best->letter = rank < LETTERS ? (char)('A' + rank) : '?';
    }
    for (size_t i = 0; i < survey->rows.count; i++) {
        struct dcv_survey_cell *cell = &survey->rows.items[i].cells[number];
        if (cell->variant != 0)
            cell->state = question->variants.items[cell->variant - 1].letter;
    }
}

/* What most of the zone's servers say; failures count only where nothing else was said. */
static void find_usual(struct dcv_survey *survey, size_t number)
{
    struct dcv_survey_question *question = &survey->questions.items[number];
    size_t counts[UINT8_MAX + 1] = {0}, best = 0;
    for (size_t i = 0; i < survey->rows.count; i++)
        if (!survey->rows.items[i].resolver)
            counts[(uint8_t)survey->rows.items[i].cells[number].state]++;
    question->usual = DCV_CELL_FAILED;
    for (size_t state = 0; state <= UINT8_MAX; state++) {
        if (state == DCV_CELL_NOT_ASKED || state == DCV_CELL_FAILED || counts[state] <= best)
            continue;
        best = counts[state];
        question->usual = (char)state;
    }
    for (size_t i = 0; i < survey->rows.count; i++) {
        struct dcv_survey_row *row = &survey->rows.items[i];
        const char state = row->cells[number].state;
        const bool other = state != DCV_CELL_NOT_ASKED && state != question->usual && (best != 0 || !row->resolver);
        row->differs |= other;
        question->differs |= other;
    }
}

static size_t servers_with(const struct dcv_survey *survey, size_t zone, uint32_t serial)
{
    size_t count = 0;
    for (size_t i = 0; i < survey->rows.count; i++)
        count += survey->rows.items[i].zone == zone && survey->rows.items[i].has_serial &&
                 survey->rows.items[i].serial == serial;
    return count;
}

/* Serials compare as RFC 1982 says. */
static void find_serial(struct dcv_survey *survey, size_t number)
{
    struct dcv_survey_zone *zone = &survey->zones.items[number];
    size_t best = 0;
    for (size_t i = 0; i < survey->rows.count; i++) {
        const struct dcv_survey_row *row = &survey->rows.items[i];
        const size_t count = row->zone == number && row->has_serial ? servers_with(survey, number, row->serial) : 0;
        if (count < best || count == 0 || (count == best && (int32_t)(row->serial - zone->serial) <= 0))
            continue;
        best = count;
        zone->serial = row->serial;
        zone->has_serial = true;
    }
}

/* Resolvers were asked for the serial of the base domain. */
static void mark_serials(struct dcv_survey *survey)
{
    const size_t base = survey->base.len != 0 ? dcv_survey_zone_of(survey, &survey->base) : SIZE_MAX;
    for (size_t i = 0; i < survey->rows.count; i++) {
        struct dcv_survey_row *row = &survey->rows.items[i];
        const size_t number = row->resolver ? base : row->zone;
        const struct dcv_survey_zone *zone = number != SIZE_MAX ? &survey->zones.items[number] : NULL;
        row->usual_serial = zone == NULL || !zone->has_serial || !row->has_serial || row->serial == zone->serial;
        row->differs |= !row->usual_serial;
    }
}

void dcv_survey_rows(struct dcv_survey *survey)
{
    collect_names(survey);
    collect_questions(survey);
    for (size_t i = 0; i < dcv_facts_count(survey->facts); i++) {
        const struct dcv_fact *fact = dcv_facts_at(survey->facts, i);
        if (fact->kind != DCV_FACT_SERVER || fact->server.as == DCV_ASKED_PARENT)
            continue;
        const bool resolver = fact->server.as == DCV_ASKED_RESOLVER;
        struct dcv_survey_row *row =
            row_of(survey, &fact->server, resolver ? SIZE_MAX : dcv_survey_zone_of(survey, &fact->server.zone));
        if (row != NULL)
            note(survey, row, &fact->server);
    }
    if (dcv_arena_failed(survey->arena))
        survey->rows.count = 0;
    if (survey->rows.count != 0)
        qsort(survey->rows.items, survey->rows.count, sizeof survey->rows.items[0], by_zone);
    for (size_t i = 0; i < survey->questions.count; i++) {
        give_letters(survey, i);
        find_usual(survey, i);
    }
    for (size_t i = 0; i < survey->zones.count; i++)
        find_serial(survey, i);
    mark_serials(survey);
}
