#include "queue/internal.h"

#include "support/run.h"
#include "support/short.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

static struct dcv_queue_options plain(void)
{
    return (struct dcv_queue_options){.hosts = "mq.example.test", .user = "u", .password = "p", .run = "r"};
}

/* ---- options ---------------------------------------------------------------------------------------------------------------------- */

/* The hosts as "name port", with "|" between them; or what is said of them. */
static const char *read_hosts(const char *hosts, bool tls)
{
    static char shown[1024];
    struct dcv_queue_options options = plain();
    struct dcv_queue_settings settings;
    char *error = NULL;
    size_t len = 0;
    options.hosts = hosts;
    options.tls = tls;
    const enum dcv_status status = dcv_queue_settings_init(&settings, &options, &error);
    if (status == DCV_OK) {
        for (size_t i = 0; i < settings.host_count; i++)
            len += (size_t)snprintf(shown + len, sizeof shown - len, "%s%s %u", i != 0 ? "|" : "", settings.hosts[i].name,
                                    (unsigned)settings.hosts[i].port);
    } else {
        ck_assert_int_eq(status, DCV_ERR_USAGE);
        ck_assert_ptr_nonnull(error);
        (void)snprintf(shown, sizeof shown, "%s", error);
    }
    free(error);
    dcv_queue_settings_done(&settings);
    return shown;
}

START_TEST(hosts)
{
    static const struct {
        const char *given, *read;
        bool tls;
    } rows[] = {
        {"mq.example.test", "mq.example.test 5672", false},
        {"mq.example.test", "mq.example.test 5671", true},
        {"a:1,b,192.0.2.1:65535", "a 1|b 5672|192.0.2.1 65535", false},
        {"[2001:db8::1],[2001:db8::2]:99", "2001:db8::1 5671|2001:db8::2 99", true},
        {"[fe80::1%eth0]", "fe80::1%eth0 5672", false},
        {"", "there is no host", false},
        {NULL, "there is no host", false},
        {"a,", "'': is no HOST or HOST:PORT", false},
        {",a", "'': is no HOST or HOST:PORT", false},
        {"a, b", "' b': is no name or address of a host", false},
        {":5672", "':5672': is no name or address of a host", false},
        {"[]", "'[]': is no name or address of a host", false},
        {"-a", "'-a': is no name or address of a host", false},
        {"u@a", "'u@a': is no name or address of a host", false},
        {"amqp://a", "'amqp://a': the port is no number from 1 to 65535", false},
        {"a:", "'a:': the port is no number from 1 to 65535", false},
        {"a:0", "'a:0': the port is no number from 1 to 65535", false},
        {"a:65536", "'a:65536': the port is no number from 1 to 65535", false},
        {"a:1x", "'a:1x': the port is no number from 1 to 65535", false},
        {"a:000000005672", "'a:000000005672': the port is no number from 1 to 65535", false},
        {"2001:db8::1", "'2001:db8::1': the port is no number from 1 to 65535", false},
        {"[2001:db8::1", "'[2001:db8::1': is no HOST or HOST:PORT", false},
        {"[2001:db8::1]5672", "'[2001:db8::1]5672': is no HOST or HOST:PORT", false},
        {"a\033[2J", "'a\\x1b[2J': is no name or address of a host", false},
        {"1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "there are too many hosts", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_str_eq(read_hosts(rows[i].given, rows[i].tls), rows[i].read);
}
END_TEST

/* What is said of the options; "": they do. */
static const char *judge(const struct dcv_queue_options *options)
{
    static char shown[256];
    struct dcv_queue *queue = NULL;
    char *error = NULL;
    const enum dcv_status status = dcv_queue_create(options, &queue, &error);
    ck_assert_int_eq(status, error != NULL ? DCV_ERR_USAGE : DCV_OK);
    (void)snprintf(shown, sizeof shown, "%s", error != NULL ? error : "");
    free(error);
    if (status == DCV_OK)
        dcv_queue_free(queue);
    return shown;
}

START_TEST(contradictions)
{
    struct dcv_queue_options options = plain();
    ck_assert_str_eq(judge(&options), "");
    options.password = NULL;
    ck_assert_str_eq(judge(&options), "a user and a password go together");
    options.user = NULL;
    ck_assert_str_eq(judge(&options), "there is neither a user nor a certificate to log in with");
    options.cert_file = "c";
    ck_assert_str_eq(judge(&options), "a certificate and its key go together");
    options.key_file = "k";
    ck_assert_str_eq(judge(&options), "certificates are of use with TLS only");
    options.tls = true;
    ck_assert_str_eq(judge(&options), "");
    options = plain();
    options.ca_file = "c";
    ck_assert_str_eq(judge(&options), "certificates are of use with TLS only");
    options = plain();
    options.user = "";
    ck_assert_str_eq(judge(&options), "the user's name is empty or too long");
}
END_TEST

START_TEST(runs)
{
    static const char *const wrong[] = {"a.b", "a b", "a/b", "\u00e9", "*", "0123456789012345678901234567890123456789012345678901234567890123x"};
    struct dcv_queue_options options = plain();
    options.run = "2025-01-01_Ab";
    ck_assert_str_eq(judge(&options), "");
    options.run = "0123456789012345678901234567890123456789012345678901234567890123";
    ck_assert_str_eq(judge(&options), "");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        options.run = wrong[i];
        ck_assert_ptr_nonnull(strstr(judge(&options), "the id of a run is of"));
    }
    options.run = "";
    ck_assert_str_eq(judge(&options), "the run has no id");
    options.run = NULL;
    ck_assert_str_eq(judge(&options), "the run has no id");
}
END_TEST

START_TEST(defaults)
{
    struct dcv_queue_options options = plain();
    struct dcv_queue_settings settings;
    char *error = NULL, name[DCV_QUEUE_NAME_MAX];
    ck_assert_int_eq(dcv_queue_settings_init(&settings, &options, &error), DCV_OK);
    ck_assert_str_eq(settings.vhost, "/");
    ck_assert_uint_eq(settings.prefetch, 4);
    ck_assert_uint_eq(settings.connect_ms, 10000);
    ck_assert_uint_eq(settings.backoff_ms, 30000);
    dcv_queue_name(&settings, DCV_QUEUE_JOBS, name);
    ck_assert_str_eq(name, "dcv.r.jobs");
    dcv_queue_name(&settings, DCV_QUEUE_RESULTS, name);
    ck_assert_str_eq(name, "dcv.r.results");
    dcv_queue_name(&settings, DCV_QUEUE_DEAD, name);
    ck_assert_str_eq(name, "dcv.r.dead");
    dcv_queue_settings_done(&settings);
    ck_assert_ptr_null(settings.password);
}
END_TEST

/* ---- events ----------------------------------------------------------------------------------------------------------------------- */

static struct dcv_queue *create(void)
{
    struct dcv_queue_options options = plain();
    struct dcv_queue *queue = NULL;
    char *error = NULL;
    ck_assert_int_eq(dcv_queue_create(&options, &queue, &error), DCV_OK);
    return queue;
}

static bool readable(const struct dcv_queue *queue)
{
    struct pollfd poller = {.fd = dcv_queue_fd(queue), .events = POLLIN};
    return poll(&poller, 1, 0) == 1;
}

static void expect(struct dcv_queue *queue, enum dcv_queue_event_kind kind, const char *text)
{
    struct dcv_queue_event event;
    ck_assert(readable(queue));
    ck_assert(dcv_queue_next(queue, 0, &event));
    ck_assert_int_eq(event.kind, kind);
    if (text != NULL)
        ck_assert_str_eq(event.text, text);
    else
        ck_assert_ptr_null(event.text);
    dcv_queue_event_done(&event);
}

START_TEST(events_in_order)
{
    struct dcv_queue *queue = create();
    struct dcv_queue_event event;
    ck_assert(!readable(queue));
    ck_assert(!dcv_queue_next(queue, 0, &event));
    ck_assert(!dcv_queue_next(queue, 1, &event));
    dcv_queue_tell_text(queue, DCV_QUEUE_UP, "a", 1);
    dcv_queue_tell_text(queue, DCV_QUEUE_DOWN, "b\n\\", 3);
    expect(queue, DCV_QUEUE_UP, "a");
    expect(queue, DCV_QUEUE_DOWN, "b\\x0a\\\\");
    ck_assert(!readable(queue));
    dcv_queue_tell_text(queue, DCV_QUEUE_REMOVED, "", 0);
    expect(queue, DCV_QUEUE_REMOVED, NULL);
    ck_assert(!readable(queue));
    ck_assert(!dcv_queue_next(queue, 0, &event));
    dcv_queue_tell_text(queue, DCV_QUEUE_UP, "left behind", 4);
    dcv_queue_free(queue);
}
END_TEST

static void *tell_later(void *queue)
{
    dcv_queue_tell_text(queue, DCV_QUEUE_UP, "a", 1);
    return NULL;
}

START_TEST(waiting_for_an_event)
{
    struct dcv_queue *queue = create();
    struct dcv_queue_event event;
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, tell_later, queue), 0);
    ck_assert(dcv_queue_next(queue, 60000, &event));
    ck_assert_int_eq(event.kind, DCV_QUEUE_UP);
    dcv_queue_event_done(&event);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    dcv_queue_free(queue);
}
END_TEST

START_TEST(bounds_of_a_message)
{
    struct dcv_queue *queue = create();
    char id[DCV_QUEUE_ID_MAX + 2];
    memset(id, 'i', sizeof id);
    id[DCV_QUEUE_ID_MAX + 1] = '\0';
    ck_assert_int_eq(dcv_queue_publish(queue, DCV_QUEUE_JOBS, id, "", 0), DCV_ERR_LIMIT);
    ck_assert_int_eq(dcv_queue_publish(queue, DCV_QUEUE_JOBS, id + 1, "", 0), DCV_OK);
    ck_assert_int_eq(dcv_queue_publish(queue, DCV_QUEUE_JOBS, "i", NULL, DCV_QUEUE_SEND_MAX + 1), DCV_ERR_LIMIT);
    dcv_queue_free(queue);
}
END_TEST

/* With each allocation missing in turn: nothing is left behind. */
START_TEST(short_of_memory_in_options)
{
    struct dcv_queue_options options = plain();
    enum dcv_status status = DCV_ERR_NOMEM;
    options.hosts = "a,b";
    for (long count = 0; status != DCV_OK; count++) {
        struct dcv_queue *queue = NULL;
        char *error = NULL;
        ck_assert_int_lt(count, 100);
        short_left = count;
        status = dcv_queue_create(&options, &queue, &error);
        short_left = PLENTY;
        ck_assert_ptr_null(error);
        ck_assert(status == DCV_ERR_NOMEM || status == DCV_OK);
        if (status == DCV_OK)
            dcv_queue_free(queue);
    }
}
END_TEST

START_TEST(short_of_memory_in_commands)
{
    struct dcv_queue *queue = create();
    for (long count = 0; count < 3; count++) {
        short_left = count;
        const enum dcv_status status = dcv_queue_publish(queue, DCV_QUEUE_JOBS, "i", "data", 4);
        short_left = PLENTY;
        ck_assert_int_eq(status, DCV_ERR_NOMEM);
    }
    short_left = 0;
    const enum dcv_status ack = dcv_queue_ack(queue, 1), consume = dcv_queue_consume(queue, DCV_QUEUE_JOBS);
    short_left = PLENTY;
    ck_assert_int_eq(ack, DCV_ERR_NOMEM);
    ck_assert_int_eq(consume, DCV_ERR_NOMEM);
    ck_assert_uint_eq(queue->commands.count, 0);
    ck_assert_int_eq(dcv_queue_publish(queue, DCV_QUEUE_JOBS, "i", "data", 4), DCV_OK);
    ck_assert_uint_eq(queue->commands.count, 1);
    dcv_queue_free(queue);
}
END_TEST

/* ---- lists ------------------------------------------------------------------------------------------------------------------------ */

static void add(struct dcv_queue_list *list, uint64_t number)
{
    struct dcv_queue_item *item = calloc(1, sizeof *item);
    ck_assert_ptr_nonnull(item);
    item->number = number;
    dcv_queue_list_add(list, item);
}

/* Takes all: their numbers as digits. */
static uint64_t digits(struct dcv_queue_list *list)
{
    uint64_t sum = 0;
    for (struct dcv_queue_item *item; (item = dcv_queue_list_take(list)) != NULL;) {
        sum = sum * 10 + item->number;
        dcv_queue_item_free(item);
    }
    ck_assert_ptr_null(list->last);
    ck_assert_uint_eq(list->count, 0);
    return sum;
}

START_TEST(lists)
{
    struct dcv_queue_list a = {0}, b = {0};
    dcv_queue_list_prepend(&a, &b);
    ck_assert_uint_eq(digits(&a), 0);
    add(&b, 1);
    add(&b, 2);
    dcv_queue_list_prepend(&a, &b);
    ck_assert_ptr_null(b.first);
    add(&a, 3);
    add(&b, 4);
    dcv_queue_list_prepend(&a, &b);
    add(&a, 5);
    ck_assert_uint_eq(a.count, 5);
    ck_assert_uint_eq(digits(&a), 41235);
    ck_assert_uint_eq(digits(&b), 0);
}
END_TEST

/* ---- headers of a message ----------------------------------------------------------------------------------------------------------- */

static amqp_table_entry_t counted(const char *key, int64_t number)
{
    return (amqp_table_entry_t){.key = amqp_cstring_bytes(key), .value = {.kind = AMQP_FIELD_KIND_I64, .value = {.i64 = number}}};
}

START_TEST(deliveries)
{
    amqp_table_entry_t own = counted("x-delivery-count", 7), negative = counted("x-delivery-count", -1), many = counted("x-delivery-count", INT64_MAX);
    const amqp_table_t none = {0}, headers = {.num_entries = 1, .entries = &own}, below = {.num_entries = 1, .entries = &negative},
                       above = {.num_entries = 1, .entries = &many};
    ck_assert_uint_eq(dcv_queue_deliveries(&none, DCV_QUEUE_JOBS), 0);
    ck_assert_uint_eq(dcv_queue_deliveries(&none, DCV_QUEUE_DEAD), 0);
    ck_assert_uint_eq(dcv_queue_deliveries(&headers, DCV_QUEUE_JOBS), 7);
    ck_assert_uint_eq(dcv_queue_deliveries(&headers, DCV_QUEUE_DEAD), 0);
    ck_assert_uint_eq(dcv_queue_deliveries(&below, DCV_QUEUE_JOBS), 0);
    ck_assert_uint_eq(dcv_queue_deliveries(&above, DCV_QUEUE_JOBS), UINT32_MAX);
}
END_TEST

START_TEST(deaths)
{
    amqp_table_entry_t once = counted("count", 1), twice = counted("count", 2);
    amqp_field_value_t each[] = {
        {.kind = AMQP_FIELD_KIND_TABLE, .value = {.table = {.num_entries = 1, .entries = &once}}},
        {.kind = AMQP_FIELD_KIND_BOOLEAN, .value = {.boolean = 1}},
        {.kind = AMQP_FIELD_KIND_TABLE, .value = {.table = {.num_entries = 1, .entries = &twice}}},
    };
    amqp_table_entry_t header = {.key = amqp_cstring_bytes("x-death"),
                                 .value = {.kind = AMQP_FIELD_KIND_ARRAY, .value = {.array = {.num_entries = 3, .entries = each}}}};
    const amqp_table_t headers = {.num_entries = 1, .entries = &header};
    ck_assert_uint_eq(dcv_queue_deliveries(&headers, DCV_QUEUE_DEAD), 3);
    ck_assert_uint_eq(dcv_queue_deliveries(&headers, DCV_QUEUE_JOBS), 0);
    header.value.kind = AMQP_FIELD_KIND_BOOLEAN;
    ck_assert_uint_eq(dcv_queue_deliveries(&headers, DCV_QUEUE_DEAD), 0);
}
END_TEST

/* ---- without a server --------------------------------------------------------------------------------------------------------------- */

/* Nobody listens on the port that one has just let go of; port 1 of the loopback is as good. */
START_TEST(nobody_there)
{
    struct dcv_queue_options options = plain();
    struct dcv_queue *queue = NULL;
    struct dcv_queue_event event;
    char *error = NULL;
    options.hosts = "127.0.0.1:1,[::1]:1";
    ck_assert_int_eq(dcv_queue_open(&options, &queue, &error), DCV_OK);
    ck_assert_int_eq(dcv_queue_publish(queue, DCV_QUEUE_JOBS, "i", "data", 4), DCV_OK);
    ck_assert_int_eq(dcv_queue_ack(queue, 1), DCV_OK);
    ck_assert_int_eq(dcv_queue_consume(queue, DCV_QUEUE_JOBS), DCV_OK);
    ck_assert(dcv_queue_next(queue, 60000, &event));
    ck_assert_int_eq(event.kind, DCV_QUEUE_DOWN);
    ck_assert_ptr_nonnull(strstr(event.text, "127.0.0.1:1: cannot connect"));
    ck_assert_ptr_nonnull(strstr(event.text, "; [::1]:1: cannot connect"));
    dcv_queue_event_done(&event);
    ck_assert_int_eq(dcv_queue_remove(queue), DCV_ERR_SYSTEM);
    dcv_queue_close(queue);
    dcv_queue_close(NULL);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("queue");
    tcase_add_test(tcase, hosts);
    tcase_add_test(tcase, contradictions);
    tcase_add_test(tcase, runs);
    tcase_add_test(tcase, defaults);
    tcase_add_test(tcase, events_in_order);
    tcase_add_test(tcase, waiting_for_an_event);
    tcase_add_test(tcase, bounds_of_a_message);
    tcase_add_test(tcase, short_of_memory_in_options);
    tcase_add_test(tcase, short_of_memory_in_commands);
    tcase_add_test(tcase, lists);
    tcase_add_test(tcase, deliveries);
    tcase_add_test(tcase, deaths);
    tcase_add_test(tcase, nobody_there);
    return run_cases("queue", tcase);
}
