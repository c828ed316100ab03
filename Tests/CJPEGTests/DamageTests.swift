import CJPEG
import Testing

@Suite struct DamageTests {
    @Test func everyPrefixIsTruncated() throws {
        let bytes = try Picture(width: 45, height: 37).encoded()
        let decoder = Decoder()
        for count in 0..<bytes.count {
            let code = decoder.decode(Array(bytes.prefix(count)), width: 45, height: 37).code
            #expect(code == TP_JPEG_TRUNCATED, "\(count) of \(bytes.count) bytes: \(code), \(decoder.message)")
            #expect(!decoder.message.isEmpty)
        }
        #expect(decoder.decode(bytes, width: 45, height: 37).code == 0)
        #expect(decoder.message.isEmpty)
    }

    @Test func everyPrefixOfTheHeaderIsTruncated() throws {
        let bytes = try Picture(width: 45, height: 37).encoded()
        let decoder = Decoder()
        let whole = try #require((0..<bytes.count).first { decoder.size(of: Array(bytes.prefix($0))).code == 0 })
        for count in 0..<whole { #expect(decoder.size(of: Array(bytes.prefix(count))).code == TP_JPEG_TRUNCATED) }
        for count in whole..<bytes.count { #expect(decoder.size(of: Array(bytes.prefix(count))) == (0, 45, 37)) }
    }

    @Test func garbageIsCorrupt() {
        let decoder = Decoder()
        var state: UInt32 = 7
        for round in 0..<200 {
            let bytes = (0..<round + 2).map { _ -> UInt8 in
                state = state &* 1_664_525 &+ 1_013_904_223
                return UInt8(state >> 24)
            }
            #expect(decoder.size(of: bytes).code == TP_JPEG_CORRUPT)
            #expect(decoder.decode(bytes, width: 8, height: 8).code == TP_JPEG_CORRUPT)
        }
    }

    /// A changed byte may still be a JPEG; what counts is that each gives a result, and the caller's memory stays
    /// whole.
    @Test func everyChangedByteGivesAResult() throws {
        let bytes = try Picture(width: 24, height: 19).encoded(quality: 60)
        let decoder = Decoder()
        let guardBytes = 64
        var (failures, codes) = (0, Set<Int32>())
        for position in bytes.indices {
            for change in [0x01, 0x80, 0xff] as [UInt8] {
                var damaged = bytes
                damaged[position] ^= change
                var pixels = [UInt8](repeating: 0x5a, count: 24 * 19 * 3 + guardBytes)
                let code = tp_jpeg_decode(decoder.handle, damaged, damaged.count, 1, &pixels, 24, 19, 72)
                codes.insert(code)
                failures += code == 0 ? 0 : 1
                #expect((code == 0) == decoder.message.isEmpty)
                #expect(pixels.suffix(guardBytes).allSatisfy { $0 == 0x5a })
            }
        }
        #expect(failures > bytes.count / 4)
        #expect(codes.isSuperset(of: [0, TP_JPEG_TRUNCATED, TP_JPEG_CORRUPT].map(Int32.init)))
    }

    @Test func claimsBeyondReasonAreRefused() throws {
        let decoder = Decoder()
        var bytes = try Picture(width: 45, height: 37).encoded()
        let frame = try #require(bytes.indices.first { bytes[$0] == 0xff && bytes[$0 + 1] == 0xc0 })
        func claim(height: UInt16, width: UInt16) {
            bytes.replaceSubrange(
                frame + 5..<frame + 9,
                with: [UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8), UInt8(width & 255)])
        }
        claim(height: 16_384, width: 16_384)
        #expect(decoder.size(of: bytes).code == TP_JPEG_TRUNCATED)
        claim(height: 37, width: 16_385)
        #expect(decoder.size(of: bytes).code == TP_JPEG_TOO_LARGE)
        claim(height: 0, width: 45)
        #expect(decoder.size(of: bytes).code == TP_JPEG_CORRUPT)
    }

    @Test func callersMistakesAreCodes() throws {
        let bytes = try Picture(width: 16, height: 16).encoded()
        let decoder = Decoder()
        #expect(decoder.decode(bytes, width: 16, height: 15).code == TP_JPEG_BAD_ARGUMENT)
        #expect(decoder.decode(bytes, width: 16, height: 16, scale: 3).code == TP_JPEG_BAD_ARGUMENT)
        #expect(decoder.decode(bytes, width: 16, height: 16, scale: 0).code == TP_JPEG_BAD_ARGUMENT)
        var pixels = [UInt8](repeating: 0, count: 16 * 16 * 3)
        #expect(tp_jpeg_decode(decoder.handle, bytes, bytes.count, 1, &pixels, 16, 16, 47) == TP_JPEG_BAD_ARGUMENT)

        var output: UnsafeMutablePointer<UInt8>?
        var count = 0
        for (width, height, stride, quality) in [(0, 1, 48, 90), (16, 0, 48, 90), (16, 16, 47, 90), (16, 16, 48, 101)] {
            let code = tp_jpeg_encode(pixels, Int32(width), Int32(height), stride, Int32(quality), &output, &count)
            #expect(code == TP_JPEG_BAD_ARGUMENT && output == nil && count == 0)
        }
    }
}
