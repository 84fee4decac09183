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
            .CreateSyntaxProvider(static (node, _) => node is CompilationUnitSyntax,
            static (c, stop) => FunctionConversion.FilesOf(c.Node.SyntaxTree, c.SemanticModel.Compilation, stop))
            .SelectMany(static (files, _) => files)
            .WithTrackingName(TrackingNames.Functions);
        context.RegisterSourceOutput(functions, static (output, files) =>
        {
            if (files.Function is { } function)
                Add(output, function);
        });

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
                !options.GlobalOptions.TryGetValue("build_property.TensorGraphInterceptors", out string? value)
                || !value.Equals("false", StringComparison.OrdinalIgnoreCase)))
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
        IncrementalValueProvider<EquatableArray<string>> staged = context.CompilationProvider.Select(StagedMethodList.Of)
            .WithTrackingName(TrackingNames.StagedMethods);
        context.RegisterImplementationSourceOutput(staged, static (output, ids) =>
        {
            if (ids.Count > 0)
                Add(output, StagedMethodList.Write(ids));
        });

        IncrementalValueProvider<bool> usesGradients = context.CompilationProvider.Select(TorchGradientUse.In)
            .WithTrackingName(TrackingNames.TorchGradients);
        context.RegisterImplementationSourceOutput(usesGradients, static (output, isUsed) =>
        {
            if (isUsed)
                Add(output, TorchGradientUse.Write());
        });
    }

    private static void Add(SourceProductionContext output, GeneratedFile file) =>
        output.AddSource(file.HintName, SourceText.From(file.Text, Encoding.UTF8));
}
