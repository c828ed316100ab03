import CAllocationCount
import CPlatform
import ModelFile
import ModelSamples
import Testing

@testable import Runtime

/// A frame and a clip cost no heap allocation, on no thread.
@Suite(.serialized) struct AllocationTests {
    @Test(.enabled(if: allocation_count_available() != 0), arguments: 1...2)
    func runsAllocateNothing(threads: Int) throws {
        let model = try Model(bytes: everyOperatorModel(), name: "every operator")
        let network = try Network(model, threads: threads, sharesClips: true)
        let ring = network.makeRing()
        let clip = [UnsafeBufferPointer<Int8>](repeating: UnsafeBufferPointer(network.frameInput), count: ring.frames)
        func run() {
            for _ in 0..<3 * ring.frames {
                network.runFrame()
                network.runFrame(into: ring)
                if ring.isFull { network.runClip(ring) }
            }
            network.runClip(frames: clip)
            network.isProfiling.toggle()
        }
        // In unoptimised builds the first use of a generic type makes its metadata.
        run()
        run()
        // Each worker counts for itself; so does this thread.
        let counter = CountingStep(partCount: network.threads)
        counter.enabled = 1
        network.pool.run(counter)
        let before = allocation_count()
        run()
        run()
        let after = allocation_count()

        // The counter does count: on this thread, and on each worker.
        counter.allocates = true
        network.pool.run(counter)
        let counted = allocation_count()
        counter.enabled = 0
        network.pool.run(counter)
        #expect(after == before)
        #expect(counted >= after + Int64(network.threads))
    }
}

private final class CountingStep: Step {
    var enabled: Int32 = 0
    var allocates = false

    override func run(part: Int) {
        allocation_count_enable(enabled)
        if allocates { UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 1).deallocate() }
    }
}
