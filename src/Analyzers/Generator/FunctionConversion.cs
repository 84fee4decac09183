using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>
/// All that is found out about one graph function, known by the place of its attribute: what the generator writes, what the analyzers report, and
/// whether the function reads C# state that nobody compares. A build finds it out once: the analyzers take what the generator found, unless
/// other generators changed what the code means.
/// </summary>
internal sealed record FunctionConversion(int Place, GraphFunctionFiles? Files, ImmutableArray<Diagnostic> Diagnostics, bool ReadsFrozenState)
{
    private static readonly ConditionalWeakTable<Compilation, ConcurrentDictionary<IMethodSymbol, FunctionConversion>> s_foundAgain = new();

    // Graph functions that reach the same helper share its twin.
    private static readonly ConditionalWeakTable<CallGraph, ConcurrentDictionary<IMethodSymbol, (GeneratedFile File,
        ImmutableArray<Diagnostic> Diagnostics)>> s_twins = new();

    /// <summary>The files that the graph functions of one file lead to, and the methods in it that other assemblies run while they trace.</summary>
    public static ImmutableArray<GraphFunctionFiles> FilesOf(SyntaxTree file, Compilation compilation, CancellationToken stop)
    {
        MethodDeclarationSyntax[] marked = MarkedMethods.In(file), overrides = MarkedMethods.OverridesIn(file);
        if (marked.Length == 0 && overrides.Length == 0)
            return [];
        var calls = CallGraph.Of(compilation);
        ImmutableArray<GraphFunctionFiles> torch = compilation.SourceModule.IsTorchOn() ? TorchProgram.Of(compilation).FilesOf(file) : [];
        ImmutableArray<FunctionConversion> found = ConversionCache<ImmutableArray<FunctionConversion>>.Get(file, calls, () =>
        {
            IMethodSymbol[] functions = [.. marked.Select(method => FunctionOf(method, calls.Model(file), stop)).OfType<IMethodSymbol>()
                .Where(f => !f.IsTorchFunction(compilation))];
            IMethodSymbol[] run = [.. overrides.Select(method => calls.Model(file).GetDeclaredSymbol(method, stop)).OfType<IMethodSymbol>()
                .Where(method => method.GraphFunction() is null && calls.IsRunByOthers(method))];
            return ([.. functions.Select(f => Find(f, calls)), .. run.Select(method => TwinsOf(method, calls))], functions.Concat(run));
        });
        return [.. found.Select(c => c.Files).OfType<GraphFunctionFiles>(), .. torch];
    }

    /// <summary>
    /// The twins of a method that is no graph function. What keeps it from having one is reported where a graph function of this compilation runs it.
    /// </summary>
    public static FunctionConversion TwinsOf(IMethodSymbol method, CallGraph calls)
    {
        IEnumerable<IMethodSymbol> helpers = calls.HelpersOf(method);
        if (calls.NeedsTwin(method) || calls.HasTwin(method))
            helpers = helpers.Prepend(method);
        ImmutableArray<GeneratedFile> twins = [.. helpers.Select(h => HelperTwin(h, method, calls, static _ => { })).OfType<GeneratedFile>()];
        return new FunctionConversion(-1, new GraphFunctionFiles(null, new EquatableArray<GeneratedFile>(twins)), [], false);
    }

    /// <summary>The facts about a graph function of this compilation.</summary>
    public static FunctionConversion Of(IMethodSymbol function, CallGraph calls) => function.IsTorchFunction(calls.Compilation)
        ? TorchProgram.Of(calls.Compilation).Conversion(function) ?? new FunctionConversion(0, null, [], false)
        : PlaceOf(function) is { } place && ConversionCache<ImmutableArray<FunctionConversion>>.TryGet(place.SyntaxTree, calls.Compilation,
        out ImmutableArray<FunctionConversion> known)
        && known.FirstOrDefault(c => c.Place == place.Span.Start) is { } found
            ? found
            : s_foundAgain.GetValue(calls.Compilation, static _ => new(SymbolEqualityComparer.Default)).GetOrAdd(function, f => Find(f, calls));

    private static FunctionConversion Find(IMethodSymbol function, CallGraph calls)
    {
        if (calls.Declaration(function) is not MethodDeclarationSyntax declaration)
            return new FunctionConversion(PlaceOf(function)!.Span.Start, null, [.. WithoutBody(function)], false);
        var diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
        diagnostics.AddRange(MethodRules.Find(function, declaration));
        GraphFunctionFiles? files = Convert(function, declaration, calls, diagnostics.Add);
        diagnostics.AddRange(TG1112_CallIsNotConverted.Find(function, calls));
        return new FunctionConversion(PlaceOf(function)!.Span.Start, files, diagnostics.ToImmutable(), TracedState.Frozen(function, calls).Any());
    }

    // Nothing to convert, but its declaration may break more rules.
    private static IEnumerable<Diagnostic> WithoutBody(IMethodSymbol function) =>
        function.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is MethodDeclarationSyntax declaration
        ? MethodRules.Find(function, declaration)
        : [];

    // Of the two parts of a partial method, only the one with the attribute counts.
    private static IMethodSymbol? FunctionOf(MethodDeclarationSyntax marked, SemanticModel model, CancellationToken stop) =>
        model.GetDeclaredSymbol(marked, stop) is IMethodSymbol method && PlaceOf(method) is { } attribute
        && attribute.SyntaxTree == marked.SyntaxTree && marked.Span.Contains(attribute.Span)
            ? CallGraph.Definition(method)
            : null;

    private static SyntaxReference? PlaceOf(IMethodSymbol function) => function.GraphFunction()?.ApplicationSyntaxReference;

    // Nothing if a diagnostic says why there can be none.
    private static GraphFunctionFiles? Convert(IMethodSymbol method, MethodDeclarationSyntax declaration, CallGraph calls, Action<Diagnostic> report)
    {
        if (!MethodRules.CanBeConverted(method, declaration))
            return null;
        GeneratedFile function = FunctionWriter.Write(method, declaration, calls, report);
        var twins = ImmutableArray.CreateBuilder<GeneratedFile>();
        foreach (IMethodSymbol helper in calls.HelpersOf(method))
        {
            if (HelperTwin(helper, method, calls, report) is { } twin)
                twins.Add(twin);
        }
        return new GraphFunctionFiles(function, new EquatableArray<GeneratedFile>(twins.ToImmutable()));
    }

    private static GeneratedFile? HelperTwin(IMethodSymbol helper, IMethodSymbol root, CallGraph calls, Action<Diagnostic> report)
    {
        if (TwinRules.WhyNone(helper, calls) is { } none)
        {
            if (calls.NeedsTwin(helper))
                report(Diagnostic.Create(Rules.MemberIsNotConverted, none.Place,
                    helper.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat), root.Name, none.Why, none.Remedy));
            return null;
        }
        if (calls.Declaration(helper) is not { } declaration)
            return null;
        if (MethodRules.NotPartial(declaration) is { } type)
        {
            report(Diagnostic.Create(Rules.TypeIsNotPartial, type.Identifier.GetLocation(), type.Identifier.Text,
                $"'{(helper.AssociatedSymbol ?? helper).Name}', which graph function '{root.Name}' runs,"));
            return null;
        }
        if (calls.Container(helper) is { } container)
        {
            // Why the interface of an explicit implementation has no twin is said there, or at the call.
            if (helper.ExplicitInterfaceImplementations.Length == 0)
                report(Diagnostic.Create(Rules.UnsupportedContainer, new MemberBody(declaration).NameLocation,
                    (helper.AssociatedSymbol ?? helper).Name, container));
            return null;
        }
        (GeneratedFile file, ImmutableArray<Diagnostic> diagnostics) = s_twins.GetValue(calls, static _ => new(SymbolEqualityComparer.Default))
            .GetOrAdd(helper, h => WriteTwin(h, declaration, calls));
        foreach (Diagnostic diagnostic in diagnostics)
            report(diagnostic);
        return file;
    }

    private static (GeneratedFile File, ImmutableArray<Diagnostic> Diagnostics) WriteTwin(IMethodSymbol helper, SyntaxNode declaration,
        CallGraph calls)
    {
        var diagnostics = ImmutableArray.CreateBuilder<Diagnostic>();
        var writer = new CodeWriter();
        int open = ContainingTypes.Open(writer, declaration);
        writer.Append(TwinWriter.Write(helper, declaration, calls, diagnostics.Add, writer.Depth));
        ContainingTypes.Close(writer, open);
        return (new GeneratedFile(TwinNames.HintName(helper, "Twin"), writer.ToString()), diagnostics.ToImmutable());
    }
}
