#include "name/uts46.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/uidna.h>
#include <unicode/utf8.h>

/* UIDNA_USE_STD3_RULES is left out: before Unicode 15.1 it refused U+2260, U+226E and U+226F, which are valid since.
 * What it says about ASCII the caller says of the result. */
static const uint32_t options =
    UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE;

struct dcv_uts46 {
    UIDNA *processor;
};

/* Characters of Unicode 15.0 and before that UTS #46 has mapped or ignored only since 15.1 (U+1E9E) or 16.0: a library
 * with older data refuses them, and makes "ss" of the first. To one with newer data it makes no difference. */
struct change {
    UChar32 first, last;
    UChar32 to; /* of `first`, and so on; 0: ignored */
};

static const struct change changes[] = {
    {0x04c0, 0x04c0, 0x04cf},   {0x10a0, 0x10c5, 0x2d00},   {0x115f, 0x1160, 0},        {0x17b4, 0x17b5, 0},
    {0x180e, 0x180e, 0},        {0x1e9e, 0x1e9e, 0x00df},   {0x2061, 0x2063, 0},        {0x206a, 0x206f, 0},
    {0x2132, 0x2132, 0x214e},   {0x2183, 0x2183, 0x2184},   {0x3164, 0x3164, 0},        {0xffa0, 0xffa0, 0},
    {0x1d173, 0x1d17a, 0},      {0x2f868, 0x2f868, 0x36fc}, {0x2f874, 0x2f874, 0x5f53}, {0x2f91f, 0x2f91f, 0x243ab},
    {0x2f95f, 0x2f95f, 0x7aee}, {0x2f9bf, 0x2f9bf, 0x45d7},
};

enum dcv_status dcv_uts46_create(struct dcv_uts46 **out)
{
    UErrorCode code = U_ZERO_ERROR;
    struct dcv_uts46 *uts46 = calloc(1, sizeof *uts46);
    if (uts46 == NULL)
        return DCV_ERR_NOMEM;
    uts46->processor = uidna_openUTS46(options, &code);
    if (U_FAILURE(code)) {
        dcv_uts46_free(uts46);
        return DCV_ERR_NOMEM; /* its data is part of the library */
    }
    *out = uts46;
    return DCV_OK;
}

void dcv_uts46_free(struct dcv_uts46 *uts46)
{
    if (uts46 == NULL)
        return;
    uidna_close(uts46->processor);
    free(uts46);
}

/* What is to stand for a character: itself, another, or nothing (0). */
static UChar32 changed(UChar32 character)
{
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++)
        if (character >= changes[i].first && character <= changes[i].last)
            return changes[i].to == 0 ? 0 : changes[i].to + (character - changes[i].first);
    return character;
}

/* The source with the changes made; no character grows by that. Returns its octets, or -1 for what is no UTF-8. */
static int32_t apply_changes(struct dcv_span source, char out[DCV_UTS46_INPUT_MAX])
{
    const uint8_t *octets = (const uint8_t *)source.at;
    uint8_t *to = (uint8_t *)out;
    int32_t len = 0;
    for (size_t i = 0; i < source.len;) {
        UChar32 character;
        U8_NEXT(octets, i, source.len, character);
        if (character < 0)
            return -1;
        character = changed(character);
        if (character > 0)
            U8_APPEND_UNSAFE(to, len, (uint32_t)character);
    }
    return len;
}

static enum dcv_uts46_fault fault_of(uint32_t errors)
{
    static const struct {
        uint32_t errors;
        enum dcv_uts46_fault fault;
    } rows[] = {
        {UIDNA_ERROR_DISALLOWED, DCV_UTS46_DISALLOWED},
        {UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN, DCV_UTS46_HYPHEN},
        {UIDNA_ERROR_EMPTY_LABEL, DCV_UTS46_EMPTY},
        {UIDNA_ERROR_LABEL_TOO_LONG | UIDNA_ERROR_DOMAIN_NAME_TOO_LONG, DCV_UTS46_LONG},
        {UIDNA_ERROR_BIDI, DCV_UTS46_BIDI},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if ((errors & rows[i].errors) != 0)
            return rows[i].fault;
    return errors != 0 ? DCV_UTS46_OTHER : DCV_UTS46_OK;
}

/* What both directions have in common once the library has answered. */
static enum dcv_status conclude(UErrorCode code, uint32_t errors, int32_t len, struct dcv_uts46_result *out)
{
    bool fits = code != U_BUFFER_OVERFLOW_ERROR && len <= DCV_UTS46_TEXT_MAX;
    if (code == U_MEMORY_ALLOCATION_ERROR)
        return DCV_ERR_NOMEM;
    if (!fits)
        out->fault = DCV_UTS46_LONG;
    else if (U_FAILURE(code))
        out->fault = DCV_UTS46_OTHER;
    else
        out->fault = errors == 0 && len == 0 ? DCV_UTS46_EMPTY : fault_of(errors);
    out->text[out->fault == DCV_UTS46_OK ? len : 0] = '\0';
    return DCV_OK;
}

enum dcv_status dcv_uts46_to_ascii(const struct dcv_uts46 *uts46, struct dcv_span source, struct dcv_uts46_result *out)
{
    char input[DCV_UTS46_INPUT_MAX];
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode code = U_ZERO_ERROR;
    int32_t given = apply_changes(source, input);
    out->fault = DCV_UTS46_DISALLOWED;
    if (given < 0)
        return DCV_OK;
    int32_t len = uidna_nameToASCII_UTF8(uts46->processor, input, given, out->text, DCV_UTS46_TEXT_MAX, &info, &code);
    return conclude(code, info.errors, len, out);
}

enum dcv_status dcv_uts46_to_unicode(const struct dcv_uts46 *uts46, struct dcv_span label, struct dcv_uts46_result *out)
{
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode code = U_ZERO_ERROR;
    int32_t len = uidna_labelToUnicodeUTF8(uts46->processor, label.at, (int32_t)label.len, out->text,
                                           DCV_UTS46_TEXT_MAX, &info, &code);
    return conclude(code, info.errors, len, out);
}

/* RFC 5892 §2.6 (PVALID) and appendices A.3 to A.7: neither letters nor marks nor digits. */
static bool is_exception(uint32_t character)
{
    static const uint32_t exceptions[] = {0x2d, 0xb7, 0x375, 0x5f3, 0x5f4, 0x6fd, 0x6fe, 0xf0b, 0x3007, 0x30fb};
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (character == exceptions[i])
            return true;
    return false;
}

bool dcv_uts46_shows(uint32_t character)
{
    const uint32_t letters = U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK;
    UChar32 point = (UChar32)character;
    return (U_GET_GC_MASK(point) & letters) != 0 || is_exception(character) || u_hasBinaryProperty(point, UCHAR_EMOJI);
}
