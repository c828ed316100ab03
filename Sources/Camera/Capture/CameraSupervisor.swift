import Synchronization

/// A camera that may fail and come back: the stream while there is one, and otherwise the search for it.
///
/// connecting → streaming → lost(cause) → waiting → streaming … A fault is answered with a restart of the stream; where
/// that does not help the camera is closed and opened again, after pauses that end early when a node appears. Frame
/// numbers and counters go on all the while.
public final class CameraSupervisor: FrameSource {
    private let host: any CaptureHost
    private let settings: CameraSettings
    private var finder: CameraFinder
    private var camera: OpenedCamera?
    private var accounts = CaptureAccounts()
    private var outage: Outage?
    private var backOff = BackOff()
    private var events: [SourceEvent] = []
    /// A frame whose event goes out first.
    private var held: Frame?
    /// When the last sound frame came, or the stream was started.
    private var lastSound: Int64 = 0
    /// Nothing sound came yet since the camera was opened.
    private var isWaking = true
    /// The stream was not started anew since the camera was opened, or was well for a while after.
    private var mayRestart = true
    private var nextSignalCheck: Int64 = 0
    private var hasOpened = false
    private let isStopped = Atomic(false)

    /// Opens and starts a camera: a path under /dev, or `camera:TEXT`.
    ///
    /// - Throws: What waiting will not mend: no such camera (unless it is chosen by a lasting name, and with a time to
    ///   give up), no right to open it, no format that can be read.
    public convenience init(_ text: String, settings: CameraSettings = CameraSettings()) throws(CameraError) {
        try self.init(CameraSelector(parsing: text), settings, LinuxHost())
    }

    init(_ selector: CameraSelector, _ settings: CameraSettings, _ host: any CaptureHost) throws(CameraError) {
        self.host = host
        self.settings = settings
        finder = CameraFinder(selector)
        tell(.connecting, selector.words)
        do throws(OpenFailure) { try open() } catch {
            if let reason = error.error, !mayComeLater(error) { throw withCameras(reason) }
            lose(error)
        }
    }

    deinit { camera?.stream.device.close() }

    public var counters: CaptureCounters {
        var counters = accounts.counters
        if held != nil { counters.captured -= 1 }
        return counters
    }

    public var summary: String {
        camera?.summary ?? "\(finder.selector.words): waiting for the camera"
    }

    public func stop() { isStopped.store(true, ordering: .relaxed) }

    public func next() throws(CameraError) -> Arrival {
        while true {
            if !events.isEmpty { return .event(events.removeFirst()) }
            if let frame = held {
                held = nil
                return .frame(frame)
            }
            if host.stopRequested || isStopped.load(ordering: .relaxed) { return .end }
            if let outage, let limit = settings.giveUpNanoseconds, host.now - outage.since >= limit {
                throw .gaveUp(finder.selector.words, (host.now - outage.since).secondsText, outage.detail)
            }
            if let camera { capture(camera) } else { search() }
        }
    }

    private func tell(_ state: SourceState, _ detail: String) {
        events.append(
            SourceEvent(
                state: state, cause: state == .lost || state == .waiting ? outage?.cause : nil, detail: detail,
                atNanoseconds: host.now, attempt: outage?.attempts ?? 0))
    }
}

// MARK: While there is a stream

extension CameraSupervisor {
    private func capture(_ camera: OpenedCamera) {
        let stream = camera.stream
        if outage == nil, host.now >= nextSignalCheck {
            nextSignalCheck = host.now + .second
            if !stream.device.hasSignal { return lose(.noSignal) }
        }
        do throws(DeviceFault) {
            if let frame = try stream.next(milliseconds: 100, &accounts) {
                welcome(frame, camera)
            } else if host.now - lastSound >= patience(stream.mode) {
                stalled(stream)
            }
        } catch {
            recover(stream, OpenFailure(fault: error, on: stream.device))
        }
    }

    private func welcome(_ frame: Frame, _ camera: OpenedCamera) {
        held = frame
        lastSound = host.now
        if backOff.isCalm(at: host.now) { mayRestart = true }
        guard isWaking || outage != nil else { return }
        isWaking = false
        var detail = camera.summary
        if let outage {
            detail += ", after \((host.now - outage.since).secondsText)"
            backOff.recovered(at: host.now)
        }
        tell(.streaming, detail)
        outage = nil
    }

    /// Eight frames or a second and a half; twice that for a camera that is still waking up.
    private func patience(_ mode: CaptureMode) -> Int64 {
        max(3 * .second / 2, 8 * mode.period) * (isWaking ? 2 : 1)
    }

    private func stalled(_ stream: CaptureStream) {
        let time = (host.now - lastSound).secondsText
        let detail = accounts.lastFault.map { "no sound frame for \(time), the last one is \($0.words)" }
        if outage == nil { accounts.counters.stalls += 1 }
        recover(
            stream,
            OpenFailure(
                cause: LossCause(conditionOf: stream.device) ?? .stalled, detail: detail ?? "no frame for \(time)",
                error: nil))
    }

    /// Starts the stream of a device that is there anew, where that was not tried before; else the camera is lost. One
    /// that was just opened and sends nothing would not send more.
    private func recover(_ stream: CaptureStream, _ failure: OpenFailure) {
        begin(failure)
        let mayHelp = failure.cause == .protocolError || failure.cause == .stalled && !isWaking
        guard mayHelp, mayRestart, (try? stream.restart()) != nil else { return lose(failure) }
        mayRestart = false
        lastSound = host.now
    }
}

// MARK: While there is none

extension CameraSupervisor {
    /// Notes why there are no frames now.
    private func begin(_ failure: OpenFailure) {
        if outage == nil {
            outage = Outage(since: host.now, cause: failure.cause, detail: failure.detail)
            backOff.begin(at: host.now)
            tell(.lost, failure.detail)
        }
        outage?.cause = failure.cause
        outage?.detail = failure.detail
    }

    /// Closes what there is and sets the time of the next attempt.
    private func lose(_ failure: OpenFailure) {
        camera?.stream.device.close()
        camera = nil
        begin(failure)
        let pause = backOff.next()
        outage?.nextAttempt = host.now + pause
        outage?.nodes = host.nodes()
        guard let outage, !outage.told.contains(failure.cause) else { return }
        self.outage?.told.append(failure.cause)
        tell(.waiting, "\(failure.detail); trying again in \(pause.secondsText)")
    }

    /// Sleeps a little, or tries to open the camera when it is time or a node is new.
    private func search() {
        guard var outage else { return }
        let appeared = outage.nodeAppeared(host)
        if appeared { backOff.reset() }
        let isDue = appeared || host.now >= outage.nextAttempt
        if isDue { outage.attempts += 1 }
        self.outage = outage
        guard isDue else { return host.sleep(until: min(outage.nextAttempt, host.now + .second / 20)) }
        do throws(OpenFailure) { try open() } catch { lose(error) }
    }

    /// Opens the first candidate that can be had.
    private func open() throws(OpenFailure) {
        var first: OpenFailure?
        for path in finder.candidates(host) {
            do throws(OpenFailure) {
                let camera = try OpenedCamera(path, settings, host)
                finder.remember(camera.node, host)
                self.camera = camera
                if hasOpened { accounts.counters.reopens += 1 }
                hasOpened = true
                isWaking = true
                mayRestart = true
                lastSound = host.now
                return
            } catch { first = first ?? error }
        }
        let name = finder.selector.words
        throw first
            ?? OpenFailure(
                cause: .gone, detail: "it is not plugged in",
                error: .noCamera(name, SystemError.noEntry.words, []))
    }

    /// Whether to wait at the start: for a camera with a lasting name, and not for ever.
    private func mayComeLater(_ failure: OpenFailure) -> Bool {
        if case .node = finder.selector { return false }
        return failure.cause == .gone && settings.giveUpNanoseconds != nil
    }

    private func withCameras(_ error: CameraError) -> CameraError {
        guard case .noCamera(let path, let why, _) = error else { return error }
        return .noCamera(path, why, host.cameras().map { "\($0.path) (\($0.identity.card))" })
    }
}
