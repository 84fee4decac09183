using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Writes the traced twin of a method: its own head under another name, and its converted body.</summary>
internal static class TwinWriter
{
    public const string Hidden = "[global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]";

    public static string Write(IMethodSymbol method, SyntaxNode declaration, CallGraph calls, Action<Diagnostic> report, int depth)
    {
        SemanticModel model = calls.Model(declaration.SyntaxTree);
        var body = new MemberBody(declaration);
        var writer = new CodeWriter(depth);
        writer.Line($"[global::TensorGraph.CompilerServices.TracedTwin(\"{method.Name}\")] {Hidden}");
        bool overrides = method.OverriddenMethod is { } overridden && calls.HasTwin(CallGraph.Definition(overridden));
        if (method.GetAttributes().Any(a => a.AttributeClass?.Name == "SetsRequiredMembersAttribute"))
            writer.Line("[global::System.Diagnostics.CodeAnalysis.SetsRequiredMembers]");
        // The compiler leaves calls of the twin out where it leaves out those of the method.
        foreach (AttributeData conditional in method.GetAttributes().Where(a => a.AttributeClass?.Name == "ConditionalAttribute"))
            writer.Line($"[global::System.Diagnostics.Conditional({SymbolDisplay.FormatLiteral((string)conditional.ConstructorArguments[0].Value!, quote: true)})]");
        if (body is { Block: null, Expression: null } || (method.ContainingType.TypeKind == TypeKind.Interface && !calls.HasConvertedBody(method)))
        {
            // What has no body here, or one that needs no twin of its own, runs as it is.
            writer.Line($"{Modifiers(method, body, overrides, overrides && calls.IsRunByOthers(method))}{Head(method, body, TwinNames.Twin(method))}");
            writer.Line("{");
            writer.Line(method is { IsStatic: true, IsAbstract: true }
                ? $"    throw new global::System.NotSupportedException(\"{method.ContainingType.Name}.{method.Name} is implemented without a traced twin; the reason is a TG error of a build that runs analyzers, where nothing silences it.\");"
                : $"    {body.Run(method)}");
            writer.Line("}");
            return writer.ToString();
        }
        var context = new ConversionContext(method, declaration, model, calls, report);
        if (FileLocalName(declaration, model) is { } name)
            context.Report(Rules.FileLocalType, name.GetLocation(), name.Identifier.Text);
        var converter = new FunctionConverter(new FunctionScope(context, declaration, method.MethodKind == MethodKind.Constructor ? null
            : method.ReturnType));
        writer.Line($"{Modifiers(method, body, overrides, overrides && calls.IsRunByOthers(method))}{Head(method, body, TwinNames.Twin(method))}{Chain(converter, body)}");
        writer.Line("{");
        CodeWriter converted = body.Block is { } block ? converter.Block(block, depth + 1) : converter.Expression(body.Expression!, depth + 1);
        // Half a conversion could not be right; the analyzers say what to change, and whoever silences them gets an exception.
        if (context.HasErrors)
            writer.Line($"    throw new global::System.NotSupportedException(\"{method.Name} cannot be converted; the reason is a TG error of a build that runs analyzers, where nothing silences it.\");");
        else
            WriteBody(writer, method, calls, context.Self, converted);
        writer.EndMapping();
        writer.Line("}");
        return writer.ToString();
    }

    // Generated code is another file.
    private static SimpleNameSyntax? FileLocalName(SyntaxNode declaration, SemanticModel model)
    {
        var local = new HashSet<string>(declaration.SyntaxTree.GetRoot()
            .DescendantNodes(n => n is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<BaseTypeDeclarationSyntax>().Where(t => t.Modifiers.Any(SyntaxKind.FileKeyword)).Select(t => t.Identifier.Text));
        return local.Count == 0 ? null : declaration.DescendantNodes().OfType<SimpleNameSyntax>()
            .FirstOrDefault(n => local.Contains(n.Identifier.Text) && model.GetSymbolInfo(n).Symbol is INamedTypeSymbol { IsFileLocal: true });
    }

    // The constructor that runs first, of the base class or of the class itself, may have a twin too.
    private static string Chain(FunctionConverter converter, MemberBody body) =>
        body.Declaration is ConstructorDeclarationSyntax constructor && converter.Initializer(constructor) is { } chain
        ? " " + chain.Replace("\n", " ").Replace("\r", "")
        : "";

    private static void WriteBody(CodeWriter writer, IMethodSymbol method, CallGraph calls, string? self, CodeWriter converted)
    {
        writer.Depth++;
        if (self is not null)
            writer.Hidden($"var {self} = this;");
        int number = 0;
        foreach (var reads in TracedState.Of(method, calls).Compared.SelectMany(r => r.Guards).GroupBy(r => (r.Root, r.Parameter, r.Holder?.Path)))
            StateReadsWriter.Write(writer, method, number++, [.. reads.GroupBy(r => (r.Path, r.Kind)).Select(same => same.First())]);
        writer.Depth--;
        writer.Append(converted);
    }

    /// <summary>Return type, name, parameters and constraints as the user wrote them.</summary>
    public static string Head(IMethodSymbol method, MemberBody body, string name)
    {
        if (method.MethodKind == MethodKind.Constructor)
            return $"{name}({string.Join(", ", new[] { $"{TensorGraphTypes.TracedConstructor} __traced", body.Parameters }.Where(p => p.Length > 0))})";
        return $"{body.ReturnType} {body.Interface}{name}{body.TypeParameters}({body.Parameters}){body.Constraints}";
    }

    /// <summary>
    /// Static, virtual and override stay; access is as wide as the types in the signature allow, since other generated code calls the method. An
    /// override of another assembly's twin has the access of that.
    /// </summary>
    public static string Modifiers(IMethodSymbol method, MemberBody body, bool overrides, bool isRunByOthers = false)
    {
        bool isUnsafe = body.Modifiers.Any(SyntaxKind.UnsafeKeyword);
        if (body.Interface is not null)
            return (method.IsStatic ? "static " : "") + (isUnsafe ? "unsafe " : "");
        string dispatch = method switch
        {
            { IsStatic: true, IsAbstract: true } or { IsStatic: true, IsVirtual: true } => "static virtual ",
            { IsStatic: true } => "static ",
            { IsOverride: true } when overrides => method.IsSealed ? "sealed override " : "override ",
            { IsVirtual: true } or { IsOverride: true } or { IsAbstract: true } when !method.ContainingType.IsSealed => "virtual ",
            _ => "",
        };
        string access = method.MethodKind == MethodKind.Constructor && NamesOnlyVisibleTypes(method) ? "internal"
            : isRunByOthers ? SyntaxFacts.GetText(method.DeclaredAccessibility) : Access(method);
        return $"{access} {dispatch}{(isUnsafe ? "unsafe " : "")}";
    }

    /// <summary>Public stays public; everything else is internal where its types can be named, so that an interceptor reaches it.</summary>
    public static string Access(IMethodSymbol method)
    {
        if (method.DeclaredAccessibility == Accessibility.Public)
            return "public";
        return NamesOnlyVisibleTypes(method) ? "internal" : SyntaxFacts.GetText(method.DeclaredAccessibility);
    }

    public static bool NamesOnlyVisibleTypes(IMethodSymbol method) =>
        method.Parameters.Select(p => p.Type).Append(method.ReturnType).Concat(method.TypeParameters.SelectMany(t => t.ConstraintTypes))
        .All(IsVisible);

    public static bool IsVisible(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => IsVisible(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.All(IsVisible) && IsVisibleItself(named),
        _ => true,
    };

    private static bool IsVisibleItself(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
        {
            if (outer.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal
                || outer.IsFileLocal)
                return false;
        }
        return true;
    }
}
