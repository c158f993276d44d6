/* The public interface, as a program uses it: judging recorded facts, without a network. */
#include <dcvready/dcvready.h>

#include "support/rows.h"
#include "support/run.h"
#include "support/temporary.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char facts[] =
    "{\"name\":\"example.jp\",\"about\":{\"at\":\"2026-11-21T09:30:00Z\",\"dnssec\":\"off\"},\"facts\":["
    "{\"kind\":\"dns\",\"name\":\"example.jp\",\"type\":\"CAA\",\"outcome\":\"answer\","
    "\"answer\":[{\"text\":\"example.jp. 300 IN CAA 0 issue \\\"sectigo.com\\\"\"}]},"
    "{\"kind\":\"dns\",\"name\":\"example.jp\",\"type\":\"MX\",\"outcome\":\"answer\","
    "\"answer\":[{\"text\":\"example.jp. 300 IN MX 10 mail.example.jp.\"}]},"
    "{\"kind\":\"dns\",\"name\":\"mail.example.jp\",\"type\":\"A\",\"outcome\":\"answer\","
    "\"answer\":[{\"text\":\"mail.example.jp. 300 IN A 192.0.2.25\"}]},"
    "{\"kind\":\"dns\",\"name\":\"mail.example.jp\",\"type\":\"AAAA\",\"outcome\":\"nodata\"},"
    "{\"kind\":\"dns\",\"name\":\"_validation-contactemail.example.jp\",\"type\":\"TXT\",\"outcome\":\"nxdomain\"}]}";

static char path[TEMPORARY_MAX];
static struct dcv_session *session;

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void setup(void)
{
    const int fd = temporary_file(path);
    ck_assert_int_eq(close(fd), 0);
    write_file(facts);
    ck_assert_int_eq(dcv_session_create(&session), DCV_OK);
}

static void teardown(void)
{
    dcv_session_free(session);
    (void)unlink(path);
}

/* Output of a run; fails with `error` once `room` is used up. */
struct sink {
    char text[100000];
    size_t len, room;
    int error;
};

static struct sink sink;

static int take(void *user, const void *data, size_t len)
{
    struct sink *into = user;
    if (len > into->room - into->len)
        return into->error;
    memcpy(into->text + into->len, data, len);
    into->len += len;
    into->text[into->len] = '\0';
    return 0;
}

static enum dcv_status run(enum dcv_view view)
{
    sink = (struct sink){.room = sizeof sink.text - 1, .error = ENOSPC};
    return dcv_session_run(session, view, take, &sink);
}

static void set(const char *option, const char *value)
{
    ck_assert_msg(dcv_session_set(session, option, value) == DCV_OK, "%s=%s: %s", option, value, dcv_session_error(session));
}

static void judge(const char *cas)
{
    set("ca", cas);
    set("as-of", "2026-11-21");
    set("format", "json");
    ck_assert_int_eq(dcv_session_add_facts(session, path), DCV_OK);
}

START_TEST(results)
{
    judge("sectigo,digicert");
    ck_assert_msg(run(DCV_SHOW_CHECK) == DCV_OK, "%s", dcv_session_error(session));
    ck_assert_str_eq(dcv_session_error(session), "");
    ck_assert_uint_eq(dcv_session_result_count(session), 1);
    const struct dcv_result *result = dcv_session_result(session, 0);
    struct dcv_approver approver;
    ck_assert_str_eq(dcv_result_name(result), "example.jp");
    ck_assert_ptr_null(dcv_result_error(result));
    ck_assert_str_eq(dcv_result_verdict(result, "sectigo"), "ready");
    ck_assert_str_eq(dcv_result_verdict(result, "digicert"), "not-ready");
    ck_assert_ptr_null(dcv_result_verdict(result, "certum"));
    ck_assert_int_eq(dcv_session_exit_status(session), 1);
    ck_assert_uint_eq(dcv_result_approver_count(result, "sectigo"), 5);
    ck_assert(dcv_result_approver(result, "sectigo", 0, &approver));
    ck_assert_str_eq(approver.address, "admin@example.jp");
    ck_assert_str_eq(approver.source, "constructed");
    ck_assert_str_eq(approver.adn, "example.jp");
    ck_assert_str_eq(approver.status, "discouraged");
    ck_assert_str_eq(approver.mail, "mx");
    ck_assert(approver.usable);
    ck_assert(!dcv_result_approver(result, "sectigo", 5, &approver));
    ck_assert(!dcv_result_approver(result, "certum", 0, &approver));
    ck_assert_int_eq(sink.text[0], '[');
}
END_TEST

START_TEST(runs_again_the_same)
{
    static char first[sizeof sink.text];
    judge("sectigo");
    ck_assert_int_eq(run(DCV_SHOW_CHECK), DCV_OK);
    memcpy(first, sink.text, sink.len + 1);
    ck_assert_int_eq(run(DCV_SHOW_CHECK), DCV_OK);
    ck_assert_str_eq(sink.text, first);
    ck_assert_int_eq(dcv_session_exit_status(session), 0);
}
END_TEST

START_TEST(asked_about_an_address)
{
    static const struct {
        const char *address;
        int status;
    } rows[] = {{"admin@example.jp", 0}, {"info@example.jp", 1}};
    judge("sectigo");
    set("address", rows[_i].address);
    ck_assert_int_eq(run(DCV_SHOW_ACCEPTS), DCV_OK);
    ck_assert_int_eq(dcv_session_exit_status(session), rows[_i].status);
}
END_TEST

START_TEST(invalid_name_is_a_result)
{
    ck_assert_int_eq(dcv_session_add_name(session, "a..b"), DCV_OK);
    set("format", "json");
    ck_assert_int_eq(run(DCV_SHOW_CHECK), DCV_OK);
    ck_assert_uint_eq(dcv_session_result_count(session), 1);
    ck_assert_str_eq(dcv_result_name(dcv_session_result(session, 0)), "a..b");
    ck_assert_ptr_nonnull(dcv_result_error(dcv_session_result(session, 0)));
    ck_assert_ptr_null(dcv_result_verdict(dcv_session_result(session, 0), "sectigo"));
    ck_assert_int_eq(dcv_session_exit_status(session), 2);
}
END_TEST

/* Output that cannot be written ends the run, however much of it was taken before. */
START_TEST(output_cannot_be_written)
{
    judge("sectigo");
    ck_assert_int_eq(run(DCV_SHOW_CHECK), DCV_OK);
    const size_t whole = sink.len;
    const size_t rooms[] = {0, 1, whole / 2, whole - 1};
    for (int i = 0; i < ROWS(rooms); i++) {
        sink = (struct sink){.room = rooms[i], .error = ENOSPC};
        ck_assert_int_eq(dcv_session_run(session, DCV_SHOW_CHECK, take, &sink), DCV_ERR_IO);
        ck_assert_str_ne(dcv_session_error(session), "");
        ck_assert_ptr_null(strchr(dcv_session_error(session), '\n'));
    }
    sink = (struct sink){.room = 0, .error = EPIPE};
    ck_assert_int_eq(dcv_session_show_cas(session, NULL, take, &sink), DCV_ERR_IO);
    ck_assert_int_eq(dcv_session_show_rules(session, NULL, take, &sink), DCV_ERR_IO);
}
END_TEST

static const struct {
    const char *option, *value;
    enum dcv_status status;
    const char *error; /* a part of it */
} bad_options[] = {
    {"no-such-option", "", DCV_ERR_USAGE, "no-such-option"},
    {"ca", "sectgo", DCV_ERR_USAGE, "sectigo"},
    {"ca", "", DCV_ERR_USAGE, ""},
    {"as-of", "2026-02-30", DCV_ERR_USAGE, "2026-02-30"},
    {"as-of", "tomorrow", DCV_ERR_USAGE, "tomorrow"},
    {"method", "carrier-pigeon", DCV_ERR_USAGE, "carrier-pigeon"},
    {"format", "xml", DCV_ERR_USAGE, "xml"},
    {"resolver", "resolver.example", DCV_ERR_USAGE, "resolver.example"},
    {"dns-port", "0", DCV_ERR_USAGE, "0"},
    {"dns-port", "65536", DCV_ERR_USAGE, "65536"},
    {"dnssec", "perhaps", DCV_ERR_USAGE, "perhaps"},
    {"deadline", "-1", DCV_ERR_USAGE, "-1"},
    {"deadline", "nan", DCV_ERR_USAGE, "nan"},
    {"timeout", "soon", DCV_ERR_USAGE, "soon"},
    {"concurrency", "0", DCV_ERR_USAGE, "0"},
    {"width", "-5", DCV_ERR_USAGE, "-5"},
    {"address", "no address", DCV_ERR_USAGE, "no address"},
};

START_TEST(bad_option)
{
    enum dcv_status status = dcv_session_set(session, bad_options[_i].option, bad_options[_i].value);
    if (status == DCV_OK && strcmp(bad_options[_i].option, "ca") == 0) { /* profiles are read when they are needed */
        ck_assert_int_eq(dcv_session_add_facts(session, path), DCV_OK);
        status = run(DCV_SHOW_CHECK);
    }
    ck_assert_msg(status == bad_options[_i].status, "%s=%s: %d", bad_options[_i].option, bad_options[_i].value, (int)status);
    ck_assert_msg(strstr(dcv_session_error(session), bad_options[_i].error) != NULL, "%s", dcv_session_error(session));
    ck_assert_str_ne(dcv_session_error(session), "");
}
END_TEST

static const struct {
    const char *text, *error;
} bad_files[] = {
    {"no JSON at all", "line 1"},
    {"{\"name\":\"example.jp\"}", "--facts"},
    {"{\"name\":\"example.jp\",\"facts\":[{\"kind\":\"odd\"}]}", "kind"},
    {"dcvready-tape 1\nx\n", "2"},
};

/* Refused when given or when judged, with the name of the file and what is wrong. */
START_TEST(bad_facts)
{
    write_file(bad_files[_i].text);
    enum dcv_status status = dcv_session_add_facts(session, path);
    if (status == DCV_OK)
        status = run(DCV_SHOW_CHECK);
    ck_assert_int_ne(status, DCV_OK);
    ck_assert_msg(strstr(dcv_session_error(session), bad_files[_i].error) != NULL, "%s", dcv_session_error(session));
    ck_assert_msg(strstr(dcv_session_error(session), path) != NULL, "%s", dcv_session_error(session));
}
END_TEST

START_TEST(missing_files)
{
    ck_assert_int_ne(dcv_session_add_facts(session, "no/such/file"), DCV_OK);
    ck_assert_ptr_nonnull(strstr(dcv_session_error(session), "no/such/file"));
    enum dcv_status status = dcv_session_set(session, "psl", "no/such/list");
    if (status == DCV_OK) {
        ck_assert_int_eq(dcv_session_add_facts(session, path), DCV_OK);
        status = run(DCV_SHOW_CHECK);
    }
    ck_assert_int_ne(status, DCV_OK);
    ck_assert_ptr_nonnull(strstr(dcv_session_error(session), "no/such/list"));
}
END_TEST

START_TEST(shows_by_id)
{
    set("format", "text");
    sink = (struct sink){.room = sizeof sink.text - 1};
    ck_assert_int_eq(dcv_session_show_rules(session, "caa-forbids", take, &sink), DCV_OK);
    ck_assert_ptr_nonnull(strstr(sink.text, "caa-forbids"));
    ck_assert_int_eq(dcv_session_show_cas(session, "sectigo", take, &sink), DCV_OK);
    ck_assert_ptr_nonnull(strstr(sink.text, "Sectigo"));
    ck_assert_int_eq(dcv_session_show_rules(session, "caa-forbid", take, &sink), DCV_ERR_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(dcv_session_error(session), "caa-forbids"));
    ck_assert_int_eq(dcv_session_show_cas(session, "sectgo", take, &sink), DCV_ERR_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(dcv_session_error(session), "sectigo"));
}
END_TEST

START_TEST(version_and_nothing)
{
    ck_assert_str_ne(dcv_version(), "");
    ck_assert_str_eq(dcv_session_error(session), "");
    ck_assert_uint_eq(dcv_session_result_count(session), 0);
    dcv_session_free(NULL);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("session");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, results);
    tcase_add_test(tcase, runs_again_the_same);
    tcase_add_loop_test(tcase, asked_about_an_address, 0, 2);
    tcase_add_test(tcase, invalid_name_is_a_result);
    tcase_add_test(tcase, output_cannot_be_written);
    tcase_add_loop_test(tcase, bad_option, 0, ROWS(bad_options));
    tcase_add_loop_test(tcase, bad_facts, 0, ROWS(bad_files));
    tcase_add_test(tcase, missing_files);
    tcase_add_test(tcase, shows_by_id);
    tcase_add_test(tcase, version_and_nothing);
    return run_cases("session", tcase);
}
