/// Two balls and the hull between them, in two colours along its length.
struct Capsule {
    var start: Vector3
    var end: Vector3
    var startRadius: Float
    var endRadius: Float
    var colour: Colour
    var farColour: Colour
    /// Where along it, 0…1, `farColour` begins.
    var split: Float

    init(_ start: Vector3, _ end: Vector3, _ startRadius: Float, _ endRadius: Float, _ colour: Colour) {
        self.init(start, end, startRadius, endRadius, colour, colour, split: 2)
    }

    init(
        _ start: Vector3, _ end: Vector3, _ startRadius: Float, _ endRadius: Float,
        _ colour: Colour, _ farColour: Colour, split: Float
    ) {
        self.start = start
        self.end = end
        self.startRadius = startRadius
        self.endRadius = endRadius
        self.colour = colour
        self.farColour = farColour
        self.split = split
    }
}

/// The head needs more than a capsule: cap, stripe, goggles and face by direction.
struct Head {
    var centre: Vector3
    var radius: Float
    var crown: Vector3
    var face: Vector3
}

/// A person's flesh on a pose's bones.
struct Body {
    let person: Person

    /// Calls `draw` with every part.
    func parts(_ pose: Pose, _ draw: (Capsule) -> Void) {
        let build = person.build, unit = person.height / 1.78
        let skin = person.skin, suit = person.suitColour
        let right = (pose.rightArm.root - pose.leftArm.root).normalized
        let along = (pose.neck - pose.pelvis).normalized
        let shoulderHalf = (pose.rightArm.root - pose.leftArm.root).length * 0.5
        let hipHalf = (pose.rightLeg.root - pose.leftLeg.root).length * 0.5
        let covered = person.suit == .onePiece

        for side in [Float(-1), 1] {
            let top = pose.neck - along * (0.10 * unit) + right * (side * (shoulderHalf - 0.085 * unit))
            let bottom = pose.pelvis + right * (side * hipHalf * 0.75)
            draw(Capsule(
                top, bottom, 0.096 * unit * (0.7 + 0.3 * build), 0.092 * unit * build,
                covered ? suit : skin, suit, split: 0.82))
        }
        let chest = pose.neck - along * (0.09 * unit)
        draw(Capsule(chest, pose.pelvis, 0.10 * unit * (0.6 + 0.4 * build), 0.105 * unit * build,
            covered ? suit : skin, suit, split: 0.86))
        draw(Capsule(pose.leftArm.root, pose.rightArm.root, 0.058 * unit, 0.058 * unit, skin))
        draw(Capsule(pose.neck - along * 0.03, pose.head, 0.06 * unit, 0.055 * unit, skin))

        let hem: Float = switch person.suit {
        case .briefs: 0.2
        case .jammers: 0.85
        case .onePiece: 0.1
        }
        leg(pose.leftLeg, pose.leftToe, hem, draw)
        leg(pose.rightLeg, pose.rightToe, hem, draw)
        arm(pose.leftArm, draw)
        arm(pose.rightArm, draw)
    }

    func head(_ pose: Pose) -> Head {
        Head(centre: pose.head, radius: 0.115 * person.height / 1.78, crown: pose.crown, face: pose.face)
    }

    private func leg(_ limb: Limb, _ toe: Vector3, _ hem: Float, _ draw: (Capsule) -> Void) {
        let unit = person.height / 1.78, girth = unit * (0.5 + 0.5 * person.build)
        draw(Capsule(
            limb.root, limb.middle, 0.092 * girth, 0.062 * girth, person.suitColour, person.skin, split: hem))
        draw(Capsule(limb.middle, limb.end, 0.06 * girth, 0.04 * girth, person.skin))
        draw(Capsule(limb.end, toe, 0.04 * unit, 0.026 * unit, person.skin))
    }

    private func arm(_ limb: Limb, _ draw: (Capsule) -> Void) {
        let unit = person.height / 1.78, girth = unit * (0.5 + 0.5 * person.build)
        let wrist = limb.middle.mixed(with: limb.end, 0.72)
        draw(Capsule(limb.root, limb.middle, 0.056 * girth, 0.046 * girth, person.skin))
        draw(Capsule(limb.middle, wrist, 0.046 * girth, 0.032 * girth, person.skin))
        draw(Capsule(wrist, limb.end, 0.036 * unit, 0.03 * unit, person.skin))
    }
}
