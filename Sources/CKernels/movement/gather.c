// Elements in another order, by a table of offsets an axis.
#include "../requantize.h"
#include <string.h>

enum { MAX_AXES = 6 };

static void fill_block(const tk_gather *g, uint8_t *out) {
    if (g->unit == 1)
        memset(out, g->fill, g->block);
    else
        for (size_t i = 0; i < g->block / 2; i++)
            ((int16_t *)(void *)out)[i] = (int16_t)g->fill;
}

/// The row's offset in units, -1 where an axis asks for the fill.
static int64_t row_offset(const tk_gather *g, const size_t *index) {
    int64_t offset = 0;
    for (int32_t axis = 0; axis + 1 < g->axes; axis++) {
        int32_t step = g->tables[axis][index[axis]];
        if (step < 0)
            return -1;
        offset += step;
    }
    return offset;
}

static void gather_row(const tk_gather *g, int64_t offset, uint8_t *out) {
    const int32_t *table = g->tables[g->axes - 1];
    const uint8_t *x = (const uint8_t *)g->x + (size_t)(offset < 0 ? 0 : offset) * g->unit;
    size_t count = g->extents[g->axes - 1];
    for (size_t i = 0; i < count; i++, out += g->block) {
        if (offset < 0 || table[i] < 0)
            fill_block(g, out);
        else if (g->block == 1)
            *out = x[table[i]];
        else if (g->block == 2)
            memcpy(out, x + (size_t)table[i] * g->unit, 2);
        else
            memcpy(out, x + (size_t)table[i] * g->unit, g->block);
    }
}

void tk_gather_rows(const tk_gather *g) {
    size_t index[MAX_AXES] = { 0 }, rest = g->row_begin;
    for (int32_t axis = g->axes - 2; axis >= 0; axis--) {
        index[axis] = rest % g->extents[axis];
        rest /= g->extents[axis];
    }
    size_t width = g->extents[g->axes - 1] * g->block;
    uint8_t *out = (uint8_t *)g->out + g->row_begin * width;
    for (size_t row = g->row_begin; row < g->row_end; row++, out += width) {
        gather_row(g, row_offset(g, index), out);
        for (int32_t axis = g->axes - 2; axis >= 0 && ++index[axis] == g->extents[axis]; axis--)
            index[axis] = 0;
    }
}
