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
        IncrementalValuesProvider<GraphFunctionFiles> functions = context.SyntaxProvider
            .ForAttributeWithMetadataName(TensorGraphTypes.GraphFunctionAttribute, static (node, _) => node is MethodDeclarationSyntax, static (c, _) => Convert(c))
            .Where(static files => files is not null)
            .Select(static (files, _) => files!)
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
        IncrementalValuesProvider<InterceptedCall> calls = context.SyntaxProvider
            .CreateSyntaxProvider(static (node, _) => CallSites.IsCandidate(node), static (c, stop) => CallSites.Find(c.Node, c.SemanticModel, stop))
            .Where(static call => call is not null)
            .Select(static (call, _) => call!)
            .WithTrackingName(TrackingNames.InterceptedCalls);
        IncrementalValueProvider<EquatableArray<InterceptedCall>> interceptors = calls.Collect().Combine(intercepts)
            .Select(static (pair, _) => new EquatableArray<InterceptedCall>(pair.Right ? pair.Left : []))
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

    private static GraphFunctionFiles? Convert(GeneratorAttributeSyntaxContext context)
    {
        if (context.TargetSymbol is not IMethodSymbol method || context.TargetNode is not MethodDeclarationSyntax declaration)
            return null;
        var calls = CallGraph.Of(context.SemanticModel.Compilation);
        method = CallGraph.Definition(method);
        return ConversionCache<GraphFunctionFiles?>.Get(declaration, calls, () => (Convert(method, declaration, calls, static _ => { }), [method]));
    }

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
        if (calls.Declaration(helper) is not MethodDeclarationSyntax declaration)
        {
            if (calls.IsStaged(helper))
                report(Diagnostic.Create(Rules.MemberIsNotConverted, helper.Locations[0], helper.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat), root.Name));
            return null;
        }
        if (MethodRules.NotPartial(declaration) is { } type)
        {
            report(Diagnostic.Create(Rules.TypeIsNotPartial, type.Identifier.GetLocation(), type.Identifier.Text, helper.Name));
            return null;
        }
        if (calls.Container(helper) is { } container)
        {
            report(Diagnostic.Create(Rules.UnsupportedContainer, declaration.Identifier.GetLocation(), helper.Name, container));
            return null;
        }
        var writer = new CodeWriter();
        int open = ContainingTypes.Open(writer, declaration);
        writer.Append(TwinWriter.Write(helper, declaration, calls, report, writer.Depth));
        ContainingTypes.Close(writer, open);
        return new GeneratedFile(TwinNames.HintName(helper, "Twin"), writer.ToString());
    }
}
