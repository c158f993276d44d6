#include "ca/locate.h"

#include <stdbool.h>
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

struct dcv_yaml {
    yaml_document_t document;
    bool loaded;
    size_t fault; /* the line of what is no YAML */
};

static size_t line_of_fault(const yaml_parser_t *parser, const char *text, size_t len)
{
    if (parser->error != YAML_READER_ERROR)
        return parser->problem_mark.line + 1;
    size_t line = 1; /* such a fault has an offset, no mark */
    for (size_t i = 0; i < parser->problem_offset && i < len; i++)
        line += text[i] == '\n';
    return line;
}

struct dcv_yaml *dcv_yaml_open(const char *text, size_t len)
{
    yaml_parser_t parser;
    struct dcv_yaml *yaml = calloc(1, sizeof *yaml);
    if (yaml == NULL || !yaml_parser_initialize(&parser)) {
        free(yaml);
        return NULL;
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    yaml->loaded = yaml_parser_load(&parser, &yaml->document) != 0;
    if (!yaml->loaded && parser.error == YAML_MEMORY_ERROR) {
        free(yaml);
        yaml = NULL;
    } else if (!yaml->loaded) {
        yaml->fault = line_of_fault(&parser, text, len);
    }
    yaml_parser_delete(&parser);
    return yaml;
}

void dcv_yaml_close(struct dcv_yaml *yaml)
{
    if (yaml != NULL && yaml->loaded)
        yaml_document_delete(&yaml->document);
    free(yaml);
}

size_t dcv_yaml_find(struct dcv_yaml *yaml, const char *path)
{
    return yaml->loaded ? walk(&yaml->document, path) : yaml->fault;
}

size_t dcv_yaml_line(const char *text, size_t len, const char *path)
{
    struct dcv_yaml *yaml = dcv_yaml_open(text, len);
    const size_t line = yaml != NULL ? dcv_yaml_find(yaml, path) : 0;
    dcv_yaml_close(yaml);
    return line;
}
