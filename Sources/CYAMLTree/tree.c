#include "tidepool_yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct ty_tree {
    ty_node *nodes;
    int32_t count, capacity;
    int32_t open[TY_MAX_DEPTH];
    int32_t depth;
    char error[160];
    int32_t error_line;
};

static void fail(ty_tree *tree, const char *what, size_t line) {
    strncpy(tree->error, what, sizeof tree->error - 1);
    tree->error_line = line < INT32_MAX ? (int32_t)line + 1 : 1;
}

static int failed(const ty_tree *tree) {
    return tree->error[0] != 0;
}

/// Appends a node; NULL after a failure.
static ty_node *append(ty_tree *tree, const yaml_event_t *event, int32_t kind, int has_anchor, int has_tag) {
    size_t line = event->start_mark.line;
    if (has_anchor) {
        fail(tree, "anchors (&name) have no use here", line);
    } else if (has_tag) {
        fail(tree, "tags (!name) have no use here", line);
    } else if (tree->count == TY_MAX_NODES) {
        fail(tree, "too many values", line);
    } else if (tree->count == tree->capacity) {
        int32_t capacity = tree->capacity ? 2 * tree->capacity : 64;
        ty_node *nodes = realloc(tree->nodes, (size_t)capacity * sizeof *nodes);
        if (nodes) {
            tree->nodes = nodes;
            tree->capacity = capacity;
        } else {
            fail(tree, "out of memory", line);
        }
    }
    if (failed(tree)) return NULL;
    ty_node *node = &tree->nodes[tree->count++];
    *node = (ty_node){.kind = kind, .line = (int32_t)line + 1, .end = tree->count};
    return node;
}

static void scalar(ty_tree *tree, const yaml_event_t *event) {
    int has_tag = event->data.scalar.tag != NULL;
    ty_node *node = append(tree, event, TY_SCALAR, event->data.scalar.anchor != NULL, has_tag);
    if (!node) return;
    size_t length = event->data.scalar.length;
    char *text = malloc(length + 1);
    if (!text) {
        fail(tree, "out of memory", event->start_mark.line);
        return;
    }
    memcpy(text, event->data.scalar.value, length);
    text[length] = 0;
    node->text = text;
    node->length = length;
    node->is_quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
}

static void begin(ty_tree *tree, const yaml_event_t *event, int32_t kind, int has_anchor, int has_tag) {
    if (tree->depth == TY_MAX_DEPTH) {
        fail(tree, "nested too deeply", event->start_mark.line);
    } else if (append(tree, event, kind, has_anchor, has_tag)) {
        tree->open[tree->depth++] = tree->count - 1;
    }
}

static void end(ty_tree *tree) {
    tree->nodes[tree->open[--tree->depth]].end = tree->count;
}

/// Returns 1 once the text is read to its end.
static int take(ty_tree *tree, const yaml_event_t *event) {
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        scalar(tree, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        begin(tree, event, TY_SEQUENCE, event->data.sequence_start.anchor != NULL,
              event->data.sequence_start.tag != NULL);
        break;
    case YAML_MAPPING_START_EVENT:
        begin(tree, event, TY_MAPPING, event->data.mapping_start.anchor != NULL,
              event->data.mapping_start.tag != NULL);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        end(tree);
        break;
    case YAML_ALIAS_EVENT:
        fail(tree, "aliases (*name) have no use here", event->start_mark.line);
        break;
    case YAML_DOCUMENT_START_EVENT:
        if (tree->count > 0) fail(tree, "a second document begins", event->start_mark.line);
        break;
    case YAML_STREAM_END_EVENT:
        if (tree->count == 0) fail(tree, "the file is empty", event->start_mark.line);
        return 1;
    default:
        break;
    }
    return 0;
}

ty_tree *ty_parse(const uint8_t *bytes, size_t count) {
    ty_tree *tree = calloc(1, sizeof *tree);
    yaml_parser_t parser;
    if (!tree || !yaml_parser_initialize(&parser)) {
        free(tree);
        return NULL;
    }
    if (count > TY_MAX_BYTES) {
        fail(tree, "larger than 64 KiB", 0);
    } else {
        yaml_parser_set_input_string(&parser, bytes ? bytes : (const uint8_t *)"", count);
    }
    int done = 0;
    while (!done && !failed(tree)) {
        yaml_event_t event;
        if (yaml_parser_parse(&parser, &event)) {
            done = take(tree, &event);
            yaml_event_delete(&event);
        } else {
            fail(tree, parser.problem ? parser.problem : "not YAML", parser.problem_mark.line);
        }
    }
    yaml_parser_delete(&parser);
    return tree;
}

void ty_free(ty_tree *tree) {
    if (!tree) return;
    for (int32_t i = 0; i < tree->count; i++) free((char *)tree->nodes[i].text);
    free(tree->nodes);
    free(tree);
}

const char *ty_error(const ty_tree *tree) {
    return failed(tree) ? tree->error : NULL;
}

int32_t ty_error_line(const ty_tree *tree) {
    return tree->error_line;
}

int32_t ty_count(const ty_tree *tree) {
    return tree->count;
}

ty_node ty_at(const ty_tree *tree, int32_t index) {
    return tree->nodes[index];
}
