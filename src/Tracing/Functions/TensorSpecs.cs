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
            types[i] = new(spec.DType, new([.. spec.Shape.Dims.Select(dim => dim.ToString() == "?" ? Dim.Symbol($"_{unnamed++}") : dim)]));
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

    private static SignatureMismatchException Mismatch(GraphFunctionDefinition function, GraphCall call, string reason)
    {
        return new SignatureMismatchException(
            $"{function.Name}: the arguments do not fit the input signature: {reason}; inputs ({Signature.Describe(call)}), signature ({string.Join(", ", function.InputSignature!.AsEnumerable())})",
            "Pass tensors of the declared dtype and shape, or change InputSignature.");
    }
}

/// <summary>Type to trace a leaf with, from its number and its type in the call.</summary>
internal delegate TensorType TensorSpecs(int leaf, TensorType type);
