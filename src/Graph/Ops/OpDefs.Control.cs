using System.Collections.Immutable;

namespace TensorGraph.Ir;

/// <summary>
/// Control flow: ops with closed blocks. Inputs after the ones that an op names are captures; every block takes them as its last parameters.
/// </summary>
public static partial class OpDefs
{
    /// <summary>
    /// Inputs: condition (bool scalar), captures. Regions: then, else over the captures. Results: what the chosen block yields.
    /// </summary>
    [Op("if", "?", DTypes = DTypeSet.Any, Traits = Traits.Control, Source = "tf.cond, ONNX If")]
    public static readonly OpDef If = new()
    {
        Infer = c =>
        {
            ScalarOf(c, 0, DType.Bool);
            CheckParameters(c, c.Regions[0], 1);
            CheckParameters(c, c.Regions[1], 1);
            return MergeResults(c, c.Regions);
        },
        Regions = new("then", "else") { Choose = (condition, _) => condition.GetLong(0) != 0 ? 0 : 1 },
        Eval = EvalChosen,
        Vjp = ControlGradient.Pull,
    };

    /// <summary>
    /// Inputs: index (i32 scalar), captures. Regions: one per case, the last one also for every index out of range. Results: as for <c>if</c>.
    /// </summary>
    [Op("switch", "?", DTypes = DTypeSet.Any, Traits = Traits.Control, Source = "lax.switch")]
    public static readonly OpDef Switch = new()
    {
        Infer = c =>
        {
            ScalarOf(c, 0, DType.I32);
            foreach (var region in c.Regions)
                CheckParameters(c, region, 1);
            return MergeResults(c, c.Regions);
        },
        Regions = new("case") { Repeats = true, Choose = (index, count) => index.GetLong(0) is >= 0 and var i && i < count ? (int)i : count - 1 },
        Eval = EvalChosen,
        Vjp = ControlGradient.Pull,
    };

    /// <summary>
    /// Inputs: carried values, captures. Regions: condition → bool scalar, body → carried values, both over all inputs. Attribute <c>carried</c>: how
    /// many are carried; <c>residual_lists</c>, optional: how many of them, at the end, only keep values for the gradient, with the number of
    /// iterations in front of them (see <see cref="LoopGradient"/>). Results: the carried values when the condition is false.
    /// </summary>
    [Op("while", "?", DTypes = DTypeSet.Any, Inputs = 0, Traits = Traits.Control, Source = "tf.while_loop, ONNX Loop")]
    public static readonly OpDef While = new()
    {
        Infer = c =>
        {
            int carried = CountOf(c, "carried", c.Inputs.Length);
            CheckParameters(c, c.Regions[0], 0);
            CheckParameters(c, c.Regions[1], 0);
            if (c.Regions[0].Results is not [{ DType: DType.Bool, Shape.Rank: 0 }])
                Throw.Shape(c.Op.Name, $"the condition yields {string.Join(", ", c.Regions[0].Results.Select(r => r.Type))}",
                    "A condition is one bool without axes; reduce it with Any or All.");
            CheckCarried(c, c.Regions[1], carried);
            return [.. c.Inputs.Take(carried)];
        },
        Regions = new("cond", "body") { Conditions = 1, IsLoop = true, IsEmpty = node => IsFalse(node.Regions[0]) },
        Eval = c =>
        {
            int carried = (int)c.Attrs.Get<long>("carried");
            var values = c.Inputs;
            while (true)
            {
                c.Interpreter.Cancellation.ThrowIfCancellationRequested();
                if (c.Run(c.Node.Regions[0], values)[0].GetLong(0) == 0)
                    return values[..carried];
                values = [.. c.Run(c.Node.Regions[1], values), .. values[carried..]];
            }
        },
        Vjp = LoopGradient.Pull,
        SaveResiduals = LoopGradient.SaveResiduals,
    };

    /// <summary>
    /// Inputs: carried values, sequences, captures. Region: (carried, one slice of each sequence, captures) → (carried, one slice of each stacked
    /// result). Attributes <c>carried</c>, <c>sequences</c>: how many; <c>length</c>: trip count as a size; <c>reverse</c>: from the end to the
    /// start. Results: final carried values, stacked results.
    /// </summary>
    [Op("scan", "?", DTypes = DTypeSet.Any, Inputs = 0, Traits = Traits.Control, Source = "lax.scan")]
    public static readonly OpDef Scan = new()
    {
        Infer = c =>
        {
            int carried = CountOf(c, "carried", c.Inputs.Length), sequences = CountOf(c, "sequences", c.Inputs.Length - carried);
            var length = c.Attrs.Get<Dim>("length");
            var region = c.Regions[0];
            var parameters = c.Inputs.Select((type, i) =>
            {
                if (i < carried || i >= carried + sequences)
                    return type;
                if (type.Rank == 0 || !c.Same(type.Shape[0], length))
                    Throw.Shape(c.Op.Name, $"a sequence of {length} steps can't be read from {type}", "The first axis is the sequence.");
                return type.Element;
            });
            CheckParameters(c, region, parameters);
            CheckCarried(c, region, carried);
            return [.. c.Inputs.Take(carried), .. region.Results.Skip(carried).Select(r => r.Type.As(new Shape(r.Shape.Dims.Insert(0, length))))];
        },
        Regions = new("body") { IsLoop = true, TakesSlices = true, IsEmpty = node => node.Attrs.Get<Dim>("length").Is(0) },
        Eval = c => EvalScan(c),
        Vjp = ScanGradient.Pull,
        SaveResiduals = ScanGradient.SaveResiduals,
    };

    /// <summary>
    /// Calls its one block as a graph of its own: symbolic sizes of the block are bound from the inputs' sizes. Attribute <c>gradient</c>, optional:
    /// a <see cref="CustomGradient"/> to use instead of differentiating the block.
    /// </summary>
    [Op("call", "?", Inputs = 0, DTypes = DTypeSet.Any, Traits = Traits.Control)]
    public static readonly OpDef Call = new()
    {
        Infer = c => InferCall(c),
        Regions = new("body") { OwnsSizes = true },
        Eval = c => c.Interpreter.Run(new Graph("call", c.Node.Regions[0]), c.Inputs),
        Vjp = PullCall,
    };

    /// <summary>
    /// Runs its one region on the device that attribute <c>device</c> names: captures are copied there, results come back. Its meaning is that of the
    /// region.
    /// </summary>
    [Op("on_device", "?", Inputs = 0, DTypes = DTypeSet.Any, Traits = Traits.Control, Source = "tf.device, jax.default_device")]
    public static readonly OpDef OnDevice = new()
    {
        Required = [("device", typeof(string))],
        Infer = c =>
        {
            CheckParameters(c, c.Regions[0], 0);
            return [.. c.Regions[0].Results.Select(result => result.Type)];
        },
        Regions = new("body"),
        Eval = c => c.Interpreter.OnDevice is { } run
            ? run(c.Attrs.Get<string>("device"), c.Node.Regions[0], c.Inputs, c.SizeOf)
            : c.Run(c.Node.Regions[0], c.Inputs),
        Vjp = ControlGradient.Pull,
    };

    /// <summary>
    /// Runs its one region, whose values are not kept for the gradient: that computes them again. Its meaning is that of the region.
    /// </summary>
    [Op("checkpoint", "?", Inputs = 0, DTypes = DTypeSet.Any, Traits = Traits.Control, Source = "jax.checkpoint, torch.utils.checkpoint")]
    public static readonly OpDef Checkpoint = new()
    {
        Infer = c =>
        {
            CheckParameters(c, c.Regions[0], 0);
            return [.. c.Regions[0].Results.Select(result => result.Type)];
        },
        Regions = new("body"),
        Eval = c => c.Run(c.Node.Regions[0], c.Inputs),
        Vjp = ControlGradient.Pull,
    };

    private static ImmutableArray<TensorType> InferCall(InferContext c)
    {
        Dictionary<string, Dim> sizes = [];
        var region = c.Regions[0];
        for (int i = 0; i < region.Parameters.Length; i++)
        {
            TensorType wanted = region.Parameters[i].Types[0], got = c.Inputs[i];
            if (wanted.DType != got.DType || wanted.Rank != got.Rank)
                Throw.Shape(c.Op.Name, $"argument '{region.Parameters[i].Attrs.Get("name", $"#{i}")}' is {got}, the graph takes {wanted}",
                    "Pass what the graph was made for.");
            for (int axis = 0; axis < wanted.Rank; axis++)
            {
                if (wanted.Shape[axis].IsSymbol && wanted.Shape[axis] != Dim.Dynamic)
                    sizes.TryAdd(wanted.Shape[axis].ToString(), got.Shape[axis]);
            }
        }

        return [.. region.Results.Select(result => result.Type
            .As(result.Shape.Substitute(name => sizes.TryGetValue(name, out Dim size) ? size : Dim.Named(name))))];
    }

    // Without residuals from the forward run the graph runs once more; only a pure one may.
    private static ImmutableArray<Value?> PullCall(VjpContext c)
    {
        if (!c.Node.IsPure)
            throw new GraphException(DiagnosticIds.NoGradient, "call: a graph with effects was called without a gradient",
                "Open the tape before the call.", c.Node.Source);
        // A result without a gradient is left out: with a gradient of zeros it would give one to what only leads there.
        var block = c.Node.Regions[0];
        int[] seeded = [.. Enumerable.Range(0, c.Gradients.Length).Where(i => c.Gradients[i] is not null)];
        var split = ForwardBackwardPair.Of(new Graph("call", block with { Results = [.. seeded.Select(i => block.Results[i])] }));
        var again = c.Builder.Emit(Call, Attrs.Empty, c.Node.Inputs.AsSpan(), [split.Forward.Entry]);
        return split.Pull(new VjpContext(c.Builder, again, [.. seeded.Select(i => c.Gradients[i]), .. new Value?[again.Types.Length - seeded.Length]],
            c.AddVariable));
    }

    private static Literal[] EvalChosen(EvalContext c) =>
        c.Run(c.Node.Regions[c.Node.Op.Regions!.Choose!(c.Inputs[0], c.Node.Regions.Length)], c.Inputs[1..]);

    // A condition that is not met before the first iteration, and has no effects.
    private static bool IsFalse(Region condition) =>
        condition.Results[0].Node is var node && node.Op == Constant && node.Attrs.Get<Literal>("value").GetLong(0) == 0
        && condition.Body.All(inner => inner.IsPure);

    private static Literal[] EvalScan(EvalContext c)
    {
        int carried = (int)c.Attrs.Get<long>("carried"), sequences = (int)c.Attrs.Get<long>("sequences");
        long length = c.Attrs.Get<Dim>("length").Evaluate(c.SizeOf);
        var state = c.Inputs[..carried];
        var stacked = c.Node.Types.Skip(carried).Select((_, i) => Literal.Zeros(c.ResultType(carried + i))).ToArray();
        for (long step = 0; step < length; step++)
        {
            c.Interpreter.Cancellation.ThrowIfCancellationRequested();
            long at = c.Attrs.Get("reverse", false) ? length - 1 - step : step;
            var slices = c.Inputs.Skip(carried).Take(sequences).Select(sequence => sequence.Entry(at));
            var results = c.Run(c.Node.Regions[0], [.. state, .. slices, .. c.Inputs[(carried + sequences)..]]);
            state = results[..carried];
            for (int i = 0; i < stacked.Length; i++)
                Array.Copy(results[carried + i].Data, 0, stacked[i].Data, at * results[carried + i].Count, results[carried + i].Count);
        }

        return [.. state, .. stacked];
    }

    private static int CountOf(InferContext c, string name, int most)
    {
        long count = c.Attrs.Get<long>(name);
        if (count < 0 || count > most)
            Throw.Range(c.Op.Name, $"'{name}' is {count}, with {c.Inputs.Length} inputs", $"It is at least 0 and at most {most}.");
        return (int)count;
    }

    private static void ScalarOf(InferContext c, int input, DType dtype)
    {
        var type = c.Inputs[input];
        if (type.Rank != 0)
            Throw.Rank(c.Op.Name, $"the condition is {type}", "A condition is one value without axes; reduce it with Any or All.");
        if (type.DType != dtype)
            Throw.DType(c.Op.Name, $"the condition is {type}", $"It must be {dtype.Name()}; compare or cast it.");
    }

    private static void CheckParameters(InferContext c, Region region, int skip) => CheckParameters(c, region, c.Inputs.Skip(skip));

    private static void CheckParameters(InferContext c, Region region, IEnumerable<TensorType> inputs)
    {
        if (!region.Parameters.Select(parameter => parameter.Types[0]).SequenceEqual(inputs))
            Throw.Internal($"{c.Op.Name}: a block takes ({string.Join(", ", region.Parameters.Select(p => p.Types[0]))}) but gets ({string.Join(", ", inputs)})");
    }

    private static void CheckCarried(InferContext c, Region body, int carried)
    {
        for (int i = 0; i < carried; i++)
        {
            if (i >= body.Results.Length || body.Results[i].Type != c.Inputs[i])
            {
                string name = body.Parameters[i].Attrs.Get("name", $"#{i}");
                Throw.Raise(DiagnosticIds.CarriedTypeChanged, c.Op.Name,
                    $"carried variable '{name}' starts as {c.Inputs[i]} and is {(i < body.Results.Length ? body.Results[i].Type : "missing")} after one iteration", "A carried variable keeps its dtype and shape; cast or reshape it.");
            }
        }
    }

    // Blocks must agree on count, dtype and rank; where sizes differ the equality becomes an assumption, and a constant size wins.
    private static ImmutableArray<TensorType> MergeResults(InferContext c, ImmutableArray<Region> regions)
    {
        var first = regions[0].Results;
        foreach (var other in regions.Skip(1).Select(region => region.Results))
        {
            for (int i = 0; i < Math.Max(first.Length, other.Length); i++)
            {
                if (i >= first.Length || i >= other.Length || first[i].DType != other[i].DType || !c.Same(first[i].Shape, other[i].Shape))
                {
                    Throw.Raise(DiagnosticIds.CarriedTypeChanged, c.Op.Name,
                        $"result #{i} is {(i < first.Length ? first[i].Type : "missing")} in one branch and {(i < other.Length ? other[i].Type : "missing")} in another", "Both branches must give the same dtype and shape; cast or reshape.");
                }
            }
        }

        return [.. first.Select(result => result.Type)];
    }
}
