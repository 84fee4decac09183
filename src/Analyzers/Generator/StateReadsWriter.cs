using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>Writes the call by which a twin tells the trace which fields and properties of one object its body reads.</summary>
internal static class StateReadsWriter
{
    /// <summary>Writes the call.</summary>
    /// <param name="writer">Takes it.</param>
    /// <param name="method">The method.</param>
    /// <param name="number">Tells the objects of one method apart.</param>
    /// <param name="reads">The reads, all of one object.</param>
    public static void Write(CodeWriter writer, IMethodSymbol method, int number, IReadOnlyList<StateRead> reads)
    {
        (StateRoot root, string parameter) = (reads[0].Root, reads[0].Parameter);
        (string owner, string? type) = root switch
        {
            StateRoot.This => ("this", method.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)),
            StateRoot.Parameter => ("@" + parameter, Structure.Of(method.Parameters.First(p => p.Name == parameter).Type).BareTypeName),
            _ => ("null", null),
        };
        string names = string.Join(", ", reads.Select(r => $"\"{r.Name}\""));
        string condition = root == StateRoot.Parameter && !method.Parameters.First(p => p.Name == parameter).Type.IsValueType
            ? $"if ({owner} is not null) "
            : "";
        if (reads[0].Holder is { } holder)
        {
            string held = $"__holder{number}";
            condition = $"if ({owner}{(condition.Length > 0 ? "?" : "")}.{holder.Path} is {{ }} {held}) ";
            (owner, type) = (held, Structure.Of(holder.Type).BareTypeName);
        }
        writer.Hidden($"{condition}{TensorGraphTypes.GraphControl}.Reads({owner}, [{names}], static (__owner, __state) =>");
        writer.OpenBlock();
        if (type is not null)
            writer.Hidden($"var __it = ({type})__owner!;");
        foreach (StateRead read in reads)
            writer.Hidden($"__state.{Add(read, type is null ? ("(object?)null", "_", "") : ("__it", "it", "it."), type is null ? "" : "__it.")};");
        writer.CloseBlock(");");
    }

    private static string Add(StateRead read, (string Owner, string Parameter, string Prefix) computed, string prefix) => read.Kind switch
    {
        StateKind.Content when Structure.Of(Place.TypeOf(read.Member)!).HoldsTensor => $"AddTensors({prefix}{Of(read)})",
        StateKind.Content => $"AddContents({prefix}{Of(read)})",
        StateKind.Computed => $"AddComputed({computed.Owner}, static {computed.Parameter} => {computed.Prefix}{Of(read)})",
        _ => $"AddStatic({prefix}{Of(read)})",
    };

    private static string Of(StateRead read) => read.Holder?.Tail ?? read.Path;
}
