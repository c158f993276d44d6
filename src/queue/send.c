#include "queue/internal.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* A socket that is ready to be written to has room for a third of its buffer, which is more than FRAGMENT: what is sent in such pieces never waits
 * inside the library, where nothing else would be served. The rest of the room remains for heartbeats. */
enum {
    FRAGMENT = 8192,
    OVERHEAD = 8,          /* of a frame (AMQP 0-9-1 §4.2.3) */
    WINDOW = 512,          /* messages under way */
    WINDOW_OCTETS = 8 << 20,
    TURN = 64,             /* pieces before others have their turn */
    FRAMES = 512,          /* likewise, that are read */
};

void dcv_queue_sender_init(struct dcv_queue_sender *sender, struct dcv_queue *queue)
{
    *sender = (struct dcv_queue_sender){.queue = queue};
    dcv_queue_link_init(&sender->link, &queue->settings);
}

void dcv_queue_sender_done(struct dcv_queue_sender *sender)
{
    dcv_queue_sender_close(sender, false);
    dcv_queue_list_done(&sender->pending);
    dcv_queue_link_done(&sender->link);
}

bool dcv_queue_sender_open(struct dcv_queue_sender *sender, const struct dcv_queue_host *host)
{
    struct dcv_queue_link *link = &sender->link;
    if (!dcv_queue_link_open(link, host, "dcvready, sending"))
        return false;
    if (!dcv_queue_declare_all(link))
        return false;
    (void)amqp_confirm_select(link->connection, DCV_QUEUE_CHANNEL);
    return dcv_queue_link_replied(link, "cannot have messages confirmed", false);
}

/* What is not confirmed is sent again by the next connection, before anything else and in its order. */
void dcv_queue_sender_close(struct dcv_queue_sender *sender, bool politely)
{
    dcv_queue_link_close(&sender->link, politely);
    dcv_queue_list_prepend(&sender->pending, &sender->in_flight);
    sender->flying = sender->sent = 0;
    sender->current = NULL;
    sender->number = 0;
    sender->blocked = false;
}

/* ---- out -------------------------------------------------------------------------------------------------------------------------- */

static bool has_room(const struct dcv_queue_sender *sender)
{
    const struct dcv_queue_item *next = sender->pending.first;
    const bool fits = next->event.len <= WINDOW_OCTETS && sender->flying <= WINDOW_OCTETS - next->event.len;
    return sender->in_flight.count == 0 || (sender->in_flight.count < WINDOW && fits);
}

bool dcv_queue_sender_wants(const struct dcv_queue_sender *sender)
{
    if (sender->link.fate != DCV_QUEUE_ALIVE || sender->blocked)
        return false;
    return sender->current != NULL || (sender->pending.first != NULL && has_room(sender));
}

/* Mandatory: a message to a queue that is not there comes back, where otherwise it would be confirmed and gone. */
static bool send_head(struct dcv_queue_sender *sender, struct dcv_queue_item *item)
{
    char name[DCV_QUEUE_NAME_MAX];
    dcv_queue_name(&sender->queue->settings, item->event.which, name);
    amqp_basic_publish_t publish = {.exchange = amqp_empty_bytes, .routing_key = amqp_cstring_bytes(name), .mandatory = 1};
    amqp_basic_properties_t properties = {._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_MESSAGE_ID_FLAG,
                                          .delivery_mode = AMQP_DELIVERY_PERSISTENT,
                                          .message_id = amqp_cstring_bytes(item->event.id)};
    amqp_frame_t header = {.frame_type = AMQP_FRAME_HEADER,
                           .payload = {.properties = {.class_id = AMQP_BASIC_CLASS, .body_size = item->event.len, .decoded = &properties}}};
    return dcv_queue_link_method(&sender->link, AMQP_BASIC_PUBLISH_METHOD, &publish) && dcv_queue_link_frame(&sender->link, &header);
}

static size_t fragment_max(const struct dcv_queue_sender *sender)
{
    const int frame_max = amqp_get_frame_max(sender->link.connection);
    return frame_max > OVERHEAD && frame_max < FRAGMENT ? (size_t)frame_max - OVERHEAD : FRAGMENT - OVERHEAD;
}

/* Sends the next piece of the first message; its octets, or 0: the link is lost. */
static size_t send_piece(struct dcv_queue_sender *sender)
{
    struct dcv_queue_item *item = sender->pending.first;
    if (sender->current == NULL) {
        if (!send_head(sender, item))
            return 0;
        sender->current = item;
        sender->sent = 0;
        item->number = ++sender->number;
        return OVERHEAD + DCV_QUEUE_ID_MAX;
    }
    const size_t left = item->event.len - sender->sent, max = fragment_max(sender), len = left < max ? left : max;
    amqp_frame_t body = {.frame_type = AMQP_FRAME_BODY,
                         .payload = {.body_fragment = {.len = len, .bytes = (unsigned char *)item->event.data + sender->sent}}};
    if (!dcv_queue_link_frame(&sender->link, &body))
        return 0;
    sender->sent += len;
    return len + OVERHEAD;
}

/* Is the first message out as a whole? Then it is under way. */
static void finish_message(struct dcv_queue_sender *sender)
{
    if (sender->current == NULL || sender->sent != sender->current->event.len)
        return;
    struct dcv_queue_item *item = dcv_queue_list_take(&sender->pending);
    sender->flying += item->event.len;
    dcv_queue_list_add(&sender->in_flight, item);
    sender->current = NULL;
}

static bool writable(const struct dcv_queue_sender *sender)
{
    struct pollfd poller = {.fd = dcv_queue_link_fd(&sender->link), .events = POLLOUT};
    return poll(&poller, 1, 0) == 1 && (poller.revents & POLLOUT) != 0;
}

void dcv_queue_sender_send(struct dcv_queue_sender *sender)
{
    for (int turn = 0; turn < TURN && dcv_queue_sender_wants(sender) && writable(sender); turn++)
        for (size_t sent = 0, piece = 1; sent < FRAGMENT && piece != 0 && dcv_queue_sender_wants(sender); sent += piece) {
            piece = send_piece(sender);
            finish_message(sender);
        }
}

/* ---- what became of it -------------------------------------------------------------------------------------------------------------- */

static void settle(struct dcv_queue_sender *sender, struct dcv_queue_item *item, enum dcv_queue_event_kind kind)
{
    sender->flying -= item->event.len;
    free(item->event.data);
    item->event = (struct dcv_queue_event){.kind = kind, .which = item->event.which, .id = item->event.id};
    dcv_queue_tell(sender->queue, item);
}

/* Takes one out of the middle; NULL: there is no such number. */
static struct dcv_queue_item *take_number(struct dcv_queue_list *list, uint64_t number)
{
    struct dcv_queue_item *before = NULL, *item = list->first;
    while (item != NULL && item->number != number) {
        before = item;
        item = item->next;
    }
    if (item == NULL || before == NULL)
        return item != NULL ? dcv_queue_list_take(list) : NULL;
    before->next = item->next;
    if (list->last == item)
        list->last = before;
    list->count--;
    return item;
}

/* basic.ack and basic.nack: of one number or of all up to it. Acks come in any order. */
static void settle_numbers(struct dcv_queue_sender *sender, uint64_t number, bool multiple, enum dcv_queue_event_kind kind)
{
    struct dcv_queue_list *list = &sender->in_flight;
    if (!multiple) {
        struct dcv_queue_item *item = take_number(list, number);
        if (item != NULL)
            settle(sender, item, kind);
        return;
    }
    while (list->first != NULL && (number == 0 || list->first->number <= number))
        settle(sender, dcv_queue_list_take(list), kind);
}

static void tell_blocked(struct dcv_queue_sender *sender, bool blocked, amqp_bytes_t reason)
{
    if (sender->blocked == blocked)
        return;
    sender->blocked = blocked;
    dcv_queue_tell_text(sender->queue, blocked ? DCV_QUEUE_BLOCKED : DCV_QUEUE_UNBLOCKED, reason.bytes, reason.len);
}

static void read_method(struct dcv_queue_sender *sender, const amqp_method_t *method)
{
    const void *fields = method->decoded;
    if (method->id == AMQP_BASIC_ACK_METHOD) {
        const amqp_basic_ack_t *ack = fields;
        settle_numbers(sender, ack->delivery_tag, ack->multiple, DCV_QUEUE_CONFIRMED);
    } else if (method->id == AMQP_BASIC_NACK_METHOD) {
        const amqp_basic_nack_t *nack = fields;
        settle_numbers(sender, nack->delivery_tag, nack->multiple, DCV_QUEUE_FULL);
    } else if (method->id == AMQP_BASIC_RETURN_METHOD) {
        /* It would be confirmed next: nothing more may be read. */
        dcv_queue_link_fail(&sender->link, DCV_QUEUE_DOUBTED, "a message found no queue");
    } else if (method->id == AMQP_CONNECTION_BLOCKED_METHOD) {
        tell_blocked(sender, true, ((const amqp_connection_blocked_t *)fields)->reason);
    } else if (method->id == AMQP_CONNECTION_UNBLOCKED_METHOD) {
        tell_blocked(sender, false, amqp_empty_bytes);
    }
}

bool dcv_queue_sender_read(struct dcv_queue_sender *sender)
{
    amqp_frame_t frame;
    for (int count = 0; count < FRAMES; count++) {
        if (!dcv_queue_link_read(&sender->link, &frame))
            return false;
        if (!dcv_queue_link_common(&sender->link, &frame) && frame.frame_type == AMQP_FRAME_METHOD)
            read_method(sender, &frame.payload.method);
    }
    return true;
}
