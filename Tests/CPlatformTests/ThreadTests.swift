import CPlatform
import Testing

/// A one-place mailbox: what a capture thread and its reader do.
private final class Mailbox {
    let mutex = tp_mutex_create()!
    let condition = tp_condition_create()!
    var value: Int?
    var total = 0

    deinit {
        tp_condition_destroy(condition)
        tp_mutex_destroy(mutex)
    }
}

@Suite struct ThreadTests {
    @Test func aConditionHandsValuesOver() throws {
        let mailbox = Mailbox()
        var thread: OpaquePointer?
        try #require(tp_thread_start(&thread, { context in
            let mailbox = Unmanaged<Mailbox>.fromOpaque(context!).takeUnretainedValue()
            tp_set_thread_name("a name that is longer than fifteen bytes")
            for value in 1...1_000 {
                tp_mutex_lock(mailbox.mutex)
                while mailbox.value != nil { tp_condition_wait(mailbox.condition, mailbox.mutex) }
                mailbox.value = value
                tp_condition_broadcast(mailbox.condition)
                tp_mutex_unlock(mailbox.mutex)
            }
        }, Unmanaged.passUnretained(mailbox).toOpaque()) == 0)

        for _ in 1...1_000 {
            tp_mutex_lock(mailbox.mutex)
            while mailbox.value == nil { tp_condition_wait(mailbox.condition, mailbox.mutex) }
            mailbox.total += mailbox.value!
            mailbox.value = nil
            tp_condition_signal(mailbox.condition)
            tp_mutex_unlock(mailbox.mutex)
        }
        tp_thread_join(try #require(thread))
        #expect(mailbox.total == 500_500)
    }

    @Test func aWaitEndsAtItsDeadline() {
        let mailbox = Mailbox()
        let deadline = tp_monotonic_nanoseconds() + 5_000_000
        tp_mutex_lock(mailbox.mutex)
        var result: Int32 = 0
        while result == 0 { result = tp_condition_wait_until(mailbox.condition, mailbox.mutex, deadline) }
        tp_mutex_unlock(mailbox.mutex)
        #expect(result == -110)
        #expect(tp_monotonic_nanoseconds() >= deadline)
    }
}
