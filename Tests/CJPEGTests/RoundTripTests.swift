import CJPEG
import Testing

@Suite struct RoundTripTests {
    @Test(arguments: [(1, 1), (7, 5), (16, 16), (97, 61), (320, 200)])
    func aPictureComesBack(width: Int, height: Int) throws {
        let picture = Picture(width: width, height: height)
        let bytes = try picture.encoded(quality: 95)
        let decoder = Decoder()
        let size = decoder.size(of: bytes)
        #expect(size == (0, width, height))
        let (code, decoded) = decoder.decode(bytes, width: width, height: height)
        #expect(code == 0)
        #expect(decoded.meanDifference(from: picture) < 4)
    }

    @Test func lowerQualityIsSmaller() throws {
        let picture = Picture(width: 160, height: 120)
        #expect(try picture.encoded(quality: 20).count < picture.encoded(quality: 95).count)
    }

    @Test func outputLargerThanTheFirstBufferIsWhole() throws {
        var noise = Picture(width: 400, height: 300)
        var state: UInt32 = 1
        for i in noise.pixels.indices {
            state = state &* 1_664_525 &+ 1_013_904_223
            noise.pixels[i] = UInt8(state >> 24)
        }
        let bytes = try noise.encoded(quality: 100)
        #expect(bytes.count > 128 * 1024)
        #expect(Decoder().decode(bytes, width: 400, height: 300).code == 0)
    }

    @Test(arguments: [2, 4, 8])
    func aScaledPictureIsTheMeanOfItsBlocks(scale: Int) throws {
        let picture = Picture(width: 161, height: 97)
        let bytes = try picture.encoded(quality: 95)
        let width = Int(tp_jpeg_scaled_length(161, Int32(scale)))
        let height = Int(tp_jpeg_scaled_length(97, Int32(scale)))
        #expect((width, height) == ((161 + scale - 1) / scale, (97 + scale - 1) / scale))

        let (code, small) = Decoder().decode(bytes, width: width, height: height, scale: scale)
        #expect(code == 0)
        var mean = Picture(width: width, height: height)
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<3 {
                    var (sum, count) = (0, 0)
                    for v in y * scale..<min(97, (y + 1) * scale) {
                        for u in x * scale..<min(161, (x + 1) * scale) {
                            sum += Int(picture.pixels[(v * 161 + u) * 3 + channel])
                            count += 1
                        }
                    }
                    mean.pixels[(y * width + x) * 3 + channel] = UInt8(sum / count)
                }
            }
        }
        #expect(small.meanDifference(from: mean) < 6)
    }

    @Test func rowsAreAStrideApartAndTheGapIsUntouched() throws {
        let picture = Picture(width: 40, height: 30)
        let bytes = try picture.encoded()
        let decoder = Decoder()
        let packed = decoder.decode(bytes, width: 40, height: 30).picture
        let stride = 3 * 40 + 17
        var pixels = [UInt8](repeating: 0xa5, count: stride * 30)
        #expect(tp_jpeg_decode(decoder.handle, bytes, bytes.count, 1, &pixels, 40, 30, stride) == 0)
        for y in 0..<30 {
            let row = pixels[y * stride..<(y + 1) * stride]
            #expect(row.prefix(120).elementsEqual(packed.pixels[y * 120..<(y + 1) * 120]))
            #expect(row.dropFirst(120).allSatisfy { $0 == 0xa5 })
        }
    }

    @Test func aDecoderForgetsThePictureBefore() throws {
        let (first, second) = (Picture(width: 64, height: 48), Picture(width: 33, height: 90))
        let (a, b) = (try first.encoded(quality: 40), try second.encoded(quality: 90))
        let reused = Decoder()
        let fresh = Decoder().decode(b, width: 33, height: 90)
        #expect(reused.decode(a, width: 64, height: 48).code == 0)
        #expect(reused.decode(Array(a.dropLast(100)), width: 64, height: 48).code < 0)
        let again = reused.decode(b, width: 33, height: 90)
        #expect(again.code == 0 && again.picture == fresh.picture)
    }

    /// Webcams leave the Huffman tables out of their MJPEG frames when they are the standard ones.
    @Test func standardHuffmanTablesMayBeMissing() throws {
        let bytes = try Picture(width: 64, height: 48).encoded()
        var stripped = Array(bytes[0..<2])
        var position = 2
        while bytes[position + 1] != 0xda {
            let length = 2 + Int(bytes[position + 2]) << 8 + Int(bytes[position + 3])
            if bytes[position + 1] != 0xc4 { stripped += bytes[position..<position + length] }
            position += length
        }
        stripped += bytes[position...]
        #expect(stripped.count < bytes.count)
        let decoder = Decoder()
        let whole = decoder.decode(bytes, width: 64, height: 48)
        let (code, picture) = decoder.decode(stripped, width: 64, height: 48)
        #expect(code == 0 && picture == whole.picture)
    }
}
