import CKernels
import Testing

/// The scalar kernels of the other families against their formulas.
@Suite struct ScalarTests {
    private static let rescales = [
        tk_rescale(left: 0, multiplier: 1 << 30, shift: 1), tk_rescale(left: 5, multiplier: 1_700_000_001, shift: 6),
        tk_rescale(left: 10, multiplier: .max, shift: 12), tk_rescale(left: 1, multiplier: -1_234_567_890, shift: 3),
    ]

    @Test func depthwise() {
        var numbers = Numbers(seed: 5)
        let (height, width, channels, kernel, stride, top, left) = (5, 6, 3, 3, 2, 1, 0)
        let outputHeight = 3, outputWidth = 2
        let x: [Int8] = numbers.array(height * width * channels, -128...127)
        let weights: [Int8] = numbers.array(kernel * kernel * channels, -127...127)
        let bias: [Int32] = [0, 1000, -99_999]
        let multiplier: [Int32] = [1 << 30, .max, 1_999_999_999], shift: [Int32] = [3, 9, 7]
        let zeroPoint: Int32 = -128, memory = Memory()

        var description = tk_depthwise_weights(
            kernel_h: 3, kernel_w: 3, channels: 3, stride_x: 1, dilation_x: 1, input_type: TK_INT8, input_zero_point: zeroPoint,
            weights: memory.copy(weights), bias: memory.copy(bias), multiplier: memory.copy(multiplier),
            shift: memory.copy(shift))
        let packed = memory.zeros(UInt8.self, scalar.depthwise_packed_size(3, 3, 3, TK_INT8))
        scalar.depthwise_pack(&description, packed)
        let y = memory.zeros(Int16.self, outputHeight * outputWidth * channels)
        var d = tk_depthwise(
            kernel_h: 3, kernel_w: 3, channels: 3, input_type: TK_INT8, input_zero_point: zeroPoint,
            input_h: Int32(height), input_w: Int32(width), output_h: Int32(outputHeight), output_w: Int32(outputWidth),
            stride_y: Int32(stride), stride_x: Int32(stride), pad_top: Int32(top), pad_left: Int32(left), dilation_y: 1, dilation_x: 1, row_begin: 0,
            row_end: Int32(outputHeight), x: memory.copy(x), packed: packed, y: y, output: int16Output)
        scalar.depthwise(&d)

        for oy in 0..<outputHeight {
            for ox in 0..<outputWidth {
                for c in 0..<channels {
                    var sum = Int64(bias[c])
                    for ky in 0..<kernel {
                        for kx in 0..<kernel {
                            let (iy, ix) = (oy * stride - top + ky, ox * stride - left + kx)
                            let inside = (0..<height).contains(iy) && (0..<width).contains(ix)
                            let value = inside ? Int64(x[(iy * width + ix) * channels + c]) : Int64(zeroPoint)
                            sum += (value - Int64(zeroPoint)) * Int64(weights[(ky * kernel + kx) * channels + c])
                        }
                    }
                    let expected = finish(requantize(sum, multiplier[c], shift[c]), int16Output)
                    #expect(y[(oy * outputWidth + ox) * channels + c] == expected, "\(oy), \(ox), channel \(c)")
                }
            }
        }
        withExtendedLifetime(memory) {}
    }

    @Test func addition() {
        var numbers = Numbers(seed: 6)
        let count = 200, memory = Memory()
        let x: [Int8] = numbers.array(count, -128...127), y: [Int16] = numbers.array(count, -32768...32767)
        let out = memory.zeros(Int8.self, count)
        var a = tk_add(
            count: count, x_type: TK_INT8, y_type: TK_INT16, x: memory.copy(x), y: memory.copy(y), out: out,
            x_zero_point: 9, y_zero_point: -2, mx: -(1 << 20), my: 4095, multiplier: 1_600_000_000, shift: 21,
            output: int8Output)
        scalar.add(&a)
        for i in 0..<count {
            let sum = (Int64(x[i]) - 9) * -(1 << 20) + (Int64(y[i]) + 2) * 4095
            #expect(Int16(out[i]) == finish(requantize(sum, 1_600_000_000, 21), int8Output))
        }
        withExtendedLifetime(memory) {}
    }

    @Test(arguments: [TK_SAME, TK_PER_CHANNEL, TK_PER_ROW]) func multiplication(broadcast: tk_broadcast) {
        var numbers = Numbers(seed: 7)
        let rows = 7, channels = 5, memory = Memory()
        let x: [Int8] = numbers.array(rows * channels, -128...127)
        let y: [Int8] = numbers.array(rows * channels, -128...127)
        for rescale in Self.rescales {
            let out = memory.zeros(Int8.self, rows * channels)
            var p = tk_multiply(
                rows: rows, channels: channels, broadcast: broadcast, x_type: TK_INT8, y_type: TK_INT8,
                x: memory.copy(x), y: memory.copy(y), out: out, x_zero_point: -128, y_zero_point: 127, rescale: rescale,
                output: int8Output)
            scalar.multiply(&p)
            for r in 0..<rows {
                for c in 0..<channels {
                    let factor = y[broadcast == TK_SAME ? r * channels + c : broadcast == TK_PER_CHANNEL ? c : r]
                    let product = (Int64(x[r * channels + c]) + 128) * (Int64(factor) - 127)
                    #expect(Int16(out[r * channels + c]) == finish(CKernelsTests.rescale(product, rescale), int8Output))
                }
            }
        }
        withExtendedLifetime(memory) {}
    }

    @Test func rescaleAndPrelu() {
        let x = (-128...127).map { Int8($0) }, memory = Memory(), zeroPoint: Int32 = -17
        for rescale in Self.rescales {
            let out = memory.zeros(Int16.self, 256)
            var r = tk_rescale_rows(
                rows: 1, channels: 256, out_stride: 256, x_type: TK_INT8, x: memory.copy(x), out: out,
                zero_point: zeroPoint, rescale: rescale, output: int16Output)
            scalar.rescale(&r)
            for i in 0..<256 {
                #expect(out[i] == finish(CKernelsTests.rescale(Int64(x[i]) + 17, rescale), int16Output))
            }

            let slopes: [Int32] = [-(1 << 30), 0, .max, -.max], shifts: [Int32] = [1, 2, 30, 5]
            var p = tk_prelu(
                rows: 64, channels: 4, x_type: TK_INT8, x: memory.copy(x), out: out, zero_point: zeroPoint,
                rescale: rescale, multiplier: memory.copy(slopes), shift: memory.copy(shifts), output: int16Output)
            scalar.prelu(&p)
            for i in 0..<256 {
                let a = Int64(x[i]) + 17
                let slope = tk_rescale(left: rescale.left, multiplier: slopes[i % 4], shift: shifts[i % 4])
                #expect(out[i] == finish(CKernelsTests.rescale(a, a >= 0 ? rescale : slope), int16Output))
            }
        }
        withExtendedLifetime(memory) {}
    }

    @Test func reductions() {
        var numbers = Numbers(seed: 8)
        let outer = 2, count = 9, inner = 4, memory = Memory()
        let x: [Int8] = numbers.array(outer * count * inner, -128...127)
        for rescale in Self.rescales {
            let mean = memory.zeros(Int8.self, outer * inner), maximum = memory.zeros(Int8.self, outer * inner)
            var r = tk_reduce(
                outer: outer, count: count, inner: inner, inner_begin: 0, inner_end: inner, x_type: TK_INT8,
                x: memory.copy(x), out: mean, zero_point: 100, rescale: rescale, output: int8Output)
            scalar.mean(&r)
            r.out = UnsafeMutableRawPointer(maximum)
            scalar.maximum(&r)
            for o in 0..<outer {
                for i in 0..<inner {
                    let column = (0..<count).map { Int64(x[(o * count + $0) * inner + i]) }
                    let sum = column.reduce(0) { $0 + $1 - 100 }
                    #expect(Int16(mean[o * inner + i]) == finish(CKernelsTests.rescale(sum, rescale), int8Output))
                    #expect(Int64(maximum[o * inner + i]) == column.max())
                }
            }
        }
        withExtendedLifetime(memory) {}
    }

    /// Every possible input.
    @Test func tables() {
        let memory = Memory()
        var numbers = Numbers(seed: 9)
        let table: [Int16] = numbers.array(513, -32768...32767), bytes: [Int8] = numbers.array(256, -128...127)
        let x8 = (-128...127).map { Int8($0) }, x16 = (-32768...32767).map { Int16($0) }
        var out8 = [Int8](repeating: 0, count: 256), out16 = [Int16](repeating: 0, count: 65536)
        var narrow = [Int8](repeating: 0, count: 65536)
        scalar.table_int8(x8, 256, bytes, &out8)
        scalar.table_int16(x16, 65536, table, &out16)
        let byteTable = memory.zeros(UInt8.self, tk_byte_table_size())
        tk_byte_table_make(table, OpaquePointer(byteTable))
        scalar.table_int16_int8(x16, 65536, OpaquePointer(byteTable), &narrow)
        #expect(out8 == bytes)
        for u in 0..<65536 {
            let (i, f) = (u / 128, Int64(u % 128))
            let v = Int64(table[i]) * (128 - f) + Int64(table[i + 1]) * f
            let rounded = floorDivide(v + 64, powerOfTwo: 7), rounded8 = floorDivide(v + 16384, powerOfTwo: 15)
            if Int64(out16[u]) != rounded || Int64(narrow[u]) != min(127, max(-128, rounded8)) {
                Issue.record("input \(u - 32768)")
                return
            }
        }
    }

    @Test func resize() {
        var numbers = Numbers(seed: 10)
        let memory = Memory(), source: [UInt8] = numbers.array(3 * 20, 0...255)
        let first: [Int32] = [0, 3, 17], weights: [Int16] = [16384, 0, 0, 1, 16382, 1, 5461, 5462, 5461]
        let row = memory.zeros(UInt16.self, 9)
        var r = tk_resize_row(
            width: 3, taps: 3, first: memory.copy(first), weights: memory.copy(weights), source: memory.copy(source),
            out: row)
        scalar.resize_row(&r)
        for i in 0..<9 {
            let (pixel, channel) = (i / 3, i % 3)
            var sum: Int64 = 0
            for tap in 0..<3 {
                sum += Int64(weights[pixel * 3 + tap]) * Int64(source[3 * (Int(first[pixel]) + tap) + channel])
            }
            #expect(Int64(row[i]) == floorDivide(sum + 64, powerOfTwo: 7))
        }

        let rows: [[UInt16]] = (0..<2).map { _ in numbers.array(100, 0...32640) }
        let columnWeights: [Int16] = [6000, 10384]
        let pointers = rows.map { UnsafePointer<UInt16>?(memory.copy($0)) }
        let out = memory.zeros(Int8.self, 100)
        pointers.withUnsafeBufferPointer { pointers in
            var c = tk_resize_column(
                count: 100, taps: 2, rows: pointers.baseAddress, weights: memory.copy(columnWeights), out: out)
            scalar.resize_column(&c)
        }
        for i in 0..<100 {
            let sum = Int64(rows[0][i]) * 6000 + Int64(rows[1][i]) * 10384
            #expect(Int64(out[i]) == floorDivide(sum + (1 << 20), powerOfTwo: 21) - 128)
        }
        withExtendedLifetime(memory) {}
    }
}
