/// What a motion says about the body at one moment, in the body's own terms; `Skeleton` turns it into joints.
///
/// Targets are (outwards, headwards, backwards): to the limb's own side, along the spine towards the head, and from
/// chest to back; hands in arm's lengths from the shoulder, feet in leg's lengths from the hip.
struct Posture {
    /// Of the spine above the heading's horizon, in turns: 0 prone, ¼ upright.
    var pitch: Float = 0
    /// About the spine, in turns: ½ supine.
    var roll: Float = 0
    /// Away from the course's heading, in turns.
    var yaw: Float = 0
    /// Of the pelvis above the water, metres.
    var height: Float = 0
    /// Of the pelvis beside and along the course, metres.
    var sway: Float = 0
    var surge: Float = 0
    /// Of the head against the spine, in turns: nodding back, turning to the right.
    var nod: Float = 0
    var turn: Float = 0

    var rightHand = Vector3(0.2, -0.9, 0)
    var leftHand = Vector3(0.2, -0.9, 0)
    var rightFoot = Vector3(0.05, -0.98, 0)
    var leftFoot = Vector3(0.05, -0.98, 0)
    /// Where the elbows and knees point to.
    var elbows = Vector3(0.6, 0, 0.6)
    var knees = Vector3(0.3, 0, -1)
    /// How far the toes are turned out; 0 stretched, 1 at a right angle.
    var toes: Float = 0
}

/// A path through positions at equal or unequal phases of one cycle, closed, with smooth starts and stops.
func keyframes(_ phase: Float, _ frames: [(at: Float, position: Vector3)]) -> Vector3 {
    var index = frames.count - 1
    for i in 0..<frames.count where frames[i].at <= phase { index = i }
    if phase < frames[0].at { index = frames.count - 1 }
    let from = frames[index], to = frames[(index + 1) % frames.count]
    var width = to.at - from.at
    if width <= 0 { width += 1 }
    var along = phase - from.at
    if along < 0 { along += 1 }
    return from.position.mixed(with: to.position, smoothstep(0, 1, along / width) * 0.5 + along / width * 0.5)
}
