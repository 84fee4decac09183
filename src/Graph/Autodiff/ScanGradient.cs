using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// Gradient of <c>scan</c>: a scan in the other direction. One that keeps its residuals (<see cref="Ir.SaveResiduals"/>) has further outputs, the
/// values of every iteration that its gradient needs; the slices it reads need not be kept. A body that needs a list kept is differentiated as the
/// <c>while</c> that does the same.
/// </summary>
internal static class ScanGradient
{
    /// <summary>
    /// The scan with what its gradient needs behind its outputs; null when it yields all of it, or when a list is among it, which can't be stacked.
    /// </summary>
    public static Node? SaveResiduals(GraphBuilder b, Node node)
    {
        var body = node.Regions[0];
        var (carried, captures) = Parts(node);
        int[] floats = [.. Enumerable.Range(0, body.Results.Length).Where(i => body.Results[i].DType.IsFloat())];
        var iteration = LoopIteration.Of(body, carried, captures, floats.Where(i => i < carried), [.. floats.Where(i => i >= carried)],
            captures - carried);
        Value[] missing = [.. iteration.Residuals().Values.Where(value => PlaceOf(iteration, value, carried, captures) is null)];
        if (missing.Length == 0 || missing.Any(value => value.Type.IsList))
            return null;
        foreach (var assumption in iteration.Assumptions)
            b.Assume(assumption);
        var saving = new Region([.. iteration.Parameters.Select(parameter => parameter.Node)], iteration.Forward, [.. iteration.Results, .. missing]);
        return b.Emit(OpDefs.Scan, node.Attrs, node.Inputs.AsSpan(), [saving]);
    }

    /// <summary>The gradient rule.</summary>
    public static ImmutableArray<Value?> Pull(VjpContext c)
    {
        var node = c.Node;
        var (carried, captures) = Parts(node);
        int[] wanted = [.. Enumerable.Range(0, node.Types.Length).Where(i => c.Gradients[i] is not null && node.Types[i].DType.IsFloat())];
        if (wanted.Length == 0)
            return [];
        ImmutableArray<int> outputs = [.. wanted.Where(i => i >= carried)];
        var iteration = LoopIteration.Of(node.Regions[0], carried, captures, wanted.Where(i => i < carried), outputs, captures - carried);
        var (kept, again) = iteration.Residuals();
        Value?[] sequences = [.. kept.Select(value => PlaceOf(iteration, value, carried, captures) is { } place
            ? place.IsInput ? node.Inputs[place.Index]
            : node[place.Index] : (Value?)null)];
        if (sequences.Contains(null))
            return PullAgain(c);

        foreach (var assumption in iteration.Assumptions)
            c.Builder.Assume(assumption);
        int[] slices = [.. Enumerable.Range(0, captures - carried).Where(i => iteration.SliceGradients[i] is not null)];
        Value Element(int slice) => iteration.Parameters[carried + slice];
        bool IsKept(Value value) => kept.Contains(value) || slices.Any(i => iteration.SliceGradients[i] == value && value.Type == Element(i).Type);
        ProductSum? Products(Value? gradient, Value? before) =>
            gradient is { } value && ProductSum.TryFind(value, before, iteration.Backward, IsKept, out var found) ? found : null;
        ProductSum?[] captureProducts = [.. iteration.CaptureGradients.Zip(iteration.Sums, (gradient, sum) => Products(gradient, sum))];
        ProductSum?[] variableProducts = [.. iteration.VariableGradients.Select(gradient => Products(gradient, null))];
        HashSet<Node> later = [.. captureProducts.OfType<ProductSum>().SelectMany(products => products.Additions)];
        int[] sums = Rest(iteration.CaptureGradients, captureProducts), variables = Rest(iteration.VariableGradients, variableProducts);

        // (gradients of active values, sums of captures and of variables; kept values, gradients of outputs; captures) → (the same one iteration
        // earlier; gradients of slices).
        var build = new GraphBuilder { Source = node.Source };
        var map = new RegionMapper(build);
        foreach (var own in iteration.Seeds.Concat(sums.Select(i => iteration.Sums[i])))
            map[own] = build.Parameter(own.Type, "gradient");
        Value[] variableSums = [.. variables.Select(i => build.Parameter(iteration.Variables[i].Type!.Value, iteration.Variables[i].Name))];
        foreach (var slice in kept.Concat(iteration.CollectedSeeds))
            map[slice] = build.Parameter(slice.Type);
        for (int i = captures; i < node.Inputs.Length; i++)
            map[iteration.Parameters[i]] = build.Parameter(node.Inputs[i].Type);
        foreach (var part in again.Concat(iteration.Backward).Where(part => !later.Contains(part)))
            map.Copy(part);
        Value Found(Value? gradient, TensorType type) => gradient is { } value ? build.Reshape(map[value], type.Shape) : build.Zeros(type);
        Value[] results =
        [
            .. iteration.Active.Select(i => Found(iteration.CarriedGradients[i], node.Types[i])),
            .. sums.Select(i => Found(iteration.CaptureGradients[i], iteration.Sums[i].Type)),
            .. variables.Select((variable, i) => build.Add(variableSums[i], Found(iteration.VariableGradients[variable], variableSums[i].Type))),
            .. slices.Select(i => Found(iteration.SliceGradients[i], node.Inputs[carried + i].Type.Element)),
        ];
        Value[] initial =
        [
            .. iteration.Active.Select(i => c.Builder.Reshape(c.Gradient(i), node.Types[i].Shape)),
            .. sums.Select(i => c.Builder.Zeros(iteration.Sums[i].Type)),
            .. variables.Select(i => c.Builder.Zeros(iteration.Variables[i].Type!.Value)),
        ];
        Value[] rows =
            [.. sequences.Select(sequence => sequence!.Value), .. outputs.Select(i => c.Builder.Reshape(c.Gradient(i), node.Types[i].Shape))];
        var backward = DifferentiableScan.Emit(
            c.Builder, initial, rows, node.Attrs.Get<Dim>("length"), (build.Finish("", results).Entry, node.Inputs[captures..]),
            reverse: !node.Attrs.Get("reverse", false));

        var gradients = new Value?[node.Inputs.Length];
        foreach (var (result, i) in iteration.Active.Index())
            gradients[i] = backward[result];
        foreach (var (result, i) in sums.Index())
            gradients[captures + i] = backward[iteration.Active.Length + result];
        foreach (var (result, i) in variables.Index())
            c.AddVariable(iteration.Variables[i], backward[iteration.Active.Length + sums.Length + result]);
        foreach (var (result, i) in slices.Index())
            gradients[carried + i] = backward[initial.Length + result];
        Value Sequence(Value value) => kept.IndexOf(value) is var place && place >= 0 ? sequences[place]!.Value
            : gradients[carried + slices.First(i => iteration.SliceGradients[i] == value && value.Type == Element(i).Type)]!.Value;
        foreach (var (i, products) in captureProducts.Index())
        {
            if (products is not null)
                gradients[captures + i] = products.Emit(c.Builder, Sequence);
        }

        foreach (var (i, products) in variableProducts.Index())
        {
            if (products is not null)
                c.AddVariable(iteration.Variables[i], products.Emit(c.Builder, Sequence));
        }

        return [.. gradients];
    }

    // Not all that the gradient needs was kept, so the scan runs once more; only one without effects may.
    private static ImmutableArray<Value?> PullAgain(VjpContext c)
    {
        var node = c.Node;
        if (node.Effects.Any(effect => effect.Resource != Resource.Assert))
        {
            throw new GraphException(
                DiagnosticIds.NoGradient, "scan: has effects, and was recorded without what its gradient needs", "Open the tape before the scan.",
                node.Source);
        }

        if (Ir.SaveResiduals.Of(c.Builder, node) is { } again)
            return Pull(new VjpContext(c.Builder, again, [.. c.Gradients, .. new Value?[again.Types.Length - node.Types.Length]], c.AddVariable));
        var loop = new GraphBuilder { Source = node.Source };
        Value[] parameters = [.. node.Inputs.Select(input => loop.Parameter(input.Type))];
        var results = new SaveResiduals(loop).Inline(
            DifferentiableScan.AsLoop([.. node.Inputs.Select(input => input.Type)], node.Attrs, node.Regions[0], node.Source), parameters);
        return Gradient.Through(c, loop.Finish("scan", results.AsSpan()).Entry);
    }

    // Those that the loop itself must add up.
    private static int[] Rest(ImmutableArray<Value?> gradients, ProductSum?[] products) =>
        [.. Enumerable.Range(0, gradients.Length).Where(i => gradients[i] is not null && products[i] is null)];

    private static (int Carried, int Captures) Parts(Node node) => (node.Op.Regions!.Carried(node), node.Op.Regions.Captures(node));

    // Where a kept value is found outside of the scan: the sequence of which it is a slice, or the result that collects it.
    private static (bool IsInput, int Index)? PlaceOf(LoopIteration iteration, Value value, int carried, int captures)
    {
        int parameter = iteration.Parameters.IndexOf(value), output = iteration.Results.Skip(carried).ToList().IndexOf(value);
        return parameter >= carried && parameter < captures ? (true, parameter) : output >= 0 ? (false, carried + output) : null;
    }
}
