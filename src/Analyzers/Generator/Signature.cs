using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TensorGraph.Analyzers;

/// <summary>
/// Writes how arguments and results are taken apart into tensors and host values, and put together again. Both directions walk
/// the same <see cref="Structure"/>, so they agree by construction.
/// </summary>
internal static class Signature
{
    private const string LeavesType = "global::TensorGraph.CompilerServices.ParameterLeaves";

    /// <summary>The leaves of each parameter, for the run time: it names them, and adds them from specs.</summary>
    public static IEnumerable<string> ParameterLeaves(IMethodSymbol method, CallGraph calls) =>
        method.Parameters.Select(p => CollectionUse.Of(p, calls) is { } use
        && Structure.OfParameter(p.Type) is { Kind: StructureKind.Static } collection
        ? $"{LeavesType}.Collection<{collection.TypeName}>({SymbolDisplay.FormatLiteral(p.Name, quote: true)}, {Text(use.ReadsContent)}, {Text(use.KeepsObject)})"
        : Leaves(Structure.OfParameter(p.Type), p.Name));

    /// <summary>The statements of the entry that give the call its arguments.</summary>
    public static void Arguments(CodeWriter writer, IMethodSymbol method, CallGraph calls)
    {
        foreach (IParameterSymbol parameter in method.Parameters)
            Argument(writer, parameter, "__call", calls);
    }

    /// <summary>The delegate that reads the arguments from a call and runs the twin with them.</summary>
    public static void Trace(CodeWriter writer, IMethodSymbol method, CallGraph calls)
    {
        writer.Line("Trace = static __call =>");
        writer.Line("{");
        writer.Depth++;
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            Read(writer, Structure.OfParameter(parameter.Type), Identifier(parameter), "__call", 0);
            if (Structure.OfParameter(parameter.Type).Kind == StructureKind.Static
                && CollectionUse.Of(parameter, calls) is { ReadsContent: true, KeepsObject: true })
                writer.Line($"__call.NextStatic<{Structure.OfParameter(parameter.Type).TypeName}>();");
        }
        string owner = method.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        string types = method.TypeParameters.Length > 0 ? $"<{string.Join(", ", method.TypeParameters.Select(t => t.Name))}>" : "";
        string call = $"{(method.IsStatic ? owner : $"(({owner})__call.Target!)")}.{TwinNames.Twin(method.Name)}{types}({string.Join(", ", method.Parameters.Select(Identifier))})";
        writer.Line(method.ReturnsVoid ? call + ";" : $"var __result = {call};");
        if (method.Parameters.Any(p => IsChangeable(Structure.OfParameter(p.Type))))
        {
            writer.Line("var __again = __call.Again();");
            foreach (IParameterSymbol parameter in method.Parameters)
                Argument(writer, parameter, "__again", calls);
            writer.Line("__call.CheckUnchanged(__again);");
        }
        writer.Line(method.ReturnsVoid ? "return default;" : "return __result;");
        writer.Depth--;
        writer.Line("},");
    }

    // A C# collection without tensors stays the caller's object; those of tensors are copied.
    private static bool IsChangeable(Structure structure) => structure.HoldsTensor && (structure.Kind switch
    {
        StructureKind.Array or StructureKind.Dictionary => true,
        StructureKind.List => structure.Type.Name is "List" or "IList" or "ICollection",
        _ => false,
    } || structure.Parts.Any(p => IsChangeable(p.Part)));

    private static void Argument(CodeWriter writer, IParameterSymbol parameter, string sink, CallGraph calls)
    {
        Structure structure = Structure.OfParameter(parameter.Type);
        if (structure.Kind != StructureKind.Static || CollectionUse.Of(parameter, calls) is not { } use)
        {
            Add(writer, structure, Identifier(parameter), sink, 0);
            return;
        }
        if (use.KeepsObject)
            writer.Line($"{sink}.AddStatic({Identifier(parameter)});");
        if (use.ReadsContent)
            writer.Line($"{sink}.AddContents({Identifier(parameter)});");
    }

    /// <summary>The delegates that take a result apart and put it together.</summary>
    public static void Results(CodeWriter writer, IMethodSymbol method, string resultType)
    {
        writer.Line("Flatten = static (__result, __leaves) =>");
        writer.Line("{");
        writer.Depth++;
        if (!method.ReturnsVoid)
            Add(writer, Structure.Of(method.ReturnType), "__result", "__leaves", 0);
        writer.Depth--;
        writer.Line("},");
        writer.Line("Restore = static __leaves =>");
        writer.Line("{");
        writer.Depth++;
        if (!method.ReturnsVoid)
            Read(writer, Structure.Of(method.ReturnType), "__result", "__leaves", 0);
        writer.Line(method.ReturnsVoid ? "return default;" : "return __result;");
        writer.Depth--;
        writer.Line("},");
    }

    private static string Leaves(Structure structure, string name)
    {
        string text = SymbolDisplay.FormatLiteral(name, quote: true);
        if (structure is { IsNullable: true, HoldsTensor: true })
            return $"{LeavesType}.Optional({text}, {Leaves(structure with { Type = structure.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated) }, "")})";
        return structure.Kind switch
        {
            StructureKind.Tensor => $"{LeavesType}.Tensor({text})",
            StructureKind.TensorArray => $"{LeavesType}.Optional({text}, {LeavesType}.Tensor(\"\"))",
            StructureKind.Array or StructureKind.List => $"{LeavesType}.Sequence({text}, {Leaves(structure.Parts[0].Part, "")})",
            StructureKind.Dictionary => $"{LeavesType}.Map<{KeyType(structure)}>({text}, {Leaves(structure.Parts[0].Part, "")})",
            StructureKind.Cancellation => $"{LeavesType}.Group({text})",
            StructureKind.Static => $"{LeavesType}.Value<{structure.TypeName}>({text})",
            _ => $"{LeavesType}.Group({text}, {string.Join(", ", structure.Parts.Select(p => Leaves(p.Part, "." + p.Name)))})",
        };
    }

    private static string Text(bool value) => value ? "true" : "false";

    private static string KeyType(Structure dictionary) =>
        ((INamedTypeSymbol)dictionary.Type).TypeArguments[0].ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    public static string Identifier(IParameterSymbol parameter) =>
        SyntaxFacts.GetKeywordKind(parameter.Name) != SyntaxKind.None ? "@" + parameter.Name : parameter.Name;

    private static void Add(CodeWriter writer, Structure structure, string value, string sink, int level)
    {
        if (structure.IsNullable && structure.HoldsTensor)
        {
            writer.Line($"{sink}.AddStatic({value} is not null);");
            writer.Line($"if ({value} is not null)");
        }
        bool block = structure is { IsNullable: true, HoldsTensor: true };
        if (block)
        {
            writer.Line("{");
            writer.Depth++;
        }
        string item = $"__item{level}";
        switch (structure.Kind)
        {
            case StructureKind.Tensor:
                writer.Line($"{sink}.Add({value});");
                break;
            case StructureKind.TensorArray:
                writer.Line($"{sink}.AddArray({value});");
                break;
            case StructureKind.Cancellation:
                break;
            case StructureKind.Static:
                writer.Line($"{sink}.AddStatic({value});");
                break;
            case StructureKind.Tuple or StructureKind.Record or StructureKind.Struct:
                foreach ((string name, Structure part) in structure.Parts)
                    Add(writer, part, $"{value}.{name}", sink, level);
                break;
            case StructureKind.List when structure.Type.Name == "IEnumerable":
                // What is made on demand is made once.
                string items = $"__items{level}";
                writer.Line("{");
                writer.Depth++;
                writer.Line($"var {items} = global::System.Linq.Enumerable.ToList({value});");
                writer.Line($"{sink}.AddStatic({items}.Count);");
                AddEach(writer, structure, $"foreach (var {item} in {items})", item, sink, level);
                writer.Depth--;
                writer.Line("}");
                break;
            case StructureKind.Array or StructureKind.List or StructureKind.Dictionary:
                // The order of a dictionary is a part of the signature, since a loop over it sees it.
                writer.Line($"{sink}.AddStatic({value}.{(structure.Kind == StructureKind.Array ? "Length" : "Count")});");
                AddEach(writer, structure, $"foreach (var {item} in {value})", item, sink, level);
                break;
        }
        if (block)
        {
            writer.Depth--;
            writer.Line("}");
        }
    }

    private static void AddEach(CodeWriter writer, Structure structure, string head, string item, string sink, int level)
    {
        writer.Line(head);
        writer.Line("{");
        writer.Depth++;
        if (structure.Kind == StructureKind.Dictionary)
            writer.Line($"{sink}.AddStatic({item}.Key);");
        Add(writer, structure.Parts[0].Part, structure.Kind == StructureKind.Dictionary ? item + ".Value" : item, sink, level + 1);
        writer.Depth--;
        writer.Line("}");
    }

    /// <summary>Declares <paramref name="variable"/> with the value that is read.</summary>
    private static void Read(CodeWriter writer, Structure structure, string variable, string source, int level)
    {
        if (structure is { IsNullable: true, HoldsTensor: true })
        {
            writer.Line($"{structure.TypeName} {variable} = null;");
            writer.Line($"if ({source}.NextStatic<bool>())");
            writer.Line("{");
            writer.Depth++;
            Read(writer, structure with { Type = structure.Type.WithNullableAnnotation(NullableAnnotation.NotAnnotated) }, variable + "_value",
                source, level);
            writer.Line($"{variable} = {variable}_value;");
            writer.Depth--;
            writer.Line("}");
            return;
        }
        switch (structure.Kind)
        {
            case StructureKind.Tensor:
                writer.Line($"var {variable} = {source}.NextTensor();");
                break;
            case StructureKind.TensorArray:
                writer.Line($"var {variable} = {source}.NextArray();");
                break;
            case StructureKind.Cancellation:
                writer.Line($"var {variable} = {structure.TypeName}.None;");
                break;
            case StructureKind.Static:
                writer.Line($"var {variable} = {source}.NextStatic<{structure.TypeName}>();");
                break;
            case StructureKind.Tuple or StructureKind.Record or StructureKind.Struct:
                for (int i = 0; i < structure.Parts.Length; i++)
                    Read(writer, structure.Parts[i].Part, $"{variable}_{i}", source, level);
                string parts = string.Join(", ", structure.Parts.Select((_, i) => $"{variable}_{i}"));
                writer.Line(structure.Kind switch
                {
                    StructureKind.Tuple => $"{structure.TypeName} {variable} = ({parts});",
                    StructureKind.Record => $"var {variable} = new {structure.BareTypeName}({parts});",
                    _ => $"var {variable} = {structure.BuildStruct(structure.Parts.Select((_, i) => $"{variable}_{i}"))};",
                });
                break;
            default:
                ReadAll(writer, structure, variable, source, level);
                break;
        }
    }

    private static void ReadAll(CodeWriter writer, Structure structure, string variable, string source, int level)
    {
        string element = structure.Parts[0].Part.TypeName;
        string index = $"__i{level}";
        string item = $"__item{level}";
        writer.Line($"int {variable}_count = {source}.NextStatic<int>();");
        writer.Line(structure.Kind == StructureKind.Array
            ? $"var {variable} = ({structure.ArrayTypeName})global::System.Array.CreateInstance(typeof({element.TrimEnd('?')}), {variable}_count);"
            : $"var {variable} = new {structure.BuiltTypeName}();");
        writer.Line($"for (int {index} = 0; {index} < {variable}_count; {index}++)");
        writer.Line("{");
        writer.Depth++;
        if (structure.Kind == StructureKind.Dictionary)
            writer.Line($"var {item}_key = {source}.NextStatic<{KeyType(structure)}>();");
        Read(writer, structure.Parts[0].Part, item, source, level + 1);
        writer.Line(structure.Kind switch
        {
            StructureKind.Array => $"{variable}[{index}] = {item};",
            StructureKind.Dictionary => $"{variable}.Add({item}_key, {item});",
            _ => $"{variable}.Add({item});",
        });
        writer.Depth--;
        writer.Line("}");
    }
}
