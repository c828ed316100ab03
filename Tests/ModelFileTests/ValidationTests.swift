import ModelSamples
import Testing

@testable import ModelFile

/// One lie at a time in an otherwise valid model: each is refused, with words that say which.
@Suite struct ValidationTests {
    /// The every-operator model, open to changes of its description and its constants.
    struct Draft {
        var description: ModelDescription
        var data: [UInt8]

        init() throws {
            let storage = try ModelStorage(copying: everyOperatorModel())
            let reader = try Reader(file: storage.bytes, name: "valid")
            description = try reader.description()
            data = Array(reader[.data])
            withExtendedLifetime(storage) {}
        }

        /// The index of the first operation of a kind, in either program.
        func first(_ label: String) -> (isClip: Bool, index: Int) {
            if let index = description.frame.operations.firstIndex(where: { $0.kind.label == label }) {
                return (false, index)
            }
            return (true, description.clipProgram!.operations.firstIndex { $0.kind.label == label }!)
        }

        subscript(label: String) -> ModelFile.Operation {
            get {
                let (isClip, index) = first(label)
                return (isClip ? description.clipProgram! : description.frame).operations[index]
            }
            set {
                let (isClip, index) = first(label)
                if isClip {
                    description.clipProgram!.operations[index] = newValue
                } else {
                    description.frame.operations[index] = newValue
                }
            }
        }

        /// Overwrites element `index` of an operand's constant.
        mutating func set<Value: FixedWidthInteger>(_ label: String, _ operand: Int, _ index: Int, _ value: Value) {
            let tensor = description.tensors[self[label].inputs[operand]]
            guard case .constant(let offset, _) = tensor.storage else { return }
            let size = Value.bitWidth / 8
            for byte in 0..<size {
                data[offset + index * size + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
            }
        }

        mutating func output(_ label: String, _ change: (inout Tensor) -> Void) {
            change(&description.tensors[self[label].output])
        }

        mutating func input(_ label: String, _ operand: Int = 0, _ change: (inout Tensor) -> Void) {
            change(&description.tensors[self[label].inputs[operand]])
        }

        func refusal() -> String? {
            do {
                _ = try Model(bytes: Encoder(description, data: data).bytes, name: "a.tide")
                return nil
            } catch {
                return error.description
            }
        }
    }

    struct Lie: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let words: String
        let tell: @Sendable (inout Draft) -> Void

        init(_ words: String, _ tell: @escaping @Sendable (inout Draft) -> Void, line: Int = #line) {
            testDescription = "\(words) (line \(line))"
            self.words = words
            self.tell = tell
        }
    }

    @Test func theTruthIsAccepted() throws {
        #expect(try Draft().refusal() == nil)
    }

    @Test(arguments: tensors + programs + operands + shapes + arithmetic + interface)
    func eachLieIsRefused(lie: Lie) throws {
        var draft = try Draft()
        lie.tell(&draft)
        let refusal = try #require(draft.refusal())
        #expect(refusal.hasPrefix("a.tide: ") && refusal.contains(lie.words), "\(refusal)")
    }

    static let tensors = [
        Lie("extent 0") { $0.output("add") { $0.shape[1] = 0 } },
        Lie("extent 65536") { $0.output("add") { $0.shape[1] = 65_536 } },
        Lie("too large") { $0.output("add") { $0.shape = [65_535, 65_535, 65_535, 65_535] } },
        Lie("too large") { $0.output("add") { $0.shape = [65_535, 4_097] } },
        Lie("activations need more than 256 MB") { draft in
            for _ in 0..<3 {
                draft.description.tensors.append(Tensor(name: "big", type: .int8, shape: [10_000, 10_000]))
            }
        },
        Lie("rank") { $0.output("add") { $0.shape = [] } },
        Lie("rank") { $0.output("add") { $0.shape = [1, 1, 1, 1, 1] } },
        Lie("scale") { $0.output("add") { $0.scale = 0 } },
        Lie("scale") { $0.output("add") { $0.scale = -1 } },
        Lie("scale") { $0.output("add") { $0.scale = .nan } },
        Lie("scale") { $0.output("add") { $0.scale = .infinity } },
        Lie("zero point 128") { $0.output("add") { $0.zeroPoint = 128 } },
        Lie("zero point -129") { $0.output("add") { $0.zeroPoint = -129 } },
        Lie("zero point 1") { $0.output("rescale") { $0.zeroPoint = 1 } },
        Lie("cannot be int32") { $0.output("add") { $0.type = .int32; $0.zeroPoint = 0 } },
        Lie("bytes instead of") { $0.input("convolution", 1) { $0.shape[0] += 1 } },
        Lie("lies outside") { draft in
            let count = draft.data.count
            draft.input("convolution", 1) {
                $0.storage = .constant(offset: (count + 63) / 64 * 64, byteCount: $0.byteCount)
            }
        },
        Lie("lies outside") { draft in
            draft.input("convolution", 1) { $0.storage = .constant(offset: 4, byteCount: $0.byteCount) }
        },
    ]

    static let programs = [
        Lie("before it is computed") { $0.description.frame.operations.swapAt(0, 1) },
        Lie("before it is computed") { $0["add"].inputs[0] = $0["add"].output },
        Lie("before it is computed") { $0["lstm"].inputs[0] = $0.description.frame.inputs[0] },
        Lie("computed twice") { $0["add"].output = $0["depthwise"].output },
        Lie("computed twice") { $0.description.clipProgram!.inputs[1] = $0.description.clipProgram!.inputs[0] },
        Lie("computed twice") { $0["lstm"].output = $0["add"].output },
        Lie("computed twice") { $0.description.clipProgram!.inputs[1] = $0["add"].output },
        Lie("is a constant") { $0["add"].output = $0["convolution"].inputs[1] },
        Lie("no tensor") { $0["add"].inputs[0] = 100_000 },
        Lie("no tensor") { $0["add"].inputs[0] = -1 },
        Lie("no tensor") { $0["add"].output = -1 },
        Lie("no inputs or no outputs") { $0.description.frame.outputs = [] },
        Lie("is not computed") { $0.description.frame.outputs[0] = $0["convolution"].inputs[1] },
        Lie("is not computed") { $0.description.frame.outputs[0] = 5_000_000 },
    ]

    static let operands = [
        Lie("operands instead of 5") { $0["convolution"].inputs.removeLast() },
        Lie("operands instead of 2") { $0["add"].inputs.append(0) },
        Lie("operands instead of 3") { $0["concatenate"].kind = .concatenate([nil, nil, nil]) },
        Lie("cannot be a constant") { draft in
            let table = draft["table"].inputs[1]
            draft["rescale"].inputs[0] = table
        },
        Lie("must be a constant") { $0["table"].inputs[1] = $0["table"].inputs[0] },
        Lie("operand 2 is int32 [40], not int32 [12]") { $0["dense"].inputs[2] = $0["lstm"].inputs[3] },
        Lie("not int16 [513]") { $0["table"].inputs[1] = $0["depthwise"].inputs[1] },
        Lie("output cannot be uint16") { $0.output("add") { $0.type = .uint16; $0.zeroPoint = 0 } },
        Lie("output cannot be int8") { $0.output("softmax") { $0.type = .int8 } },
        Lie("in units of 2⁻¹⁶") { $0.output("softmax") { $0.scale = 1 } },
        Lie("in units of 2⁻⁷") { $0.output("lstm") { $0.scale = 1 } },
        Lie("cannot be int8") { $0["attention"].inputs[1] = $0["attention"].inputs[0] },
        Lie("in units of 2⁻¹²") { $0.input("attention", 2) { $0.scale = 1 } },
    ]

    static let shapes = [
        Lie("the output is") { $0.output("convolution") { $0.shape[0] += 1 } },
        Lie("the output is") { $0.output("depthwise") { $0.shape[2] += 1 } },
        Lie("do not fit input") { $0.input("convolution", 1) { $0.shape = [12, 9, 1, 3].reversed() } },
        Lie("do not fit") { $0["convolution"].kind = .convolution(window(strideY: 0), clamp) },
        Lie("do not fit") { $0["convolution"].kind = .convolution(window(strideX: -1), clamp) },
        Lie("do not fit") { $0["convolution"].kind = .convolution(window(strideX: 65_536), clamp) },
        Lie("do not fit") { $0["convolution"].kind = .convolution(window(padTop: 3), clamp) },
        Lie("do not fit") { $0["convolution"].kind = .convolution(window(padLeft: -1), clamp) },
        Lie("do not fit") { $0["convolution"].kind = .convolution(window(padRight: .max), clamp) },
        Lie("the shapes differ") { $0.output("add") { $0.shape = [4, 4, 11] } },
        Lie("do not fit") { $0["multiply"].inputs[1] = $0["convolution"].inputs[0] },
        Lie("channels instead of") { $0.output("concatenate") { $0.shape[2] -= 1 } },
        Lie("is no view") { $0["mean"].kind = .mean(outer: 2, count: 16, inner: 12, scale) },
        Lie("is no view") { $0["mean"].kind = .mean(outer: 1, count: 0, inner: 12, scale) },
        Lie("is no view") { $0["mean"].kind = .mean(outer: -1, count: 16, inner: -12, scale) },
        Lie("is no view") { $0["maximum"].kind = .maximum(outer: 1, count: 3, inner: 10) },
        Lie("is no view") { $0["maximum"].kind = .maximum(outer: .max, count: .max, inner: .max) },
        Lie("elements become") { $0.output("reshape") { $0.shape = [1, 43] } },
        Lie("differ in quantization") { $0.output("reshape") { $0.scale *= 2 } },
        Lie("differ in quantization") { $0.output("maximum") { $0.zeroPoint ^= 1 } },
        Lie("wrong shapes") { $0.output("lstm") { $0.shape = [10] } },
        Lie("not int8 [44, 24]") { $0.output("lstm") { $0.shape = [4, 11] } },
        Lie("not int8 [6]") { $0["attention"].inputs[3] = $0["lstm"].inputs[1] },
    ]

    static let arithmetic = [
        Lie("shift 0") { $0.set("convolution", 4, 11, Int32(0)) },
        Lie("shift 32") { $0.set("depthwise", 4, 0, Int32(32)) },
        Lie("multiplier 1073741823") { $0.set("dense", 3, 3, Int32((1 << 30) - 1)) },
        Lie("multiplier -2147483648") { $0.set("prelu", 1, 2, Int32.min) },
        Lie("multiplier 7") { $0.set("lstm", 6, 2, Int32(7)) },
        Lie("shift -1") { $0.set("lstm", 5, 39, Int32(-1)) },
        Lie("shift 32") { $0["rescale"].kind = .rescale(Rescale(left: 0, multiplier: .max, shift: 32)) },
        Lie("left shift 31") { $0["rescale"].kind = .rescale(Rescale(left: 31, multiplier: .max, shift: 1)) },
        Lie("left shift -1") { $0["rescale"].kind = .rescale(Rescale(left: -1, multiplier: .max, shift: 1)) },
        Lie("2^30 or more") { $0["rescale"].kind = .rescale(Rescale(left: 30, multiplier: .max, shift: 1)) },
        Lie("2^30 or more") {
            $0["mean"].kind = .mean(outer: 1, count: 16, inner: 12, Rescale(left: 25, multiplier: .max, shift: 1))
        },
        Lie("2^30 or more") { $0["add"].kind = .add(mx: .max, my: .min, multiplier: .max, shift: 1, clamp) },
        Lie("2^30 or more") { $0.set("convolution", 2, 0, Int32(1 << 30)) },
        Lie("2^30 or more") { $0.set("attention", 4, 0, Int32.min) },
        Lie("a weight is −128") { $0.set("convolution", 1, 50, Int8(-128)) },
        Lie("a weight is −128") { $0.set("depthwise", 1, 50, Int8(-128)) },
        Lie("a weight is −128") { $0.set("lstm", 2, 50, Int8(-128)) },
        Lie("clamp -129…127") { $0.clampDepthwise(Clamp(low: -129, high: 127)) },
        Lie("clamp 5…4") { $0["dense"].kind = .dense(Clamp(low: 5, high: 4)) },
        Lie("cell bits 16") { $0["lstm"].kind = .lstm(cellBits: 16) },
        Lie("outside 0…2^30") { $0.set("softmax", 1, 255, Int32(-1)) },
        Lie("outside 0…2^30") { $0.set("attention", 8, 0, Int32((1 << 30) + 1)) },
        Lie("exponential of 0 is 0") { $0.set("softmax", 1, 0, Int32(0)) },
        Lie("shift 0") {
            $0["attention"].kind = .attention(
                scoreMultiplier: .max, scoreShift: 1, outputMultiplier: .max, outputShift: 0)
        },
    ]

    static let interface = [
        Lie("one input") { draft in
            draft.description.tensors.append(Tensor(name: "second", type: .int8, shape: [1]))
            draft.description.frame.inputs.append(draft.description.tensors.count - 1)
        },
        Lie("frame program's input is") { $0.description.preprocessing.width += 1 },
        Lie("frame program's input is") { $0.description.preprocessing.height = 0 },
        Lie("a clip of 0 frames") { $0.description.clip!.frames = 0 },
        Lie("a clip of 257 frames") { $0.description.clip!.frames = 257 },
        Lie("is not a sequence of") { $0.description.clip!.frames = 5 },
        Lie("is not a sequence of") { $0.description.tensors[$0.description.clipProgram!.inputs[0]].zeroPoint ^= 1 },
        Lie("every output of the frame program") { $0.description.frame.outputs.removeLast() },
        Lie("labels for 4 scores") { $0.description.tasks[0].labels.removeLast() },
        Lie("a regression has one value") { $0.description.tasks[1].output = 0 },
        Lie("no output 4") { $0.description.tasks[0].output = 4 },
        Lie("is empty or taken") { $0.description.tasks[1].name = "action" },
        Lie("is empty or taken") { $0.description.tasks[1].name = "" },
    ]

    static let clamp = Clamp(low: -128, high: 127)
    static let scale = Rescale(left: 0, multiplier: .max, shift: 5)

    static func window(
        strideY: Int32 = 2, strideX: Int32 = 2, padTop: Int32 = 0, padLeft: Int32 = 0, padRight: Int32 = 1
    ) -> Window {
        Window(strideY: strideY, strideX: strideX, padTop: padTop, padLeft: padLeft, padBottom: 1, padRight: padRight)
    }
}

extension ValidationTests.Draft {
    mutating func clampDepthwise(_ clamp: Clamp) {
        guard case .depthwise(let window, _) = self["depthwise"].kind else { return }
        self["depthwise"].kind = .depthwise(window, clamp)
    }
}
