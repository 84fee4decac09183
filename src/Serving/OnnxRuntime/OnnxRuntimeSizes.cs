using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace TensorGraph.Serving;

/// <summary>Dtypes and shapes of a session of ONNX Runtime: sizes of one name are one size.</summary>
internal sealed class OnnxRuntimeSizes
{
    private readonly Dictionary<string, Dim> _named = new(StringComparer.Ordinal);

    /// <summary>The spec of a tensor; null for what is no tensor.</summary>
    /// <exception cref="ServingException">Its elements are of a type that requests do not have.</exception>
    public TensorSpec? Spec(string name, NodeMetadata metadata)
    {
        if (metadata.OnnxValueType != OnnxValueType.ONNX_TYPE_TENSOR)
            return null;
        var dtype = OnnxRuntimeTensors.TypeOf(metadata.ElementDataType)
            ?? throw ServingException.Invalid($"'{name}' has elements of type {metadata.ElementDataType}, which replies and requests do not have here");
        return new(dtype, new([.. metadata.Dimensions.Select((size, axis) => size >= 0 ? (Dim)size
            : Named(metadata.SymbolicDimensions[axis] is { Length: > 0 } text ? text : string.Create(CultureInfo.InvariantCulture, $"{name}_{axis}")))]));
    }

    // Names of sizes are letters, digits and underscores here.
    private Dim Named(string name)
    {
        if (_named.TryGetValue(name, out var known))
            return known;
        string plain = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        if (!char.IsAsciiLetter(plain[0]))
            plain = "_" + plain;
        while (_named.ContainsValue(Dim.Symbol(plain)))
            plain += "_";
        return _named[name] = Dim.Symbol(plain);
    }
}
