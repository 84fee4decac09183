using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace TensorGraph.Analyzers;

/// <summary>
/// Writes, for each [GraphFunction] method, its handle, entry and traced twin into its own partial class; the twins of the helpers that
/// it reaches; and interceptors for the call sites. Diagnostics come from the analyzers, never from here: what cannot be converted gets no file.
/// </summary>
[Generator(LanguageNames.CSharp)]
internal sealed class GraphFunctionGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // By file, since what is remembered from one compilation to the next is remembered by file; to ask the compiler about each attribute
        // again would cost more than all the rest.
        IncrementalValuesProvider<GraphFunctionFiles> functions = context.SyntaxProvider
            .CreateSyntaxProvider(static (node, _) => node is CompilationUnitSyntax, static (c, stop) => Convert(c.Node.SyntaxTree, c.SemanticModel, stop))
            .SelectMany(static (files, _) => files)
            .WithTrackingName(TrackingNames.Functions);
        context.RegisterSourceOutput(functions, static (output, files) => Add(output, files.Function));

        // Two functions may reach the same helper; it has one twin.
        IncrementalValuesProvider<GeneratedFile> twins = functions
            .SelectMany(static (files, _) => files.HelperTwins.Items)
            .Collect()
            .SelectMany(static (files, _) => files.Distinct())
            .WithTrackingName(TrackingNames.HelperTwins);
        context.RegisterSourceOutput(twins, Add);

        // The compiler accepts interceptors only in listed namespaces; the targets list ours unless TensorGraphInterceptors is false.
        IncrementalValueProvider<bool> intercepts = context.ParseOptionsProvider.Select(static (options, _) =>
                options.Features.TryGetValue("InterceptorsNamespaces", out string? list) && list.Split(';').Contains("TensorGraph.Generated"))
            .Combine(context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
                !options.GlobalOptions.TryGetValue("build_property.TensorGraphInterceptors", out string? value) || !value.Equals("false", StringComparison.OrdinalIgnoreCase)))
            .Select(static (both, _) => both.Left && both.Right);
        IncrementalValueProvider<EquatableArray<InterceptedCall>> interceptors = context.CompilationProvider.Combine(intercepts)
            .Select(static (pair, stop) => pair.Right ? CallSites.In(pair.Left, stop) : default)
            .WithTrackingName(TrackingNames.Interceptors);
        context.RegisterImplementationSourceOutput(interceptors, static (output, all) =>
        {
            if (all.Count > 0)
                Add(output, InterceptorWriter.Write(all));
        });

        // Looks at all methods, so it is left to builds; an editor that only shows errors does not ask for it.
        IncrementalValueProvider<EquatableArray<string>> staged = context.CompilationProvider.Select(StagedMethodList.Of).WithTrackingName(TrackingNames.StagedMethods);
        context.RegisterImplementationSourceOutput(staged, static (output, ids) =>
        {
            if (ids.Count > 0)
                Add(output, StagedMethodList.Write(ids));
        });
    }

    private static void Add(SourceProductionContext output, GeneratedFile file) => output.AddSource(file.HintName, SourceText.From(file.Text, Encoding.UTF8));

    private static ImmutableArray<GraphFunctionFiles> Convert(SyntaxTree file, SemanticModel model, CancellationToken stop)
    {
        MethodDeclarationSyntax[] marked = MarkedMethods.In(file);
        if (marked.Length == 0)
            return [];
        var calls = CallGraph.Of(model.Compilation);
        return ConversionCache<ImmutableArray<GraphFunctionFiles>>.Get(file, calls, () =>
        {
            IMethodSymbol[] functions = [.. marked.Select(method => FunctionOf(method, calls.Model(file), stop)).OfType<IMethodSymbol>()];
            return ([.. functions.Select(f => Convert(f, calls)).OfType<GraphFunctionFiles>()], functions);
        });
    }

    // Of the two parts of a partial method, only the one with the attribute counts.
    private static IMethodSymbol? FunctionOf(MethodDeclarationSyntax marked, SemanticModel model, CancellationToken stop) =>
        model.GetDeclaredSymbol(marked, stop) is IMethodSymbol method && method.GraphFunction()?.ApplicationSyntaxReference is { } attribute && attribute.SyntaxTree == marked.SyntaxTree && marked.Span.Contains(attribute.Span)
            ? CallGraph.Definition(method)
            : null;

    private static GraphFunctionFiles? Convert(IMethodSymbol method, CallGraph calls) =>
        calls.Declaration(method) is MethodDeclarationSyntax declaration ? Convert(method, declaration, calls, static _ => { }) : null;

    /// <summary>The files of one graph function, or null if analyzers report why there can be none.</summary>
    public static GraphFunctionFiles? Convert(IMethodSymbol method, MethodDeclarationSyntax declaration, CallGraph calls, Action<Diagnostic> report)
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
                report(Diagnostic.Create(Rules.MemberIsNotConverted, none.Place, helper.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat), root.Name, none.Why, none.Remedy));
            return null;
        }
        if (calls.Declaration(helper) is not { } declaration)
            return null;
        if (MethodRules.NotPartial(declaration) is { } type)
        {
            report(Diagnostic.Create(Rules.TypeIsNotPartial, type.Identifier.GetLocation(), type.Identifier.Text, (helper.AssociatedSymbol ?? helper).Name));
            return null;
        }
        if (calls.Container(helper) is { } container)
        {
            report(Diagnostic.Create(Rules.UnsupportedContainer, new MemberBody(declaration).NameLocation, (helper.AssociatedSymbol ?? helper).Name, container));
            return null;
        }
        var writer = new CodeWriter();
        int open = ContainingTypes.Open(writer, declaration);
        writer.Append(TwinWriter.Write(helper, declaration, calls, report, writer.Depth));
        ContainingTypes.Close(writer, open);
        return new GeneratedFile(TwinNames.HintName(helper, "Twin"), writer.ToString());
    }
}
