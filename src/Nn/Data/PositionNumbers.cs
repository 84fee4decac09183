namespace TensorGraph;

/// <summary>Takes down where the steps of an iteration are, each after the steps that it reads from.</summary>
internal sealed class PositionWriter
{
    private readonly List<long> _numbers = [];

    public long[] Numbers => [.. _numbers];

    public void Add(long number) => _numbers.Add(number);

    public void Add(bool flag) => _numbers.Add(flag ? 1 : 0);

    /// <summary>All that another one has.</summary>
    public void Add(PositionWriter other) => _numbers.AddRange(other._numbers);

    /// <summary>A position within this one.</summary>
    public void Add(IReadOnlyCollection<long> part)
    {
        _numbers.Add(part.Count);
        _numbers.AddRange(part);
    }
}

/// <summary>Reads the numbers in the order in which they were written.</summary>
internal sealed class PositionReader(ReadOnlyMemory<long> numbers)
{
    private int _next;

    public long Number() => Part(1).Span[0];

    /// <summary>A number that counts something.</summary>
    public long Count()
    {
        long count = Number();
        return count >= 0 ? count : throw Misfit();
    }

    public bool Flag() => Number() != 0;

    public long[] Part()
    {
        long count = Count();
        return count <= numbers.Length ? Part((int)count).ToArray() : throw Misfit();
    }

    /// <summary>TG1006 unless a number is one that the dataset has itself.</summary>
    public void Expect(long own, string step, string what)
    {
        long saved = Number();
        if (saved != own)
            throw new PositionException(step, $"the position was saved with {what} {saved}, the dataset has {own}");
    }

    private ReadOnlyMemory<long> Part(int count)
    {
        if (_next + count > numbers.Length)
            throw Misfit();
        _next += count;
        return numbers.Slice(_next - count, count);
    }

    private static PositionException Misfit() => new("position", "its numbers do not fit the steps of the dataset");
}

/// <summary>TG1006: a position of other data than that which it is to be resumed with.</summary>
internal sealed class PositionException(string step, string problem)
    : GraphException(DiagnosticIds.BadData, $"{step}: {problem}", "Resume with the data that the position was saved from.", Ir.SourceSpan.Capture());
