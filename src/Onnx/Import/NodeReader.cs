using System.Globalization;
using TensorGraph.CompilerServices;
using TensorGraph.Ir;
using TensorGraph.OnnxFormat;
using Kind = TensorGraph.OnnxFormat.AttributeProto.Types.AttributeType;

namespace TensorGraph;

/// <summary>
/// A node of a model that becomes ops. It notes which inputs its rule looked at: an input that a rule does not know would change the result unseen.
/// </summary>
internal sealed class NodeReader(
    GraphImporter graph, ImportScope scope, NodeProto node, IReadOnlyDictionary<string, AttributeProto> attributes, long opset)
{
    private readonly HashSet<int> _read = [];

    public GraphImporter Importer => graph;

    public ImportScope Scope => scope;

    public GraphBuilder Builder => graph.Builder;

    public NodeProto Proto => node;

    public long Opset => opset;

    /// <summary>How many inputs it has, those included that are left out.</summary>
    public int Count => node.Input.Count;

    public Value X => In(0);

    public Value Y => In(1);

    public bool Has(int input) => input < node.Input.Count && node.Input[input].Length > 0;

    /// <summary>True when a result has a name.</summary>
    public bool Wants(int output) => output < node.Output.Count && node.Output[output].Length > 0;

    /// <summary>An input that must be there.</summary>
    public Value In(int input) => graph.Materialize(Item(input), this);

    /// <summary>An input that may be left out.</summary>
    public Value? Optional(int input) => Has(input) ? In(input) : null;

    /// <summary>All inputs.</summary>
    public Value[] All(int first = 0) => [.. Enumerable.Range(first, Math.Max(0, Count - first)).Select(In)];

    /// <summary>An input as it is in the table of names.</summary>
    public Imported Item(int input)
    {
        if (!Has(input))
            throw Refuse($"input {input} is missing");
        _read.Add(input);
        return graph.Find(scope, node.Input[input]);
    }

    /// <summary>An input whose value must be known while the model is read.</summary>
    public Literal Constant(int input) => graph.Known.Needed(In(input))
        ?? throw Refuse($"input {input}, '{node.Input[input]}', is computed, and must be a constant");

    /// <summary>A constant input of one element.</summary>
    public Literal Number(int input) => Constant(input) is { Count: 1 } one ? one : throw Refuse($"input {input}, {In(input).Type}, should be one number");

    /// <summary>Takes a relation of sizes to hold; TG1013 where it does not, TG2006 in a call where it does not.</summary>
    public void Expect(Dim left, SizeRelation relation, Dim right)
    {
        if (left.IsConstant && right.IsConstant)
        {
            if (relation == SizeRelation.Equal ? left != right : left.Value > right.Value)
                throw Refuse($"sizes {left} and {right} do not go together");
            return;
        }

        Builder.Assume(new(left, relation, right, node.OpType, Builder.Source ?? SourceSpan.None));
    }

    /// <summary>A constant input as integers.</summary>
    public long[] Numbers(int input)
    {
        var literal = Constant(input);
        if (!literal.Type.DType.IsInteger() || literal.Count > TensorReader.MostAxes)
            throw Refuse($"input {input}, {literal.Type}, should be a short list of integers");
        return [.. Enumerable.Range(0, (int)literal.Count).Select(i => literal.GetLong(i))];
    }

    /// <summary>An input as sizes: what is not known while the model is read has a name that a run binds.</summary>
    public Dim[] Sizes(int input) => Sizes(In(input), $"input {input}");

    /// <inheritdoc cref="Sizes(int)"/>
    public Dim[] Sizes(Value value, string what) => [.. KnownSizes(value, what).Select((size, i) => size ?? Bind(Element(value, i)))];

    /// <summary>An input as sizes, null for one that only a run knows.</summary>
    public Dim?[] KnownSizes(int input) => KnownSizes(In(input), $"input {input}");

    private Dim?[] KnownSizes(Value value, string what)
    {
        if (value.Type.IsList || !value.DType.IsInteger() || value.Shape.Rank > 1 || !value.Shape.IsConstant
            || value.Shape.ElementCount.Value > TensorReader.MostAxes)
            throw Refuse($"{what}, {value.Type}, should be a list of integers, of a known length");
        return graph.Known.Sizes(value) is { } known ? [.. known] : new Dim?[value.Shape.ElementCount.Value];
    }

    /// <summary>An element of a list of numbers, as an i64 scalar.</summary>
    public Value Element(Value numbers, int i) => Builder.Cast(
        numbers.Shape.Rank == 1 ? Builder.Reshape(Builder.Slice(numbers, [i], [i + 1]), Shape.Scalar) : numbers, DType.I64);

    /// <summary>A size that is an i64 scalar when the graph runs.</summary>
    public Dim Bind(Value number) => GraphControl.Size(graph.Trace.TensorOf(number));

    /// <summary>Numbers and sizes as a list of i64.</summary>
    public Value List(params IEnumerable<Dim> sizes)
    {
        Dim[] all = [.. sizes];
        if (Array.TrueForAll(all, size => size.IsConstant))
            return Builder.Constant(Literal.FromLongs(new(DType.I64, [all.Length]), i => all[i].Value));
        Value[] parts = [.. all.Select(size => Builder.Reshape(Builder.DimSize(size, DType.I64), [1]))];
        return parts.Length == 1 ? parts[0] : Builder.Emit(OpDefs.Concat, Attrs.Of("axis", 0L), parts)[0];
    }

    private AttributeProto? Find(string name, Kind kind)
    {
        if (!attributes.TryGetValue(name, out var attribute))
            return null;
        // Files of early versions do not say the type.
        return attribute.Type == kind || attribute.Type == Kind.Undefined ? attribute
            : throw Refuse($"attribute '{name}' is {attribute.Type}, and should be {kind}");
    }

    public bool HasAttribute(string name) => attributes.ContainsKey(name);

    public long? Int(string name) => Find(name, Kind.Int)?.I;

    public long Int(string name, long otherwise) => Int(name) ?? otherwise;

    public double? Float(string name) => Find(name, Kind.Float)?.F;

    public double Float(string name, double otherwise) => Float(name) ?? otherwise;

    public string Text(string name, string otherwise) => Find(name, Kind.String)?.S.ToStringUtf8() ?? otherwise;

    public long[]? Ints(string name)
    {
        if (Find(name, Kind.Ints) is not { } attribute)
            return null;
        return attribute.Ints.Count <= TensorReader.MostAxes || name == "value_ints" ? [.. attribute.Ints]
            : throw Refuse($"attribute '{name}' has {attribute.Ints.Count} numbers");
    }

    public float[]? Floats(string name) => Find(name, Kind.Floats)?.Floats.ToArray();

    public string[]? Texts(string name) => Find(name, Kind.Strings)?.Strings.Select(text => text.ToStringUtf8()).ToArray();

    public TensorProto? Tensor(string name) => Find(name, Kind.Tensor)?.T;

    public GraphProto Graph(string name) => Find(name, Kind.Graph)?.G ?? throw Refuse($"it has no graph '{name}'");

    /// <summary>An axis from the front; the end is after the last one.</summary>
    public int Axis(long axis, int rank, bool end = false) => axis >= -rank && axis < rank + (end ? 1 : 0)
        ? (int)(axis < 0 ? axis + rank : axis)
        : throw Refuse($"axis {axis.ToString(CultureInfo.InvariantCulture)} is none of {rank}");

    /// <summary>Different axes from the front, ascending.</summary>
    public int[] Axes(IEnumerable<long> axes, int rank)
    {
        int[] all = [.. axes.Select(axis => Axis(axis, rank)).Order()];
        return all.Distinct().Count() == all.Length ? all : throw Refuse($"axes [{string.Join(", ", all)}] name one twice");
    }

    /// <summary>TG1013 for this node.</summary>
    public GraphException Refuse(string problem, Exception? cause = null) => graph.Refused(node, problem, cause);

    /// <summary>TG1013 when it has an input that its rule does not know.</summary>
    public void CheckUnread()
    {
        for (int i = 0; i < Count; i++)
        {
            if (Has(i) && !_read.Contains(i))
                throw Refuse($"input {i}, '{node.Input[i]}', does not import");
        }
    }
}
