using System.Globalization;

namespace TensorGraph;

/// <summary>
/// A place in the iteration of a dataset: save it, and <see cref="Dataset{T}.Resume"/> gives the elements that come after it, in this process or
/// another one. It holds counts and seeds, never elements, so it is small. Its text is one line without spaces.
/// </summary>
public sealed class DatasetPosition : IEquatable<DatasetPosition>
{
    private readonly long[] _numbers;

    internal DatasetPosition(string steps, long[] numbers) => (Steps, _numbers) = (steps, numbers);

    /// <summary>The steps of the dataset that it belongs to, the last one first: <c>batch(shuffle(slices))</c>.</summary>
    public string Steps { get; }

    /// <summary>Reads what <see cref="ToString"/> wrote. Errors: TG1002 null, TG1006 for any other text.</summary>
    /// <param name="text">One line.</param>
    public static DatasetPosition Parse(string text)
    {
        string[] parts = Check.NotNull(text).Split(':');
        if (parts.Length != 3)
            throw Bad("it is not of the form steps:numbers:checksum");
        var numbers = new List<long>();
        foreach (string number in parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
                throw Bad("one of its numbers is none");
            numbers.Add(value);
        }

        var position = new DatasetPosition(parts[0], [.. numbers]);
        return position.ToString() == text ? position : throw Bad("its checksum is not that of its numbers");
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        string numbers = string.Join(',', _numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));
        return string.Create(CultureInfo.InvariantCulture, $"{Steps}:{numbers}:{Checksum($"{Steps}:{numbers}"):x8}");
    }

    /// <inheritdoc/>
    public bool Equals(DatasetPosition? other) => other is not null && Steps == other.Steps && _numbers.AsSpan().SequenceEqual(other._numbers);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DatasetPosition);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Checksum(ToString());

    internal PositionReader Read(string steps) => Steps == steps ? new(_numbers)
        : throw new PositionException("position", $"it is one of {Steps}, the dataset is {steps}");

    private static GraphException Bad(string problem) => new(DiagnosticIds.BadData, $"position: {problem}",
        "Pass a position of this dataset, as it was saved.", Ir.SourceSpan.Capture());

    // FNV-1a.
    private static uint Checksum(string text) => text.Aggregate(2166136261, (sum, letter) => (sum ^ letter) * 16777619);
}
