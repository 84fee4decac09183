using System.Globalization;
using TensorGraph.Protocol.Tensorflow;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Benchmarks;

/// <summary>One row of inputs of a model.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Length">Tokens of the text; null for numbers.</param>
/// <param name="Width">Numbers or tokens of the row.</param>
internal sealed record Workload(string Model, int? Length, int Width)
{
    /// <summary>The workloads of a model.</summary>
    public static IEnumerable<Workload> Of(string model) => Served.Texts.ContainsKey(model)
        ? Served.Lengths.Select(length => new Workload(model, length, length)) : [new(model, null, model == "half" ? 1 : Served.Pixels)];

    public string Signature => Length is { } length ? Served.Signature(length) : "serving_default";

    public string Input => Length is null ? "x" : "texts";

    /// <summary>The row in this process, so many times.</summary>
    public Tensor Rows(int rows)
    {
        int[] ids = Ids();
        return Length is null ? Tensor.From(new float[rows * Width], rows, Width)
            : Tensor.From(Enumerable.Range(0, rows).SelectMany(_ => ids).ToArray(), rows, Width);
    }

    /// <summary>The row as a message.</summary>
    public PredictRequest Request()
    {
        var row = new TensorProto { Dtype = Length is null ? DataType.DtFloat : DataType.DtInt32, TensorShape = new() };
        row.TensorShape.Dim.Add(new TensorShapeProto.Types.Dim { Size = 1 });
        row.TensorShape.Dim.Add(new TensorShapeProto.Types.Dim { Size = Width });
        if (Length is null)
            row.FloatVal.AddRange(Enumerable.Range(0, Width).Select(i => i / (float)Width));
        else
            row.IntVal.AddRange(Ids());
        return new() { ModelSpec = new() { Name = Model, SignatureName = Signature }, Inputs = { [Input] = row } };
    }

    /// <summary>The row as JSON.</summary>
    public string Json()
    {
        var row = Length is null ? Enumerable.Range(0, Width).Select(i => (i / (float)Width).ToString(CultureInfo.InvariantCulture)) : Ids().Select(id => $"{id}");
        return $"{{\"signature_name\": \"{Signature}\", \"instances\": [[{string.Join(", ", row)}]]}}";
    }

    // No padding: each token counts.
    private int[] Ids() => [.. Enumerable.Range(0, Width).Select(i => 1 + (i * 7919 % (Served.Tokens - 1)))];
}
