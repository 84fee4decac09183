namespace TensorGraph;

/// <summary>A function of a saved model. It may be called from many threads.</summary>
public sealed class SavedSignature
{
    private readonly CompiledFunction _compiled;
    private readonly string[] _outputs;

    internal SavedSignature(
        string name, SignatureMethod method, OrderedDictionary<string, TensorSpec> inputs, OrderedDictionary<string, TensorSpec> outputs,
        CompiledFunction compiled)
    {
        (Name, Method, Inputs, Outputs, _compiled) = (name, method, inputs, outputs, compiled);
        _outputs = [.. outputs.Keys];
    }

    /// <summary>Name of the signature.</summary>
    public string Name { get; }

    /// <summary>The task.</summary>
    public SignatureMethod Method { get; }

    /// <summary>Dtypes and shapes of the inputs by name, in order.</summary>
    public IReadOnlyDictionary<string, TensorSpec> Inputs { get; }

    /// <summary>Dtypes and shapes of the outputs by name, in order.</summary>
    public IReadOnlyDictionary<string, TensorSpec> Outputs { get; }

    /// <summary>The graph as it was saved.</summary>
    public Ir.Graph Graph => _compiled.Graph;

    /// <summary>Calls it.</summary>
    /// <param name="inputs">A tensor for each input.</param>
    /// <returns>A tensor for each output.</returns>
    /// <exception cref="SignatureMismatchException">
    /// A name is unknown or missing, or a tensor has another dtype, rank or size (TG1003).
    /// </exception>
    public IReadOnlyDictionary<string, Tensor> Call(IReadOnlyDictionary<string, Tensor> inputs) => Named(Run(Arguments(Throw.IfNull(inputs))));

    /// <summary>Calls it on another thread; the results are ready when the task is. Errors: as <see cref="Call"/>.</summary>
    /// <param name="inputs">A tensor for each input.</param>
    /// <param name="cancellation">Ends the wait; a call that has begun goes on.</param>
    /// <returns>A tensor for each output.</returns>
    public async Task<IReadOnlyDictionary<string, Tensor>> CallAsync(
        IReadOnlyDictionary<string, Tensor> inputs, CancellationToken cancellation = default)
    {
        Tensor[] arguments = Arguments(Throw.IfNull(inputs));
        Tensor[] results = await Task.Run(() => Run(arguments), cancellation).WaitAsync(cancellation).ConfigureAwait(false);
        foreach (var result in results)
            await result.ReadyAsync(cancellation).ConfigureAwait(false);
        return Named(results);
    }

    /// <summary>Name, inputs and outputs: <c>serving_default(x: f32[batch, 2]) -> output_0: f32[batch]</c>.</summary>
    public override string ToString() => $"{Name}({Text(Inputs)}) -> {Text(Outputs)}";

    private static string Text(IReadOnlyDictionary<string, TensorSpec> specs) => string.Join(", ", specs.Select(spec => $"{spec.Key}: {spec.Value}"));

    private Tensor[] Run(Tensor[] arguments)
    {
        var results = new Tensor[_outputs.Length];
        _compiled.Run(arguments, results);
        return results;
    }

    private OrderedDictionary<string, Tensor> Named(Tensor[] results)
    {
        var named = new OrderedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (name, result) in _outputs.Zip(results))
            named[name] = result;
        return named;
    }

    private Tensor[] Arguments(IReadOnlyDictionary<string, Tensor> inputs)
    {
        if (inputs.Keys.FirstOrDefault(name => !Inputs.ContainsKey(name)) is { } unknown)
            throw Mismatch($"has no input '{unknown}'");
        var sizes = new Dictionary<string, (Dim Size, string Input)>(StringComparer.Ordinal);
        var arguments = new List<Tensor>();
        foreach (var (name, spec) in Inputs)
        {
            if (!inputs.TryGetValue(name, out var tensor))
                throw Mismatch($"input '{name}' is missing");
            var got = Throw.IfNull(tensor, name).GraphType;
            if (got.DType != spec.DType || got.Rank != spec.Shape.Rank || spec.Shape.Zip(got.Shape).Any(pair => Differ(pair.First, pair.Second)))
                throw Mismatch($"input '{name}' got {got}, it wants {spec}");
            foreach (var (wanted, size) in spec.Shape.Zip(got.Shape).Where(pair => pair.First.IsSymbol))
            {
                if (!sizes.TryAdd($"{wanted}", (size, name)) && sizes[$"{wanted}"] is var first && Differ(first.Size, size))
                    throw Mismatch($"size '{wanted}' is {first.Size} in input '{first.Input}' and {size} in '{name}'");
            }

            arguments.Add(tensor);
        }

        if (_compiled.BrokenComparison(name => sizes[name].Size) is { } broken)
            throw Mismatch($"it was traced for {broken}");
        return [.. arguments];
    }

    private static bool Differ(Dim wanted, Dim got) => wanted.IsConstant && got.IsConstant && wanted != got;

    private SignatureMismatchException Mismatch(string problem) =>
        new($"{this}: {problem}", "Pass a tensor for each input, of its dtype and shape.");
}
