import Foundation
import ModelSamples
import Testing

@testable import ModelFile

@Suite struct RoundTripTests {
    @Test func descriptionAndConstantsComeBack() throws {
        var builder = ModelBuilder()
        let input = builder.addActivation(
            Tensor(name: "picture", type: .int8, shape: [2, 3, 3], scale: 1 / 255, zeroPoint: -128))
        let weights: [Int8] = [1, -2, 3, -127, 5, 6]
        let bias: [Int32] = [1_000_000, -7]
        let operands = [
            builder.addConstant(name: "w", shape: [2, 1, 1, 3], weights),
            builder.addConstant(name: "b", shape: [2], bias),
            builder.addConstant(name: "m", shape: [2], [Int32.max, 1 << 30]),
            builder.addConstant(name: "s", shape: [2], [1 as Int32, 31]),
        ]
        let output = builder.addActivation(Tensor(name: "scores", type: .int16, shape: [2, 3, 2], scale: 0.5))
        let operation = Operation(
            name: "conv · 1", kind: .convolution(Window(), Clamp(low: -5, high: 32_767)), inputs: [input] + operands,
            output: output)
        let program = Program(inputs: [input], outputs: [output], operations: [operation])
        let task = Task(
            name: "who", kind: .classification, output: 0, labels: (0..<12).map { "name \($0) é" }, unit: "")
        let preprocessing = Preprocessing(width: 3, height: 2, colour: .bgr)
        let provenance = [ProvenanceEntry(key: "source", value: "日本")]
        let bytes = try builder.encode(
            name: "tiny", frame: program, preprocessing: preprocessing, tasks: [task], provenance: provenance)

        let model = try Model(bytes: bytes, name: "tiny")
        let expected = ModelDescription(
            name: "tiny", tensors: builder.tensors, frame: program, preprocessing: preprocessing, tasks: [task],
            provenance: provenance)
        #expect(model.description == expected)
        #expect(model.byteCount == bytes.count)
        #expect(model.constant(operands[0]).elementsEqual(weights.map { UInt8(bitPattern: $0) }))
        #expect(model.constant(operands[1]).bindMemory(to: Int32.self).elementsEqual(bias))
        #expect(model.constant(input).isEmpty)
        for operand in operands { #expect(Int(bitPattern: model.constant(operand).baseAddress!) % 64 == 0) }
    }

    @Test func everyOperatorComesBack() throws {
        let bytes = try everyOperatorModel()
        let description = try Model(bytes: bytes, name: "every").description
        let kinds = Set((description.frame.operations + description.clipProgram!.operations).map(\.kind.label))
        #expect(kinds.count == 21)

        // Encoding what was read gives the same bytes.
        let storage = ModelStorage(copying: bytes)
        let reader = try Reader(file: storage.bytes, name: "every")
        #expect(Encoder(try reader.description(), data: Array(reader[.data])).bytes == bytes)
        withExtendedLifetime(storage) {}
    }

    @Test(arguments: 0..<50) func randomModelsComeBack(seed: Int) throws {
        let bytes = try randomModel(seed: UInt64(seed))
        #expect(try Model(bytes: bytes, name: "random").byteCount == bytes.count)
    }

    @Test func filesAreMappedAndReplacedAsAWhole() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "a.tide").path
        let bytes = try everyOperatorModel()
        try ModelBuilder.write(bytes, to: path)
        #expect(try Model(path: path).description == Model(bytes: bytes, name: path).description)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.tide"])
        #expect {
            try ModelBuilder.write(bytes, to: folder.path + "/missing/a.tide")
        } throws: { error in
            if case ModelFileError.unwritable(folder.path + "/missing/a.tide", _) = error { true } else { false }
        }
        #expect {
            _ = try Model(path: folder.path)
        } throws: { error in
            if case ModelFileError.unreadable(folder.path, _) = error { true } else { false }
        }
    }
}
