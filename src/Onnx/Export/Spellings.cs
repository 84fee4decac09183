using System.Collections.Frozen;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>Each op as operators of ONNX, in files by family. Composites that are not here are given by simpler ops.</summary>
internal static partial class Spellings
{
    private static readonly FrozenDictionary<OpDef, Spelling> All = Pointwise().Concat(Movement()).Concat(Index()).Concat(Reductions())
        .Concat(Products()).Concat(Windows()).Concat(Control()).Concat(Lists()).ToFrozenDictionary(pair => pair.Op, pair => pair.Spelling);

    // Ops that no model can have, and why.
    private static readonly FrozenDictionary<OpDef, string> Missing = new Dictionary<OpDef, string>
    {
        [OpDefs.AssignVariable] = "a model has weights, no variables that a run assigns",
        [OpDefs.AdvanceRandom] = "a model has no generator of random numbers whose state goes on from run to run",
        [OpDefs.RandomBits] = "ONNX has no generator of these numbers",
        [OpDefs.HostCall] = "it calls C# code",
        [OpDefs.Print] = "ONNX has no output of text",
        [OpDefs.Assert] = "ONNX has no check of values",
        [OpDefs.Call] = "its sizes do not fit",
    }.ToFrozenDictionary();

    /// <summary>The spelling of an op, or null.</summary>
    public static Spelling? Find(OpDef op) => All.GetValueOrDefault(op);

    /// <summary>The reason why an op without a spelling has none.</summary>
    public static string WhyNot(OpDef op) => Missing.GetValueOrDefault(op, "ONNX has no operator for it");

    private static bool IsUnit(IEnumerable<long> numbers) => numbers.All(number => number == 1);

    private static bool IsPadding(Shape sizes) => sizes.All(size => size.IsConstant && size.Value >= 0);
}
