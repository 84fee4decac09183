using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Steps;

/// <summary>
/// The files under <c>Cases</c>: members of a <c>Model</c> in, the method <c>F</c> as it is after the step that the folder names in <c>X.expected.cs</c>
/// beside. <c>TENSORGRAPH_BLESS=1</c> accepts a difference.
/// </summary>
public sealed class StepTests
{
    private const string Folder = "tests/Analyzers.Tests/Steps/Cases";

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (string file in Directory.EnumerateFiles(Repository.PathOf(Folder), "*.cs", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                if (!file.EndsWith(".expected.cs", StringComparison.Ordinal) && !file.EndsWith(".received.cs", StringComparison.Ordinal))
                    cases.Add(Path.GetFileName(Path.GetDirectoryName(file)!), Path.GetFileNameWithoutExtension(file));
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Gives_what_is_expected(string step, string name)
    {
        string file = Repository.PathOf($"{Folder}/{step}/{name}.cs");
        string source = Source(File.ReadAllText(file));
        // What a step gives must be right in the end too.
        string converted = Roslyn.Converted(source, "F");
        Snapshot.MatchFile(step == "Emit" ? converted : After(step, source), Path.ChangeExtension(file, ".expected.cs"));
    }

    [Fact]
    public void Each_step_has_cases() =>
        Assert.Equal(
            [nameof(ControlFlow), nameof(Emit), nameof(Jumps), nameof(Normalise), nameof(Throws)],
            Directory.EnumerateDirectories(Repository.PathOf(Folder)).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal));

    private static string Source(string members) => $"public partial class Model\n{{\n{members}\n}}\n";

    private static string After(string step, string source)
    {
        CSharpCompilation compilation = Roslyn.Compilation(Roslyn.Usings + source);
        SyntaxTree tree = compilation.SyntaxTrees[0];
        var calls = CallGraph.Of(compilation);
        SemanticModel model = calls.Model(tree);
        MethodDeclarationSyntax declaration = tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Single(m => m.Identifier.Text == "F");
        IMethodSymbol method = model.GetDeclaredSymbol(declaration)!;
        var scope = new FunctionScope(new ConversionContext(method, declaration, model, calls, d => Assert.Fail(d.ToString())), declaration, method.ReturnType);

        ImmutableArray<Node> nodes = new Normalise(scope).Run(declaration.Body!);
        if (step == nameof(Normalise))
            return TreeText.Of(nodes);
        nodes = new Jumps(scope).Run(nodes);
        if (step == nameof(Jumps))
            return TreeText.Of(nodes);
        nodes = new Throws(scope).Run(nodes);
        return step == nameof(Throws) ? TreeText.Of(nodes) : TreeText.Of(new ControlFlow(scope).Run(nodes));
    }
}
