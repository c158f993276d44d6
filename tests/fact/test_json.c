#include "fact/json.h"

#include "fact/document.h"
#include "support/rows.h"
#include "support/run.h"
#include "support/world.h"

#include <string.h>

static const char zone[] = "example.jp. IN SOA ns.example.jp. host\\.master.example.jp. 1 2 3 4 5\n"
                           "www.example.jp. IN CNAME example.jp.\n"
                           "example.jp. IN MX 10 mail.example.jp.\nmail.example.jp. IN A 192.0.2.25\n"
                           "example.jp. IN CAA 0 issue \"sectigo.com\"\n"
                           "_validation-contactemail.example.jp. IN TXT \"a\\\"b\\\\\\000\\255\" \"@example.jp\"\n"
                           "! bogus _validation-contactemail.www.example.jp TXT\n"
                           "! timeout jp CAA\n! whois example.jp admin a@example.jp\n! rdap example.jp - redacted\n"
                           "! whois example.jp tech - withheld handle=AB012JP\n! registry example.jp expires 2027-03-31\n"
                           "! registry example.jp status clientHold\n! registry example.jp registrar Example Registrar\n"
                           "! smtp mail.example.jp 192.0.2.25 talked stage=rcpt starttls=failed flaw=\"self-signed \\ \xff\" code=454 text=later\n"
                           "! rcpt 192.0.2.25 admin@example.jp 250 2.1.5 Ok\n! rcpt 192.0.2.25 ?x7@example.jp 550 again \xe6\x97\xa5\x07\xc3\n"
                           "! smtp mail.example.jp - no-address why=\"no address\"\n"
                           "! smtp mail.example.jp 192.0.2.25 talked starttls=done sound\n"
                           "! http http://www.example.jp/.well-known/f?x 192.0.2.80 talked 301 location=https://www.example.jp:443/\xffg random\n"
                           "! hop https://www.example.jp/g 2001:db8::80 talked 200 sound flaw=x body=differs\n"
                           "! http-01 http://www.example.jp/.well-known/f 192.0.2.80 timeout why=\"no answer\"\n"
                           "! http-01 http://www.example.jp/ 192.0.2.81 talked 200 body=same\n"
                           "! alpn www.example.jp 192.0.2.80 talked handshake negotiated=acme-tls/1 identifier\n"
                           "! alpn www.example.jp 2001:db8::80 talked no-protocol why=\"no such protocol\"\n";

static char *dump(json_t *json)
{
    char *text = json_dumps(json, JSON_INDENT(1) | JSON_SORT_KEYS);
    ck_assert_ptr_nonnull(text);
    json_decref(json);
    return text;
}

/* Written, read and written again: the same text; twice, so that reading loses nothing that writing shows. */
START_TEST(round_trip)
{
    struct dcv_facts *facts = world_facts("www.example.jp", zone), *again = dcv_facts_create();
    const char *error = NULL;
    char *array = dump(dcv_facts_to_json(facts)), *about = dump(dcv_facts_about_to_json(facts));
    json_t *read_array = json_loads(array, 0, NULL), *read_about = json_loads(about, 0, NULL);
    ck_assert_msg(dcv_facts_from_json(again, read_array, read_about, &error) == DCV_OK, "%s", error);
    dcv_facts_freeze(again);
    ck_assert_uint_eq(dcv_facts_count(again), dcv_facts_count(facts));
    char *second = dump(dcv_facts_to_json(again)), *second_about = dump(dcv_facts_about_to_json(again));
    ck_assert_str_eq(second, array);
    ck_assert_str_eq(second_about, about);
    for (size_t i = 0; i < dcv_facts_count(facts); i++) {
        const struct dcv_fact *a = dcv_facts_at(facts, i), *b = dcv_facts_at(again, i);
        ck_assert_int_eq(a->kind, b->kind);
        if (a->kind == DCV_FACT_DNS)
            ck_assert_int_eq(a->dns.message == NULL, b->dns.message == NULL);
    }
    free(array);
    free(about);
    free(second);
    free(second_about);
    json_decref(read_array);
    json_decref(read_about);
    dcv_facts_free(facts);
    dcv_facts_free(again);
}
END_TEST

/* Records may be given in presentation form, for those who write facts by hand. */
START_TEST(records_as_text)
{
    struct dcv_facts *facts = dcv_facts_create();
    const char *error = NULL;
    json_t *array = json_loads("[{\"kind\":\"dns\",\"name\":\"example.jp\",\"type\":\"MX\",\"outcome\":\"answer\","
                               "\"answer\":[{\"text\":\"example.jp. 300 IN MX 10 mail.example.jp.\"}]}]",
                               0, NULL);
    ck_assert_msg(dcv_facts_from_json(facts, array, NULL, &error) == DCV_OK, "%s", error);
    const struct dcv_dns_fact *fact = &dcv_facts_at(facts, 0)->dns;
    struct dcv_mx mx;
    ck_assert_uint_eq(fact->message->answer.count, 1);
    ck_assert(dcv_rr_mx(&fact->message->answer.items[0], &mx));
    ck_assert_int_eq(fact->security, DCV_SECURITY_UNCHECKED);
    json_decref(array);
    dcv_facts_free(facts);
}
END_TEST

#define DNS "\"kind\":\"dns\",\"name\":\"example.jp\",\"type\":\"A\",\"outcome\":\"nodata\""
#define SMTP "\"kind\":\"smtp\",\"host\":\"mail.example.jp\""
#define HTTP "\"kind\":\"http\",\"method\":\"http\",\"url\":\"http://example.jp/\""
#define MET ",\"met\":\"talked\""

static const struct {
    const char *json, *error; /* a part of it */
} damages[] = {
    {"{}", "array"},
    {"[{}]", "kind"},
    {"[{\"kind\":7}]", "kind"},
    {"[{\"kind\":\"ftp\"}]", "kind"},
    {"[7]", "kind"},
    {"[{\"kind\":\"dns\"}]", "name"},
    {"[{\"kind\":\"dns\",\"name\":\"a..b\",\"type\":\"A\",\"outcome\":\"nodata\"}]", "name"},
    {"[{\"kind\":\"dns\",\"name\":\"example.jp\",\"type\":\"NOTYPE\",\"outcome\":\"nodata\"}]", "type"},
    {"[{\"kind\":\"dns\",\"name\":\"example.jp\",\"type\":\"A\",\"outcome\":\"perhaps\"}]", "outcome"},
    {"[{\"kind\":\"dns\",\"name\":\"example.jp\",\"type\":\"A\"}]", "outcome"},
    {"[{" DNS ",\"security\":\"sure\"}]", "security"},
    {"[{" DNS ",\"at\":\"yesterday\"}]", "at"},
    {"[{" DNS ",\"answer\":[{}]}]", "text"},
    {"[{" DNS ",\"answer\":[{\"text\":\"example.jp. IN MX\"}]}]", "record"},
    {"[{" DNS ",\"answer\":[{\"owner\":\"example.jp\",\"type\":\"A\",\"rdata\":\"c00002\xc3\xa9\"}]}]", "record"},
    {"[{" DNS ",\"answer\":[{\"owner\":\"example.jp\",\"type\":\"A\",\"rdata\":\"c00\"}]}]", "record"},
    {"[{" DNS ",\"answer\":[{\"owner\":\"example.jp\",\"type\":\"X\",\"rdata\":\"c0000201\"}]}]", "record"},
    {"[{" DNS ",\"answer\":[{\"owner\":\"a..b\",\"type\":\"A\",\"rdata\":\"c0000201\"}]}]", "owner"},
    {"[{\"kind\":\"whois\"}]", "domain"},
    {"[{\"kind\":\"whois\",\"domain\":\"example.jp\",\"state\":\"odd\"}]", "state"},
    {"[{\"kind\":\"whois\",\"domain\":\"example.jp\",\"contacts\":[{\"role\":\"admin\"}]}]", "email"},
    {"[{\"kind\":\"smtp\",\"met\":\"talked\"}]", "host"},
    {"[{\"kind\":\"smtp\",\"host\":\"a..b\",\"met\":\"talked\"}]", "host"},
    {"[{\"kind\":\"smtp\",\"host\":\"mail.example.jp\"}]", "met"},
    {"[{" SMTP ",\"met\":\"odd\"}]", "met"},
    {"[{" SMTP MET ",\"address\":7}]", "text"},
    {"[{" SMTP MET ",\"address\":{\"text\":\"mail.example.jp. IN MX 1 mail.example.jp.\"}}]", "address"},
    {"[{" SMTP MET ",\"address\":{\"owner\":\"mail.example.jp\",\"type\":\"A\",\"rdata\":\"c00002\"}}]", "address"},
    {"[{" SMTP MET ",\"address\":{\"owner\":\"mail.example.jp\",\"type\":\"AAAA\",\"rdata\":\"c0000201\"}}]", "address"},
    {"[{" SMTP MET ",\"stage\":\"data\"}]", "stage"},
    {"[{" SMTP MET ",\"code\":1000}]", "code"},
    {"[{" SMTP MET ",\"code\":-1}]", "code"},
    {"[{" SMTP MET ",\"starttls\":true}]", "starttls"},
    {"[{" SMTP MET ",\"sound\":\"yes\"}]", "sound"},
    {"[{" SMTP MET ",\"recipients\":{}}]", "recipients"},
    {"[{" SMTP MET ",\"recipients\":[7]}]", "address"},
    {"[{" SMTP MET ",\"recipients\":[{\"address\":\"a@example.jp\"}]}]", "result"},
    {"[{" SMTP MET ",\"recipients\":[{\"address\":\"a@example.jp\",\"result\":\"bounced\"}]}]", "result"},
    {"[{" SMTP MET ",\"recipients\":[{\"address\":\"a@example.jp\",\"result\":\"rejected\",\"code\":\"550\"}]}]", "code"},
    {"[{" SMTP MET ",\"rtt_us\":-1}]", "rtt_us"},
    {"[{" SMTP MET ",\"at\":\"now\"}]", "at"},
    {"[{\"kind\":\"http\",\"url\":\"http://example.jp/\"" MET "}]", "method"},
    {"[{\"kind\":\"http\",\"method\":\"http\"" MET "}]", "url"},
    {"[{\"kind\":\"http\",\"method\":\"http\",\"url\":\"http://example.jp/\"}]", "met"},
    {"[{" HTTP MET ",\"hop\":1001}]", "hop"},
    {"[{" HTTP MET ",\"status\":1.5}]", "status"},
    {"[{" HTTP MET ",\"location\":7}]", "location"},
    {"[{" HTTP MET ",\"tls\":0}]", "tls"},
    {"[{" HTTP MET ",\"body\":\"alike\"}]", "body"},
    {"[{\"kind\":\"alpn\"" MET "}]", "name"},
    {"[{\"kind\":\"alpn\",\"name\":\"example.jp\",\"met\":\"talking\"}]", "met"},
    {"[{\"kind\":\"alpn\",\"name\":\"example.jp\"" MET ",\"negotiated\":null}]", "negotiated"},
    {"[{" DNS "},{\"kind\":\"dns\"}]", "fact 1"},
};

START_TEST(damage)
{
    struct dcv_facts *facts = dcv_facts_create();
    const char *error = NULL;
    json_t *array = json_loads(damages[_i].json, 0, NULL);
    ck_assert_ptr_nonnull(array);
    ck_assert_int_eq(dcv_facts_from_json(facts, array, NULL, &error), DCV_ERR_SYNTAX);
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(strstr(error, damages[_i].error) != NULL, "%s: %s", damages[_i].json, error);
    json_decref(array);
    dcv_facts_free(facts);
}
END_TEST

/* What conversations came to is read as it was written, member by member; what is left out of a chain's first request is its own. */
START_TEST(talks)
{
    struct dcv_facts *facts = dcv_facts_create();
    const char *error = NULL;
    json_t *array = json_loads("[{" SMTP MET ",\"address\":{\"text\":\"mail.example.jp. 300 IN AAAA 2001:db8::25\"},\"server\":\"2001:db8::25#25\","
                               "\"stage\":\"rcpt\",\"starttls\":\"done\",\"sound\":true,\"rtt_us\":1500,\"at\":\"2026-11-21T09:30:00Z\","
                               "\"recipients\":[{\"address\":\"x7@example.jp\",\"random\":true,\"result\":\"deferred\",\"code\":450,"
                               "\"text\":\"later\"}]},"
                               "{" HTTP MET ",\"server\":\"192.0.2.80#80\",\"status\":302,\"location\":\"/x\",\"body\":\"any\"},"
                               "{\"kind\":\"alpn\",\"name\":\"example.jp\",\"met\":\"no-route\",\"address\":null}]",
                               0, NULL);
    ck_assert_msg(dcv_facts_from_json(facts, array, NULL, &error) == DCV_OK, "%s", error);
    const struct dcv_smtp_fact *smtp = &dcv_facts_at(facts, 0)->smtp;
    ck_assert_int_eq(smtp->address->type, DCV_TYPE_AAAA);
    ck_assert_int_eq(smtp->starttls, DCV_STARTTLS_DONE);
    ck_assert(smtp->sound && smtp->recipients[0].random && !smtp->recipients[0].again);
    ck_assert_int_eq(smtp->recipients[0].result, DCV_RCPT_DEFERRED);
    ck_assert_uint_eq(smtp->recipients[0].code, 450);
    ck_assert_str_eq(smtp->recipients[0].text, "later");
    ck_assert_uint_eq(smtp->rtt_us, 1500);
    ck_assert_int_eq(smtp->at, 1795253400);
    const struct dcv_http_fact *http = &dcv_facts_at(facts, 1)->http;
    ck_assert_str_eq(http->begin, "http://example.jp/");
    ck_assert_str_eq(http->first_server, "192.0.2.80#80");
    ck_assert_str_eq(http->location, "/x");
    ck_assert_uint_eq(http->status, 302);
    const struct dcv_alpn_fact *alpn = &dcv_facts_at(facts, 2)->alpn;
    ck_assert_int_eq(alpn->met, DCV_MET_NO_ROUTE);
    ck_assert_ptr_null(alpn->address);
    json_decref(array);
    dcv_facts_free(facts);
}
END_TEST

START_TEST(present_facts_win)
{
    struct dcv_facts *facts = dcv_facts_create();
    const char *error = NULL;
    const struct dcv_fact fact = {.kind = DCV_FACT_DNS, .dns = {.name = world_name("example.jp"), .type = DCV_TYPE_A,
                                                                .outcome = DCV_OUTCOME_TIMEOUT, .server = ""}};
    ck_assert_int_eq(dcv_facts_add(facts, &fact, NULL), DCV_OK);
    json_t *array = json_loads("[{" DNS "}]", 0, NULL);
    ck_assert_int_eq(dcv_facts_from_json(facts, array, NULL, &error), DCV_OK);
    ck_assert_uint_eq(dcv_facts_count(facts), 1);
    ck_assert_int_eq(dcv_facts_at(facts, 0)->dns.outcome, DCV_OUTCOME_TIMEOUT);
    json_decref(array);
    dcv_facts_free(facts);
}
END_TEST

/* ---- documents ---------------------------------------------------------------------------------------------------------------- */

#define DOCUMENT(name) "{\"name\":\"" name "\",\"facts\":[{" DNS "}]}"

static const struct {
    const char *text;
    size_t count;
    const char *name; /* of the first; NULL: facts alone */
} files[] = {
    {DOCUMENT("example.jp"), 1, "example.jp"},
    {"[" DOCUMENT("example.jp") "," DOCUMENT("example.com") "]", 2, "example.jp"},
    {DOCUMENT("example.jp") "\n" DOCUMENT("example.com") "\n", 2, "example.jp"},
    {" \r\n\t" DOCUMENT("example.jp"), 1, "example.jp"},
    {"[{" DNS "}]", 1, NULL},
    {"{\"name\":\"*.xn--p8jn\",\"ascii\":\"*.example.jp\",\"facts\":[]}", 1, "*.example.jp"},
    {"{\"input\":\"a..b\",\"error\":{}}\n" DOCUMENT("example.jp"), 1, "example.jp"},
};

START_TEST(files_of_facts)
{
    struct dcv_documents *documents = NULL;
    char *error = NULL;
    ck_assert_msg(dcv_documents_read(files[_i].text, strlen(files[_i].text), &documents, &error) == DCV_OK, "%s", error);
    ck_assert_uint_eq(dcv_documents_count(documents), files[_i].count);
    if (files[_i].name != NULL)
        ck_assert_str_eq(dcv_document_name(documents, 0), files[_i].name);
    else if (files[_i].count != 0)
        ck_assert_ptr_null(dcv_document_name(documents, 0));
    for (size_t i = 0; i < files[_i].count; i++) {
        struct dcv_facts *facts = dcv_facts_create();
        ck_assert_int_eq(dcv_document_add(documents, i, NULL, facts, &error), DCV_OK);
        dcv_facts_free(facts);
    }
    dcv_documents_free(documents);
}
END_TEST

static const struct {
    const char *text, *error;
} bad_files[] = {
    {"{", "line 1"},
    {"", "no facts"},
    {" \n", "no facts"},
    {"\n\n{\"facts\":", "line 3"},
    {DOCUMENT("example.jp") "\nx", "line 2"},
    {"{\"name\":\"example.jp\"}", "--facts"},
    {"{\"facts\":7}", "--facts"},
    {"7", "line 1"},
    {"[7]", "line 1"},
    {"nothing at all", "line 1"},
};

START_TEST(bad_files_of_facts)
{
    struct dcv_documents *documents = NULL;
    char *error = NULL;
    ck_assert_int_eq(dcv_documents_read(bad_files[_i].text, strlen(bad_files[_i].text), &documents, &error), DCV_ERR_SYNTAX);
    ck_assert_ptr_nonnull(error);
    ck_assert_msg(strstr(error, bad_files[_i].error) != NULL, "%s", error);
    ck_assert_ptr_null(documents);
    free(error);
}
END_TEST

START_TEST(deep_nesting)
{
    char text[20000];
    struct dcv_documents *documents = NULL;
    char *error = NULL;
    memset(text, '[', sizeof text);
    ck_assert_int_eq(dcv_documents_read(text, sizeof text, &documents, &error), DCV_ERR_SYNTAX);
    free(error);
}
END_TEST

START_TEST(contacts_of_other_names)
{
    static const char text[] = "[{\"kind\":\"whois\",\"domain\":\"example.jp\",\"contacts\":[]},"
                               "{\"kind\":\"whois\",\"domain\":\"example.com\",\"contacts\":[]}]";
    struct dcv_documents *documents = NULL;
    struct dcv_facts *facts = dcv_facts_create();
    char *error = NULL;
    const struct dcv_name name = world_name("www.example.jp");
    ck_assert_int_eq(dcv_documents_read(text, sizeof text - 1, &documents, &error), DCV_OK);
    ck_assert_int_eq(dcv_document_add(documents, 0, &name, facts, &error), DCV_OK);
    ck_assert_uint_eq(dcv_facts_count(facts), 1);
    dcv_facts_free(facts);
    dcv_documents_free(documents);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("json");
    tcase_add_unchecked_fixture(tcase, world_setup, world_teardown);
    tcase_add_test(tcase, round_trip);
    tcase_add_test(tcase, records_as_text);
    tcase_add_loop_test(tcase, damage, 0, ROWS(damages));
    tcase_add_test(tcase, talks);
    tcase_add_test(tcase, present_facts_win);
    tcase_add_loop_test(tcase, files_of_facts, 0, ROWS(files));
    tcase_add_loop_test(tcase, bad_files_of_facts, 0, ROWS(bad_files));
    tcase_add_test(tcase, deep_nesting);
    tcase_add_test(tcase, contacts_of_other_names);
    return run_cases("json", tcase);
}
