/// Where blocks of memory lie in one arena, so that blocks alive at the same time never overlap.
///
/// Greedy by size: the largest block first, each at the lowest offset that is free during its whole life. This is the
/// usual heuristic for offset assignment in inference runtimes; it is close to the largest sum of live blocks on such
/// networks.
struct ArenaPlan {
    struct Block {
        var byteCount: Int
        /// The first and the last operation during which the content must stay.
        var life: ClosedRange<Int>
    }

    static let alignment = 64

    /// By block, multiples of 64.
    let offsets: [Int]
    let byteCount: Int

    init(_ blocks: [Block]) {
        let order = blocks.indices.sorted {
            (blocks[$0].byteCount, $1) > (blocks[$1].byteCount, $0)
        }
        var offsets = [Int](repeating: 0, count: blocks.count)
        var placed: [Int] = []  // by offset
        var byteCount = 0
        for block in order {
            let size = Self.aligned(blocks[block].byteCount)
            var offset = 0
            for other in placed where blocks[other].life.overlaps(blocks[block].life) {
                if offset + size <= offsets[other] { break }
                offset = max(offset, offsets[other] + Self.aligned(blocks[other].byteCount))
            }
            offsets[block] = offset
            byteCount = max(byteCount, offset + size)
            placed.insert(block, at: placed.firstIndex { offsets[$0] > offset } ?? placed.count)
        }
        self.offsets = offsets
        self.byteCount = byteCount
    }

    static func aligned(_ byteCount: Int) -> Int { (byteCount + alignment - 1) / alignment * alignment }
}
