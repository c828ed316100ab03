import CKernels
import Foundation
import Testing

/// What Goldens/make.py writes.
private struct Goldens: Decodable {
    struct Softmax: Decodable {
        let type: String
        let high, low: [Int32]
        let x: [[Int16]]
        let expected: [[UInt16]]
    }

    struct LSTM: Decodable {
        struct Gates: Decodable { let input, recurrent: [Int16] }
        struct State: Decodable { let cell, hidden: [Int16] }
        let type: String
        let cellBits: Int32
        let units: Int
        let gates: [Gates]
        let expected: [State]
    }

    struct Attention: Decodable {
        let type: String
        let steps, channels, units: Int
        let zeroPoint, bias, scoreMultiplier, scoreShift, outputMultiplier, outputShift, outputZeroPoint: Int32
        let x, query, key, expected: [Int16]
        let weights: [Int8]
    }

    let sigmoid, tanh: [Int16]
    let scoreHigh, scoreLow: [Int32]
    let softmax: [Softmax]
    let lstm: [LSTM]
    let attention: [Attention]

    static func load() throws -> Goldens {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Goldens/sequence.json")
        return try JSONDecoder().decode(Goldens.self, from: Data(contentsOf: file))
    }
}

/// Integers as the bytes of an int8 or int16 array.
private func bytes(_ values: [Int16], _ type: String) -> [UInt8] {
    type == "int8" ? values.map { UInt8(bitPattern: Int8($0)) } : values.withUnsafeBytes { Array($0) }
}

private func elementType(_ label: String) -> tk_type { label == "int8" ? TK_INT8 : TK_INT16 }

/// An exponent table as long as the kernel may ask for.
private func padded(_ table: [Int32]) -> [Int32] { table + Array(repeating: 0, count: 256 - table.count) }

@Suite struct SequenceTests {
    @Test func softmaxEqualsGoldens() throws {
        for golden in try Goldens.load().softmax {
            let rows = golden.x.count, count = golden.x[0].count
            var scratch = [UInt32](repeating: 0, count: count), out = [UInt16](repeating: 0, count: rows * count)
            tk_softmax(elementType(golden.type), bytes(golden.x.flatMap { $0 }, golden.type), rows, count,
                       padded(golden.high), padded(golden.low), &scratch, &out)
            #expect(out == golden.expected.flatMap { $0 })
        }
    }

    @Test(arguments: [TK_SCALAR] + availableSets) func lstmEqualsGoldensAfterEveryStep(isa: tk_isa) throws {
        let goldens = try Goldens.load(), lookUp = tk_kernels_for(isa).pointee.table_int16
        for golden in goldens.lstm {
            let memory = Memory(), byteCount = bytes(golden.expected[0].hidden, golden.type).count
            let cell = memory.zeros(Int16.self, golden.units), hidden = memory.zeros(UInt8.self, byteCount)
            for (gates, expected) in zip(golden.gates, golden.expected) {
                var step = tk_lstm_step(
                    hidden_size: golden.units, cell_bits: golden.cellBits, input: memory.copy(gates.input),
                    recurrent: memory.copy(gates.recurrent), sigmoid: memory.copy(goldens.sigmoid),
                    tanh: memory.copy(goldens.tanh), look_up: lookUp, cell: cell,
                    hidden_type: elementType(golden.type), hidden: hidden)
                tk_lstm(&step)
                #expect(Array(UnsafeBufferPointer(start: cell, count: golden.units)) == expected.cell)
                let result = Array(UnsafeBufferPointer(start: hidden, count: byteCount))
                #expect(result == bytes(expected.hidden, golden.type))
            }
            withExtendedLifetime(memory) {}
        }
    }

    @Test(arguments: [TK_SCALAR] + availableSets) func attentionEqualsGoldens(isa: tk_isa) throws {
        let goldens = try Goldens.load(), lookUp = tk_kernels_for(isa).pointee.table_int16
        for golden in goldens.attention {
            let type = elementType(golden.type), limit: Int32 = type == TK_INT8 ? 128 : 32768
            let memory = Memory()
            let out = memory.zeros(UInt8.self, bytes(golden.expected, golden.type).count)
            var a = tk_attention(
                steps: golden.steps, channels: golden.channels, units: golden.units, x_type: type,
                x: memory.copy(bytes(golden.x, golden.type)), x_zero_point: golden.zeroPoint,
                query: memory.copy(golden.query), key: memory.copy(golden.key), weights: memory.copy(golden.weights),
                bias: golden.bias, sigmoid: memory.copy(goldens.sigmoid), tanh: memory.copy(goldens.tanh),
                look_up: lookUp, high: memory.copy(padded(goldens.scoreHigh)), low: memory.copy(goldens.scoreLow),
                score_multiplier: golden.scoreMultiplier, score_shift: golden.scoreShift,
                output_multiplier: golden.outputMultiplier, output_shift: golden.outputShift,
                e: memory.zeros(UInt32.self, golden.steps), weightings: memory.zeros(UInt16.self, golden.steps),
                scores: memory.zeros(Int16.self, golden.steps),
                activations: memory.zeros(Int16.self, golden.steps * golden.units), out: out,
                output: tk_output(type: type, zero_point: golden.outputZeroPoint, low: -limit, high: limit - 1))
            tk_attention_run(&a)
            let result = Array(UnsafeBufferPointer(start: out, count: bytes(golden.expected, golden.type).count))
            withExtendedLifetime(memory) { #expect(result == bytes(golden.expected, golden.type)) }
        }
    }
}
