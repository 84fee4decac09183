namespace TensorGraph.Serving;

/// <summary>How versions are found and loaded.</summary>
internal sealed record RegistrySettings
{
    /// <summary>Time between two looks at the base paths; null for one look at each configuration.</summary>
    public TimeSpan? Poll { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Loads that run at one time, once the first ones are over.</summary>
    public int LoadThreads { get; init; } = 1;

    /// <summary>Attempts after a first one that failed.</summary>
    public int Retries { get; init; } = 5;

    /// <summary>Time between two attempts.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>True where a label that is not in use yet may come before its version.</summary>
    public bool AllowsLabelsOfUnavailable { get; init; }
}
