/* The texts of events, the same in every format. */
#include "report/timeline.h"
#include "report/words.h"

#include <string.h>

enum { ARGS_MAX = 8, SOURCES_MAX = 1024 };

static const char *word_of_source(const char *id)
{
    for (int i = 0; i < DCV_SOURCE_COUNT; i++)
        if (strcmp(dcv_source_text((enum dcv_source)i), id) == 0)
            return dcv_word_source((enum dcv_source)i);
    return id;
}

/* "constructed txt-contact" as a list of words. */
static void put_sources(struct dcv_buf *buf, const char *ids)
{
    for (const char *at = ids; *at != '\0';) {
        size_t len = strcspn(at, " ");
        char id[32];
        (void)snprintf(id, sizeof id, "%.*s", (int)len, at);
        dcv_buf_puts(buf, at != ids ? _(", ") : "");
        dcv_buf_puts(buf, word_of_source(id));
        at += len + (at[len] == ' ');
    }
}

static void put(struct dcv_buf *buf, const struct dcv_event *event, const char *text)
{
    struct dcv_arg args[ARGS_MAX];
    struct dcv_buf sources;
    size_t count = 0;
    dcv_buf_init(&sources, SOURCES_MAX);
    for (; count < event->arg_count && count < ARGS_MAX; count++) {
        args[count] = event->args[count];
        if (strcmp(args[count].key, "sources") != 0)
            continue;
        put_sources(&sources, args[count].value);
        args[count].value = dcv_buf_text(&sources);
    }
    const struct dcv_places places = {.args = args, .arg_count = count};
    dcv_template_put(buf, dcv_text(text), &places);
    dcv_buf_done(&sources);
}

void dcv_event_put_text(struct dcv_buf *buf, const struct dcv_event *event)
{
    put(buf, event, event->kind == DCV_EVENT_RULE_CHANGE ? dcv_change_info(event->change)->text : dcv_event_info(event->kind)->text);
}

void dcv_event_put_title(struct dcv_buf *buf, const struct dcv_event *event)
{
    put(buf, event, dcv_event_info(event->kind)->title);
}

const char *dcv_event_change_id(const struct dcv_event *event)
{
    return event->kind == DCV_EVENT_RULE_CHANGE ? dcv_change_info(event->change)->id : NULL;
}
