/// A small YAML document as a flat list of nodes, read with libyaml. What a configuration has no use for is an error:
/// aliases, anchors, tags, several documents, deep nesting, and more than a few thousand nodes.
#ifndef TIDEPOOL_YAML_H
#define TIDEPOOL_YAML_H

#include <stddef.h>
#include <stdint.h>

enum { TY_SCALAR = 0, TY_SEQUENCE = 1, TY_MAPPING = 2 };
enum { TY_MAX_BYTES = 1 << 16, TY_MAX_NODES = 4096, TY_MAX_DEPTH = 12 };

/// Nodes are in the order of the text. The children of a mapping are key, value, key, value …; the node after a child
/// is at its `end`.
typedef struct ty_node {
    int32_t kind;
    int32_t line;  ///< of the file, from 1
    int32_t end;   ///< index after the last node inside this one
    int32_t is_quoted;
    const char *_Nullable text;  ///< of a scalar, UTF-8
    size_t length;
} ty_node;

typedef struct ty_tree ty_tree;

/// Reads a document. NULL only when there is no memory; otherwise to be freed with `ty_free`.
ty_tree *_Nullable ty_parse(const uint8_t *_Nullable bytes, size_t count);
void ty_free(ty_tree *_Nullable tree);

/// What is wrong with the text, NULL when it is fine; then the tree has at least one node, the document itself.
const char *_Nullable ty_error(const ty_tree *_Nonnull tree);
/// The line of that error, from 1.
int32_t ty_error_line(const ty_tree *_Nonnull tree);

int32_t ty_count(const ty_tree *_Nonnull tree);
/// The node at `index` in 0 ..< count; it lives as long as the tree.
ty_node ty_at(const ty_tree *_Nonnull tree, int32_t index);

#endif
