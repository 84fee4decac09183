using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Analyzers;

/// <summary>The methods of a compilation that call TorchSharp, themselves or through methods of the program.</summary>
internal sealed class TorchBodies(Compilation compilation)
{
    private static readonly ConditionalWeakTable<Compilation, TorchBodies> s_known = new();

    private readonly ConcurrentDictionary<IMethodSymbol, bool> _known = new(SymbolEqualityComparer.Default);

    public static TorchBodies Of(Compilation compilation) => s_known.GetValue(compilation, static c => new TorchBodies(c));

    public bool CallTorch(IMethodSymbol method) => _known.GetOrAdd(method.OriginalDefinition, Find);

    private bool Find(IMethodSymbol method)
    {
        var seen = new HashSet<IMethodSymbol>(SymbolEqualityComparer.Default);
        var work = new Stack<IMethodSymbol>([method.PartialImplementationPart ?? method]);
        while (work.Count > 0)
        {
            IMethodSymbol next = work.Pop();
            if (!seen.Add(next))
                continue;
            foreach (SyntaxNode declaration in next.DeclaringSyntaxReferences.Select(r => r.GetSyntax())
                .Where(d => d is MethodDeclarationSyntax && compilation.ContainsSyntaxTree(d.SyntaxTree)))
            {
                SemanticModel model = compilation.GetSemanticModel(declaration.SyntaxTree);
                foreach (SyntaxNode call in declaration.DescendantNodes().Where(n => n is InvocationExpressionSyntax or BinaryExpressionSyntax))
                {
                    ISymbol? called = model.GetSymbolInfo(call).Symbol;
                    if (called.IsTorch())
                        return true;
                    if (call is InvocationExpressionSyntax && called is IMethodSymbol { MethodKind: MethodKind.Ordinary } own)
                        work.Push(own.OriginalDefinition.PartialImplementationPart ?? own.OriginalDefinition);
                }
            }
        }
        return false;
    }
}
