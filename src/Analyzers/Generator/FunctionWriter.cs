using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Writes the file of one graph function: its handle, its entry and its twin.</summary>
internal static class FunctionWriter
{
    private const string Services = "global::TensorGraph.CompilerServices.";

    public static GeneratedFile Write(IMethodSymbol method, MethodDeclarationSyntax declaration, CallGraph calls, Action<Diagnostic> report)
    {
        var writer = new CodeWriter();
        int open = ContainingTypes.Open(writer, declaration);
        string twin = TwinWriter.Write(method, declaration, calls, report, writer.Depth);
        Handle(writer, method, declaration, calls, twin);
        writer.Line();
        Entry(writer, method, declaration, calls);
        writer.Line();
        writer.Append(twin);
        ContainingTypes.Close(writer, open);
        return new GeneratedFile(TwinNames.HintName(method, "Function"), writer.ToString());
    }

    private static string ResultType(IMethodSymbol method) => method.ReturnsVoid ? Services + "Unit" : Structure.Of(method.ReturnType).TypeName;

    private static void Handle(CodeWriter writer, IMethodSymbol method, MethodDeclarationSyntax declaration, CallGraph calls, string twin)
    {
        AttributeData attribute = method.GraphFunction()!;
        string field = TwinNames.Function(method);
        string type = $"global::TensorGraph.GraphFunction<{ResultType(method)}>";
        bool generic = method.TypeParameters.Length > 0;
        if (generic)
        {
            // A field of its own for each instantiation.
            writer.Line($"private static class {field}{declaration.TypeParameterList} {string.Join(" ", declaration.ConstraintClauses)}");
            writer.Line("{");
            writer.Depth++;
        }
        writer.Line(TwinWriter.Hidden);
        string access = TwinWriter.NamesOnlyVisibleTypes(method) || generic ? "internal" : SyntaxFacts.GetText(method.DeclaredAccessibility);
        writer.Line($"{access} static readonly {type} {(generic ? "Value" : field)} = new(new {Services}GraphFunctionInfo<{ResultType(method)}>");
        writer.Line("{");
        writer.Depth++;
        Name(writer, method);
        writer.Line($"Parameters = [{string.Join(", ", Signature.ParameterLeaves(method, calls))}],");
        writer.Line($"InputSignature = {InputSignature(attribute)},");
        Shapes(writer, method);
        writer.Line($"ReduceRetracing = {(Argument(attribute, "ReduceRetracing") is { Value: false } ? "false" : "true")},");
        if (Argument(attribute, "LoopMemoryBudget") is { Value: long and > 0 and var budget })
            writer.Line(FormattableString.Invariant($"LoopMemoryBudget = {budget},"));
        if (calls.MembersWritten(method).Any(IsHostCollection))
            writer.Line("ChangesCollections = true,");
        FileLinePositionSpan span = declaration.SyntaxTree.GetLineSpan(declaration.Identifier.Span);
        writer.Line($"SourceFile = {Literal(span.Path)}, SourceLine = {span.StartLinePosition.Line + 1},");
        writer.Line($"ConvertedSource = {Literal(CodeWriter.Readable(twin))},");
        Signature.Trace(writer, method, calls);
        Signature.Results(writer, method, ResultType(method));
        writer.Depth--;
        writer.Line("});");
        if (generic)
        {
            writer.Depth--;
            writer.Line("}");
        }
    }

    // Type parameters are numbers in the text: the run time puts their types there.
    private static void Name(CodeWriter writer, IMethodSymbol method)
    {
        var parameters = new List<string>();
        var parts = method.ContainingType.ToDisplayParts(SymbolDisplayFormat.CSharpErrorMessageFormat);
        string name = string.Concat(parts.Select(part => part.Symbol is ITypeParameterSymbol ? Place(part.ToString()) : part.ToString())) + "." + method.Name;
        if (method.TypeParameters.Length > 0)
            name += $"<{string.Join(", ", method.TypeParameters.Select(parameter => Place(parameter.Name)))}>";
        writer.Line($"Name = {Literal(name)},");
        if (parameters.Count > 0)
            writer.Line($"TypeArguments = [{string.Join(", ", parameters.Select(parameter => $"typeof({parameter})"))}],");

        string Place(string parameter)
        {
            parameters.Add(parameter);
            return $"{{{parameters.Count - 1}}}";
        }
    }

    private static bool IsHostCollection(WrittenMember written) =>
        written.Content
        && (((written.Member as IFieldSymbol)?.Type ?? (written.Member as IPropertySymbol)?.Type) is not { } type || !Structure.Of(type).HoldsTensor);

    private static void Shapes(CodeWriter writer, IMethodSymbol method)
    {
        string[] shapes = [.. method.Parameters.Where(p => p.Type.IsTensor()).Select(p => (p.Name, Sizes: DeclaredShapes.Text(p.GetAttributes())))
            .Where(p => p.Sizes is not null)
            .Select(p => $"({Literal(p.Name)}, {Literal(p.Sizes!)})")];
        if (shapes.Length > 0)
            writer.Line($"Shapes = [{string.Join(", ", shapes)}],");
        if (method.ReturnType.IsTensor() && DeclaredShapes.Text(method.GetReturnTypeAttributes()) is { } result)
            writer.Line($"ResultShape = {Literal(result)},");
    }

    private static void Entry(CodeWriter writer, IMethodSymbol method, MethodDeclarationSyntax declaration, CallGraph calls)
    {
        var body = new MemberBody(declaration);
        string handle = TwinNames.Function(method) + (method.TypeParameters.Length > 0 ? declaration.TypeParameterList + ".Value" : "");
        writer.Line($"[{Services}GraphEntry(\"{method.Name}\", Function = \"{TwinNames.Function(method)}\")] {TwinWriter.Hidden}");
        writer.Line($"{TwinWriter.Modifiers(method, body, overrides: method.OverriddenMethod?.GraphFunction() is not null)}{TwinWriter.Head(method, body, TwinNames.Entry(method.Name))}");
        writer.Line("{");
        writer.Depth++;
        string types = declaration.TypeParameterList is { } list ? $"<{string.Join(", ", list.Parameters.Select(p => p.Identifier))}>" : "";
        string plain = $"{Place.Identifier(method)}{types}({string.Join(", ", declaration.ParameterList.Parameters.Select(p => p.Identifier))})";
        // A token is no argument of the graph: it stops what runs in here, op by op or as a graph.
        foreach (IParameterSymbol token in method.Parameters.Where(p => p.Type.IsCancellationToken()))
            writer.Line($"using var __{token.Name}_scope = {Services}GraphCall.StoppedBy({Signature.Identifier(token)});");
        // Plain C# takes the caller's own objects, not copies.
        writer.Line("if (global::TensorGraph.GraphFunctions.RunImperatively)");
        writer.Line(method.ReturnsVoid ? $"{{ {plain}; return; }}" : $"    return {plain};");
        writer.Line($"var __call = {handle}.Begin({(method.IsStatic ? "null" : "this")});");
        Signature.Arguments(writer, method, calls);
        writer.Line(method.ReturnsVoid ? $"__call.Run<{Services}Unit>();" : $"return __call.Run<{ResultType(method)}>();");
        writer.Depth--;
        writer.Line("}");
    }

    private static string InputSignature(AttributeData attribute) =>
        Argument(attribute, "InputSignature") is { Kind: TypedConstantKind.Array, IsNull: false } list
            ? "[" + string.Join(", ", list.Values.Select(v => Literal(v.Value as string ?? ""))) + "]"
            : "null";

    private static TypedConstant? Argument(AttributeData attribute, string name)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            if (argument.Key == name)
                return argument.Value;
        }
        return null;
    }

    private static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}
