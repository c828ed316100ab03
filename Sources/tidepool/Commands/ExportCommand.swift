import ArgumentParser
import Exporters
import Foundation
import ModelFile

/// `tidepool export`: a `.tide` file → ONNX or TFLite, for other runtimes.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Writes a quantized network for other runtimes.",
        discussion: """
            onnx: operator set 21, QuantizeLinear and DequantizeLinear around every operator. The input takes the
            pixels as they are, uint8 0…255, N×H×W×3.
            tflite: int8 operators with int8 weights per channel, floats around 16-bit tensors. The input is int8,
            N×H×W×3: give it every pixel less 128.
            A clip network becomes one graph: its N is the number of frames. Outputs are floats under our names.

            EXAMPLES
              tidepool export face.tide --to onnx --out face-int8.onnx
              tidepool export swimmer.tide --to tflite --out swimmer.tflite
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case onnx, tflite }

    @Argument(help: "The .tide file.") var file: String
    @Option(help: "The format: \(Format.allCases.map(\.rawValue).joined(separator: " or ")).") var to: Format
    @Option(help: "The file to write.") var out: String

    func validate() throws {
        if !out.hasSuffix("." + to.rawValue) { throw ValidationError("--out must end in .\(to.rawValue)") }
    }

    func run() throws {
        try requireWritable([out])
        let model = try Model(path: file)
        let exported = switch to {
        case .onnx: try exportONNX(model, file: file)
        case .tflite: try exportTFLite(model, file: file)
        }
        try withoutInterruption { try ModelBuilder.write(exported.bytes, to: out) }
        print("\(out)  \((exported.bytes.count + 1023) / 1024) KiB")
        for note in exported.notes { print("  \(note)") }
    }
}
