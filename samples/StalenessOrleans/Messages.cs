using TensorGraph;

namespace TestBed.Cluster;

/// <summary>Tensors on their way: numbers and sizes of each.</summary>
[GenerateSerializer]
public sealed record TensorMessage([property: Id(0)] float[][] Numbers, [property: Id(1)] long[][] Sizes)
{
    public static TensorMessage Of(IReadOnlyList<Tensor> tensors) => new(
        [.. tensors.Select(tensor => Ops.Reshape(tensor, -1).ToArray<float>())],
        [.. tensors.Select(tensor => tensor.Shape.Select(dim => dim.Value).ToArray())]);

    public IReadOnlyList<Tensor> ToTensors() =>
        [.. Numbers.Zip(Sizes, (numbers, sizes) => Ops.Reshape((Tensor)numbers, [.. sizes.Select(size => (Dim)size)]))];
}

/// <summary>
/// Leave to send one gradient. It names the life of the shard that gave it: one that came back on another silo does not
/// take what it gave out before.
/// </summary>
[GenerateSerializer]
public readonly record struct ShardToken([property: Id(0)] Guid Life, [property: Id(1)] long Number);

/// <summary>
/// A gradient, or a shard's part of it, with what its worker measured. Its number is that which the first shard gave out; the token is of the shard
/// itself.
/// </summary>
[GenerateSerializer]
public sealed record PushMessage(
    [property: Id(0)] int Worker, [property: Id(1)] long Gradient, [property: Id(2)] long Version, [property: Id(3)] TensorMessage Gradients,
    [property: Id(4)] TensorMessage State, [property: Id(5)] long Begun, [property: Id(6)] long Sent, [property: Id(7)] ShardToken Token);

/// <summary>Weights of a shard, or the word that the run is over.</summary>
[GenerateSerializer]
public sealed record PullReply(
    [property: Id(0)] bool IsOver, [property: Id(1)] long Version, [property: Id(2)] TensorMessage? Weights, [property: Id(3)] TensorMessage? State,
    [property: Id(4)] ShardToken Token);

/// <summary>How far a shard is, how many updates went with its earlier life, how many gradients it refused, and what a worker has reported.</summary>
[GenerateSerializer]
public sealed record Progress(
    [property: Id(0)] long Version, [property: Id(1)] long Applied, [property: Id(2)] bool IsOver, [property: Id(3)] long Lost,
    [property: Id(4)] long Refused, [property: Id(5)] string? Fault);

/// <summary>A shard of the weights with its optimiser.</summary>
public interface IParameterServerGrain : IGrainWithIntegerKey
{
    /// <summary>A worker asks for weights: at its start, and after something went wrong.</summary>
    Task<PullReply> Join(int worker);

    /// <summary>A gradient comes, and with it the request for the next weights. The reply comes when the mode grants them.</summary>
    Task<PullReply> Push(PushMessage message);

    /// <summary>A worker is gone.</summary>
    Task Leave(int worker);

    /// <summary>A worker can't go on. The driver asks for it with <see cref="GetProgress"/>.</summary>
    Task Report(int worker, string fault);

    Task<Progress> GetProgress();

    /// <summary>The recorded events, as lines of a schedule file.</summary>
    Task<string[]> GetSchedule();

    Task<PullReply> GetWeights();
}

/// <summary>A worker: pulls, computes, pushes, until the run is over.</summary>
public interface IWorkerGrain : IGrainWithIntegerKey
{
    Task Run();

    /// <summary>Makes the grain, on the silo of the caller.</summary>
    Task Wake();
}
