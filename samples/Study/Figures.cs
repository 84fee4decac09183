namespace Study;

/// <summary>A count or a kind, beside the one that TensorFlow's documentation publishes for the same program; null where it has none.</summary>
public sealed record Finding(string Topic, string Program, string Here, string? TensorFlow);

/// <summary>A program that ran several ways, in microseconds each.</summary>
public sealed record Timing(string Program, string Way, double Microseconds);

public sealed record Figures(IReadOnlyList<Finding> Findings, IReadOnlyList<Timing> Timings);
