namespace TensorGraph.Cli;

/// <summary>A request that can't be met, for a reason that the user can mend.</summary>
internal sealed class UsageException(string message) : Exception(message);
