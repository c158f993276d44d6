#include "input/input.h"

#include "base/map.h"

#include <stdlib.h>
#include <string.h>

struct dcv_inputs {
    struct dcv_arena *arena;
    DCV_VEC(struct dcv_input *) items;
    struct dcv_map *known; /* A-label form of the valid names */
};

struct dcv_inputs *dcv_inputs_create(void)
{
    struct dcv_inputs *inputs = calloc(1, sizeof *inputs);
    if (inputs == NULL)
        return NULL;
    inputs->arena = dcv_arena_create(NULL);
    inputs->known = dcv_map_create();
    if (inputs->arena == NULL || inputs->known == NULL) {
        dcv_inputs_free(inputs);
        return NULL;
    }
    return inputs;
}

void dcv_inputs_free(struct dcv_inputs *inputs)
{
    if (inputs == NULL)
        return;
    dcv_map_free(inputs->known, NULL);
    dcv_arena_free(inputs->arena);
    free(inputs);
}

enum dcv_status dcv_inputs_add(struct dcv_inputs *inputs, const char *text)
{
    struct dcv_hostname name;
    struct dcv_hostname_error error = {0};
    enum dcv_status status = dcv_hostname_parse(text, strlen(text), &name, &error);
    if (status != DCV_OK && status != DCV_ERR_SYNTAX)
        return status;
    if (status == DCV_OK && dcv_map_get(inputs->known, name.ascii, strlen(name.ascii)) != NULL)
        return DCV_OK;
    struct dcv_input *input = dcv_arena_alloc(inputs->arena, sizeof *input);
    struct dcv_input **slot = DCV_VEC_ADD(inputs->arena, &inputs->items);
    const char *copy = dcv_arena_strdup(inputs->arena, text);
    if (input == NULL || slot == NULL || copy == NULL)
        return DCV_ERR_NOMEM;
    *slot = input;
    *input = (struct dcv_input){.text = copy, .valid = status == DCV_OK, .error = error};
    if (!input->valid)
        return DCV_OK;
    input->name = name;
    return dcv_map_put(inputs->known, name.ascii, strlen(name.ascii), input) ? DCV_OK : DCV_ERR_NOMEM;
}

size_t dcv_inputs_count(const struct dcv_inputs *inputs)
{
    return inputs->items.count;
}

const struct dcv_input *dcv_inputs_at(const struct dcv_inputs *inputs, size_t index)
{
    return inputs->items.items[index];
}
