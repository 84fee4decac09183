namespace TensorGraph.Cli;

/// <summary>What was asked for can't be done, for a reason that the user can mend.</summary>
internal sealed class UsageException(string message) : Exception(message);
