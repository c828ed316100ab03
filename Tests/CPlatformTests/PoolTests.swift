import CPlatform
import Testing

@Suite struct PoolTests {
    @Test(arguments: [1, 2, 3, 8] as [Int32])
    func everyPartRunsOnceAndIsDoneOnReturn(threads: Int32) throws {
        let pool = try #require(tp_pool_create(threads))
        defer { tp_pool_destroy(pool) }
        #expect(tp_pool_threads(pool) == threads)

        let capacity = 40
        let counts = UnsafeMutablePointer<Int32>.allocate(capacity: capacity)
        defer { counts.deallocate() }
        for run in 0..<2_000 {
            let parts = (run &* 7) % (capacity + 1)
            counts.initialize(repeating: 0, count: capacity)
            tp_pool_run(pool, Int32(parts), { context, part in
                context!.assumingMemoryBound(to: Int32.self)[Int(part)] += 1
            }, counts)
            let isExact = (0..<capacity).allSatisfy { counts[$0] == ($0 < parts ? 1 : 0) }
            #expect(isExact, "run \(run) of \(parts) parts")
            if !isExact { break }
        }
    }

    @Test func sleepingWorkersWakeAgain() throws {
        let pool = try #require(tp_pool_create(2))
        defer { tp_pool_destroy(pool) }
        var sums: [Int32] = [0, 0, 0, 0]
        for _ in 0..<20 {
            tp_sleep_until(tp_monotonic_nanoseconds() + 1_000_000)
            sums.withUnsafeMutableBufferPointer { sums in
                tp_pool_run(pool, 4, { context, part in
                    context!.assumingMemoryBound(to: Int32.self)[Int(part)] += part + 1
                }, sums.baseAddress)
            }
        }
        #expect(sums == [20, 40, 60, 80])
    }

    @Test func theCallerWaitsForASlowWorker() throws {
        let pool = try #require(tp_pool_create(2))
        defer { tp_pool_destroy(pool) }
        var done: [Int32] = [0, 0]
        done.withUnsafeMutableBufferPointer { done in
            tp_pool_run(pool, 2, { context, part in
                if part == 1 { tp_sleep_until(tp_monotonic_nanoseconds() + 20_000_000) }
                context!.assumingMemoryBound(to: Int32.self)[Int(part)] = 1
            }, done.baseAddress)
        }
        #expect(done == [1, 1])
    }

    @Test func sizesOutOfRangeAreClamped() throws {
        for (asked, got) in [(0, 1), (-3, 1), (1_000, 64)] as [(Int32, Int32)] {
            let pool = try #require(tp_pool_create(asked))
            #expect(tp_pool_threads(pool) == got)
            tp_pool_destroy(pool)
        }
        tp_pool_destroy(nil)
    }
}
