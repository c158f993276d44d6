#include "ca/locate.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* The place of a node, and the line it is to be shown at: that of its key, where it has one. */
struct place {
    yaml_node_t *node;
    size_t line;
};

/* The value of a key. Of a key given twice the last: the first one was no fault yet. */
static struct place find_key(yaml_document_t *document, yaml_node_t *mapping, const char *key, size_t len)
{
    struct place found = {0};
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top; pair++) {
        yaml_node_t *name = yaml_document_get_node(document, pair->key);
        if (name->type != YAML_SCALAR_NODE || name->data.scalar.length != len ||
            memcmp(name->data.scalar.value, key, len) != 0)
            continue;
        found = (struct place){yaml_document_get_node(document, pair->value), name->start_mark.line + 1};
    }
    return found;
}

static struct place find_entry(yaml_document_t *document, yaml_node_t *sequence, const char *digits)
{
    const size_t index = strtoul(digits, NULL, 10);
    const size_t count = (size_t)(sequence->data.sequence.items.top - sequence->data.sequence.items.start);
    if (index >= count)
        return (struct place){0};
    yaml_node_t *node = yaml_document_get_node(document, sequence->data.sequence.items.start[index]);
    return (struct place){node, node->start_mark.line + 1};
}

static size_t walk(yaml_document_t *document, const char *path)
{
    struct place at = {yaml_document_get_root_node(document), 1};
    if (at.node != NULL)
        at.line = at.node->start_mark.line + 1;
    while (at.node != NULL && *path != '\0') {
        const size_t len = strcspn(path, "/");
        struct place next = {0};
        if (at.node->type == YAML_MAPPING_NODE)
            next = find_key(document, at.node, path, len);
        else if (at.node->type == YAML_SEQUENCE_NODE)
            next = find_entry(document, at.node, path);
        if (next.node == NULL)
            break;
        at = next;
        path += len + (path[len] == '/' ? 1 : 0);
    }
    return at.line;
}

size_t dcv_yaml_line(const char *text, size_t len, const char *path)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return 0;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    yaml_document_t document;
    size_t line = 0;
    if (yaml_parser_load(&parser, &document)) {
        line = walk(&document, path);
        yaml_document_delete(&document);
    } else if (parser.error == YAML_READER_ERROR) { /* has an offset, no mark */
        line = 1;
        for (size_t i = 0; i < parser.problem_offset && i < len; i++)
            line += text[i] == '\n';
    } else if (parser.error != YAML_MEMORY_ERROR) {
        line = parser.problem_mark.line + 1;
    }
    yaml_parser_delete(&parser);
    return line;
}
