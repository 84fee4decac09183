using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Analyzers;

/// <summary>
/// Finds C# state that a trace reads where no twin can name it (see <see cref="TracedState.Frozen"/>), if anything but a constructor changes
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
        context.RegisterGraphFunctionsAction(Analyze, torch: true);
    }

    private static void Analyze(CompilationAnalysisContext context, IReadOnlyList<IMethodSymbol> functions)
    {
        IMethodSymbol[] onTorch = [.. functions.Where(f => f.IsTorchFunction(context.Compilation))];
        Analyze(CallGraph.Of(context.Compilation), [.. functions.Except(onTorch, SymbolEqualityComparer.Default).OfType<IMethodSymbol>()],
            context.ReportDiagnostic, context.CancellationToken);
        if (onTorch.Length == 0)
            return;
        // What runs while tracing is their form on our tensors.
        var program = TorchProgram.Of(context.Compilation);
        Analyze(program.Graph, program.Traced, Report, context.CancellationToken);

        void Report(Diagnostic found)
        {
            if (!program.HasForm(found.Location))
                context.ReportDiagnostic(TorchTree.Map(found, program.Files));
        }
    }

    private static void Analyze(CallGraph calls, IReadOnlyList<IMethodSymbol> functions, Action<Diagnostic> report, CancellationToken stop)
    {
        var reported = new HashSet<Location>();
        var found = functions.Where(f => f.GraphFunction() is null || FunctionConversion.Of(f, calls).ReadsFrozenState)
            .SelectMany(f => TracedState.Frozen(f, calls).Select(read => (Function: f, Read: read)))
            .Concat(new DelegateFlow(calls, functions, onTensors: false, stop).Find()
            .SelectMany(d => TracedState.OfDelegate(d.Value, calls).Select(read => (d.Slot.Function, Read: read)))).ToList();
        if (found.Count == 0)
            return;
        var writes = new StateWrites(calls, new HashSet<string>(found.Select(f => f.Read.Member.Name), StringComparer.Ordinal),
            stop);
        var traced = found.Select(f => f.Function).Distinct<IMethodSymbol>(SymbolEqualityComparer.Default)
            .ToDictionary<IMethodSymbol, IMethodSymbol, IReadOnlyCollection<IMethodSymbol>>(f => f, calls.ReachedFrom,
            SymbolEqualityComparer.Default);
        foreach ((IMethodSymbol function, StateRead read) in found)
        {
            // Calls compare what is in a list of modules.
            if (function.IsShadow() && read.Kind == StateKind.Content && Place.TypeOf(read.Member).IsTorchModule())
                continue;
            if (!IsSaidByAnother(read, functions, calls) && WriterOf(read, writes, traced[function]) is { } writer && reported.Add(read.Place))
                report(Diagnostic.Create(Rules.StateIsFrozen, read.Place, read.Name, function.Name, writer,
                    RemedyFor(read, function.IsShadow() ? "" : "a Variable or ", function.IsShadow() ? "" : ", or make it a Variable")));
        }
    }

    // What a graph function itself does to the world is TG7101.
    private static bool IsSaidByAnother(StateRead read, IReadOnlyList<IMethodSymbol> functions, CallGraph calls) =>
        read.Member.Has(ApiTraits.ActsOnWorld) && functions.Any(f => calls.Declaration(f) is { } declaration
        && declaration.SyntaxTree == read.Place.SourceTree && declaration.Span.Contains(read.Place.SourceSpan));

    private static string RemedyFor(StateRead read, string variable, string orVariable) => read.Member is IParameterSymbol parameter
        ? $"A parameter of the class has no name that a call could compare: keep it in a field, as in 'private {Show(parameter)} = {parameter.Name};', and use that{orVariable}"
        : $"Make it {variable}an argument, or read it as a field of the method's own object or of a parameter, which each call compares";

    private static string Show(IParameterSymbol parameter) =>
        $"{parameter.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)} _{parameter.Name}";

    private static string? WriterOf(StateRead read, StateWrites writes, IReadOnlyCollection<IMethodSymbol> traced) => read.Kind == StateKind.Clock
        ? "the world"
        : writes.MethodThatChanges(read, traced)?.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat) is { } method
        ? $"'{method}'"
        : null;
}
