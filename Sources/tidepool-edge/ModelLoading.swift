import ModelFile
import Runtime

/// Opens a model and prepares it for this machine, and for whole clips on all threads where these are to come.
func loadNetwork(
    path: String, threads: Int, isa: String?, sharesClips: Bool = false
) throws(ProgramError) -> Network {
    let model: Model
    do throws(ModelFileError) { model = try Model(path: path) } catch { throw .usage(error.description) }
    var options = RuntimeOptions()
    options.threads = threads
    options.isa = isa
    options.sharesClips = sharesClips
    do throws(RuntimeError) { return try Network(model, options) } catch { throw .usage(error.description) }
}
