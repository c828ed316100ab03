// The rays across one shape are taken as parallel: its centre is in perspective, and from ten times its size away
// nothing else shows.

extension Rasteriser {
    func draw(_ capsule: Capsule, _ owner: Int8) -> PixelArea {
        let a = view.projectThroughWater(capsule.start), b = view.projectThroughWater(capsule.end)
        let ra = capsule.startRadius * a.scale, rb = capsule.endRadius * b.scale
        let area = PixelArea(around: a.x, a.y, ra, ra, width: layer.width, height: layer.rows)
            .union(PixelArea(around: b.x, b.y, rb, rb, width: layer.width, height: layer.rows))
        if area.isEmpty { return area }
        let abx = b.x - a.x, aby = b.y - a.y
        let inverse = 1 / max(abx * abx + aby * aby, 1e-6)
        for y in area.y0..<area.y1 {
            let py = Float(y) + 0.5 - a.y
            var index = y * layer.width + area.x0
            for x in area.x0..<area.x1 {
                let px = Float(x) + 0.5 - a.x
                let t = clamp((px * abx + py * aby) * inverse, 0, 1)
                let ex = px - abx * t, ey = py - aby * t
                let r = ra + (rb - ra) * t
                let square = ex * ex + ey * ey
                if square < (r + 0.5) * (r + 0.5) {
                    let normal = Rasteriser.ballNormal(ex, ey, r, square)
                    let metres = capsule.startRadius + (capsule.endRadius - capsule.startRadius) * t
                    put(
                        index, t < capsule.split ? capsule.colour : capsule.farColour, normal,
                        depth: a.depth + (b.depth - a.depth) * t - metres * normal.z,
                        height: capsule.start.z + (capsule.end.z - capsule.start.z) * t + metres * normal.dot(up),
                        coverage: r - square.squareRoot() + 0.5, owner)
                }
                index += 1
            }
        }
        return area
    }

    private static func ballNormal(_ ex: Float, _ ey: Float, _ r: Float, _ square: Float) -> Vector3 {
        let inverse = 1 / max(r, 1e-3)
        let inside = 1 - square * inverse * inverse
        if inside <= 0 {
            let edge = 1 / max(square.squareRoot(), 1e-3)
            return Vector3(ex * edge, ey * edge, 0)
        }
        return Vector3(ex * inverse, ey * inverse, inside.squareRoot())
    }

    /// Solves |M·p| = 1 along each pixel's ray; M's rows are the axes over their radii, p is in metres from the centre.
    func draw(_ ellipsoid: Ellipsoid, _ person: Person, _ owner: Int8) -> PixelArea {
        let at = view.projectThroughWater(ellipsoid.centre)
        let (ra, rb, rc) = ellipsoid.radii
        let a = view.inView(ellipsoid.axes.0), b = view.inView(ellipsoid.axes.1), c = view.inView(ellipsoid.axes.2)
        func extent(_ x: Float, _ y: Float, _ z: Float) -> Float {
            (x * x * ra * ra + y * y * rb * rb + z * z * rc * rc).squareRoot() * at.scale
        }
        let reachX = extent(a.x, b.x, c.x), reachY = extent(a.y, b.y, c.y)
        let area = PixelArea(around: at.x, at.y, reachX, reachY, width: layer.width, height: layer.rows)
        if area.isEmpty { return area }
        let m0 = a * (1 / ra), m1 = b * (1 / rb), m2 = c * (1 / rc)
        let quadratic = m0.z * m0.z + m1.z * m1.z + m2.z * m2.z
        let metres = 1 / at.scale, edge = 0.5 * min(reachX, reachY)
        for y in area.y0..<area.y1 {
            let ey = (Float(y) + 0.5 - at.y) * metres
            for x in area.x0..<area.x1 {
                let ex = (Float(x) + 0.5 - at.x) * metres
                let l0 = m0.x * ex + m0.y * ey, l1 = m1.x * ex + m1.y * ey, l2 = m2.x * ex + m2.y * ey
                let linear = l0 * m0.z + l1 * m1.z + l2 * m2.z
                let inside = 1 - (l0 * l0 + l1 * l1 + l2 * l2) + linear * linear / quadratic
                let coverage = 0.5 + inside * edge
                if coverage <= 0 { continue }
                let z = (max(inside, 0) / quadratic).squareRoot() - linear / quadratic
                let u = Vector3(l0 + m0.z * z, l1 + m1.z * z, l2 + m2.z * z)
                let normal = (m0 * u.x + m1 * u.y + m2 * u.z).normalized
                let colour: Colour = switch ellipsoid.coat {
                case .banded(let low, let high, let place): u.y < place ? low : high
                case .head: Rasteriser.headColour(person, u)
                }
                put(
                    y * layer.width + x, colour, normal, depth: at.depth - z,
                    height: ellipsoid.centre.z + Vector3(ex, ey, z).dot(up), coverage: coverage, owner)
            }
        }
        return area
    }

    /// By place on the head: to its side, to its crown, out of its face.
    private static func headColour(_ person: Person, _ place: Vector3) -> Colour {
        // The cap ends at the brow in front and at the neck behind.
        if place.y * 0.86 - place.z * 0.5 > -0.12 {
            return abs(place.x) < 0.24 ? person.stripe : person.cap
        }
        if place.y > 0.08, place.y < 0.36 { return person.goggles }
        return person.skin
    }
}
