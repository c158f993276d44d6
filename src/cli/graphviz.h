/* Graphs drawn by the program "dot" of Graphviz, where it is installed. */
#ifndef DCV_CLI_GRAPHVIZ_H
#define DCV_CLI_GRAPHVIZ_H

#include <dcvready/dcvready.h>

#include <stdbool.h>
#include <stdio.h>

/* Is the program there? False after saying that it is not. */
bool cli_graphviz_there(void);
/* Hands the SVG of the graph in `source`, read from its beginning, to `write`. False after saying why there is none. */
bool cli_graphviz_draw(FILE *source, dcv_write_fn write, void *user);

#endif
