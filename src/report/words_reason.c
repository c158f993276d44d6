/* Why something is not known, as probes, servers and libraries put it, in the language of the user. */
#include "report/words.h"

#include "base/text.h"

#include <string.h>

/* What fact/reason.c, the probes and the registry module say, listed for the catalogue; what net says is marked there. */
const char *const dcv_reasons[] = {
    N_("the conversation broke off"),
    N_("no answer in time"),
    N_("there is no way to it from here"),
    N_("it has a private address"),
    N_("it has no address"),
    N_("its addresses cannot be looked up"),
    N_("there was no time left"),
    N_("it is not on the recording"),
    N_("it does not speak SMTP"),
    N_("it does not speak TLS"),
    N_("it could not be begun"),
    N_("it cannot be reached"),
    N_("its certificate is not sound"),
    N_("its name is none of a host"),
    N_("memory is short"),
    N_("the server limits requests"),
    N_("the server refuses to tell"),
    N_("it limits requests, and is left alone for a while"),
    N_("no answer that can be read"),
    N_("no registry has such a name"),
    N_("the registry has no WHOIS server"),
    N_("the URL of the registry cannot be used"),
    N_("the registrar that the registry names does not know the domain"),
    N_("a referral to what is no host"),
    N_("more referrals than dcvready follows"),
    N_("it redirects to where dcvready does not follow"),
    N_("it redirects too often"),
    N_("the answer is empty"),
    N_("the answer is too long"),
    N_("the answer is longer than a MiB"),
    N_("the answer cannot be read"),
    N_("the answer cannot be understood"),
    N_("the answer is no JSON"),
    N_("the answer is no domain object"),
    N_("the answer does not say which domain it is about"),
    N_("the answer tells of another domain"),
    N_("the answer tells of another handle"),
    N_("the answer tells of several domains"),
    N_("the answer has an address that cannot be read"),
    N_("the answer does not tell whose an address is"),
    N_("the answer is an error object without a number"),
    N_("the registry does not know the handle"),
    N_("none is published"),
    N_("withheld"),
    N_("nobody"),
    /* of OpenSSL, about certificates */
    N_("no certificate"),
    N_("self-signed certificate"),
    N_("self-signed certificate in certificate chain"),
    N_("unable to get local issuer certificate"),
    N_("unable to verify the first certificate"),
    N_("certificate has expired"),
    N_("certificate is not yet valid"),
    N_("hostname mismatch"),
    N_("unspecified certificate verification error"),
};

enum { REASON_MAX = 120 };

/* Where a reason may end: the detail after it, an enclosing parenthesis, or another item. */
static size_t delimiter(const char *at)
{
    static const char *const all[] = {": ", " (", ")", ", "};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strncmp(at, all[i], strlen(all[i])) == 0)
            return strlen(all[i]);
    return 0;
}

/* The translation of the longest reason that `text` begins with, and its length; NULL: it begins with none. */
static const char *leading_reason(const char *text, size_t *len)
{
    char reason[REASON_MAX];
    const char *found = NULL;
    for (size_t at = 1; at < sizeof reason && text[at - 1] != '\0'; at++) {
        if (text[at] != '\0' && delimiter(text + at) == 0)
            continue;
        memcpy(reason, text, at);
        reason[at] = '\0';
        const char *translated = dcv_text(reason);
        if (translated == reason)
            continue;
        found = translated;
        *len = at;
    }
    return found;
}

/* Octets up to the next delimiter, and it. */
static size_t item_length(const char *text)
{
    size_t len = 0;
    while (text[len] != '\0' && delimiter(text + len) == 0)
        len++;
    return len + delimiter(text + len);
}

void dcv_reasons_put(struct dcv_buf *buf, const char *text)
{
    while (*text != '\0') {
        size_t len = 0;
        const char *translated = leading_reason(text, &len);
        if (translated != NULL) {
            dcv_buf_puts(buf, translated);
            text += len;
        }
        len = item_length(text);
        dcv_text_escape(buf, text, len);
        text += len;
    }
}
