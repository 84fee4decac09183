using System.Collections.Immutable;
using TensorGraph.Ir;

namespace TensorGraph.Passes;

/// <summary>
/// A rewrite of one expression. Laws that all rules obey: the value stays the same in every bit that IEEE 754 defines (so −0, infinities and
/// NaN count, the payload of a NaN does not); the result is never more work; the type stays the same, else the rule does not fire.
/// </summary>
/// <param name="Name">Name, kebab-case.</param>
/// <param name="Equation">What it says, for the docs.</param>
/// <param name="From">Left side; its root is an op.</param>
/// <param name="To">Right side; null when the rule does not apply after all.</param>
public sealed record Rule(string Name, string Equation, Pattern From, Func<Match, Value?> To);

/// <summary>Applies the first rule that fits, node by node.</summary>
internal sealed class RuleRewriter(ILookup<OpDef, Rule> rules) : Rewriter
{
    // Of the pass that runs on this thread.
    [ThreadStatic]
    private static Dictionary<(string Rule, SourceSpan Source), int>? _fired;

    /// <summary>Runs a pass and tells which rules fired in it.</summary>
    public static Graph Run(Pass pass, Graph graph, out ImmutableArray<RuleUse> fired)
    {
        var outer = _fired;
        _fired = null;
        try
        {
            var result = pass.Apply(graph);
            fired = _fired is null ? [] : [.. _fired.Select(use => new RuleUse(use.Key.Rule, use.Key.Source, use.Value))];
            return result;
        }
        finally
        {
            _fired = outer;
        }
    }

    public static ILookup<OpDef, Rule> Index(IEnumerable<Rule> rules) =>
        rules.ToLookup(rule => rule.From.Root ?? throw new InvalidOperationException($"rule {rule.Name} has no root op"));

    protected override ImmutableArray<Value>? Replace(Node node)
    {
        if (node.Types.Length != 1)
            return null;
        foreach (var rule in rules[node.Op])
        {
            var match = new Match(node, Builder);
            if (!rule.From.Matches(node[0], match))
                continue;
            int mark = Builder.Body.Count;
            if (rule.To(match) is { } value && value.Type == node.Types[0])
            {
                Count(rule, node.Source);
                return [value];
            }

            Builder.Undo(mark);
        }

        return null;
    }

    private static void Count(Rule rule, SourceSpan source)
    {
        _fired ??= [];
        _fired[(rule.Name, source)] = _fired.GetValueOrDefault((rule.Name, source)) + 1;
    }
}
