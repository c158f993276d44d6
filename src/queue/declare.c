#include "queue/internal.h"

#include <stdio.h>

enum { LENGTH_MAX = 10000, DELIVERIES_MAX = 10 };

void dcv_queue_name(const struct dcv_queue_settings *settings, enum dcv_queue_kind kind, char out[DCV_QUEUE_NAME_MAX])
{
    static const char *const suffixes[] = {[DCV_QUEUE_JOBS] = "jobs", [DCV_QUEUE_RESULTS] = "results", [DCV_QUEUE_DEAD] = "dead"};
    (void)snprintf(out, DCV_QUEUE_NAME_MAX, "dcv.%s.%s", settings->run, suffixes[kind]);
}

/* The exchange of dead letters. */
static void exchange_name(const struct dcv_queue_settings *settings, char out[DCV_QUEUE_NAME_MAX])
{
    (void)snprintf(out, DCV_QUEUE_NAME_MAX, "dcv.%s.dlx", settings->run);
}

static amqp_table_entry_t text_argument(const char *key, const char *value)
{
    const amqp_field_value_t field = {.kind = AMQP_FIELD_KIND_UTF8, .value = {.bytes = amqp_cstring_bytes(value)}};
    return (amqp_table_entry_t){.key = amqp_cstring_bytes(key), .value = field};
}

static amqp_table_entry_t number_argument(const char *key, int32_t value)
{
    return (amqp_table_entry_t){.key = amqp_cstring_bytes(key), .value = {.kind = AMQP_FIELD_KIND_I32, .value = {.i32 = value}}};
}

/* Jobs that die go to the exchange at most once: with reject-publish the server would also keep them until they are taken there, but at the price of
 * their being held in memory; what is lost there is missing at the end, and handed out again. */
static bool declare_queue(struct dcv_queue_link *link, enum dcv_queue_kind kind)
{
    char name[DCV_QUEUE_NAME_MAX], letters[DCV_QUEUE_NAME_MAX];
    amqp_table_entry_t entries[5];
    int count = 0;
    dcv_queue_name(link->settings, kind, name);
    exchange_name(link->settings, letters);
    entries[count++] = text_argument("x-queue-type", "quorum");
    if (kind != DCV_QUEUE_DEAD) {
        entries[count++] = number_argument("x-max-length", LENGTH_MAX);
        entries[count++] = text_argument("x-overflow", "reject-publish");
    }
    if (kind == DCV_QUEUE_JOBS) {
        entries[count++] = number_argument("x-delivery-limit", DELIVERIES_MAX);
        entries[count++] = text_argument("x-dead-letter-exchange", letters);
    }
    const amqp_table_t arguments = {.num_entries = count, .entries = entries};
    (void)amqp_queue_declare(link->connection, DCV_QUEUE_CHANNEL, amqp_cstring_bytes(name), 0, 1, 0, 0, arguments);
    return dcv_queue_link_replied(link, "cannot declare a queue", true);
}

static bool bind_dead(struct dcv_queue_link *link)
{
    char queue[DCV_QUEUE_NAME_MAX], exchange[DCV_QUEUE_NAME_MAX];
    dcv_queue_name(link->settings, DCV_QUEUE_DEAD, queue);
    exchange_name(link->settings, exchange);
    (void)amqp_queue_bind(link->connection, DCV_QUEUE_CHANNEL, amqp_cstring_bytes(queue), amqp_cstring_bytes(exchange),
                          amqp_empty_bytes, amqp_empty_table);
    return dcv_queue_link_replied(link, "cannot bind a queue", true);
}

static bool declare_exchange(struct dcv_queue_link *link)
{
    char name[DCV_QUEUE_NAME_MAX];
    exchange_name(link->settings, name);
    (void)amqp_exchange_declare(link->connection, DCV_QUEUE_CHANNEL, amqp_cstring_bytes(name), amqp_cstring_bytes("fanout"), 0, 1, 0, 0,
                                amqp_empty_table);
    return dcv_queue_link_replied(link, "cannot declare an exchange", true);
}

/* Whoever is first to consume or publish finds all of them, and the dead have where to go. */
bool dcv_queue_declare_all(struct dcv_queue_link *link)
{
    return declare_exchange(link) && declare_queue(link, DCV_QUEUE_DEAD) && bind_dead(link) && declare_queue(link, DCV_QUEUE_JOBS) &&
           declare_queue(link, DCV_QUEUE_RESULTS);
}

/* What is not there is deleted (RabbitMQ says so too, since 3.2). */
bool dcv_queue_delete_all(struct dcv_queue_link *link)
{
    char name[DCV_QUEUE_NAME_MAX];
    for (enum dcv_queue_kind kind = 0; kind < DCV_QUEUE_KINDS; kind++) {
        dcv_queue_name(link->settings, kind, name);
        (void)amqp_queue_delete(link->connection, DCV_QUEUE_CHANNEL, amqp_cstring_bytes(name), 0, 0);
        if (!dcv_queue_link_replied(link, "cannot delete a queue", false))
            return false;
    }
    exchange_name(link->settings, name);
    (void)amqp_exchange_delete(link->connection, DCV_QUEUE_CHANNEL, amqp_cstring_bytes(name), 0);
    return dcv_queue_link_replied(link, "cannot delete an exchange", false);
}

enum dcv_queue_found dcv_queue_look(struct dcv_queue_link *link)
{
    char name[DCV_QUEUE_NAME_MAX];
    dcv_queue_name(link->settings, DCV_QUEUE_JOBS, name);
    (void)amqp_queue_declare(link->connection, DCV_QUEUE_CHANNEL, amqp_cstring_bytes(name), 1, 1, 0, 0, amqp_empty_table);
    if (dcv_queue_link_missing(link))
        return DCV_QUEUE_IS_GONE;
    return dcv_queue_link_replied(link, "cannot look for a queue", false) ? DCV_QUEUE_IS_THERE : DCV_QUEUE_UNKNOWN;
}
