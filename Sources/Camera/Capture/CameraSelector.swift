/// Which camera is meant.
enum CameraSelector: Equatable {
    /// The one that is at this node when it is first opened, wherever it comes back.
    case node(String)
    /// The one that a link leads to: /dev/v4l/by-id/…, /dev/v4l/by-path/…, or one made by the user's own udev rules.
    case link(String)
    /// The first whose name, driver, place or serial number holds this text.
    case text(String)

    /// Reads a path under /dev, or `camera:TEXT`.
    init(parsing text: String) {
        if text.hasPrefix("camera:") {
            self = .text(String(text.dropFirst("camera:".count)))
        } else if text.hasPrefix("/dev/video"), Int(String(text.dropFirst("/dev/video".count))) != nil {
            self = .node(text)
        } else {
            self = .link(text)
        }
    }

    var words: String {
        switch self {
        case .node(let path), .link(let path): path
        case .text(let text): "camera:" + text
        }
    }
}

/// Finds the chosen camera, and finds it again under another node number.
struct CameraFinder {
    let selector: CameraSelector
    /// The camera as it was when it last worked.
    private var own: CameraNode?
    /// Where others of its kind were plugged in beside it: those are not it.
    private var others: [String] = []

    init(_ selector: CameraSelector) { self.selector = selector }

    /// Nodes to try, the likeliest first.
    func candidates(_ host: any CaptureHost) -> [String] {
        switch selector {
        case .link(let link): return host.target(of: link).map { [$0] } ?? []
        case .node(let path) where own == nil: return [path]
        case .node, .text:
            let cameras = host.cameras()
            guard let own else { return cameras.filter { matches($0) }.map { $0.path } }
            // Equals stay in the order of their nodes: sorting is stable only by luck.
            var ranked: [[String]] = [[], [], []]
            for camera in cameras {
                if let rank = rank(camera, own) { ranked[rank].append(camera.path) }
            }
            return ranked.flatMap { $0 }
        }
    }

    /// Keeps what will tell this camera from others. Called when it works.
    mutating func remember(_ camera: CameraNode, _ host: any CaptureHost) {
        if case .link = selector { return }
        own = camera
        others = host.cameras().filter { $0.path != camera.path && Self.isSameKind($0, camera) }.map { $0.identity.bus }
    }

    /// 0 for the same node of the same device in the same place, then another node of it, then elsewhere.
    private func rank(_ camera: CameraNode, _ own: CameraNode) -> Int? {
        guard Self.isSameKind(camera, own) else { return nil }
        if camera.identity.bus == own.identity.bus { return camera.index == own.index ? 0 : 1 }
        let isOther = own.serial.isEmpty && others.contains(camera.identity.bus)
        return isOther ? nil : 2
    }

    private static func isSameKind(_ a: CameraNode, _ b: CameraNode) -> Bool {
        a.identity.driver == b.identity.driver && a.identity.card == b.identity.card && a.serial == b.serial
    }

    private func matches(_ camera: CameraNode) -> Bool {
        guard case .text(let text) = selector else { return false }
        let identity = camera.identity
        let wanted = Array(text.lowercased().utf8)
        return [identity.card, identity.driver, identity.bus, camera.serial].contains {
            Self.holds(Array($0.lowercased().utf8), wanted)
        }
    }

    private static func holds(_ text: [UInt8], _ part: [UInt8]) -> Bool {
        guard part.count <= text.count else { return false }
        return (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
    }
}
