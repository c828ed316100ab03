/// What `--help` says.
enum Help {
    static let program = """
        tidepool-edge: recognises swimmers and faces on camera frames, with integers only, inside a latency budget.

        COMMANDS
          run        frames of a camera, pictures or the built-in pool scene → decisions
          enroll     makes a swimmer known by name from a few clips, without training
          latency    tests on this board whether the promised latency is kept
          latency-report  compares such tests of boards or versions
          bench      how long a model takes on this machine
          cameras    the cameras of this machine
          selftest   compares every kernel of this machine with the scalar ones, bit for bit

        tidepool-edge COMMAND --help tells more. This software is no certified safety system: it must never be the only
        watch over a pool.
        """

    /// The options of `run` and `latency` that say what looks at what.
    private static let session = """
          --config FILE.yaml  camera, tasks and budgets of a board; in place of --model and what belongs to it
          --model FILE.tide   the model
          --source SRC        /dev/videoN, /dev/v4l/by-id/…, camera:NAME, each also with ?size=640x480&rate=30 and other
                              settings; a folder or .tar of JPEGs, a .mjpeg file, or pool:seed=1,swimmers=2
          --region R          x0,y0,x1,y1 in 0…1, may be given several times; the whole frame without it;
                              truth: the pool scene's own boxes
          --budget 100ms      the greatest age of a decision; what cannot be decided in time is dropped and counted
          --trouble RULE      TASK=LABEL,…:PROBABILITY, such as action=drowning:0.6: such a region is looked at more
          --policy NAME       budget; newest and fifo for comparison
          --profile FILE      a board's profile, for the number of threads
          --threads N         1 without it
          --isa NAME          scalar, sse41, avx2, avx512vnni, neon, dotprod, i8mm; the best without it
          --gallery FILE      name the swimmers that `tidepool-edge enroll` put there, others are unknown
          --threshold 0.62    how alike they must be, in place of the model's own threshold
          --give-up 30s       end when the camera is lost for so long; without it the camera is waited for
        """

    static let run = """
        tidepool-edge run --model FILE.tide --source SRC [options]
        tidepool-edge run --config board.yaml [options]

        \(session)
          --frames N          end after N frames
          --duration 10s      end after that time
          --json              a line of JSON a decision or event, the last line is the summary
          --annotate F.jpg    leave the last decided frame with boxes and labels there

        EXAMPLES
          tidepool-edge run --model swimmer.tide --source pool:seed=7,swimmers=3 --region truth --budget 100ms --duration 10s
          tidepool-edge run --model face.tide --source /dev/video0 --budget 150ms --json
          tidepool-edge run --model swimmer.tide --source frames.tar --region 0.1,0.2,0.5,0.6 --region 0.5,0.2,0.9,0.6

        EXIT CODES  0 done, 1 the source or the model failed while running, 2 something given cannot be used
        """

    static let latency = """
        tidepool-edge latency --config board.yaml [options]
        tidepool-edge latency --model FILE.tide --source SRC --budget 100ms [options]

        Runs for a time, then says how old decisions were, stage by stage, and whether the promises were kept.

        \(session)
          --duration 30min    30s without it
          --json [FILE]       the result as JSON, there or on standard output
          --junit FILE.xml    a test case a promise
          --report FILE.html  a page with time line and histograms

        EXIT CODES  0 every promise kept, 1 the source failed, 2 something given cannot be used, 3 a promise not kept
        """

    static let latencyReport = """
        tidepool-edge latency-report A.json [B.json ...] [--json] [--report FILE.html]

        Puts results of `tidepool-edge latency --json FILE` side by side; differences are to the first.
        """

    static let enroll = """
        tidepool-edge enroll --model FILE.tide --gallery FILE --name NAME [options] SOURCE...
        tidepool-edge enroll --gallery FILE --list | --remove NAME

        Adds a swimmer's clips to a gallery, which `run --gallery FILE` names swimmers by. The clips of a source share no
        frame. Known already, a swimmer gets further clips. A gallery belongs to the model that it was made with.

          SOURCE              as of run: /dev/videoN, a folder or .tar of JPEGs, a .mjpeg file, pool:seed=1
          --region R          x0,y0,x1,y1 in 0…1 around the swimmer; the whole frame without it
          --track N           a swimmer of the pool scene, by its number
          --clips N           at most so many of each source; 10 without it
          --duration 10s      at most so long from each source
          --strided           the pictures are a clip's own, as `tidepool scene --clips` writes them
          --threshold 0.62    from which similarity on to warn, in place of the model's own
          --threads N, --isa NAME, --json

        EXAMPLES
          tidepool-edge enroll --model swimmer.tide --gallery pool.gallery --name anna --track 0 pool:seed=7,swimmers=3
          tidepool-edge enroll --model swimmer.tide --gallery pool.gallery --name ben --region 0.2,0,0.6,1 /dev/video0
          tidepool-edge enroll --gallery pool.gallery --list
        """

    static let bench = """
        tidepool-edge bench FILE.tide [--threads N] [--runs N] [--isa NAME] [--per-op] [--turns] [--json]

        Runs the model on seeded noise: one more frame with its decision, and for a clip network the whole clip. Medians.
        With --per-op also where the time goes, and how much of what the core can multiply and add at best is reached.
        With --turns it measures again for every line of input, so that others can be timed in between.
        The checksum is that of the outputs, equal on every machine and instruction set.

        EXAMPLES
          tidepool-edge bench swimmer.tide --threads 2
          tidepool-edge bench face.tide --isa scalar --runs 5 --per-op
        """

    static let cameras = """
        tidepool-edge cameras [--json]

        Lists the video capture devices of this machine with their lasting names, formats, sizes and rates.
        """

    static let selftest = """
        tidepool-edge selftest [--rounds N] [--seed N] [--json]

        Compares every kernel of every instruction set that this processor has with the scalar one, on random, extreme and
        tie inputs. Exit code 1 when one differs.
        """
}
