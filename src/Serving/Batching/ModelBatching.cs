using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>The batching parameters of each version: those of the server, or those in its folder.</summary>
/// <param name="shared">The parameters of the server; null without batching.</param>
/// <param name="isPerModel">True: each version has its own. The threads, and their name, stay those of the server.</param>
internal sealed class ModelBatching(BatchingSettings? shared, bool isPerModel)
{
    /// <summary>The file in the folder of a version.</summary>
    public const string FileName = "batching_params.pbtxt";

    /// <summary>The parameters of a version; null where it is not batched.</summary>
    /// <exception cref="GraphException">TG1016: the file can't be read.</exception>
    /// <exception cref="ServingException">Its numbers do not go together.</exception>
    public BatchingSettings? Of(string folder)
    {
        if (shared is null || !isPerModel)
            return shared;
        string file = Path.Combine(folder, FileName);
        if (!RegularFile.IsOne(file))
            throw ServingException.Invalid($"'{FileName}' is no regular file");
        return File.Exists(file)
            ? BatchingSettings.From(ConfigFiles.Read<BatchingParameters>(file)) with { Threads = shared.Threads, PoolName = shared.PoolName } : null;
    }
}
