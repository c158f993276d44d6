/* Hash map from octet strings to pointers. Keys are copied, values are the caller's. */
#ifndef DCV_BASE_MAP_H
#define DCV_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

struct dcv_map;

struct dcv_map *dcv_map_create(void); /* NULL: memory is short */
/* Frees the map; `free_value` (NULL: nothing) is called for each value. */
void dcv_map_free(struct dcv_map *map, void (*free_value)(void *value));
void *dcv_map_get(const struct dcv_map *map, const void *key, size_t len); /* NULL: no such key */
/* Adds or replaces; false when memory is short, and then nothing has changed. */
bool dcv_map_put(struct dcv_map *map, const void *key, size_t len, void *value);
/* Takes the value out; NULL: no such key. */
void *dcv_map_take(struct dcv_map *map, const void *key, size_t len);
size_t dcv_map_count(const struct dcv_map *map);
/* Octets that an entry with a key of this length takes, about: with its share of the table, and without its value. */
size_t dcv_map_cost(size_t key_len);

#endif
