import FloatGraph
import GraphSamples
import ModelFile
import Testing

@testable import Quantizer

struct QuantizationTests {
    /// Files of other runtimes count from 0 or from −128; what calibration saw tells which.
    @Test func givenGridsAreKept() throws {
        func kept(_ zeroPoint: Int32, _ seen: ClosedRange<Double>, bits: Int = 8) -> Quantization? {
            Quantization(ValueQuantization(scales: [0.5], zeroPoints: [zeroPoint], bits: bits), seen: seen)
        }
        #expect(kept(-128, 0...127) == Quantization(type: .int8, scale: 0.5, zeroPoint: -128))
        #expect(kept(0, -60...60) == Quantization(type: .int8, scale: 0.5, zeroPoint: 0))
        #expect(kept(0, 0...120) == Quantization(type: .int8, scale: 0.5, zeroPoint: -128))
        #expect(kept(200, -90...20) == Quantization(type: .int8, scale: 0.5, zeroPoint: 72))
        #expect(kept(0, 0...1, bits: 16) == nil)
        #expect(kept(300, 0...1) == nil)
    }

    @Test func int8CoversItsRangeAndHoldsZeroExactly() {
        var random = SeededGenerator(1)
        for _ in 0..<2000 {
            let a = Double.random(in: -20...20, using: &random), b = Double.random(in: -20...20, using: &random)
            let quantization = Quantization.int8(min(a, b)...max(a, b))
            #expect((-128...127).contains(quantization.zeroPoint))
            #expect(quantization.dequantize(quantization.quantize(0)) == 0)
            for value in [a, b] {
                // the zero point's own rounding costs up to half a step at the ends
                let held = quantization.dequantize(quantization.quantize(value))
                #expect(abs(held - value) <= quantization.scale * 1.0001)
            }
        }
    }

    @Test func valuesWithoutRangeGetASafeScale() {
        #expect(Quantization.int8(0...0).scale > 0)
        #expect(Quantization.int16(magnitude: 0).scale > 0)
        #expect(Quantization.int8(0...0).quantize(0) == -128)
    }

    @Test func clampsAreBoundsInQuantizedUnits() {
        let relu6 = Quantization.int8(0...6)
        #expect(relu6.clamp(0...6) == Clamp(low: -128, high: 127))
        let symmetric = Quantization.int16(magnitude: 8)
        #expect(symmetric.clamp(0...6) == Clamp(low: 0, high: 24575))
        #expect(symmetric.clamp(0...Double.greatestFiniteMagnitude).high == 32767)
        #expect(symmetric.clamp(nil) == Clamp(low: -32767, high: 32767))
    }
}

struct FunctionTableTests {
    /// What the kernels do with a 513-entry table.
    private func look(_ table: [Int16], _ q: Int, _ type: ElementType) -> Int {
        let u = q + 32768
        let v = Int(table[u >> 7]) * (128 - (u & 127)) + Int(table[(u >> 7) + 1]) * (u & 127)
        return type == .int16 ? (v + 64) >> 7 : min(max((v + 1 << 14) >> 15, -128), 127)
    }

    private static let functions: [UnaryFunction] = [
        .sigmoid, .tanh, .swish, .hardSwish, .relu, .leakyRelu(0.1), .hardSigmoid(alpha: 0.2, beta: 0.5), .clip(-1, 6),
    ]

    /// Interpolation adds at most h²/8·|f″| to the output's rounding; at kinks at most h/4·|Δf′|.
    @Test(arguments: functions, [ElementType.int8, .int16])
    func interpolatedTablesFollowTheFunction(_ function: UnaryFunction, _ type: ElementType) {
        let input = Quantization.int16(magnitude: 12)
        let reached = stride(from: -12.0, through: 12, by: 0.01).map { FunctionTable.evaluate(function, $0) }
        let output: Quantization =
            type == .int8 ? .int8(reached.min()!...reached.max()!)
            : .int16(magnitude: max(abs(reached.min()!), abs(reached.max()!)))
        let table = FunctionTable.int16(function, from: input, to: output)
        #expect(table.count == 513)
        let step = 128 * input.scale
        let bound = output.scale * (type == .int8 ? 0.52 : 1.02) + step * step / 8 + (isKinked(function) ? step / 4 : 0)
        for q in stride(from: -32767, through: 32767, by: 13) {
            let exact = FunctionTable.evaluate(function, input.dequantize(Int32(q)))
            let held = output.dequantize(Int32(look(table, q, type)))
            #expect(abs(held - exact) <= bound, "at \(q)")
        }
    }

    /// The segments, 128 inputs each, from the first to the last in which bytes change.
    private func changing(_ function: UnaryFunction, _ input: Quantization, _ output: Quantization) -> Int {
        let table = FunctionTable.int16(function, from: input, to: output)
        let bytes = (-32768...32767).map { look(table, $0, .int8) }
        let first = bytes.firstIndex { $0 != bytes[0] }!, last = bytes.lastIndex { $0 != bytes[65535] }!
        return last / 128 - (first - 1) / 128 + 1
    }

    /// Kernels hold 128 segments; the coarser input still has 40 steps and more for a byte's.
    @Test(arguments: [UnaryFunction.sigmoid, .tanh, .swish, .hardSwish, .gelu, .elu(1)], [3.0, 9, 17, 30])
    func bytesChangeInAWindow(_ function: UnaryFunction, _ reached: Double) {
        let low = FunctionTable.evaluate(function, -1.2), high = FunctionTable.evaluate(function, reached)
        let output = Quantization.int8(min(low, 0)...high)
        for headroom in [1.0, 2, 5] {
            let input = Quantization.int16(magnitude: reached * headroom)
            let coarse = FunctionTable.windowed(function, from: input, to: output)
            #expect(changing(function, coarse, output) <= 128)
            #expect(coarse.scale >= input.scale)
            let coarsened = coarse.scale > input.scale
            #expect(coarsened == (changing(function, input, output) > 126))
            #expect(!coarsened || changing(function, coarse, output) > 110)
        }
    }

    /// Near 0 a line of four times the length would miss the reciprocal by bytes.
    @Test func steepFunctionsKeepTheirInput() {
        let input = Quantization.int16(magnitude: 4), output = Quantization.int8(0...40)
        #expect(FunctionTable.windowed(.reciprocal, from: input, to: output) == input)
    }

    private func isKinked(_ function: UnaryFunction) -> Bool {
        switch function {
        case .sigmoid, .tanh, .swish: false
        default: true
        }
    }

    @Test func int8TablesAreExactToTheirRounding() {
        let input = Quantization.int8(-4...9), output = Quantization.int8(-0.3...9)
        let table = FunctionTable.int8(.swish, from: input, to: output)
        for q in -128...127 {
            let exact = FunctionTable.evaluate(.swish, input.dequantize(Int32(q)))
            let bounded = min(max(exact, output.dequantize(-128)), output.dequantize(127))
            #expect(abs(output.dequantize(Int32(table[q + 128])) - bounded) <= output.scale * 0.5001)
        }
    }

    @Test func exponentTablesMultiplyToTheExponential() {
        let scale = 3e-4
        let (high, low) = FunctionTable.exponent(scale: scale)
        for d in stride(from: 0, through: 65535, by: 37) {
            let product = Double(high[d >> 8]) * Double(low[d & 255]) * 0x1p-60
            #expect(abs(product - FunctionTable.evaluate(.exp, -Double(d) * scale)) < 0x1p-29)
        }
    }
}
