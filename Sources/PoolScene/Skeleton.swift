/// Proportions of a person and the joints that a posture gives them.
struct Skeleton {
    let upperArm: Float
    let foreArm: Float
    let thigh: Float
    let shank: Float
    let foot: Float
    let spine: Float
    let shoulderHalf: Float
    let hipHalf: Float
    let headReach: Float

    /// Segment lengths as fractions of the height (Drillis & Contini 1966, rounded); the forearm includes the hand.
    init(_ person: Person) {
        let h = person.height
        upperArm = 0.172 * h
        foreArm = 0.225 * h
        thigh = 0.245 * h
        shank = 0.246 * h
        foot = 0.12 * h
        spine = 0.288 * h
        shoulderHalf = person.shoulders * h
        hipHalf = 0.055 * h * (0.5 + 0.5 * person.build)
        headReach = 0.118 * h
    }

    /// Axes of the body: to its right, to its head, to its back.
    private struct Axes {
        var right: Vector3
        var head: Vector3
        var back: Vector3

        func vector(_ v: Vector3, side: Float) -> Vector3 {
            right * (v.x * side) + head * v.y + back * v.z
        }
    }

    func pose(_ posture: Posture, at place: Course.Place) -> Pose {
        let axes = Skeleton.axes(posture, heading: place.heading)
        let beside = place.heading.cross(Vector3(0, 0, 1))
        let pelvis = place.position + beside * posture.sway + place.heading * posture.surge
            + Vector3(0, 0, posture.height)
        let neck = pelvis + axes.head * spine
        let (crown, face) = Skeleton.headAxes(posture, axes)

        func arm(_ side: Float, _ hand: Vector3) -> Limb {
            let shoulder = neck + axes.right * (shoulderHalf * side) - axes.head * 0.03
            let target = shoulder + axes.vector(hand, side: side) * (upperArm + foreArm)
            return limb(shoulder, target, upperArm, foreArm, axes.vector(posture.elbows, side: side))
        }
        func leg(_ side: Float, _ foot: Vector3) -> Limb {
            let hip = pelvis + axes.right * (hipHalf * side) - axes.head * 0.06
            let target = hip + axes.vector(foot, side: side) * (thigh + shank)
            return limb(hip, target, thigh, shank, axes.vector(posture.knees, side: side))
        }
        func toe(_ leg: Limb, _ side: Float) -> Vector3 {
            let stretched = (leg.end - leg.middle).normalized
            let turned = axes.vector(Vector3(0.7, 0, -0.7), side: side)
            return leg.end + stretched.mixed(with: turned, posture.toes).normalized * foot
        }
        let rightLeg = leg(1, posture.rightFoot), leftLeg = leg(-1, posture.leftFoot)
        return Pose(
            pelvis: pelvis, neck: neck, head: neck + crown * headReach, crown: crown, face: face,
            rightArm: arm(1, posture.rightHand), leftArm: arm(-1, posture.leftHand),
            rightLeg: rightLeg, leftLeg: leftLeg, rightToe: toe(rightLeg, 1), leftToe: toe(leftLeg, -1))
    }

    private static func axes(_ posture: Posture, heading: Vector3) -> Axes {
        let c = cosine(turns: posture.yaw), s = sine(turns: posture.yaw)
        let ahead = Vector3(heading.x * c - heading.y * s, heading.x * s + heading.y * c, 0)
        let sky = Vector3(0, 0, 1)
        let rise = sine(turns: posture.pitch), flat = cosine(turns: posture.pitch)
        let head = ahead * flat + sky * rise
        let back = sky * flat - ahead * rise
        let right = head.cross(back)
        let rc = cosine(turns: posture.roll), rs = sine(turns: posture.roll)
        return Axes(right: right * rc + back * rs, head: head, back: back * rc - right * rs)
    }

    private static func headAxes(_ posture: Posture, _ axes: Axes) -> (crown: Vector3, face: Vector3) {
        let c = cosine(turns: posture.nod), s = sine(turns: posture.nod)
        let crown = axes.head * c + axes.back * s
        let ahead = axes.back * -c + axes.head * s
        let tc = cosine(turns: posture.turn), ts = sine(turns: posture.turn)
        return (crown, ahead * tc + axes.right * ts)
    }

    /// Two bones from `root` towards `target`, bent towards `pole` (law of cosines).
    private func limb(_ root: Vector3, _ target: Vector3, _ first: Float, _ second: Float, _ pole: Vector3) -> Limb {
        let reach = target - root
        let distance = clamp(reach.length, (first + second) * 0.2, (first + second) * 0.995)
        let direction = reach.normalized
        let along = (first * first - second * second + distance * distance) / (2 * distance)
        let aside = max(first * first - along * along, 0).squareRoot()
        let bend = (pole - direction * pole.dot(direction)).normalized
        return Limb(
            root: root, middle: root + direction * along + bend * aside, end: root + direction * distance)
    }
}
