import CPlatform
import Testing

@Suite struct CRC32Tests {
    /// The check value of the standard's catalogue entry.
    @Test func checkValue() {
        let text: [UInt8] = Array("123456789".utf8)
        #expect(tp_crc32(text, text.count) == 0xcbf4_3926)
        #expect(tp_crc32_by_tables(text, text.count) == 0xcbf4_3926)
        #expect(tp_crc32(nil, 0) == 0)
    }

    /// Every length around the widths of the loops, aligned and not.
    @Test func everyWayAgrees() {
        var state: UInt64 = 7
        let bytes: [UInt8] = (0..<1000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 33)
        }
        bytes.withUnsafeBytes { bytes in
            for offset in 0..<4 {
                for count in 0..<bytes.count - offset {
                    let start = bytes.baseAddress! + offset
                    guard tp_crc32(start, count) != tp_crc32_by_tables(start, count) else { continue }
                    Issue.record("\(count) bytes from \(offset)")
                    return
                }
            }
        }
    }
}
