using System.Globalization;
using TensorGraph.Protocol.Tensorflow;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>
/// Inputs of classify and regress: each input of the signature is the feature of its name, one row for each example. In TensorFlow a graph parses
/// the examples itself; graphs here have no text that is not Unicode, so the server does.
/// </summary>
/// <param name="rows">The examples.</param>
/// <param name="context">Features of those that have none of the name; null for none. A copy in each would take as much memory for each.</param>
internal sealed class ExampleInputs(IReadOnlyList<Example> rows, Example? context)
{
    /// <summary>The examples of a request.</summary>
    public static ExampleInputs Of(Input? input)
    {
        var (examples, context) = input?.KindCase switch
        {
            Input.KindOneofCase.ExampleList => (input.ExampleList.Examples, null),
            Input.KindOneofCase.ExampleListWithContext => (input.ExampleListWithContext.Examples, input.ExampleListWithContext.Context),
            _ => throw ServingException.Invalid("Input is empty."),
        };
        if (examples.Count == 0)
            throw ServingException.Invalid("Input is empty.");
        return new(examples, context);
    }

    /// <summary>How many examples there are.</summary>
    public int Count => rows.Count;

    /// <summary>A tensor for each input of a signature.</summary>
    public IReadOnlyDictionary<string, Literal> Read(ServableSignature signature, TensorLimits limits)
    {
        var inputs = new Dictionary<string, Literal>(StringComparer.Ordinal);
        foreach (var (alias, spec) in signature.Inputs)
            inputs[alias] = Read(alias, spec, limits);
        return inputs;
    }

    private Literal Read(string alias, TensorSpec spec, TensorLimits limits)
    {
        if (spec.Shape.Rank == 0)
            throw ServingException.Invalid($"Input '{alias}' of the signature has no axis for the examples.");
        long[] shape = [rows.Count, .. spec.Shape.Skip(1).Select(size => size.IsConstant ? size.Value : -1)];
        long width = CountOf(FeatureOf(alias, spec, rows[0]));
        int open = Array.IndexOf(shape, -1L);
        if (open >= 0)
        {
            long others = 1;
            foreach (long size in shape.Skip(1).Where(size => size >= 0))
                others *= size;
            bool isOne = Array.LastIndexOf(shape, -1L) == open && others > 0 && width % others == 0;
            shape[open] = isOne ? width / others : throw ServingException.Invalid($"Key: {alias}. {width} values can't fill shape {SpecCheck.Text(spec)}");
        }

        SpecCheck.Shape(alias, spec, shape);
        // Those of the context count once.
        long given = rows.Append(context)
            .Sum(row => row?.Features?.Feature.TryGetValue(alias, out var own) == true ? (long)CountOf(own) : 0);
        int count = limits.Count(alias, spec.DType, shape, given);
        int wanted = count / rows.Count;
        var literal = Literal.Zeros(new(spec.DType, new(shape)));
        foreach (var (i, example) in rows.Index())
        {
            var feature = FeatureOf(alias, spec, example);
            if (CountOf(feature) != wanted)
                throw ServingException.Invalid($"Key: {alias}, Index: {i}. Number of values != expected. Values size: {CountOf(feature)} but output shape: {wanted}");
            Fill(alias, literal, i * wanted, feature);
        }

        return literal;
    }

    private Feature FeatureOf(string alias, TensorSpec spec, Example example)
    {
        Feature? feature = null;
        if (example.Features?.Feature.TryGetValue(alias, out feature) != true && context?.Features?.Feature.TryGetValue(alias, out feature) != true)
            feature = null;
        if (feature is null or { KindCase: Feature.KindOneofCase.None })
            throw ServingException.Invalid($"Feature: {alias} (data type: {KindOf(spec.DType)}) is required but could not be found.");
        string kind = feature.KindCase switch
        {
            Feature.KindOneofCase.BytesList => "string",
            Feature.KindOneofCase.FloatList => "float",
            _ => "int64",
        };
        return kind == KindOf(spec.DType) ? feature
            : throw ServingException.Invalid($"Key: {alias}. Data types don't match. Expected type: {KindOf(spec.DType)}, Actual type: {kind}");
    }

    private static string KindOf(DType dtype) => dtype == DType.String ? "string" : dtype.IsFloat() ? "float" : "int64";

    private static int CountOf(Feature feature) => feature.KindCase switch
    {
        Feature.KindOneofCase.BytesList => feature.BytesList.Value.Count,
        Feature.KindOneofCase.FloatList => feature.FloatList.Value.Count,
        _ => feature.Int64List.Value.Count,
    };

    private static void Fill(string alias, Literal literal, long at, Feature feature)
    {
        for (int i = 0; i < CountOf(feature); i++)
        {
            switch (feature.KindCase)
            {
                case Feature.KindOneofCase.BytesList:
                    ((string[])literal.Data)[at + i] = TensorProtos.Text(alias, feature.BytesList.Value[i].Span);
                    break;
                case Feature.KindOneofCase.FloatList:
                    literal.SetDouble(at + i, feature.FloatList.Value[i]);
                    break;
                default:
                    long value = feature.Int64List.Value[i];
                    literal.SetLong(at + i, value);
                    if (literal.GetLong(at + i) != value)
                        throw ServingException.Invalid(string.Create(CultureInfo.InvariantCulture, $"Key: {alias}. {value} is out of the range of {literal.Type.DType.Name()}"));
                    break;
            }
        }
    }
}
