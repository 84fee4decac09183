using System.Globalization;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>Turns the tensors of classify and regress into their messages.</summary>
internal static class TaskResults
{
    private const string Classes = "classes", Scores = "scores", Outputs = "outputs";

    /// <summary>A list of classes for each example.</summary>
    public static ClassificationResult Classification(IReadOnlyDictionary<string, Literal> tensors, int examples)
    {
        var classes = tensors.GetValueOrDefault(Classes);
        var scores = tensors.GetValueOrDefault(Scores);
        if (classes is null && scores is null)
            throw ServingException.Invalid($"Expected classification signature outputs to contain '{Classes}' or '{Scores}'. Was: {string.Join(',', tensors.Keys)}");
        long width = Math.Max(Width(classes, DType.String, Classes, examples), Width(scores, DType.F32, Scores, examples));
        if (classes is not null && scores is not null && classes.Count != scores.Count)
            throw ServingException.Invalid($"Tensors class and score should match in num_classes: {classes.Count} vs. {scores.Count} values");
        var result = new ClassificationResult();
        for (int i = 0; i < examples; i++)
        {
            var row = new Classifications();
            for (long at = i * width; at < (i + 1) * width; at++)
                row.Classes.Add(new Class { Label = classes?.GetString(at) ?? "", Score = scores is null ? 0 : (float)scores.GetDouble(at) });
            result.Classifications.Add(row);
        }

        return result;
    }

    /// <summary>A number for each example.</summary>
    public static RegressionResult Regression(IReadOnlyDictionary<string, Literal> tensors, int examples)
    {
        var values = tensors.GetValueOrDefault(Outputs) ?? (tensors.Count == 1 ? tensors.Values.First()
            : throw ServingException.Invalid($"Expected regression signature outputs to contain '{Outputs}'. Was: {string.Join(',', tensors.Keys)}"));
        Check(values, DType.F32, Outputs);
        long[] shape = values.Type.Shape.ToArray();
        if (shape is not ([_] or [_, 1]))
            throw ServingException.Invalid($"Expected Tensor shape: [batch_size] or [batch_size, 1] but got {Text(shape)}");
        CheckBatch(shape[0], examples);
        var result = new RegressionResult();
        for (int i = 0; i < examples; i++)
            result.Regressions.Add(new Regression { Value = (float)values.GetDouble(i) });
        return result;
    }

    private static long Width(Literal? tensor, DType dtype, string name, int examples)
    {
        if (tensor is null)
            return 0;
        Check(tensor, dtype, name);
        long[] shape = tensor.Type.Shape.ToArray();
        if (shape.Length != 2)
            throw ServingException.Invalid($"Expected Tensor shape: [batch_size num_classes] but got {Text(shape)}");
        CheckBatch(shape[0], examples);
        return shape[1];
    }

    private static void Check(Literal tensor, DType dtype, string name)
    {
        if (tensor.Type.DType != dtype)
        {
            throw ServingException.Invalid(
                $"Expected {name} Tensor of type {WireTypes.TensorflowName(dtype)}. Got: {WireTypes.TensorflowName(tensor.Type.DType)}");
        }
    }

    private static void CheckBatch(long rows, int examples)
    {
        if (rows != examples)
            throw ServingException.Invalid(string.Create(CultureInfo.InvariantCulture, $"Expected output batch size to be {examples}. Got: {rows}"));
    }

    private static string Text(long[] shape) => $"[{string.Join(',', shape)}]";
}
