using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>Finds the calls of graph functions that can be routed to their entries.</summary>
internal static class CallSites
{
    private static readonly SymbolDisplayFormat s_typeFormat =
        SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    public static EquatableArray<InterceptedCall> In(Compilation compilation, CancellationToken stop)
    {
        if (!MarkedMethods.AnyIn(compilation))
            return default;
        var calls = CallGraph.Of(compilation);
        var found = ImmutableArray.CreateBuilder<InterceptedCall>();
        foreach (SyntaxTree file in compilation.SyntaxTrees)
        {
            stop.ThrowIfCancellationRequested();
            found.AddRange(ConversionCache<ImmutableArray<InterceptedCall>>.Get(file, calls, () => ([.. In(file, calls, stop)], [])));
        }
        return new EquatableArray<InterceptedCall>(found.ToImmutable());
    }

    // Binding every call of a program would be slow; only calls by the name of some graph function are looked at.
    private static IEnumerable<InterceptedCall> In(SyntaxTree file, CallGraph calls, CancellationToken stop) =>
        file.GetRoot(stop).DescendantNodes().OfType<InvocationExpressionSyntax>()
            // `base.F()` must not be dispatched again.
            .Where(call => call.Expression is not MemberAccessExpressionSyntax { Expression: BaseExpressionSyntax }
            && MarkedMethods.MayBeCalledBy(call, calls.Compilation))
            .Select(call => Find(call, calls.Model(file), calls, stop)).OfType<InterceptedCall>();

    private static InterceptedCall? Find(InvocationExpressionSyntax invocation, SemanticModel model, CallGraph calls, CancellationToken stop)
    {
        if (model.GetSymbolInfo(invocation, stop).Symbol is not IMethodSymbol method || method.GraphFunction() is null
            || WhyNotIntercepted(method) is not null
            || method.Parameters.Any(p => p.RefKind != RefKind.None) || !calls.HasEntry(CallGraph.Definition(method)))
        {
            return null;
        }

        if (model.GetInterceptableLocation(invocation, stop) is not { } location)
            return null;
        return new InterceptedCall(InterceptorOf(method), location.GetInterceptsLocationAttributeSyntax(), location.GetDisplayLocation());
    }

    /// <summary>
    /// Why an interceptor cannot call the entry of a graph function: it stands outside of all types, and must be able to name those of the call.
    /// </summary>
    public static string? WhyNotIntercepted(IMethodSymbol method)
    {
        if (method.ContainingType.TypeKind != TypeKind.Class)
            return "it stands in a struct";
        if (!TwinWriter.IsVisible(method.ContainingType) || !method.TypeArguments.All(TwinWriter.IsVisible))
            return "its class, or a type of the call, is private";
        if (method.DeclaredAccessibility != Accessibility.Public && !TwinWriter.NamesOnlyVisibleTypes(method.OriginalDefinition))
            return "a type in its signature is private";
        return MentionsTypeParameter(method.ContainingType) || method.TypeArguments.Any(MentionsTypeParameter)
            ? "its types depend on a type parameter at the call"
            : null;
    }

    private static bool MentionsTypeParameter(ITypeSymbol type) => type switch
    {
        ITypeParameterSymbol => true,
        IArrayTypeSymbol array => MentionsTypeParameter(array.ElementType),
        INamedTypeSymbol named => named.TypeArguments.Any(MentionsTypeParameter)
            || (named.ContainingType is { } outer && MentionsTypeParameter(outer)),
        _ => false,
    };

    private static Interceptor InterceptorOf(IMethodSymbol method)
    {
        method = method.ReducedFrom is { } reduced && method.TypeArguments.Length == 0 ? reduced : method;
        string owner = method.ContainingType.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        var parameters = new List<string>();
        if (!method.IsStatic)
            parameters.Add($"this {owner} __self");
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            string prefix = method.IsExtensionMethod && parameters.Count == 0 ? "this " : parameter.IsParams ? "params " : "";
            parameters.Add($"{prefix}{parameter.Type.ToDisplayString(s_typeFormat)} @{parameter.Name}");
        }
        string types = method.TypeArguments.Length > 0
            ? $"<{string.Join(", ", method.TypeArguments.Select(t => t.ToDisplayString(s_typeFormat)))}>"
            : "";
        string call = $"{(method.IsStatic ? owner : "__self")}.{TwinNames.Entry(method.Name)}{types}({string.Join(", ", method.Parameters.Select(p => "@" + p.Name))})";
        return new Interceptor(method.Name, method.ReturnType.ToDisplayString(s_typeFormat), string.Join(", ", parameters), call);
    }
}
