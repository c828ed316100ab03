import Foundation
import ModelFile
import ModelSamples
import Quantizer
import Testing

@testable import tidepool

/// The commands on the committed small networks, as a user runs them.
@Suite struct CommandTests {
    private static let recipe = """
        name: clip
        subject: swimmers
        input: {width: 20, height: 20, colour: rgb}
        clip: {frames: 5, stride: 2}
        tasks:
          - {name: action, kind: classification, labels: [breaststroke, drowning, freestyle, safe]}
          - {name: identity, kind: classification, labels: [a, b, c, d]}
        """

    private static func quantize(_ scratch: Scratch, _ extra: [String] = []) throws -> String {
        let out = scratch.path + "/clip.tide"
        var command = try QuantizeCommand.parse(
            [
                Fixture.path("clip.onnx"), "--recipe", scratch.file("clip.yaml", recipe), "--calibrate",
                Fixture.path("clip-input.npy"), "--out", out, "--json",
            ] + extra)
        try command.run()
        return out
    }

    @Test func quantizeWritesAModelWithItsRecipe() throws {
        let scratch = Scratch()
        let model = try Model(path: Self.quantize(scratch, ["--report", scratch.path + "/report.html"]))
        #expect(model.description.clip == Clip(frames: 5, stride: 2))
        #expect(
            model.description.tasks.map(\.labels) == [
                ["breaststroke", "drowning", "freestyle", "safe"], ["a", "b", "c", "d"],
            ])
        let facts = Dictionary(model.description.provenance.map { ($0.key, $0.value) }, uniquingKeysWith: { a, _ in a })
        #expect(
            facts["subject"] == "swimmers" && facts["source.file"] == "clip.onnx"
                && facts["calibration.samples"] == "12")
        let page = try String(contentsOfFile: scratch.path + "/report.html", encoding: .utf8)
        #expect(page.contains("</html>") && page.contains("clip.onnx") && !page.contains("http"))
    }

    /// Before anything is calibrated, and without a trace.
    @Test(arguments: ["--report", "--manifest"]) func filesThatCannotBeWrittenAreRefusedFirst(_ option: String) throws {
        let scratch = Scratch()
        for path in [scratch.path, scratch.path + "/missing/file"] {
            let error = #expect(throws: CommandError.self) { try Self.quantize(scratch, [option, path]) }
            #expect(error?.description.hasPrefix("\(path): cannot be written: ") == true)
            #expect(!FileManager.default.fileExists(atPath: scratch.path + "/clip.tide"))
        }
    }

    /// The file at fault stands in front of what knows only its nodes.
    @Test func errorsNameTheNetwork() throws {
        let error = #expect(throws: CommandError.self) {
            try naming("own.onnx") { throw QuantizerError.notFinite(value: "w", input: nil) }
        }
        #expect(error?.description.hasPrefix("own.onnx: the weights w hold NaN") == true)
    }

    /// Floats from ONNX Runtime, committed; floats from our own executor; integers from the runtime.
    @Test func inferGivesTheReferenceAndIntegersNearIt() throws {
        let scratch = Scratch()
        let tide = try Self.quantize(scratch)
        let reference = try floats("clip-action.npy")
        for (model, tolerance) in [(Fixture.path("clip.onnx"), Float(1e-4)), (tide, 0.05)] {
            let runner = try Runner(LoadedModel.load(model, recipe: scratch.path + "/clip.yaml", options: .parse([])))
            let set = try InputSet(path: Fixture.path("clip-input.npy"), shape: runner.shape)
            let answers = try runner.run(set.load(0..<12)).flatMap { $0.outputs[0].real }
            #expect(answers.count == reference.count)
            #expect(zip(answers, reference).allSatisfy { abs($0 - $1) <= tolerance })
        }
        var command = try InferCommand.parse(
            [tide, "--input", Fixture.path("clip-input.npy"), "--out", scratch.path + "/out.npz"])
        try command.run()
        #expect(FileManager.default.fileExists(atPath: scratch.path + "/out.npz"))
    }

    private func floats(_ name: String) throws -> [Float] {
        let array = try NumpyArray(path: Fixture.path(name))
        return array.data.withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }

    @Test func inspectCompareAndEvaluateRun() throws {
        let scratch = Scratch()
        let tide = try Self.quantize(scratch)
        var inspect = try InspectCommand.parse([tide, "--json"])
        try inspect.run()
        var compare = try CompareCommand.parse(
            [
                Fixture.path("clip.onnx"), tide, "--recipe", scratch.path + "/clip.yaml", "--inputs",
                Fixture.path("clip-input.npy"), "--layers",
            ])
        try compare.run()
        let truth = (0..<12).map { "{\"clip\":\($0),\"action\":\"safe\",\"identity\":\"b\"}" }.joined(separator: "\n")
        var evaluate = try EvaluateCommand.parse(
            [
                tide, "--images", Fixture.path("clip-input.npy"), "--labels", scratch.file("truth.jsonl", truth),
                "--json",
            ])
        try evaluate.run()
    }

    /// Layers as they were understood, of every format.
    @Test(arguments: ["clip.onnx", "tflite-clip-float32.tflite", "keras/clip.h5", "keras/clip.keras"])
    func trainedNetworksAreInspected(_ name: String) throws {
        var inspect = try InspectCommand.parse([Fixture.path(name)])
        try inspect.run()
        guard case .float(let graph, _) = try LoadedModel.load(Fixture.path(name), recipe: nil, options: .parse([])) else {
            return
        }
        let listing = GraphListing(graph)
        #expect(listing.layers.count == graph.nodes.count && !listing.outputs.isEmpty)
        #expect(listing.layers.reduce(0) { $0 + $1.parameters } == listing.parameters)
        #expect(listing.layers.reduce(0) { $0 + $1.multiplyAdds } == listing.multiplyAdds && listing.multiplyAdds > 0)
        #expect(listing.text.contains("multiply-adds") && listing.text.contains(graph.nodes[0].name))
    }

    /// Pixels are rounded, a trained network's floats are not, and may be of any range.
    @Test func inferTakesATrainedNetworksFloatsAsTheyAre() throws {
        let scratch = Scratch()
        let shape = [1, 5, 20, 20, 3], count = shape.reduce(1, *)
        func answer(_ values: [Float]) throws -> Data {
            let (input, out) = (scratch.path + "/in.npy", scratch.path + "/out.npz")
            try NumpyArray(.float32, shape: shape, values).encoded.write(to: URL(fileURLWithPath: input))
            var command = try InferCommand.parse([Fixture.path("clip.onnx"), "--input", input, "--out", out])
            try command.run()
            return try Data(contentsOf: URL(fileURLWithPath: out))
        }
        let small = (0..<count).map { Float($0 % 17) / 40 - 0.2 }
        #expect(try answer(small) != answer(small.map { $0.rounded() }))
        #expect(throws: CommandError.self) { try answer([.nan] + small.dropFirst()) }
    }

    /// A program that a format cannot express leaves no file, an expressed one leaves one.
    @Test func exportWritesWholeFilesOnly() throws {
        let scratch = Scratch()
        let tide = scratch.path + "/every.tide"
        try Data(everyOperatorModel()).write(to: URL(fileURLWithPath: tide))
        for (format, succeeds) in [("onnx", true), ("tflite", false)] {
            let out = scratch.path + "/every." + format
            var command = try ExportCommand.parse([tide, "--to", format, "--out", out])
            if succeeds { try command.run() } else { #expect(throws: (any Error).self) { try command.run() } }
            #expect(FileManager.default.fileExists(atPath: out) == succeeds)
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(files.sorted() == ["every.onnx", "every.tide"])
    }

    @Test func sceneDrawsClipsThatQuantizeReads() throws {
        let scratch = Scratch()
        for format in ["jpeg", "npy"] {
            let out = scratch.path + "/" + format
            var scene = try SceneCommand.parse([
                "--out", out, "--clips", "5", "--seed", "3", "--size", "20", "--format", format,
            ])
            try scene.run()
            let shape = InputShape(frames: 15, height: 20, width: 20, swapRedBlue: false)
            let set = try InputSet(path: format == "npy" ? out + "/clips.npy" : out, shape: shape)
            #expect(set.names.count == 5)
            let samples = try set.load(0..<5)
            #expect(samples.allSatisfy { $0.pixels.count == shape.count })
            let table = try LabelTable(path: out + "/truth.jsonl")
            for sample in samples {
                #expect(
                    LabelTable.classIndex(
                        table.value(sample.name, task: "action") ?? "",
                        labels: ["breaststroke", "drowning", "freestyle", "safe"]) != nil)
            }
        }
    }

    @Test func sceneDrawsClipsOfAPopulation() throws {
        let scratch = Scratch()
        var scene = try SceneCommand.parse([
            "--out", scratch.path + "/clips", "--clips", "6", "--population", "7", "--members", "3", "--size", "8",
            "--format", "npy",
        ])
        try scene.run()
        let table = try LabelTable(path: scratch.path + "/clips/truth.jsonl")
        let people = (0..<6).compactMap { table.value("\($0)", task: "identity") }
        #expect(people.sorted() == ["stranger-0", "stranger-0", "stranger-1", "stranger-1", "stranger-2", "stranger-2"])
        #expect(throws: (any Error).self) { try SceneCommand.parse(["--out", "x", "--clips", "1", "--members", "0"]) }
    }

    /// The clips are the same as without their parts; of everyone some part is seen.
    @Test func sceneDrawsWherePartsAre() throws {
        let scratch = Scratch()
        for (folder, extra) in [("plain", []), ("parts", ["--parts"])] {
            var scene = try SceneCommand.parse(
                ["--out", scratch.path + "/" + folder, "--clips", "2", "--size", "16", "--format", "npy"] + extra)
            try scene.run()
        }
        let plain = try NumpyArray(path: scratch.path + "/plain/clips.npy")
        #expect(try NumpyArray(path: scratch.path + "/parts/clips.npy").data == plain.data)
        let parts = try NumpyArray(path: scratch.path + "/parts/parts.npy")
        #expect(parts.shape == [2, 15, 8, 8, 3] && parts.element == .uint8)
        let bytes = Array(parts.data.suffix(2 * 15 * 8 * 8 * 3)), half = bytes.count / 2
        #expect(bytes.prefix(half).contains { $0 > 40 } && bytes.suffix(half).contains { $0 > 40 })
        #expect(!FileManager.default.fileExists(atPath: scratch.path + "/plain/parts.npy"))
        #expect(throws: (any Error).self) { try SceneCommand.parse(["--out", "x", "--clips", "1", "--parts"]) }
    }

    @Test func sceneFramesHaveTheirTruth() throws {
        let scratch = Scratch()
        var scene = try SceneCommand.parse(["--out", scratch.path + "/pool", "--frames", "2", "--swimmers", "3"])
        try scene.run()
        let lines = try String(contentsOfFile: scratch.path + "/pool/truth.jsonl", encoding: .utf8).split(
            separator: "\n")
        #expect(lines.count == 2)
        for line in lines {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect((object?["swimmers"] as? [Any])?.count == 3)
        }
        #expect(FileManager.default.fileExists(atPath: scratch.path + "/pool/frame-000001.jpg"))
    }

    @Test func problemsNameTheFileAndLeaveNothingBehind() throws {
        let scratch = Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path + "/empty", withIntermediateDirectories: true)
        let out = scratch.path + "/x.tide"
        let good = scratch.file("good.yaml", Self.recipe)
        let cases: [(model: String, recipe: String, inputs: String, says: String)] = [
            ("no.onnx", good, Fixture.path("clip-input.npy"), "no.onnx"),
            (scratch.file("text.onnx", "not a model"), good, Fixture.path("clip-input.npy"), "text.onnx"),
            (Fixture.path("clip.onnx"), good, scratch.path + "/empty", "/empty: holds no .jpg"),
            (Fixture.path("clip.onnx"), good, Fixture.path("face-input.npy"), "face-input.npy: an array of shape"),
            (Fixture.path("clip.onnx"), scratch.file("a.yaml", "name: [1"), Fixture.path("clip-input.npy"), "a.yaml"),
            (
                Fixture.path("clip.onnx"), scratch.file("d.yaml", Self.recipe.replacing("width: 20", with: "width: -20")),
                Fixture.path("clip-input.npy"), "input.width is -20"
            ),
            (
                Fixture.path("clip.onnx"), scratch.file("e.yaml", Self.recipe.replacing("stride: 2", with: "stride: 0")),
                Fixture.path("clip-input.npy"), "clip.stride is 0"
            ),
            (
                Fixture.path("clip.onnx"), scratch.file("b.yaml", "name: b"), Fixture.path("clip-input.npy"),
                "lacks input"
            ),
            (
                Fixture.path("clip.onnx"),
                scratch.file("c.yaml", Self.recipe.replacing("width: 20", with: "width: 21")),
                Fixture.path("clip-input.npy"), "the network takes N × [5, 20, 21, 3]"
            ),
        ]
        for (model, recipe, inputs, says) in cases {
            var command = try QuantizeCommand.parse([model, "--recipe", recipe, "--calibrate", inputs, "--out", out])
            do {
                try command.run()
                Issue.record("\(model) with \(recipe) and \(inputs) was accepted")
            } catch { #expect("\(error)".contains(says)) }
            #expect(!FileManager.default.fileExists(atPath: out))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).allSatisfy { !$0.hasSuffix(".tide") })
    }
}

@Suite struct LabelTableTests {
    @Test func csvIsFoundByNameWithoutFoldersAndEndings() throws {
        let scratch = Scratch()
        let table = try LabelTable(path: scratch.file("l.csv", "file,age,gender\na.jpg,31,0\nsub/b.JPG,4,1\n"))
        #expect(table.value("x/a.jpg", task: "age") == "31")
        #expect(table.value("b.jpeg", task: "gender") == "1")
        #expect(table.value("c.jpg", task: "age") == nil && table.value("a.jpg", task: "race") == nil)
    }

    @Test func brokenTablesSayWhere() throws {
        let scratch = Scratch()
        for (name, text, says) in [
            ("a.csv", "file\na", "first line"), ("b.csv", "file,age\na,1,2", "line 2: 3 cells under 2 columns"),
            ("c.jsonl", "{\"clip\":1}\nnonsense", "line 2"), ("d.jsonl", "{\"action\":\"safe\"}", "lacks clip"),
        ] {
            do {
                _ = try LabelTable(path: scratch.file(name, text))
                Issue.record("\(name) was accepted")
            } catch { #expect("\(error)".contains(says)) }
        }
    }

    @Test func classesAreNamesOrNumbers() {
        let labels = ["male", "female"]
        #expect(LabelTable.classIndex("female", labels: labels) == 1)
        #expect(LabelTable.classIndex("0", labels: labels) == 0)
        #expect(
            LabelTable.classIndex("2", labels: labels) == nil && LabelTable.classIndex("other", labels: labels) == nil)
    }
}
