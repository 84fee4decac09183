using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Writes what stands between TorchSharp and the graph: the entry of a graph function, and how a module runs its own forward
/// method.</summary>
internal static class TorchEntryWriter
{
    private const string Services = "global::TensorGraph.CompilerServices.";

    /// <summary>The entry takes and gives TorchSharp's tensors, on the same memory as ours.</summary>
    public static GeneratedFile Entry(IMethodSymbol method, MethodDeclarationSyntax declaration, IMethodSymbol? shadow, Diagnostic? problem,
        bool callsBackward)
    {
        var writer = new CodeWriter();
        int open = ContainingTypes.Open(writer, declaration);
        var body = new MemberBody(declaration);
        string boundary = $"__{method.Name}_{TwinNames.Hash(method)}_Boundary";
        string function = shadow is null ? "" : TwinNames.Function(shadow);
        writer.Line($"private static readonly {Services}TorchBoundary {boundary} = new(\"{method.ContainingType.Name}.{method.Name}\"{(callsBackward ? ", callsBackward: true" : "")});");
        writer.Line();
        writer.Line($"[{Services}GraphEntry(\"{method.Name}\", Function = \"{function}\")] {TwinWriter.Hidden}");
        writer.Line($"{TwinWriter.Modifiers(method, body, overrides: false)}{TwinWriter.Head(method, body, TwinNames.Entry(method.Name))}");
        writer.Line("{");
        writer.Depth++;
        string names = string.Join(", ", declaration.ParameterList.Parameters.Select(p => p.Identifier));
        if (shadow is null)
            writer.Line($"throw new global::System.NotSupportedException({SymbolDisplay.FormatLiteral(
                $"{method.Name} cannot be converted; see the TG errors of its build. {problem?.Id}: {problem?.GetMessage()}", quote: true)});");
        else
            Run(writer, method, shadow, boundary, names);
        writer.Depth--;
        writer.Line("}");
        ContainingTypes.Close(writer, open);
        return new GeneratedFile(TwinNames.HintName(method, "Entry"), writer.ToString());
    }

    private static void Run(CodeWriter writer, IMethodSymbol method, IMethodSymbol shadow, string boundary, string names)
    {
        string types = method.TypeParameters.Length > 0 ? $"<{string.Join(", ", method.TypeParameters.Select(p => p.Name))}>" : "";
        string plain = $"{Place.Identifier(method)}{types}({names})";
        writer.Line($"if ({boundary}.RunsAsWritten)");
        writer.Line(method.ReturnsVoid ? $"{{ {plain}; return; }}" : $"    return {plain};");
        writer.Line($"using var __call = {boundary}.Begin();");
        string arguments = string.Join(", ", method.Parameters.Select(p => In(p.Type, Place.Identifier(p), p.Name)));
        string call = $"{TwinNames.Entry(shadow.Name)}{types}({arguments})";
        writer.Line("try");
        writer.Line("{");
        writer.Depth++;
        writer.Line(method.ReturnsVoid ? $"{call};" : $"var __result = {call};");
        foreach (string result in method.ReturnType.IsTorchTensor() ? [] : Parts(method.ReturnType, "__result"))
            writer.Line($"__call.Add({result});");
        if (!method.ReturnsVoid)
            writer.Line($"return {Out(method.ReturnType, "__result")};");
        writer.Depth--;
        writer.Line("}");
        writer.Line($"catch (global::TensorGraph.GraphException __error) when ({Services}TorchBoundary.Reworded(__error) is {{ }} __reworded)");
        writer.Line("{");
        writer.Line("    throw __reworded;");
        writer.Line("}");
    }

    private static string In(ITypeSymbol type, string value, string name) => type.HoldsTorchTensor() && !type.IsTorchParameter()
        ? type is INamedTypeSymbol { IsTupleType: true } tuple
            ? $"({string.Join(", ", tuple.TupleElements.Select(e => In(e.Type, $"{value}.{e.Name}", $"{name}.{e.Name}")))})"
            : $"__call.In({value}, \"{name}\")"
        : value;

    private static IEnumerable<string> Parts(ITypeSymbol type, string value) => !type.HoldsTorchTensor() ? []
        : type is INamedTypeSymbol { IsTupleType: true } tuple ? tuple.TupleElements.SelectMany(e => Parts(e.Type, $"{value}.{e.Name}"))
        : [value];

    private static string Out(ITypeSymbol type, string value) => type.HoldsTorchTensor()
        ? type is INamedTypeSymbol { IsTupleType: true } tuple
            ? $"({string.Join(", ", tuple.TupleElements.Select(e => Out(e.Type, $"{value}.{e.Name}")))})"
            : $"__call.Out({value})"
        : value;

    /// <summary>True for the method that a module runs on one or more tensors and gives one.</summary>
    public static bool IsModuleForward(IMethodSymbol method) =>
        method is { Name: "forward", IsOverride: true, IsGenericMethod: false } && method.ContainingType.IsTorchModule() && method.ReturnType.IsTorchTensor()
        && method.Parameters.All(p => p.Type.IsTorchTensor());

    /// <summary>A module runs its twin wherever it stands.</summary>
    public static GeneratedFile Module(IMethodSymbol method, MethodDeclarationSyntax declaration, string twin, string? problem)
    {
        var writer = new CodeWriter();
        // The type is opened without its base, so the interface is named where the type is.
        int open = ContainingTypes.Open(writer, declaration.Parent!);
        var type = (TypeDeclarationSyntax)declaration.Parent!;
        string kind = type is RecordDeclarationSyntax ? "record" : type.Keyword.Text;
        writer.Line($"partial {kind} {type.Identifier}{type.TypeParameterList} : {Services}ITracedModule");
        writer.Line("{");
        string arguments = string.Join(", ", method.Parameters.Select((_, i) => $"inputs[{i}]"));
        writer.Line($"    int {Services}ITracedModule.Inputs => {method.Parameters.Length};");
        writer.Line($"    global::TensorGraph.Tensor {Services}ITracedModule.Forward(global::System.ReadOnlySpan<global::TensorGraph.Tensor> inputs) => {(problem is null
            ? $"{twin}({arguments})"
            : $"throw {Services}TorchFront.NotConverted(this, {SymbolDisplay.FormatLiteral(problem, quote: true)})")};");
        writer.Line("}");
        ContainingTypes.Close(writer, open);
        return new GeneratedFile(TwinNames.HintName(method, "Module"), writer.ToString());
    }
}
