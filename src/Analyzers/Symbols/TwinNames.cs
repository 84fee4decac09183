using System.Globalization;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>The names of generated members. Overloads share twin and entry names, as they share their own.</summary>
internal static class TwinNames
{
    /// <summary>The full name of the generator, which the compiler puts into the paths of its files.</summary>
    public const string Generator = "TensorGraph.Analyzers.GraphFunctionGenerator";

    public static string Entry(string method) => $"__{method}_Entry";

    public static string Twin(string method) => $"__{method}_Traced";

    /// <summary>A constructor's twin is an overload; conversion operators may differ in nothing but their result.</summary>
    public static string Twin(IMethodSymbol method) => method.MethodKind switch
    {
        MethodKind.Constructor => method.ContainingType.Name,
        MethodKind.Conversion => Twin($"{method.Name}_{Hash(method)}"),
        // An explicit implementation is named after its interface too.
        _ => Twin(method.Name.Substring(method.Name.LastIndexOf('.') + 1)),
    };

    /// <summary>The field with the handle; overloads are told apart by a hash of their parameter types.</summary>
    public static string Function(IMethodSymbol method)
    {
        bool overloaded = method.ContainingType.GetMembers(method.Name).OfType<IMethodSymbol>().Count(m => m.GraphFunction() is not null) > 1;
        return overloaded ? $"__{method.Name}_{Hash(method)}_Function" : $"__{method.Name}_Function";
    }

    /// <summary>A file name that is the same on every machine and different for every method.</summary>
    public static string HintName(IMethodSymbol method, string kind)
    {
        string type = method.ContainingType.ToDisplayString(SymbolDisplayFormat.CSharpErrorMessageFormat);
        return $"{Plain(type)}.{Plain(method.Name.TrimStart('.'))}.{Hash(method)}.{kind}.g.cs";
    }

    /// <summary>Eight digits of FNV-1a over the documentation ID, which names the parameter types.</summary>
    public static string Hash(IMethodSymbol method)
    {
        uint hash = 2166136261;
        foreach (char c in method.GetDocumentationCommentId() ?? method.ToDisplayString())
            hash = unchecked((hash ^ c) * 16777619);
        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }

    private static string Plain(string name) => new([.. name.Select(c => char.IsLetterOrDigit(c) || c is '.' or '_' ? c : '_')]);
}
