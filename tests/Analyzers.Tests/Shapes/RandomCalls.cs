using System.Globalization;
using System.Reflection;

namespace TensorGraph.Tests.Shapes;

/// <summary>Random calls of the methods of <see cref="Ops"/> and <see cref="Tensor"/> on tensors of constant shapes, as C# text; many of them fail.</summary>
internal sealed class RandomCalls(int seed)
{
    // Methods without a type rule, and why.
    private static readonly HashSet<string> s_without =
        ["Print", "Assert", "HostCall", "Scan", "AssociativeScan", "AnyLength", "SetSeed", "Range", "Zeros", "Ones", "ZerosLike", "OnesLike", "OnDevice", "NameScope",
        // Made of several ops: the analyzer is silent.
        "Arange", "Meshgrid", "Norm", "NonZero", "BooleanMask", "Einsum", "Map", "Vmap", "Vjp", "Jvp", "Hvp", "Jacobian", "Hessian", "CustomGradient", "Checkpoint",
        "Fft", "Ifft",
        // Arrays: only errors.
        "Split", "Unstack"];

    // T: any tensor, F: floats, I: positions, B: bool, A: an axis, As: axes, P: a permutation, S: a shape, L: a list of sizes, K: a flag.
    private static readonly Dictionary<string, string[]> s_forms = new()
    {
        ["Full"] = ["Ops.Full({S}, 1)", "Ops.Full({S}, 1, DType.F64)"], ["RandomUniform"] = ["Ops.RandomUniform({S})"], ["RandomNormal"] = ["Ops.RandomNormal({S}, dtype: DType.F64)"],
        ["Iota"] = ["Ops.Iota({N})", "Ops.Iota({N}, DType.F32)"], ["Size"] = ["Ops.Size({T})"],
        ["Reshape"] = ["Ops.Reshape({T}, {L})", "{T}.Reshape({L})", "{T}.Reshape(-1, {N})", "{T}.Reshape(-1)"], ["BroadcastTo"] = ["Ops.BroadcastTo({T}, {S})"],
        ["Transpose"] = ["{T}.Transpose()", "Ops.Transpose({T}, {P})"], ["ExpandDims"] = ["Ops.ExpandDims({T}, {A})"], ["Squeeze"] = ["Ops.Squeeze({T})", "Ops.Squeeze({T}, {A})"],
        ["Slice"] = ["Ops.Slice({T}, {S}, {S})", "Ops.Slice({T}, {S}, {S}, [1, 2])"], ["Pad"] = ["Ops.Pad({T}, {S}, {S})"], ["Concat"] = ["Ops.Concat([{T}, {T}], {A})", "Ops.Concat([{T}, {T}, {T}])"],
        ["Stack"] = ["Ops.Stack([{T}, {T}], {A})", "Ops.Stack(new Tensor[] { {T}, {T} })"], ["Reverse"] = ["Ops.Reverse({T}, {As})", "Ops.Reverse({T})"],
        ["Gather"] = ["Ops.Gather({T}, {I}, {A})", "Ops.Gather({T}, {I}, 1, 1)"], ["ScatterAdd"] = ["Ops.ScatterAdd({T}, {I}, {T}, {A})"], ["DynamicSlice"] = ["Ops.DynamicSlice({T}, [0, 0], {S})", "Ops.DynamicSlice({T}, [0], {S})"],
        ["DynamicUpdateSlice"] = ["Ops.DynamicUpdateSlice({T}, {T}, [0, 0])"], ["Sort"] = ["Ops.Sort({T}, {A}).Values", "Ops.Sort({T}).Positions"], ["TopK"] = ["Ops.TopK({T}, 2, {A}).Positions"],
        ["TakeAlongAxis"] = ["Ops.TakeAlongAxis({T}, {I}, {A})"], ["CumSum"] = ["Ops.CumSum({T}, {A})"], ["ArgMax"] = ["Ops.ArgMax({T}, {A})", "{T}.ArgMax()"], ["ArgMin"] = ["Ops.ArgMin({T}, {A})"],
        ["Softmax"] = ["Ops.Softmax({F}, {A})"], ["LogSoftmax"] = ["Ops.LogSoftmax({F}, {A})"], ["LayerNorm"] = ["Ops.LayerNorm({F}, {F}, {F})", "Ops.LayerNorm({F}, {F}, {F}, {As})"],
        ["OneHot"] = ["Ops.OneHot({I}, 3)", "Ops.OneHot({I}, 3, DType.Bool)"], ["Linspace"] = ["Ops.Linspace({F}, {F}, {N})", "Ops.Linspace(0, 1, {N})", "Ops.Linspace(0, 1.5, {N})", "Ops.Linspace({F}, 1, {N})"], ["LeakyRelu"] = ["Ops.LeakyRelu({T})"], ["Elu"] = ["Ops.Elu({T})"],
        ["Cast"] = ["Ops.Cast({T}, DType.I64)", "{T}.Cast(DType.F32)", "{T}.Cast(DType.String)"], ["Bitcast"] = ["Ops.Bitcast({T}, DType.I32)", "Ops.Bitcast({T}, DType.Bool)"],
        ["Conv"] = ["Ops.Conv({C}, {C})", "Ops.Conv({C}, {C}, stride: [2], padding: [1])", "Ops.Conv({C}, {C}, groups: 2)"], ["Dot"] = ["Ops.Dot({T}, {T}, {As}, {As})", "Ops.Dot({T}, {T}, [1], [0], [0], [1])"],
        ["WindowSum"] = ["Ops.WindowSum({T}, [2, 2])"], ["WindowMax"] = ["Ops.WindowMax({T}, [2, 1], [1, 2], [0, 1])"], ["WindowMean"] = ["Ops.WindowMean({F}, [2])"],
        ["Sum"] = ["Ops.Sum({T})", "Ops.Sum({T}, {As}, keep: {K})", "{T}.Sum({A})"], ["Prod"] = ["Ops.Prod({T}, {As})"], ["Mean"] = ["Ops.Mean({F}, {As}, {K})", "{F}.Mean({A})"],
        ["ReduceMax"] = ["Ops.ReduceMax({T}, {As})", "{T}.Max({A})"], ["ReduceMin"] = ["Ops.ReduceMin({T})", "{T}.Min({A})"], ["Any"] = ["Ops.Any({B}, {As})", "{B}.Any({A})"], ["All"] = ["Ops.All({B}, {As})"],
        ["Variance"] = ["Ops.Variance({F}, {As})"], ["LogSumExp"] = ["Ops.LogSumExp({F}, {As}, {K})"],
        ["Max"] = ["Ops.Max({T}, {T})", "Ops.Max({T}, 1)", "Ops.Max(0.5, {F})"], ["Min"] = ["Ops.Min({T}, {T})", "Ops.Min(1, {T})"], ["Pow"] = ["Ops.Pow({F}, {F})", "Ops.Pow({T}, 2)", "Ops.Pow({F}, 0.5)"],
        ["FloorDiv"] = ["Ops.FloorDiv({T}, {T})", "Ops.FloorDiv({I}, 2)"], ["Mod"] = ["Ops.Mod({T}, {T})", "Ops.Mod({I}, 2)", "Ops.Mod({F}, 1.5)"],
        ["Where"] = ["Ops.Where({B}, {T}, {T})", "Ops.Where({B}, {T}, 0)", "Ops.Where({B}, 1, {T})", "Ops.Where({B}, 0, 1.5)", "Ops.Where({B}, 1, 0L)"], ["Clip"] = ["Ops.Clip({T}, {T}, {T})", "Ops.Clip({T}, 0, 1)", "Ops.Clip({F}, 0, 1.5)", "Ops.Clip({T}, {T}, 3)", "Ops.Clip({F}, 0, {F})"],
        ["Eye"] = ["Ops.Eye({N})", "Ops.Eye({N}, diagonal: 1, dtype: DType.I32)"], ["Tile"] = ["Ops.Tile({T}, 2)", "Ops.Tile({T}, {N}, 1, 2)"], ["Repeat"] = ["Ops.Repeat({T}, 2)", "Ops.Repeat({T}, {N}, {A})"],
        ["Roll"] = ["Ops.Roll({T}, 1, {A})"], ["Tril"] = ["Ops.Tril({T})"], ["Triu"] = ["Ops.Triu({T}, 1)"], ["Outer"] = ["Ops.Outer({F}, {F})"], ["Kron"] = ["Ops.Kron({F}, {F})"],
        ["Std"] = ["Ops.Std({F}, {As})", "Ops.Std({T}, {As}, {K})"], ["CumProd"] = ["Ops.CumProd({F}, {A})"], ["Median"] = ["Ops.Median({F}, {A})", "Ops.Median({F}, keep: {K})"],
        ["Quantile"] = ["Ops.Quantile(Ops.Ones(2, 3), 0.25, {A}, {K})", "Ops.Quantile({I}, 0.5)"], ["Inverse"] = ["Ops.Inverse({F})"], ["Qr"] = ["Ops.Qr({F}).Q", "Ops.Qr({F}).R"], ["Svd"] = ["Ops.Svd({F}).S", "Ops.Svd({F}).Vt"],
        ["numbers"] = ["Ops.Add({T}, 1)", "Ops.Equal({T}, 0)", "Ops.Less(1, {T})", "Ops.And({I}, 1)", "Ops.SquaredDifference({F}, 0.5)", "Ops.DivideNoNan(1, {F})", "Ops.MeanSquaredError({F}, 0)", "({I} & 1)"],
        ["operators"] = ["({T} + {T})", "({T} * {T})", "({F} / 2)", "(3 - {T})", "({T} > {T})", "({T} <= 0)", "(-{T})", "(!{B})", "({B} & {B})", "({I} % {I})"],
        ["indices"] = ["{T}[{A}]", "{T}[^1]", "{T}[{A}, {A}]", "{T}[0..1]", "{T}[1..]", "{T}[..^1]", "{T}[{N}..{N}]", "{T}[^{N}..]", "{T}[{A}, 1..2]", "{T}[.., {A}]", "{T}[.., 0..1]", "{T}[Tensor.NewAxis, ..]", "{T}[{I}]", "{T}[.., {I}]"],
        ["from"] = ["Tensor.From(new float[6], {L})", "((Tensor)new int[] { 1, 2, 3 })", "((Tensor)new double[,] { { 1, 2 }, { 3, 4 } })", "Ops.ZerosLike({T})", "Ops.OnesLike({T})"],
    };

    private readonly Random _random = new(seed);

    /// <summary>Names of the methods that have a result, and of other forms.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. s_forms.Keys.Union(typeof(Ops).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => !method.IsSpecialName).Select(method => method.Name)).Except(s_without)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>A call of the named method on the result of another one.</summary>
    public string Next(string name) => Fill(Form(name), depth: 1);

    private string Form(string name)
    {
        if (s_forms.TryGetValue(name, out string[]? forms))
            return forms[_random.Next(forms.Length)];
        ParameterInfo[] parameters = typeof(Ops).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => method.Name == name).Select(method => method.GetParameters())
            .First(parameters => !parameters.Any(parameter => parameter.ParameterType == typeof(Scalar)));
        Assert.All(parameters, parameter => Assert.True(parameter.ParameterType == typeof(Tensor), $"Ops.{name} needs a form in {nameof(RandomCalls)}"));
        string letter = _random.Next(6) == 0 ? "T" : name is "And" or "Or" or "Xor" or "Not" or "ShiftLeft" or "ShiftRight" or "ShiftRightLogical" ? "I" : "F";
        return $"Ops.{name}({string.Join(", ", parameters.Select(parameter => parameter.Name == "condition" ? "{B}" : parameter.Name is "labels" ? "{I}" : $"{{{letter}}}"))})";
    }

    private string Fill(string form, int depth)
    {
        for (int open = form.IndexOf('{', StringComparison.Ordinal); open >= 0; open = form.IndexOf('{', open + 1))
        {
            int close = form.IndexOf('}', open);
            if (close - open is > 1 and <= 3 && char.IsUpper(form[open + 1]))
                form = form[..open] + Hole(form[(open + 1)..close], depth) + form[(close + 1)..];
        }

        return form;
    }

    private string Hole(string kind, int depth) => kind switch
    {
        "A" => Text(_random.Next(5) - 2),
        "As" => _random.Next(3) switch { 0 => "[0]", 1 => $"[{_random.Next(4) - 1}]", _ => $"[{_random.Next(3)}, {_random.Next(3)}]" },
        "P" => _random.Next(4) switch { 0 => "1, 0", 1 => "0, 2, 1", 2 => "-1, 0", _ => "0, 0" },
        "S" => $"[{Dims()}]",
        "L" => _random.Next(3) switch { 0 => "6", 1 => "2, 3", _ => $"{_random.Next(4)}, 1, {_random.Next(4)}" },
        "N" => Text(_random.Next(4)),
        "K" => _random.Next(2) == 0 ? "true" : "false",
        "F" when depth > 0 && _random.Next(4) == 0 => $"Ops.Exp({Fill(Form(Names[_random.Next(Names.Count)]), depth - 1)})",
        "T" when depth > 0 && _random.Next(2) == 0 => Fill(Form(Names[_random.Next(Names.Count)]), depth - 1),
        "T" => _random.Next(6) switch { 0 => Hole("I", 0), 1 => Hole("B", 0), 2 => $"Ops.Zeros({Dims()}).Cast(DType.F64)", _ => Hole("F", 0) },
        "I" => $"Ops.Zeros({Dims()}).Cast(DType.I32)",
        "B" => $"(Ops.Zeros({Dims()}) > 0)",
        "C" => $"Ops.Zeros({_random.Next(1, 3)}, {_random.Next(1, 3)}, {_random.Next(2, 6)})",
        _ => $"Ops.Zeros({Dims()})",
    };

    private string Dims() => string.Join(", ", Enumerable.Range(0, _random.Next(10) == 0 ? 3 : _random.Next(1, 3)).Select(_ => _random.Next(12) == 0 ? 0 : _random.Next(1, 4)));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
