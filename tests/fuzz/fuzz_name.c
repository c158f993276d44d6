/* Text and wire form lead to each other; the order, the parents and the suffixes of a name agree. */
#include "name/name.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_name(const struct dcv_name *name)
{
    char text[DCV_NAME_TEXT_MAX];
    struct dcv_name again, parent;
    check(dcv_name_parse(dcv_name_text(name, text), &again, NULL) == DCV_OK);
    check(again.len == name->len && memcmp(again.wire, name->wire, name->len) == 0);
    dcv_name_lower(&again);
    check(dcv_name_equal(&again, name) && dcv_name_compare(&again, name) == 0);
    if (!dcv_name_parent(name, &parent))
        return;
    struct dcv_name suffix = dcv_name_suffix(name, dcv_name_labels(name) - 1);
    check(dcv_name_equal(&parent, &suffix) && dcv_name_under(name, &parent) && !dcv_name_under(&parent, name));
    check(dcv_name_compare(&parent, name) < 0 && dcv_name_compare(name, &parent) > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dcv_name name;
    size_t at = 0;
    char *text = calloc(1, size + 1);
    memcpy(text, data, size);
    if (dcv_name_parse(text, &name, &at) == DCV_OK)
        check_name(&name);
    else
        check(at <= strlen(text));
    if (dcv_name_from_wire(data, size, &name) == DCV_OK)
        check_name(&name);
    free(text);
    return 0;
}
