import Foundation

/// Pictures or clips to calibrate, compare or evaluate with: a folder or `.tar` of JPEGs (for clips: a folder each), a
/// `.npy` or `.npz` array, a video, or a camera.
///
/// Pictures go through the board's own preprocessing, so that calibration and evaluation see what the board sees.
final class InputSet {
    let path: String
    let shape: InputShape
    /// The samples' names, in order.
    let names: [String]
    private(set) var skipped: [String] = []
    private let source: any SampleSource
    private var readers: [any SampleReader] = []
    private var loaded: [Int] = []

    /// - Parameter capture: how many samples are taken from a camera, and how often.
    init(path: String, shape: InputShape, capture: CaptureOptions = CaptureOptions()) throws {
        self.path = path
        self.shape = shape
        source = try Self.open(path, shape, capture)
        names = source.names
        guard !names.isEmpty else { throw CommandError("\(path): holds nothing to work with") }
    }

    /// Reads samples on all cores; those that cannot be read are named on standard error, left out and counted.
    ///
    /// - Throws: when none of the whole set can be read.
    func load(_ positions: some Collection<Int>) throws -> [Sample] {
        let positions = Array(positions)
        let results = Collector<Result<Sample, Error>>(count: positions.count)
        let workers = min(positions.count, ProcessInfo.processInfo.activeProcessorCount)
        while readers.count < workers { readers.append(try source.makeReader()) }
        nonisolated(unsafe) let shared = readers
        let count = shape.count, names = names
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            for index in stride(from: worker, to: positions.count, by: workers) {
                results.set(
                    index,
                    Result {
                        var pixels = [Int8](repeating: 0, count: count)
                        try pixels.withUnsafeMutableBufferPointer { try shared[worker].read(positions[index], into: $0) }
                        return Sample(name: names[positions[index]], pixels: pixels)
                    })
            }
        }
        var samples: [Sample] = []
        for (position, result) in zip(positions, results.values) {
            do {
                samples.append(try result!.get())
                loaded.append(position)
            } catch {
                skipped.append(names[position])
                FileHandle.standardError.write(Data("skipped: \(error)\n".utf8))
            }
        }
        if skipped.count == names.count {
            throw CommandError("\(path): none of its \(names.count) samples can be read")
        }
        return samples
    }

    /// `limit` positions spread evenly over the set; all of them where there are fewer.
    func spread(limit: Int?) -> [Int] {
        guard let limit, limit < names.count else { return Array(names.indices) }
        return (0..<limit).map { $0 * names.count / limit }
    }

    /// The files behind all samples that were loaded.
    func loadedFiles() throws -> [CalibrationManifest.File] { try source.files(loaded) }
}

/// Results that several threads put into places of their own.
final class Collector<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var values: [Value?]

    init(count: Int) { values = Array(repeating: nil, count: count) }

    func set(_ index: Int, _ value: Value) {
        lock.withLock { values[index] = value }
    }
}
