using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>
/// Finds symbolic tensors that a graph function puts into a field, property or collection which code outside of all traces reads, and only reads.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG7002_EscapedTensor : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.EscapedTensor];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterGraphFunctionsAction(Analyze);
    }

    private static void Analyze(CompilationAnalysisContext context, IReadOnlyList<IMethodSymbol> functions)
    {
        var calls = CallGraph.Of(context.Compilation);
        var kept = functions.SelectMany(f => KeptBy(f, calls)).ToList();
        if (kept.Count == 0)
            return;
        var traced = new HashSet<ISymbol>(functions.SelectMany(calls.ReachedFrom), SymbolEqualityComparer.Default);
        var names = new Dictionary<ISymbol, IReadOnlyCollection<IPropertySymbol>>(SymbolEqualityComparer.Default);
        foreach (ISymbol member in kept.Select(k => k.Member))
            names[member] = [.. MemberReaders.NamesOf(member, calls)];
        var read = new HashSet<string>(kept.SelectMany(k => names[k.Member].Select(n => n.Name).Append(k.Member.Name)), StringComparer.Ordinal);
        var readers = new MemberReaders(calls, read, traced,
            context.CancellationToken);
        foreach ((IMethodSymbol function, ISymbol member, SyntaxNode place) in kept)
        {
            if (readers.OnlyReaderOf(member, names[member]) is { } reader && !MayBeTracedElsewhere(reader, member, context.Compilation))
                context.ReportDiagnostic(Diagnostic.Create(Rules.EscapedTensor, place.GetLocation(), $"{member.ContainingType.Name}.{member.Name}",
                    function.Name, reader.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)));
        }
    }

    // layer.Penalty(), which the training step of another assembly calls after layer.Forward(x), in one trace.
    private static bool MayBeTracedElsewhere(ISymbol reader, ISymbol member, Compilation compilation) =>
        compilation.Options.OutputKind == OutputKind.DynamicallyLinkedLibrary
        && reader.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected
        && SymbolEqualityComparer.Default.Equals(reader.ContainingType, member.ContainingType);

    // Of a member all of whose changes in the function are symbolic tensors the last one.
    private static IEnumerable<(IMethodSymbol Function, ISymbol Member, SyntaxNode Place)> KeptBy(IMethodSymbol function, CallGraph calls)
    {
        if (calls.Declaration(function) is not MethodDeclarationSyntax declaration)
            yield break;
        SemanticModel model = calls.Model(declaration.SyntaxTree);
        var effects = Effects.Of(declaration, model);
        var changes = effects.WhileTracing.Where(e => e.Kind is EffectKind.Write or EffectKind.Fill
            && e.At is { Kind: PlaceKind.Member or PlaceKind.Static, IsOwn: true, Symbol: IFieldSymbol or IPropertySymbol });
        foreach (IGrouping<ISymbol?, Effect> change in changes.GroupBy(e => e.At.Symbol, SymbolEqualityComparer.Default))
        {
            var values = new SymbolicValues(declaration, model);
            if (change.All(e => ValueOf(e) is { } value && values.IsTraced(value) && values.IsSymbolic(value)))
                yield return (function, change.Key!, PlaceOf(change.Last()));
        }
    }

    private static ExpressionSyntax? ValueOf(Effect change) => change.Kind == EffectKind.Write
        ? change.Syntax.Parent is AssignmentExpressionSyntax assignment && assignment.IsKind(SyntaxKind.SimpleAssignmentExpression)
            ? assignment.Right
            : null
        : change.ChangingCall is InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments } && change.Callee is { Name: "Add" }
            ? arguments[0].Expression
            : null;

    private static SyntaxNode PlaceOf(Effect change) => change.Kind == EffectKind.Write ? change.Syntax : change.ChangingCall!;
}
