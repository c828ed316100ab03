/// Metres in the pool's frame: x along the lanes, y across them, z up, the still water's surface at z = 0.
struct Vector3 {
    var x: Float
    var y: Float
    var z: Float

    init(_ x: Float, _ y: Float, _ z: Float) {
        self.x = x
        self.y = y
        self.z = z
    }

    static let zero = Vector3(0, 0, 0)

    var length: Float { dot(self).squareRoot() }
    var normalized: Vector3 { self * (1 / max(length, 1e-6)) }

    func dot(_ other: Vector3) -> Float {
        x * other.x + y * other.y + z * other.z
    }

    func cross(_ other: Vector3) -> Vector3 {
        Vector3(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
    }

    func mixed(with other: Vector3, _ amount: Float) -> Vector3 {
        self + (other - self) * amount
    }

    static func + (a: Vector3, b: Vector3) -> Vector3 { Vector3(a.x + b.x, a.y + b.y, a.z + b.z) }
    static func - (a: Vector3, b: Vector3) -> Vector3 { Vector3(a.x - b.x, a.y - b.y, a.z - b.z) }
    static func * (a: Vector3, scale: Float) -> Vector3 { Vector3(a.x * scale, a.y * scale, a.z * scale) }
}
