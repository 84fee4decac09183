using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>Which type each tensor leaf of a call is traced with.</summary>
internal static class SpecRules
{
    /// <summary>The declared input signature; every <c>?</c> is a size of its own.</summary>
    public static TensorSpecs Declared(GraphFunctionDefinition function, GraphCall call)
    {
        var declared = function.InputSignature!;
        var names = function.NamesOf(call.Leaves);
        int next = 0, unnamed = 0;
        var types = new Dictionary<int, TensorType>();
        for (int i = 0; i < call.Leaves.Length; i++)
        {
            if (!call.Leaves[i].IsTensor)
                continue;
            var tensor = Check.NotNull(call.Leaves[i].Tensor, names[i].Name);
            if (next == declared.Length)
                throw Mismatch(function, call, $"it has more than {declared.Length} tensor arguments");
            var spec = declared[next++];
            types[i] = Named(spec, ref unnamed);
            if (tensor.DType != spec.DType || tensor.Rank != spec.Shape.Rank)
                throw Mismatch(function, call, $"'{names[i].Name}' is {tensor.Type}, not {spec}");
        }

        if (next != declared.Length)
            throw Mismatch(function, call, $"it has {next} tensor arguments, not {declared.Length}");
        var specs = new TensorSpecs((i, _) => types[i]);
        if (!Signature.Of(call, specs.Invoke).Fits(call, []))
            throw Mismatch(function, call, "sizes differ");
        return specs;
    }

    /// <summary>The declared input signature for specs that stand for the tensors of a call: each must be as narrow as what is declared.</summary>
    public static TensorSpecs Declared(GraphFunctionDefinition function, GraphCall call, Dictionary<int, TensorType> given)
    {
        CheckTypes(function, call, given, static (size, wanted) => size == wanted);
        int next = 0, unnamed = 0;
        var types = given.Keys.Order().ToDictionary(leaf => leaf, _ => Named(function.InputSignature![next++], ref unnamed));
        return (i, _) => types[i];
    }

    /// <summary>A call inside of another trace keeps the declared input signature; where only the run knows a size, the run checks it.</summary>
    public static void CheckInlined(GraphFunctionDefinition function, GraphCall call, Ir.GraphBuilder build)
    {
        var given = new Dictionary<int, TensorType>();
        for (int i = 0; i < call.Leaves.Length; i++)
        {
            if (call.Leaves[i].Tensor is { } tensor)
                given[i] = tensor.GraphType;
        }

        var place = Ir.SourceSpan.Capture();
        CheckTypes(function, call, given, (size, wanted) =>
        {
            if (size == wanted || (size.IsConstant && wanted.IsConstant))
                return size == wanted;
            build.Assume(new(size, wanted, function.Name, place));
            return true;
        });
    }

    private static void CheckTypes(GraphFunctionDefinition function, GraphCall call, Dictionary<int, TensorType> given, Func<Dim, Dim, bool> same)
    {
        var names = function.NamesOf(call.Leaves);
        var declared = function.InputSignature!;
        if (declared.Length != given.Count)
            throw Mismatch(function, call, $"it has {given.Count} tensor arguments, not {declared.Length}");
        var sizes = new Dictionary<Dim, Dim>();
        foreach (var ((leaf, type), spec) in given.OrderBy(pair => pair.Key).Zip(declared))
        {
            bool fits = type.DType == spec.DType && type.Rank == spec.Shape.Rank && type.Shape.Zip(spec.Shape).All(pair =>
                pair.Second.IsConstant ? same(pair.First, pair.Second)
                : pair.Second.ToString() == "?" || sizes.TryAdd(pair.Second, pair.First) || same(pair.First, sizes[pair.Second]));
            if (!fits)
                throw Mismatch(function, call, $"'{names[leaf].Name}' is {type}, not {spec}");
        }
    }

    /// <summary>
    /// The call's own sizes, except that axes whose size differs from that in a known signature become symbolic. Axes that changed alike get one
    /// name, since they most likely are one size (the batch); where that is wrong, the call that shows it is traced anew with names of their own.
    /// </summary>
    public static TensorSpecs Relaxed(Signature known, GraphCall call)
    {
        var types = new Dictionary<int, TensorType>();
        var names = new Dictionary<(Dim Old, Dim New), string>();
        for (int i = 0; i < call.Leaves.Length; i++)
        {
            if (call.Leaves[i].Tensor is not { } tensor)
                continue;
            var old = known.Tensors[i]!.Value;
            types[i] = tensor.Type.As(new Shape([.. tensor.Shape.Dims.Select((dim, axis) =>
            {
                if (old.Shape[axis] == dim)
                    return dim;
                if (!names.TryGetValue((old.Shape[axis], dim), out string? name))
                    names[(old.Shape[axis], dim)] = name = $"n{names.Count}";
                return Dim.Symbol(name);
            })]));
        }

        return (i, _) => types[i];
    }

    // Every ? is a size of its own.
    private static TensorType Named(TensorSpec spec, ref int unnamed)
    {
        var dims = new List<Dim>();
        foreach (var dim in spec.Shape.Dims)
            dims.Add(dim.ToString() == "?" ? Dim.Symbol($"_{unnamed++}") : dim);
        return new(spec.DType, new([.. dims]));
    }

    private static SignatureMismatchException Mismatch(GraphFunctionDefinition function, GraphCall call, string reason)
    {
        return new SignatureMismatchException(
            $"{function.Name}: the arguments do not fit the input signature: {reason}; inputs ({Signature.Describe(call)}), signature ({string.Join(", ", function.InputSignature!.AsEnumerable())})",
            "Pass tensors of the declared dtype and shape, or change InputSignature.");
    }
}

/// <summary>A trace that somebody needs.</summary>
/// <param name="Specs">What to trace the tensors with.</param>
/// <param name="IsForSpecs">True if the tensors of the call only stand for specs, so that their sizes mean nothing.</param>
internal sealed record TraceRequest(TensorSpecs Specs, bool IsForSpecs = false)
{
    /// <summary>The names in the specs, with the sizes that they have in a call.</summary>
    public Dictionary<string, long?> Sizes(GraphCall call)
    {
        var sizes = new Dictionary<string, long?>();
        for (int i = 0; i < call.Leaves.Length; i++)
        {
            if (call.Leaves[i].Tensor is not { } tensor)
                continue;
            foreach (var (wanted, size) in Specs(i, tensor.GraphType).Shape.Zip(tensor.GraphType.Shape).Where(pair => pair.First.IsSymbol))
                sizes[wanted.ToString()] = IsForSpecs ? null : size.Value;
        }

        return sizes;
    }
}

/// <summary>Type to trace a leaf with, from its number and its type in the call.</summary>
internal delegate TensorType TensorSpecs(int leaf, TensorType type);
