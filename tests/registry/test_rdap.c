/* What answers over RDAP are read as, and the registry of RDAP servers. */
#include "registry/registry.h"

#include "base/date.h"
#include "support/rows.h"
#include "support/run.h"
#include "support/scarce.h"

#include <stdio.h>
#include <string.h>

static struct dcv_arena *arena;

static void set_up(void)
{
    arena = dcv_arena_create(NULL);
}

static void tear_down(void)
{
    dcv_arena_free(arena);
}

/* "found registrant=a@example.jp tech=~/H; ok clientHold; registrar Example; expires …; more https://…; because …": "~" is for withheld, "/H" for a
 * handle. */
static const char *summary(const struct dcv_registry_reading *reading)
{
    struct dcv_buf buf;
    char time[DCV_TIME_TEXT];
    dcv_buf_init(&buf, 1 << 16);
    dcv_buf_puts(&buf, dcv_contacts_state_text(reading->state));
    for (size_t i = 0; i < reading->contacts.count; i++) {
        const struct dcv_contact *contact = &reading->contacts.items[i];
        dcv_buf_printf(&buf, " %s=%s%s%s%s", contact->role, contact->withheld ? "~" : "", contact->email, contact->handle != NULL ? "/" : "",
                       contact->handle != NULL ? contact->handle : "");
    }
    for (size_t i = 0; i < reading->statuses.count; i++)
        dcv_buf_printf(&buf, "%s%s", i == 0 ? "; " : " ", reading->statuses.items[i]);
    if (reading->registrar != NULL)
        dcv_buf_printf(&buf, "; registrar %s", reading->registrar);
    if (reading->expires != 0)
        dcv_buf_printf(&buf, "; expires %s", dcv_time_format(reading->expires, time));
    if (reading->referral != NULL)
        dcv_buf_printf(&buf, "; more %s", reading->referral);
    if (reading->why[0] != '\0')
        dcv_buf_printf(&buf, "; because %s", reading->why);
    ck_assert(!buf.failed);
    const char *text = dcv_arena_strdup(arena, dcv_buf_text(&buf));
    dcv_buf_done(&buf);
    return text;
}

static const char *read_as(unsigned status, const char *json, size_t len)
{
    struct dcv_registry_reading reading;
    ck_assert_int_eq(dcv_rdap_read(arena, status, json, len, "example.jp", &reading), DCV_OK);
    return summary(&reading);
}

#define DOMAIN "\"objectClassName\":\"domain\",\"ldhName\":\"EXAMPLE.jp\""
#define CARD(properties) "\"vcardArray\":[\"vcard\",[[\"version\",{},\"text\",\"4.0\"]" properties "]]"
#define EMAIL(address) ",[\"email\",{},\"text\",\"" address "\"]"
#define ENTITY(role, more) "{\"objectClassName\":\"entity\",\"roles\":[\"" role "\"]," more "}"
#define REDACTED(name, path, method) ",\"redacted\":[{\"name\":{\"type\":\"" name "\"},\"prePath\":\"" path "\",\"method\":\"" method "\"}]"

static const struct {
    const char *json, *summary;
} domains[] = {
    {"{" DOMAIN "}", "none"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD(EMAIL("a@example.jp"))) "," ENTITY("administrative", CARD(EMAIL("b@example.jp")))
     "," ENTITY("technical", CARD(EMAIL("c@example.jp"))) "," ENTITY("billing", CARD(EMAIL("d@example.jp"))) "]}",
     "found registrant=a@example.jp admin=b@example.jp tech=c@example.jp billing=d@example.jp"},
    /* One entity in several roles; several addresses in one card; the same twice. */
    {"{" DOMAIN ",\"entities\":[{\"handle\":\"H1\",\"roles\":[\"registrant\",\"Technical\"],"
     CARD(EMAIL("a@example.jp\",\"b@example.jp") EMAIL("a@example.jp"))
     "}]}", "found registrant=a@example.jp/H1 registrant=b@example.jp/H1 tech=a@example.jp/H1 tech=b@example.jp/H1"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD(",[\"EMAIL\",{},\"text\",[\"a@example.jp\",\"b@example.jp\"]]")) "]}",
     "found registrant=a@example.jp registrant=b@example.jp"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD(",[\"email\",{},\"uri\",\"MAILTO:a@example.jp?subject=x\"]")) "]}",
     "found registrant=a@example.jp"},
    /* The registrar, its name, and whom it names. */
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrar", "\"handle\":\"292\"," CARD(",[\"fn\",{},\"text\",\"Example Registrar\"]") ",\"entities\":["
     ENTITY("abuse", CARD(EMAIL("abuse@registrar.example"))) "," ENTITY("technical", CARD(EMAIL("noc@registrar.example"))) "]") "]}",
     "none registrar=/292 abuse=abuse@registrar.example; registrar Example Registrar"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrar", "\"handle\":\"292\"") "]}", "none registrar=/292; registrar 292"},
    /* A registrant's own contacts are none of the domain. */
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD("") ",\"entities\":[" ENTITY("technical", CARD(EMAIL("x@example.jp"))) "]") "]}",
     "none registrant="},
    /* Status, expiry, the registrar's record. */
    {"{" DOMAIN ",\"status\":[\"active\",\"client transfer prohibited\",7,\"something new\"]}", "none; ok clientTransferProhibited something new"},
    {"{" DOMAIN ",\"status\":[\"client hold\"],\"entities\":[" ENTITY("registrant", CARD(EMAIL("a@example.jp"))) "]}",
     "suspended registrant=a@example.jp; clientHold"},
    {"{" DOMAIN ",\"status\":[\"reserved\"]}", "reserved; reserved"},
    {"{" DOMAIN ",\"events\":[{\"eventAction\":\"registrar expiration\",\"eventDate\":\"2020-01-01T00:00:00Z\"},7,"
     "{\"eventAction\":\"expiration\",\"eventDate\":\"2027-01-31T09:00:00.123+09:00\"}]}", "none; expires 2027-01-31T00:00:00Z"},
    {"{" DOMAIN ",\"events\":[{\"eventAction\":\"expiration\",\"eventDate\":\"2027-02-30T00:00:00Z\"}]}", "none"},
    {"{" DOMAIN ",\"links\":[{\"rel\":\"self\",\"type\":\"application/rdap+json\",\"href\":\"https://a.example/\"},"
     "{\"rel\":\"related\",\"type\":\"text/html\",\"href\":\"https://b.example/\"},"
     "{\"rel\":\"related\",\"type\":\"application/rdap+json\",\"href\":\"http://c.example/\"},"
     "{\"rel\":\"related\",\"type\":\"application/rdap+json\",\"href\":\"https://d.example/domain/EXAMPLE.JP\"}]}",
     "none; more https://d.example/domain/EXAMPLE.JP"},
    /* Withheld: by RFC 9537, by remarks, by what stands there. */
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD("")) "]" REDACTED("Registrant Email",
     "$.entities[?(@.roles[0]=='registrant')].vcardArray[1][?(@[0]=='email')]", "removal") "}", "redacted registrant=~"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD(EMAIL("x@example.jp"))) "]" REDACTED("Registrant Email",
     "$.entities[?(@.roles[0]=='registrant')].vcardArray[1][?(@[0]=='email')]", "replacementValue") "}", "redacted registrant=~x@example.jp"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("technical", CARD(EMAIL("x@example.jp"))) "]" REDACTED("Tech Name", "$.entities[?(@.roles[0]=='technical')]",
     "emptyValue")
     "}", "found tech=x@example.jp"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD("")) "]" REDACTED("Registrant Phone",
     "$.entities[?(@.roles[0]=='registrant')].vcardArray[1][?(@[0]=='tel')]", "removal") "}", "none registrant="},
    {"{" DOMAIN ",\"redacted\":[{\"name\":{\"description\":\"Administrative Contact\"},\"method\":\"removal\"}]}", "redacted"},
    {"{" DOMAIN ",\"redacted\":[{\"prePath\":\"$.entities[?(@.roles[0]=='administrative')]\"}]}", "redacted"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("technical", CARD("")) "],\"redacted\":[{\"postPath\":\"$.entities[0].vcardArray[1][?(@[0]=='email')][3]\","
     "\"method\":\"emptyValue\"}]}", "redacted tech=~"},
    {"{" DOMAIN ",\"redacted\":[7,{},{\"name\":7,\"prePath\":[]},{\"name\":{\"type\":\"Registry Domain ID\"},\"prePath\":\"$.handle\"}]}", "none"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD(EMAIL(""))) "]}", "redacted registrant=~"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD(EMAIL("REDACTED FOR PRIVACY"))) "]}", "redacted registrant=~"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD(EMAIL("x@whoisprivacy.example"))) "]}", "redacted registrant=~x@whoisprivacy.example"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD(",[\"contact-uri\",{},\"uri\",\"https://form.example/\"]")) "]}",
     "redacted registrant=~"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD(",[\"contact-uri\",{},\"uri\",\"mailto:x@form.example\"]")) "]}",
     "redacted registrant=~x@form.example"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant",
     "\"handle\":\"REDACTED FOR PRIVACY\",\"remarks\":[{\"title\":\"REDACTED FOR PRIVACY\"}]," CARD(""))
     "]}", "redacted registrant=~"},
    {"{" DOMAIN ",\"remarks\":[{\"type\":\"object truncated due to authorization\"}]}", "redacted"},
    /* Of the registrar: no matter. */
    {"{" DOMAIN ",\"entities\":[" ENTITY("billing", CARD(",[\"contact-uri\",{},\"uri\",\"https://form.example/\"]")) "]}", "none billing=~"},
    /* A contact whose card is not told has addresses that are not known. */
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", "\"handle\":\"H1\"") "]}",
     "redacted registrant=/H1; because registrant: told by its handle alone"},
    /* What cannot be read is not taken for nothing; what can be is read. */
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD(",7")) "]}",
     "unreachable registrant=; because registrant: property 2 of the jCard: it is no array of four or more"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD(",7" EMAIL("a@example.jp"))) "]}",
     "found registrant=a@example.jp; because registrant: property 2 of the jCard: it is no array of four or more"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD(",[\"email\",{},\"text\",7]")) "]}",
     "unreachable registrant=; because registrant: property 2 of the jCard: its value is no text"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", "\"vcardArray\":[\"card\",[]]") "]}",
     "unreachable registrant=; because registrant: the jCard does not begin with \"vcard\""},
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", "\"vcardArray\":7") "]}",
     "unreachable registrant=; because registrant: the jCard is no array of two"},
    {"{" DOMAIN ",\"entities\":[" ENTITY("billing", "\"vcardArray\":7") "]}", "none billing="},
    {"{" DOMAIN ",\"entities\":{}}", "unreachable; because the entities: they are no array"},
    {"{" DOMAIN ",\"entities\":[7]}", "unreachable; because an entity: it is no object"},
    {"{" DOMAIN ",\"entities\":[{\"roles\":[7]}]}", "unreachable; because an entity: one of its roles is no text"},
    {"{" DOMAIN ",\"entities\":[{\"roles\":{}}]}", "unreachable; because an entity: its roles are no array"},
    {"{" DOMAIN ",\"status\":{},\"events\":7,\"links\":\"x\",\"redacted\":{},\"remarks\":[[]]}", "none"},
    /* Octets that cannot be shown. */
    {"{" DOMAIN ",\"entities\":[" ENTITY("registrant", CARD(EMAIL("a\\u202e@example.jp"))) "]}", "found registrant=a\\u{202e}@example.jp"},
    /* Another object, or another domain. */
    {"{\"objectClassName\":\"entity\",\"ldhName\":\"example.jp\"}", "unreachable; because the answer is no domain object"},
    {"{\"objectClassName\":\"domain\"}", "unreachable; because the answer does not say which domain it is about"},
    {"{\"objectClassName\":\"domain\",\"ldhName\":\"example.com\"}", "unreachable; because the answer is about another domain: example.com"},
    {"{\"objectClassName\":\"domain\",\"ldhName\":\"example.jp.\"}", "none"},
    {"{\"objectClassName\":\"domain\",\"unicodeName\":\"Example.JP\"}", "none"},
    {"[]", "unreachable; because the answer is no domain object"},
    {"\"x\"", "unreachable; because the answer is no domain object"},
    {"", "unreachable; because the answer is no JSON: it is empty"},
    {"<html>", "unreachable; because the answer is no JSON: it is malformed at line 1, column 1"},
    {"{" DOMAIN, "unreachable; because the answer is no JSON: it ends too early at line 1, column 50"},
    {"{" DOMAIN "," DOMAIN "}", "unreachable; because the answer is no JSON: a member is there twice at line 1, column 68"},
};

START_TEST(domain)
{
    ck_assert_str_eq(read_as(200, domains[_i].json, strlen(domains[_i].json)), domains[_i].summary);
}
END_TEST

static const struct {
    unsigned status;
    const char *body, *summary;
} errors[] = {
    {404, "{\"errorCode\":404,\"title\":\"Not Found\"}", "free"},
    {404, "{\"rdapConformance\":[\"rdap_level_0\"]}", "free"},
    {404, "{\"errorCode\":404,\"title\":\"Not Found\",\"description\":[\"Reserved name.\"]}", "reserved; because Not Found: Reserved name."},
    {404, "{\"errorCode\":404,\"title\":\"Not Found\",\"description\":[\"All rights reserved.\"]}", "free"},
    {404, "<html>Not Found</html>", "unreachable; because HTTP status 404 without an answer of RDAP"},
    {404, "", "unreachable; because HTTP status 404 without an answer of RDAP"},
    {404, "{\"errorCode\":500}", "unreachable; because HTTP status 404 without an answer of RDAP"},
    {404, "{\"message\":\"Not Found\"}", "unreachable; because HTTP status 404 without an answer of RDAP"},
    {429, "{\"errorCode\":429,\"title\":\"Too many\",\"description\":[\"Wait a while.\",\"Please.\"]}",
     "rate-limited; because status 429: Too many: Wait a while."},
    {429, "", "rate-limited; because status 429"},
    {401, "", "refused; because status 401"},
    {403, "{\"title\":7,\"description\":\"Not you.\"}", "refused; because status 403: Not you."},
    {400, "{}", "unreachable; because status 400"},
    {503, "<p>", "unreachable; because status 503"},
    {200, "{\"errorCode\":404,\"title\":\"Not Found\"}", "free"},
    {200, "{\"errorCode\":429}", "rate-limited; because status 429"},
    {200, "{\"errorCode\":403}", "refused; because status 403"},
    {200, "{\"errorCode\":\"404\"}", "unreachable; because the answer is an error object without a number"},
};

START_TEST(error)
{
    ck_assert_str_eq(read_as(errors[_i].status, errors[_i].body, strlen(errors[_i].body)), errors[_i].summary);
}
END_TEST

/* Depth, size and number have limits. */
START_TEST(limits)
{
    struct dcv_buf buf;
    struct dcv_registry_reading reading;
    dcv_buf_init(&buf, 1 << 21);
    dcv_buf_fill(&buf, '[', 100000);
    ck_assert_str_eq(read_as(200, buf.data, buf.len), "unreachable; because the answer is no JSON: it is nested too deep at line 1, column 2049");
    dcv_buf_clear(&buf);
    dcv_buf_fill(&buf, ' ', (1 << 20) + 1);
    ck_assert_str_eq(read_as(200, buf.data, buf.len), "unreachable; because the answer is no JSON: it is longer than a MiB");
    dcv_buf_clear(&buf);
    dcv_buf_puts(&buf, "{" DOMAIN ",\"entities\":[");
    for (unsigned i = 0; i < 100; i++)
        dcv_buf_printf(&buf, ENTITY("abuse", CARD(EMAIL("a%u@example.jp"))) ",", i);
    dcv_buf_puts(&buf, ENTITY("registrant", CARD(EMAIL("a@example.jp"))) "],\"status\":[\"x\"");
    dcv_buf_fill(&buf, ' ', 100);
    for (unsigned i = 0; i < 100; i++)
        dcv_buf_puts(&buf, ",\"x\"");
    dcv_buf_puts(&buf, "]}");
    ck_assert_int_eq(dcv_rdap_read(arena, 200, buf.data, buf.len, "example.jp", &reading), DCV_OK);
    ck_assert_uint_eq(reading.contacts.count, DCV_REGISTRY_CONTACTS);
    ck_assert_str_eq(reading.contacts.items[0].role, "registrant"); /* those of use are not crowded out */
    ck_assert_uint_eq(reading.statuses.count, DCV_REGISTRY_STATUSES);
    dcv_buf_clear(&buf);
    dcv_buf_puts(&buf, "{" DOMAIN ",\"entities\":[{\"roles\":[\"registrar\"],\"handle\":\"");
    dcv_buf_fill(&buf, 'x', DCV_REGISTRY_TEXT + 1);
    dcv_buf_puts(&buf, "\"}]}");
    ck_assert_str_eq(read_as(200, buf.data, buf.len), "none registrar=");
    dcv_buf_done(&buf);
}
END_TEST

/* Memory that runs out at any point is told as such, and nothing else happens. */
START_TEST(memory)
{
    static const char text[] = "{" DOMAIN ",\"status\":[\"something new\"],\"entities\":[{\"handle\":\"H1\",\"roles\":[\"registrant\",\"x\"],"
                               CARD(EMAIL("a@example.jp") ",7") "}]}";
    enum dcv_status status = DCV_ERR_NOMEM;
    size_t failures = 0;
    for (size_t left = 1; status == DCV_ERR_NOMEM; left++, failures++) {
        size_t rest = left;
        const struct dcv_allocator allocator = {scarce, &rest};
        struct dcv_arena *small = dcv_arena_create(&allocator);
        struct dcv_registry_reading reading;
        struct dcv_rdap_bootstrap *bootstrap;
        const char *what;
        if (small == NULL)
            continue;
        status = dcv_rdap_read(small, 200, text, sizeof text - 1, "example.jp", &reading);
        const enum dcv_status other = dcv_rdap_bootstrap_read(small, text, sizeof text - 1, &bootstrap, &what);
        ck_assert(other == DCV_ERR_NOMEM || other == DCV_ERR_SYNTAX);
        dcv_arena_free(small);
    }
    ck_assert_int_eq(status, DCV_OK);
    ck_assert_uint_gt(failures, 1);
}
END_TEST

/* ---- bootstrap ---------------------------------------------------------------------------------------------------------------- */

static struct dcv_rdap_bootstrap *bootstrap_of(const char *text)
{
    struct dcv_rdap_bootstrap *bootstrap = NULL;
    const char *why = "";
    ck_assert_msg(dcv_rdap_bootstrap_read(arena, text, strlen(text), &bootstrap, &why) == DCV_OK, "%s", why);
    return bootstrap;
}

#define FILE_OF(services) "{\"version\":\"1.0\",\"publication\":\"2026-03-23T19:00:02Z\",\"services\":[" services "]}"

START_TEST(find)
{
    static const struct {
        const char *domain, *url;
    } rows[] = {
        {"example.jp", "https://jp.example/rdap/"},
        {"www.example.jp", "https://jp.example/rdap/"},
        {"example.co.jp", "https://co.jp.example/"},
        {"co.jp", "https://co.jp.example/"},
        {"xco.jp", "https://jp.example/rdap/"},
        {"example.test", "https://second.example/"},
        {"example.plain", NULL},
        {"example.example", NULL},
        {"xjp", NULL},
        {"", NULL},
    };
    static const char file[] =
        FILE_OF("[[\"JP\"],[\"https://jp.example/rdap\"]],[[\"co.jp.\"],[\"https://co.jp.example/\"]],"
                "[[\"test\"],[\"http://first.example/\",\"https://second.example/\",\"https://third.example/\"]],"
                "[[\"plain\"],[\"http://plain.example/\",\"https://a@b.example/\",\"https://c.example/?x\",\"https:///\"]],"
                "[[\"jp\"],[\"https://too-late.example/\"]]");
    const struct dcv_rdap_bootstrap *bootstrap = bootstrap_of(file);
    for (int i = 0; i < ROWS(rows); i++) {
        const char *url = dcv_rdap_bootstrap_find(bootstrap, rows[i].domain);
        if (rows[i].url == NULL)
            ck_assert_ptr_null(url);
        else
            ck_assert_str_eq(url, rows[i].url);
    }
    ck_assert_int_eq(dcv_rdap_bootstrap_published(bootstrap), 1774292402);
    ck_assert_int_eq(dcv_rdap_bootstrap_published(bootstrap_of("{\"version\":\"1.0\",\"services\":[]}")), 0);
    ck_assert_str_eq(dcv_rdap_bootstrap_find(bootstrap_of(FILE_OF("[[\"\"],[\"https://root.example/\"]]")), "example.jp"), "https://root.example/");
}
END_TEST

static const struct {
    const char *text, *error;
} damages[] = {
    {"", "no JSON: it is empty"},
    {"{\"version\":\"1.0\"", "no JSON: it ends too early at line 1, column 16"},
    {"[]", "it is no object"},
    {"{\"services\":[]}", "\"version\" is not \"1.0\""},
    {"{\"version\":\"2.0\",\"services\":[]}", "\"version\" is not \"1.0\""},
    {"{\"version\":\"1.0\"}", "\"services\" is no array, or too long a one"},
    {FILE_OF("[[\"jp\"],[\"https://a.example/\"]],[]"), "services[1] is no array of two arrays"},
    {FILE_OF("[[\"jp\"],\"https://a.example/\"]"), "services[0] is no array of two arrays"},
    {FILE_OF("[[\"jp\"],[\"https://a.example/\"],[]]"), "services[0] is no array of two arrays"},
    {FILE_OF("[[7],[\"https://a.example/\"]]"), "services[0][0]: an entry is no text"},
    {FILE_OF("[[\"\\u0007\"],[\"https://a.example/\"]]"), "services[0][0]: an entry is no domain name"},
    {FILE_OF("[[\"jp\"],[\"https://a.example/\",7]]"), "services[0][1]: a URL is no text"},
};

START_TEST(damage)
{
    struct dcv_rdap_bootstrap *bootstrap = NULL;
    const char *why = NULL;
    ck_assert_int_eq(dcv_rdap_bootstrap_read(arena, damages[_i].text, strlen(damages[_i].text), &bootstrap, &why), DCV_ERR_SYNTAX);
    ck_assert_str_eq(why, damages[_i].error);
}
END_TEST

START_TEST(shipped)
{
    size_t len;
    const char *text = dcv_rdap_bootstrap_shipped(&len);
    ck_assert_uint_eq(strlen(text), len);
    const struct dcv_rdap_bootstrap *bootstrap = bootstrap_of(text);
    ck_assert_int_ne(dcv_rdap_bootstrap_published(bootstrap), 0);
    ck_assert_str_eq(dcv_rdap_bootstrap_find(bootstrap, "example.com"), "https://rdap.verisign.com/com/v1/");
    ck_assert_ptr_null(dcv_rdap_bootstrap_find(bootstrap, "example.jp"));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("rdap");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, domain, 0, ROWS(domains));
    tcase_add_loop_test(tcase, error, 0, ROWS(errors));
    tcase_add_test(tcase, limits);
    tcase_add_test(tcase, memory);
    tcase_add_test(tcase, find);
    tcase_add_loop_test(tcase, damage, 0, ROWS(damages));
    tcase_add_test(tcase, shipped);
    return run_cases("rdap", tcase);
}
