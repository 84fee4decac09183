using System.Text;
using Microsoft.CodeAnalysis;
using TensorGraph.Ir;
using static TensorGraph.Analyzers.Values;

namespace TensorGraph.Analyzers;

/// <summary>A call of a method of the library with what is known of its arguments.</summary>
/// <param name="ops">The ops.</param>
/// <param name="method">The method, as declared.</param>
/// <param name="arguments">Values by name of the parameter.</param>
internal sealed class OpCall(OpSchemas ops, IMethodSymbol method, IReadOnlyDictionary<string, object?> arguments)
{
    public IMethodSymbol Method => method;

    public object? this[string parameter] => arguments.TryGetValue(parameter, out object? value) ? value : null;

    public TensorType? Tensor(string parameter) => this[parameter] is TensorType type ? type : null;

    /// <summary>A constant integer; null when it is not known.</summary>
    public long? Number(string parameter) => this[parameter] is Dim { IsConstant: true } number ? number.Value : null;

    /// <summary>A flag; null when it is not known.</summary>
    public bool? Flag(string parameter) => this[parameter] as bool?;

    public DType DType(string parameter = "dtype") => this[parameter] is DType dtype ? dtype : Ir.DType.Unknown;

    /// <summary>A shape or list of sizes whose number is known.</summary>
    public Shape? Shape(string parameter) => ShapeOf(this[parameter]);

    /// <summary>A list of constant integers; null when one of them is not known.</summary>
    public long[]? Longs(string parameter) =>
        this[parameter] is Items items && items.Elements.All(item => item is Dim { IsConstant: true })
        ? [.. items.Elements.Select(item => ((Dim)item!).Value)]
        : null;

    public bool IsNull(string parameter) => this[parameter] == Null;

    /// <summary>The only result of an op; null when a rule cannot tell.</summary>
    public object? Run(string op, Attrs attrs, params TensorType?[] inputs) => ops.Run(op, attrs, inputs);

    public TensorType[]? RunAll(string op, Attrs attrs, params TensorType?[] inputs) => ops.RunAll(op, attrs, inputs);

    /// <summary>The op that takes the tensors of the call in order and nothing else that its type depends on.</summary>
    public object? RunPointwise()
    {
        string name = method.Name switch
        {
            "Where" => "select",
            "MatMul" => "matmul",
            "DivideNoNan" => "div",
            _ => Snake(method.Name),
        };
        if (ops.Find(name) is not { } op)
            return null;
        var inputs = method.Parameters.Where(p => p.Type.IsTensor() || p.Type.IsScalar()).ToArray();
        if (op.Signature is null && inputs.Length < method.Parameters.Length)
            return null;
        return Run(name, Attrs.Empty, Operands([.. inputs.Where(p => !(name == "select" && p.Ordinal == 0))],
            [.. inputs.Where(p => name == "select" && p.Ordinal == 0).Select(p => Tensor(p.Name))]));
    }

    /// <summary>The types of operands that have one dtype: a C# number takes that of a tensor; numbers alone have the wider one of theirs.</summary>
    /// <param name="parameters">Tensors and numbers.</param>
    /// <param name="others">What comes before them.</param>
    public TensorType?[] Operands(IParameterSymbol[] parameters, params TensorType?[] others)
    {
        DType? dtype = parameters.LastOrDefault(p => p.Type.IsTensor()) is { } last
            ? Tensor(last.Name)?.DType
            : parameters.Select(p => Tensor(p.Name)?.DType).Aggregate((a, b) => a is { } x && b is { } y ? Ir.DType.Together(x, y) : null);
        return [.. others, .. parameters.Select(p => p.Type.IsTensor() ? Tensor(p.Name)
            : dtype is { } common ? new TensorType(common, Ir.Shape.Scalar) : null)];
    }

    public static Shape? ShapeOf(object? value) => value switch
    {
        Shape shape => shape,
        Items items => new([.. items.Elements.Select(item => item is Dim dim ? dim : Dim.Unknown())]),
        Sizes { Shape: { Rank: 1 } sizes } when sizes[0].IsConstant
            && sizes[0].Value <= 16 => new([.. Enumerable.Range(0, (int)sizes[0].Value).Select(_ => Dim.Unknown())]),
        _ => null,
    };

    /// <summary>From the name of a method to that of an op.</summary>
    private static string Snake(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
