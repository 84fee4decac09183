namespace TensorGraph.Analyzers;

/// <summary>Names of the pipeline's steps, so that tests can ask why one ran again.</summary>
internal static class TrackingNames
{
    public const string Functions = nameof(Functions);
    public const string HelperTwins = nameof(HelperTwins);
    public const string Interceptors = nameof(Interceptors);
    public const string StagedMethods = nameof(StagedMethods);
    public const string TorchGradients = nameof(TorchGradients);

    public static readonly string[] All = [Functions, HelperTwins, Interceptors, StagedMethods, TorchGradients];
}
