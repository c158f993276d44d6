#include "fact/x509.h"

#include <string.h>

const struct dcv_dn_field *dcv_dn_find(const struct dcv_dn_field *fields, size_t count, const char *type)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].type, type) == 0)
            return &fields[i];
    return NULL;
}
