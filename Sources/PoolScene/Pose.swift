/// A limb's three joints: shoulder, elbow, hand, or hip, knee, ankle.
struct Limb {
    var root: Vector3
    var middle: Vector3
    var end: Vector3

    func mixed(with other: Limb, _ amount: Float) -> Limb {
        Limb(
            root: root.mixed(with: other.root, amount), middle: middle.mixed(with: other.middle, amount),
            end: end.mixed(with: other.end, amount))
    }
}

/// Where a person's joints are in the pool.
struct Pose {
    var pelvis: Vector3
    var neck: Vector3
    var head: Vector3
    /// Unit vectors of the head: to its crown, and out of its face.
    var crown: Vector3
    var face: Vector3
    var rightArm: Limb
    var leftArm: Limb
    var rightLeg: Limb
    var leftLeg: Limb
    var rightToe: Vector3
    var leftToe: Vector3

    /// Between two poses: how one action passes into the next.
    func mixed(with other: Pose, _ amount: Float) -> Pose {
        Pose(
            pelvis: pelvis.mixed(with: other.pelvis, amount), neck: neck.mixed(with: other.neck, amount),
            head: head.mixed(with: other.head, amount), crown: crown.mixed(with: other.crown, amount).normalized,
            face: face.mixed(with: other.face, amount).normalized,
            rightArm: rightArm.mixed(with: other.rightArm, amount), leftArm: leftArm.mixed(with: other.leftArm, amount),
            rightLeg: rightLeg.mixed(with: other.rightLeg, amount), leftLeg: leftLeg.mixed(with: other.leftLeg, amount),
            rightToe: rightToe.mixed(with: other.rightToe, amount), leftToe: leftToe.mixed(with: other.leftToe, amount))
    }
}
