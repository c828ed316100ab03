extension Motion {
    /// Both sides alike: outsweep, insweep with the head rising for a breath, hands shot forward, frog kick, glide.
    func breaststroke(_ cycles: Double) -> Posture {
        let phase = fraction(cycles)
        let rise = smoothstep(0.12, 0.34, phase) * (1 - smoothstep(0.42, 0.62, phase))
        var posture = Posture()
        posture.pitch = 0.008 + (0.055 + 0.03 * vigour) * rise
        posture.height = -0.13 - 0.05 * rise
        posture.nod = 0.05 + 0.11 * rise
        // The kick drives, the recovery of the legs brakes.
        posture.surge = 0.14 * sine(turns: phase + 0.32)

        let hand = keyframes(phase, [
            (0.00, Vector3(-0.18, 0.96, -0.04)),
            (0.16, Vector3(0.42, 0.84, -0.10)),
            (0.28, Vector3(0.72, 0.36, -0.28)),
            (0.38, Vector3(0.10, 0.12, -0.42)),
            (0.46, Vector3(-0.20, 0.38, -0.28)),
            (0.58, Vector3(-0.22, 0.92, -0.06)),
        ])
        posture.rightHand = hand
        posture.leftHand = hand
        posture.elbows = Vector3(0.9, -0.1, 0.1)

        let foot = keyframes(phase, [
            (0.00, Vector3(0.02, -0.98, 0.02)),
            (0.30, Vector3(0.04, -0.94, 0.04)),
            (0.46, Vector3(0.22, -0.42, 0.22)),
            (0.54, Vector3(0.46, -0.46, 0.10)),
            (0.66, Vector3(0.44, -0.82, -0.02)),
            (0.76, Vector3(0.06, -0.97, 0.00)),
        ])
        posture.rightFoot = foot
        posture.leftFoot = foot
        posture.knees = Vector3(0.75, 0.1, -0.65)
        posture.toes = smoothstep(0.40, 0.5, phase) * (1 - smoothstep(0.62, 0.74, phase))
        return posture
    }
}
