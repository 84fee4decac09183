namespace TensorGraph.Serving;

/// <summary>How requests are read and answered.</summary>
internal sealed record ServerSettings
{
    /// <summary>Sizes of tensors.</summary>
    public TensorLimits Limits { get; init; } = new(1L << 30);

    /// <summary>True: numbers of replies are bytes, not typed lists.</summary>
    public bool SerializesAsContent { get; init; }

    /// <summary>True: the task of a signature must be that of the call.</summary>
    public bool ChecksMethod { get; init; }
}
