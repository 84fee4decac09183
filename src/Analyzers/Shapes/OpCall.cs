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
        // A number in the place of a tensor takes the dtype of the last one; other numbers are attributes.
        bool takesNumbers = method.Parameters.Length == (name == "select" ? 3 : op.Signature?.Inputs.Count);
        var inputs = method.Parameters.Where(p => p.Type.IsTensor()
            || (takesNumbers && p.Type.SpecialType is SpecialType.System_Double or SpecialType.System_Int64)).ToArray();
        if (op.Signature is null && inputs.Length < method.Parameters.Length)
            return null;
        TensorType? number = inputs.LastOrDefault(p => p.Type.IsTensor()) is { } last && Tensor(last.Name) is { } other
            ? new(other.DType, Ir.Shape.Scalar)
            : null;
        return Run(name, Attrs.Empty, [.. inputs.Select(p => p.Type.IsTensor() ? Tensor(p.Name) : number)]);
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
