using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>
/// A shape of expression. A pattern made by <see cref="Any"/> is a variable: it stands for the same value wherever it occurs in a rule.
/// </summary>
public sealed class Pattern
{
    // A constant larger than this is not searched for equal elements.
    private const long MostElements = 1024;

    private readonly Func<Value, Match, bool> _matches;

    private Pattern(Func<Value, Match, bool> matches) => _matches = matches;

    /// <summary>The op that a value must come from; null when other ops match too.</summary>
    public OpDef? Root { get; private init; }

    /// <summary>A variable.</summary>
    public static Pattern Any()
    {
        Pattern? self = null;
        return self = new((value, match) => match.Bind(self!, value));
    }

    /// <summary>The result of an op on inputs like these.</summary>
    public static Pattern Of(OpDef op, params Pattern[] inputs) => new((value, match) => MatchesInputs(value, op, inputs, match)) { Root = op };

    /// <summary>The result of an op, whatever its inputs.</summary>
    public static Pattern Node(OpDef op) => new((value, _) => value.Node.Op == op && value.Index == 0) { Root = op };

    /// <summary>A constant, or the broadcast of one, all elements of which are this number; −0 is not 0.</summary>
    public static Pattern Number(double number) => new((value, _) => IsSplat(value, number));

    /// <summary>This pattern, when the value also fulfils a condition.</summary>
    public Pattern When(Func<Value, bool> condition) => new((value, match) => _matches(value, match) && condition(value)) { Root = Root };

    internal bool Matches(Value value, Match match) => _matches(value, match);

    /// <summary>True when all elements are that number.</summary>
    internal static bool IsSplat(Value value, double number)
    {
        while (value.Node.Op == OpDefs.BroadcastTo)
            value = value.Node.Inputs[0];
        if (value.Node.Op != OpDefs.Constant || value.DType == DType.String)
            return false;
        var literal = value.Node.Attrs.Get<Literal>("value");
        if (literal.Count is 0 or > MostElements)
            return false;
        for (long i = 0; i < literal.Count; i++)
        {
            double element = literal.GetDouble(i);
            if (element != number || double.IsNegative(element) != double.IsNegative(number))
                return false;
        }

        return true;
    }

    private static bool MatchesInputs(Value value, OpDef op, Pattern[] inputs, Match match)
    {
        if (value.Node.Op != op || value.Index != 0 || value.Node.Inputs.Length != inputs.Length)
            return false;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (!inputs[i]._matches(value.Node.Inputs[i], match))
                return false;
        }

        return true;
    }
}

/// <summary>The values that the variables of a pattern stand for.</summary>
public sealed class Match(Node root, GraphBuilder build)
{
    private readonly List<(Pattern Variable, Value Value)> _bindings = [];

    /// <summary>The node that the whole pattern matched.</summary>
    public Node Root => root;

    /// <summary>Takes the right side of a rule.</summary>
    public GraphBuilder Builder => build;

    /// <summary>The value of a variable.</summary>
    public Value this[Pattern variable] => _bindings.First(binding => ReferenceEquals(binding.Variable, variable)).Value;

    internal bool Bind(Pattern variable, Value value)
    {
        foreach (var binding in _bindings)
        {
            if (ReferenceEquals(binding.Variable, variable))
                return binding.Value == value;
        }

        _bindings.Add((variable, value));
        return true;
    }
}
