/// Why the text of a scene (`pool:seed=1,swimmers=2`) was refused.
public enum SceneOptionsError: Error, Equatable {
    case notAPool(String)
    case notAnAssignment(String)
    case unknownKey(String)
    case badValue(key: String, value: String, expected: String)

    public var description: String {
        switch self {
        case .notAPool(let text):
            "'\(text)' is not a pool scene; write pool or pool:seed=1,swimmers=2"
        case .notAnAssignment(let part):
            "'\(part)' in the pool scene is not of the form key=value"
        case .unknownKey(let key):
            "the pool scene has no key '\(key)'; there are \(SceneOptions.keys)"
        case .badValue(let key, let value, let expected):
            "\(key)=\(value) in the pool scene: expected \(expected)"
        }
    }
}

extension SceneOptions {
    static let keys =
        "seed, width, height, swimmers, fps, domain, noise, blur, exposure, jpeg, changes, actions, identities, "
        + "population"

    /// Reads `pool` or `pool:key=value,…`.
    ///
    /// Keys: `seed`, `width`, `height`, `swimmers` (1…8), `fps`, `domain` (train, test, hard, wide), `noise`, `blur`,
    /// `exposure` (0…1), `jpeg` (quality 1…100), `changes` (0, 1), `actions` (`freestyle+safe`),
    /// `identities` (`0+2`, −1 for a stranger, with a population also 4 and on), `population` (its seed).
    /// `domain=hard` brings its own noise, blur, drift and compression, which keys written after it override.
    public init(parsing text: String) throws(SceneOptionsError) {
        self.init()
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves[0] == "pool" else { throw .notAPool(text) }
        guard halves.count == 2 else { return }
        for part in halves[1].split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else { throw .notAnAssignment(String(part)) }
            try set(String(sides[0]), to: String(sides[1]))
        }
        for identity in identities ?? [] where !castable.contains(identity) {
            throw .badValue(
                key: "identities", value: "\(identity)",
                expected: "numbers −1…\(castable.upperBound), joined by +; above 3 only with a population")
        }
    }

    private mutating func set(_ key: String, to value: String) throws(SceneOptionsError) {
        func integer(_ range: ClosedRange<Int>) throws(SceneOptionsError) -> Int {
            guard let number = Int(value), range.contains(number) else {
                throw .badValue(
                    key: key, value: value, expected: "a whole number \(range.lowerBound)…\(range.upperBound)")
            }
            return number
        }
        func share() throws(SceneOptionsError) -> Float {
            guard let number = SceneOptions.decimal(value), number <= 1 else {
                throw .badValue(key: key, value: value, expected: "a number 0…1 such as 0.25")
            }
            return number
        }
        func natural() throws(SceneOptionsError) -> UInt64 {
            guard let number = UInt64(value) else {
                throw .badValue(key: key, value: value, expected: "a whole number ≥ 0")
            }
            return number
        }
        switch key {
        case "seed":
            seed = try natural()
        case "width": width = try integer(SceneOptions.sizes)
        case "height": height = try integer(SceneOptions.sizes)
        case "swimmers": swimmers = try integer(SceneOptions.swimmerCounts)
        case "fps": framesPerSecond = try integer(SceneOptions.frameRates)
        case "noise": noise = try share()
        case "blur": blur = try share()
        case "exposure": exposureDrift = try share()
        case "jpeg": jpegQuality = try integer(1...100)
        case "changes": actionChanges = try integer(0...1) == 1
        case "population": population = try natural()
        case "domain": try setDomain(value)
        case "actions": try setActions(value)
        case "identities": try setIdentities(value)
        default: throw .unknownKey(key)
        }
    }

    private mutating func setDomain(_ value: String) throws(SceneOptionsError) {
        for candidate in SceneDomain.allCases where candidate.label == value {
            domain = candidate
            if candidate == .hard { addHardSensor() }
            return
        }
        throw .badValue(key: "domain", value: value, expected: "train, test, hard or wide")
    }

    private mutating func addHardSensor() {
        noise = 0.4
        blur = 0.4
        exposureDrift = 0.6
        jpegQuality = 30
    }

    private mutating func setActions(_ value: String) throws(SceneOptionsError) {
        var list: [Action] = []
        for part in value.split(separator: "+") {
            guard let action = Action(label: String(part)) else {
                throw .badValue(
                    key: "actions", value: value, expected: "breaststroke, drowning, freestyle, safe joined by +")
            }
            list.append(action)
        }
        actions = list
    }

    private mutating func setIdentities(_ value: String) throws(SceneOptionsError) {
        var list: [Int] = []
        for part in value.split(separator: "+") {
            guard let identity = Int(part) else {
                throw .badValue(key: "identities", value: value, expected: "numbers such as 0…3, joined by +")
            }
            list.append(identity)
        }
        identities = list
    }

    /// A plain decimal number ≥ 0, read without the C library, whose answer depends on the locale.
    private static func decimal(_ text: String) -> Float? {
        var digits = 0
        var value: Float = 0
        var place: Float = 1
        var fractional = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: "."), !fractional {
                fractional = true
            } else if byte >= 48, byte <= 57, digits < 9 {
                digits += 1
                value = value * 10 + Float(byte - 48)
                if fractional { place *= 10 }
            } else {
                return nil
            }
        }
        return digits > 0 ? value / place : nil
    }
}
