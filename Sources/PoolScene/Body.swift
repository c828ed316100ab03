/// A person's flesh on a pose's bones.
struct Body {
    let person: Person
    /// Sizes below are of a person 1.78 m tall.
    private let unit: Float
    private let girth: Float

    init(person: Person) {
        self.person = person
        unit = person.height / 1.78
        girth = unit * (0.5 + 0.5 * person.build)
    }

    /// Calls `draw` with every part.
    func parts(_ pose: Pose, _ draw: (Shape) -> Void) {
        torso(pose, draw)
        leg(pose.leftLeg, pose.leftToe, draw)
        leg(pose.rightLeg, pose.rightToe, draw)
        arm(pose.leftArm, draw)
        arm(pose.rightArm, draw)
        draw(.ellipsoid(Ellipsoid(
            centre: pose.head, axes: (pose.crown.cross(pose.face), pose.crown, pose.face),
            radii: (0.096 * unit, 0.128 * unit, 0.112 * unit), coat: .head)))
    }

    private func torso(_ pose: Pose, _ draw: (Shape) -> Void) {
        let across = pose.rightArm.root - pose.leftArm.root
        let along = (pose.neck - pose.pelvis).normalized
        let side = (across - along * across.dot(along)).normalized
        let axes = (side, along, side.cross(along))
        let shoulderHalf = across.length * 0.5
        let spine = (pose.neck - pose.pelvis).length
        let hips = (pose.rightLeg.root - pose.leftLeg.root).length * 0.5
        let skin = person.skin, suit = person.suitColour
        let upper = person.suit == .onePiece ? suit : skin

        draw(.ellipsoid(Ellipsoid(
            centre: pose.neck - along * (0.36 * spine), axes: axes,
            radii: (shoulderHalf * 0.96, 0.46 * spine, 0.125 * girth), coat: .banded(upper, skin, at: 0.55))))
        draw(.ellipsoid(Ellipsoid(
            centre: pose.pelvis + along * (0.28 * spine), axes: axes,
            radii: (0.152 * unit * person.build, 0.56 * spine, 0.112 * unit * person.build),
            coat: .banded(suit, upper, at: -0.38))))
        draw(.ellipsoid(Ellipsoid(
            centre: pose.pelvis - along * 0.02, axes: axes,
            radii: (hips + 0.085 * girth, 0.15 * unit, 0.112 * girth), coat: .banded(suit, suit, at: 0))))
        for root in [pose.leftArm.root, pose.rightArm.root] {
            draw(.capsule(Capsule(pose.neck - along * 0.04, root, 0.062 * girth, 0.064 * girth, skin)))
        }
        draw(.capsule(Capsule(pose.neck - along * 0.04, pose.head, 0.062 * girth, 0.055 * unit, skin)))
    }

    private func leg(_ limb: Limb, _ toe: Vector3, _ draw: (Shape) -> Void) {
        let hem: Float = switch person.suit {
        case .briefs: 0.2
        case .jammers: 0.85
        case .onePiece: 0.08
        }
        draw(.capsule(Capsule(
            limb.root, limb.middle, 0.09 * girth, 0.06 * girth, person.suitColour, person.skin, split: hem)))
        let calf = limb.middle.mixed(with: limb.end, 0.3)
        draw(.capsule(Capsule(limb.middle, calf, 0.056 * girth, 0.06 * girth, person.skin)))
        draw(.capsule(Capsule(calf, limb.end, 0.06 * girth, 0.036 * girth, person.skin)))
        draw(.capsule(Capsule(limb.end, toe, 0.038 * unit, 0.024 * unit, person.skin)))
    }

    private func arm(_ limb: Limb, _ draw: (Shape) -> Void) {
        let wrist = limb.middle.mixed(with: limb.end, 0.7)
        draw(.capsule(Capsule(limb.root, limb.middle, 0.06 * girth, 0.045 * girth, person.skin)))
        draw(.capsule(Capsule(limb.middle, wrist, 0.046 * girth, 0.03 * girth, person.skin)))
        draw(.capsule(Capsule(wrist, limb.end, 0.034 * unit, 0.036 * unit, person.skin)))
    }
}
