import FloatGraph
import Foundation
import Testing

@testable import Importers

/// Files that are damaged, contradict themselves or ask for more than there is: a typed error each, never a trap.
struct KerasRejectionTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("keras-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func fixture(_ name: String) throws -> Data {
        try Data(contentsOf: KerasFixtureTests.folder.appendingPathComponent(name))
    }

    /// The error of a file of these bytes; `nil` when it is read.
    private func failure(_ data: Data, _ name: String, beside json: String? = nil) throws -> String? {
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let url = folder.appendingPathComponent(name)
        try data.write(to: url)
        if let json {
            try json.write(
                to: url.deletingPathExtension().appendingPathExtension("json"), atomically: true, encoding: .utf8)
        }
        do {
            try importModel(path: url.path).validated()
            return nil
        } catch let error as ImportError {
            // The file at fault: the model, or the description beside it.
            let stem = url.deletingPathExtension().path
            #expect([url.path, stem + ".json"].contains { error.description.contains($0) })
            return error.description
        }
    }

    @Test(arguments: ["nested.h5", "nested.keras"])
    func cutOffFilesAreRefused(_ name: String) throws {
        let whole = try fixture(name)
        for count in [0, 1, 7, 8, 9, 100, 600, whole.count / 2, whole.count - 100, whole.count - 1] {
            #expect(try failure(whole.prefix(count), name) != nil)
        }
    }

    /// Single damaged bytes: read or refused, and libhdf5 may crash in its own process only.
    @Test func damagedBytesNeverTrap() throws {
        let whole = try fixture("nested.h5")
        for index in 0..<24 {
            var data = whole
            data[(index * 7919) % 4096] ^= UInt8(truncatingIfNeeded: 1 << (index % 8))
            _ = try failure(data, "nested.h5")
        }
    }

    /// Where these bytes of a heap are 0, libhdf5 goes around in it for ever: its process is given up.
    @Test func readingEnds() throws {
        var data = try fixture("clip.h5")
        data.replaceSubrange(24_546..<24_610, with: Data(count: 64))
        #expect(try failure(data, "clip.h5")?.contains("damaged") == true)
    }

    @Test func aTextIsNoModel() throws {
        for name in ["model.h5", "model.keras", "model.hdf5"] {
            #expect(try failure(Data("a text".utf8), name)?.contains("does not begin as") == true)
        }
    }

    @Test func aQuantizedNetworkIsNoTrainedOne() throws {
        #expect(try failure(Data("TIDE\u{1}".utf8), "model.tide")?.contains("quantized network already") == true)
    }

    /// torch.save writes a ZIP with an entry of this name; empty here, and alone.
    @Test func aPyTorchFileIsSentToONNX() throws {
        let name = Array("model/data.pkl".utf8), size = UInt8(name.count)
        let entry = [20, 0, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 16) + [size, 0, 0, 0]
        let local = [0x50, 0x4B, 3, 4] + entry + name
        let central = [0x50, 0x4B, 1, 2, 20, 0] + entry + [UInt8](repeating: 0, count: 14) + name
        let end = [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, UInt8(central.count), 0, 0, 0, UInt8(local.count), 0, 0, 0, 0, 0]
        #expect(try failure(Data(local + central + end), "model.pt")?.contains("torch.onnx.export") == true)
    }

    @Test func aSmallFileCannotClaimGigabytes() throws {
        let data = try fixture("claim.h5")
        #expect(data.count < 10_000)
        #expect(try failure(data, "claim.h5")?.contains("claims more than") == true)
    }

    @Test func weightsAloneNeedADescription() throws {
        let message = try failure(try fixture("picture-weights.h5"), "weights.h5")
        #expect(message?.contains("weights.json") == true && message?.contains("architecture:") == true)
    }

    @Test func weightsOfAnotherModelAreRefused() throws {
        let json = String(decoding: try fixture("picture-weights.json"), as: UTF8.self)
        #expect(try failure(try fixture("nested.h5"), "nested.h5", beside: json) == nil)
        let wider = json.replacing("\"filters\": 8", with: "\"filters\": 10")
        #expect(wider != json)
        let message = try failure(try fixture("picture-weights.h5"), "picture.h5", beside: wider)
        #expect(message?.contains("kernel has shape [3, 3, 3, 8] in the file, the description makes it") == true)
        let renamed = json.replacing("\"separable_conv2d\"", with: "\"other\"")
        #expect(try failure(try fixture("picture-weights.h5"), "picture.h5", beside: renamed)?.contains("other") == true)
    }

    @Test func weightsThatAreNoNumbersAreRefused() throws {
        var data = try fixture("nested.h5")
        let content = try HDF5Content(data, path: "nested.h5")
        let path = try #require(content.datasets(below: "/model_weights").first { $0.hasSuffix("scores/kernel:0") })
        let value = try #require(content.floats(of: path)?.first)
        let bytes = withUnsafeBytes(of: value.bitPattern.littleEndian) { Data($0) }
        let place = try #require(data.range(of: bytes))
        data.replaceSubrange(place, with: withUnsafeBytes(of: Float.nan.bitPattern.littleEndian) { Data($0) })
        let message = try failure(data, "nested.h5")
        #expect(message?.contains("layer scores") == true && message?.contains("not finite") == true)
    }

    @Test func everythingUnsupportedIsListedAtOnce() throws {
        let json = String(decoding: try fixture("picture-weights.json"), as: UTF8.self)
            .replacing("\"class_name\": \"LeakyReLU\"", with: "\"class_name\": \"Mine>Special\"")
            .replacing("\"class_name\": \"Cropping2D\"", with: "\"class_name\": \"Attention\"")
        let message = try failure(try fixture("picture-weights.h5"), "picture.h5", beside: json) ?? ""
        #expect(message.contains("2 unsupported nodes"))
        #expect(message.contains("(Special)") && message.contains("(Attention)") && message.contains("layers: {"))
    }

    @Test func descriptionsThatAreNoneAreRefused() throws {
        let weights = try fixture("picture-weights.h5")
        let deep = String(repeating: "[", count: 100_000)
        let cycle = """
            {"class_name": "Functional", "config": {"name": "m", "layers": [
            {"class_name": "InputLayer", "name": "i", "config": {"batch_input_shape": [null, 4, 4, 3], "name": "i"}},
            {"class_name": "Add", "name": "a", "config": {"name": "a"}, "inbound_nodes": [[["a", 0, 0, {}], ["i", 0, 0, {}]]]}
            ], "input_layers": [["i", 0, 0]], "output_layers": [["a", 0, 0]]}}
            """
        for (json, says) in [
            ("", "no JSON"), ("{", "no JSON"), (deep, "deep"), ("{}", "without a class"), (cycle, "wait for each other"),
            ("{\"class_name\": \"Dense\", \"config\": {}}", "no model"),
            ("{\"class_name\": \"Functional\", \"config\": {}}", "no list of layers"),
        ] {
            #expect(try failure(weights, "weights.h5", beside: json)?.contains(says) == true, "\(says)")
        }
    }
}

struct KerasTextTests {
    @Test func jsonIsReadAsPythonWritesIt() throws {
        let value = try JSONValue(#"{"a": [1, -2.5e1, NaN, true, null], "b": {"c": "\u00e9\n\ud83d\ude00"}}"#)
        #expect(value["a"][0].integer == 1 && value["a"][1].number == -25 && value["a"][3].bool == true)
        #expect(value["a"][2].number?.isNaN == true && value["a"][4].isNull)
        #expect(value["b"]["c"].string == "é\n😀" && value["x"]["y"][3].isNull)
        for text in ["{\"a\" 1}", "[1,]", "1 2", "\"", "\"\\u12\"", "--1"] {
            #expect(throws: ImportFailure.self) { try JSONValue(text) }
        }
    }

    @Test func hintsAreCalls() throws {
        let hint = try KerasHint("reshape([1, 16, -1], order=True)")
        #expect(hint.name == "reshape" && hint.arguments[0].integers == [1, 16, -1] && hint.options["order"] == .bool(true))
        #expect(try KerasHint("swish").arguments.isEmpty)
        for text in ["", "a b", "mean(axis=3", "mean(axis=x)"] {
            #expect(throws: ImportFailure.self) { try KerasHint(text) }
        }
    }

    @Test(arguments: [
        ("BatchNormalization", "batch_normalization"), ("PReLU", "p_re_lu"), ("Conv2D", "conv2d"), ("LSTM", "lstm"),
        ("SeqSelfAttention", "seq_self_attention"), ("GlobalAveragePooling2D", "global_average_pooling2d"),
    ])
    func classNamesBecomeGroups(_ name: String, _ group: String) {
        #expect(snakeCase(name) == group)
    }
}
