using Microsoft.CodeAnalysis;

namespace TensorGraph.Analyzers;

/// <summary>
/// Finds calls, in a graph function or in what it reaches, that run a method with control flow on tensors as it is written: one of another
/// assembly without a twin, or one of this project through a type of another assembly.
/// </summary>
internal static class TG1112_CallIsNotConverted
{
    public static IEnumerable<Diagnostic> Find(IMethodSymbol root, CallGraph calls)
    {
        foreach (IMethodSymbol method in calls.ReachedFrom(root))
        {
            if (calls.CalleesOf(method).Any(c => WhyNotConverted(c.Method, calls) is not null))
            {
                foreach (Diagnostic diagnostic in CallsIn(method, root, calls))
                    yield return diagnostic;
            }
        }
    }

    private static IEnumerable<Diagnostic> CallsIn(IMethodSymbol method, IMethodSymbol root, CallGraph calls)
    {
        SyntaxNode declaration = calls.Declaration(method)!;
        SemanticModel model = calls.Model(declaration.SyntaxTree);
        foreach (SyntaxNode node in MethodFacts.WhileTracing(declaration))
        {
            foreach (IMethodSymbol callee in MethodFacts.CalledBy(node, model).Select(CallGraph.Definition))
            {
                if (WhyNotConverted(callee, calls) is { } why)
                    yield return Diagnostic.Create(Rules.CallIsNotConverted, node.GetLocation(), Show(callee), root.Name, why.Reason, why.Remedy);
            }
        }
    }

    private static (string Reason, string Remedy)? WhyNotConverted(IMethodSymbol callee, CallGraph calls)
    {
        if (callee.GraphFunction() is not null || !calls.IsForeign(callee) || calls.HasTwin(callee))
            return null;
        string place = $"assembly '{callee.ContainingAssembly.Name}'";
        if (calls.IsStaged(callee))
        {
            return ($"it stands in {place}, without a traced twin",
                callee.MethodKind == MethodKind.Ordinary ? "Mark it with [GraphFunction] there" : "Move the code to a [GraphFunction] method there");
        }
        return calls.Family(callee).FirstOrDefault(m => !calls.IsForeign(m) && calls.MeetsStaged(m)) is { } body
            ? ($"it is declared in {place}, so '{Show(body)}' runs as it is written", "Call it through a class or partial interface of this project that declares the method")
            : null;
    }

    private static string Show(IMethodSymbol method) => $"{method.ContainingType.Name}.{(method.AssociatedSymbol ?? method).Name}";
}
