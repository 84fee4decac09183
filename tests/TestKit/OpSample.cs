using TensorGraph.Ir;

namespace TensorGraph.Tests;

/// <summary>An input of a sample: its type, and the interval its numbers come from.</summary>
public sealed record OpInput(TensorType Type, double Low = -2, double High = 2)
{
    /// <summary>
    /// Numbers of the interval, all different, the same ones for the same seed; <paramref name="sizeOf"/> gives the symbolic sizes.
    /// </summary>
    public Literal Value(int seed, Func<string, long> sizeOf)
    {
        var random = new Random(seed);
        TensorType type = Type.As(Type.Shape.Substitute(name => sizeOf(name)));
        double Next() => Low + ((High - Low) * random.NextDouble());
        return type.DType switch
        {
            DType.String => new Literal(type, Enumerable.Range(0, (int)type.Shape.ElementCount.Value).Select(_ => "ab"[random.Next(2)]
                .ToString()).ToArray()),
            DType.Bool => Literal.FromLongs(type, _ => Low > 0 ? 1 : random.Next(2)),
            _ when type.DType.IsFloat() => Literal.FromDoubles(type, _ => Next()),
            _ => Literal.FromLongs(type, _ => (long)Math.Floor(Next())),
        };
    }

    public static implicit operator OpInput(TensorType type) => new(type);
}

/// <summary>One use of an op.</summary>
public sealed record OpSample(OpDef Op, Attrs Attrs, params OpInput[] Inputs)
{
    // An op whose inputs do not have the symbolic size learns it from this parameter.
    private static readonly OpInput Size = new(new(DType.F32, [Dim.Symbol("n")]));

    /// <summary>Inputs of <see cref="Graph"/>: those of the op, and one that carries the symbolic size if they don't.</summary>
    public IReadOnlyList<OpInput> Parameters => Inputs.All(input => input.Type.Shape.IsConstant) ? [.. Inputs, Size] : Inputs;

    /// <summary>A graph of just this op; its parameters are <see cref="Parameters"/>, its results those of the op.</summary>
    public Graph Graph()
    {
        var build = new GraphBuilder { Source = SourceSpan.None };
        Value[] parameters = [.. Parameters.Select((input, i) => build.Parameter(input.Type, "x" + i))];
        Node node = build.Emit(Op, Attrs, parameters.AsSpan(0, Inputs.Length));
        return build.Finish(Op.Name, node.Types.Select((_, i) => node[i]).ToArray());
    }

    /// <summary>Values for <see cref="Parameters"/>.</summary>
    public Literal[] Values(long n, int seed = 1) => [.. Parameters.Select((input, i) => input.Value((31 * seed) + i, _ => n))];

    /// <summary>The same op on another element type, for inputs that have the first input's element type.</summary>
    public OpSample As(DType dtype) => this with { Inputs =
        [.. Inputs.Select(input => input.Type.DType == Inputs[0].Type.DType ? input with { Type = input.Type.As(dtype) } : input)] };

    /// <summary><see cref="As"/>, or null for a type that the op does not take. One without inputs, and a host function, has one type.</summary>
    public OpSample? IfTaken(DType dtype)
    {
        if (Inputs.Length == 0 || Op == OpDefs.HostCall) return dtype == DType.F64 ? this : null;
        try
        {
            OpSample typed = As(dtype);
            typed.Graph();
            return typed;
        }
        catch (GraphException)
        {
            return null;
        }
    }

    public override string ToString() =>
        $"{Op.Name}({string.Join(", ", Inputs.Select(input => input.Type))}) {{{string.Join(", ", Attrs.Select(attr => $"{attr.Key}={attr.Value}"))}}}";
}
