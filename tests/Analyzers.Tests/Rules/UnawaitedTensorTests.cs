using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace TensorGraph.Tests.Rules;

/// <summary>The compiler's CS4014 about calls that nobody awaits is suppressed for tensors, and for nothing else.</summary>
public sealed class UnawaitedTensorTests
{
    [Fact]
    public async Task A_tensor_need_not_be_awaited_and_a_task_must()
    {
        var program = Roslyn.Compilation(Roslyn.Usings + """
            public static class Model
            {
                public static Tensor Step(Tensor x) => x + 1;
                public static async System.Threading.Tasks.Task Run(Tensor x)
                {
                    Step(x);
                    System.Threading.Tasks.Task.Delay(1);
                    await System.Threading.Tasks.Task.Yield();
                }
            }
            """);
        var options = new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, concurrentAnalysis: true, logAnalyzerExecutionTime: false, reportSuppressedDiagnostics: true);
        ImmutableArray<Diagnostic> found = await program.WithAnalyzers([new TensorGraph.Analyzers.UnawaitedTensor()], options).GetAllDiagnosticsAsync();
        Assert.Equal(
            [("Step(x)", true), ("System.Threading.Tasks.Task.Delay(1)", false)],
            found.Where(diagnostic => diagnostic.Id == "CS4014").OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)
                .Select(diagnostic => (diagnostic.Location.SourceTree!.ToString().Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length), diagnostic.IsSuppressed)));
    }
}
