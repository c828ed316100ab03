import Foundation

/// Programs of the machine that do what they do best.
enum Tool {
    /// Runs a program to its end and returns what it wrote on its standard output.
    ///
    /// - Parameter subject: the file that errors are about.
    /// - Throws: `CommandError` when it is not installed or fails.
    static func run(_ name: String, _ arguments: [String], about subject: String) throws -> Data {
        guard let path = locate(name) else {
            throw CommandError("\(subject): reading it needs \(name), which is not installed (apt install ffmpeg)")
        }
        let process = Process(), output = Pipe(), errors = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        do { try process.run() } catch {
            throw CommandError("\(subject): \(name) cannot be started: \(error.localizedDescription)")
        }
        // both pipes are drained at once, so that neither can fill up and stop the program
        let complaints = Collector<Data>(count: 1)
        let group = DispatchGroup()
        let reading = errors.fileHandleForReading
        DispatchQueue.global().async(group: group) { complaints.set(0, reading.readDataToEndOfFile()) }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        group.wait()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let words = String(decoding: complaints.values[0] ?? Data(), as: UTF8.self)
                .split(whereSeparator: \.isNewline).last.map(String.init) ?? "exit \(process.terminationStatus)"
            throw CommandError("\(subject): \(name) cannot read it: \(words)")
        }
        return data
    }

    private static func locate(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            .map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
