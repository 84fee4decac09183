using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>The ops, as functions of tensors. They run at once, or are recorded while a graph function is traced.</summary>
public static partial class Ops
{
    /// <summary>
    /// Puts a name before the ops of a piece of code, until the result is disposed: <c>using var scope = Ops.NameScope("encoder");</c>. Graphs and
    /// errors show it. Layers open one with their own name.
    /// </summary>
    public static NameScope NameScope(string name) => TensorGraph.NameScope.Open(Check.NotNull(name));

    /// <summary>A tensor of f32 ones.</summary>
    public static Tensor Ones(params ReadOnlySpan<long> sizes) => Full(new Shape(sizes), 1);

    /// <summary>A tensor of f32 zeros.</summary>
    public static Tensor Zeros(params ReadOnlySpan<long> sizes) => Full(new Shape(sizes), 0);

    /// <summary>Ones of the type of another tensor, on its device. Errors: TG2002 for text.</summary>
    public static Tensor OnesLike(Tensor like) => Full(Check.NotNull(like).Shape, 1, like.DType, like.Device);

    /// <summary>Zeros of the type of another tensor, on its device. Errors: TG2002 for text.</summary>
    public static Tensor ZerosLike(Tensor like) => Full(Check.NotNull(like).Shape, 0, like.DType, like.Device);

    /// <summary>A tensor with the same number everywhere. Source: np.full.</summary>
    /// <exception cref="GraphException">TG2002 for text.</exception>
    public static Tensor Full(Shape shape, double number, DType dtype = DType.F32) => Full(shape, number, dtype, Device.Current);

    /// <summary>The same of an integer, which is exact in i64. Source: np.full.</summary>
    /// <exception cref="GraphException">TG2002 for text.</exception>
    public static Tensor Full(Shape shape, long number, DType dtype = DType.F32) => dtype == DType.I64
        ? Filled(shape, Literal.FromLongs(new(dtype, Shape.Scalar), _ => number), Device.Current)
        : Full(shape, (double)number, dtype);

    /// <summary>0, 1, … length−1. Source: np.arange.</summary>
    public static Tensor Iota(Dim length, DType dtype = DType.I32) =>
        Dispatch.Run(OpDefs.Iota, Attrs.Of(("shape", new Shape([length])), ("axis", 0L), ("dtype", dtype)));

    /// <summary>Size of one axis as an i64; also of an axis whose size is only known when the graph runs.</summary>
    public static Tensor Size(Tensor x, int axis = 0) => SizeOf(Check.NotNull(x).Shape[Axis("size", axis, x.Rank)]);

    /// <summary>
    /// Calls C# code when the graph runs (imperatively: at once), in program order with other host calls. An exception of it reaches the caller as it
    /// is; its <c>Data["TensorGraph"]</c> names the call, and the line and method that recorded it.
    /// Gradient: none.
    /// </summary>
    /// <param name="action">Gets the concrete inputs.</param>
    /// <param name="inputs">What to pass.</param>
    public static void HostCall(Action<Tensor[]> action, IReadOnlyList<Tensor> inputs)
    {
        Check.NotNull(action);
        HostCall(
            values =>
            {
                action(values);
                return [];
            },
            [],
            [.. Check.NotNull(inputs)]);
    }

    /// <summary>Calls C# code with one tensor when the graph runs.</summary>
    /// <example>
    /// <code>
    /// Console.WriteLine(Model.Step(2f)); // 4
    ///
    /// public static partial class Model
    /// {
    ///     public static readonly List&lt;float&gt; Seen = [];
    ///
    ///     [GraphFunction]
    ///     public static Tensor Step(Tensor x)
    ///     {
    ///         Ops.HostCall((Tensor value) =&gt; Seen.Add((float)value), x);
    ///         return x * 2;
    ///     }
    /// }
    /// </code>
    /// </example>
    public static void HostCall(Action<Tensor> action, Tensor input)
    {
        Check.NotNull(action);
        HostCall(values => action(values[0]), [input]);
    }

    /// <summary>Calls C# code that returns tensors of declared types.</summary>
    /// <param name="function">Gets the concrete inputs.</param>
    /// <param name="results">Types of what it returns; sizes are numbers or sizes of tensors in the graph.</param>
    /// <param name="inputs">What to pass.</param>
    /// <exception cref="GraphException">TG2001 when it returns something else.</exception>
    public static Tensor[] HostCall(Func<Tensor[], Tensor[]> function, TensorType[] results, params ReadOnlySpan<Tensor> inputs) =>
        HostCall(Check.NotNull(function), Check.NotNull(results), onlyThrows: false, inputs);

    /// <summary>Throws what C# code makes of the inputs.</summary>
    internal static void ThrowWhenRun(Func<Tensor[], Exception> exception, ReadOnlySpan<Tensor> inputs, bool mayReadVariables) =>
        HostCall(values => throw exception(values), [], onlyThrows: !mayReadVariables, inputs);

    private static Tensor[] HostCall(Func<Tensor[], Tensor[]> function, TensorType[] results, bool onlyThrows, ReadOnlySpan<Tensor> inputs)
    {
        var resource = new Resource(function.Method.Name, ResourceKind.HostFunction)
        {
            OnlyThrows = onlyThrows,
            HostFunction = values =>
            {
                // The delegate is ordinary C#: what it computes runs at once, even when it is called while something is traced.
                using var imperatively = ExecutionContext.Enter(null);
                var returned = ImperativeContext.WithoutTapes(() => function([.. values.Select(Tensor.From)]));
                return [.. Check.NotNull(returned, "what the host call returned").Select(result =>
                    Check.NotNull(result, "a tensor that the host call returned").ToLiteral())];
            },
        };
        var attrs = Attrs.Of(("fn", resource), ("results", (long)results.Length));
        for (int i = 0; i < results.Length; i++)
            attrs = attrs.With($"dtype{i}", results[i].DType).With($"shape{i}", results[i].Shape);
        return Dispatch.RunAll(OpDefs.HostCall, attrs, inputs);
    }

    /// <summary>Writes a line when the graph runs: the parts separated by spaces, tensors by their values.</summary>
    /// <example>
    /// <code>
    /// Ops.Print("loss", (Tensor)0.5f); // loss 0.5
    /// </code>
    /// </example>
    public static void Print(params ReadOnlySpan<object?> parts)
    {
        var text = new List<string>();
        var tensors = new List<Tensor>();
        foreach (object? part in parts)
        {
            if (part is Tensor or Variable)
            {
                text.Add($"{{{tensors.Count}}}");
                tensors.Add(part as Tensor ?? ((Variable)part).Value);
            }
            else
            {
                text.Add(Convert.ToString(part, System.Globalization.CultureInfo.InvariantCulture) ?? "null");
            }
        }

        Dispatch.RunAll(OpDefs.Print, Attrs.Of("format", string.Join(' ', text)), [.. tensors]);
    }

    /// <summary>Throws TG3002 when the condition is false as the graph runs.</summary>
    /// <param name="condition">One bool.</param>
    /// <param name="message">Text in which {0}, {1}, … stand for the values; those that it does not name come after it.</param>
    /// <param name="values">Values to show.</param>
    public static void Assert(Tensor condition, string message = "", params ReadOnlySpan<Tensor> values) =>
        Dispatch.RunAll(OpDefs.Assert, Attrs.Of("message", message), [condition, .. values]);

    internal static Tensor SizeOf(Dim dim) => dim.InGraph.IsConstant ? dim.Value : Dispatch.Run(OpDefs.DimSize, Attrs.Of("dim", dim));

    internal static int Axis(string op, long axis, int rank) => InferContext.Axis(op, axis, rank);

    private static Tensor Full(Shape shape, double number, DType dtype, Device? device)
    {
        if (dtype == DType.String)
            Throw.DType("full", FormattableString.Invariant($"text of shape {shape} can't hold the number {number}"),
                "Use a dtype of numbers; Tensor.From makes text.");
        return Filled(shape, Literal.Scalar(dtype, number), device ?? Device.Current);
    }

    private static Tensor Filled(Shape shape, Literal number, Device device) => BroadcastTo(new(device.From(number), isFree: true), shape);

    private static int[] AllAxes(string op, int[]? axes, int rank) => InferContext.AllAxes(op, axes, rank);
}
