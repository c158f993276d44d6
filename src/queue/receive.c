#include "queue/internal.h"

#include <stdlib.h>
#include <string.h>

enum { FRAMES = 512, TAG_BITS = 32 };

/* The consumers, as they are called towards the server. */
static const char *const names[] = {[DCV_QUEUE_JOBS] = "jobs", [DCV_QUEUE_RESULTS] = "results", [DCV_QUEUE_DEAD] = "dead"};

void dcv_queue_receiver_init(struct dcv_queue_receiver *receiver, struct dcv_queue *queue)
{
    *receiver = (struct dcv_queue_receiver){.queue = queue};
    dcv_queue_link_init(&receiver->link, &queue->settings);
}

static void drop_delivery(struct dcv_queue_receiver *receiver)
{
    dcv_queue_item_free(receiver->delivery.item);
    receiver->delivery = (struct dcv_queue_delivery){0};
}

void dcv_queue_receiver_done(struct dcv_queue_receiver *receiver)
{
    dcv_queue_receiver_close(receiver, false);
    dcv_queue_link_done(&receiver->link);
}

void dcv_queue_receiver_close(struct dcv_queue_receiver *receiver, bool politely)
{
    drop_delivery(receiver);
    dcv_queue_link_close(&receiver->link, politely);
}

bool dcv_queue_receiver_open(struct dcv_queue_receiver *receiver, const struct dcv_queue_host *host)
{
    struct dcv_queue_link *link = &receiver->link;
    receiver->generation++;
    memset(receiver->consuming, 0, sizeof receiver->consuming);
    if (!dcv_queue_link_open(link, host, "dcvready, receiving"))
        return false;
    /* Not global: of each consumer by itself, which is all that quorum queues know. */
    (void)amqp_basic_qos(link->connection, DCV_QUEUE_CHANNEL, 0, receiver->queue->settings.prefetch, 0);
    if (dcv_queue_link_replied(link, "cannot limit what is delivered", false))
        dcv_queue_receiver_consume(receiver);
    return link->fate == DCV_QUEUE_ALIVE;
}

void dcv_queue_receiver_consume(struct dcv_queue_receiver *receiver)
{
    struct dcv_queue_link *link = &receiver->link;
    char name[DCV_QUEUE_NAME_MAX];
    for (enum dcv_queue_kind kind = 0; kind < DCV_QUEUE_KINDS && link->fate == DCV_QUEUE_ALIVE; kind++) {
        if (!receiver->wanted[kind] || receiver->consuming[kind])
            continue;
        dcv_queue_name(&receiver->queue->settings, kind, name);
        (void)amqp_basic_consume(link->connection, DCV_QUEUE_CHANNEL, amqp_cstring_bytes(name), amqp_cstring_bytes(names[kind]), 0, 0, 0,
                                 amqp_empty_table);
        receiver->consuming[kind] = dcv_queue_link_replied(link, "cannot consume", false);
    }
}

/* ---- acknowledgements ------------------------------------------------------------------------------------------------------------- */

static void settle(struct dcv_queue_link *link, enum dcv_queue_command command, uint64_t tag)
{
    amqp_basic_ack_t ack = {.delivery_tag = tag};
    amqp_basic_reject_t reject = {.delivery_tag = tag, .requeue = command == DCV_QUEUE_REQUEUE};
    if (command == DCV_QUEUE_ACK)
        (void)dcv_queue_link_method(link, AMQP_BASIC_ACK_METHOD, &ack);
    else
        (void)dcv_queue_link_method(link, AMQP_BASIC_REJECT_METHOD, &reject);
}

/* The tags of an earlier connection mean nothing to this one. */
void dcv_queue_receiver_settle(struct dcv_queue_receiver *receiver, enum dcv_queue_command command, uint64_t tag)
{
    if (receiver->link.connection != NULL && tag >> TAG_BITS == receiver->generation)
        settle(&receiver->link, command, tag & UINT32_MAX);
}

/* ---- a message -------------------------------------------------------------------------------------------------------------------- */

static bool number_of(const amqp_field_value_t *value, uint64_t *out)
{
    const bool is_long = value->kind == AMQP_FIELD_KIND_I64;
    if (!is_long && value->kind != AMQP_FIELD_KIND_I32)
        return false;
    const int64_t number = is_long ? value->value.i64 : value->value.i32;
    *out = number > 0 ? (uint64_t)number : 0;
    return true;
}

static const amqp_field_value_t *field(const amqp_table_t *table, const char *key)
{
    for (int i = 0; i < table->num_entries; i++)
        if (table->entries[i].key.len == strlen(key) && memcmp(table->entries[i].key.bytes, key, strlen(key)) == 0)
            return &table->entries[i].value;
    return NULL;
}

static unsigned count_of(const amqp_table_t *table, const char *key)
{
    const amqp_field_value_t *value = field(table, key);
    uint64_t number = 0;
    if (value == NULL || !number_of(value, &number))
        return 0;
    return number <= UINT32_MAX ? (unsigned)number : UINT32_MAX;
}

unsigned dcv_queue_deliveries(const amqp_table_t *headers, enum dcv_queue_kind kind)
{
    if (kind != DCV_QUEUE_DEAD)
        return count_of(headers, "x-delivery-count");
    const amqp_field_value_t *deaths = field(headers, "x-death");
    unsigned sum = 0;
    if (deaths == NULL || deaths->kind != AMQP_FIELD_KIND_ARRAY)
        return 0;
    for (int i = 0; i < deaths->value.array.num_entries; i++) {
        const amqp_field_value_t *death = &deaths->value.array.entries[i];
        const unsigned count = death->kind == AMQP_FIELD_KIND_TABLE ? count_of(&death->value.table, "count") : 0;
        sum = sum <= UINT32_MAX - count ? sum + count : UINT32_MAX;
    }
    return sum;
}

static bool kind_of(amqp_bytes_t consumer, enum dcv_queue_kind *out)
{
    for (enum dcv_queue_kind kind = 0; kind < DCV_QUEUE_KINDS; kind++)
        if (consumer.len == strlen(names[kind]) && memcmp(consumer.bytes, names[kind], consumer.len) == 0) {
            *out = kind;
            return true;
        }
    return false;
}

static void garbled(struct dcv_queue_receiver *receiver)
{
    dcv_queue_link_fail(&receiver->link, DCV_QUEUE_LOST, "the server does not keep to AMQP");
}

static void begin_message(struct dcv_queue_receiver *receiver, const amqp_basic_deliver_t *deliver)
{
    struct dcv_queue_delivery *delivery = &receiver->delivery;
    enum dcv_queue_kind kind = DCV_QUEUE_JOBS;
    if (delivery->item != NULL || deliver->delivery_tag > UINT32_MAX || !kind_of(deliver->consumer_tag, &kind)) {
        garbled(receiver); /* or there have been 2^32 messages: the next connection counts from 1 */
        return;
    }
    delivery->item = calloc(1, sizeof *delivery->item);
    if (delivery->item == NULL) {
        dcv_queue_link_fail(&receiver->link, DCV_QUEUE_LOST, "memory is short");
        return;
    }
    delivery->tag = deliver->delivery_tag;
    delivery->item->event = (struct dcv_queue_event){.kind = DCV_QUEUE_MESSAGE,
                                                     .which = kind,
                                                     .tag = (uint64_t)receiver->generation << TAG_BITS | deliver->delivery_tag,
                                                     .redelivered = deliver->redelivered};
}

/* false: memory is short. */
static bool read_properties(struct dcv_queue_event *event, const amqp_basic_properties_t *properties)
{
    if (properties->_flags & AMQP_BASIC_HEADERS_FLAG)
        event->deliveries = dcv_queue_deliveries(&properties->headers, event->which);
    const amqp_bytes_t id = (properties->_flags & AMQP_BASIC_MESSAGE_ID_FLAG) != 0 ? properties->message_id : amqp_empty_bytes;
    if (id.len == 0 || memchr(id.bytes, '\0', id.len) != NULL)
        return true;
    event->id = strndup(id.bytes, id.len);
    return event->id != NULL;
}

/* The whole of it is here. */
static void end_message(struct dcv_queue_receiver *receiver)
{
    struct dcv_queue_delivery *delivery = &receiver->delivery;
    if (delivery->skipped) {
        settle(&receiver->link, DCV_QUEUE_REJECT, delivery->tag);
        drop_delivery(receiver);
        return;
    }
    struct dcv_queue_item *item = delivery->item;
    *delivery = (struct dcv_queue_delivery){0};
    dcv_queue_tell(receiver->queue, item);
}

static void read_header(struct dcv_queue_receiver *receiver, const amqp_frame_t *frame)
{
    struct dcv_queue_delivery *delivery = &receiver->delivery;
    const uint64_t size = frame->payload.properties.body_size;
    if (delivery->item == NULL || delivery->has_header || frame->payload.properties.class_id != AMQP_BASIC_CLASS || size > SIZE_MAX) {
        garbled(receiver);
        return;
    }
    struct dcv_queue_event *event = &delivery->item->event;
    delivery->has_header = true;
    delivery->size = (size_t)size;
    delivery->skipped = size > DCV_QUEUE_RECEIVE_MAX;
    if (!delivery->skipped && size != 0) {
        event->data = malloc((size_t)size);
        event->len = (size_t)size;
    }
    if (!read_properties(event, frame->payload.properties.decoded) || (event->len != 0 && event->data == NULL))
        dcv_queue_link_fail(&receiver->link, DCV_QUEUE_LOST, "memory is short");
    else if (size == 0)
        end_message(receiver);
}

static void read_body(struct dcv_queue_receiver *receiver, amqp_bytes_t fragment)
{
    struct dcv_queue_delivery *delivery = &receiver->delivery;
    if (!delivery->has_header || fragment.len > delivery->size - delivery->got) {
        garbled(receiver);
        return;
    }
    if (!delivery->skipped && fragment.len != 0)
        memcpy((unsigned char *)delivery->item->event.data + delivery->got, fragment.bytes, fragment.len);
    delivery->got += fragment.len;
    if (delivery->got == delivery->size)
        end_message(receiver);
}

static void read_frame(struct dcv_queue_receiver *receiver, const amqp_frame_t *frame)
{
    switch (frame->frame_type) {
    case AMQP_FRAME_METHOD:
        if (frame->payload.method.id == AMQP_BASIC_DELIVER_METHOD)
            begin_message(receiver, frame->payload.method.decoded);
        else if (frame->payload.method.id == AMQP_BASIC_CANCEL_METHOD)
            dcv_queue_link_fail(&receiver->link, DCV_QUEUE_DOUBTED, "the server delivers no more of a queue");
        break;
    case AMQP_FRAME_HEADER:
        read_header(receiver, frame);
        break;
    case AMQP_FRAME_BODY:
        read_body(receiver, frame->payload.body_fragment);
        break;
    default:
        break;
    }
}

bool dcv_queue_receiver_read(struct dcv_queue_receiver *receiver)
{
    amqp_frame_t frame;
    for (int count = 0; count < FRAMES; count++) {
        if (!dcv_queue_link_read(&receiver->link, &frame))
            return false;
        if (!dcv_queue_link_common(&receiver->link, &frame))
            read_frame(receiver, &frame);
    }
    return true;
}
