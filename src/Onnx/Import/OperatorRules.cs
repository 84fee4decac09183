using System.Collections.Frozen;

namespace TensorGraph;

/// <summary>The operators that import, in files by family.</summary>
internal static partial class OperatorRules
{
    /// <summary>The opsets whose models import.</summary>
    public const int FirstOpset = 7, LastOpset = 21;

    /// <summary>All rules by operator, each list from the first opset to the last.</summary>
    public static FrozenDictionary<string, OperatorRule[]> All => Table.All;

    /// <summary>The rule of an operator in an opset, or null.</summary>
    public static OperatorRule? Find(string name, long opset) =>
        All.TryGetValue(name, out var rules) && Array.FindLast(rules, rule => rule.Since <= opset) is { } found && !(found.Until <= opset)
            ? found : null;

    // Made at the first use, when the fields of all files have their values.
    private static class Table
    {
        public static readonly FrozenDictionary<string, OperatorRule[]> All = Pointwise().Concat(Activations()).Concat(Movement()).Concat(Indexing())
            .Concat(Reductions()).Concat(Products()).Concat(Windows()).Concat(Normalizations()).Concat(Creation()).Concat(Control())
            .Concat(Recurrent()).Concat(Sequences()).Concat(Quantization()).Concat(Sampling()).Concat(Places()).Concat(Suppression())
            .Concat(Transformers()).Concat(QLinear())
            .GroupBy(rule => rule.Operator, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.OrderBy(rule => rule.Since).ToArray(), StringComparer.Ordinal);
    }
}
