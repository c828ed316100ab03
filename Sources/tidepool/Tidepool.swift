import ArgumentParser
import Camera
import Exporters
import FloatGraph
import Foundation
import Importers
import ModelFile
import Quantizer
import Recognition
import Runtime

/// The workstation program.
struct Tidepool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tidepool",
        abstract: "Quantizes trained vision networks to int8 for tidepool-edge, and says what that costs.",
        discussion: """
            EXAMPLES
              tidepool scene --out clips --seed 1 --clips 128
              tidepool quantize Calibration/weights/swimmer.onnx --calibrate clips --out swimmer.tide
              tidepool compare Calibration/weights/swimmer.onnx swimmer.tide --inputs clips --layers
              tidepool evaluate swimmer.tide --images clips --labels clips/truth.jsonl

            EXIT CODES  0 done, 1 something failed on the way, 2 something given cannot be used
            """,
        subcommands: [
            QuantizeCommand.self, InspectCommand.self, InferCommand.self, CompareCommand.self, EvaluateCommand.self,
            IdentifyCommand.self, ExportCommand.self, SceneCommand.self, BudgetCommand.self,
        ])
}

@main
enum Main {
    static func main() {
        do {
            var command = try Tidepool.parseAsRoot()
            try command.run()
        } catch {
            end(error)
        }
    }

    /// Every error ends as one text on standard error and an exit code; help is no error.
    private static func end(_ error: Error) -> Never {
        if let input = inputProblem(error) {
            FileHandle.standardError.write(Data("tidepool: \(input)\n".utf8))
            exit(2)
        }
        if Tidepool.exitCode(for: error) == .validationFailure {
            FileHandle.standardError.write(Data((Tidepool.fullMessage(for: error) + "\n").utf8))
            exit(2)
        }
        Tidepool.exit(withError: error)
    }

    /// The text of an error that lies in what was given.
    private static func inputProblem(_ error: Error) -> String? {
        switch error {
        case let error as CommandError: error.description
        case let error as ImportError: error.description
        case let error as ExportError: error.description
        case let error as QuantizerError: error.description
        case let error as GraphError: error.description
        case let error as CameraError: error.description
        case let error as ModelFileError: error.description
        case let error as RuntimeError: error.description
        default: nil
        }
    }
}
