namespace TensorGraph.Ir;

/// <summary>Ops that act on the world outside; they keep program order.</summary>
public static partial class OpDefs
{
    /// <summary>Writes a line: text <c>format</c> with {0}, {1}, … replaced by the inputs.</summary>
    [Op("print", "?", Inputs = 0, DTypes = DTypeSet.Any, Traits = Traits.Variadic | Traits.NoGradient, Source = "tf.print")]
    public static readonly OpDef Print = new()
    {
        Required = [("format", typeof(string))],
        Infer = _ => [],
        Eval = c =>
        {
            string line = TensorText.Format(c.Attrs.Get<string>("format"), c.Inputs);
            try
            {
                c.Interpreter.Output.WriteLine(line);
            }
            catch (Exception fault) when (!HasNote(fault, c.Node))
            {
                Note(fault, c.Node, SourceSpan.Capture());
                throw;
            }

            return [];
        },
        Effects = _ => [new Effect(Resource.Print, IsWrite: true)],
    };

    /// <summary>
    /// Inputs: condition (bool scalar), values. When the condition is false: TG3002 with text <c>message</c>, in which {0}, {1}, … are the values.
    /// </summary>
    [Op("assert", "?", DTypes = DTypeSet.Any, Traits = Traits.Variadic | Traits.NoGradient, Source = "tf.debugging.Assert")]
    public static readonly OpDef Assert = new()
    {
        Infer = c =>
        {
            ScalarOf(c, 0, DType.Bool);
            return [];
        },
        Eval = c => c.Inputs[0].GetLong(0) != 0 ? [] : throw AssertionFailed(c.Node, c.Inputs[1..]),
        Effects = _ => [new Effect(Resource.Assert, IsWrite: true)],
    };

    /// <summary>
    /// Calls the delegate of resource <c>fn</c> with the inputs. Results: as many as <c>results</c> says, number i of type <c>dtype</c>i,
    /// <c>shape</c>i.
    /// </summary>
    [Op("host_call", "?", Inputs = 0, DTypes = DTypeSet.Any, Traits = Traits.Variadic, Source = "tf.py_function")]
    public static readonly OpDef HostCall = new()
    {
        Required = [("fn", typeof(Resource))],
        Infer = c => [.. Enumerable.Range(0, checked((int)c.Attrs.Get("results", 0L)))
            .Select(i => new TensorType(c.Attrs.Get<DType>($"dtype{i}"), c.Attrs.Get<Shape>($"shape{i}")))],
        Eval = c =>
        {
            var function = c.Attrs.Get<Resource>("fn");
            if (function.HostFunction is not { } run)
                throw new GraphException(DiagnosticIds.BadData, $"{c.Node.Op.Name}: {function} has no C# method: the graph was read from text",
                    "Trace the function that calls it.", c.Node.Source);
            Literal[] results;
            try
            {
                results = run(c.Inputs);
            }
            catch (Exception fault) when (!HasNote(fault, c.Node))
            {
                Note(fault, c.Node, SourceSpan.Capture());
                throw;
            }

            var wanted = c.Node.Types.Select((_, i) => c.ResultType(i));
            if (!results.Select(result => result.Type).SequenceEqual(wanted))
                Throw.Shape(c.Node.Op.Name, $"{function} returned ({string.Join(", ", results.Select(result => result.Type))}), declared are ({string.Join(", ", wanted)})", "Return tensors of the declared types.");
            return results;
        },
        Effects = _ => [new Effect(Resource.Host, IsWrite: true)],
    };

    /// <summary>The input; gradients stop here.</summary>
    [Op("stop_gradient", "... -> ...", DTypes = DTypeSet.Any, Traits = Traits.Pointwise | Traits.Alias | Traits.NoGradient,
        Source = "tf.stop_gradient")]
    public static readonly OpDef StopGradient = new() { Eval = c => c.Inputs };

    /// <summary>
    /// The input. A result of a graph function that is made by it goes to the device that attribute <c>device</c> names; inside, the graph decides
    /// where a value is. Attribute <c>from</c>, optional: the device that the gradient goes back to.
    /// </summary>
    [Op("to_device", "... -> ...", DTypes = DTypeSet.Any, Traits = Traits.Alias, Source = "jax.device_put, torch.Tensor.to")]
    public static readonly OpDef ToDevice = new()
    {
        Required = [("device", typeof(string))],
        Eval = c => c.Inputs,
        Vjp = c =>
            [c.Attrs.Find("from") is string from ? c.Builder.Emit(ToDevice, Attrs.Of(("device", from), ("from", c.Attrs.Get<string>("device"))), [c.G])[0] : c.G],
    };

    /// <summary>The error of an assertion that does not hold.</summary>
    public static GraphException AssertionFailed(Node node, IReadOnlyList<Literal> values) => new(
        DiagnosticIds.AssertionFailed, $"assertion failed: {TensorText.FormatAll(node.Attrs.Get("message", ""), values)}",
        "Correct what leads to these values, or the assertion.", node.Source.OrCaller());

    private const string NoteKey = "TensorGraph";

    // The user's exception stays the user's, and says which node of a graph it comes from: the filter that asks catches nothing. The line of an op
    // that runs by itself is that of its caller, on the stack below the code that threw.
    private static bool HasNote(Exception fault, Node node)
    {
        if (node.Source.IsKnown)
            Note(fault, node, node.Source);
        return fault.Data.IsReadOnly || fault.Data.Contains(NoteKey);
    }

    private static void Note(Exception fault, Node node, SourceSpan source)
    {
        if (fault.Data.IsReadOnly || fault.Data.Contains(NoteKey))
            return;
        string function = node.Attrs.Find("fn") is Resource resource ? $" of {resource.Name}" : "";
        fault.Data[NoteKey] = $"{node.Op.Name}{function}{(source.IsKnown ? $", at {source} in {source.Method}" : "")}";
    }
}
