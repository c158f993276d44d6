#include "ca/profile.h"

static const struct {
    const char *text;
    enum dcv_method method;
} sources[DCV_SOURCE_COUNT] = {
    [DCV_SOURCE_CONSTRUCTED] = {"constructed", DCV_METHOD_CONSTRUCTED},
    [DCV_SOURCE_TXT_CONTACT] = {"txt-contact", DCV_METHOD_TXT_CONTACT},
    [DCV_SOURCE_CAA_CONTACT] = {"caa-contact", DCV_METHOD_CAA_CONTACT},
    [DCV_SOURCE_SOA_RNAME] = {"soa-rname", DCV_METHOD_DOMAIN_CONTACT},
    [DCV_SOURCE_WHOIS] = {"whois", DCV_METHOD_DOMAIN_CONTACT},
    [DCV_SOURCE_RDAP] = {"rdap", DCV_METHOD_DOMAIN_CONTACT},
};

const char *dcv_source_text(enum dcv_source source)
{
    return sources[source].text;
}

enum dcv_method dcv_source_method(enum dcv_source source)
{
    return sources[source].method;
}
