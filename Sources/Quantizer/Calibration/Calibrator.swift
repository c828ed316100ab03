import Dispatch
import FloatGraph
import Foundation

/// Runs the float network over the calibration inputs and gathers statistics; the same for any number of threads.
struct Calibrator {
    let graph: Graph
    /// Values whose ranges are wanted.
    let watched: Set<ValueID>
    /// Values whose channels are averaged.
    let averaged: Set<ValueID>
    let threads: Int

    /// - Throws: `QuantizerError`, or what `input` throws.
    func run(_ count: Int, input: @escaping @Sendable (Int) throws -> FloatTensor) throws -> Calibration {
        guard count > 0 else { throw QuantizerError.emptyCalibration }
        let executor: FloatExecutor
        do { executor = try FloatExecutor(graph, threads: 1) } catch { throw QuantizerError.graph(error) }
        let workers = (0..<min(max(1, threads), count)).map { _ in CalibrationWorker(self) }
        DispatchQueue.concurrentPerform(iterations: workers.count) { number in
            let worker = workers[number]
            for index in stride(from: number, to: count, by: workers.count) where worker.failure == nil {
                do {
                    worker.begin(index)
                    _ = try executor.run(input(index)) { id, values in worker.observe(id, values) }
                } catch let error as GraphError {
                    worker.failure = worker.failure ?? QuantizerError.graph(error)
                } catch {
                    worker.failure = worker.failure ?? error
                }
            }
        }
        if let failure = workers.lazy.compactMap(\.failure).first { throw failure }
        return try merge(workers, count)
    }

    private func merge(_ workers: [CalibrationWorker], _ count: Int) throws(QuantizerError) -> Calibration {
        var calibration = Calibration()
        calibration.inputCount = count
        calibration.statistics = Array(repeating: nil, count: graph.values.count)
        for id in watched.union(averaged) {
            var statistics = ValueStatistics()
            for worker in workers { statistics.histogram.merge(worker.histograms[id] ?? Histogram()) }
            for index in 0..<count {
                guard let record = workers[index % workers.count].records[index]?[id] else { continue }
                statistics.extremes.append(record.extremes)
                statistics.add(record, weight: 1 / Double(count))
            }
            calibration.statistics[id] = statistics
        }
        for worker in workers { calibration.cellMagnitude.merge(worker.cellMagnitude, uniquingKeysWith: max) }
        if let input = calibration.statistics[graph.input], input.isConstant {
            throw .constantCalibration(value: input.histogram.minimum)
        }
        return calibration
    }
}

extension ValueStatistics {
    fileprivate mutating func add(_ record: ValueRecord, weight: Double) {
        if mean.isEmpty {
            mean = Array(repeating: 0, count: record.mean.count)
            meanSquare = mean
        }
        for channel in mean.indices {
            mean[channel] += weight * record.mean[channel]
            meanSquare[channel] += weight * record.meanSquare[channel]
        }
    }
}

/// What one input showed of one value.
private struct ValueRecord {
    var extremes: ClosedRange<Float>
    var mean: [Double] = []
    var meanSquare: [Double] = []
}

/// Gathers on one thread. Sums stay apart for each input, so that their order does not depend on the threads.
private final class CalibrationWorker: @unchecked Sendable {
    let calibrator: Calibrator
    /// The LSTM nodes that read a value.
    private let recurrent: [ValueID: [Int]]
    private var index = 0
    var failure: (any Error)?
    var histograms: [ValueID: Histogram] = [:]
    var records: [Int: [ValueID: ValueRecord]] = [:]
    var cellMagnitude: [Int: Double] = [:]

    init(_ calibrator: Calibrator) {
        self.calibrator = calibrator
        var recurrent: [ValueID: [Int]] = [:]
        for (number, node) in calibrator.graph.nodes.enumerated() {
            if case .lstm = node.kind { recurrent[node.inputs[0], default: []].append(number) }
        }
        self.recurrent = recurrent
    }

    func begin(_ index: Int) { self.index = index }

    func observe(_ id: ValueID, _ values: UnsafeBufferPointer<Float>) {
        let isAveraged = calibrator.averaged.contains(id)
        guard failure == nil, isAveraged || calibrator.watched.contains(id) else { return }
        guard let extremes = finiteExtremes(values) else {
            failure = QuantizerError.notFinite(value: calibrator.graph.values[id].name, input: index)
            return
        }
        histograms[id, default: Histogram()].add(values, low: extremes.lowerBound, high: extremes.upperBound)
        var record = ValueRecord(extremes: extremes)
        if isAveraged { average(values, channels: calibrator.graph.shape(id).last ?? 1, into: &record) }
        records[index, default: [:]][id] = record
        for number in recurrent[id] ?? [] {
            let reached = CellRange.magnitude(of: calibrator.graph.nodes[number], in: calibrator.graph, inputs: values)
            cellMagnitude[number] = max(cellMagnitude[number] ?? 0, reached)
        }
    }

    private func average(_ values: UnsafeBufferPointer<Float>, channels: Int, into record: inout ValueRecord) {
        var sums = [Double](repeating: 0, count: channels), squares = sums
        for row in stride(from: 0, to: values.count, by: channels) {
            for channel in 0..<channels {
                let value = Double(values[row + channel])
                sums[channel] += value
                squares[channel] += value * value
            }
        }
        let rows = Double(max(1, values.count / channels))
        record.mean = sums.map { $0 / rows }
        record.meanSquare = squares.map { $0 / rows }
    }
}

/// The smallest and largest of `values`; `nil` when one is NaN or beyond 10³⁰.
private func finiteExtremes(_ values: UnsafeBufferPointer<Float>) -> ClosedRange<Float>? {
    var low = Float.infinity, high = -Float.infinity, poison: Float = 0
    for value in values {
        low = value < low ? value : low
        high = value > high ? value : high
        poison += value * 0
    }
    return poison == 0 && low <= high && -low <= 1e30 && high <= 1e30 ? low...high : nil
}
