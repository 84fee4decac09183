using System.Runtime.CompilerServices;
using TensorGraph.CompilerServices;

namespace TensorGraph;

/// <summary>The parts of a spec that are no tensors, and the names of the tensors that a graph gives.</summary>
internal sealed record ModelLayout(
    string[] Names, IReadOnlyDictionary<string, Metric> Metrics, IReadOnlyList<EstimatorHook> Hooks, bool IsSingle)
{
    /// <summary>True when the spec says how much the loss of a batch counts.</summary>
    public bool HasLossWeight { get; init; }

    public const string Loss = "loss", GlobalStep = "global_step", Predictions = "predictions/", Watched = "watched/", Summaries = "summaries/";
}

/// <summary>The result of a call of a model's graph.</summary>
internal sealed record ModelOutput(ModelLayout Layout, Tensor[] Tensors)
{
    public Tensor this[string name] => Tensors[Array.IndexOf(Layout.Names, name)];

    /// <summary>The same with another tensor under a name.</summary>
    public ModelOutput With(string name, Tensor tensor) =>
        this with { Tensors = [.. Layout.Names.Zip(Tensors, (own, value) => own == name ? tensor : value)] };

    public IEnumerable<KeyValuePair<string, Tensor>> Of(string prefix) => Layout.Names.Zip(Tensors)
        .Where(pair => pair.First.StartsWith(prefix, StringComparison.Ordinal))
        .Select(pair => new KeyValuePair<string, Tensor>(pair.First[prefix.Length..], pair.Second));

    /// <summary>The tensor that a hook asks for; null when there is none.</summary>
    public Tensor? Find(string name) => new[] { name, ModelLayout.Watched + name, ModelLayout.Summaries + name, ModelLayout.Predictions + name }
        .Select(full => Array.IndexOf(Layout.Names, full)).Where(place => place >= 0).Select(place => Tensors[place]).FirstOrDefault();
}

/// <summary>
/// A model function in one mode, for one structure of features and labels, as a graph function: traced once for all batch sizes. What the generator
/// writes for a method that is marked [GraphFunction] is written out here.
/// </summary>
internal sealed class ModelGraph
{
    private readonly Func<IReadOnlyList<Tensor>, ModelOutput> _body;
    private readonly GraphFunction<ModelOutput> _function;

    public ModelGraph(string name, IReadOnlyList<string> leaves, Func<IReadOnlyList<Tensor>, ModelOutput> body, [CallerFilePath] string file = "")
    {
        _body = body;
        int count = leaves.Count;
        _function = new(new GraphFunctionInfo<ModelOutput>
        {
            Name = name,
            Parameters = [.. leaves.Select(ParameterLeaves.Tensor)],
            SourceFile = file,
            Trace = call => body([.. Enumerable.Range(0, count).Select(_ => call.NextTensor())]),
            Flatten = static (result, call) =>
            {
                call.AddStatic(result.Layout);
                foreach (var tensor in result.Tensors)
                    call.Add(tensor);
            },
            Restore = static call =>
            {
                var layout = call.NextStatic<ModelLayout>();
                return new(layout, [.. layout.Names.Select(_ => call.NextTensor())]);
            },
        });
    }

    public GraphFunction Function => new(_function, this);

    public ModelOutput Run(IReadOnlyList<Tensor> leaves) => GraphFunctions.RunImperatively ? _body(leaves) : Call(leaves).Run<ModelOutput>();

    /// <summary>Traces without a run; null when nothing is traced.</summary>
    public (Ir.Graph Graph, ModelLayout Layout)? Trace(IReadOnlyList<Tensor> leaves)
    {
        if (GraphFunctions.RunImperatively)
            return null;
        var call = Call(leaves);
        try
        {
            var concrete = _function.CacheOf(this).For(_function, call);
            return (concrete.Graph, concrete.ResultLeaves[0].Static<ModelLayout>());
        }
        finally
        {
            call.Return();
        }
    }

    private GraphCall Call(IReadOnlyList<Tensor> leaves)
    {
        var call = _function.Begin(this);
        foreach (var leaf in leaves)
            call.Add(leaf);
        return call;
    }
}
