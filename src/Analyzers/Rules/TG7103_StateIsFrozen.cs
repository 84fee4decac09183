using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>
/// Finds C# state that a trace reads where no twin can name it (see <see cref="CallGraph.FrozenReads"/>), if anything but a constructor changes
/// it: the graph would go on with the old value.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class TG7103_StateIsFrozen : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.StateIsFrozen];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterGraphFunctionsAction(Analyze);
    }

    private static void Analyze(CompilationAnalysisContext context, IReadOnlyList<IMethodSymbol> functions)
    {
        var calls = CallGraph.Of(context.Compilation);
        var reported = new HashSet<Location>();
        var found = functions.Where(f => FunctionConversion.Of(f, calls).ReadsFrozenState)
            .SelectMany(f => calls.FrozenReads(f).Select(read => (Function: f, Read: read))).ToList();
        if (found.Count == 0)
            return;
        var writes = new StateWrites(calls, new HashSet<string>(found.Select(f => f.Read.Member.Name), StringComparer.Ordinal), context.CancellationToken);
        var traced = found.Select(f => f.Function).Distinct<IMethodSymbol>(SymbolEqualityComparer.Default).ToDictionary<IMethodSymbol, IMethodSymbol, IReadOnlyCollection<IMethodSymbol>>(f => f, calls.ReachedFrom, SymbolEqualityComparer.Default);
        foreach ((IMethodSymbol function, StateRead read) in found)
        {
            if (writes.WriterOf(read, traced[function]) is { } writer && reported.Add(read.Place))
                context.ReportDiagnostic(Diagnostic.Create(Rules.StateIsFrozen, read.Place, read.Name, function.Name, writer.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat)));
        }
    }
}
