namespace TensorGraph;

/// <summary>
/// A setting of a layer with windows: one number for all spatial axes, <c>3</c>, or one for each, the outermost first, <c>(3, 1)</c>. The layer
/// checks how many there are. Source: the tuples of torch.nn.Conv2d.
/// </summary>
public sealed class PerAxis
{
    private readonly bool _isForAll;
    private readonly int[] _sizes;

    private PerAxis(bool isForAll, params int[] sizes) => (_isForAll, _sizes) = (isForAll, sizes);

    /// <summary>One number for all axes.</summary>
    public static implicit operator PerAxis(int size) => new(isForAll: true, size);

    /// <summary>Numbers for two axes: height, width.</summary>
    public static implicit operator PerAxis((int Height, int Width) sizes) => new(isForAll: false, sizes.Height, sizes.Width);

    /// <summary>Numbers for three axes: depth, height, width.</summary>
    public static implicit operator PerAxis((int Depth, int Height, int Width) sizes) =>
        new(isForAll: false, sizes.Depth, sizes.Height, sizes.Width);

    /// <summary>A number for each axis. Errors: TG1002 null.</summary>
    public static implicit operator PerAxis(int[] sizes) => new(isForAll: false, [.. Check.NotNull(sizes)]);

    /// <summary>The setting as it is written: <c>3</c> or <c>(3, 1)</c>.</summary>
    public override string ToString() => _isForAll ? $"{_sizes[0]}" : $"({string.Join(", ", _sizes)})";

    /// <summary>The number for each axis. Errors: TG2004 when there are more or fewer numbers than axes, or a number is too small.</summary>
    internal long[] For(int axes, int least, string op, string name)
    {
        if (!_isForAll && _sizes.Length != axes)
            Throw.Range(op, $"'{name}' is {this}, {_sizes.Length} numbers for {axes} spatial axes", "Pass one number, or one for each axis.");
        if (_sizes.Any(size => size < least))
            Throw.Range(op, $"'{name}' is {this}", $"It must be at least {least}.");
        return [.. Enumerable.Range(0, axes).Select(axis => (long)_sizes[_isForAll ? 0 : axis])];
    }
}
