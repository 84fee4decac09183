using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace TensorGraph.Tests;

/// <summary>The analyzers predict the retraces of samples/Retrace that its table says they do, where they happen, and no others.</summary>
public sealed class RetraceSampleTest
{
    [Fact]
    public void Analyzers_report_the_calls_that_the_sample_says_they_report()
    {
        var program = DocProgram.Compile([.. new[] { "Before.cs", "After.cs", "Reasons.cs" }.Select(file => (file, Repository.Read($"samples/Retrace/{file}")))]);
        Assert.Empty(program.Errors);
        string[] reported =
        [
            // The table holds the functions as delegates, to ask for their traces: that is TG6103.
            .. program.Diagnostics.Where(diagnostic => diagnostic.Id.StartsWith("TG", StringComparison.Ordinal) && diagnostic.Id != "TG6103")
                .Select(diagnostic => $"{Method(diagnostic.Location)} {diagnostic.Id}").Distinct().Order(StringComparer.Ordinal),
        ];
        Assert.Equal(["Lambdas TG6102", "Numbers TG6101", "Objects TG6102", "ReadSizes TG6104", "Sizes TG6104"], reported);

        string table = Repository.Read("samples/Retrace/Reasons.cs");
        Assert.All(reported, report => Assert.Matches($@", {report.Split(' ')[0]}, .*""{report.Split(' ')[1]}""\),", table));
        Assert.Equal(reported.Length, table.Split("\"TG6").Length - 1);
    }

    private static string Method(Microsoft.CodeAnalysis.Location location) =>
        location.SourceTree!.GetRoot().FindNode(location.SourceSpan).AncestorsAndSelf().OfType<MethodDeclarationSyntax>().First().Identifier.Text;
}
