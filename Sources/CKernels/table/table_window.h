// A byte table's window by shuffles of 16 bytes, for SSE4.1 and AVX2. The including file defines
//     vector             its registers, of WIDTH bytes         OP(name)     the intrinsic of that width
//     load, store        unaligned                             row(p)       16 bytes, in every 128 bits
//     in_order(v)        bytes that a pack of each 128 bits left in the order of its inputs' halves

/// A shuffle yields 0 where bit 7 of its index is set: the saturating addition sets it wherever the segment is not one of
/// this row's 16. A segment is looked up in all rows, of which one answers.
TK_INLINE void look_up(const tk_byte_table *table, vector segment, vector bytes[4]) {
    TK_UNROLL
    for (int t = 0; t < 4; t++)
        bytes[t] = OP(set1_epi8)(0);
    TK_UNROLL
    for (int r = 0; r < TK_WINDOW / 16; r++) {
        vector other = OP(adds_epu8)(BITS(xor)(segment, OP(set1_epi8)((char)(16 * r))), OP(set1_epi8)(0x70));
        TK_UNROLL
        for (int t = 0; t < 4; t++) {
            const uint8_t *rows = t < 2 ? table->point[t] : table->rise[t - 2];
            bytes[t] = BITS(or)(bytes[t], OP(shuffle_epi8)(row(rows + 16 * r), other));
        }
    }
}

TK_INLINE vector limited(const int16_t *x, const tk_byte_table *table) {
    return OP(min_epi16)(OP(max_epi16)(load(x), OP(set1_epi16)(table->lowest)), OP(set1_epi16)(table->highest));
}

TK_INLINE vector segments(vector x) {
    return BITS(and)(OP(srli_epi16)(x, 7), OP(set1_epi16)(TK_WINDOW - 1));
}

/// The bytes, as words. The upper half of f*2^8 times twice the rise is floor(f*rise / 2^7).
TK_INLINE vector on_line(vector x, vector point, vector rise) {
    vector step = OP(mulhi_epi16)(OP(slli_epi16)(x, 8), OP(add_epi16)(rise, rise));
    return OP(srai_epi16)(OP(adds_epi16)(OP(add_epi16)(point, step), OP(set1_epi16)(128)), 8);
}

/// The count of the elements that are done, all but those that fill no vector.
TK_INLINE size_t through_window(const int16_t *x, size_t count, const tk_byte_table *table, int8_t *out) {
    size_t i = 0;
    for (; i + WIDTH <= count; i += WIDTH) {
        vector low = limited(x + i, table), high = limited(x + i + WIDTH / 2, table), bytes[4];
        look_up(table, OP(packus_epi16)(segments(low), segments(high)), bytes);
        low = on_line(low, OP(unpacklo_epi8)(bytes[0], bytes[1]), OP(unpacklo_epi8)(bytes[2], bytes[3]));
        high = on_line(high, OP(unpackhi_epi8)(bytes[0], bytes[1]), OP(unpackhi_epi8)(bytes[2], bytes[3]));
        store(out + i, in_order(OP(packs_epi16)(low, high)));
    }
    return i;
}
